"""Dots in braille cells: two across and four down, so that dots are about as wide as high.

Cells without a dot are spaces: half the bytes, and no boxes in fonts that lack braille.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...samples import FloatArray
from .spans import Line

CharArray = NDArray[np.str_]

_BITS: Final = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], np.uint8)
CHARS: Final = np.array([" "] + [chr(0x2800 + mask) for mask in range(1, 256)])
"""Character for a dot mask."""


def cells(dots: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Dot masks of shape (h, w) from dots of shape (4 h, 2 w)."""
    rows, columns = dots.shape
    grouped = dots.reshape(rows // 4, 4, columns // 2, 2)
    return np.asarray(np.einsum("hrwc,rc->hw", grouped, _BITS), dtype=np.uint8)


def curve(level: FloatArray, height: int, low: float, high: float, *, thick: bool = False) -> NDArray[np.uint8]:
    """A line through one value per dot column, joined up and down, broken at nan.

    Parameters
    ----------
    level : float array, shape (2 w,)
    height : int
        Cells.
    low, high : float
        Values at the lowest and the highest dot; what is beyond runs along the edge.
    thick : bool
        Two dots instead of one.

    Returns
    -------
    uint8 array, shape (height, w)
        Dot masks.
    """
    rows = 4 * height
    known = np.isfinite(level)
    share = np.where(known, (high - level) / (high - low), 0.0)
    row = np.rint(np.clip(share, 0.0, 1.0) * (rows - 1)).astype(np.int32)
    before = np.concatenate((row[:1], row[:-1]))
    before = np.where(np.concatenate((known[:1], known[:-1])), before, row)
    top = np.where(before < row, before + 1, row)
    bottom = np.where(before > row, before - 1, row)
    bottom = bottom + int(thick)
    grid = np.arange(rows)[:, None]
    return cells((grid >= top) & (grid <= bottom) & known)


class DotCanvas:
    """A small picture of dots; a cell takes the role of what was drawn last in it."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._dots = np.zeros((4 * height, 2 * width), np.bool_)
        self._role = np.full((height, width), -1, np.int8)
        self._roles: list[str] = []

    @property
    def grid(self) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
        """Row and column of every dot, for masks."""
        rows, columns = np.indices(self._dots.shape)
        return rows, columns

    def draw(self, mask: NDArray[np.bool_], role: str) -> None:
        """Set the dots of `mask`, shape (4 h, 2 w)."""
        if role not in self._roles:
            self._roles.append(role)
        self._dots |= mask
        self._role[cells(mask) > 0] = self._roles.index(role)

    def points(self, rows: FloatArray, columns: FloatArray, role: str) -> None:
        """Set single dots given by (rounded) coordinates; those outside are left out."""
        r, c = np.rint(rows).astype(int), np.rint(columns).astype(int)
        inside = (r >= 0) & (r < self._dots.shape[0]) & (c >= 0) & (c < self._dots.shape[1])
        mask = np.zeros_like(self._dots)
        mask[r[inside], c[inside]] = True
        self.draw(mask, role)

    def lines(self) -> list[Line]:
        """The picture, a line for each row of cells."""
        text = CHARS[cells(self._dots)]
        return [_runs(text[row], self._role[row], self._roles) for row in range(self.height)]


def _runs(chars: CharArray, role: NDArray[np.int8], roles: Sequence[str]) -> Line:
    edges = np.flatnonzero(np.diff(role)) + 1
    bounds = [0, *edges.tolist(), len(role)]
    return tuple(("".join(chars[a:b]), roles[role[a]] if role[a] >= 0 else "text") for a, b in pairwise(bounds))
