"""Posture through the whole engine: a slipped sensor, a guided calibration, personal thresholds, two sensors."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from sensorcoach.engine import Engine, SensorSetup
from sensorcoach.engine.engine import Item
from sensorcoach.events import (
    Calibrate,
    CalibrationDone,
    CalibrationStep,
    Event,
    LeanChanged,
    NeutralSet,
    Notice,
    Second,
    SetSlouch,
    SlouchStarted,
    Spine,
    StartCalibration,
    StopCalibration,
)
from sensorcoach.samples import NS, SampleBlock, Tick
from sensorcoach.simulate import Scenario, Simulated, builtin_scenarios, simulate
from sensorcoach.transport.virtual import VirtualSource, open_virtual


def posture(*parts: tuple[float, str, float], **sensor: object) -> dict[str, object]:
    """A scenario of poses (time, name, flexion), at a low rate to be quick."""
    rows = [{"at_s": t, "pose": name, "flexion_deg": flexion, "over_s": 2.5} for t, name, flexion in parts]
    return {"posture": rows, "sensor": {"sampling_rate_hz": 50, "mounting": "random", **sensor}}


def rows(events: Sequence[Event], sensor: str | None = None) -> dict[int, Second]:
    return {e.t_ns // NS: e for e in events if isinstance(e, Second) and sensor in (None, e.sensor)}


@pytest.fixture(scope="module")
def slipped() -> Simulated:
    table = posture(
        (0, "upright", 0.0), (240, "lean_forward", 20.0), (270, "upright", 0.0), (300, "lean_forward", 22.0)
    )
    table |= {"duration_s": 330, "seed": 3}
    table["activity"] = [
        {"at_s": 10, "kind": "walk", "duration_s": 65},
        {"at_s": 85, "kind": "walk", "duration_s": 130},
    ]
    table["sensor_event"] = [{"at_s": 80, "kind": "slip", "turn_deg": [0, -14, 0]}]
    return simulate(Scenario.from_dict(table))


def run(sim: Simulated, commands: Sequence[object] = (), block: int = 10**6) -> list[Event]:
    neutral = sim.truth.calibration
    engine = Engine([SensorSetup(sim.stream, up=neutral["up"], forward=neutral["forward"])])
    events: list[Event] = []
    waiting = list(commands)
    for start in range(0, len(sim.block), block):
        part = sim.block[start : start + block]
        while waiting and waiting[0].t_ns <= part.t_ns[-1]:  # type: ignore[attr-defined]
            split = int(np.searchsorted(part.t_ns, waiting[0].t_ns, side="right"))  # type: ignore[attr-defined]
            events += engine.feed_many([part[:split]]) if split else []
            events += engine.feed(waiting.pop(0))  # type: ignore[arg-type]
            part = part[split:]
        events += engine.feed(part) if len(part) else []
    return events


def test_after_the_sensor_has_moved_nothing_is_judged_until_the_next_calibration(slipped: Simulated) -> None:
    after = slipped.truth.neutrals[-1]
    again = Calibrate(
        285 * NS,
        "chest",
        (after["up_x"], after["up_y"], after["up_z"]),
        (after["forward_x"], after["forward_y"], after["forward_z"]),
    )
    events = run(slipped, [again])
    (moved,) = [e for e in events if isinstance(e, Notice) and e.code == "sensor_moved"]
    seconds = rows(events)
    void = [r for t, r in seconds.items() if moved.t_ns // NS <= t <= 285]
    assert len(void) > 30
    assert all(r.slouching is None and not r.posture_quality > 0.5 for r in void)
    assert any(r.flexion_deg == r.flexion_deg for r in void)  # still shown, greyed
    assert seconds[290].posture_quality > 0.8
    slouches = [e for e in events if isinstance(e, SlouchStarted)]
    assert [e.t_ns > 300 * NS and e.trusted for e in slouches] == [True]


@pytest.mark.parametrize("block", [50, 977])
def test_any_cut_judges_the_slipped_sensor_the_same(slipped: Simulated, block: int) -> None:
    again = Calibrate(285 * NS, "chest")
    assert repr(run(slipped, [again], block)) == repr(run(slipped, [again]))


def test_a_stored_pose_is_unsure_until_the_first_upright_rest(slipped: Simulated) -> None:
    neutral = slipped.truth.calibration
    engine = Engine([SensorSetup(slipped.stream)])
    engine.feed(Calibrate(0, "chest", neutral["up"], neutral["forward"], "stored"))
    events = engine.feed(slipped.block[: 50 * 20])
    assert [e.source for e in events if isinstance(e, NeutralSet)] == ["stored"]
    qualities = [r.posture_quality for r in rows(events).values()]
    assert max(q for q in qualities[:4] if q == q) <= 0.6
    assert qualities[9] > 0.8


def test_a_threshold_of_ones_own_holds_from_its_time_on() -> None:
    table = posture((0, "upright", 0.0), (10, "lean_forward", 9.0)) | {"duration_s": 70, "seed": 2}
    sim = simulate(Scenario.from_dict(table))
    assert not [e for e in run(sim) if isinstance(e, SlouchStarted)]
    (slouch,) = [e for e in run(sim, [SetSlouch(40 * NS, "chest", 6.0, 5.0)]) if isinstance(e, SlouchStarted)]
    assert 40 < slouch.t_ns / NS <= 47
    assert not [e for e in run(sim, [SetSlouch(40 * NS, "other", 6.0, 5.0)]) if isinstance(e, SlouchStarted)]


@pytest.fixture(scope="module")
def calibrating() -> Simulated:
    return simulate(Scenario.from_toml(builtin_scenarios()["calibrate"].replace("duration_s = 250", "duration_s = 70")))


def guided(sim: Simulated, size: int) -> list[Event]:
    engine = Engine([SensorSetup(sim.stream)])
    events = engine.feed(StartCalibration(0, "chest"))
    for start in range(0, len(sim.block), size):
        events += engine.feed(sim.block[start : start + size])
    return events


def test_the_shipped_scenario_is_in_step_with_the_guided_calibration(calibrating: Simulated) -> None:
    events = guided(calibrating, 10**6)
    (done,) = [e for e in events if isinstance(e, CalibrationDone)]
    truth = calibrating.truth.calibration
    assert math.degrees(math.acos(np.dot(done.up, truth["up"]))) < 1.5  # 12 mg of sensor error are 0.7° of it
    assert math.degrees(math.acos(np.dot(done.forward, truth["forward"]))) < 1.5
    assert done.threshold_deg == pytest.approx(10.0, abs=1.0)


@pytest.mark.parametrize("size", [7, 500])
def test_any_cut_guides_the_same(calibrating: Simulated, size: int) -> None:
    assert repr(guided(calibrating, size)) == repr(guided(calibrating, 10**6))


def test_a_guided_calibration_can_be_given_up(calibrating: Simulated) -> None:
    engine = Engine([SensorSetup(calibrating.stream)])
    engine.feed(StartCalibration(0, "chest"))
    engine.feed(calibrating.block[:500])
    engine.feed(StopCalibration(10 * NS, "chest"))
    assert not [e for e in engine.feed(calibrating.block[500:]) if isinstance(e, CalibrationStep)]


@pytest.fixture(scope="module")
def pair() -> tuple[Simulated, Simulated]:
    """One wearer, two sensors: rounds the back at 30 s, leans from the hips at 75 s."""
    upper = posture(
        (0, "upright", 0.0), (30, "slouch", 20.0), (60, "upright", 0.0), (75, "slouch", 20.0), site="upper-back"
    )
    lower = posture(
        (0, "upright", 0.0), (30, "slouch", 2.0), (60, "upright", 0.0), (75, "slouch", 18.0), site="lower-back"
    )
    both = [simulate(Scenario.from_dict(t | {"duration_s": 100, "seed": 8})) for t in (upper, lower)]
    return both[0], both[1]


def together(pair: tuple[Simulated, Simulated], order: Sequence[tuple[int, int]]) -> list[Event]:
    """Blocks of the sensors (number of the sensor, rows) in this order."""
    setups = [SensorSetup(s.stream, up=s.truth.calibration["up"], forward=s.truth.calibration["forward"]) for s in pair]
    engine = Engine(setups)
    at = [0, 0]
    blocks: list[SampleBlock] = []
    for which, count in order:
        blocks.append(pair[which].block[at[which] : at[which] + count])
        at[which] += count
    return engine.feed_many([b for b in blocks if len(b)])


WHOLE = [(0, 10**6), (1, 10**6)]


def test_rounding_is_told_from_leaning_at_the_hips(pair: tuple[Simulated, Simulated]) -> None:
    events = together(pair, WHOLE)
    spine = {e.t_ns // NS: e for e in events if isinstance(e, Spine)}
    assert spine[50].rounding_deg == pytest.approx(18.0, abs=1.5)
    assert spine[50].hips_deg == pytest.approx(2.0, abs=1.5)
    assert spine[95].rounding_deg == pytest.approx(2.0, abs=1.5)
    assert spine[95].hips_deg == pytest.approx(18.0, abs=1.5)
    assert [e.lean for e in events if isinstance(e, LeanChanged)] == ["rounding", "", "hips"]
    assert {e.sensor for e in spine.values()} == {"upper-back"}


@pytest.mark.parametrize("seed", range(4))
def test_any_interleaving_of_the_two_sensors_says_the_same(pair: tuple[Simulated, Simulated], seed: int) -> None:
    rng = np.random.default_rng(seed)
    order = [(int(rng.integers(2)), int(rng.integers(1, 700))) for _ in range(30)] + WHOLE
    mixed, plain = together(pair, order), together(pair, WHOLE)

    def told(events: list[Event]) -> str:
        return repr([e for e in events if isinstance(e, Spine | LeanChanged)])

    assert told(mixed) == told(plain)
    for sensor in ("upper-back", "lower-back"):  # and what each sensor says alone is not touched
        assert repr(list(rows(mixed, sensor).values())) == repr(list(rows(plain, sensor).values()))


def test_a_saved_engine_goes_on_with_both_sensors(pair: tuple[Simulated, Simulated]) -> None:
    engine = Engine([SensorSetup(s.stream) for s in pair])
    head = engine.feed_many([pair[0].block[:3000], pair[1].block[:1000]])
    resumed = Engine.restore(engine.save())
    rest = [pair[1].block[1000:], pair[0].block[3000:]]
    whole = Engine([SensorSetup(s.stream) for s in pair]).feed_many([pair[0].block[:3000], pair[1].block[:1000], *rest])
    assert repr(head + resumed.feed_many(rest)) == repr(whole)


@pytest.fixture(scope="module")
def packets(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[VirtualSource], list[Item]]:
    """Both sensors as two radios would bring them: other packet lengths, lost packets, a silence."""
    folder = tmp_path_factory.mktemp("scenarios")
    sources = []
    for site, samples, more in (("upper-back", 10, "gaps_s = [[40, 9]]"), ("lower-back", 13, "loss_rate = 0.03")):
        path = folder / f"{site}.toml"
        path.write_text(
            f'duration_s = 80\nseed = 5\n[sensor]\nsite = "{site}"\npacket_samples = {samples}\n{more}\n'
            '[[posture]]\npose = "upright"\n[[posture]]\nat_s = 15\npose = "slouch"\nover_s = 4\n'
            '[[activity]]\nat_s = 60\nkind = "walk"\nduration_s = 15\n'
        )
        sources.append(open_virtual(str(path)))
    items: list[Item] = []
    for source in sources:
        while not source.ended:
            items += source.read(10**12, 10**9)
    ticks = {item.t_ns: item for item in items if isinstance(item, Tick)}
    others = [item for item in items if not isinstance(item, Tick)]
    return sources, sorted([*others, *ticks.values()], key=lambda item: item.t_ns)


def test_bulk_of_two_sensors_gives_what_one_by_one_gives(packets: tuple[list[VirtualSource], list[Item]]) -> None:
    sources, items = packets

    def engine() -> Engine:
        return Engine([setup for source in sources for setup in source.engine_sensors()], waves=True)

    single = engine()
    one_by_one = [event for item in items for event in single.feed(item)]
    assert sum(isinstance(e, Spine) for e in one_by_one) > 70
    assert repr(engine().feed_many(items)) == repr(one_by_one)
    some = engine()
    edges = [0, 3, 100, 101, 420, len(items)]
    parts = [e for a, b in zip(edges[:-1], edges[1:], strict=True) for e in some.feed_many(items[a:b])]
    assert repr(parts) == repr(one_by_one)


def test_one_sensor_alone_has_no_spine(pair: tuple[Simulated, Simulated]) -> None:
    for sim in pair:
        alone = Engine([SensorSetup(sim.stream)]).feed(sim.block)
        assert not [e for e in alone if isinstance(e, Spine | LeanChanged)]
    chest = Engine([SensorSetup(pair[0].stream), SensorSetup(type(pair[0].stream)("chest"))])
    assert not [e for e in chest.feed(pair[0].block) if isinstance(e, Spine)]  # two above, none below
