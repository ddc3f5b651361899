"""Second by second: may breathing be judged, and how far back does one undisturbed stretch reach?

The wearer moves, walks or changes posture: the second is gated and the stretch starts anew after it. An older, smaller
turn of the trunk does not stop the estimate, it only ends the stretch once it lies too far back to be a breath.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from ...events import REASONS
from ...samples import STANDARD_GRAVITY_MS2, FloatArray, IntArray
from .front import GRID_HZ, SLOW_HZ, SlowSeries

BoolArray = NDArray[np.bool_]
Scalar = TypeVar("Scalar", bound=np.generic)

LONGEST_S: Final = 60
"""Longest stretch looked at; three and a half breaths at the slowest rate."""
LONGEST: Final = LONGEST_S * SLOW_HZ
SHORTEST: Final = 8 * SLOW_HZ
"""Shortest stretch from which anything is said (8 s): two breaths at 15 brpm."""

MOVING_MS2: Final = 0.05 * STANDARD_GRAVITY_MS2
"""RMS above 1.2 Hz over 1 s from which the wearer moves. Still people: 99 % below 33 mg; walking: 99 % above 80."""
SWINGING_DEG_S: Final = 8.0
"""RMS turning speed over 2 s from which the tilt may be a walk's. A deep slow breath stays below 6 degrees a second."""
SWINGING_HZ: Final = 0.85
"""Mean frequency of such a swing from which it is too fast for breath (45 brpm)."""
SWINGING_RATIO: Final = 5.0
"""A swing this many times the median speed of the last 20 s has just begun: movement, at any frequency."""
_SWING: Final = 2 * SLOW_HZ
STIR_MS2: Final = 0.02 * STANDARD_GRAVITY_MS2
STIR_RATIO: Final = 4.0
"""RMS of 0.6 s about a straight line that is a movement beginning, if it is also four times the median of the last
20 s (a deep fast breath bends too, but every time). Still people: 99.9 % of seconds below one or the other."""
STEP_DEG: Final = 15.0
"""Turn of gravity within 2 s that no breath makes (deep breaths tilt a chest by 6-8 degrees)."""
UNUSUAL_DEG: Final = 3.0
UNUSUAL_RATIO: Final = 10.0
"""A turn above 3 degrees and ten times the median of the last 20 s is a change of posture too."""
_USUAL: Final = 20 * SLOW_HZ
_USUAL_LEAST: Final = 8 * SLOW_HZ
"""Fewer known columns than this (8 s) do not say what is usual."""
_BREATH: Final = 16 * SLOW_HZ
"""One breath at the slowest rate, 3.75 brpm: a turn older than this that is larger than any since ends the stretch."""
OLD_TURN_DEG: Final = 1.0
OLD_TURN_RATIO: Final = 3.0

_STEPS: Final = 5 * GRID_HZ
"""Steps are looked for in the last 5 s."""
_STEPS_FFT: Final = 256
STEP_LAGS_S: Final = (0.28, 1.4)
"""From the period of one running step to that of one slow stride."""
STEP_LIKENESS: Final = 0.5
"""Autocorrelation of |acceleration| at a step or stride from which movement is called walking."""
WALKING_MS2: Final = 0.1 * STANDARD_GRAVITY_MS2

REASON: Final = {name: i for i, name in enumerate(REASONS)}


@dataclass(frozen=True, slots=True)
class Stretches:
    """One value a second, shape (m,).

    Attributes
    ----------
    gated : index into `events.REASONS` of the reason it is gated; 0 where it is not
    length : columns of undisturbed signal before its end, at most `LONGEST`
    stirs : whether a movement seems to begin in it; whether it is one is known in the next
    """

    gated: NDArray[np.int8]
    length: IntArray
    stirs: BoolArray


class Gates:
    """Keeps how many seconds ago the last gate fell; everything else is read from the series itself."""

    def __init__(self) -> None:
        self._seconds_since = LONGEST_S

    def update(self, series: SlowSeries, known: BoolArray) -> Stretches:
        """Judge `len(known)` seconds.

        Parameters
        ----------
        series : SlowSeries
            `LONGEST - 5` columns of history, then five columns a second.
        known : bool array, shape (seconds,)
            False for seconds that end inside a gap: they are neither judged nor gated.
        """
        turn = np.where(np.isnan(series.turn_deg), 0.0, series.turn_deg)
        turns = minutes(turn)
        now = turns[:, -SLOW_HZ:].max(axis=1)
        usual = _median_of_known(minutes(series.turn_deg)[:, -_USUAL:-SLOW_HZ])
        power = minutes(series.motion_ms2_sq)[:, -2 * SLOW_HZ + 1 :]
        moving = (_loudest_second(power) > MOVING_MS2**2) | _swings(series.acc_ms2)
        posture = (now > STEP_DEG) | ((now > UNUSUAL_DEG) & (now > UNUSUAL_RATIO * usual))
        moving &= known
        posture &= known
        gated = np.where(posture, REASON["posture_change"], 0).astype(np.int8)
        gated[moving] = REASON["moving"]
        if moving.any():
            sizes = minutes(series.size_ms2, GRID_HZ)[:, -_STEPS:]
            at = np.flatnonzero(moving)
            gated[at[_walks(sizes[at])]] = REASON["walking"]
        since = self._since(moving | posture)
        return Stretches(gated, self._lengths(series, turns, since), _stirs(series.stir_ms2_sq) & known)

    def _since(self, gated: BoolArray) -> IntArray:
        """Seconds since the last gated one, 0 for itself."""
        at = np.arange(len(gated))
        last = np.maximum.accumulate(np.where(gated, at, -1 - self._seconds_since))
        since = np.minimum(at - last, LONGEST_S)
        self._seconds_since = int(since[-1])
        return since

    @staticmethod
    def _lengths(series: SlowSeries, turns: FloatArray, since: IntArray) -> IntArray:
        """Columns since the last gate, missing column and old turn."""
        column = np.arange(LONGEST)
        missing = minutes(np.isnan(series.acc_ms2[0]))
        after_gap = np.where(missing, column + 1, 0).max(axis=1)
        first = np.maximum(LONGEST - SLOW_HZ * since, after_gap)
        recent = np.minimum(np.maximum(first, LONGEST - _BREATH), LONGEST)
        largest = np.where(column >= recent[:, None], turns, 0.0).max(axis=1)
        limit = np.maximum(OLD_TURN_DEG, OLD_TURN_RATIO * largest)
        old = (turns > limit[:, None]) & (column < recent[:, None])
        after_turn = np.where(old, column + 1, 0).max(axis=1)
        out: IntArray = LONGEST - np.maximum(first, after_turn)
        return out


def minutes(x: NDArray[Scalar], rate_hz: int = SLOW_HZ) -> NDArray[Scalar]:
    """The minute that ends with each second of a series, shape (seconds, 60 `rate_hz`): a view."""
    width, (step,) = LONGEST_S * rate_hz, x.strides
    shape = ((len(x) - width) // rate_hz + 1, width)
    return as_strided(x, shape, (rate_hz * step, step), writeable=False)


def _median_of_known(rows: FloatArray) -> FloatArray:
    """Median of each row without its nans; infinite where a row has too few others."""
    ordered = np.sort(rows, axis=1)  # nans last
    count = rows.shape[1] - np.isnan(rows).sum(axis=1)
    middle = np.take_along_axis(ordered, np.maximum(count - 1, 0)[:, None] // 2, axis=1)[:, 0]
    return np.where(count >= _USUAL_LEAST, middle, np.inf)


def _swings(acc_ms2: FloatArray) -> BoolArray:
    """Whether the trunk swings to and fro too fast, or all of a sudden, for each second."""
    speed = np.diff(acc_ms2, axis=1, prepend=np.nan) * (SLOW_HZ / STANDARD_GRAVITY_MS2)
    change = np.diff(speed, axis=1, prepend=np.nan) * SLOW_HZ
    speed_sq = minutes(_squared(speed))[:, -_USUAL:]
    change_sq = minutes(_squared(change))[:, -_SWING:]
    recent = np.where(np.isnan(change_sq), 0.0, speed_sq[:, -_SWING:])
    power = np.add.reduce(recent, axis=1) / _SWING
    power_of_change = np.add.reduce(np.where(np.isnan(change_sq), 0.0, change_sq), axis=1) / _SWING
    fast = power_of_change > (2.0 * np.pi * SWINGING_HZ) ** 2 * power
    sudden = power > SWINGING_RATIO**2 * _median_of_known(speed_sq[:, :-_SWING])
    swings: BoolArray = (power > np.radians(SWINGING_DEG_S) ** 2) & (fast | sudden)
    return swings


def _stirs(stir_ms2_sq: FloatArray) -> BoolArray:
    """Whether a movement seems to begin, for each second."""
    rows = minutes(stir_ms2_sq)[:, -_USUAL:]
    now = np.fmax(rows[:, -SLOW_HZ:], 0.0).max(axis=1)
    stirs: BoolArray = now > STIR_MS2**2
    if stirs.any():
        stirs &= now > STIR_RATIO**2 * _median_of_known(rows[:, :-SLOW_HZ])
    return stirs


def _squared(x: FloatArray) -> FloatArray:
    out: FloatArray = x[0] * x[0] + x[1] * x[1] + x[2] * x[2]
    return out


def _loudest_second(power: FloatArray) -> FloatArray:
    """Largest mean over five columns in a row of nine; nan counts as silence."""
    power = np.where(np.isnan(power), 0.0, power)
    sums = power[:, 0:5] + power[:, 1:6] + power[:, 2:7] + power[:, 3:8] + power[:, 4:9]
    out: FloatArray = sums.max(axis=1) / 5.0
    return out


def _walks(size: FloatArray) -> BoolArray:
    """Whether movement is strong and periodic at a step rate (rows of 5 s of |acceleration| at 25 Hz)."""
    size = np.where(np.isnan(size), STANDARD_GRAVITY_MS2, size)
    size = size - np.add.reduce(size, axis=1)[:, None] / _STEPS
    spectrum = np.fft.rfft(size, _STEPS_FFT)
    correlation = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, _STEPS_FFT)
    first, last = round(STEP_LAGS_S[0] * GRID_HZ), round(STEP_LAGS_S[1] * GRID_HZ)
    overlap = _STEPS / (_STEPS - np.arange(first, last + 1))
    likeness = (correlation[:, first : last + 1] * overlap).max(axis=1)
    power = correlation[:, 0]
    walks: BoolArray = (power > _STEPS * WALKING_MS2**2) & (likeness > STEP_LIKENESS * power)
    return walks
