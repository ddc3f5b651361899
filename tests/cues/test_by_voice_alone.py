"""A whole paced session can be followed from its voice alone: with closed eyes, on all fours, over a telephone."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from sensorcoach.coach.session import load_library, make_plan
from sensorcoach.coach.session.rehearsal import rehearse
from sensorcoach.cues.speech import speaking_s
from sensorcoach.events import CueSpoken, Event, FeelAsked, PacerSet, RepJudged, SessionStep, SessionSummary
from sensorcoach.runtime.run import Run
from sensorcoach.runtime.sessions import SessionRun
from sensorcoach.samples import NS, StreamInfo
from sensorcoach.simulate.sensor import VirtualSensor
from sensorcoach.transport.rehearsal import RehearsedSource

from .heard import Listener

STEP_S = 0.2


def listened(programme: str) -> tuple[Listener, list[Event]]:
    """The session in real time, simulated."""
    plan = make_plan(load_library(), programme, StreamInfo("chest", "chest", 50.0, True))
    script = rehearse(plan, "chest")
    run = SessionRun(Run(RehearsedSource(VirtualSensor(script.scenario, seed=1), script.commands)))
    listener, events, t_s = Listener(), list[Event](), 0.0
    while not run.ended:
        t_s += STEP_S
        new = list(run.advance(round(t_s * NS)))
        listener.wait_until(t_s)
        listener.hear(new, run.position_ns / NS)
        events += new
    listener.wait_until(t_s + 20.0)
    return listener, events


@pytest.fixture(scope="module")
def desk() -> tuple[Listener, list[Event]]:
    return listened("desk-break")


def test_every_sentence_of_the_session_is_spoken(desk: tuple[Listener, list[Event]]) -> None:
    listener, events = desk
    spoken = [words for _, words in listener.words]
    for event in events:
        if isinstance(event, CueSpoken):
            assert event.text in spoken
    verdicts = [event.words for event in events if isinstance(event, RepJudged)]
    assert [words for words in spoken if re.match(r"\d\. ", words)] == verdicts
    assert len(verdicts) == 3
    assert listener.cut == []


def test_sentences_never_overlap_and_come_in_the_order_of_the_session(desk: tuple[Listener, list[Event]]) -> None:
    listener, events = desk
    for (begun_s, words), (next_s, _) in pairwise(listener.words):
        assert next_s >= begun_s + speaking_s(words) - 0.02
    cued = [event.text for event in events if isinstance(event, CueSpoken)]
    spoken = [words for _, words in listener.words if words in cued]
    assert spoken == cued


def test_every_turn_of_the_breath_is_told_in_time(desk: tuple[Listener, list[Event]]) -> None:
    listener, events = desk
    pacer = next(event for event in events if isinstance(event, PacerSet))
    turns = [(t, words) for t, words in listener.words if words.startswith("Breathe ") and len(words) < 18]
    cycle_s = pacer.inhale_s + pacer.exhale_s
    due = [pacer.start_ns / NS + n * cycle_s + late for n in range(6) for late in (0.0, pacer.inhale_s)]
    assert [t for t, _ in turns] == [pytest.approx(t, abs=0.05) for t in due]
    assert [words for _, words in turns] == (
        ["Breathe in, 4.", "Breathe out, 6."] * 2 + ["Breathe in.", "Breathe out."] * 4
    )
    assert [tone for _, tone in listener.tones if tone in ("inhale", "exhale")] == ["inhale", "exhale"] * 6


def test_each_step_each_question_and_the_end_are_told(desk: tuple[Listener, list[Event]]) -> None:
    listener, events = desk
    spoken = [(t, words) for t, words in listener.words]
    steps = [event for event in events if isinstance(event, SessionStep)]
    for step, following in pairwise([*steps, events[-1]]):  # somebody speaks in every step
        assert any(step.t_ns <= t * NS + NS // 2 and t * NS < following.t_ns for t, _ in spoken)
    questions = [words for _, words in spoken if words.endswith("?")]
    assert len(questions) == sum(isinstance(event, FeelAsked) for event in events)
    assert isinstance(events[-1], SessionSummary)
    last = spoken[-1][1]
    assert events[-1].keep in last
    assert events[-1].to_try in last
    assert spoken[0][1] == "This is a wellness aid, not a medical device."
    assert "Stop at once when a movement causes sharp, stinging or intense pain." in [words for _, words in spoken]
