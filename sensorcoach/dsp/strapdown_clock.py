"""How long the time between two samples really was, from stamps that may be a sensor's or a radio's.

A sensor samples evenly; its own stamps are as even, and the differences between them are the truth. Stamps of arrival
jump about by many milliseconds, and only their average means anything: there every interval is the mean interval,
unless it is so long that samples must be missing.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..samples import NS, FloatArray, IntArray

BREAK_S: Final = 0.07
"""A longer interval is a gap, bridged and paid for in predicted error; a shorter one just a long step."""
BREAK_PERIODS: Final = 2.5
"""The same for slow sensors: one lost sample is no gap."""
JITTER_SIGMAS: Final = 8.0
"""Among arrival stamps only an interval this far (standard deviations) above the mean is a gap."""

CELL_S: Final = 0.5
"""Regularity is judged once per cell of about this length, for the cells behind it."""
SMOOTH_S: Final = 0.3
"""Span over which the intervals of a jittery stream are averaged."""
MEMORY_CELLS: Final = 8.0
"""Cells over which the regularity is averaged."""
RATE_MEMORY_CELLS: Final = 128.0
"""Cells over which the mean interval and its spread are averaged: crystals drift with temperature, over minutes."""
JITTERY: Final = 0.1
"""Mean distance of intervals from whole periods (in periods; 0.25 is pure chance) above which stamps are arrival
times ..."""
EVEN: Final = 0.07
"""... and below which they are the sensor's again."""
COUNTABLE: Final = 0.18
"""Up to this distance lost samples can still be counted, by rounding each interval to whole periods."""
LEAST_PERIODS: Final = 0.05
"""What is left of an interval that rounds to none: its time was given to the one before."""
LONGEST_COUNTED_S: Final = 0.3
"""Longer intervals say nothing about the rate."""
FIRST_S: Final = 86_400.0
"""What stands before the first sample: a gap that restarts everything."""


class SampleClock:
    """Interval before each sample and whether it is a gap; the same for any cut of the stream.

    Parameters
    ----------
    sampling_rate_hz : float
        Nominal rate; may be wrong by several percent.
    """

    def __init__(self, sampling_rate_hz: float) -> None:
        self._nominal_s = 1.0 / sampling_rate_hz
        self._gap_s = max(BREAK_S, BREAK_PERIODS * self._nominal_s)
        self._counted_s = max(LONGEST_COUNTED_S, 10.0 * self._nominal_s)
        self._cell = max(8, round(CELL_S * sampling_rate_hz))
        self._t_ns: int | None = None
        self._recent: FloatArray = np.full(max(8, round(SMOOTH_S * sampling_rate_hz)) - 1, self._nominal_s)
        self._open: FloatArray = np.empty(0)
        self._cells = 0
        self._jitter = 0.0
        self._sums = (0.0, 0.0, 0.0, 0.0)  # number, periods, sum and sum of squares of recent intervals
        self._jittery = False
        self._period_s = self._nominal_s
        self._limit_s = self._gap_s

    def update(self, t_ns: IntArray) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Intervals (s) and gap flags for samples stamped `t_ns`; the very first sample stands behind a gap."""
        before = self._t_ns if self._t_ns is not None else int(t_ns[0]) - int(FIRST_S * NS)
        self._t_ns = int(t_ns[-1])
        raw_s = np.diff(t_ns, prepend=before) / NS
        room = self._cell - len(self._open)
        if len(raw_s) < room:
            self._open = np.concatenate([self._open, raw_s])
            return self._judged(raw_s)
        # the cells that become whole here, and what each says about the rows behind it
        rows = np.concatenate([self._open, raw_s])
        whole = len(rows) // self._cell
        cells = rows[: whole * self._cell].reshape(whole, self._cell)
        counted = cells <= self._counted_s
        step_s = np.where(counted, cells, 0.0)
        periods = step_s / self._nominal_s
        off = np.abs(periods - np.rint(periods))
        told = [np.add.reduce(x, axis=1).tolist() for x in (counted, np.rint(periods), step_s, step_s * step_s, off)]
        lessons = list(zip(*told, strict=True))
        even = not self._jittery and all(off <= EVEN * number for number, *_, off in lessons)
        parts = [self._judged(raw_s)] if even else []  # none of these cells changes how rows are judged
        at = 0
        for k, lesson in enumerate(lessons):
            end = room + k * self._cell
            if not even:
                parts.append(self._judged(raw_s[at:end]))
            self._learn(*lesson)
            at = end
        if not even:
            parts.append(self._judged(raw_s[at:]))
        self._open = rows[whole * self._cell :].copy()
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])

    def _learn(self, number: int, count: float, total_s: float, squares_s2: float, off: float) -> None:
        """Take in one whole cell."""
        if not number:
            return
        self._cells += 1
        keep = 1.0 - 1.0 / RATE_MEMORY_CELLS
        n, m, s, q = self._sums
        self._sums = n, m, s, q = n * keep + number, m * keep + count, s * keep + total_s, q * keep + squares_s2
        self._jitter += (off / number - self._jitter) / min(self._cells, MEMORY_CELLS)
        self._jittery = self._jitter > (EVEN if self._jittery else JITTERY)
        self._period_s = s / max(m, 0.5 * n)
        mean_s = s / n
        spread_s = max(q / n - mean_s * mean_s, 0.0) ** 0.5
        self._limit_s = mean_s + max((BREAK_PERIODS - 1.0) * mean_s, JITTER_SIGMAS * spread_s)

    def _judged(self, raw_s: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Intervals and gap flags of rows that all see the same past cells."""
        missing = raw_s > (max(self._limit_s, self._gap_s) if self._jittery else self._gap_s)
        taken = np.concatenate([self._recent, np.where(missing, self._nominal_s, raw_s)])
        taps = len(self._recent) + 1
        self._recent = taken[len(raw_s) :].copy()
        if not self._jittery:
            return raw_s, missing
        if self._jitter < COUNTABLE:
            periods = np.maximum(np.rint(raw_s / self._period_s), LEAST_PERIODS)
            return np.where(missing, raw_s, periods * self._period_s), missing
        mean_s = taken[: len(raw_s)].copy()
        for tap in range(1, taps):
            mean_s += taken[tap : tap + len(raw_s)]
        return np.where(missing, raw_s, mean_s / taps), missing
