"""Cutting a stream of rows into windows of a fixed number of rows, the same for any blocks the rows come in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..samples import FloatArray, IntArray

SCALAR_ROWS: Final = 150
"""Blocks up to this length are cheaper one row at a time than as arrays."""

SLAB_ROWS: Final = 16_384
"""Longer blocks are worked on in slabs of this many rows, which stay in the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Consecutive runs of rows of one slab. The first may go on with a window that an earlier slab left open.

    Attributes
    ----------
    starts, counts : int arrays, shape (m,)
        First row and number of rows in this slab (0 only where an open window ends with a break at once).
    whole : bool array, shape (m,)
        The window has all its rows, or was ended early by a break behind it.
    breaks : bool array, shape (m,)
        The window starts with a row behind a break.
    """

    starts: IntArray
    counts: IntArray
    whole: NDArray[np.bool_]
    breaks: NDArray[np.bool_]

    def rows(self, slot: int, dummy: int) -> IntArray:
        """Index of each window's row number `slot`; `dummy` where it has none."""
        return np.where(slot < self.counts, self.starts + slot, dummy)


def cut(breaks: NDArray[np.bool_], size: int, opened: int, lone_breaks: bool) -> Windows:
    """Windows of `size` rows, counted anew from each break; `opened` rows of the first were seen before.

    With `lone_breaks` the row behind a break is a window of its own.
    """
    n = len(breaks)
    i = np.arange(n)
    since = np.maximum.accumulate(np.where(breaks, i + int(lone_breaks), -opened))
    starts = np.flatnonzero(breaks | ((i - since) % size == 0))
    if opened:
        starts = np.concatenate([[0], starts])
    counts = np.diff(starts, append=n)
    behind = breaks[starts] & (counts > 0)
    if opened:
        behind[0] = False
    total = counts.copy()
    total[0] += opened
    whole = np.ones(len(starts), bool)
    whole[-1] = total[-1] == size or (lone_breaks and bool(behind[-1]))
    return Windows(starts, counts, whole, behind)


def with_dummy(columns: Sequence[FloatArray], values: Sequence[float]) -> list[FloatArray]:
    """Columns with one more row that changes nothing when it is added to a window."""
    return [np.append(c, v) for c, v in zip(columns, values, strict=True)]
