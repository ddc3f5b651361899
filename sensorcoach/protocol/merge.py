"""One stream out of two: acceleration and angular rate that a device sends in messages of their own."""

from __future__ import annotations

from dataclasses import dataclass
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
        self._acc = self._gyr = _Waiting(np.empty(0, np.int64), np.empty((0, 3)), np.empty(0, np.int64))
        self.dropped = 0

    def add_acc(self, t_ns: IntArray, acc_ms2: FloatArray, places: IntArray) -> None:
        """Accelerations, shape (n, 3), at rising times, and the position of each one's packet in this call."""
        self._acc = self._acc.then(t_ns, acc_ms2, places)

    def add_gyro(self, t_ns: IntArray, gyr_rads: FloatArray, places: IntArray) -> None:
        """Angular rates, shape (n, 3), at rising times, and the position of each one's packet in this call."""
        self._gyr = self._gyr.then(t_ns, gyr_rads, places)

    def take(self) -> tuple[IntArray, FloatArray, FloatArray, IntArray]:
        """What can be told by now: times, accelerations, angular rates, and the positions of what completed them."""
        acc, gyr = self._acc, self._gyr
        t_ns, t_gyr = acc.t_ns, gyr.t_ns
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
        places = np.maximum(acc.places[:ready], gyr.places[after])  # the first rate that is not older shows the nearest
        out = t_ns[:ready][partner], acc.values[:ready][partner], gyr.values[which[partner]], places[partner]
        waiting = t_ns[ready:]
        stale = int(np.searchsorted(waiting, waiting[-1] - WAITING_NS)) if len(waiting) else 0
        self.dropped += stale
        self._acc = acc.since(ready + stale)
        oldest_ns = self._acc.t_ns[0] if len(self._acc.t_ns) else (t_ns[-1] if len(t_ns) else None)
        newest_ns = t_gyr[-1] if len(t_gyr) else 0
        horizon_ns = (
            newest_ns - WAITING_NS if oldest_ns is None else max(oldest_ns - PARTNER_NS, newest_ns - WAITING_NS)
        )
        self._gyr = gyr.since(max(0, int(np.searchsorted(t_gyr, horizon_ns)) - 1))
        return out


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    """Samples of one kind in the order of time; those of earlier calls have the place -1."""

    t_ns: IntArray
    values: FloatArray
    places: IntArray

    def then(self, t_ns: IntArray, values: FloatArray, places: IntArray) -> _Waiting:
        return _Waiting(
            np.concatenate([self.t_ns, t_ns]),
            np.concatenate([self.values, values]),
            np.concatenate([self.places, places]),
        )

    def since(self, first: int) -> _Waiting:
        """What stays for the next call, from row `first` on."""
        t_ns = self.t_ns[first:].copy()
        return _Waiting(t_ns, self.values[first:].copy(), np.full(len(t_ns), -1, np.int64))
