"""Rounding told from leaning at the hips, given the rows of two sensors."""

from __future__ import annotations

import math

from sensorcoach.coach.spine import Segment, SpineJudge
from sensorcoach.events import Event, LeanChanged, Spine
from sensorcoach.samples import NS

NAN = float("nan")


def judged(*stretches: tuple[int, float, float]) -> list[Event]:
    judge, events, t_s = SpineJudge("upper-back", "lower-back"), [], 0
    for seconds, upper_deg, lower_deg in stretches:
        for _ in range(seconds):
            t_s += 1
            events += judge.update(
                t_s * NS, Segment(upper_deg, 3.0, 0.95, "still"), Segment(lower_deg, 1.0, 0.9, "still")
            )
    return events


def leans(events: list[Event]) -> list[str]:
    return [e.lean for e in events if isinstance(e, LeanChanged)]


def test_the_row_says_what_bends_where() -> None:
    (row,) = [e for e in judged((1, 20.0, 5.0)) if isinstance(e, Spine)]
    assert (row.sensor, row.lower) == ("upper-back", "lower-back")
    assert (row.rounding_deg, row.hips_deg, row.side_deg, row.quality) == (15.0, 5.0, 2.0, 0.9)


def test_a_lean_is_named_after_five_seconds_by_its_larger_part() -> None:
    assert leans(judged((10, 0.0, 0.0), (10, 20.0, 2.0), (10, 0.0, 0.0))) == ["rounding", ""]
    assert leans(judged((10, 20.0, 18.0))) == ["hips"]
    assert leans(judged((10, 30.0, 15.0))) == ["both"]
    assert leans(judged((10, 11.0, 0.0), (4, 20.0, 0.0), (10, 8.0, 0.0))) == []


def test_between_the_two_thresholds_a_lean_goes_on() -> None:
    assert leans(judged((10, 20.0, 2.0), (60, 10.0, 1.0))) == ["rounding"]


def test_what_is_not_known_is_nan_and_ends_the_lean() -> None:
    judge = SpineJudge("chest", "lower-back")
    events: list[Event] = []
    for t_s in range(1, 11):
        events += judge.update(t_s * NS, Segment(20.0, 0.0, 0.9, "still"), Segment(2.0, 0.0, 0.9, "still"))
    for t_s in range(11, 21):
        events += judge.update(t_s * NS, Segment(20.0, 0.0, 0.9, "still"), Segment(NAN, NAN, NAN, "unknown"))
    assert leans(events) == ["rounding", ""]
    last = events[-1]
    assert isinstance(last, Spine)
    assert all(math.isnan(v) for v in (last.rounding_deg, last.hips_deg, last.side_deg, last.quality))


def test_walking_or_doubtful_angles_are_not_named() -> None:
    for activity, quality in (("walking", 0.9), ("still", 0.55)):
        judge = SpineJudge("chest", "lower-back")
        events: list[Event] = []
        for t_s in range(1, 30):
            upper = Segment(20.0, 0.0, quality, activity)
            events += judge.update(t_s * NS, upper, Segment(2.0, 0.0, 0.9, activity))
        assert leans(events) == []
