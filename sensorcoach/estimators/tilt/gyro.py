"""Up from gyro and accelerometer: samples are summed into windows, windows filtered, rows rebuilt from both.

The sums within a window need no attitude, so in bulk they are made for all windows of a slab at once, sample number
by sample number; a short live block is worked on one sample at a time. Both ways do the same arithmetic and give the
same bits.
"""

from __future__ import annotations

import math
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...dsp.strapdown import (
    LARGEST_TURN_RAD,
    Axes,
    N,
    Step,
    Sums,
    Turn,
    added,
    begun,
    bend,
    cross,
    inward,
    small_turn,
    step,
)  # fmt: skip
from ...dsp.strapdown_clock import SampleClock
from ...dsp.strapdown_windows import SCALAR_ROWS, SLAB_ROWS, Windows, cut, with_dummy
from ...samples import FloatArray, IntArray
from .filter import Attitude, TiltFilter
from .state import Vector

WINDOW_S: Final = 0.16
"""One filter step. Half of it or twice as much moves no figure by more than 0.02 deg."""
LEAD_S: Final = 0.004
"""Samples are about this old when they are stamped: the group delay of the low-pass in a MEMS sensor (2 to 5 ms)."""
RESTART_GAP_S: Final = 5.0
"""Longer gaps are not bridged: the attitude starts anew, the bias is kept."""
BRIDGE_MEMORY_S: Final = 1.0
"""How fast the rates at both ends of a gap lose their meaning inside it."""

LIMIT_RADS: Final = 2.0
"""An axis that repeats the very same rate above this is at the end of its range (the smallest in use is 125 deg/s =
2.2)."""
LIMIT_EXCESS: Final = 0.4
"""By what share of its range the true rate of such an axis may be larger."""

CUBIC: Final = 1.0 / 12.0
"""Of a cubic through two samples with given slopes: its integral beyond the trapezoid, per interval² and change of
slope."""
SHORTEST_INTERVAL: Final = 0.5
"""Slopes are taken over this part of a period at least: stamps a microsecond apart are a clock's fault."""

Trend: TypeAlias = tuple[float, float, float]
"""Of one gyro axis, at the last row: rate, slope before it, derivative at the row before that."""


class GyroTilt:
    """Rows of up and predicted error for a stream with gyro; see `TiltFilter` for the method, `update` for the rows.

    A gap up to 0.07 s is one long step; up to 5 s it is bridged, with the error this may have caused; behind a longer
    one the attitude starts from the accelerometer again. The gyro bias is kept over all of them.
    """

    def __init__(self, sampling_rate_hz: float, filter_: TiltFilter | None = None) -> None:
        self.filter = filter_ or TiltFilter()
        self._clock = SampleClock(sampling_rate_hz)
        self._size = max(1, round(WINDOW_S * sampling_rate_hz))
        self._shortest_s = SHORTEST_INTERVAL / sampling_rate_hz
        self._believed: Attitude | None = None  # at the start of the open window
        self._rows = 0  # in the open window
        self._sums: Sums[float] = begun(1.0, (0.0, 0.0, 0.0))
        self._acc: Vector = (0.0, 0.0, 0.0)
        self._trends: tuple[Trend, Trend, Trend] = ((0.0,) * 3,) * 3
        self._interval_s = 0.0
        self._age = 0  # rows since the last gap

    def update(self, t_ns: IntArray, acc_ms2: FloatArray, gyr_rads: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Up (n, 3), nan where unknown, and predicted error (n,) in deg, for rows at `t_ns`."""
        out = np.empty((len(t_ns), 5))
        work = self._few if len(t_ns) <= SCALAR_ROWS else self._many
        for at in range(0, len(t_ns), SLAB_ROWS):
            rows = slice(at, at + SLAB_ROWS)
            dt_s, gaps = self._clock.update(t_ns[rows])
            work(dt_s, gaps, acc_ms2[rows], gyr_rads[rows], out[rows])
        length = np.sqrt(out[:, 0] * out[:, 0] + out[:, 1] * out[:, 1] + out[:, 2] * out[:, 2])
        up = out[:, :3] / length[:, None]
        up[out[:, 3] > out[:, 4]] = np.nan
        return up, out[:, 3] * (180.0 / math.pi)

    def _few(
        self, dt_s: FloatArray, gaps: NDArray[np.bool_], acc: FloatArray, gyr: FloatArray, out: FloatArray
    ) -> None:
        """One row at a time."""
        lines = zip(dt_s.tolist(), gaps.tolist(), acc.tolist(), gyr.tolist(), strict=True)
        for k, (dt, gap, (ax, ay, az), (gx, gy, gz)) in enumerate(lines):
            if gap:
                self._close()
                believed = self._leap(dt, (ax, ay, az), (gx, gy, gz))
                sums = begun(1.0, (0.0, 0.0, 0.0))
            else:
                assert self._believed is not None  # the very first row stands behind a gap
                believed = self._believed
                sums = self._add(dt, (ax, ay, az), (gx, gy, gz))
            out[k] = (*up_at(sums[:4], sums[10], believed[:7], (gx, gy, gz)), *believed[7:])
            if self._rows == self._size:
                self._close()

    def _add(self, dt: float, acc: Vector, gyr: Vector) -> Sums[float]:
        """One row into the open window."""
        if not self._rows:
            self._sums = begun(1.0, self._acc)
        interval, before = max(dt, self._shortest_s), self._interval_s
        hidden = 0.0
        rates, lates, trends = [], [], []
        for rate, (last, slope_before, bend_before) in zip(gyr, self._trends, strict=True):
            slope = (rate - last) / interval
            bent = bend(slope, slope_before, interval, before)
            rates.append((last + rate) * 0.5)
            lates.append(before * before * (bend_before - bent) * CUBIC if self._age >= 2 else 0.0)
            trends.append((rate, slope, bent))
            if rate == last and abs(rate) > LIMIT_RADS:
                hidden = max(hidden, abs(rate))
        (p, q, r), (u, v, w) = rates, lates
        self._sums = added(self._sums, step(dt, (p, q, r), (u, v, w), acc, LIMIT_EXCESS * hidden * dt))
        self._rows += 1
        self._age += 1
        self._acc, self._interval_s, self._trends = acc, interval, (trends[0], trends[1], trends[2])
        return self._sums

    def _close(self) -> None:
        """Filter the open window, whole or not."""
        if self._rows:
            s = self._sums
            self._believed = self.filter.advance([(*s[:4], *s[7:])])[0]
            self._rows = 0

    def _leap(self, gap_s: float, acc: Vector, gyr: Vector) -> Attitude:
        """The row behind a gap."""
        if self._believed is None or gap_s > RESTART_GAP_S:
            self.filter.begin(acc)
            self._believed = self.filter.attitude()
        else:
            bridge_s = BRIDGE_MEMORY_S * (1.0 - math.exp(-gap_s / BRIDGE_MEMORY_S))
            x, y, z = ((trend[0] + rate) * 0.5 * bridge_s for trend, rate in zip(self._trends, gyr, strict=True))
            if x * x + y * y + z * z > LARGEST_TURN_RAD * LARGEST_TURN_RAD:
                x = y = z = 0.0
            rate2 = 0.5 * sum(t[0] * t[0] + rate * rate for t, rate in zip(self._trends, gyr, strict=True))
            self._believed = self.filter.after_gap(small_turn(x, y, z), gap_s, rate2, acc)
        gx, gy, gz = gyr
        self._acc, self._trends = acc, ((gx, 0.0, 0.0), (gy, 0.0, 0.0), (gz, 0.0, 0.0))
        self._interval_s, self._age = max(gap_s, self._shortest_s), 0
        return self._believed

    def _many(
        self, dt_s: FloatArray, gaps: NDArray[np.bool_], acc: FloatArray, gyr: FloatArray, out: FloatArray
    ) -> None:
        """Many rows side by side."""
        n = len(dt_s)
        rates = columns_of(gyr)
        w = cut(gaps, self._size, self._rows, lone_breaks=True)
        steps, behind = self._steps(dt_s, gaps, acc, rates)
        parts, sums, newest = self._summed(w, steps, acc)
        believed = np.repeat(np.array(self._filtered(w, sums, dt_s, acc, gyr)), w.counts, axis=0).T
        parts[:, gaps] = np.array([1.0, 0.0, 0.0, 0.0, 0.0])[:, None]  # the filter's word on these rows is their own
        turn, seen = (parts[0], parts[1], parts[2], parts[3]), tuple(believed[:7])
        out[:, 0], out[:, 1], out[:, 2] = up_at(turn, parts[4], seen, rates)
        out[:, 3], out[:, 4] = believed[7], believed[8]
        self._rows = 0 if w.whole[-1] else int(w.counts[-1]) + (self._rows if len(w.starts) == 1 else 0)
        self._sums = newest
        self._interval_s, self._age, self._trends = behind
        self._acc = vector(acc[n - 1])

    def _steps(
        self, dt_s: FloatArray, gaps: NDArray[np.bool_], acc: FloatArray, rates: Axes[FloatArray]
    ) -> tuple[Step[FloatArray], tuple[float, int, tuple[Trend, Trend, Trend]]]:
        """What each row adds, and the state (interval, age, trends) behind the last."""
        interval = np.maximum(dt_s, self._shortest_s)
        before = shifted(interval, self._interval_s)
        row = np.arange(len(dt_s))
        age = row - np.maximum.accumulate(np.where(gaps, row, -1 - self._age))
        hidden = np.zeros(len(dt_s))
        means, lates, trends = [], [], []
        for rate, (last, slope_before, bend_before) in zip(rates, self._trends, strict=True):
            previous = shifted(rate, last)
            slope = np.where(gaps, 0.0, (rate - previous) / interval)
            bent = np.where(gaps, 0.0, bend(slope, shifted(slope, slope_before), interval, before))
            late = before * before * (shifted(bent, bend_before) - bent) * CUBIC
            means.append((previous + rate) * 0.5)
            lates.append(np.where(age > 2, late, 0.0))
            trends.append((float(rate[-1]), float(slope[-1]), float(bent[-1])))
            stuck = (rate == previous) & (np.abs(rate) > LIMIT_RADS)
            hidden = np.maximum(hidden, np.where(stuck, np.abs(rate), 0.0))
        (p, q, r), (u, v, w) = means, lates
        steps = step(dt_s, (p, q, r), (u, v, w), columns_of(acc), LIMIT_EXCESS * hidden * dt_s)
        return steps, (float(interval[-1]), int(age[-1]), (trends[0], trends[1], trends[2]))

    def _summed(
        self, w: Windows, steps: Step[FloatArray], acc: FloatArray
    ) -> tuple[FloatArray, Sums[FloatArray], Sums[float]]:
        """Turn and duration since the start of its window for each row (5, n), sums of each window, and of the last
        one."""
        n = len(acc)
        columns = with_dummy(steps, (1.0, *[0.0] * 10))
        x, y, z = (
            shifted(axis, last)[np.minimum(w.starts, n - 1)] for axis, last in zip(acc.T, self._acc, strict=True)
        )
        sums: Sums[FloatArray] = begun(np.ones(len(x)), (x, y, z))
        if self._rows:
            opened = [np.concatenate([[first], s[1:]]) for s, first in zip(sums, self._sums, strict=True)]
            sums = tuple(opened)  # type: ignore[assignment]
        parts = np.empty((5, n))
        newest = self._sums
        for slot in range(int(w.counts.max())):
            rows = w.rows(slot, n)
            inside = rows < n
            sums = added(sums, tuple(column[rows] for column in columns))  # type: ignore[arg-type]
            for part, s in zip(parts, (*sums[:4], sums[10]), strict=True):
                part[rows[inside]] = s[inside]
            if slot == w.counts[-1] - 1:
                newest = tuple(float(s[-1]) for s in sums)  # type: ignore[assignment]
        return parts, sums, newest

    def _filtered(
        self, w: Windows, sums: Sums[FloatArray], dt_s: FloatArray, acc: FloatArray, gyr: FloatArray
    ) -> list[Attitude]:
        """What is believed at the start of each window; behind a gap, at its one row."""
        table = list(zip(*(s.tolist() for s in (*sums[:4], *sums[7:])), strict=True))
        believed: list[Attitude] = []
        first = 0
        for gap in [*np.flatnonzero(w.breaks).tolist(), len(table)]:
            if first < gap:
                assert self._believed is not None  # the very first row stands behind a gap
                whole = gap if gap < len(table) or w.whole[-1] else gap - 1
                after = self.filter.advance(table[first:whole])
                believed += [self._believed, *after][: gap - first]
                self._believed = after[-1] if after else self._believed
            if gap < len(table):
                row = int(w.starts[gap])
                if row:
                    (p, q, r) = vector(gyr[row - 1])
                    self._trends = (p, 0.0, 0.0), (q, 0.0, 0.0), (r, 0.0, 0.0)
                believed.append(self._leap(float(dt_s[row]), vector(acc[row]), vector(gyr[row])))
            first = gap + 1
        return believed


def up_at(turn: Turn[N], t: N, seen: tuple[N, ...], rate: Axes[N]) -> Axes[N]:
    """Up (not yet of length one) in the sensor frame `turn` and `t` (s) after the window's start.

    `seen` is what was believed there: up, gyro bias, scale. As in the filter, bias and scale are one small turn on
    top of the summed one; the last rate then carries the result over the delay of the sensor.
    """
    ux, uy, uz, bx, by, bz, scale = seen
    fx, fy, fz = 2.0 * turn[1], 2.0 * turn[2], 2.0 * turn[3]
    hx, hy, hz = cross((fx, fy, fz), (bx, by, bz))
    t = (1.0 + scale) * t
    ex, ey, ez = fx * scale - t * (bx + 0.5 * hx), fy * scale - t * (by + 0.5 * hy), fz * scale - t * (bz + 0.5 * hz)
    cx, cy, cz = cross((ex, ey, ez), (ux, uy, uz))
    ux, uy, uz = inward(turn, (ux - cx, uy - cy, uz - cz))
    gx, gy, gz = rate
    cx, cy, cz = cross((gx - bx, gy - by, gz - bz), (ux, uy, uz))
    return ux - LEAD_S * cx, uy - LEAD_S * cy, uz - LEAD_S * cz


def columns_of(rows: FloatArray) -> Axes[FloatArray]:
    """The three columns, each contiguous."""
    x, y, z = (np.ascontiguousarray(column) for column in rows.T)
    return x, y, z


def vector(row: FloatArray) -> Vector:
    """One row as floats."""
    x, y, z = row.tolist()
    return x, y, z


def shifted(column: FloatArray, first: float) -> FloatArray:
    """Each row's predecessor."""
    return np.concatenate([[first], column[:-1]])
