"""Times for devices that send a value only when it has changed: silence means "as before"."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..samples import NS, IntArray

LONGEST_HOLD_NS: Final = 10 * NS
"""A value is held no longer: by then the link is more likely gone than the wearer so still."""
LEAST_STEP_NS: Final = 1_000_000


class HoldBase:
    """Dates samples by their arrival, and repeats the last one at the nominal rate until the next comes.

    Parameters
    ----------
    sampling_rate_hz : float
        How often the device looks whether its value has changed.
    """

    def __init__(self, sampling_rate_hz: float) -> None:
        self.sampling_rate_hz = sampling_rate_hz
        self._period_ns = round(NS / sampling_rate_hz)
        self._last_ns: int | None = None

    def stamp(self, arrival_ns: IntArray) -> tuple[IntArray, IntArray, IntArray, list[tuple[int, int, int]]]:
        """Rows for samples that arrived.

        Parameters
        ----------
        arrival_ns : int64 array, shape (m,), m > 0

        Returns
        -------
        t_ns, source, until : int64 arrays, shape (n,), n ≥ m
            Time of each row, the sample it shows (-1: the last one of the call before), and the one that ended it: a
            value is known to have been held when the next one comes.
        gaps : list of (last time before, first time after, -1)
            Where a value would have had to be held too long.
        """
        previous = self._last_ns
        if previous is None:
            previous = max(int(arrival_ns[0]), 0) - LEAST_STEP_NS
        # Strictly rising: whatever comes too early is moved to the least step after the one before.
        steps = np.arange(1, len(arrival_ns) + 1) * LEAST_STEP_NS
        t_ns = np.maximum.accumulate(np.concatenate([[previous], arrival_ns - steps]))[1:] + steps
        before = np.concatenate([[previous], t_ns[:-1]])
        since = t_ns - before
        periods = np.where(since <= LONGEST_HOLD_NS, np.rint(since / self._period_ns), 0.0)
        held = np.maximum(periods.astype(np.int64) - 1, 0)
        until = np.repeat(np.arange(len(t_ns)), held + 1)
        inner = np.arange(len(until)) - np.repeat(np.cumsum(held + 1) - (held + 1), held + 1)
        last = inner == held[until]
        rows_ns = np.where(last, t_ns[until], before[until] + (inner + 1) * self._period_ns)
        gaps = [(int(before[i]), int(t_ns[i]), -1) for i in np.flatnonzero(since > LONGEST_HOLD_NS).tolist()]
        self._last_ns = int(t_ns[-1])
        return rows_ns, np.where(last, until, until - 1), until, gaps
