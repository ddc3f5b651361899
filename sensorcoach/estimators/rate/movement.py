"""How the sensor turned during each undisturbed stretch: the tilt across gravity, and the turning about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ...dsp.spectra import power, row_tables
from ...samples import STANDARD_GRAVITY_MS2, FloatArray, IntArray
from .front import SLOW_HZ, SlowSeries
from .gates import LONGEST, minutes
from .ramp import ramp

_LEAST_SUM_MS2: Final = 1e-6
"""A stretch of zeros (a sensor that says nothing) has no direction, and must not divide by zero."""
RESTLESS: Final = 24 * SLOW_HZ
"""Restlessness is judged over 24 s, of which only the undisturbed stretch counts: what gated it is over."""

BEAT_S: Final = (0.45, 1.2)
"""From one heart beat to the next: 50 to 133 a minute."""
BEAT_CLEAR: Final = (0.3, 0.5)
"""Share from which on beats are believed, and believed wholly. 12 people talking, singing, laughing: at most 0.2 in any
second, eating 0.28; hearts of 60 mg and more on a simulated chest 0.5-0.9."""
_FINER: Final = 4
"""Lags are read at 20 Hz."""
_BEAT_FFT: Final = 256
_QUICK: Final = (np.arange(_BEAT_FFT // 2 + 1) * SLOW_HZ / _BEAT_FFT > 0.75).astype(np.float64)
"""Slower changes of size (somebody begins to speak) are left aside."""
_ONE_BEAT: Final = np.arange(round(BEAT_S[0] * SLOW_HZ * _FINER), round(BEAT_S[1] * SLOW_HZ * _FINER) + 1)
_LEAST_POWER: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Movement:
    """Rows of 300 samples at 5 Hz, the newest last, zero before the stretch.

    Attributes
    ----------
    tilt : shape (m, 2, 300), rad
        Two small angles across the mean gravity of the stretch, from the acceleration; along and across the direction
        in which they change most.
    tilting : shape (m, 2, 300), rad/s
        How fast they change; zero at the first sample of the stretch.
    turning : shape (m, 1, 300), rad/s
        Angular rate about gravity, which an accelerometer cannot see: a ribcage turns the sensor about the upright too,
        and sway does so less. (m, 0, 300) without gyro.
    restless_mg : shape (m,)
        RMS above 1.2 Hz over the last 24 s of the stretch, without a clear and steady heart beat's share.
    """

    tilt: FloatArray
    tilting: FloatArray
    turning: FloatArray
    restless_mg: FloatArray


def movement(series: SlowSeries, at: IntArray, length: IntArray) -> Movement:
    """Movement of the seconds `at`, whose stretches have `length` columns."""
    ones = row_tables(LONGEST).ones[length]
    x = _stretches(series.acc_ms2, at, ones)
    g = np.stack([np.add.reduce(axis, axis=1) for axis in x])
    size = np.maximum(np.sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2]), _LEAST_SUM_MS2)
    g = g / size
    u = _across(g)
    v = np.stack([g[1] * u[2] - g[2] * u[1], g[2] * u[0] - g[0] * u[2], g[0] * u[1] - g[1] * u[0]])
    scale = length / size
    tilt = np.stack([_along(x, u * scale), _along(x, v * scale)], axis=1)
    moved = row_tables(LONGEST).ones[length - 1]
    tilting = _speed(tilt) * moved[:, None]
    turn = _main_direction(tilting, moved, length - 1)
    tilt, tilting = _turned(tilt, turn), _turned(tilting, turn)
    turning = np.empty((len(at), 0, LONGEST))
    if len(series.gyr_rads):
        turning = _along(_stretches(series.gyr_rads, at, ones), g)[:, None]
    return Movement(tilt, tilting, turning, _restless_mg(series, at, ones))


def _stretches(x: FloatArray, at: IntArray, ones: FloatArray) -> list[FloatArray]:
    """For each axis the rows of the seconds `at`, zero outside their stretch."""
    return [np.where(ones > 0.0, minutes(axis)[at], 0.0) for axis in x]


def _along(x: list[FloatArray], direction: FloatArray) -> FloatArray:
    out: FloatArray = x[0] * direction[0][:, None] + x[1] * direction[1][:, None] + x[2] * direction[2][:, None]
    return out


def _speed(angle: FloatArray) -> FloatArray:
    out = np.zeros_like(angle)
    out[..., 1:] = np.diff(angle, axis=-1) * SLOW_HZ
    return out


def _main_direction(tilting: FloatArray, ones: FloatArray, length: IntArray) -> FloatArray:
    """Angle of the direction of the strongest tilting, a steady drift left aside; shape (m,)."""
    drift = np.add.reduce(tilting, axis=-1) / length[:, None]
    a, b = np.moveaxis(tilting - drift[..., None] * ones[:, None], 1, 0)
    aa, bb, ab = (np.add.reduce(product, axis=-1) for product in (a * a, b * b, a * b))
    out: FloatArray = 0.5 * np.arctan2(2.0 * ab, aa - bb)
    return out


def _turned(x: FloatArray, angle: FloatArray) -> FloatArray:
    cosine, sine = np.cos(angle)[:, None], np.sin(angle)[:, None]
    return np.stack([cosine * x[:, 0] + sine * x[:, 1], cosine * x[:, 1] - sine * x[:, 0]], axis=1)


def _across(g: FloatArray) -> FloatArray:
    """A unit vector across each of the unit vectors `g`, shape (3, m)."""
    least = np.argmin(np.abs(g), axis=0)
    e = (np.arange(3)[:, None] == least).astype(np.float64)
    u = np.stack([g[1] * e[2] - g[2] * e[1], g[2] * e[0] - g[0] * e[2], g[0] * e[1] - g[1] * e[0]])
    out: FloatArray = u / np.maximum(np.sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2]), _LEAST_SUM_MS2)
    return out


def _restless_mg(series: SlowSeries, at: IntArray, ones: FloatArray) -> FloatArray:
    fast = np.where(np.isnan(series.motion_ms2_sq), 0.0, series.motion_ms2_sq)
    inside = ones[:, -RESTLESS:]
    rows = minutes(fast)[at, -RESTLESS:] * inside
    mean = np.add.reduce(rows, axis=1) / np.maximum(np.add.reduce(inside, axis=1), 1.0)
    out: FloatArray = np.sqrt(mean * (1.0 - beating(rows, inside))) * (1000.0 / STANDARD_GRAVITY_MS2)
    return out


def beating(power_ms2_sq: FloatArray, inside: FloatArray) -> FloatArray:
    """Share of a fast movement that comes back after one heart beat and after two; shape (m,), 0 where not clear.

    A heart that shakes the sensor as much as talking does would otherwise pass for it; but beats keep time, and
    talking, singing, laughing, eating do not.

    Parameters
    ----------
    power_ms2_sq : shape (m, 120), at 5 Hz
    inside : shape (m, 120)
        1 within the stretch, which is at the end and at least 8 s long, else 0.
    """
    count = np.maximum(np.add.reduce(inside, axis=1), 2.0 * BEAT_S[1] * SLOW_HZ + 1.0)[:, None]
    size = np.sqrt(power_ms2_sq)
    size = (size - np.add.reduce(size, axis=1)[:, None] / count) * inside
    total = np.add.reduce(size * size, axis=1) / _FINER  # what `r` is at lag 0 with nothing left aside
    r = np.fft.irfft(power(size, _BEAT_FFT) * _QUICK, _BEAT_FFT * _FINER)
    once, twice = (r[:, lag] / (1.0 - lag / (_FINER * count)) for lag in (_ONE_BEAT, 2 * _ONE_BEAT))  # unbiased
    again = np.minimum(once, twice)
    share = np.minimum(again.max(axis=1) / (total + _LEAST_POWER), 1.0)
    out: FloatArray = share * ramp(share, BEAT_CLEAR)
    return out
