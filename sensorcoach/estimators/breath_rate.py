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
from ._breath_front import BRIDGE_S, DECIMATION, GRID_HZ, SLOW_HZ, Front, SlowSeries
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
        parts: list[FloatArray] = []
        jumps = np.flatnonzero(np.diff(rows) != 1) + 1
        for piece in np.split(np.arange(len(rows)), jumps):
            if not len(piece):
                continue
            if rows[piece[0]] != self._row:
                self._start(int(rows[piece[0]]))
            parts += self._run(grid.acc_ms2[piece[0] : piece[-1] + 1])
        out = np.concatenate(parts, axis=1) if parts else np.empty((5, 0))
        seconds, rate, q, reason, tracked = out
        return RateTrack(seconds.astype(np.int64) * NS, (), rate, q, reason.astype(np.int8), tracked)

    def _start(self, row: int) -> None:
        """Begin at grid row `row` with nothing known."""
        self._row = row
        self._last_known = row - 10 * _HOLD_ROWS
        self._second = -(-row // GRID_HZ)
        self._front = Front(row)
        self._gates = Gates()
        self._tracker = RateTracker()
        self._held = np.array([np.nan, np.nan, REASON["no_data"], np.nan])
        blank = -(-row // DECIMATION) - self._first_column
        nothing = np.full(blank, np.nan)
        self._series = SlowSeries(np.full((3, blank), np.nan), nothing, nothing, np.full(DECIMATION * blank, np.nan))

    @property
    def _first_column(self) -> int:
        """Absolute index (time / 0.2 s) of the oldest column that the next second looks at; the first that is kept."""
        return SLOW_HZ * (self._second - LONGEST_S) + 1

    def _run(self, acc_ms2: FloatArray) -> list[FloatArray]:
        """Consecutive grid rows in; arrays of (second, rate, quality, reason, tracked) rows out."""
        self._series = _joined(self._series, self._front.update(acc_ms2))
        known = ~np.isnan(acc_ms2[:, 0])
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
        tilt = _tilt(series.acc_ms2, at, length)
        evidence = weigh(tilt, length)
        likelihood = np.exp(evidence.log_likelihood - evidence.log_likelihood.max(axis=1, initial=-np.inf)[:, None])
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
        slope = phase_slope(tilt, length, guess)
        gap = np.abs(np.log(np.maximum(slope.rate_brpm, 0.1) / guess))
        shown = np.where((gap < 0.2) & (slope.residual_rad < 0.8), slope.rate_brpm, guess)
        place = np.argmin(np.abs(RATE_BRPM - guess[:, None]), axis=1)
        near = np.clip(place[:, None] + np.arange(-2, 3), 0, len(RATE_BRPM) - 1)
        high = [np.take_along_axis(evidence.height[w], near, axis=1).max(axis=1) for w in (1, 0)]
        feature = features(mass, high[0], high[1], guess, slope.linearity)
        if hasattr(self, "_probe"):
            amp = slope.amplitude
            self._probe.append(dict(at=self._second + at, guess=guess, mass=mass, e24=high[0], e12=high[1], elong=np.take_along_axis(evidence.height[2], near, axis=1).max(axis=1), shown=shown, lin=slope.linearity, resid=slope.residual_rad, cv=slope.depth_variation, gap=gap, length=length / SLOW_HZ, amp=amp, dom=np.take_along_axis(evidence.dom, place[:, None], 1)[:, 0], dom24=np.take_along_axis(evidence.dom24, place[:, None], 1)[:, 0], comb=np.take_along_axis(evidence.comb, place[:, None], 1)[:, 0], harm=np.take_along_axis(evidence.harm, place[:, None], 1)[:, 0]))
        rate[at] = shown
        tracked[at] = guess / 60.0
        q[at] = quality(feature, shown, length / SLOW_HZ * guess / 60.0, slope.depth_variation, gap)
        return rate, q, tracked


def _tilt(acc_ms2: FloatArray, at: IntArray, length: IntArray) -> FloatArray:
    """Two tilt components (rad, small angles) across the mean gravity of each stretch: shape (m, 2, LONGEST)."""
    ones = row_tables(LONGEST).ones[length]
    windows = sliding_window_view(acc_ms2, LONGEST, axis=1)[:, ::SLOW_HZ]
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
    return out


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
        np.concatenate([a.motion_ms2_sq, b.motion_ms2_sq]),
        np.concatenate([a.turn_deg, b.turn_deg]),
        np.concatenate([a.size_ms2, b.size_ms2]),
    )


def _columns(series: SlowSeries, count: int | None, first: int = 0) -> SlowSeries:
    """Columns `first` on, `count` of them, with nan columns put on where a gap still keeps them back."""
    have = series.acc_ms2.shape[1]
    if count is not None and have < count:
        more = np.full(count - have, np.nan)
        lack = SlowSeries(np.stack([more] * 3), more, more, np.repeat(more, DECIMATION))
        return _joined(series, lack)
    cut = slice(first, None if count is None else first + count)
    fine = slice(DECIMATION * first, None if count is None else DECIMATION * (first + count))
    return SlowSeries(series.acc_ms2[:, cut], series.motion_ms2_sq[cut], series.turn_deg[cut], series.size_ms2[fine])
