"""Spectra of many short stretches at once, each of its own length, and the red background under them.

Every stretch is a row of fixed width with its samples at the right and zeros before. All sums run along the last,
contiguous axis of fixed length and everything else is elementwise, so a row's result does not depend on the rows
beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..samples import FloatArray, IntArray

TAPER_POWER = 0.5


@dataclass(frozen=True, slots=True)
class RowTables:
    """For every length n = 0..width, one right-aligned row.

    Attributes
    ----------
    ones : shape (width + 1, width)
    ramp : shape (width + 1, width)
        Position relative to the middle, in samples; zero outside.
    taper : shape (width + 1, width)
        Half a sine (Riedel & Sidorenko 1995, the first sine taper), zero outside: a quarter more resolution than a Hann
        window, and side lobes that still fall faster than a red spectrum. Its mean square is `TAPER_POWER`.
    """

    ones: FloatArray
    ramp: FloatArray
    taper: FloatArray


@lru_cache(maxsize=8)
def row_tables(width: int) -> RowTables:
    """Tables for rows of `width` samples."""
    length = np.arange(width + 1)[:, None]
    position = np.arange(width) - (width - length)  # 0 at the first sample of the stretch
    inside = position >= 0
    ones = inside.astype(np.float64)
    ramp = np.where(inside, position - (length - 1) / 2.0, 0.0)
    taper = np.where(inside, np.sin(np.pi * (position + 0.5) / np.maximum(length, 1)), 0.0)
    return RowTables(ones, ramp, taper)


def centred(rows: FloatArray, length: IntArray) -> FloatArray:
    """Rows less their own mean; samples before the last `length` come out as zero.

    Parameters
    ----------
    rows : shape (m, channels, width)
        Finite everywhere; samples before the last `length` are not looked at.
    length : shape (m,)
    """
    ones = row_tables(rows.shape[-1]).ones[length][:, None]
    rows = rows * ones
    mean = np.add.reduce(rows, axis=-1) / np.maximum(length, 1)[:, None]
    out: FloatArray = rows - mean[..., None] * ones
    return out


def power(rows: FloatArray, size: int) -> FloatArray:
    """|rfft|² of each row, zero-padded to `size`: shape (..., size // 2 + 1)."""
    spectrum = np.fft.rfft(rows, size)
    out: FloatArray = spectrum.real**2 + spectrum.imag**2
    return out


def frequencies(size: int, rate_hz: float) -> FloatArray:
    """Of the bins of a spectrum of `size` samples, Hz: shape (size // 2 + 1,)."""
    out: FloatArray = rate_hz / size * np.arange(size // 2 + 1, dtype=np.float64)
    return out


def speed_gain(size: int, rate_hz: float, least_rads: float) -> FloatArray:
    """Gain of the difference of neighbouring samples, times their rate: rad/s, shape (size // 2 + 1,), at least that.

    The spectrum of an angle is that of its speed, divided by this (prewhitening, Blackman & Tukey 1958).
    """
    half_turn = np.pi / size * np.arange(size // 2 + 1, dtype=np.float64)
    out: FloatArray = np.maximum(2.0 * rate_hz * np.sin(half_turn), least_rads)
    return out


class Sampler:
    """Reads rows given on a uniform axis at fixed places between its points (straight lines between them)."""

    def __init__(self, places: FloatArray, spacing: float, last: int) -> None:
        """`places` in the axis' unit, which has points 0, spacing, … `last` * spacing."""
        at = np.clip(places / spacing, 0.0, last - 1e-9)
        self._left = at.astype(np.int64)
        self._share = at - self._left

    def __call__(self, rows: FloatArray) -> FloatArray:
        """Shape (m, n) to (m, len(places))."""
        left = np.take(rows, self._left, axis=-1)
        out: FloatArray = left + (np.take(rows, self._left + 1, axis=-1) - left) * self._share
        return out


@dataclass(frozen=True, slots=True)
class Background:
    """ln B = c0 + c1 x + c2 x² for each row, x the centred ln f."""

    c0: FloatArray
    c1: FloatArray
    c2: FloatArray

    def at(self, x: FloatArray) -> FloatArray:
        """Values at `x`, shape (n,): shape (m, n)."""
        out: FloatArray = self.c0[:, None] + self.c1[:, None] * x + self.c2[:, None] * (x * x)
        return out


RIDGE_SLOPE = 0.3
RIDGE_CURVE = 1.0
"""Weak pulls of slope and curvature to zero; they matter only where a stretch is too short to tell."""
PEAK_SCALE = 0.7
"""Points this many spreads above the line count half (Cauchy weight)."""
ROUNDS = 5


def red_background(log_power: FloatArray, x: FloatArray) -> Background:
    """Concave parabola in log-log under the peaks of a spectrum, by iteratively reweighted least squares.

    Points above the curve lose weight, points below keep theirs: a breath's peaks stand on the background, they do not
    lift it. The curve must bend, or the knee of postural sway near 0.1 Hz passes for a peak; it must never bend upward.

    Parameters
    ----------
    log_power : shape (m, n)
    x : shape (n,)
        Centred ln of the frequencies.
    """
    x2 = x * x
    powers = np.stack([np.ones_like(x), x, x2, x2 * x, x2 * x2])
    rows = len(log_power)
    products = np.concatenate([np.broadcast_to(powers, (rows, *powers.shape)), log_power[:, None] * powers[:3]], axis=1)
    weighted = products.copy()
    for last in [False] * (ROUNDS - 1) + [True]:
        s0, s1, s2, s3, s4, t0, t1, t2 = np.add.reduce(weighted, axis=-1).T
        a11, a22 = s2 + RIDGE_SLOPE, s4 + RIDGE_CURVE
        # Cramer's rule for the symmetric 3 x 3 system, and for the straight line where the parabola would bend upward
        m01, m02 = s1 * a22 - s3 * s2, s1 * s3 - a11 * s2
        line = s0 * a11 - s1 * s1
        determinant = s0 * (a11 * a22 - s3 * s3) - s1 * m01 + s2 * m02
        c2 = np.minimum((t0 * m02 - t1 * (s0 * s3 - s1 * s2) + t2 * line) / determinant, 0.0)
        u0, u1 = t0 - c2 * s2, t1 - c2 * s3
        background = Background((u0 * a11 - u1 * s1) / line, (s0 * u1 - s1 * u0) / line, c2)
        if last:
            break
        above = log_power - background.at(x)
        spread = np.sqrt(np.add.reduce(weighted[:, 0] * above * above, axis=-1) / s0) + 0.1
        ratio = np.maximum(above, 0.0) / (PEAK_SCALE * spread)[:, None]
        np.multiply((1.0 / (1.0 + ratio * ratio))[:, None], products, out=weighted)
    return background
