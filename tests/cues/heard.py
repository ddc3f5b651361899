"""A wearer with closed eyes: everything that is spoken, rung and played to them, in simulated time."""

from __future__ import annotations

from collections.abc import Iterable

from sensorcoach.cues import CuePlayer, CueSettings
from sensorcoach.cues.speech import speaking_s
from sensorcoach.events import Event
from sensorcoach.samples import NS


class Listener:
    """A player without threads, pumped in steps of 10 ms; a voice that takes as long as sentences do.

    Attributes
    ----------
    tones : list of (s, kind)
        When they began, by the computer's clock.
    words : list of (s, text)
    """

    def __init__(self, *, begun_s: float = 1000.0, with_position: bool = True) -> None:
        self.begun_ns = round(begun_s * NS)
        self.now_ns = self.begun_ns
        self.position_ns = 0
        self.tones: list[tuple[float, str]] = []
        self.words: list[tuple[float, str]] = []
        self.cut: list[str] = []
        self.said: list[str] = []
        self._free_ns = 0
        self.player = CuePlayer(
            CueSettings(sound=True, voice=True),
            [self],
            self,
            position_ns=(lambda: self.position_ns) if with_position else None,
            say=self.said.append,
            clock_ns=lambda: self.now_ns,
            start=False,
        )

    @property
    def now_s(self) -> float:
        return (self.now_ns - self.begun_ns) / NS

    # -- what the player drives

    def play(self, kind: str) -> None:
        self.tones.append((self.now_s, kind))

    def speak(self, words: str) -> None:
        raise AssertionError("without threads nobody calls this")

    def hush(self) -> None:
        if self.now_ns < self._free_ns:
            self.cut.append(self.words[-1][1])
            self._free_ns = self.now_ns

    def close(self) -> None:
        pass

    # -- what a test drives

    def hear(self, events: Iterable[Event], position_s: float) -> None:
        self.position_ns = round(position_s * NS)
        self.player(events)

    def wait_until(self, t_s: float) -> None:
        """Let time pass as the player's threads would."""
        end_ns = self.begun_ns + round(t_s * NS)
        while True:
            wait_s = self.player.pump()
            if self.now_ns >= self._free_ns and (words := self.player.next_words()):
                self.words.append((self.now_s, words))
                self._free_ns = self.now_ns + round(speaking_s(words) * NS)
            if self.now_ns >= end_ns:
                return
            self.now_ns = min(end_ns, self.now_ns + max(1, min(round(wait_s * NS), NS // 100)))

    @property
    def silent_from_s(self) -> float:
        """When the last sentence ends."""
        return (self._free_ns - self.begun_ns) / NS
