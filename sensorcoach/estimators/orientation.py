"""Which way is up in the sensor's frame, for every sample, with its own predicted error."""

from __future__ import annotations

import math
from typing import ClassVar, Final

import numpy as np

from ..dsp.strapdown import LARGEST_TURN_RAD, added, begun, inward, small_turn, step
from ..dsp.strapdown_clock import SampleClock
from ..samples import FloatArray, IntArray, SampleBlock, StreamInfo
from ._tilt_filter import TiltFilter
from ._tilt_still import StillTilt
from .base import Estimator, register
from .tracks import OrientationTrack

WINDOW_S: Final = 0.16
UNKNOWN_SIGMA_DEG: Final = 8.0
LEAD_S: Final = 0.003
SLAB_ROWS: Final = 16384
SCALAR_ROWS: Final = 100
LIMIT_RATE_RADS: Final = 2.0
LIMIT_EXCESS: Final = 0.4
RESTART_GAP_S = 5.0
BRIDGE_TAU = 1.0
FLOOR = 0.5
CUBIC = 1 / 12
SIXTH = 1 / 6


class GyroTilt:
    def __init__(self, sampling_rate_hz: float) -> None:
        self._clock = SampleClock(sampling_rate_hz)
        self._rows = max(1, round(WINDOW_S * sampling_rate_hz))
        self._filter = TiltFilter()
        self._last = None  # acc, gyr of the row before
        self._period = 1.0 / sampling_rate_hz
        self._h, self._slope, self._bend, self._age = 0.0, [0.0] * 3, [0.0] * 3, 0
        self._count = 0  # rows in the open window
        self._sums = None
        self._believed = None

    def update(self, t_ns, acc, gyr):
        up = np.empty((len(t_ns), 3))
        sigma = np.empty(len(t_ns))
        small = len(t_ns) <= SCALAR_ROWS
        for a in range(0, len(t_ns), SLAB_ROWS):
            r = slice(a, a + SLAB_ROWS)
            dt, breaks = self._clock.update(t_ns[r])
            (self._few if small else self._many)(dt, breaks, acc[r], gyr[r], up[r], sigma[r])
        sigma *= 180 / math.pi
        up[sigma > UNKNOWN_SIGMA_DEG] = np.nan
        return up, sigma

    def _few(self, dt, breaks, acc, gyr, up, sigma):
        up_rows, sig_rows = [], []
        for h, brk, a, g in zip(dt.tolist(), breaks.tolist(), acc.tolist(), gyr.tolist()):
            if brk:
                self._close()
                self._break(h, a, g)
                self._h, self._slope, self._bend, self._age = h, [0.0] * 3, [0.0] * 3, 0
                row = up_now(1.0, 0.0, 0.0, 0.0, 0.0, *self._believed[:7], *g, math.sqrt)
            else:
                pg = self._last[1]
                hidden = 0.0
                for x, p in zip(g, pg):
                    if x == p and abs(x) > LIMIT_RATE_RADS:
                        hidden = max(hidden, abs(x))
                turn, slope, bend = [], [], []
                h1 = max(self._h, FLOOR * self._period)
                h0 = max(h, FLOOR * self._period)
                for x, p, s1, m2 in zip(g, pg, self._slope, self._bend):
                    s0 = (x - p) / h0
                    m1 = (s1 * h0 + s0 * h1) / (h0 + h1)
                    f = (p + x) * 0.5 * h
                    if self._age >= 2:
                        f = f + h1 * h1 * (m2 - m1) * CUBIC
                    turn.append(f); slope.append(s0); bend.append(m1)
                self._h, self._slope, self._bend, self._age = h, slope, bend, self._age + 1
                new = step(h, tuple(turn), tuple(a), LIMIT_EXCESS * hidden * h)
                if not self._count:
                    self._sums = begun(1.0, *self._last[0])
                self._sums = s = added(self._sums, new)
                self._count += 1
                row = up_now(*s[:4], s[10], *self._believed[:7], *g, math.sqrt)
            up_rows.append(row)
            sig_rows.append(self._believed[7])
            if self._count == self._rows:
                self._close()
            self._last = a, g
        up[:] = up_rows
        sigma[:] = sig_rows

    def _close(self):
        if self._count:
            s = self._sums
            self._believed = self._filter.advance([s[:4] + s[7:]])[-1]
            self._count = 0

    def _break(self, gap_s, acc, gyr):
        if self._believed is None or gap_s > RESTART_GAP_S:
            self._filter.begin(acc)
            self._believed = self._filter.attitude()
            return
        bridge_s = BRIDGE_TAU * (1.0 - math.exp(-gap_s / BRIDGE_TAU))
        turn = [(p + g) * 0.5 * bridge_s for p, g in zip(self._last[1], gyr)]
        ends2 = 0.5 * sum(p * p + g * g for p, g in zip(self._last[1], gyr))
        if math.sqrt(sum(x * x for x in turn)) > LARGEST_TURN_RAD:
            turn = [0.0, 0.0, 0.0]
        self._believed = self._filter.after_gap(small_turn(*turn), gap_s, ends2, acc)

    def _many(self, dt, breaks, acc, gyr, up, sigma):
        n = len(dt)
        a = [np.ascontiguousarray(acc[:, i]) for i in range(3)]
        g = [np.ascontiguousarray(gyr[:, i]) for i in range(3)]
        first = self._last if self._last is not None else (acc[0].tolist(), gyr[0].tolist())
        pa = [np.concatenate([[first[0][i]], a[i][:-1]]) for i in range(3)]
        pg = [np.concatenate([[first[1][i]], g[i][:-1]]) for i in range(3)]
        hidden = np.zeros(n)
        for x, p in zip(g, pg):
            hidden = np.maximum(hidden, np.where((x == p) & (np.abs(x) > LIMIT_RATE_RADS), np.abs(x), 0.0))
        h0 = np.maximum(dt, FLOOR * self._period)
        h1 = np.concatenate([[max(self._h, FLOOR * self._period)], h0[:-1]])
        ii = np.arange(n)
        age = ii - np.maximum.accumulate(np.where(breaks, ii, -self._age - 1))
        turn = []
        for k, (p, x) in enumerate(zip(pg, g)):
            s0 = (x - p) / h0
            s0[breaks] = 0.0
            s1 = np.concatenate([[self._slope[k]], s0[:-1]])
            m1 = (s1 * h0 + s0 * h1) / (h0 + h1)
            m1[breaks] = 0.0
            m2 = np.concatenate([[self._bend[k]], m1[:-1]])
            f = (p + x) * 0.5 * dt
            turn.append(np.where(age >= 3, f + h1 * h1 * (m2 - m1) * CUBIC, f))
            self._slope[k], self._bend[k] = float(s0[-1]), float(m1[-1])
        self._h, self._age = float(dt[-1]), int(age[-1])
        rows = step(dt, tuple(turn), tuple(a), LIMIT_EXCESS * hidden * dt)
        # windows
        i = np.arange(n)
        since = np.maximum.accumulate(np.where(breaks, i + 1, -self._count))
        starts = np.flatnonzero(breaks | ((i - since) % self._rows == 0))
        if self._count:
            starts = np.concatenate([[0], starts])
        carried = self._count
        counts = np.diff(starts, append=n)
        is_break = breaks[np.minimum(starts, n - 1)] & (counts > 0)
        slots = int(counts.max())
        rows = tuple(np.append(c, e) for c, e in zip(rows, (1.0, *[0.0] * 10)))
        start = np.minimum(starts, n - 1)
        sums = begun(np.ones(len(starts)), *(p[start] for p in pa))
        if carried:
            sums = tuple(c.copy() for c in sums)
            for c, v in zip(sums, self._sums):
                c[0] = v
        parts = np.empty((5, n))
        last = None
        for k in range(slots):
            inside = k < counts
            at = np.where(inside, starts + k, n)
            sums = added(sums, tuple(c[at] for c in rows))
            at = at[inside]
            for p, c in zip(parts, (*sums[:4], sums[10])):
                p[at] = c[inside]
            if k == counts[-1] - 1:
                last = tuple(float(c[-1]) for c in sums)
        if counts[-1] == 0:
            last = self._sums
        total = counts.copy()
        if carried:
            total[0] += carried
        done = (total == self._rows) & ~is_break
        done[:-1] |= ~is_break[:-1]
        done &= total > 0
        # sequential
        table = list(zip(*(c.tolist() for c in (*sums[:4], *sums[7:]))))
        believed = []
        lo = 0
        for b in [*np.flatnonzero(is_break).tolist(), len(starts)]:
            hi = b
            run = table[lo:hi]
            if b == len(starts) and lo < b and not done[-1]:
                run = run[:-1]
            if lo < hi:
                believed.append(self._believed)
                states = self._filter.advance(run)
                if states:
                    self._believed = states[-1]
                believed.extend(states[: hi - lo - 1])
            if b < len(starts):
                j = int(starts[b])
                self._last = (pa[0][j], pa[1][j], pa[2][j]), (float(pg[0][j]), float(pg[1][j]), float(pg[2][j]))
                self._break(float(dt[j]), acc[j].tolist(), gyr[j].tolist())
                believed.append(self._believed)
                parts[:, j] = (1.0, 0, 0, 0, 0)
            lo = b + 1
        closed = bool(done[-1]) or bool(is_break[-1])
        self._count = 0 if closed else int(total[-1])
        self._sums = None if closed else last
        self._last = acc[-1].tolist(), gyr[-1].tolist()
        w = np.array(believed)
        w = np.repeat(w, counts, axis=0).T
        ux, uy, uz = up_now(*parts, *w[:7], *g, np.sqrt)
        up[:, 0], up[:, 1], up[:, 2] = ux, uy, uz
        sigma[:] = w[7]


def up_now(q0, q1, q2, q3, t, ux, uy, uz, bx, by, bz, s, gx, gy, gz, root):
    fx, fy, fz = 2.0 * q1, 2.0 * q2, 2.0 * q3
    one = (1.0 + s) * t
    hx, hy, hz = fy * bz - fz * by, fz * bx - fx * bz, fx * by - fy * bx
    ex = fx * s - one * (bx + 0.5 * hx + SIXTH * (fy * hz - fz * hy))
    ey = fy * s - one * (by + 0.5 * hy + SIXTH * (fz * hx - fx * hz))
    ez = fz * s - one * (bz + 0.5 * hz + SIXTH * (fx * hy - fy * hx))
    x, y, z = ux - (ey * uz - ez * uy), uy - (ez * ux - ex * uz), uz - (ex * uy - ey * ux)
    x, y, z = inward(q0, q1, q2, q3, x, y, z)
    px, py, pz = gx - bx, gy - by, gz - bz
    x, y, z = x - LEAD_S * (py * z - pz * y), y - LEAD_S * (pz * x - px * z), z - LEAD_S * (px * y - py * x)
    n = 1.0 / root(x * x + y * y + z * z)
    return x * n, y * n, z * n


@register
class Orientation(Estimator):
    name: ClassVar[str] = "orientation"
    inputs: ClassVar[tuple[str, ...]] = ("block",)

    def __init__(self, stream: StreamInfo) -> None:
        super().__init__(stream)
        self._path = None

    def update(self, block: SampleBlock) -> OrientationTrack:
        rate = self.stream.sampling_rate_hz
        if not len(block):
            return OrientationTrack(block.t_ns, (), np.empty((0, 3)), np.empty(0))
        if block.gyr_rads is None:
            if not isinstance(self._path, StillTilt):
                self._path = StillTilt(rate)
            up, sigma = self._path.update(block.t_ns, block.acc_ms2)
        else:
            if not isinstance(self._path, GyroTilt):
                self._path = GyroTilt(rate)
            up, sigma = self._path.update(block.t_ns, block.acc_ms2, block.gyr_rads)
        return OrientationTrack(block.t_ns, (), up, sigma)
