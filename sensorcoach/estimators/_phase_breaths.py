"""Whole breaths: from turn to turn, how deep against the wearer's own median, and the rate of the last three."""

from __future__ import annotations

import math
from collections import deque
from statistics import median
from typing import Final

from ..events import Breath
from ..samples import NS
from ._phase_polarity import Shape
from ._phase_turns import EXHALE, INHALE, Turn

USUAL_OF: Final = 20
"""The usual depth is the median of so many breaths."""
USUAL_FROM: Final = 3
BREATHS_NOW: Final = 3
"""The present rate is that of so many breaths."""
STALE: Final = 2.0
"""The present rate is dropped when no breath has ended for this many breaths' time."""
SIGH: Final = 2.0
"""A breath this many times as deep as usual is a sigh (Vlemincx et al., Biol. Psychol. 84, 2010)."""


class BreathBook:
    """Collects turns and the wave between them into breaths."""

    def __init__(self, sensor: str) -> None:
        self._sensor = sensor
        self._depths: deque[float] = deque(maxlen=USUAL_OF)
        self._inhales: deque[int] = deque(maxlen=BREATHS_NOW + 1)
        self.shape: Shape | None = None
        self.usual_depth = math.nan
        self._begin()

    def _begin(self) -> None:
        self._exhale_ns = -1
        self._top, self._bottom = -math.inf, math.inf
        self._count = 0
        self._sums = (0.0, 0.0, 0.0)
        self._quality = 0.0

    def forget(self) -> None:
        """The breath that goes on is lost to sight; the usual depth is kept."""
        self._inhales.clear()
        self._begin()

    def add(self, wave: float, quality: float) -> None:
        """A point of the wave (+ is in), and how good the rate is there (0..1, nan where not told)."""
        self._top, self._bottom = max(self._top, wave), min(self._bottom, wave)
        one, two, three = self._sums
        square = wave * wave
        self._sums = (one + wave, two + square, three + square * wave)
        self._count += 1
        self._quality += quality if quality == quality else 0.0

    def turn(self, turn: Turn) -> Breath | None:
        """A phase began; the breath that ended with it, if any. `shape` then holds what it says of its direction."""
        self.shape = None
        if turn.phase == EXHALE:
            self._exhale_ns = turn.onset_ns
        if turn.phase != INHALE:
            return None
        breath = self._close(turn) if self._inhales and self._exhale_ns > self._inhales[-1] else None
        if self._inhales and breath is None:
            self._inhales.clear()
        self._inhales.append(turn.onset_ns)
        self._begin()
        return breath

    def _close(self, turn: Turn) -> Breath:
        depth = self._top - self._bottom
        self._depths.append(depth)
        if len(self._depths) >= USUAL_FROM:
            self.usual_depth = median(self._depths)
        usual = self.usual_depth
        start_ns = self._inhales[-1]
        self.shape = Shape(start_ns, self._exhale_ns, turn.onset_ns, self._skewness())
        return Breath(
            t_ns=turn.t_ns,
            sensor=self._sensor,
            t_inhale_ns=start_ns,
            t_exhale_ns=self._exhale_ns,
            t_end_ns=turn.onset_ns,
            depth=depth / usual if usual > 0.0 else math.nan,
            quality=self._quality / self._count,
        )

    def _skewness(self) -> float:
        n = self._count
        one, two, three = (s / n for s in self._sums)
        spread = two - one * one
        if spread <= 0.0:
            return 0.0
        return (three - 3.0 * one * two + 2.0 * one**3) / spread**1.5

    def rate_now_brpm(self, t_ns: int) -> float:
        """Mean rate of the last three breaths; nan before there are three, or when the last is long over."""
        if len(self._inhales) <= BREATHS_NOW:
            return math.nan
        period_ns = (self._inhales[-1] - self._inhales[0]) / BREATHS_NOW
        if t_ns - self._inhales[-1] > STALE * period_ns:
            return math.nan
        return 60.0 * NS / period_ns
