"""The voice of the plain mode: when it speaks, what it says, and when it keeps silent."""

from __future__ import annotations

import pytest

from sensorcoach.coach.narrator import Narrator
from sensorcoach.events import Breath, BreathPhase, Second, SlouchStarted
from sensorcoach.samples import NS

NAN = float("nan")


def row(
    t_s: int, rate: float = NAN, quality: float = 0.9, reason: str = "", flexion: float = NAN, lateral: float = 0.0
) -> Second:
    return Second(
        t_s * NS, "chest", rate, NAN, quality, "", reason, flexion, lateral, abs(flexion), 0.95, "still", False
    )


def said(rows: list[Second]) -> list[tuple[int, str]]:
    narrator = Narrator()
    return [(r.t_ns // NS, text) for r in rows if (text := narrator.say(r))]


def test_a_rate_is_told_at_once_then_when_it_changes_and_every_half_minute() -> None:
    rows = [row(t, reason="settling") for t in range(1, 10)]
    rows += [row(t, rate=13.2) for t in range(10, 60)]
    rows += [row(t, rate=16.0) for t in range(60, 70)]
    assert said(rows) == [
        (10, "Breathing 13 a minute, steady."),
        (40, "Breathing 13 a minute, steady."),
        (60, "Breathing 16 a minute, steady."),
    ]


def test_the_reason_for_silence_is_told_once() -> None:
    rows = [row(t, rate=13.0) for t in range(1, 12)]
    rows += [row(t, reason="walking") for t in range(12, 60)]
    spoken = said(rows)
    assert [t for t, _ in spoken] == [1, 12]
    assert "while you walk" in spoken[1][1]


def test_never_two_sentences_within_five_seconds() -> None:
    rows = [row(t, rate=10.0 + 4.0 * (t % 2)) for t in range(1, 40)]
    times = [t for t, _ in said(rows)]
    assert len(times) > 4
    assert min(b - a for a, b in zip(times[:-1], times[1:], strict=True)) >= 5


@pytest.mark.parametrize(
    ("flexion", "lateral", "words"),
    [
        (0.4, 0.0, "Upright."),
        (12.0, 0.0, "12° forward."),
        (0.3, -14.0, "14° right."),
        (8.0, 3.0, "8° forward, 3° left."),
    ],
)
def test_posture_follows_in_words(flexion: float, lateral: float, words: str) -> None:
    ((_, text),) = said([row(1, rate=13.0, flexion=flexion, lateral=lateral)])
    assert text.endswith(f"steady. {words}")


def test_events_worth_a_word_are_told_whenever_they_come() -> None:
    narrator = Narrator()
    assert narrator.say(row(1, rate=13.0))
    told = narrator.say(SlouchStarted(2 * NS, "chest", 0, 20.0, 0.4))
    assert told is not None
    assert "20° forward" in told


def breath(t_s: int, depth: float, quality: float = 0.9, sensor: str = "chest") -> Breath:
    return Breath(t_s * NS, sensor, (t_s - 5) * NS, (t_s - 3) * NS, t_s * NS, depth, quality)


@pytest.mark.parametrize(
    ("breaths", "words"),
    [
        ([breath(20, 2.0)], ", with one deep breath"),
        ([breath(20, 2.0), breath(25, 2.0)], ""),  # a way of breathing, and no news
        ([breath(20, 1.2)], ""),
        ([breath(20, 2.0, quality=0.6)], ""),
        ([breath(20, 2.0, sensor="upper-back")], ""),
    ],
)
def test_one_deep_breath_is_told_with_the_rate_and_never_by_itself(breaths: list[Breath], words: str) -> None:
    narrator = Narrator()
    assert narrator.say(row(1, rate=13.0))
    assert [narrator.say(one) for one in breaths] == [None] * len(breaths)
    assert narrator.say(row(31, rate=13.0)) == f"Breathing 13 a minute, steady{words}."
    assert narrator.say(row(61, rate=13.0)) == "Breathing 13 a minute, steady."


@pytest.mark.parametrize(("holds", "words"), [(1, ""), (2, ", with holds")])
def test_holds_are_told_from_two_on(holds: int, words: str) -> None:
    narrator = Narrator()
    assert narrator.say(row(1, rate=6.0))
    for k in range(holds):
        assert narrator.say(BreathPhase((10 + k) * NS, "chest", "hold_in", (10 + k) * NS, 0.1)) is None
    assert narrator.say(row(31, rate=6.0)) == f"Breathing 6 a minute, steady{words}."
