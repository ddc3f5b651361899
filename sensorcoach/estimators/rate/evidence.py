"""What the last minute says about each breathing rate: heights above background, harmonics, periodicity, dominance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ...dsp.spectra import (
    TAPER_POWER,
    Sampler,
    centred,
    frequencies,
    power,
    red_background,
    row_tables,
    speed_gain,
)
from ...samples import FloatArray, IntArray
from .axis import AXIS_HZ, AXIS_X, BELOW, FIT, LN_RATE, RATE_COUNT, RATE_HZ, RATES, STEPS_AN_OCTAVE
from .front import SLOW_HZ

WINDOWS_S: Final = (12, 24, 40, 60)
"""Short windows follow a change, long ones resolve slow breathing; each is as long as the stretch allows."""
_FFT_SIZE: Final = (256, 512, 512, 512)
_SHORT, _MIDDLE, _LONG, _LONGEST = range(4)
_TINY_POWER: Final = 1e-14

LONGEST_BELOW_BRPM: Final = 8.0
_LONGEST_SHARE: Final = 1.0 / (1.0 + np.exp((LN_RATE - np.log(LONGEST_BELOW_BRPM)) / 0.08))
"""Below 8 brpm the 60 s window speaks, above it the 40 s window; 8 % to either side, both."""

WEIGHT_HEIGHT: Final = (0.034, 0.05, 0.035)
"""Weights of the heights at 12 s, 24 s and the long window: small, because each second's windows overlap the last."""
WEIGHT_HARMONIC: Final = 0.05
WEIGHT_COMB: Final = 0.08
WEIGHT_DOMINANCE: Final = 0.2
WEIGHT_TURNING: Final = 0.25
"""Weight of the turning about gravity (gyro) beside that in the tilt: a witness, but a less certain one."""

EQUALISE: Final = 0.5
MOST_UNEQUAL: Final = 4.0
"""Two channels are brought half way (in ln) to equal backgrounds, which counts up to 4 nepers of power."""
_LEVEL_X: Final = tuple(float((AXIS_X[(AXIS_HZ > 0.12) & (AXIS_HZ < 0.9)] ** k).mean()) for k in (1, 2))
"""The level of a background is its mean (in ln) over 0.12 to 0.9 Hz."""

_SAMPLERS: Final = tuple(Sampler(AXIS_HZ, SLOW_HZ / size, size // 2) for size in _FFT_SIZE)
_STILL_RADS: Final = 0.1
"""Below this angular frequency (0.016 Hz, under the axis) a spectrum is not divided by less."""
_TO_SPEED_SQ: Final = tuple(speed_gain(size, SLOW_HZ, _STILL_RADS) ** 2 for size in _FFT_SIZE)
"""Power of the speed, by that of the angle."""
_LAGS: Final = SLOW_HZ / RATE_HZ
_LAG_COUNT: Final = 180
_AT_HALF, _AT_ONE, _AT_TWO = (Sampler(_LAGS * k, 1.0, _LAG_COUNT - 1) for k in (0.5, 1.0, 2.0))
_BIN_HZ: Final = frequencies(_FFT_SIZE[_LONG], SLOW_HZ)
_BAND: Final = ((_BIN_HZ > 0.045) & (_BIN_HZ < 1.2)).astype(np.float64)
_LN_BIN: Final = np.log(np.maximum(_BIN_HZ, 0.02))


def _taper_correlation(width: int) -> FloatArray:
    """Autocorrelation of the taper of every length up to `width`, by which that of a stretch is made unbiased."""
    spectrum = np.abs(np.fft.rfft(row_tables(width).taper, _FFT_SIZE[_LONG])) ** 2
    r = np.fft.irfft(spectrum, _FFT_SIZE[_LONG])[:, :_LAG_COUNT]
    out: FloatArray = np.maximum(r / np.maximum(r[:, :1], 1e-12), 0.08)
    return out


_TAPER_CORRELATION: Final = _taper_correlation(WINDOWS_S[_LONG] * SLOW_HZ)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row a second, for one signal.

    Attributes
    ----------
    log_likelihood : shape (m, rates)
        Tempered: adding it up over the seconds gives a sound posterior although the windows overlap.
    height : shape (4, m, rates)
        ln of power over background, for each of `WINDOWS_S`.
    share : shape (m, rates)
        Share of the movement in the long window that a rate and its second harmonic hold.
    scale : shape (m, channels)
        By how much each channel was made smaller, so that a noisy one does not drown a quiet one.
    """

    log_likelihood: FloatArray
    height: FloatArray
    share: FloatArray
    scale: FloatArray


def weigh(signals: Sequence[tuple[FloatArray, IntArray]]) -> tuple[Evidence, ...]:
    """Evidence for every rate from each of some signals, worked on together: small arrays cost as much as large ones.

    Spectra are taken of the speed and divided by f² afterwards (prewhitening, Blackman & Tukey 1958). An uneven drift a
    hundred times the breath would leak from the lowest frequencies into the slow rates; its speed is hardly more than
    that of the breath.

    Parameters
    ----------
    signals : (speed, length) of each signal
        Angular rates at 5 Hz, the newest sample last, shape (m, channels, 300), with one or two channels; and how many
        samples at the end belong to the undisturbed stretch, shape (m,). All have the same m.
    """
    per_signal, scales = [], []
    for speed, length in signals:
        power_of = [_power(speed, i, np.minimum(length, WINDOWS_S[i] * SLOW_HZ)) for i in range(len(WINDOWS_S))]
        scales.append(_scale(power_of[_LONG]))
        per_signal.append([_combined(p, scales[-1]) for p in power_of])
    powers = [np.concatenate(of_window) for of_window in zip(*per_signal, strict=True)]
    long_power = powers[_LONG]
    long_length = np.minimum(np.concatenate([length for _, length in signals]), WINDOWS_S[_LONG] * SLOW_HZ)
    spectra = np.stack([sample(p) for sample, p in zip(_SAMPLERS, powers, strict=True)])
    log_power = np.log(spectra + _TINY_POWER)
    flat = log_power.reshape(-1, len(AXIS_HZ))
    background = red_background(np.ascontiguousarray(flat[:, FIT]), AXIS_X[FIT])
    above = (flat - background.at(AXIS_X)).reshape(log_power.shape)
    height = np.ascontiguousarray(above[..., RATES])
    harmonic = np.clip(above[_LONG][:, BELOW + STEPS_AN_OCTAVE :], -1.0, 3.0)
    slope = background.c1.reshape(len(WINDOWS_S), -1)[_LONG]
    share = _dominance(spectra)
    long_share = _long(share)
    log_likelihood = (
        WEIGHT_HEIGHT[0] * height[_SHORT]
        + WEIGHT_HEIGHT[1] * height[_MIDDLE]
        + WEIGHT_HEIGHT[2] * _long(height)
        + WEIGHT_HARMONIC * harmonic
        + WEIGHT_COMB * _comb(long_power, slope, long_length)
        + WEIGHT_DOMINANCE * (long_share + share[_MIDDLE])
    )
    m = len(long_length) // len(signals)
    parts = [slice(i * m, (i + 1) * m) for i in range(len(signals))]
    return tuple(
        Evidence(log_likelihood[part], height[:, part], long_share[part], scale)
        for part, scale in zip(parts, scales, strict=True)
    )


def _power(speed: FloatArray, i: int, length: IntArray) -> FloatArray:
    """Power of the angle of each channel over the window `i`: shape (m, channels, bins)."""
    width = WINDOWS_S[i] * SLOW_HZ
    rows = centred(speed[..., -width:], length) * row_tables(width).taper[length][:, None]
    out: FloatArray = power(rows, _FFT_SIZE[i]) / (TAPER_POWER * length[:, None, None] * _TO_SPEED_SQ[i])
    return out


def _scale(power_of: FloatArray) -> FloatArray:
    """Factors, at most 1, for two channels: half way (in ln) to equal backgrounds."""
    m, channels, _ = power_of.shape
    if channels < 2:
        return np.ones((m, channels))
    flat = np.log(_SAMPLERS[_LONG](power_of.reshape(m * channels, power_of.shape[-1])) + _TINY_POWER)
    background = red_background(np.ascontiguousarray(flat[:, FIT]), AXIS_X[FIT])
    x1, x2 = _LEVEL_X
    level = (background.c0 + background.c1 * x1 + background.c2 * x2).reshape(m, channels)
    above = np.minimum(level - level.min(axis=1)[:, None], MOST_UNEQUAL)
    out: FloatArray = np.exp(-0.5 * EQUALISE * above)
    return out


def _combined(power_of: FloatArray, scale: FloatArray) -> FloatArray:
    """Sum over the channels, each scaled."""
    out = power_of[:, 0] * (scale[:, 0] ** 2)[:, None]
    for channel in range(1, power_of.shape[1]):
        out += power_of[:, channel] * (scale[:, channel] ** 2)[:, None]
    return out


def _long(v: FloatArray) -> FloatArray:
    """Of values for each window: those of the 60 s window for slow rates, of the 40 s window for others."""
    out: FloatArray = _LONGEST_SHARE * v[_LONGEST] + (1.0 - _LONGEST_SHARE) * v[_LONG]
    return out


def _comb(long_power: FloatArray, slope: FloatArray, length: IntArray) -> FloatArray:
    """Autocorrelation of the whitened 40 s window at one period, plus half that at two, less half that at a half."""
    white = long_power * (_BAND * np.exp(-np.clip(slope, -4.0, 0.0)[:, None] * _LN_BIN))
    r = np.fft.irfft(white, _FFT_SIZE[_LONG])[:, :_LAG_COUNT]
    r = r / (r[:, :1] * _TAPER_CORRELATION[length] + 1e-30)
    one, two = _AT_ONE(r), _AT_TWO(r)
    two = np.where(0.7 * length[:, None] > 2.0 * _LAGS, two, one)
    out: FloatArray = np.where(0.75 * length[:, None] > _LAGS, one + 0.5 * two - 0.5 * _AT_HALF(r), -0.5)
    return out


def _steps(ratio: float) -> int:
    return round(STEPS_AN_OCTAVE * math.log2(ratio))


def _dominance(spectra: FloatArray) -> FloatArray:
    """Share of the f-weighted power below 1.2 Hz that lies within 20 % of a rate and around its second harmonic."""
    in_band = AXIS_HZ < 1.2
    # f² because the points of the axis are spaced in proportion to f
    running = np.cumsum(spectra * (AXIS_HZ * AXIS_HZ), axis=-1)
    last = running.shape[-1] - 1
    total = running[..., int(in_band.sum()) - 1]

    def between(low: float, high: float) -> FloatArray:
        at = np.arange(BELOW, BELOW + RATE_COUNT)
        upper = np.take(running, np.minimum(at + _steps(high), last), axis=-1)
        out: FloatArray = upper - np.take(running, np.minimum(at + _steps(low) - 1, last), axis=-1)
        return out

    # the harmonic of a faster rate lies above the band
    harmonic = np.where(RATE_HZ < 0.55, 1.0, 0.0) * between(1.75, 2.25)
    out: FloatArray = (between(0.8, 1.2) + harmonic) / (total[..., None] + 1e-30)
    return out
