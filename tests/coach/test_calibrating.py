"""The guided calibration: what is said when, what is refused, and what comes out."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from sensorcoach.coach.calibrating import PAUSE_S, TRIES, Calibrating
from sensorcoach.coach.wording import sentence
from sensorcoach.events import CalibrationDone, CalibrationStep, CueSpoken, Event
from sensorcoach.samples import NS

Vector = tuple[float, float, float]
TURN, _ = np.linalg.qr(np.random.default_rng(4).normal(size=(3, 3)))
TURN *= np.sign(np.linalg.det(TURN))
"""Sensor axes from body axes (forward, left, up): stuck on anyhow."""


def up_of(flexion_deg: float, lateral_deg: float = 0.0) -> Vector:
    f, s = math.radians(flexion_deg), math.radians(lateral_deg)
    x, y, z = TURN @ np.array([-math.sin(f) * math.cos(s), -math.sin(s), math.cos(f) * math.cos(s)])
    return float(x), float(y), float(z)


def bows(t_s: float, depth_deg: float = 38.0) -> float:
    """Three bows of four seconds each, six seconds apart."""
    inside = t_s % 6.0
    return depth_deg * math.sin(math.pi * inside / 4.0) if 0.0 <= t_s < 18.0 and inside < 4.0 else 0.0


class Guide:
    """Runs a calibration with a wearer who does what `pose(step, seconds in it)` says."""

    def __init__(
        self, pose: Callable[[str, float, int], Vector], *, slouch: bool = True, sigma_deg: float = 0.4
    ) -> None:
        self.machine = Calibrating("chest", 10 * NS, slouch=slouch)
        self.events: list[Event] = []
        self._pose = pose
        self._sigma_deg = sigma_deg
        step, began_ns, tries = "settle", 10 * NS, 0
        for k in range(1, 5 * 400):
            t_ns = 10 * NS + k * NS // 5
            new = self.machine.update(t_ns, pose(step, (t_ns - began_ns) / NS, tries), sigma_deg)
            for event in new:
                if isinstance(event, CalibrationStep) and event.state == "began":
                    tries = tries + 1 if event.step == step else 0
                    step, began_ns = event.step, t_ns
            self.events += new
            if self.machine.over:
                break

    @property
    def done(self) -> CalibrationDone | None:
        return next((e for e in self.events if isinstance(e, CalibrationDone)), None)

    @property
    def refused(self) -> list[CalibrationStep]:
        return [e for e in self.events if isinstance(e, CalibrationStep) and e.state == "refused"]


def good(step: str, t_s: float, tries: int) -> Vector:
    breath = 0.7 * math.sin(2 * math.pi * 0.23 * t_s)
    if step == "bows":
        return up_of(bows(t_s - 3.0) + breath)
    return up_of(22.0 + breath) if step == "slouch" and t_s > 2.0 else up_of(breath)


def test_a_wearer_who_does_what_is_asked_is_calibrated_in_a_minute() -> None:
    guide = Guide(good)
    assert guide.refused == []
    assert guide.done is not None
    assert guide.done.up == pytest.approx(up_of(0.0), abs=0.006)
    assert guide.done.forward == pytest.approx(tuple(TURN[:, 0].tolist()), abs=0.01)
    assert guide.done.threshold_deg == pytest.approx(11.0, abs=0.3)
    assert guide.done.t_ns < 75 * NS
    said = [e.text for e in guide.events if isinstance(e, CueSpoken)]
    assert said[2:6] == ["3", "2", "1", "Hold."]
    assert [t for t in said if t in ("One.", "Two.", "Three.")] == ["One.", "Two.", "Three."]
    steps = [(e.step, e.state) for e in guide.events if isinstance(e, CalibrationStep)]
    assert steps == [(s, w) for s in ("settle", "tall", "bows", "slouch") for w in ("began", "done")]


def test_without_the_slouch_there_is_no_threshold_of_ones_own() -> None:
    guide = Guide(good, slouch=False)
    assert guide.done is not None
    assert math.isnan(guide.done.threshold_deg)
    assert guide.machine.over
    assert guide.machine.update(10**12, up_of(0.0), 0.3) == []


def test_who_fidgets_is_told_why_and_asked_again() -> None:
    def pose(step: str, t_s: float, tries: int) -> Vector:
        restless = step == "tall" and not tries
        return up_of(4.0 * math.sin(1.9 * t_s)) if restless else good(step, t_s - PAUSE_S * bool(tries), tries)

    guide = Guide(pose)
    (refusal,) = guide.refused
    assert (refusal.step, refusal.code, refusal.tries_left) == ("tall", "moving", TRIES - 1)
    words = sentence(refusal) or ""
    assert words.startswith("That did not work. The sensor moved by 1.7°")
    assert words.endswith("Once more in five seconds.")
    assert guide.done is not None


def test_three_failures_end_it_with_the_last_reason() -> None:
    guide = Guide(lambda step, t_s, tries: up_of(0.0) if step != "bows" else up_of(9.0 * math.sin(t_s)))
    assert [(r.code, r.tries_left) for r in guide.refused] == [("too_small", 2), ("too_small", 1), ("too_small", 0)]
    assert guide.done is None
    assert guide.machine.over
    assert not (sentence(guide.refused[-1]) or "").endswith("seconds.")


def test_a_slouch_the_sensor_cannot_see_costs_only_the_threshold() -> None:
    guide = Guide(lambda step, t_s, tries: up_of(2.0) if step == "slouch" else good(step, t_s, tries))
    assert [r.code for r in guide.refused] == ["sees_too_little"] * 3
    assert guide.done is not None
    assert math.isnan(guide.done.threshold_deg)


def test_nothing_begins_before_the_sensor_knows_where_up_is() -> None:
    guide = Guide(good, sigma_deg=3.0)
    assert {e.step for e in guide.events if isinstance(e, CalibrationStep)} == {"settle"}
    assert [r.code for r in guide.refused] == ["unsettled"] * 3


def test_a_breathing_chest_is_no_drift() -> None:
    """Thirds of ten seconds would differ by a whole degree here."""

    def pose(step: str, t_s: float, tries: int) -> Vector:
        deep = 0.9 * math.sin(2 * math.pi * 0.15 * t_s)
        return up_of(deep) if step == "tall" else good(step, t_s, tries)

    assert Guide(pose).refused == []
