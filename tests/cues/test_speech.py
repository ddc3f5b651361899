"""One voice: in order, the important first, nothing late."""

from __future__ import annotations

import pytest

from sensorcoach.cues.speech import Rank, Sentence, SpeechQueue, speaking_s
from sensorcoach.samples import NS


def queue_of(*sentences: tuple[str, float, Rank]) -> SpeechQueue:
    queue = SpeechQueue()
    for words, due_s, rank in sentences:
        queue.put(Sentence(words, round(due_s * NS), rank))
    return queue


def taken(queue: SpeechQueue, now_s: float, next_turn_s: float | None = None) -> str:
    found = queue.take(round(now_s * NS), None if next_turn_s is None else round(next_turn_s * NS))
    return "" if found is None else found.words


def test_sentences_come_in_the_order_they_were_due() -> None:
    queue = queue_of(("a", 0, Rank.SAY), ("b", 0, Rank.SAY), ("", 0, Rank.SAY), ("c", 1, Rank.SAY))
    assert [taken(queue, 2) for _ in range(4)] == ["a", "b", "c", ""]


def test_the_important_goes_first() -> None:
    queue = queue_of(("tip", 0, Rank.ADVICE), ("next", 0, Rank.SAY), ("in", 0, Rank.TURN), ("careful", 0, Rank.SAFETY))
    assert [taken(queue, 0) for _ in range(4)] == ["careful", "in", "next", "tip"]


@pytest.mark.parametrize(("rank", "patience_s"), [(Rank.TURN, 0.5), (Rank.ADVICE, 12.0), (Rank.SAY, 15.0)])
def test_what_comes_too_late_is_left_out(rank: Rank, patience_s: float) -> None:
    assert taken(queue_of(("words", 0, rank)), patience_s) == "words"
    assert taken(queue_of(("words", 0, rank)), patience_s + 0.01) == ""


@pytest.mark.parametrize("rank", [Rank.SAFETY, Rank.URGENT])
def test_safety_is_never_left_out(rank: Rank) -> None:
    assert taken(queue_of(("stop when it hurts", 0, rank)), 3600) == "stop when it hurts"


def test_the_urgent_breaks_off_and_clears_what_waited_but_for_safety() -> None:
    queue = queue_of(("next", 0, Rank.SAY), ("careful", 0, Rank.SAFETY))
    assert not queue.put(Sentence("on", 0, Rank.SAY))
    assert queue.put(Sentence("the sensor is lost", 0, Rank.URGENT))
    assert [taken(queue, 0) for _ in range(3)] == ["the sensor is lost", "careful", ""]


def test_advice_waits_for_a_gap_that_holds_it() -> None:
    tip = "Smooth, not deep: let the breath become smaller."
    queue = queue_of((tip, 0, Rank.ADVICE))
    assert taken(queue, 1.0, next_turn_s=1.0 + speaking_s(tip) - 0.6) == ""
    assert taken(queue, 2.0, next_turn_s=2.0 + speaking_s(tip) - 0.4) == tip


def test_every_advice_fits_between_two_turns_of_five_seconds() -> None:
    """After the word for the turn itself, at the usual speed."""
    for tip in (
        "Smooth, not deep: let the breath become smaller.",
        "Listen for the next breath in, and begin with it.",
    ):
        assert speaking_s("Breathe out.") + speaking_s(tip) <= 5.5


def test_quicker_voices_take_less_time() -> None:
    assert speaking_s("x" * 136, 160) == pytest.approx(10.3)
    assert speaking_s("x" * 136, 320) == pytest.approx(5.3)
