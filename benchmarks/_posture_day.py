"""A simulated day at 50 Hz, and what the slouch machine and the watch over the pose make of it.

Sixteen hours: forty slouches of all kinds, walks, a run, bends, reaching and meals, a drive, a nap, getting up and
sitting down, the sensor taken off and put back, and a strap that slips in the afternoon. The wearer calibrates as a
person does, with the sensor and the filter used afterwards: ten seconds upright in the first minute, and again at the
next stop after the program said that the sensor has moved.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from sensorcoach.coach.slouch import SlouchSettings
from sensorcoach.engine import Engine, SensorSetup
from sensorcoach.estimators.orientation import Orientation
from sensorcoach.events import (
    BendingLoad,
    BreakDue,
    Calibrate,
    CalibrationDone,
    Event,
    LongStill,
    Notice,
    Reclined,
    Second,
    SideLean,
    SlouchStarted,
    StartCalibration,
)
from sensorcoach.samples import NS, SampleBlock
from sensorcoach.simulate import Scenario, VirtualSensor, builtin_scenarios, iter_blocks
from sensorcoach.simulate.truth import SLOUCH_DEG, build_truth

SLOUCHES = 40
BLOCK_S = 60.0
NOTES = (Reclined, SideLean, LongStill, BreakDue, BendingLoad)


class Plan:
    """A timeline in the making: one thing after the other."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.t_s = 0.0
        self.posture: list[dict[str, Any]] = [{"at_s": 0, "pose": "upright"}]
        self.activity: list[dict[str, Any]] = []
        self.sensor_event: list[dict[str, Any]] = []

    def pose(self, name: str, hold_s: float, **more: float) -> None:
        over_s = more.get("over_s", {"slouch": 20.0, "bend": 1.8, "lie_back": 5.0}.get(name, 2.5))
        self.posture.append({"at_s": self.t_s, "pose": name, "over_s": over_s, **more})
        self.t_s += over_s + hold_s

    def wait(self, seconds: float) -> None:
        self.t_s += seconds

    def do(self, kind: str, duration_s: float, **more: float) -> None:
        self.activity.append({"at_s": self.t_s, "kind": kind, "duration_s": duration_s, **more})
        self.t_s += duration_s

    def event(self, kind: str, duration_s: float, **more: Any) -> None:
        self.sensor_event.append({"at_s": self.t_s, "kind": kind, "duration_s": duration_s, **more})
        self.t_s += duration_s

    def slouch(self) -> None:
        """Sinking in, slowly or at once, staying, and coming up again."""
        rng = self.rng
        self.pose("slouch", float(rng.uniform(20, 180)), flexion_deg=float(rng.uniform(16, 32)),
                  over_s=float(rng.choice([3.0, 8.0, 20.0, 45.0])))  # fmt: skip
        self.pose("upright", float(rng.uniform(40, 240)))

    def walk(self, seconds: float) -> None:
        self.pose("stand", 2.0)
        cadence_spm, turn_deg = float(self.rng.uniform(95, 120)), float(self.rng.uniform(-200, 200))
        self.do("walk", seconds, cadence_spm=cadence_spm, turn_deg=turn_deg)
        self.wait(3.0)
        self.pose("sit", 5.0)

    def reach(self) -> None:
        """To the floor, to a shelf, to the side."""
        self.pose("bend", float(self.rng.uniform(1.0, 3.0)), flexion_deg=float(self.rng.uniform(45, 80)))
        self.pose("upright", float(self.rng.uniform(20, 60)), over_s=1.8)
        side = "lean_left" if self.rng.random() < 0.5 else "lean_right"
        self.pose(side, 5.0)
        self.pose("upright", 10.0)

    def meal(self) -> None:
        """Bending to the plate: leaning 7° forward, and 15–22° for a second or two with every bite."""
        for _ in range(40):
            self.pose("lean_forward", float(self.rng.uniform(0.8, 1.6)), flexion_deg=float(self.rng.uniform(15, 22)),
                      over_s=1.2)  # fmt: skip
            self.pose("lean_forward", float(self.rng.uniform(15, 30)), flexion_deg=7.0, over_s=1.2)
        self.pose("upright", 20.0)


def day(seed: int, *, site: str, hours: float = 16.0) -> tuple[Scenario, float, float]:
    """The scenario, when the strap slips, and when the wearer may calibrate again after it (s; nan without a slip)."""
    plan = Plan(seed)
    slip_s = upright_s = float("nan")
    chapters = 8
    for chapter in range(chapters):
        end_s = hours * 3600 * (chapter + 1) / chapters
        plan.wait(60.0)
        plan.walk(150.0)
        for _ in range(SLOUCHES // chapters):
            plan.slouch()
            if plan.rng.random() < 0.6:
                plan.reach()
        plan.pose("lean_back", float(plan.rng.uniform(120, 300)), flexion_deg=-22.0)
        plan.pose("upright", 30.0)
        if chapter in (1, 5):
            plan.meal()
        if chapter == 2:
            plan.pose("lean_back", 5.0, flexion_deg=-8.0)
            plan.do("vehicle", 1800.0)
            plan.pose("upright", 60.0)
        if chapter == 3:
            plan.pose("lie_back", 1500.0)
            plan.pose("upright", 60.0, over_s=4.0)
        if chapter == 4:
            plan.event("off", 900.0)
            plan.wait(30.0)
            plan.walk(90.0)
        if chapter == 6:
            plan.do("run", 300.0)
            plan.wait(60.0)
            slip_s = plan.t_s + 3.0
            plan.event("slip", 3.0, turn_deg=[0.0, 14.0, 5.0])
            plan.wait(60.0)
            plan.walk(600.0)
            plan.pose("upright", 180.0)
            upright_s = plan.t_s - 60.0
        plan.walk(120.0)
        plan.t_s = max(plan.t_s, end_s - 20.0)
    table = {
        "name": "day",
        "duration_s": max(hours * 3600.0, plan.t_s + 30.0),
        "seed": seed,
        "sensor": {
            "site": site,
            "mounting": "random",
            "gyr_bias_dps": [0.8, -0.5, 0.6],
            "gyr_bias_drift_dps": 0.05,
            "acc_bias_mg": [15, -12, 9],
            "clock_ppm": 80,
            "loss_rate": 0.002,
        },
        "wearer": {"fidgets_per_min": 0.4, "fidget_shift_deg": 0.6},
        "breathing": [{"rate_brpm": [14, 16, 13], "sigh_every_s": 300}],
        "posture": plan.posture,
        "activity": plan.activity,
        "sensor_event": plan.sensor_event,
    }
    return Scenario.from_dict(table), slip_s, upright_s


@dataclass
class DayScore:
    """What came of one day. Times in s; an alarm is a trusted `SlouchStarted`, late against crossing plus dwell."""

    slouches: int
    found: int
    alarms: int
    false_alarms: int
    between_slip_and_notice: int
    late_median_s: float
    late_min_s: float
    late_max_s: float
    slip_noticed_after_walking_s: float
    notes: dict[str, int]
    estimated_s: float
    length_h: float

    def plain(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


def run_day(seed: int, site: str, *, hours: float = 16.0, dwell_s: float = 5.0) -> DayScore:
    """Live through one day and compare."""
    scenario, slip_s, upright_s = day(seed, site=site, hours=hours)
    sensor = VirtualSensor(scenario)
    truth = build_truth(sensor, None)
    settings = SlouchSettings(dwell_s=dwell_s)
    engine = Engine([SensorSetup(sensor.stream)], slouch=settings)
    events: list[Event] = []
    spent_s, moved = 0.0, False
    stops = [(0.0, 0), (upright_s, -1)]
    zeros: list[tuple[float, float]] = []
    for block in iter_blocks(scenario, BLOCK_S):
        begun = time.perf_counter()
        new = engine.feed(block)
        spent_s += time.perf_counter() - begun
        moved = moved or any(isinstance(e, Notice) and e.code == "sensor_moved" for e in new)
        events += [e for e in new if not isinstance(e, Second)]
        if stops and block.t_ns[-1] / NS > stops[0][0]:
            _, pose = stops.pop(0)
            if pose == 0 or moved:
                events += engine.feed(_calibrate(sensor, block, truth.neutrals[pose]))
                zeros.append(_true_zero(sensor, float(block.t_ns[-1] / NS)))
    crossings = [_crossing_s(sensor, float(row["t_start_s"]), zeros) for row in truth.slouches]
    return _score(events, truth.slouches, crossings, scenario, slip_s, dwell_s, spent_s)


def _calibrate(sensor: VirtualSensor, block: SampleBlock, pose: Any) -> Calibrate:
    """The mean of up over the last ten seconds, as the guided calibration takes it; forward from bows not simulated."""
    last = block.t_ns > block.t_ns[-1] - round((TALL_S[1] - TALL_S[0]) * NS)
    up = Orientation(sensor.stream).update(block).up[last].mean(axis=0)
    forward = tuple(float(pose[f"forward_{c}"]) for c in "xyz")
    return Calibrate(int(block.t_ns[-1]), sensor.stream.sensor, tuple(up.tolist()), forward)  # type: ignore[arg-type]


def _true_zero(sensor: VirtualSensor, end_s: float) -> tuple[float, float]:
    """When the pose was taken, and how the trunk itself leaned meanwhile, deg: people do not stand twice the same."""
    t = np.arange(end_s - (TALL_S[1] - TALL_S[0]), end_s, 0.05)
    return end_s, float(np.degrees(sensor.body.at(t).trunk.x[0]).mean())


def _crossing_s(sensor: VirtualSensor, commanded_s: float, zeros: list[tuple[float, float]]) -> float:
    """When the trunk itself, with its sway, went beyond the threshold from the calibrated pose: the crossing nearest to
    the commanded one."""
    zero_deg = next((zero for since_s, zero in reversed(zeros) if since_s < commanded_s), 0.0)
    t = commanded_s + np.arange(-10.0, 10.0, 0.05)
    flexion = np.degrees(sensor.body.at(t).trunk.x[0]) - zero_deg
    rises = t[1:][(flexion[:-1] < SLOUCH_DEG) & (flexion[1:] >= SLOUCH_DEG)]
    return float(rises[np.argmin(np.abs(rises - commanded_s))]) if len(rises) else commanded_s


def _score(
    events: list[Event],
    slouches: Any,
    crossings: list[float],
    scenario: Scenario,
    slip_s: float,
    dwell_s: float,
    spent_s: float,
) -> DayScore:
    clock = 1.0 + scenario.sensor.clock_ppm * 1e-6
    alarms = [e.t_ns / NS / clock for e in events if isinstance(e, SlouchStarted) and e.trusted]
    long = slouches["t_end_s"] - slouches["t_start_s"] > dwell_s + 8.0
    late, found = [], 0
    left = list(alarms)
    for row, crossing_s in zip(slouches[long], np.array(crossings)[long].tolist(), strict=True):
        mine = [t for t in left if row["t_start_s"] <= t <= row["t_end_s"] + 5.0]
        found += len(mine) == 1
        late += [t - crossing_s - dwell_s for t in mine[:1]]
        left = [t for t in left if t not in mine[:1]]
    moved = [e.t_ns / NS for e in events if isinstance(e, Notice) and e.code == "sensor_moved" and e.t_ns / NS > slip_s]
    astray = [t for t in left if slip_s <= t <= (moved[0] if moved else np.inf)]
    walked_s = float("nan")
    if moved:
        walks = [(a.at_s, a.at_s + a.duration_s) for a in scenario.activity if a.kind == "walk" and a.at_s > slip_s]
        walked_s = sum(max(0.0, min(end, moved[0]) - start) for start, end in walks)
    notes = {kind.kind: sum(isinstance(e, kind) for e in events) for kind in NOTES}
    other = {e.code for e in events if isinstance(e, Notice) and e.code != "sensor_moved"}
    notes |= dict.fromkeys(sorted(other), 1)
    late = late or [float("nan")]
    return DayScore(
        int(long.sum()),
        found,
        len(alarms),
        len(left) - len(astray),
        len(astray),
        float(np.median(late)),
        min(late),
        max(late),
        walked_s,
        notes,
        spent_s,
        scenario.duration_s / 3600.0,
    )


@dataclass
class AngleScore:
    """Errors of flexion after the guided calibration, from a random mounting, deg.

    Standing (static) and sitting in several leans; the mean error, and the root mean square of what is shown once a
    second, with the tilt of the skin by every breath in it. Angles are relative to the pose held for the calibration.
    """

    static_mean_deg: float
    static_rms_deg: float
    sitting_mean_deg: float
    sitting_rms_deg: float
    forward_deg: float

    def plain(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


TALL_S = (9.8, 19.8)
STATIC_S = (100.0, 220.0)
SITTING_S = (240.0, 540.0)


def run_angles(seed: int, site: str) -> AngleScore:
    """The shipped calibration scenario with another mounting and wearer, then standing, then sitting and leaning."""
    import tomllib

    table = tomllib.loads(builtin_scenarios()["calibrate"])
    rng = np.random.default_rng(seed)
    table |= {"duration_s": 560.0, "seed": seed}
    table["sensor"] = {
        "site": site,
        "mounting": "random",
        "gyr_bias_dps": rng.normal(0.0, 0.8, 3).tolist(),
        "acc_bias_mg": rng.normal(0.0, 12.0, 3).tolist(),
    }
    table["posture"].append({"at_s": 225.0, "pose": "sit"})
    for i, lean in enumerate((8.0, -6.0, 20.0, 3.0)):
        table["posture"].append({"at_s": 240.0 + 70.0 * i, "pose": "lean_forward", "flexion_deg": lean, "over_s": 10.0})
    scenario = Scenario.from_dict(table)
    sensor = VirtualSensor(scenario)
    truth = build_truth(sensor, None)
    engine = Engine([SensorSetup(sensor.stream)])
    name = sensor.stream.sensor
    engine.feed(StartCalibration(0, name, "yes"))
    rows: list[Second] = []
    done: CalibrationDone | None = None
    for block in iter_blocks(scenario, 10.0):
        events = engine.feed(block)
        rows += [e for e in events if isinstance(e, Second)]
        for event in events:
            if isinstance(event, CalibrationDone):
                done = event
                engine.feed(Calibrate(int(block.t_ns[-1]), name, event.up, event.forward))
    if done is None:
        return AngleScore(*([float("nan")] * 5))
    t = truth.seconds["t_s"]
    zero = float(np.mean(truth.seconds["flexion_deg"][(t > TALL_S[0]) & (t <= TALL_S[1])]))
    shown = np.array([r.flexion_deg for r in rows])[: len(t)]
    error = shown - (truth.seconds["flexion_deg"][: len(shown)] - zero)
    t = t[: len(shown)]
    parts: list[float] = []
    for begin, end in (STATIC_S, SITTING_S):
        some = error[(t > begin) & (t <= end)]
        parts += [abs(float(np.nanmean(some))), float(np.sqrt(np.nanmean(some**2)))]
    return AngleScore(parts[0], parts[1], parts[2], parts[3], _heading_error_deg(truth.calibration, done.forward))


def _heading_error_deg(truth: Mapping[str, tuple[float, float, float]], forward: tuple[float, float, float]) -> float:
    """Angle about the vertical between the true and the found forward."""
    up, ahead = np.array(truth["up"]), np.array(truth["forward"])
    level = np.array(forward) - (np.array(forward) @ up) * up
    return float(np.degrees(np.arccos(np.clip(ahead @ level / np.linalg.norm(level), -1.0, 1.0))))


def worst(scores: list[AngleScore]) -> AngleScore:
    """The largest of every number."""
    return AngleScore(*(float(v) for v in np.max([list(asdict(s).values()) for s in scores], axis=0)))
