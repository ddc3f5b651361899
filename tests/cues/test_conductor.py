"""When which cue is due."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensorcoach.coach.pacer import Pacer, Pattern
from sensorcoach.cues.conductor import Conductor, Cue
from sensorcoach.cues.speech import Rank
from sensorcoach.events import (
    CueSpoken,
    Event,
    Notice,
    PacerSet,
    RepJudged,
    SessionState,
    SessionStep,
    SlouchEnded,
    SlouchStarted,
)
from sensorcoach.samples import NS

BOX = (4.0, 4.0, 4.0, 4.0)
EVEN = (5.0, 0.0, 5.0, 0.0)


def pacer_set(
    parts_s: tuple[float, float, float, float], start_s: float = 0.0, t_s: float = 0.0, until_s: float = 0.0
) -> PacerSet:
    return PacerSet(round(t_s * NS), "chest", round(start_s * NS), *parts_s, round(until_s * NS))


OFF = pacer_set((0.0, 0.0, 0.0, 0.0))


def turns(cues: list[Cue]) -> list[tuple[float, str]]:
    return [(cue.t_ns / NS, cue.tone) for cue in cues]


def test_every_part_is_cued_at_its_beginning() -> None:
    conductor = Conductor()
    assert conductor.hear([pacer_set(BOX)]) == []
    assert conductor.next_ns == 0
    assert turns(conductor.due(20 * NS)) == [
        (0, "inhale"), (4, "hold_in"), (8, "exhale"), (12, "hold_out"), (16, "inhale"), (20, "hold_in"),
    ]  # fmt: skip
    assert conductor.next_ns == 24 * NS


def test_parts_of_no_length_are_left_out_and_words_are_numbered_at_first() -> None:
    conductor = Conductor()
    conductor.hear([pacer_set(EVEN, start_s=3)])
    cues = conductor.due(24 * NS)
    assert turns(cues) == [(3, "inhale"), (8, "exhale"), (13, "inhale"), (18, "exhale"), (23, "inhale")]
    assert [cue.words for cue in cues] == ["Breathe in, 5.", "Breathe out, 5."] * 2 + ["Breathe in."]
    assert {cue.rank for cue in cues} == {Rank.TURN}


def test_nothing_is_cued_before_the_start_after_the_end_or_once_it_is_off() -> None:
    conductor = Conductor()
    conductor.hear([pacer_set(EVEN, start_s=100, until_s=110)])
    assert conductor.due(99 * NS) == []
    assert turns(conductor.due(130 * NS)) == [(100, "inhale"), (105, "exhale")]
    assert conductor.next_ns is None
    conductor.hear([pacer_set(EVEN, start_s=130, t_s=130), OFF])
    assert conductor.due(200 * NS) == []


def test_a_pacer_that_is_set_while_it_runs_begins_with_its_next_turn() -> None:
    conductor = Conductor()
    conductor.hear([pacer_set(EVEN, start_s=0, t_s=12)])
    assert turns(conductor.due(20 * NS)) == [(15, "exhale"), (20, "inhale")]


def test_another_pace_never_repeats_a_turn() -> None:
    conductor = Conductor()
    pacer = Pacer(Pattern("", *EVEN), 0)
    conductor.hear([pacer_set(EVEN)])
    cues = conductor.due(round(10.05 * NS))
    slower = pacer.changed(Pattern("", 6.0, 0.0, 6.0, 0.0), round(9.5 * NS))  # told late: the breath in moves to 10.1 s
    conductor.hear([PacerSet(round(10.05 * NS), "chest", slower.start_ns, *slower.pattern.parts_s)])
    cues += conductor.due(30 * NS)
    told = [(0.0, "inhale"), (5.0, "exhale"), (10.0, "inhale"), (16.1, "exhale"), (22.1, "inhale"), (28.1, "exhale")]
    assert turns(cues) == [(pytest.approx(t), tone) for t, tone in told]


@given(
    parts_s=st.tuples(st.floats(1, 8), st.sampled_from([0.0, 3.3]), st.floats(1, 8), st.sampled_from([0.0, 2.7])),
    start_s=st.floats(0, 30),
    cuts_s=st.lists(st.floats(0, 90), max_size=30),
)
def test_how_often_one_asks_changes_nothing(
    parts_s: tuple[float, float, float, float], start_s: float, cuts_s: list[float]
) -> None:
    whole, often = Conductor(), Conductor()
    for conductor in (whole, often):
        conductor.hear([pacer_set(parts_s, start_s)])
    expected = whole.due(90 * NS)
    said = list(itertools.chain.from_iterable(often.due(round(cut * NS)) for cut in [*sorted(cuts_s), 90]))
    assert said == expected
    pacer = Pacer(Pattern("", *parts_s), round(start_s * NS))
    for cue in expected:  # where the pacer itself turns, to the nanoseconds that its shares are rounded to
        assert pacer.at(cue.t_ns + 100).phase == cue.tone
        assert cue.t_ns == pacer.start_ns or pacer.at(cue.t_ns - 100).phase != cue.tone


def test_in_repetitions_the_session_speaks_and_the_tones_go_on() -> None:
    conductor = Conductor()
    step = SessionStep(0, "chest", 1, 2, "cat-cow", "Cat-cow", "reps", 60.0)
    said = conductor.hear([step, pacer_set(EVEN), CueSpoken(0, "chest", "out", "Breathe in, and open.")])
    assert [(cue.tone, cue.words, cue.rank) for cue in said] == [("", "Breathe in, and open.", Rank.TURN)]
    assert [(cue.tone, cue.words) for cue in conductor.due(5 * NS)] == [("inhale", ""), ("exhale", "")]


@pytest.mark.parametrize(
    ("code", "rank"),
    [("say", Rank.SAY), ("safety", Rank.SAFETY), ("paused", Rank.URGENT), ("advice", Rank.ADVICE), ("back", Rank.TURN)],
)
def test_what_a_session_says_has_its_rank(code: str, rank: Rank) -> None:
    (cue,) = Conductor().hear([CueSpoken(7, "chest", code, "Words.")])
    assert cue == Cue(7, "chest", "", "Words.", rank)


def test_turns_that_the_session_tells_are_not_told_twice() -> None:
    assert Conductor().hear([CueSpoken(0, "chest", "inhale", "Breathe in.")]) == []


def test_a_repetition_ticks_and_a_good_one_chimes() -> None:
    def rep(good: bool) -> Event:
        return RepJudged(0, "chest", "x", 1, 3, 20.0, 20.0, 4.0, None, -1.5, good, "1. Good.")

    assert [cue.tone for cue in Conductor().hear([rep(True), rep(False)])] == ["good", "tick"]


def test_a_slouch_is_cued_only_outside_sessions() -> None:
    slouch, unsure = SlouchStarted(9, "chest", 0, 20.0, 0.5), SlouchStarted(9, "chest", 0, 20.0, 0.5, trusted=False)
    over, walked = SlouchEnded(9, "chest", 0, "upright", 25.0), SlouchEnded(9, "chest", 0, "walking", 25.0)
    conductor = Conductor()
    assert [cue.tone for cue in conductor.hear([slouch, over, unsure, walked])] == ["slouch", "good"]
    assert conductor.hear([SessionState(9, "chest", "running", "wearer"), slouch, over]) == []
    assert len(conductor.hear([SessionState(9, "chest", "ended", "done"), slouch])) == 1


def test_a_notice_is_urgent() -> None:
    (cue,) = Conductor().hear([Notice(0, "chest", "x", "The disk is full.", "Make room.")])
    assert (cue.words, cue.rank) == ("The disk is full. Make room.", Rank.URGENT)
