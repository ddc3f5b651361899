"""Up from an accelerometer alone: right while the wearer is still, and honest about when that is.

A held trunk reads gravity; a moving one reads gravity plus movement, and no low-pass tells them apart in time (a 0.5 Hz
low-pass errs by 16 to 50 deg in motion). So what can be won is a predicted error, from the scatter, the swing and the
norm of the last half second, and silence above a limit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...dsp.strapdown_windows import SCALAR_ROWS, SLAB_ROWS, cut, with_dummy
from ...samples import NS, STANDARD_GRAVITY_MS2, FloatArray, IntArray

STEP_S: Final = 0.1
"""One estimate per step, held until the next."""
SPAN_STEPS: Final = 5
"""Scatter, swing and norm are those of the last 0.5 s: a step or a shift of the trunk takes longer than that."""
NOISE_RAD: Final = 0.003
"""Direction noise of a resting sensor, and the mismatch of its axes."""
SWAY_RADS: Final = 0.01
"""Slow turning that the half second does not show."""
SWING_FACTOR: Final = 2.0
"""How much faster than its half-second mean the direction may turn."""
SHOWN_DEG: Final = 4.0
"""Nothing is shown above this predicted error."""
STILL_SHARE: Final = 0.01
"""Scatter (share of 1 g) below which the reading is 1 g whatever the scale of the device ..."""
GRAVITY_SHARE: Final = 0.2
"""... if it is no further from standard gravity than this."""
GRAVITY_S: Final = 120.0
"""Still time over which the device's own 1 g is averaged."""
START_SIGMA_RAD: Final = 0.2
LOST_DEG: Final = 90.0
"""Predicted error before the first half second is complete."""
BREAK_S: Final = 0.5
"""Longer pauses start over."""


class StillTilt:
    """Direction filter with predicted error for a stream without gyro; keeps the learnt 1 g over gaps."""

    def __init__(self, sampling_rate_hz: float) -> None:
        self._size = max(1, round(STEP_S * sampling_rate_hz))
        self._step_s = self._size / sampling_rate_hz
        self._break_ns = round(max(BREAK_S, 2.5 / sampling_rate_hz) * NS)
        self._t_ns: int | None = None
        self._opened = 0
        self._sums = (0.0,) * 6
        self._gravity_ms2 = STANDARD_GRAVITY_MS2
        self._still_steps = 0
        self._restart()

    def update(self, t_ns: IntArray, acc_ms2: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Up (n, 3), nan where unknown, and predicted error (n,) in deg, for rows at `t_ns`."""
        out = np.empty((len(t_ns), 4))
        for at in range(0, len(t_ns), SLAB_ROWS):
            rows = slice(at, at + SLAB_ROWS)
            before = self._t_ns if self._t_ns is not None else int(t_ns[0]) - 2 * self._break_ns
            breaks = np.diff(t_ns[rows], prepend=before) > self._break_ns
            self._t_ns = int(t_ns[rows][-1])
            if len(t_ns) <= SCALAR_ROWS:
                self._few(breaks, acc_ms2[rows], out[rows])
            else:
                self._many(breaks, acc_ms2[rows], out[rows])
        up, sigma_deg = out[:, :3].copy(), out[:, 3].copy()
        up[sigma_deg > SHOWN_DEG] = np.nan
        return up, sigma_deg

    def _few(self, breaks: NDArray[np.bool_], acc: FloatArray, out: FloatArray) -> None:
        for k, (fresh, (x, y, z)) in enumerate(zip(breaks.tolist(), acc.tolist(), strict=True)):
            if fresh:
                self._restart()
            a, b, c, d, e, f = self._sums
            self._sums = a + x, b + y, c + z, d + x * x, e + y * y, f + z * z
            self._opened += 1
            out[k] = self._shown
            if self._opened == self._size:
                self._advance([self._sums])
                self._opened, self._sums = 0, (0.0,) * 6

    def _many(self, breaks: NDArray[np.bool_], acc: FloatArray, out: FloatArray) -> None:
        w = cut(breaks, self._size, self._opened, lone_breaks=False)
        axes = [np.ascontiguousarray(axis) for axis in acc.T]
        columns = with_dummy([*axes, *(axis * axis for axis in axes)], (0.0,) * 6)
        sums = [np.zeros(len(w.starts)) for _ in columns]
        for total, value in zip(sums, self._sums, strict=True):
            total[0] = value
        for slot in range(int(w.counts.max())):
            rows = w.rows(slot, len(breaks))
            for total, column in zip(sums, columns, strict=True):
                total += column[rows]
        table = list(zip(*(s.tolist() for s in sums), strict=True))
        shown: list[tuple[float, float, float, float]] = []
        rows_of = w.counts.tolist()
        rows_of[0] += self._opened
        edges = [*np.flatnonzero(w.breaks).tolist(), len(table)]
        first = 0
        for last in edges:
            # the window before a break or at the end of the slab may lack rows: its sums are dropped or kept open;
            # a whole one counts also right before a break, since 1 g is learnt from it
            run = table[first:last]
            if run:
                shown.append(self._shown)
                whole = run if rows_of[last - 1] == self._size else run[:-1]
                shown.extend(self._advance(whole)[: len(run) - 1])
            if last < len(table):
                self._restart()
            first = last
        self._opened = 0 if w.whole[-1] else (int(w.counts[-1]) + (self._opened if len(table) == 1 else 0))
        self._sums = table[-1] if self._opened else (0.0,) * 6
        out[:] = np.repeat(np.array(shown), w.counts, axis=0)

    def _restart(self) -> None:
        self._past: list[Sequence[float]] = []
        self._means: list[tuple[float, float, float]] = []
        self._up = (0.0, 0.0, 0.0)
        self._var = START_SIGMA_RAD**2
        self._opened, self._sums = 0, (0.0,) * 6
        self._shown = (math.nan, math.nan, math.nan, LOST_DEG)

    def _advance(self, steps: Iterable[Sequence[float]]) -> list[tuple[float, float, float, float]]:
        """Direction and predicted error after each step, from its sums of x y z and of their squares."""
        out = []
        dt, span_s, n = self._step_s, self._step_s * SPAN_STEPS, self._size * SPAN_STEPS
        for sums in steps:
            past = self._past
            past.append(sums)
            if len(past) < SPAN_STEPS:
                out.append(self._shown)
                continue
            if len(past) > SPAN_STEPS:
                del past[0]
            x, y, z, xx, yy, zz = (sum(column) / n for column in zip(*past, strict=True))
            scatter = math.sqrt(max(xx - x * x, yy - y * y, zz - z * z, 0.0)) / self._gravity_ms2
            norm = math.sqrt(x * x + y * y + z * z) or 1e-9
            mean = x / norm, y / norm, z / norm
            self._means.append(mean)
            was = self._means[0]
            if len(self._means) > SPAN_STEPS:
                del self._means[0]
            off = self._weigh(norm, scatter)
            swing = math.sqrt(sum((a - b) * (a - b) for a, b in zip(mean, was, strict=True))) / span_s
            sx, sy, sz = sums[:3]
            size = math.sqrt(sx * sx + sy * sy + sz * sz) or 1e-9
            ux, uy, uz = self._up if self._var < START_SIGMA_RAD**2 else mean
            turn = SWAY_RADS + SWING_FACTOR * swing
            var = self._var + turn * turn * dt * 0.5
            noise = (scatter * scatter + off * off + NOISE_RAD * NOISE_RAD) * SPAN_STEPS
            k = var / (var + noise)
            ux, uy, uz = ux + k * (sx / size - ux), uy + k * (sy / size - uy), uz + k * (sz / size - uz)
            size = math.sqrt(ux * ux + uy * uy + uz * uz) or 1e-9
            self._up = ux, uy, uz = ux / size, uy / size, uz / size
            self._var = var * (1.0 - k)
            lag = 0.5 * swing * (span_s + dt)  # of the mean, held for a step
            error = math.sqrt(self._var + 0.5 * (scatter * scatter + lag * lag) + off * off)
            self._shown = ux, uy, uz, math.degrees(error)
            out.append(self._shown)
        return out

    def _weigh(self, norm: float, scatter: float) -> float:
        """Share by which the reading differs from this device's own 1 g, which is learnt whenever it is still."""
        if scatter < STILL_SHARE and abs(norm / STANDARD_GRAVITY_MS2 - 1.0) < GRAVITY_SHARE:
            self._still_steps += 1
            self._gravity_ms2 += (norm - self._gravity_ms2) * max(1.0 / self._still_steps, self._step_s / GRAVITY_S)
        return abs(norm / self._gravity_ms2 - 1.0)
