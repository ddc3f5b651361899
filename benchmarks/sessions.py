"""How exactly a session counts repetitions, times holds and measures angles: virtual wearers against their true trunk.

    python benchmarks/sessions.py [--seeds N] [--only NAME]

Every shipped exercise with repetitions or holds, in every variant, done by the four virtual wearers, with a gyroscope
and without. Prints what went wrong to stderr and one JSON line to stdout.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from sensorcoach.coach.session import Library, Plan, load_library, make_plan
from sensorcoach.coach.session.model import Item, Programme, Step
from sensorcoach.coach.session.rehearsal import ACTORS, rehearse
from sensorcoach.coach.session.timetable import rep_parts_s, timetable
from sensorcoach.estimators.repetition import HOLD_BAND_DEG
from sensorcoach.events import Event, HoldJudged, RepJudged, SessionStep, SessionSummary
from sensorcoach.runtime.run import Run
from sensorcoach.samples import NS, StreamInfo
from sensorcoach.simulate.sensor import VirtualSensor
from sensorcoach.transport.rehearsal import RehearsedSource

COUNTED = ("reps", "holds")
STEP_S = 0.01
TARGET = {"holds_s": 0.3, "angles_deg": 1.0}
"""The largest error of a hold, and of the mean angle of an exercise."""


@dataclass
class Found:
    """Errors of all cases so far."""

    cases: int = 0
    wrong_counts: list[str] = field(default_factory=list)
    counted: int = 0
    holds_s: list[float] = field(default_factory=list)
    angles_deg: list[float] = field(default_factory=list)
    means_deg: list[float] = field(default_factory=list)

    def told(self) -> dict[str, object]:
        """JSON-ready."""
        return {
            "sessions": self.cases,
            "counted": self.counted,
            "sessions_with_wrong_counts": len(self.wrong_counts),
            "hold_error_s": spread(self.holds_s, TARGET["holds_s"]),
            "angle_error_deg": spread(self.angles_deg, TARGET["angles_deg"]),
            "mean_angle_error_deg": spread(self.means_deg, TARGET["angles_deg"]),
        }


def main() -> None:
    """Play every case and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3, help="virtual bodies of each kind (default 3)")
    parser.add_argument("--only", metavar="NAME", help="one exercise")
    args = parser.parse_args()
    library, begun_s = load_library(), time.perf_counter()
    report: dict[str, object] = {"benchmark": "sessions", "targets": TARGET}
    for sensor, has_gyro in (("gyro", True), ("accelerometer", False)):
        found = Found()
        for name, variant in cases(library, args.only):
            for wearer in ACTORS:
                for seed in range(1, args.seeds + 1):
                    judge(found, library, name, variant, wearer, seed, has_gyro)
        report[sensor] = found.told()
    report["told_apart"] = tell_apart(library)
    report["wall_s"] = round(time.perf_counter() - begun_s, 1)
    print(json.dumps(report))


def cases(library: Library, only: str | None) -> Iterator[tuple[str, str]]:
    """Exercises that count something, with the name of a variant or an empty one."""
    for exercise in library.exercises.values():
        if any(step.kind in COUNTED for step in exercise.steps) and only in (None, exercise.name):
            yield exercise.name, ""
            yield from ((exercise.name, variant.name) for variant in exercise.variants)


def judge(found: Found, library: Library, name: str, variant: str, wearer: str, seed: int, has_gyro: bool) -> None:
    """One session against the truth."""
    case = f"{name}{f' ({variant})' if variant else ''}, {wearer}, seed {seed}{'' if has_gyro else ', no gyro'}"
    lonely = Programme(name, name, "", 1.0, "", (Item(name, variant),))
    alone = Library(library.exercises, {name: lonely}, library.patterns)
    plan, sensor, events = play(alone, name, wearer, seed, has_gyro)
    found.cases += 1
    steps = [e for e in events if isinstance(e, SessionStep)]
    over_ns = next(e.t_ns for e in events if isinstance(e, SessionSummary))
    for number, step in enumerate(steps):
        planned = plan.steps[step.step - 1]
        if planned.step.kind not in COUNTED:
            continue
        until_ns = steps[number + 1].t_ns if number + 1 < len(steps) else over_ns
        inside = [e for e in events if step.t_ns < e.t_ns <= until_ns]
        tilt = true_tilt(sensor, step.t_ns / NS, until_ns / NS)
        if planned.step.kind == "reps":
            told = [e for e in inside if isinstance(e, RepJudged)]
            check_reps(found, case, planned.step, rep_parts_s(planned)[1], told, tilt)
        else:
            score = timetable(planned)
            check_holds(found, case, planned.step, score.lead_s, [e for e in inside if isinstance(e, HoldJudged)], tilt)


def check_reps(found: Found, case: str, step: Step, hold_s: float, told: list[RepJudged], tilt: np.ndarray) -> None:
    """Counts, time within the band, and the angle of each."""
    swing = np.abs(tilt - np.median(tilt[:400]))
    edges = np.flatnonzero(np.diff((swing > step.target_deg / 2).astype(int)))
    true = list(zip(edges[::2], edges[1::2], strict=False))
    found.counted += len(true)
    if [v.number for v in told] != list(range(1, len(true) + 1)):
        found.wrong_counts.append(case)
        print(f"{case}: {len(told)} counted, {len(true)} done", file=sys.stderr)
        return
    errors = []
    for verdict, (start, end) in zip(told, true, strict=True):
        rep = swing[max(start - 200, 0) : end + 200]
        far = rep[rep >= 0.8 * rep.max()]
        furthest_s = np.sort(rep)[-round(1.0 / STEP_S) :]
        true_deg = far[np.abs(far - np.median(far)) <= 3.0].mean() if hold_s > 0 else furthest_s.mean()
        errors.append(verdict.angle_deg - true_deg)
        if not np.isnan(verdict.held_s):
            held_s = longest_s(np.abs(rep - step.target_deg) <= step.band_deg)
            note(found.holds_s, verdict.held_s - held_s, TARGET["holds_s"], f"{case}: hold {verdict.number}")
    found.angles_deg += errors
    if errors:
        note(found.means_deg, float(np.mean(errors)), TARGET["angles_deg"], f"{case}: angle")


def check_holds(found: Found, case: str, step: Step, lead_s: float, told: list[HoldJudged], tilt: np.ndarray) -> None:
    """How long it was still in each place."""
    found.counted += len(told)
    for verdict in told:
        begin = round((lead_s + (verdict.number - 1) * (step.hold_s + step.shift_s)) / STEP_S)
        place = tilt[begin : begin + round(step.hold_s / STEP_S)]
        there = np.median(place)
        held_s = longest_s(np.abs(place - there) <= HOLD_BAND_DEG)
        note(found.holds_s, verdict.held_s - held_s, TARGET["holds_s"], f"{case}: place {verdict.number}")


def tell_apart(library: Library) -> dict[str, list[str]]:
    """What each wearer is told to keep and to try after the gentle programme."""
    said = {}
    for wearer in ACTORS:
        events = play(library, "gentle-beginner", wearer, 1, True)[2]
        (end,) = (e for e in events if isinstance(e, SessionSummary))
        said[wearer] = [f"{end.done:.0%}", end.keep, end.to_try]
    return said


def play(
    library: Library, name: str, wearer: str, seed: int, has_gyro: bool
) -> tuple[Plan, VirtualSensor, list[Event]]:
    """A session through the engine: everything that became known."""
    plan = make_plan(library, name, StreamInfo("chest", "chest", 50.0, has_gyro))
    script = rehearse(plan, wearer=wearer)
    sensor = VirtualSensor(script.scenario, seed=seed)
    run = Run(RehearsedSource(sensor, script.commands))
    events: list[Event] = []
    while not run.ended:
        events += run.advance(run.position_ns + 60 * NS)
    return plan, sensor, events + run.finish()


def true_tilt(sensor: VirtualSensor, begin_s: float, end_s: float) -> np.ndarray:
    """Forward tilt of the trunk, deg, every 10 ms."""
    tilt: np.ndarray = np.degrees(sensor.body.at(np.arange(begin_s, end_s, STEP_S)).trunk.x[0])
    return tilt


def longest_s(inside: np.ndarray) -> float:
    """The longest stretch without a break."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(int), [0]])))
    return STEP_S * float(max(edges[1::2] - edges[::2], default=0))


def note(errors: list[float], error: float, most: float, what: str) -> None:
    """Keep an error; say it when it is too large."""
    errors.append(error)
    if abs(error) > most:
        print(f"{what}: {error:+.2f}", file=sys.stderr)


def spread(errors: list[float], target: float) -> dict[str, float]:
    """Root mean square, largest error, and the share within the target."""
    if not errors:
        return {"n": 0}
    size = np.abs(errors)
    return {
        "rms": round(float(np.sqrt(np.mean(size**2))), 3),
        "max": round(float(size.max()), 3),
        "within": round(float(np.mean(size <= target)), 3),
        "n": len(errors),
    }


if __name__ == "__main__":
    main()
