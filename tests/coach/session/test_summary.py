"""What a summary says of paced breathing."""

from __future__ import annotations

import math

import pytest

from sensorcoach.coach.session.judge import BreathJudge, Posture
from sensorcoach.coach.session.model import Step
from sensorcoach.coach.session.plan import Ahead, Plan, PlanStep
from sensorcoach.coach.session.summary import Answers, Record, summarise
from sensorcoach.events import Breath, HeartCoherence, Score, SessionSummary
from sensorcoach.samples import NS

SLOW = (5.0, 0.0, 5.0, 0.0)


def breath(ti_s: float, te_s: float) -> Breath:
    return Breath(0, "chest", 0, round(ti_s * NS), round((ti_s + te_s) * NS), 1.0, 0.9)


def summary_of(judge: BreathJudge, *, adaptive: bool = False) -> tuple[SessionSummary, dict[str, Score]]:
    step = PlanStep("breathe", "Breathing", Step("breathe", seconds=300, adaptive=adaptive), SLOW)
    record = Record(step, judge, Posture(""), 1.0)
    summary = summarise(Plan("p", "P", True, (step,)), {0: record}, Answers(), "done")
    return summary, {score.name: score for score in summary.scores}


def test_who_was_led_is_told_how_far_they_came() -> None:
    judge = BreathJudge()
    judge.breaths = [breath(2.0, 2.2)] * 20 + [breath(4.6, 5.0)] * 3
    _, scores = summary_of(judge, adaptive=True)
    assert scores["reached"].value == pytest.approx(60 / 9.6)
    assert "6.0 a minute" in scores["reached"].meaning
    assert not {"inhale", "evenness"} & scores.keys()  # they are meant to change on the way


def test_who_kept_one_pace_is_told_of_their_breaths_in() -> None:
    judge = BreathJudge()
    judge.breaths = [breath(4.9, 5.1)] * 5
    summary, scores = summary_of(judge)
    assert scores["inhale"].value == pytest.approx(4.9)
    assert scores["evenness"].value == pytest.approx(1.0)
    assert "reached" not in scores
    assert "even" in summary.keep


@pytest.mark.parametrize("adaptive", [False, True])
def test_what_is_not_known_is_not_praised(adaptive: bool) -> None:
    summary, scores = summary_of(BreathJudge(), adaptive=adaptive)
    assert all(math.isnan(score.value) for score in scores.values())
    assert summary.keep == "You showed up. That is what counts."


def test_the_heart_is_told_where_it_was_heard() -> None:
    judge = BreathJudge()
    assert "heart_coherence" not in summary_of(judge)[1]
    judge.hearts = [HeartCoherence(0, "chest", 0.9, share, 6.0) for share in (0.6, 0.8, math.nan)]
    assert summary_of(judge)[1]["heart_coherence"].value == pytest.approx(0.7)


def ended(feel: str, before: float, after: float, share: float = 1.0, *, counts: bool = True) -> str:
    """What is said of the next time."""
    step = PlanStep("breathe", "Breathing", Step("breathe", seconds=300), SLOW)
    ahead = (
        Ahead("breathe", "easy", "Breathing, more"),
        Ahead("breathe", "too much", "Breathing, less"),
        Ahead("breathe", "rise", "Breathing, less"),
        Ahead("breathe", "pain", "Breathing, much less"),
    )
    plan = Plan("p", "P", True, (step,), counts=counts, ahead=ahead)
    answers = Answers(before, after, {"breathe": feel})
    return summarise(plan, {0: Record(step, BreathJudge(), Posture(""), share)}, answers, "done").next_time


def test_the_next_time_is_told_as_it_will_be() -> None:
    assert ended("easy", 2, 2) == "Breathing, more."
    assert ended("right", 2, 3) == ended("", math.nan, 9) == ended("easy", 2, 2, share=0.5) == "The same again."
    assert ended("too much", 2, 2) == "Breathing, less."
    assert ended("pain", 2, 8) == "Breathing, much less."
    assert ended("easy", 2, 4).startswith("Less of everything, because there is more discomfort")


def test_nothing_is_promised_of_a_session_that_is_not_kept() -> None:
    assert ended("easy", 2, 2, counts=False) == ""
