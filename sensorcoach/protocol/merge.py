"""One stream out of two: acceleration and angular rate that a device sends in messages of their own."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..samples import NS, FloatArray, IntArray

PARTNER_NS: Final = NS // 10
"""An acceleration without an angular rate this near in time is left out: half a truth would be taken for the whole."""
WAITING_NS: Final = 60 * NS
"""What waits longer than this for its partner is given up."""


class Merger:
    """Gives each acceleration the angular rate nearest in time, as soon as no nearer one can come."""

    def __init__(self) -> None:
        self._acc: tuple[IntArray, FloatArray] = (np.empty(0, np.int64), np.empty((0, 3)))
        self._gyr: tuple[IntArray, FloatArray] = (np.empty(0, np.int64), np.empty((0, 3)))
        self.dropped = 0

    def add_acc(self, t_ns: IntArray, acc_ms2: FloatArray) -> None:
        """Accelerations, shape (n, 3), at rising times."""
        self._acc = _joined(self._acc, (t_ns, acc_ms2))

    def add_gyro(self, t_ns: IntArray, gyr_rads: FloatArray) -> None:
        """Angular rates, shape (n, 3), at rising times."""
        self._gyr = _joined(self._gyr, (t_ns, gyr_rads))

    def take(self) -> tuple[IntArray, FloatArray, FloatArray]:
        """What can be told by now: times, accelerations, angular rates."""
        (t_ns, acc), (t_gyr, gyr) = self._acc, self._gyr
        ready = int(np.searchsorted(t_ns, t_gyr[-1], side="right")) if len(t_gyr) else 0
        after = np.minimum(np.searchsorted(t_gyr, t_ns[:ready]), max(len(t_gyr) - 1, 0))
        before = np.maximum(after - 1, 0)
        if ready:
            nearer = np.abs(t_gyr[before] - t_ns[:ready]) <= np.abs(t_gyr[after] - t_ns[:ready])
            which = np.where(nearer, before, after)
            partner = np.abs(t_gyr[which] - t_ns[:ready]) <= PARTNER_NS
        else:
            which, partner = after, np.zeros(0, np.bool_)
        self.dropped += ready - int(np.count_nonzero(partner))
        out = t_ns[:ready][partner], acc[:ready][partner], gyr[which[partner]]
        waiting = t_ns[ready:]
        stale = int(np.searchsorted(waiting, waiting[-1] - WAITING_NS)) if len(waiting) else 0
        self.dropped += stale
        self._acc = t_ns[ready + stale :].copy(), acc[ready + stale :].copy()
        oldest_ns = self._acc[0][0] if len(self._acc[0]) else (t_ns[-1] if len(t_ns) else None)
        newest_ns = t_gyr[-1] if len(t_gyr) else 0
        horizon_ns = (
            newest_ns - WAITING_NS if oldest_ns is None else max(oldest_ns - PARTNER_NS, newest_ns - WAITING_NS)
        )
        keep = max(0, int(np.searchsorted(t_gyr, horizon_ns)) - 1)
        self._gyr = t_gyr[keep:].copy(), gyr[keep:].copy()
        return out


def _joined(old: tuple[IntArray, FloatArray], new: tuple[IntArray, FloatArray]) -> tuple[IntArray, FloatArray]:
    return np.concatenate([old[0], new[0]]), np.concatenate([old[1], new[1]])
