"""A breathing pattern laid over a stretch of acceleration: at which lag, along which direction, how deep, how well.

A matched filter with an unknown delay (Kay, Fundamentals of Statistical Signal Processing II, 1998, section 7.4).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from ...samples import NS, FloatArray
from ..neutral import Vector
from ..tracks import GRID_STEP_NS

POINTS: Final = 5
"""Points a second: means of five rows."""
POINT_AGE_S: Final = 2 * GRID_STEP_NS / NS
"""The middle of five rows, before the last of them."""
LAGS: Final = np.arange(-0.15, 0.201, 0.0125)
"""Lags tried, in cycles: people are ahead of a slow pacer nearly as often as behind."""
LAG_S: Final = 2.0
"""Time constant with which those who fit once a second follow the lag."""
RECENT_S: Final = 4


@dataclass(frozen=True, slots=True)
class PatternFit:
    """A pattern at the lag at which it explains most.

    Attributes
    ----------
    lag : float
        In cycles.
    explains : float
        Share of the variance along `direction`, 0..1.
    residual : float
        RMS of what is left over the last `RECENT_S`, in units of the depth.
    direction : Vector
        The way gravity swings with the inhalation.
    depth_g : float
    base_g, slope_g_s : float
        Level of half a breath along `direction` at the last point, and its drift.
    """

    lag: float
    explains: float
    residual: float
    direction: Vector
    depth_g: float
    base_g: float
    slope_g_s: float

    @classmethod
    def best(
        cls,
        t_s: FloatArray,
        y: FloatArray,
        parts_s: tuple[float, ...],
        cycle_s: float,
        lags: FloatArray = LAGS,
        axis: Vector | None = None,
        passive: bool = False,
    ) -> PatternFit:
        """Match points of shape (3, n) at these lags; a constant and a drift are free.

        The direction is free as well, or `axis` and its sign are given.
        """
        u = t_s - np.add.reduce(t_s) / len(t_s)
        uu = np.add.reduce(u * u)
        shape = levels(t_s - lags[:, None] * cycle_s, parts_s, passive)
        flat_y, mean_y, drift_y = _flattened(y, u, uu)
        flat, mean, drift = _flattened(shape, u, uu)
        power = np.add.reduce(flat * flat, axis=-1)
        swing = np.add.reduce(flat * flat_y[:, None, :], axis=-1) / power  # (3, lags)
        if axis is not None:
            swing = np.maximum(_along(axis, swing), 0.0) * np.array(axis)[:, None]
        best = int((np.add.reduce(swing * swing, axis=0) * power).argmax())
        x, y_, z = swing[:, best].tolist()
        depth_g = math.sqrt(x * x + y_ * y_ + z * z)
        if depth_g == 0.0:  # a stuck axis moves with no pattern
            return cls(float(lags[best]), 0.0, math.inf, (1.0, 0.0, 0.0), 0.0, 0.0, 0.0)
        direction = (x / depth_g, y_ / depth_g, z / depth_g)
        along, base, slope = (_along(direction, part) for part in (flat_y, mean_y, drift_y))
        left = along - depth_g * flat[best]
        recent = left[-POINTS * RECENT_S :]
        return cls(
            lag=float(lags[best]),
            explains=1.0 - float(np.add.reduce(left * left) / np.add.reduce(along * along)),
            residual=math.sqrt(float(np.add.reduce(recent * recent)) / len(recent)) / depth_g,
            direction=direction,
            depth_g=depth_g,
            base_g=float(base + depth_g * (0.5 - mean[best]) + (slope - depth_g * drift[best]) * u[-1]),
            slope_g_s=float(slope - depth_g * drift[best]),
        )


def points_of(second: FloatArray) -> FloatArray:
    """A second of rows, shape (3, 25), to points: shape (3, `POINTS`)."""
    points: FloatArray = np.add.reduce(second.reshape(3, POINTS, -1), axis=-1) * (POINTS / second.shape[1])
    return points


def levels(t_s: FloatArray, parts_s: tuple[float, ...], passive: bool) -> FloatArray:
    """Lung volume, 0..1, of a pattern that began at zero: raised cosines; a passive exhalation is faster at first, then
    fades out."""
    inhale_s, hold_in_s, exhale_s, _ = parts_s
    since_s = np.mod(t_s, sum(parts_s))
    z = np.clip((since_s - inhale_s - hold_in_s) / exhale_s, 0.0, 1.0)
    rise = np.cos(np.pi * np.clip(since_s / inhale_s, 0.0, 1.0))
    fall = 1.0 - 2.0 * z**3 * (20.0 + z * (36.0 * z - 45.0 - 10.0 * z * z)) if passive else np.cos(np.pi * z)
    level: FloatArray = 0.5 * (fall - rise)
    return level


def _flattened(rows: FloatArray, u: FloatArray, uu: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Rows without their mean and drift along `u`; these."""
    mean = np.add.reduce(rows, axis=-1) / rows.shape[-1]
    drift = np.add.reduce(rows * u, axis=-1) / uu
    return rows - mean[..., None] - drift[..., None] * u, mean, drift


def _along(direction: Vector, part: FloatArray) -> FloatArray:
    x, y, z = direction
    projected: FloatArray = x * part[0] + y * part[1] + z * part[2]
    return projected
