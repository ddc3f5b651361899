"""Cues at their time, in simulated time; and the threads once."""

from __future__ import annotations

import random
import threading

import pytest

from sensorcoach.cues import CuePlayer, CueSettings, player
from sensorcoach.events import CueSpoken, Notice, PacerSet, Second
from sensorcoach.samples import NS

from .heard import Listener


def row(t_s: float) -> Second:
    nan = float("nan")
    return Second(round(t_s * NS), "chest", nan, nan, nan, "", "settling", nan, nan, nan, nan, "still", None)


@pytest.mark.parametrize("parts_s", [(5.0, 0.0, 5.0, 0.0), (4.0, 4.0, 4.0, 4.0), (4.3, 0.0, 6.1, 0.0)])
def test_tones_begin_within_50_ms_of_the_turn(parts_s: tuple[float, float, float, float]) -> None:
    """Packets of a Polar H10 every 0.18 s, some of them late by up to a tenth; the stream began before the program."""
    listener, dice = Listener(), random.Random(1)
    pacer = PacerSet(0, "chest", round(8.4 * NS), *parts_s)
    for number in range(400):
        sent_s = number * 0.18
        listener.wait_until(sent_s + dice.choice([0.0, 0.005, 0.01, 0.03, 0.1]))
        listener.hear([pacer] if number == 20 else [], sent_s)
    turns, t_s = [], 8.4
    while t_s < 80.0:
        for length_s in parts_s:
            turns += [t_s] * (length_s > 0.0)
            t_s += length_s
    played = [t for t, _ in listener.tones]
    assert played == [pytest.approx(turn, abs=0.05) for turn in turns[: len(played)]]
    assert len(played) >= 12


def test_without_a_position_events_tell_the_time() -> None:
    listener = Listener(with_position=False)
    for second in range(30):
        listener.wait_until(second)
        listener.hear([row(second), *([PacerSet(NS, "chest", 5 * NS, 5, 0, 5, 0)] if second == 1 else [])], second)
    assert listener.tones[:3] == [(pytest.approx(t, abs=0.05), tone) for t, tone in
                                  [(5.0, "inhale"), (10.0, "exhale"), (15.0, "inhale")]]  # fmt: skip


def test_a_late_turn_is_left_out_never_played_late() -> None:
    listener = Listener()
    listener.hear([PacerSet(0, "chest", 0, 5, 0, 5, 0)], 0.001)
    listener.wait_until(1.0)
    listener.hear([], 12.0)  # the stream was held up, and jumps
    listener.wait_until(2.0)
    listener.hear([], 13.0)
    listener.wait_until(3.0)
    listener.hear([], 14.0)
    listener.wait_until(4.4)
    assert [tone for _, tone in listener.tones] == ["inhale", "exhale"]
    assert listener.tones[1][0] == pytest.approx(4.0, abs=0.05)  # stream time 15 s


def test_a_stream_that_stands_still_is_silent() -> None:
    listener = Listener()
    listener.hear([PacerSet(0, "chest", 0, 5, 0, 5, 0)], 0.001)
    listener.wait_until(60.0)
    assert listener.tones == [(0.0, "inhale")]


def test_just_before_a_turn_a_stream_that_stands_still_keeps_no_processor_busy() -> None:
    listener = Listener()
    listener.hear([PacerSet(0, "chest", 0, 2, 0, 2, 0)], 0.001)
    listener.wait_until(0.1)
    listener.hear([], 0.5 - 1e-6)
    listener.wait_until(30.0)  # long after the clock stood still, a microsecond before the breath out
    assert [tone for _, tone in listener.tones] == ["inhale"]
    assert listener.player.pump() >= 0.01


def test_the_urgent_breaks_off_what_is_said() -> None:
    listener = Listener()
    listener.hear([CueSpoken(0, "chest", "say", "A long story about ribs that open to all sides.")], 0.001)
    listener.wait_until(1.0)
    listener.hear([CueSpoken(NS, "chest", "paused", "I do not hear the sensor.")], 1.0)
    listener.wait_until(2.0)
    assert listener.cut == ["A long story about ribs that open to all sides."]
    assert listener.words[-1][1] == "I do not hear the sensor."


def test_nothing_wanted_nothing_begun() -> None:
    before = threading.active_count()
    sink = player(CueSettings())
    sink([row(1.0)])
    assert threading.active_count() == before
    sink.close()


def test_the_threads_ring_and_end() -> None:
    rung, said = threading.Event(), list[str]()
    sink = player(CueSettings(bell=True), position_ns=lambda: NS, ring=rung.set, say=said.append)
    sink([PacerSet(NS, "chest", NS, 5.0, 0.0, 5.0, 0.0), Notice(NS, "chest", "x", "y", "z")])
    assert rung.wait(5.0)
    before = threading.active_count()
    sink.close()
    sink.close()
    assert threading.active_count() < before
    assert said == []


class Slow:
    """A voice that takes as long as it is let."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.begun, self.free = threading.Event(), threading.Event()

    def speak(self, words: str) -> None:
        self.begun.set()
        assert self.free.wait(5.0)
        self.said.append(words)

    def hush(self) -> None:
        self.free.set()


def test_the_last_words_of_a_session_are_said_to_their_end() -> None:
    voice = Slow()
    with CuePlayer(CueSettings(voice=True), voice=voice, position_ns=lambda: NS, say=pytest.fail) as sink:
        sink([CueSpoken(NS, "chest", "safety", "Stop when it hurts.")])
        assert voice.begun.wait(5.0)
        sink([CueSpoken(NS, "chest", "say", "And on."), CueSpoken(NS, "chest", "safety", "All done.")])
        threading.Timer(0.01, voice.free.set).start()
    assert voice.said == ["Stop when it hurts.", "All done."]


def test_who_breaks_off_waits_for_nothing() -> None:
    voice = Slow()

    def broken_off() -> None:
        with CuePlayer(CueSettings(voice=True), voice=voice, position_ns=lambda: NS, say=pytest.fail) as sink:
            sink([CueSpoken(NS, "chest", "safety", words) for words in ("Stop when it hurts.", "Really.")])
            assert voice.begun.wait(5.0)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert voice.said == ["Stop when it hurts."]
