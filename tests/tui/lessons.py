"""Sessions and calibrations as events, for the screens that show them."""

from __future__ import annotations

from sensorcoach.coach.session import Plan, load_library, make_plan
from sensorcoach.coach.session.timetable import timetable
from sensorcoach.events import (
    CalibrationDone,
    CalibrationStep,
    CueSpoken,
    Event,
    ExerciseDone,
    FeelAsked,
    PacerSet,
    Pose,
    RepJudged,
    Score,
    SessionState,
    SessionStep,
    SessionSummary,
)
from sensorcoach.samples import NS, StreamInfo

from .feeds import NAN, SENSOR, desk

PLAN: Plan = make_plan(load_library(), "desk-break", StreamInfo(SENSOR, SENSOR, sampling_rate_hz=50.0, has_gyro=True))
KINDS = [planned.step.kind for planned in PLAN.steps]
REPS, BREATHE = KINDS.index("reps"), KINDS.index("breathe")
ASK, FEEL = KINDS.index("ask"), next(i for i, s in enumerate(PLAN.steps) if s.step.question == "feel")


def ns(t_s: float) -> int:
    return round(t_s * NS)


def begun(index: int, t_s: float) -> list[Event]:
    planned = PLAN.steps[index]
    title, length_s = planned.step.title or planned.exercise_title, timetable(planned).length_s
    step = SessionStep(ns(t_s), SENSOR, index + 1, len(PLAN.steps), planned.exercise, title, KINDS[index], length_s)
    return [SessionState(ns(t_s), SENSOR, "running", "wearer"), step]


def lead_s(index: int) -> float:
    return timetable(PLAN.steps[index]).lead_s


def judged(t_s: float, number: int, good: bool, words: str) -> RepJudged:
    return RepJudged(ns(t_s), SENSOR, "desk-reset", number, 3, 13.0, 14.0, 3.0, None, -1.7, good, words)


def repeating(until_s: float = 40.0) -> list[Event]:
    """In the second repetition, holding at 13°."""
    cycle_s = timetable(PLAN.steps[REPS]).cycle_s
    start_s = until_s - lead_s(REPS) - cycle_s - 5.0
    out: list[Event] = [*desk(until_s), *begun(REPS, start_s)]
    out += [Pose(ns(start_s + k / 5), SENSOR, -2.0, 0.9) for k in range(1, 15)]
    out.append(judged(until_s - 4.0, 1, True, "1. Good, held 3 seconds."))
    out.append(Pose(ns(until_s), SENSOR, -15.0, 0.9))
    out.append(CueSpoken(ns(until_s - 0.5), SENSOR, "hold", "Stay and breathe."))
    return out


def breathing(until_s: float = 60.0) -> list[Event]:
    """In the middle of the third paced breath."""
    work_s = until_s - 23.0
    out: list[Event] = [*desk(until_s), *begun(BREATHE, work_s - lead_s(BREATHE))]
    out.append(PacerSet(ns(work_s - lead_s(BREATHE)), SENSOR, ns(work_s), 4.0, 0.0, 6.0, 0.0, ns(until_s + 60.0)))
    return [*out, CueSpoken(ns(until_s - 3.0), SENSOR, "inhale", "Breathe in.")]


def asked(index: int, until_s: float = 30.0) -> list[Event]:
    planned = PLAN.steps[index]
    return [
        *desk(until_s),
        *begun(index, until_s - 2.0),
        CueSpoken(ns(until_s - 2.0), SENSOR, "say", planned.step.say[0]),
        FeelAsked(ns(until_s - 2.0), SENSOR, planned.step.question, planned.exercise),
    ]


def summed_up(t_s: float) -> SessionSummary:
    scores = (
        Score("desk-reset", "reps", 3.0, "", "repetitions of 3 that went out at least half way and came back"),
        Score("desk-reset", "angle", 13.1, "°", "mean angle from the resting pose; 14° was asked for"),
        Score("desk-reset", "not_judged", NAN, "", "How smooth the movement is: that takes a gyroscope."),
        Score("breathing-seated", "adherence", 0.82, "", "how closely the breath followed the pacer, 0 to 1"),
    )
    done = (
        ExerciseDone("desk-reset", "Desk reset", 1.0, "right"),
        ExerciseDone("breathing-seated", "Breathing, seated", 0.7, ""),
    )
    keep, to_try = "You breathed with the pacer.", "Give the breath in more time."
    return SessionSummary(ns(t_s), SENSOR, "desk-break", "done", 0.9, 185.0, 3.0, 1.0, done, scores, keep, to_try)


def calibrating(until_s: float = 12.0) -> list[Event]:
    """Counting down to standing tall."""
    return [
        *desk(until_s),
        CalibrationStep(ns(until_s - 6), SENSOR, "settle", "began", 3),
        CalibrationStep(ns(until_s - 2), SENSOR, "settle", "done", 3),
        CalibrationStep(ns(until_s - 2), SENSOR, "tall", "began", 3),
        CueSpoken(ns(until_s - 2), SENSOR, "say", "Stand tall: look straight ahead, let the shoulders drop."),
        CueSpoken(ns(until_s), SENSOR, "count", "2"),
    ]


def refused(t_s: float, tries_left: int = 2) -> CalibrationStep:
    message, advice = "You moved while I measured.", "Lean your back against nothing, and keep still."
    return CalibrationStep(ns(t_s), SENSOR, "tall", "refused", tries_left, "moved", message, advice)


def found(t_s: float) -> CalibrationDone:
    return CalibrationDone(ns(t_s), SENSOR, (0.0, 0.0, 1.0), (1.0, 0.0, 0.0), 11.0, 0.4, 0.97)
