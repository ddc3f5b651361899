"""From samples at any rate, with jitter and lost rows, to a uniform 25 Hz grid.

Each grid value is the kernel-weighted mean of the samples in the window just before it: the weights follow the
samples' own times, so jitter and a lost sample cost nothing, the gain at 0 Hz is exactly one, and the value depends on
its window alone. That makes the grid the same for any cut of the stream, without a running sum anywhere.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..samples import NS, FloatArray, IntArray, SampleBlock

STEP_NS: Final = NS // 25

HALF_WIDTH_S: Final = 0.06
"""Half the kernel's support; the group delay. First null of the biweight kernel near 17 Hz, -3 dB near 6 Hz."""

BRIDGE_S: Final = 0.25
"""Gaps up to this long are bridged by a straight line (posture, breath and steps are slower); longer ones are nan."""

LONGEST_GAP_S: Final = 86_400
"""A longer jump in time is a new recording: the grid restarts after it instead of filling days with nan."""


class Grid:
    """Streaming resampler: `update(block)` returns the grid rows that became complete.

    Parameters
    ----------
    sampling_rate_hz : float
        Nominal input rate; sets the kernel's width for slow sensors.
    """

    def __init__(self, sampling_rate_hz: float) -> None:
        period_s = 1.0 / sampling_rate_hz
        self.delay_s = max(HALF_WIDTH_S, 1.5 * period_s)
        self._period_ns = round(period_s * NS)
        self._bridge_ns = round(max(BRIDGE_S, 2.2 * period_s) * NS)
        self._span_ns = round(2 * self.delay_s * NS)
        self._next = -1  # index of the next grid point; -1 before the first sample
        self._t: IntArray = np.empty(0, np.int64)
        self._x: FloatArray = np.empty((0, 0))

    def update(self, block: SampleBlock) -> tuple[IntArray, FloatArray]:
        """Grid times (ns) and rows (acc, then gyr where there is one); nan rows where there is nothing to tell."""
        x = block.acc_ms2 if block.gyr_rads is None else np.hstack([block.acc_ms2, block.gyr_rads])
        if not len(x):
            return np.empty(0, np.int64), np.empty((0, x.shape[1]))
        t = block.t_ns
        if self._next < 0:
            self._next = int(-(-t[0] // STEP_NS))
            self._x = np.empty((0, x.shape[1]))
        elif t[0] - self._t[-1] > LONGEST_GAP_S * NS:
            self._next = int(-(-t[0] // STEP_NS))
            self._t, self._x = self._t[:0], self._x[:0]
        t, x = self._bridge(np.concatenate([self._t, t]), np.concatenate([self._x, x]), len(self._t))
        last = int(t[-1] // STEP_NS)
        at = np.arange(self._next, last + 1, dtype=np.int64) * STEP_NS
        rows = self._weigh(at, t, x)
        self._next = max(self._next, last + 1)
        keep = int(np.searchsorted(t, t[-1] - self._span_ns - STEP_NS))
        keep = min(keep, len(t) - 1)
        self._t, self._x = t[keep:].copy(), x[keep:].copy()
        return at, rows

    def _bridge(self, t: IntArray, x: FloatArray, done: int) -> tuple[IntArray, FloatArray]:
        """Fill short gaps with points on a straight line, one nominal period apart; `done` rows were filled before."""
        step = np.diff(t)
        gaps = np.flatnonzero((step > 1.5 * self._period_ns) & (step <= self._bridge_ns))
        gaps = gaps[gaps >= done - 1]
        if not len(gaps):
            return t, x
        count = np.rint(step[gaps] / self._period_ns).astype(np.int64) - 1
        gaps, count = gaps[count > 0], count[count > 0]
        which = np.repeat(gaps, count)
        inner = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count) + 1
        share = inner / (np.repeat(count, count) + 1)
        t_new = t[which] + np.rint(share * step[which]).astype(np.int64)
        x_new = x[which] + share[:, None] * (x[which + 1] - x[which])
        return np.insert(t, which + 1, t_new), np.insert(x, which + 1, x_new, axis=0)

    def _weigh(self, at: IntArray, t: IntArray, x: FloatArray) -> FloatArray:
        """Kernel-weighted means, newest sample first so that the order of additions never depends on the block."""
        total = np.zeros(len(at))
        rows = np.zeros((x.shape[1], len(at)))
        newest = np.searchsorted(t, at, side="right") - 1
        oldest = np.searchsorted(t, at - self._span_ns, side="right")
        columns = np.ascontiguousarray(x.T)
        for back in range(int((newest - oldest).max(initial=-1)) + 1):
            i = newest - back
            inside = i >= oldest
            i = np.where(inside, i, 0)
            u = (at - t[i]) / self._span_ns * 2.0 - 1.0
            weight = np.where(inside, (1.0 - u * u) ** 2, 0.0)
            total += weight
            for row, column in zip(rows, columns, strict=True):
                row += weight * column[i]
        with np.errstate(invalid="ignore", divide="ignore"):
            out: FloatArray = (rows / np.where(total > 1e-3, total, np.nan)).T
        return out
