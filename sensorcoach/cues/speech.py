"""What is spoken next: sentences wait for each other, the important ones first, and what comes too late is left out.

Pure: times are given, nothing is spoken here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from ..samples import NS

SAYING_S: Final = 0.3
LETTERS_PER_WORD: Final = 5.1
"""Letters and a space of an English word, on the average; a rate of 160 words a minute is 14 letters a second."""
USUAL_RATE_WPM: Final = 160


class Rank(IntEnum):
    """How a sentence stands against others, from the least to the most important."""

    ADVICE = 0
    """A verdict or a tip: said in a gap, or not at all."""
    SAY = 1
    """What to do next: waits its turn."""
    TURN = 2
    """Belongs to this moment: said now, or not at all."""
    SAFETY = 3
    """Never left out."""
    URGENT = 4
    """Never left out, and what is being said breaks off."""


PATIENCE_S: Final = {Rank.ADVICE: 12.0, Rank.SAY: 15.0, Rank.TURN: 0.5}
"""Older sentences are left out."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words that were due at stream time `due_ns`."""

    words: str
    due_ns: int
    rank: Rank


def speaking_s(words: str, rate_wpm: int = USUAL_RATE_WPM) -> float:
    """How long it takes to say, about, s."""
    return SAYING_S + len(words) / (rate_wpm * LETTERS_PER_WORD / 60.0)


class SpeechQueue:
    """One voice: `put` what is to be said, `take` what to say now.

    Parameters
    ----------
    rate_wpm : int, words a minute
    """

    def __init__(self, rate_wpm: int = USUAL_RATE_WPM) -> None:
        self._rate_wpm = rate_wpm
        self._waiting: list[Sentence] = []

    def put(self, sentence: Sentence) -> bool:
        """Have it wait; True when what is being said must break off for it."""
        urgent = sentence.rank is Rank.URGENT
        if urgent:  # what was waiting belongs to a moment that is over
            self.keep(Rank.SAFETY)
        if sentence.words:
            self._waiting.append(sentence)
        return urgent

    @property
    def waiting(self) -> bool:
        """Whether something is still to be said."""
        return bool(self._waiting)

    def keep(self, least: Rank) -> None:
        """Forget what is less important."""
        self._waiting = [s for s in self._waiting if s.rank >= least]

    def take(self, now_ns: int, next_turn_ns: int | None = None) -> Sentence | None:
        """The next sentence to say, given that nothing is being said; None while there is none.

        Parameters
        ----------
        now_ns : int, ns
            Stream time.
        next_turn_ns : int or None, ns
            When the pacer turns next: advice that would talk into it waits.
        """
        self._waiting = [s for s in self._waiting if not self._stale(s, now_ns)]
        fit = [s for s in self._waiting if s.rank is not Rank.ADVICE or self._fits(s, now_ns, next_turn_ns)]
        if not fit:
            return None
        best = max(fit, key=lambda s: s.rank)  # of equals the one that waits longest
        self._waiting.remove(best)
        return best

    def _fits(self, sentence: Sentence, now_ns: int, next_turn_ns: int | None) -> bool:
        slack_s = PATIENCE_S[Rank.TURN]
        length_s = speaking_s(sentence.words, self._rate_wpm)
        return next_turn_ns is None or length_s <= (next_turn_ns - now_ns) / NS + slack_s

    @staticmethod
    def _stale(sentence: Sentence, now_ns: int) -> bool:
        patience_s = PATIENCE_S.get(sentence.rank)
        return patience_s is not None and now_ns - sentence.due_ns > patience_s * NS
