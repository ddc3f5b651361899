"""First stage of the breathing rate: from the 25 Hz grid to the slow series at 5 Hz that everything else reads.

* acceleration below 2 Hz (in it gravity turns with the chest: the breath),
* power of the acceleration above 1.2 Hz over 0.2 s (somebody moves),
* how far gravity turned within 2 s (somebody changes posture),
* how far the newest 0.6 s are from a straight line (somebody has just begun to move: the power above 1.2 Hz is known
  0.8 s late),

and the size of the acceleration at 25 Hz, in which steps can be told from other movement.

A gap of up to `BRIDGE_S` is bridged by a straight line once it has ended; a longer one stays nan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ...dsp.fir import convolve, lowpass_taps
from ...samples import FloatArray

GRID_HZ: Final = 25
SLOW_HZ: Final = 5
"""Rate of the slow series: breathing to 45 brpm and its second harmonic end at 1.5 Hz."""
DECIMATION: Final = GRID_HZ // SLOW_HZ

BRIDGE_S: Final = 2.0
"""Longest gap bridged by a line: shorter than half a breath at 15 brpm."""
_BRIDGE_ROWS: Final = round(BRIDGE_S * GRID_HZ)

_TILT_TAPS: Final = lowpass_taps(21, 2.0, GRID_HZ)
_SMOOTH_TAPS: Final = lowpass_taps(41, 1.2, GRID_HZ)
_HALF_SMOOTH: Final = len(_SMOOTH_TAPS) // 2
_HISTORY: Final = len(_SMOOTH_TAPS) - 1 + DECIMATION - 1
"""Grid columns that must be kept to continue: the longer filter, and the group of five it is summed over."""

_STIR: Final = 15
"""Rows in which a beginning movement is looked for: in 0.6 s a breath is nearly a straight line."""
_STIR_ROWS: Final = np.arange(_STIR)
_STIR_RAMP: Final = (_STIR_ROWS - (_STIR - 1) / 2) / np.sqrt(_STIR * (_STIR**2 - 1) / 12)

_MEAN_COLUMNS: Final = SLOW_HZ
"""Gravity's direction is that of the mean acceleration over 1 s."""
TURN_COLUMNS: Final = 2 * SLOW_HZ
"""The turn of gravity is taken over 2 s."""


@dataclass(frozen=True, slots=True)
class SlowSeries:
    """Columns at 5 Hz, one after another; nan where unknown.

    Attributes
    ----------
    acc_ms2 : shape (3, n), m/s²
    gyr_rads : shape (3, n), rad/s, or (0, n) where there is no gyro
    motion_ms2_sq : shape (n,), m²/s⁴
    turn_deg : shape (n,), degrees
    stir_ms2_sq : shape (n,), m²/s⁴, mean square of the last 0.6 s about a straight line
    size_ms2 : shape (5 n,), m/s², |acceleration| at 25 Hz, five values for each column
    """

    acc_ms2: FloatArray
    gyr_rads: FloatArray
    motion_ms2_sq: FloatArray
    turn_deg: FloatArray
    stir_ms2_sq: FloatArray
    size_ms2: FloatArray


def blank_series(channels: int, columns: int) -> SlowSeries:
    """Columns of nothing but nan."""
    row = np.full(columns, np.nan)
    tilt, turning = np.full((3, columns), np.nan), np.full((channels - 3, columns), np.nan)
    return SlowSeries(tilt, turning, row, row, row, np.repeat(row, DECIMATION))


def joined(a: SlowSeries, b: SlowSeries) -> SlowSeries:
    """`b` after `a`."""
    return SlowSeries(
        np.concatenate([a.acc_ms2, b.acc_ms2], axis=1),
        np.concatenate([a.gyr_rads, b.gyr_rads], axis=1),
        np.concatenate([a.motion_ms2_sq, b.motion_ms2_sq]),
        np.concatenate([a.turn_deg, b.turn_deg]),
        np.concatenate([a.stir_ms2_sq, b.stir_ms2_sq]),
        np.concatenate([a.size_ms2, b.size_ms2]),
    )


def columns(series: SlowSeries, first: int, last: int) -> SlowSeries:
    """Columns `first` to before `last`; nan columns stand for those that a gap still keeps back."""
    have = series.acc_ms2.shape[1]
    if have < last:
        series = joined(series, blank_series(3 + len(series.gyr_rads), last - have))
    return SlowSeries(
        series.acc_ms2[:, first:last],
        series.gyr_rads[:, first:last],
        series.motion_ms2_sq[first:last],
        series.turn_deg[first:last],
        series.stir_ms2_sq[first:last],
        series.size_ms2[DECIMATION * first : DECIMATION * last],
    )


class Bridge:
    """Holds back rows inside a gap until it ends, then fills it with a line, or gives it up as nan."""

    def __init__(self, channels: int) -> None:
        self._held = np.empty((channels, 0))  # the last row that was there, then the missing ones so far

    def update(self, x: FloatArray) -> FloatArray:
        """Columns (channels, n) that are final now; over a whole stream as many as came in."""
        known = self._held.shape[1] > 0  # its first column went out before
        x = np.concatenate([self._held, x], axis=1)
        missing = np.isnan(x[0])
        edges = np.flatnonzero(np.diff(np.concatenate([[False], missing, [False]]).astype(np.int8)))
        end = x.shape[1]
        for first, after in zip(edges[::2], edges[1::2], strict=True):
            if after == x.shape[1]:
                end = first if first > 0 and after - first <= _BRIDGE_ROWS else after
            elif first > 0 and after - first <= _BRIDGE_ROWS:
                share = np.arange(1, after - first + 1) / (after - first + 1)
                before = x[:, first - 1 : first]
                x[:, first:after] = before + share * (x[:, after : after + 1] - before)
        keep_from = end - 1 if end > 0 and not np.isnan(x[0, end - 1]) else x.shape[1]
        self._held = x[:, keep_from:].copy()
        return x[:, int(known) : end]


class Front:
    """Streaming grid rows in, `SlowSeries` columns out, one for every fifth grid row (those at multiples of 0.2 s)."""

    def __init__(self, first_row: int, channels: int) -> None:
        """`first_row`: absolute index (time / 40 ms) of the first grid row that will come; 3 or 6 `channels`."""
        self._bridge = Bridge(channels)
        self._row = first_row  # of the next filled row
        self._x = np.full((channels, _HISTORY), np.nan)
        self._slow = np.full((3, _MEAN_COLUMNS - 1), np.nan)
        self._direction = np.full((3, TURN_COLUMNS), np.nan)

    def update(self, rows: FloatArray) -> SlowSeries:
        """`rows`: acceleration and, where there is one, angular rate, shape (n, channels); nan where not known."""
        fresh = self._bridge.update(np.ascontiguousarray(rows.T))
        x = np.concatenate([self._x, fresh], axis=1)
        ends = np.arange(-self._row % DECIMATION, fresh.shape[1], DECIMATION)  # at multiples of 0.2 s
        count = len(ends)
        self._row += fresh.shape[1]
        self._x = x[:, x.shape[1] - _HISTORY :].copy()
        if not count:
            return blank_series(x.shape[0], 0)
        newest = _HISTORY + int(ends[0])
        slow = convolve(x, _TILT_TAPS, newest, count, DECIMATION)
        motion = self._motion(x[:3], newest, count)
        stir = _stir(x[:3, newest - (_STIR - 1) : newest + (count - 1) * DECIMATION + 1])
        rows = x[:3, newest - (DECIMATION - 1) : newest + (count - 1) * DECIMATION + 1]
        size = np.sqrt(rows[0] * rows[0] + rows[1] * rows[1] + rows[2] * rows[2])
        return SlowSeries(slow[:3], slow[3:], motion, self._turn(slow[:3]), stir, size)

    @staticmethod
    def _motion(x: FloatArray, newest: int, count: int) -> FloatArray:
        """Power above 1.2 Hz, all axes, mean over the five grid rows that end at each place."""
        first, rows = newest - (DECIMATION - 1), count * DECIMATION
        middle = x[:, first - _HALF_SMOOTH : first - _HALF_SMOOTH + rows]
        fast = middle - convolve(x, _SMOOTH_TAPS, first, rows)
        fast *= fast
        power = fast[0] + fast[1] + fast[2]
        out: FloatArray = (power[0::5] + power[1::5] + power[2::5] + power[3::5] + power[4::5]) / DECIMATION
        return out

    def _turn(self, slow: FloatArray) -> FloatArray:
        """Angle between the direction of gravity now and 2 s before, degrees."""
        x = np.concatenate([self._slow, slow], axis=1)
        self._slow = x[:, x.shape[1] - (_MEAN_COLUMNS - 1) :].copy()
        n = slow.shape[1]
        mean = x[:, 0:n] + x[:, 1 : n + 1] + x[:, 2 : n + 2] + x[:, 3 : n + 3] + x[:, 4 : n + 4]
        length = np.sqrt(mean[0] * mean[0] + mean[1] * mean[1] + mean[2] * mean[2])
        with np.errstate(invalid="ignore", divide="ignore"):
            g = np.concatenate([self._direction, mean / length], axis=1)
        self._direction = g[:, n:].copy()
        now, then = g[:, TURN_COLUMNS:], g[:, :n]
        cosine = now[0] * then[0] + now[1] * then[1] + now[2] * then[2]
        out: FloatArray = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
        return out


def _stir(x: FloatArray) -> FloatArray:
    """Mean square about its own straight line of each 0.6 s of `x`, shape (3, rows), one for every fifth row."""
    first = np.arange(0, x.shape[1] - _STIR + 1, DECIMATION)
    part = np.take(x, first[:, None] + _STIR_ROWS, axis=1)
    part -= np.add.reduce(part, axis=-1, keepdims=True) / _STIR
    part -= np.add.reduce(part * _STIR_RAMP, axis=-1, keepdims=True) * _STIR_RAMP
    power = np.add.reduce(part * part, axis=-1) / _STIR
    out: FloatArray = power[0] + power[1] + power[2]
    return out
