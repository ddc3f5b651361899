"""The runner as a state machine: order, time, pauses, jumps, answers, on events made by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from sensorcoach.coach.following import Following
from sensorcoach.coach.session import Plan, SessionRunner
from sensorcoach.coach.session.model import Step
from sensorcoach.coach.session.plan import PlanStep
from sensorcoach.coach.session.timetable import timetable
from sensorcoach.events import (
    Answer,
    ControlSession,
    CueSpoken,
    DoubleTap,
    Event,
    FeelAsked,
    HoldJudged,
    Link,
    PacerSet,
    Pose,
    Repetition,
    RepJudged,
    SessionState,
    SessionStep,
    SessionSummary,
    StartSession,
)
from sensorcoach.samples import NS

REPS = Step("reps", "Bow", position="upright", reps=3, out_s=3, hold_s=4, back_s=3, rest_s=2, target_deg=20, band_deg=8)
TALK = Step("talk", "Hello", ("Hello.",), seconds=5)
MOVE = Step("move", "Shake", ("Shake.", "Stop."), seconds=20)
HOLDS = Step("holds", "Lie", position="lying", holds=2, hold_s=10, shift_s=4)
BREATHE = Step("breathe", "Breathe", seconds=40, pattern="resonance")
ASK = Step("ask", "Bow", ("How was it?",), seconds=6, question="feel")


def plan(*steps: tuple[str, Step]) -> Plan:
    parts = {"breathe": (5.0, 0.0, 5.0, 0.0)}
    return Plan(
        "test", "Test", True, tuple(PlanStep(name, name, step, parts.get(step.kind, ())) for name, step in steps)
    )


class Stage:
    """A runner, and a body that holds tilts."""

    def __init__(self, made: Plan) -> None:
        self.runner = SessionRunner(StartSession(0, "chest", made.programme, made.to_json()), Following("chest"))
        self.events: list[Event] = self.runner.start()
        self.t_ns = 0
        self.tilt = 0.0

    def pose(self, seconds: float, tilt: float | None = None) -> Stage:
        """So many seconds at a tilt, reached at once."""
        self.tilt = self.tilt if tilt is None else tilt
        for _ in range(round(seconds * 5)):
            self.t_ns += NS // 5
            self.events += self.runner.hear(Pose(self.t_ns, "chest", self.tilt, 1.0))
        return self

    def rep(self, far: float, hold_s: float = 4.0, move_s: float = 3.0) -> Stage:
        """Out, hold, back, as the estimator would tell it."""
        onset_ns = self.t_ns
        ramp = [far * (k + 1) / (5 * move_s) for k in range(round(5 * move_s))]
        for tilt in ramp:
            self.pose(0.2, tilt)
        far_ns = self.t_ns
        self.pose(hold_s, far)
        for tilt in reversed(ramp):
            self.pose(0.2, tilt)
        self.events += self.runner.hear(Repetition(self.t_ns, "chest", onset_ns, far_ns, 0.0, far))
        self.pose(0.2, 0.0)
        return self

    def obey(self, action: str) -> Stage:
        self.events += self.runner.obey(ControlSession(self.t_ns, action))
        return self

    def of(self, kind: type) -> list:
        return [e for e in self.events if isinstance(e, kind)]

    @property
    def summary(self) -> SessionSummary:
        (one,) = self.of(SessionSummary)
        assert self.events[-1] is one
        return one


def test_steps_follow_each_other_at_their_planned_times() -> None:
    stage = Stage(plan(("a", TALK), ("a", MOVE), ("b", BREATHE), ("b", ASK)))
    lengths = [timetable(s).length_s for s in stage.runner._plan.steps]
    stage.pose(sum(lengths) + 1)
    starts = [e.t_ns / NS for e in stage.of(SessionStep)]
    expected = [sum(lengths[:k]) for k in range(4)]
    assert starts == [pytest.approx(t, abs=0.2) for t in expected]
    assert [e.part for e in stage.of(SessionStep)] == ["talk", "move", "breathe", "ask"]
    assert [e.question for e in stage.of(FeelAsked)] == ["feel"]
    assert stage.summary.ended == "done"
    assert stage.summary.done == pytest.approx(1.0)
    assert stage.summary.active_s == pytest.approx(sum(lengths), abs=0.2)


def test_every_breath_of_the_pacer_is_spoken() -> None:
    stage = Stage(plan(("b", BREATHE)))
    stage.pose(50)
    cues = [e for e in stage.of(CueSpoken) if e.cue in ("inhale", "exhale")]
    assert [c.cue for c in cues] == ["inhale", "exhale"] * 4
    assert [c.text for c in cues[:5]] == ["Breathe in, 5.", "Breathe out, 5."] * 2 + ["Breathe in."]
    assert [(b.t_ns - a.t_ns) / NS for a, b in zip(cues, cues[1:], strict=False)] == [pytest.approx(5.0, abs=0.2)] * 7
    on, off = stage.of(PacerSet)
    assert on.start_ns == pytest.approx(cues[0].t_ns, abs=0.2 * NS)
    assert off.inhale_s == 0.0


def test_good_repetitions_are_called_good_and_counted() -> None:
    stage = Stage(plan(("a", REPS)))
    stage.pose(4.2, 0.0)
    for _ in range(3):
        stage.rep(20.0).pose(1.6)
    stage.pose(3)
    verdicts = stage.of(RepJudged)
    assert [v.number for v in verdicts] == [1, 2, 3]
    assert all(v.good for v in verdicts)
    assert [v.angle_deg for v in verdicts] == [pytest.approx(20.0, abs=1.0)] * 3
    # The band of 8° is entered after 12/20 of the way out: 1.2 s before and after the hold.
    assert [v.held_s for v in verdicts] == [pytest.approx(4.0 + 2 * 1.2, abs=0.3)] * 3
    assert stage.summary.done == 1.0


@pytest.mark.parametrize(
    ("far", "hold_s", "move_s", "words"),
    [(11.0, 4.0, 3.0, "further"), (38.0, 4.0, 3.0, "less"), (20.0, 0.2, 2.9, "longer"), (20.0, 1.0, 0.6, "No hurry")],
)
def test_what_was_missing_is_said(far: float, hold_s: float, move_s: float, words: str) -> None:
    stage = Stage(plan(("a", REPS)))
    stage.pose(4.2, 0.0).rep(far, hold_s, move_s)
    (verdict,) = stage.of(RepJudged)
    assert not verdict.good
    assert words in verdict.words


def test_missing_repetitions_are_offered_once_and_only_to_those_who_do_some() -> None:
    some = Stage(plan(("a", REPS), ("b", TALK)))
    some.pose(4.2, 0.0).rep(20.0).pose(26)
    assert any("2 more" in e.text for e in some.of(CueSpoken))
    assert [e.part for e in some.of(SessionStep)] == ["reps"]
    some.pose(24)
    assert [e.part for e in some.of(SessionStep)] == ["reps", "talk"]
    none = Stage(plan(("a", REPS), ("b", TALK)))
    none.pose(41)
    assert not any("more" in e.text for e in none.of(CueSpoken))
    assert [e.part for e in none.of(SessionStep)] == ["reps", "talk"]


def test_a_pause_stops_the_time_and_begins_the_cycle_again() -> None:
    stage = Stage(plan(("a", REPS)))
    stage.pose(6.0, 0.0).obey("pause")
    said = len(stage.events)
    stage.pose(30.0)
    assert len(stage.events) == said
    stage.obey("resume").pose(2.4)
    assert [s.state for s in stage.of(SessionState)] == ["running", "paused", "running"]
    assert [c.cue for c in stage.of(CueSpoken)][-1] == "out"
    stage.pose(60)
    assert stage.summary.active_s == pytest.approx(4.0 + 3 * 12.0 + 2.0 + 2.0, abs=0.5)


def test_a_pacer_that_was_paused_begins_with_a_breath_in() -> None:
    stage = Stage(plan(("b", BREATHE)))
    stage.pose(11.0).obey("pause").pose(7.0).obey("resume")
    set_again = stage.of(PacerSet)
    assert [p.inhale_s for p in set_again] == [5.0, 0.0, 5.0]
    assert set_again[-1].start_ns == stage.t_ns + 2 * NS


def test_skip_back_and_repeat_go_by_exercise() -> None:
    stage = Stage(plan(("a", TALK), ("a", MOVE), ("b", TALK), ("b", MOVE), ("c", TALK)))
    stage.pose(1).obey("skip").pose(8).obey("repeat").pose(1).obey("back").pose(1).obey("skip").obey("skip").pose(0.2)
    assert [e.step for e in stage.of(SessionStep)] == [1, 3, 4, 3, 1, 3, 5]
    stage.obey("skip")
    assert stage.summary.ended == "done"
    assert stage.runner.ended
    assert stage.runner.obey(ControlSession(stage.t_ns, "back")) == []


def test_next_goes_by_step_so_that_a_question_need_not_be_waited_for() -> None:
    stage = Stage(plan(("a", ASK), ("a", MOVE), ("b", TALK)))
    stage.pose(1).obey("next").pose(1)
    assert [e.step for e in stage.of(SessionStep)] == [1, 2]
    stage.obey("pause").obey("next")
    assert [e.step for e in stage.of(SessionStep)] == [1, 2]


def test_stopping_keeps_what_was_done() -> None:
    stage = Stage(plan(("a", REPS), ("b", BREATHE)))
    stage.pose(4.2, 0.0).rep(20.0).rep(20.0).obey("stop")
    summary = stage.summary
    assert summary.ended == "stopped"
    assert {e.exercise: e.share for e in summary.exercises} == {"a": pytest.approx(2 / 3), "b": 0.0}
    assert {s.name: s.value for s in summary.scores}["reps"] == 2.0
    assert "shorter session" in summary.to_try


def test_a_lost_sensor_pauses_with_words_and_comes_back_by_itself() -> None:
    stage = Stage(plan(("a", MOVE)))
    stage.pose(5)
    stage.events += stage.runner.hear(Link(stage.t_ns + 3 * NS, "chest", "silent", ""))
    assert stage.of(SessionState)[-1].reason == "sensor"
    assert "do not hear" in stage.of(CueSpoken)[-1].text
    stage.t_ns += 60 * NS
    stage.events += stage.runner.hear(Link(stage.t_ns, "chest", "streaming", ""))
    late = stage.runner.hear(Pose(stage.t_ns - 30 * NS, "chest", math.nan, math.nan))
    assert late == []
    assert stage.of(SessionState)[-1].state == "running"
    stage.pose(20)
    assert stage.summary.active_s == pytest.approx(5 + 3 + 20 - 8 + 2, abs=1.0)


def test_what_the_wearer_paused_does_not_go_on_when_the_sensor_comes_back() -> None:
    stage = Stage(plan(("a", MOVE)))
    stage.pose(5).obey("pause")
    stage.events += stage.runner.hear(Link(stage.t_ns, "chest", "silent", ""))
    stage.events += stage.runner.hear(Link(stage.t_ns + NS, "chest", "streaming", ""))
    assert [s.state for s in stage.of(SessionState)] == ["running", "paused"]


def test_a_double_tap_is_next_while_resting_and_pause_while_working() -> None:
    stage = Stage(plan(("a", TALK), ("a", MOVE)))
    tap = lambda: stage.runner.hear(DoubleTap(stage.t_ns, "chest", stage.t_ns))  # noqa: E731
    stage.pose(1)
    stage.events += tap()
    assert [e.part for e in stage.of(SessionStep)] == ["talk", "move"]
    stage.pose(1)
    stage.events += tap()
    assert stage.of(SessionState)[-1].reason == "tap"
    stage.events += tap()
    assert stage.of(SessionState)[-1].state == "running"


def test_pain_ends_the_exercise_and_too_much_lowers_the_next_dose_in_words() -> None:
    stage = Stage(plan(("a", REPS), ("b", MOVE)))
    stage.pose(6)
    stage.events += stage.runner.obey(Answer(stage.t_ns, "pain", "yes"))
    assert stage.of(SessionStep)[-1].exercise == "b"
    stage.pose(21)
    assert {e.exercise: e.feel for e in stage.summary.exercises}["a"] == "pain"
    assert "health professional" in stage.summary.to_try
    other = Stage(plan(("a", TALK), ("a", ASK)))
    other.pose(7)
    other.events += other.runner.obey(Answer(other.t_ns, "feel", "Too much"))
    other.pose(10)
    assert "less" in other.summary.to_try


def test_discomfort_is_kept_and_much_of_it_is_answered() -> None:
    ask = Step("ask", "", ("How much?",), seconds=5, question="discomfort_before")
    stage = Stage(plan(("", ask), ("a", MOVE)))
    stage.events += stage.runner.obey(Answer(stage.t_ns, "discomfort_before", "8"))
    assert "leave it for another day" in stage.of(CueSpoken)[-1].text
    stage.events += stage.runner.obey(Answer(stage.t_ns, "discomfort_after", "eleven"))
    stage.pose(30)
    assert stage.summary.discomfort_before == 8.0
    assert math.isnan(stage.summary.discomfort_after)


def test_holds_are_timed_within_their_windows() -> None:
    stage = Stage(plan(("a", HOLDS)))
    stage.pose(14.2, -85.0).pose(3.0, -75.0).pose(8.0, -75.0).pose(4.0, -85.0)
    first, second = stage.of(HoldJudged)
    assert first.held_s == pytest.approx(10.0, abs=0.3)
    assert first.good
    assert second.held_s == pytest.approx(7.2, abs=0.4)
    assert not second.good


def test_who_is_in_another_position_is_reminded() -> None:
    stage = Stage(plan(("a", HOLDS)))
    stage.pose(6.0, 5.0)
    assert [c.text for c in stage.of(CueSpoken) if c.cue == "position"] == ["Lie on your back."]


def test_the_end_of_the_stream_ends_the_session() -> None:
    stage = Stage(plan(("a", MOVE)))
    stage.pose(10)
    stage.events += stage.runner.cut(stage.t_ns)
    assert stage.summary.ended == "cut"
    assert stage.summary.done == pytest.approx(0.5)


def kinds(events: Sequence[Event]) -> list[str]:
    return [e.kind for e in events]


def test_another_sensors_events_are_not_heard() -> None:
    stage = Stage(plan(("a", TALK)))
    assert stage.runner.hear(Pose(60 * NS, "lower-back", 0.0, 1.0)) == []
    assert kinds(stage.events) == ["session_state", "session_step", "cue_spoken"]


def test_a_late_answer_belongs_to_what_was_asked() -> None:
    ask = Step("ask", "", ("How was it?",), seconds=2, question="feel")
    stage = Stage(plan(("a", MOVE), ("a", ask), ("b", MOVE), ("b", ask)))
    stage.pose(30)
    assert stage.of(SessionStep)[-1].exercise == "b"
    stage.events += stage.runner.obey(Answer(stage.t_ns, "feel", "easy"))
    stage.pose(30)
    assert {e.exercise: e.feel for e in stage.summary.exercises} == {"a": "easy", "b": ""}


def test_a_question_that_waits_is_no_practice_and_moves_what_follows() -> None:
    stage = Stage(plan(("bow", ASK), ("talk", TALK))).obey("wait").pose(30)
    assert [step.title for step in stage.of(SessionStep)] == ["Bow"]
    stage.obey("next").pose(12)
    assert stage.of(SessionStep)[1].t_ns == 30 * NS
    assert stage.summary.active_s == pytest.approx(6.0 + stage.of(SessionStep)[1].planned_s, abs=0.2)


def test_a_question_does_not_wait_for_ever() -> None:
    stage = Stage(plan(("bow", ASK), ("talk", TALK))).obey("wait").pose(61)
    assert [step.title for step in stage.of(SessionStep)] == ["Bow", "Hello"]


def test_only_questions_wait() -> None:
    stage = Stage(plan(("talk", TALK), ("move", MOVE))).obey("wait").pose(8)
    assert [step.title for step in stage.of(SessionStep)] == ["Hello", "Shake"]
