"""The three kinds of curve everything moves along: eased steps, bumps and smooth noise. All are pure functions of time.

Because none keeps a state, any stretch of a day can be computed on its own and comes out the same.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..samples import FloatArray, IntArray
from .jet import Jet, zeros

MINIMUM_JERK: Final = 0
"""Symmetric step 10x³-15x⁴+6x⁵: how people move from one pose to another (Flash & Hogan, J Neurosci 1985, 5:1688)."""

PASSIVE: Final = 1
"""Skewed step 20x³-45x⁴+36x⁵-10x⁶: fast at first, then fading out, as in unforced exhalation."""

_KNOTS_PER_PAGE: Final = 1024
_SPLINE_VARIANCE: Final = 151.0 / 315.0
"""Variance of a cubic B-spline with independent unit-variance coefficients, averaged over a knot interval."""
_SPLINE_BEND_VARIANCE: Final = 8.0 / 3.0
"""The same for its second derivative, knots one second apart."""


def generator(seed: int, name: str, page: int = 0) -> np.random.Generator:
    """Independent random numbers for every (seed, purpose, page)."""
    key = (zlib.crc32(name.encode()), page)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))


def _step(x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    y = 1.0 - x
    return x * x * x * (10.0 - x * (15.0 - 6.0 * x)), 30.0 * (x * y) ** 2, 60.0 * (x * y) * (y - x)


def _passive_step(x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    y = 1.0 - x
    value = x * x * x * (20.0 - x * (45.0 - x * (36.0 - 10.0 * x)))
    return value, 60.0 * x * x * y**3, 60.0 * x * y * y * (2.0 * y - 3.0 * x)


def bump(x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The bump 64 x³(1-x)³ on 0..1 and its first two derivatives."""
    p, slope = x * (1.0 - x), 1.0 - 2.0 * x
    return 64.0 * p**3, 192.0 * p * p * slope, 384.0 * p * (slope * slope - p)


class Eased:
    """Levels joined by smooth steps; twice continuously differentiable.

    Parameters
    ----------
    starts_s, durations_s : sequences of length m
        When each step begins and how long it takes; steps must not overlap.
    levels : array, shape (m + 1,) or (m + 1, channels)
        Where it stands before the first step and after each one.
    shapes : sequence of m ints, optional
        `MINIMUM_JERK` (default) or `PASSIVE`, per step.
    """

    def __init__(
        self,
        starts_s: Sequence[float] | FloatArray,
        durations_s: Sequence[float] | FloatArray,
        levels: Sequence[float] | Sequence[Sequence[float]] | FloatArray,
        shapes: Sequence[int] | IntArray | None = None,
    ) -> None:
        level = np.asarray(levels, float)
        self._channels = level.shape[1:]
        level = level.reshape(len(level), -1)
        self._starts = np.concatenate([[-1.0], np.asarray(starts_s, float)])
        self._durations = np.concatenate([[1.0], np.asarray(durations_s, float)])
        self._from = np.concatenate([level[:1], level[:-1]])
        self._rise = np.diff(level, axis=0, prepend=level[:1])
        shape = np.zeros(len(level) - 1, np.int64) if shapes is None else np.asarray(shapes, np.int64)
        self._passive = np.concatenate([[False], shape == PASSIVE])

    def at(self, t_s: FloatArray) -> Jet:
        """The curve at these times, shape (n,) or (channels, n)."""
        step = np.maximum(np.searchsorted(self._starts, t_s, side="right") - 1, 0)
        duration = self._durations[step]
        x = np.clip((t_s - self._starts[step]) / duration, 0.0, 1.0)
        f, df, ddf = _step(x)
        if self._passive.any():
            passive = self._passive[step]
            g, dg, ddg = _passive_step(x)
            f, df, ddf = np.where(passive, g, f), np.where(passive, dg, df), np.where(passive, ddg, ddf)
        rise = self._rise[step].T
        jet = Jet(self._from[step].T + rise * f, rise * (df / duration), rise * (ddf / duration**2))
        return jet if self._channels else jet[0]

    def moving(self, t_s: FloatArray) -> FloatArray:
        """Mean speed (norm over the channels, units per second) of the step under way; 0 between steps."""
        step = np.maximum(np.searchsorted(self._starts, t_s, side="right") - 1, 0)
        under_way = t_s < self._starts[step] + self._durations[step]
        speed = np.sqrt(np.add.reduce(self._rise[step] ** 2, axis=1)) / self._durations[step]
        return np.where(under_way, speed, 0.0)


class Bumps:
    """Short excursions out and back, one at a time: 64 x³(1-x)³, twice continuously differentiable.

    Parameters
    ----------
    starts_s, durations_s : arrays, shape (m,)
        Sorted and without overlap.
    peaks : array, shape (m, channels)
        Height in the middle of each.
    """

    def __init__(self, starts_s: FloatArray, durations_s: FloatArray, peaks: FloatArray) -> None:
        self.starts_s = np.asarray(starts_s, float)
        self.durations_s = np.asarray(durations_s, float)
        self._peaks = np.asarray(peaks, float)

    def at(self, t_s: FloatArray) -> Jet:
        """The curve at these times, shape (channels, n)."""
        if not len(self.starts_s):
            return zeros(self._peaks.shape[1], len(t_s))
        which = np.maximum(np.searchsorted(self.starts_s, t_s, side="right") - 1, 0)
        duration = self.durations_s[which]
        f, df, ddf = bump(np.clip((t_s - self.starts_s[which]) / duration, 0.0, 1.0))
        peak = self._peaks[which].T
        return Jet(peak * f, peak * (df / duration), peak * (ddf / duration**2))

    def active(self, t_s: FloatArray) -> NDArray[np.bool_]:
        """Whether a bump is under way at these times."""
        if not len(self.starts_s):
            return np.zeros(len(t_s), bool)
        which = np.searchsorted(self.starts_s, t_s, side="right") - 1
        last = np.maximum(which, 0)
        return np.asarray((which >= 0) & (t_s < self.starts_s[last] + self.durations_s[last]))


class SmoothNoise:
    """Random curve: a cubic B-spline over independent normal coefficients.

    Its spectrum is flat up to about 0.23 / `knot_s` and falls steeply (sinc⁸) above; the spectrum of its second
    derivative peaks at 0.37 / `knot_s`. Sums of several make any coloured noise, and derivatives stay exact.

    Parameters
    ----------
    seed, name
        Which random numbers.
    knot_s : float
        Distance between coefficients.
    rms, bend_rms : float or sequence, one per channel
        Standard deviation of the curve, or of its second derivative; give one of the two.
    """

    def __init__(
        self,
        seed: int,
        name: str,
        knot_s: float,
        *,
        rms: float | Sequence[float] | FloatArray | None = None,
        bend_rms: float | Sequence[float] | FloatArray | None = None,
    ) -> None:
        if rms is not None:
            scale = np.atleast_1d(np.asarray(rms, float)) / np.sqrt(_SPLINE_VARIANCE)
        else:
            scale = np.atleast_1d(np.asarray(bend_rms, float)) * knot_s**2 / np.sqrt(_SPLINE_BEND_VARIANCE)
        self._seed, self._name, self._knot_s, self._scale = seed, name, knot_s, scale
        self._pages: dict[int, FloatArray] = {}

    def _page(self, page: int) -> FloatArray:
        if page not in self._pages:
            if len(self._pages) > 3:
                self._pages.clear()
            draw = generator(self._seed, self._name, page).standard_normal((_KNOTS_PER_PAGE, len(self._scale)))
            self._pages[page] = draw * self._scale
        return self._pages[page]

    def at(self, t_s: FloatArray) -> Jet:
        """The curve at these times (≥ 0), shape (channels, n)."""
        if not len(t_s):
            return zeros(len(self._scale), 0)
        position = t_s / self._knot_s
        knot = np.floor(position).astype(np.int64)
        u = position - knot
        first = int(knot.min()) // _KNOTS_PER_PAGE
        last = (int(knot.max()) + 3) // _KNOTS_PER_PAGE
        table = np.concatenate([self._page(page) for page in range(first, last + 1)])
        row = knot - first * _KNOTS_PER_PAGE
        c0, c1, c2, c3 = (table[row + k].T for k in range(4))
        w = 1.0 - u
        x = (c0 * w**3 + c1 * (4.0 - 3.0 * u * u * (2.0 - u)) + c2 * (4.0 - 3.0 * w * w * (2.0 - w)) + c3 * u**3) / 6.0
        v = (-c0 * w * w + c1 * u * (3.0 * u - 4.0) + c2 * w * (4.0 - 3.0 * w) + c3 * u * u) / 2.0
        a = c0 * w + c1 * (3.0 * u - 2.0) + c2 * (1.0 - 3.0 * u) + c3 * u
        return Jet(x, v / self._knot_s, a / self._knot_s**2)


def total(parts: Sequence[SmoothNoise], t_s: FloatArray) -> Jet:
    """Sum of several noises."""
    out = parts[0].at(t_s)
    for part in parts[1:]:
        out = out + part.at(t_s)
    return out
