"""What the session and calibration screens know, without a screen."""

from __future__ import annotations

import math

import pytest

from sensorcoach.coach.session.timetable import timetable
from sensorcoach.events import CueSpoken, Event, Pose, SessionState
from sensorcoach.tui.calibration_view import CalibrationView
from sensorcoach.tui.session_view import FEELINGS, SessionView

from .feeds import SENSOR
from .lessons import (
    ASK,
    BREATHE,
    FEEL,
    PLAN,
    REPS,
    asked,
    begun,
    breathing,
    calibrating,
    found,
    judged,
    lead_s,
    ns,
    refused,
    repeating,
    summed_up,
)


def shown(events: list[Event]) -> SessionView:
    view = SessionView(PLAN)
    for event in events:
        view.apply(event)
    return view


def test_a_repetition_is_counted_and_its_parts_run_down() -> None:
    view = shown(begun(REPS, 10.0))
    step = PLAN.steps[REPS].step
    work_s = 10.0 + lead_s(REPS)
    before = view.moment(work_s - 1.5)
    assert (before.number, before.of, before.part) == (0, step.reps, "get ready")
    assert before.part_left_s == pytest.approx(1.5)
    out = view.moment(work_s + 1.0)
    assert (out.number, out.part) == (1, "out")
    assert out.part_left_s == pytest.approx(step.out_s - 1.0)
    second = view.moment(work_s + timetable(PLAN.steps[REPS]).cycle_s + step.out_s + 0.5)
    assert (second.number, second.part) == (2, "hold")
    late = view.moment(work_s + 1000.0)
    assert (late.number, late.part, late.left_s) == (step.reps, "in your own time", 0.0)


def test_a_pause_stops_the_clock_and_the_repetition_begins_again() -> None:
    view = shown(begun(REPS, 10.0))
    at_s = 10.0 + lead_s(REPS) + timetable(PLAN.steps[REPS]).cycle_s + 2.0
    left_s = view.moment(at_s).left_s
    view.apply(SessionState(ns(at_s), SENSOR, "paused", "sensor"))
    assert view.paused == "sensor"
    assert view.moment(at_s + 60.0).left_s == pytest.approx(left_s)
    view.apply(SessionState(ns(at_s + 60.0), SENSOR, "running", "sensor"))
    again = view.moment(at_s + 62.0)
    assert (view.paused, again.number) == ("", 2)
    assert again.left_s == pytest.approx(left_s + 2.0)


def test_the_angle_is_measured_from_rest() -> None:
    view = shown(repeating())
    assert view.swing_deg == pytest.approx(13.0)
    assert view.band_deg is not None
    assert view.band_deg[0] <= 13.0 <= view.band_deg[1]
    view.apply(Pose(ns(41.0), SENSOR, math.nan, 0.0))
    assert math.isnan(view.swing_deg)
    assert shown(breathing()).band_deg is None


def test_verdicts_and_count_belong_to_their_step() -> None:
    view = shown([*repeating(), judged(42.0, 2, False, "2. A little further.")])
    assert [v.good for v in view.verdicts] == [True, False]
    assert view.done == 2
    view.apply(begun(BREATHE, 50.0)[1])
    assert not view.verdicts
    assert view.done == 0


def test_breaths_are_counted() -> None:
    moment = shown(breathing()).moment(60.0)
    assert (moment.number, moment.of) == (3, timetable(PLAN.steps[BREATHE]).cycles)


def test_questions_have_their_answers() -> None:
    assert shown(asked(ASK)).options == tuple(map(str, range(11)))
    assert shown(asked(FEEL)).options == FEELINGS
    assert shown(repeating()).options == ()


def test_what_comes_next_leaves_out_questions() -> None:
    assert shown(begun(0, 0.0)).next_title == "Desk reset"
    assert shown(begun(len(PLAN.steps) - 1, 0.0)).next_title == ""


def test_the_end_is_known() -> None:
    view = shown([*repeating(), summed_up(60.0)])
    assert view.summary is not None
    assert not view.running


def test_a_calibration_is_followed_to_its_end() -> None:
    view = CalibrationView()
    for event in calibrating():
        view.apply(event)
    assert (view.step, view.count, view.passed) == ("tall", "2", {"settle"})
    view.apply(CueSpoken(ns(13.0), SENSOR, "begin", "Hold."))
    assert view.count == ""
    assert view.hold_left_s(15.0) == pytest.approx(8.0)
    view.apply(refused(20.0))
    assert view.refused is not None
    assert not view.over
    assert view.hold_left_s(20.0) == 0.0
    view.apply(CueSpoken(ns(25.0), SENSOR, "say", "Stand tall."))
    assert view.refused is None
    view.apply(found(60.0))
    assert view.over


def test_a_last_refusal_ends_it() -> None:
    view = CalibrationView()
    view.apply(refused(20.0, tries_left=0))
    assert view.over
    assert view.done is None
