"""Whole breaths, from inhalation to inhalation: how deep against the wearer's own median, how fast the last three."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from statistics import median
from typing import Final

from ...events import Breath
from ...samples import NS
from .polarity import Asymmetry
from .turns import EXHALE, INHALE, Turn

USUAL_OF: Final = 20
"""The usual depth is the median of so many breaths; a breath twice as deep is a sigh (Vlemincx et al., Biol. Psychol.
93:386, 2013)."""
USUAL_FROM: Final = 3
BREATHS_NOW: Final = 3
"""The present rate is that of so many breaths."""
STALE_BREATHS: Final = 2.0
"""The present rate is dropped when no breath has ended for this many breaths' time."""
LONGEST_BREATHS: Final = 3.0
"""What lasts longer than so many breaths' time at the rate of the wave, with no pacer or habit to say so, is no breath:
a turn was lost, in a slow lean perhaps."""
IRREGULAR_OF: Final = 8
IRREGULAR_FROM: Final = 4
USUAL_IRREGULARITY: Final = 0.12
"""Spread of durations at rest, as measured here, before it is known."""


class BreathBook:
    """Collects turns, and the wave between them, into breaths."""

    def __init__(self, sensor: str) -> None:
        self.usual_depth = math.nan
        self.now_brpm = math.nan
        self.now_until_ns = -1
        self.asymmetry: Asymmetry | None = None
        self._sensor = sensor
        self._depths: deque[float] = deque(maxlen=USUAL_OF)
        self.irregularity = USUAL_IRREGULARITY
        """Standard deviation of the logarithm of the last breaths' durations."""
        self._durations: deque[float] = deque(maxlen=IRREGULAR_OF)  # ln s
        self._inhales_ns: deque[int] = deque(maxlen=BREATHS_NOW + 1)
        self._begin()

    def _begin(self) -> None:
        self._exhale_ns = -1
        self._top, self._bottom_before, self._bottom_after = -math.inf, math.inf, math.inf
        self._count = self._inward = 0
        self._sums = (0.0, 0.0, 0.0, 0.0)  # of the wave, its square, its cube, and the quality

    def forget(self) -> None:
        """The breath that goes on is lost to sight; the usual depth is kept."""
        self._inhales_ns.clear()
        self.now_until_ns = -1
        self._begin()

    def add(self, wave: Sequence[float], flow: Sequence[float], swing: Sequence[float], quality: float) -> None:
        """Take in rows of one phase.

        Parameters
        ----------
        wave, flow : sequences of float
            + is in.
        swing : sequence of float
            The wave together with its level: a single deep breath moves both.
        quality : float
            How good the rate is there, 0..1, nan where not told.
        """
        one, two, three, good = self._sums
        share = 0.0 if math.isnan(quality) else quality
        # Added up one by one: any other order would make the sums depend on how the rows were cut.
        inward = 0
        for x, y in zip(wave, flow, strict=True):
            square = x * x
            one += x
            two += square
            three += square * x
            good += share
            if y > 0.0:
                inward += 1
        self._sums = (one, two, three, good)
        self._top = max(self._top, *swing)
        if self._exhale_ns < 0:
            self._bottom_before = min(self._bottom_before, *swing)
        else:
            self._bottom_after = min(self._bottom_after, *swing)
        self._count += len(wave)
        self._inward += inward

    def turn(self, turn: Turn, longest_s: float = math.inf) -> Breath | None:
        """A phase began; the breath that ended with it, if any. `asymmetry` then says something of its direction.

        What lasted more than `longest_s` from inhalation to inhalation is no breath.
        """
        self.asymmetry = None
        if turn.phase == EXHALE:
            self._exhale_ns = turn.onset_ns
        if turn.phase != INHALE:
            return None
        breath = None
        if (
            self._inhales_ns
            and self._inhales_ns[-1] < self._exhale_ns < turn.onset_ns
            and turn.onset_ns - self._inhales_ns[-1] <= longest_s * NS
        ):
            breath = self._close(turn)
        else:
            self._inhales_ns.clear()
        self._inhales_ns.append(turn.onset_ns)
        self._tell_now()
        self._begin()
        return breath

    def _close(self, turn: Turn) -> Breath:
        self._durations.append(math.log((turn.onset_ns - self._inhales_ns[-1]) / NS))
        if (n := len(self._durations)) >= IRREGULAR_FROM:
            mean = sum(self._durations) / n
            self.irregularity = math.sqrt(sum([(x - mean) ** 2 for x in self._durations]) / n)
        depth = self._top - 0.5 * (self._bottom_before + self._bottom_after)
        self._depths.append(depth)
        if len(self._depths) >= USUAL_FROM:
            self.usual_depth = median(self._depths)
        self.asymmetry = Asymmetry(
            self._inhales_ns[-1], turn.onset_ns, 1.0 - 2.0 * self._inward / self._count, self._skewness()
        )
        return Breath(
            t_ns=turn.t_ns,
            sensor=self._sensor,
            t_inhale_ns=self._inhales_ns[-1],
            t_exhale_ns=self._exhale_ns,
            t_end_ns=turn.onset_ns,
            depth=depth / self.usual_depth,
            quality=self._sums[3] / self._count,
        )

    def _skewness(self) -> float:
        one, two, three = (total / self._count for total in self._sums[:3])
        variance = two - one * one
        return (three - 3.0 * one * two + 2.0 * one**3) / variance**1.5 if variance > 0.0 else 0.0

    def _tell_now(self) -> None:
        if len(self._inhales_ns) <= BREATHS_NOW:
            self.now_until_ns = -1
            return
        period_ns = (self._inhales_ns[-1] - self._inhales_ns[0]) / BREATHS_NOW
        self.now_brpm = 60.0 * NS / period_ns
        self.now_until_ns = self._inhales_ns[-1] + round(STALE_BREATHS * period_ns)
