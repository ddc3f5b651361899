"""Rows of the projected wave in; phases, turns and breaths out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from ...events import PHASES, BreathPhase, Event
from ...samples import FloatArray
from ..neutral import Vector
from ..tracks import GRID_STEP_NS, Int8Array
from .breaths import LONGEST_BREATHS, BreathBook
from .polarity import Polarity
from .schedule import Schedule
from .turns import Turn, TurnFinder

LEAST_UNCERTAINTY: Final = 0.04
UNCERTAINTY_OF_IRREGULAR: Final = 0.4
"""One standard deviation of an onset's time, in breaths, is the first of these and the second times the irregularity of
the breath, in quadrature (simulated chests; docs/methods/breathing_phase.md)."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What holds throughout a second.

    Attributes
    ----------
    direction : Vector
        Along which the wave was projected.
    usual_flow : float
        Running RMS of the flow.
    lean : float
        See `Scale.lean`.
    rate_hz : float
        Breathing rate.
    quality : float
        How good the rate is, 0..1, nan where not told.
    schedule : Schedule or None
        The pattern of a breath with holds, where there is one; turns then come from there.
    """

    direction: Vector
    usual_flow: float
    lean: float
    rate_hz: float
    quality: float
    schedule: Schedule | None = None


class Labeller:
    """Walks along the rows from turn to turn."""

    def __init__(self, sensor: str, polarity: Polarity) -> None:
        self.book = BreathBook(sensor)
        self._sensor = sensor
        self._polarity = polarity
        self._turns = TurnFinder()

    def forget(self) -> None:
        """Nothing is known of what comes next."""
        self._turns.forget()
        self.book.forget()

    def flip(self) -> None:
        """In is out from here on; the breath that goes on does not count."""
        self._turns.flip()
        self.book.forget()

    def walk(
        self,
        t_ns: int,
        wave: FloatArray,
        flow: FloatArray,
        swing: FloatArray,
        now: Circumstances,
        phase: Int8Array,
        rate_now_brpm: FloatArray,
        events: list[Event],
    ) -> int:
        """Label consecutive rows, as far as the sign holds.

        Parameters
        ----------
        t_ns : int
            Time of the first row.
        wave, flow, swing : float arrays, shape (n,)
            + is in, as far as is known; see `BreathBook.add`.
        now : Circumstances
        phase, rate_now_brpm : arrays, shape (n,)
            Written to.
        events : list
            Appended to.

        Returns
        -------
        int
            n, or the row from which on in and out must change places: flip, and walk on from there.
        """
        waves, flows, swings = wave.tolist(), flow.tolist(), swing.tolist()
        start = first = 0
        while True:
            before = self._turns.phase
            if now.schedule is None:
                row, turn = self._turns.scan(t_ns, flows, first, now.usual_flow, now.rate_hz, now.lean)
            else:
                row, found, turn = now.schedule.scan(t_ns, before, first, len(flows))
                self._turns.follow(found)
            if row > start:
                here = slice(start, row)
                self.book.add(waves[here], flows[here], swings[here], now.quality)
                phase[here] = before
                fresh = (self.book.now_until_ns - t_ns) // GRID_STEP_NS + 1
                rate_now_brpm[start : max(start, min(row, fresh))] = self.book.now_brpm
            if row == len(flows):
                return row
            if turn is not None and self._turned(turn, now, events):
                return row
            start, first = row, row + 1

    def _turned(self, turn: Turn, now: Circumstances, events: list[Event]) -> bool:
        """Tell of a turn; True if it is to be told anew with the other sign."""
        breath = self.book.turn(turn, LONGEST_BREATHS / now.rate_hz if now.schedule is None else math.inf)
        # A schedule has a sign already, and holds are no habit.
        if breath is not None and now.schedule is None and self._polarity.wrong(now.direction, self.book.asymmetry):
            return True
        if breath is not None:
            events.append(breath)
        uncertainty = math.hypot(LEAST_UNCERTAINTY, UNCERTAINTY_OF_IRREGULAR * self.book.irregularity)
        uncertainty_s = (uncertainty if now.schedule is None else now.schedule.uncertainty) / now.rate_hz
        events.append(BreathPhase(turn.t_ns, self._sensor, PHASES[turn.phase], turn.onset_ns, uncertainty_s))
        return False
