"""Which cue is due when: events and the pacer in, cues in stream time out. Pure.

The turns of the breath are worked out from the pacer itself, ahead of time: the runner of a session says them only with
the next sample, up to 0.2 s late, and outside sessions nobody says them at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from ..coach.pacer import Pacer, Pattern
from ..coach.wording import pacer_cue, sentence
from ..events import (
    PHASES,
    Alert,
    CueSpoken,
    Event,
    HoldJudged,
    Notice,
    PacerSet,
    RepJudged,
    SessionState,
    SessionStep,
    SessionSummary,
    SlouchEnded,
    SlouchStarted,
)
from .speech import Rank

Tone = Literal["", "inhale", "hold_in", "exhale", "hold_out", "tick", "good", "slouch"]
"""What is to be heard, felt or rung; empty: words only."""

TURNS: Final = frozenset(PHASES) - {""}
PROMPTS: Final = frozenset({"out", "hold", "back"})
"""Codes of words that begin a movement: late ones mislead."""
URGENT: Final = frozenset({"paused", "resumed"})


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue.

    Attributes
    ----------
    t_ns : int, ns
        Stream time at which it is due.
    sensor : str
        Whose wearer it is for.
    tone : str
        See `Tone`.
    words : str
        To be spoken; empty: nothing.
    rank : Rank
        How the words stand against others.
    """

    t_ns: int
    sensor: str
    tone: Tone
    words: str = ""
    rank: Rank = Rank.SAY


class Conductor:
    """Hears the events of a run; tells the cues. `due` must be asked with growing times."""

    def __init__(self) -> None:
        self._pacer: Pacer | None = None
        self._sensor = ""
        self._until_ns = 0
        self._done_ns = -1  # turns up to here were told
        self._phase = ""
        self._breath = 0
        self._part = ""  # of the session's step; empty outside sessions
        self._session = False

    def hear(self, events: Iterable[Event]) -> list[Cue]:
        """Cues that are due now, in the order of their events."""
        cues = [self._hear(event) for event in events]
        return [cue for cue in cues if cue is not None]

    @property
    def next_ns(self) -> int | None:
        """When the next turn of the pacer is due; None without one."""
        turn = self._next()
        return None if turn is None else turn[0]

    def due(self, until_ns: int) -> list[Cue]:
        """Turns of the pacer that fall due up to `until_ns` and were not told before."""
        cues: list[Cue] = []
        while (turn := self._next()) is not None and turn[0] <= until_ns:
            self._done_ns, phase = turn
            if phase == self._phase:  # a change of pace has put off a turn that was told already
                continue
            self._phase = phase
            self._breath += phase == "inhale"
            assert self._pacer is not None
            words = pacer_cue(self._pacer.pattern, phase, self._breath) if self._speaks_turns else ""
            cues.append(Cue(self._done_ns, self._sensor, phase, words, Rank.TURN))  # type: ignore[arg-type]
        self._done_ns = max(self._done_ns, until_ns)
        return cues

    def _next(self) -> tuple[int, str] | None:
        if self._pacer is None:
            return None
        t_ns, phase = self._pacer.next_begin(max(self._done_ns, self._pacer.start_ns - 1))
        return None if self._until_ns and t_ns >= self._until_ns else (t_ns, phase)

    @property
    def _speaks_turns(self) -> bool:
        """Where breath leads a movement the session has words of its own for the turns."""
        return self._part in ("", "breathe")

    def _hear(self, event: Event) -> Cue | None:
        match event:
            case PacerSet():
                self._set(event)
            case SessionStep():
                self._part = event.part
            case SessionState():
                self._session = event.state != "ended"
            case SessionSummary():
                self._session, self._part = False, ""
                return Cue(event.t_ns, event.sensor, "good", sentence(event) or "", Rank.SAFETY)
            case CueSpoken():
                return self._spoken(event)
            case RepJudged() | HoldJudged():
                return Cue(event.t_ns, event.sensor, "good" if event.good else "tick", event.words, Rank.ADVICE)
            case SlouchStarted() if event.trusted and not self._session:
                return Cue(event.t_ns, event.sensor, "slouch", sentence(event) or "", Rank.SAY)
            case SlouchEnded() if not self._session and event.reason in ("", "upright"):
                return Cue(event.t_ns, event.sensor, "good", sentence(event) or "", Rank.ADVICE)
            case Notice():
                return Cue(event.t_ns, event.sensor, "", sentence(event) or "", Rank.URGENT)
            case Alert() if not self._session and (words := sentence(event)):
                return Cue(event.t_ns, event.sensor, "", words, Rank.SAY)
        return None

    def _set(self, event: PacerSet) -> None:
        if event.inhale_s <= 0.0 or event.exhale_s <= 0.0:
            self._pacer, self._phase, self._breath = None, "", 0
            return
        parts_s = (event.inhale_s, event.hold_in_s, event.exhale_s, event.hold_out_s)
        if self._pacer is None:
            self._done_ns = max(self._done_ns, event.t_ns - 1)
        self._pacer = Pacer(Pattern("", *parts_s), event.start_ns)
        self._sensor, self._until_ns = event.sensor, event.until_ns

    def _spoken(self, event: CueSpoken) -> Cue | None:
        if event.cue in TURNS:
            return None  # told already, in time
        if event.cue in URGENT:
            return Cue(event.t_ns, event.sensor, "", event.text, Rank.URGENT)
        if event.cue == "safety":
            return Cue(event.t_ns, event.sensor, "", event.text, Rank.SAFETY)
        if event.cue == "advice":
            return Cue(event.t_ns, event.sensor, "", event.text, Rank.ADVICE)
        return Cue(event.t_ns, event.sensor, "", event.text, Rank.TURN if event.cue in PROMPTS else Rank.SAY)
