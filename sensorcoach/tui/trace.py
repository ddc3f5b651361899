"""The breath as a curve for the screen: two minutes of points, how far each can be trusted, and a calm scale."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..samples import NS, FloatArray

POINT_STEP_S: Final = 0.04
"""Distance of the points in a `Wave` event."""
BRIDGED_S: Final = 0.3
"""Points further apart than this are not joined."""
CAPACITY: Final = 3_000
"""Points kept: two minutes."""

HIDDEN, UNSURE, TRUSTED = 0, 1, 2
"""How a point is drawn: not at all, greyed, or as a breath."""

_SCALE_OVER_S: Final = 20.0
_LEAST_SPAN: Final = 0.4
_GROW_SHARE, _SHRINK_SHARE = 0.5, 0.08


class BreathTrace:
    """Points of the breathing movement in time order, and the range they are drawn in."""

    def __init__(self) -> None:
        self._t_s = np.empty(2 * CAPACITY)
        self._value = np.empty(2 * CAPACITY)
        self._tier = np.empty(2 * CAPACITY, np.int8)
        self._n = 0
        self._range: tuple[float, float] | None = None

    def __len__(self) -> int:
        return self._n

    @property
    def newest_s(self) -> float:
        """Stream time of the newest point, s; minus infinity when there is none."""
        return float(self._t_s[self._n - 1]) if self._n else -np.inf

    @property
    def range(self) -> tuple[float, float]:
        """Values drawn as empty and as full."""
        return self._range or (-0.5, 0.5)

    def clear(self) -> None:
        """Forget the points (after a seek); the scale stays, it belongs to the wearer."""
        self._n = 0

    def append(self, t_ns: int, values: tuple[float, ...], tier: int) -> None:
        """Add points `POINT_STEP_S` apart, the newest at `t_ns`. Time that runs back starts a new curve."""
        count = len(values)
        first_s = t_ns / NS - (count - 1) * POINT_STEP_S
        if first_s <= self.newest_s:
            self.clear()
        if self._n + count > 2 * CAPACITY:
            for column in (self._t_s, self._value, self._tier):
                column[:CAPACITY] = column[self._n - CAPACITY : self._n]
            self._n = CAPACITY
        rows = slice(self._n, self._n + count)
        self._t_s[rows] = first_s + POINT_STEP_S * np.arange(count)
        self._value[rows] = values
        self._tier[rows] = tier
        self._n += count

    def rescale(self) -> None:
        """Once a second: grow quickly to what is there, shrink slowly, so that the curve never breathes by itself."""
        newest = self._t_s[self._n - 1] if self._n else 0.0
        recent = np.searchsorted(self._t_s[: self._n], newest - _SCALE_OVER_S)
        values = self._value[recent : self._n]
        values = values[np.isfinite(values) & (self._tier[recent : self._n] != HIDDEN)]
        if len(values) < 2.0 / POINT_STEP_S:
            return
        # Deciles, so that one sigh does not squeeze the breaths around it; those of a sine wave lie 5 % inside.
        low, high = np.percentile(values, (10.0, 90.0))
        spare = max(0.05 * (high - low), _LEAST_SPAN - (high - low)) / 2.0
        wanted = (float(low - spare), float(high + spare))
        if self._range is None:
            self._range = wanted
            return
        was = self._range
        low_share = _GROW_SHARE if wanted[0] < was[0] else _SHRINK_SHARE
        high_share = _GROW_SHARE if wanted[1] > was[1] else _SHRINK_SHARE
        self._range = (was[0] + low_share * (wanted[0] - was[0]), was[1] + high_share * (wanted[1] - was[1]))

    def sample(self, t_s: FloatArray) -> tuple[FloatArray, NDArray[np.int8]]:
        """Level (0 empty … 1 full, beyond both when the breath is) and tier at times `t_s`, each of shape (n,).

        The level is nan where no point is near, or the point is hidden.
        """
        level = np.full(len(t_s), np.nan)
        tier = np.zeros(len(t_s), np.int8)
        if self._n < 2:
            return level, tier
        t, value = self._t_s[: self._n], self._value[: self._n]
        right = np.clip(np.searchsorted(t, t_s), 1, self._n - 1)
        left = right - 1
        gap_s = t[right] - t[left]
        share = (t_s - t[left]) / gap_s
        inside = (share >= 0.0) & (share <= 1.0) & (gap_s <= BRIDGED_S)
        tier = np.where(inside, self._tier[right], HIDDEN).astype(np.int8)
        low, high = self.range
        at = value[left] + (value[right] - value[left]) * share
        level = np.where(tier != HIDDEN, (at - low) / (high - low), np.nan)
        return level, tier

    def level_at(self, t_s: float) -> float:
        """How full the chest is at one time, 0..1; nan when not known."""
        level, _ = self.sample(np.array([t_s]))
        return float(np.clip(level[0], 0.0, 1.0))
