"""Breathing rate, once a second, from how gravity turns with the chest; with a quality that means what it says.

The chain: slow series at 5 Hz (`_breath_front`) → gates and how far back an undisturbed stretch reaches (`_breath_gates`)
→ evidence for every rate from spectra above a red background (`_breath_evidence`) → hidden Markov filter over rates
(`_breath_tracker`) → rate from the slope of the phase (`_breath_refine`) → the chance that it is right (`_breath_trust`).
"""

from __future__ import annotations

from typing import ClassVar, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..dsp.spectra import row_tables
from ..events import SHOWN
from ..samples import NS, FloatArray, IntArray, StreamInfo
from ._breath_axis import RATE_BRPM
from ._breath_evidence import weigh
from ._breath_front import BRIDGE_S, DECIMATION, GRID_HZ, SLOW_HZ, Front, SlowSeries, blank_series
from ._breath_gates import LONGEST, LONGEST_S, REASON, SHORTEST, BoolArray, Gates
from ._breath_refine import phase_slope
from ._breath_tracker import RateTracker, densest
from ._breath_trust import features, quality
from .base import Estimator, register
from .tracks import GRID_STEP_NS, GridTrack, RateTrack

_BATCH: Final = 64
"""Seconds worked on together: enough to spread the cost of a numpy call, few enough to stay in the cache."""
_HOLD_ROWS: Final = round(BRIDGE_S * GRID_HZ)
SETTLED_S: Final = 20.0
"""Until a stretch is this long, a low quality is put down to its shortness."""


@register
class BreathRate(Estimator):
    """The breathing rate over the trailing 30 s, 3.5 to 45 brpm, on the whole seconds.

    Gaps: up to 2 s the last row is repeated while the gap lasts, and the signal is bridged by a straight line once it is
    over; a longer gap says `no_data` and starts anew.
    """

    name: ClassVar[str] = "breath_rate"
    inputs: ClassVar[tuple[str, ...]] = ("grid",)

    def __init__(self, stream: StreamInfo) -> None:
        super().__init__(stream)
        self._row = -1  # absolute index of the next grid row; -1 before the first

    def update(self, grid: GridTrack) -> RateTrack:
        """Rows for the whole seconds that `grid` completes."""
        rows = grid.t_ns // GRID_STEP_NS
        x = grid.acc_ms2 if grid.gyr_rads is None else np.hstack([grid.acc_ms2, grid.gyr_rads])
        parts: list[FloatArray] = []
        jumps = np.flatnonzero(np.diff(rows) != 1) + 1
        for piece in np.split(np.arange(len(rows)), jumps):
            if not len(piece):
                continue
            if rows[piece[0]] != self._row:
                self._start(int(rows[piece[0]]), x.shape[1])
            parts += self._run(x[piece[0] : piece[-1] + 1])
        out = np.concatenate(parts, axis=1) if parts else np.empty((5, 0))
        seconds, rate, q, reason, tracked = out
        return RateTrack(seconds.astype(np.int64) * NS, (), rate, q, reason.astype(np.int8), tracked)

    def _start(self, row: int, channels: int) -> None:
        """Begin at grid row `row` with nothing known."""
        self._row = row
        self._last_known = row - 10 * _HOLD_ROWS
        self._second = -(-row // GRID_HZ)
        self._front = Front(row, channels)
        self._gates = Gates()
        self._tracker = RateTracker()
        self._held = np.array([np.nan, np.nan, REASON["no_data"], np.nan])
        self._series = blank_series(channels, -(-row // DECIMATION) - self._first_column)

    @property
    def _first_column(self) -> int:
        """Absolute index (time / 0.2 s) of the oldest column that the next second looks at; the first that is kept."""
        return SLOW_HZ * (self._second - LONGEST_S) + 1

    def _run(self, x: FloatArray) -> list[FloatArray]:
        """Consecutive grid rows in; arrays of (second, rate, quality, reason, tracked) rows out."""
        self._series = _joined(self._series, self._front.update(x))
        known = ~np.isnan(x[:, 0])
        row = self._row + np.arange(len(known))
        self._row += len(known)
        last = np.maximum.accumulate(np.where(known, row, self._last_known))
        self._last_known = int(last[-1])
        ends = np.flatnonzero(row % GRID_HZ == 0)
        missing_rows = (row - last)[ends]
        return [self._judge(missing_rows[i : i + _BATCH]) for i in range(0, len(ends), _BATCH)]

    def _judge(self, missing_rows: IntArray) -> FloatArray:
        """The next seconds; `missing_rows` says for each how many grid rows before its end are missing."""
        m = len(missing_rows)
        seconds = self._second + np.arange(m)
        series = _columns(self._series, LONGEST + SLOW_HZ * (m - 1))
        known = missing_rows == 0
        stretch = self._gates.update(series, known)
        ready = known & (stretch.gated == 0) & (stretch.length >= SHORTEST)
        rate, q, tracked = self._estimate(series, stretch.length, ready, known, missing_rows > _HOLD_ROWS)
        reason = np.full(m, REASON["settling"], np.int8)
        settled = stretch.length >= SETTLED_S * SLOW_HZ
        reason[ready & settled] = REASON["weak_signal"]
        reason[ready & (q >= SHOWN)] = REASON[""]
        reason[stretch.gated > 0] = stretch.gated[stretch.gated > 0]
        rate[~(q >= SHOWN)] = np.nan
        out = np.stack([rate, q, reason, tracked])
        self._hold(out, known, missing_rows > _HOLD_ROWS)
        self._second += m
        self._series = _columns(self._series, None, first=SLOW_HZ * m)
        return np.concatenate([seconds[None].astype(np.float64), out])

    def _hold(self, out: FloatArray, known: BoolArray, lost: BoolArray) -> None:
        """Within a short gap the row before it stays; in a long one there is no data."""
        at = np.maximum.accumulate(np.where(known, np.arange(out.shape[1]), -1))
        before = np.concatenate([out, self._held[:, None]], axis=1)[:, at]
        out[:, ~known] = before[:, ~known]
        out[:, lost] = np.array([np.nan, np.nan, REASON["no_data"], np.nan])[:, None]
        self._held = out[:, -1].copy()

    def _estimate(
        self, series: SlowSeries, length: IntArray, ready: BoolArray, known: BoolArray, lost: BoolArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Rate (brpm), quality and tracked rate (Hz) of each second; nan where it is not `ready`."""
        rate, q, tracked = (np.full(len(ready), np.nan) for _ in range(3))
        at = np.flatnonzero(ready)
        length = length[at]
        tilt, yaw = _movement(series, at, length)
        evidence = weigh(tilt, length)
        log_likelihood = evidence.log_likelihood
        if YAW and yaw.size:
            ey = weigh(yaw, length, False)
            log_likelihood = log_likelihood + YAW * ey.log_likelihood
        likelihood = np.exp(log_likelihood - log_likelihood.max(axis=1, initial=-np.inf)[:, None])
        posterior = np.empty_like(likelihood)
        i = 0
        for r, k, gone in zip(ready.tolist(), known.tolist(), lost.tolist(), strict=True):
            if r:
                posterior[i] = self._tracker.update(likelihood[i])
                i += 1
            elif k or gone:
                self._tracker.reset()
            else:
                self._tracker.update(None)
        if not len(at):
            return rate, q, tracked
        guess, mass = densest(posterior)
        place = np.argmin(np.abs(RATE_BRPM - guess[:, None]), axis=1)
        near = np.clip(place[:, None] + np.arange(-2, 3), 0, len(RATE_BRPM) - 1)
        H = lambda e, w: np.take_along_axis(e.height[w], near, axis=1).max(axis=1)
        P = lambda v: np.take_along_axis(v, place[:, None], 1)[:, 0]
        moves = tilt.copy()
        alt = np.zeros(len(at), bool)
        if YAW and yaw.size:
            alt = H(ey, 1) > H(evidence, 1)
            moves[alt, 0] = yaw[alt, 0]
            moves[alt, 1] = 0
        else:
            ey = evidence
        slope = phase_slope(moves, length, guess)
        gap = np.abs(np.log(np.maximum(slope.rate_brpm, 0.1) / guess))
        shown = np.where((gap < 0.2) & (slope.residual_rad < 0.8), slope.rate_brpm, guess)
        W = lambda f: np.where(alt, f(ey), f(evidence))
        e12, e24, elong = (W(lambda e: H(e, i)) for i in range(3))
        feature = features(mass, e24, e12, guess, slope.linearity)
        if hasattr(self, "_probe"):
            amp = np.where(alt, slope.amplitude / (2 * np.pi * guess / 60), slope.amplitude)
            self._probe.append(dict(at=self._second + at, guess=guess, mass=mass, e24=e24, e12=e12, elong=elong, shown=shown, lin=slope.linearity, resid=slope.residual_rad, cv=slope.depth_variation, gap=gap, length=length / SLOW_HZ, amp=amp, dom=W(lambda e: P(e.dom)), dom24=W(lambda e: P(e.dom24)), comb=W(lambda e: P(e.comb)), harm=W(lambda e: P(e.harm)), fit=P(evidence.fit), alt=alt.astype(float), restless=restless(series, at), margin=margin(log_likelihood, guess)))
        rate[at] = shown
        tracked[at] = guess / 60.0
        q[at] = quality(feature, shown, length / SLOW_HZ * guess / 60.0, slope.depth_variation, gap)
        return rate, q, tracked


YAW=0.7
def margin(ll, guess):
    r = np.abs(np.log(RATE_BRPM / guess[:, None]))
    return np.where(r < 0.06, ll, -9).max(1) - np.where(r > 0.18, ll, -9).max(1)
def restless(series, at):
    w = sliding_window_view(np.where(np.isnan(series.motion_ms2_sq), 0.0, series.motion_ms2_sq), LONGEST)[::SLOW_HZ][at, -24 * SLOW_HZ:]
    return np.sqrt(np.add.reduce(w, axis=1) / w.shape[1])/9.8*1000
def _movement(series: SlowSeries, at: IntArray, length: IntArray) -> tuple[FloatArray, FloatArray]:
    """How the sensor turns about the mean gravity of each stretch.

    Returns
    -------
    tilt : shape (m, 2, LONGEST), rad, two small angles across gravity, from the acceleration
    yaw : shape (m, 1, LONGEST), rad/s, rate about gravity, which no accelerometer sees; (m, 0, LONGEST) without gyro
    """
    ones = row_tables(LONGEST).ones[length]
    windows = sliding_window_view(series.acc_ms2, LONGEST, axis=1)[:, ::SLOW_HZ]
    x = [np.where(ones > 0, axis[at], 0.0) for axis in windows]
    g = np.stack([np.add.reduce(axis, axis=1) for axis in x])
    g /= np.sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2])
    size = np.add.reduce(x[0], axis=1) * g[0] + np.add.reduce(x[1], axis=1) * g[1] + np.add.reduce(x[2], axis=1) * g[2]
    u = _across(g)
    v = np.stack([g[1] * u[2] - g[2] * u[1], g[2] * u[0] - g[0] * u[2], g[0] * u[1] - g[1] * u[0]])
    scale = length / size
    out = np.empty((len(at), 2, LONGEST))
    for i, axis in enumerate((u * scale, v * scale)):
        out[:, i] = x[0] * axis[0][:, None] + x[1] * axis[1][:, None] + x[2] * axis[2][:, None]
    if not len(series.gyr_rads):
        return out, np.empty((len(at), 0, LONGEST))
    turn = [np.where(ones > 0, axis[at], 0.0) for axis in sliding_window_view(series.gyr_rads, LONGEST, axis=1)[:, ::SLOW_HZ]]
    yaw = turn[0] * g[0][:, None] + turn[1] * g[1][:, None] + turn[2] * g[2][:, None]
    return out, yaw[:, None]


def _across(g: FloatArray) -> FloatArray:
    """A unit vector across each of the unit vectors `g`, shape (3, m)."""
    least = np.argmin(np.abs(g), axis=0)
    e = (np.arange(3)[:, None] == least).astype(np.float64)
    u = np.stack([g[1] * e[2] - g[2] * e[1], g[2] * e[0] - g[0] * e[2], g[0] * e[1] - g[1] * e[0]])
    out: FloatArray = u / np.sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2])
    return out


def _joined(a: SlowSeries, b: SlowSeries) -> SlowSeries:
    return SlowSeries(
        np.concatenate([a.acc_ms2, b.acc_ms2], axis=1),
        np.concatenate([a.gyr_rads, b.gyr_rads], axis=1),
        np.concatenate([a.motion_ms2_sq, b.motion_ms2_sq]),
        np.concatenate([a.turn_deg, b.turn_deg]),
        np.concatenate([a.size_ms2, b.size_ms2]),
    )


def _columns(series: SlowSeries, count: int | None, first: int = 0) -> SlowSeries:
    """Columns `first` on, `count` of them, with nan columns put on where a gap still keeps them back."""
    have = series.acc_ms2.shape[1]
    if count is not None and have < count:
        return _joined(series, blank_series(3 + len(series.gyr_rads), count - have))
    cut = slice(first, None if count is None else first + count)
    fine = slice(DECIMATION * first, None if count is None else DECIMATION * (first + count))
    return SlowSeries(
        series.acc_ms2[:, cut],
        series.gyr_rads[:, cut],
        series.motion_ms2_sq[cut],
        series.turn_deg[cut],
        series.size_ms2[fine],
    )
