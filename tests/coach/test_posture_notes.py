"""Remarks about a day's posture: one for each spell, none that would be an alarm."""

from __future__ import annotations

import math

import pytest

from sensorcoach.coach.posture_notes import PostureNotes, holding_time_s
from sensorcoach.coach.wording import sentence
from sensorcoach.events import BendingLoad, BreakDue, Event, LongStill, Reclined, SideLean
from sensorcoach.samples import NS

NAN = float("nan")


class Wearer:
    def __init__(self) -> None:
        self.notes = PostureNotes("chest")
        self.t_s = 0
        self.events: list[Event] = []

    def hold(
        self,
        seconds: int,
        flexion_deg: float = 0.0,
        lateral_deg: float = 0.0,
        activity: str = "still",
        quality: float = 1.0,
    ) -> None:
        for _ in range(seconds):
            self.t_s += 1
            self.events += self.notes.update(self.t_s * NS, flexion_deg, lateral_deg, quality, activity)

    def said(self, kind: type[Event]) -> list[Event]:
        return [e for e in self.events if isinstance(e, kind)]


def test_leaning_back_is_remarked_once_for_each_spell() -> None:
    w = Wearer()
    w.hold(50, -20.0)
    w.hold(5, 0.0)
    w.hold(600, -20.0)  # a moment upright does not begin a second spell
    w.hold(60, 0.0)
    w.hold(120, -20.0)
    first, second = w.said(Reclined)
    assert isinstance(first, Reclined)
    assert first.onset_ns == 5 * NS
    assert 60 <= first.t_ns / NS <= 75
    assert second.t_ns / NS > 715
    assert sentence(first) == "You have leaned back for 65 s. That is fine: only leaning forward is judged."


def test_a_side_lean_needs_a_minute_beyond_ten_degrees() -> None:
    w = Wearer()
    w.hold(3000, 0.0, 9.5)
    w.hold(55, 0.0, -12.0)
    w.hold(30, 0.0, 2.0)
    assert w.said(SideLean) == []
    w.hold(70, 0.0, -12.0)
    (lean,) = w.said(SideLean)
    assert "to the right for 60 s" in (sentence(lean) or "")


def test_half_an_hour_without_a_change_of_pose() -> None:
    w = Wearer()
    w.hold(1500, 1.0)
    w.hold(1500, 8.0)  # a change of 7° began it anew
    assert w.said(LongStill) == []
    w.hold(400, 8.0)
    (still,) = w.said(LongStill)
    assert isinstance(still, LongStill)
    assert still.t_ns - still.onset_ns >= 1800 * NS
    w.hold(600, 8.0, activity="walking")
    w.hold(1700, 8.0)
    assert len(w.said(LongStill)) == 1


def test_a_glance_does_not_end_a_stillness_but_a_slow_drift_does() -> None:
    w = Wearer()
    for _ in range(11):
        w.hold(170, 0.0)
        w.hold(10, 9.0)
    assert len(w.said(LongStill)) == 1
    w = Wearer()
    for minute in range(60):
        w.hold(60, 0.25 * minute)  # 5° in 20 minutes
    assert w.said(LongStill) == []


def test_a_break_is_due_after_fifty_minutes_and_short_errands_are_none() -> None:
    w = Wearer()
    for _ in range(10):
        w.hold(270)
        w.hold(30, activity="walking")
    w.hold(600)
    (due,) = w.said(BreakDue)
    assert isinstance(due, BreakDue)
    assert due.onset_ns == 5 * NS
    w = Wearer()
    for _ in range(10):
        w.hold(2700)
        w.hold(60, activity="walking")
        w.hold(20, activity="moving")
        w.hold(70, activity="walking")
    assert w.said(BreakDue) == []


def test_the_holding_times_of_iso_11226() -> None:
    assert holding_time_s(20.0) == math.inf
    assert holding_time_s(20.001) == pytest.approx(240.0, abs=0.1)
    assert holding_time_s(40.0) == pytest.approx(150.0)
    assert holding_time_s(60.0) == pytest.approx(60.0)
    assert holding_time_s(80.0) == pytest.approx(60.0)


@pytest.mark.parametrize(("lean_deg", "after_s"), [(60.0, 60), (40.0, 150), (25.0, 220)])
def test_the_bending_budget_is_used_up_after_the_holding_time(lean_deg: float, after_s: int) -> None:
    w = Wearer()
    w.hold(after_s - 10, lean_deg)
    assert w.said(BendingLoad) == []
    w.hold(20, lean_deg)
    assert len(w.said(BendingLoad)) == 1
    w.hold(600, lean_deg)
    assert len(w.said(BendingLoad)) == 1  # told once
    w.hold(200)
    w.hold(after_s + 20, lean_deg)
    assert len(w.said(BendingLoad)) == 2  # after a rest again


def test_what_cannot_be_trusted_or_is_lying_down_is_no_ground_for_a_remark() -> None:
    w = Wearer()
    w.hold(4000, -30.0, 30.0, quality=0.79)
    w.hold(4000, NAN, NAN, quality=NAN)
    assert {type(e) for e in w.events} <= {BreakDue}
    w = Wearer()
    w.hold(8 * 3600, -85.0, 0.0, "lying")
    w.hold(3600, NAN, NAN, "unknown", NAN)
    assert w.events == []


def test_after_ten_minutes_of_nothing_every_spell_begins_anew() -> None:
    w = Wearer()
    w.hold(2400)
    w.hold(660, NAN, NAN, "unknown", NAN)
    w.hold(2400)
    assert w.said(BreakDue) == []
