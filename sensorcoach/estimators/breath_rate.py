"""Breathing rate, once a second, from how gravity turns with the chest; with a quality that means what it says.

The chain: slow series at 5 Hz (`rate/front.py`) → gates, and how far back an undisturbed stretch reaches
(`rate/gates.py`) → for each batch of seconds (`rate/judge.py`): tilt and turning of the stretch (`rate/movement.py`) →
evidence for every rate from spectra above a red background (`rate/evidence.py`) and from fits of slow waves
(`rate/slow.py`) → hidden Markov filter over rates (`rate/tracker.py`) → rate from how far the phase ran
(`rate/refine.py`) → what speaks against it (`rate/doubt.py`, `rate/change.py`) → the chance that it is right
(`rate/trust.py`).
"""

from __future__ import annotations

from typing import ClassVar, Final

import numpy as np

from ..events import SHOWN
from ..samples import NS, FloatArray, IntArray, StreamInfo
from .base import Estimator, register
from .rate.front import BRIDGE_S, DECIMATION, GRID_HZ, SLOW_HZ, Front, blank_series, columns, joined
from .rate.gates import LONGEST, LONGEST_S, REASON, SHORTEST, BoolArray, Gates
from .rate.judge import Judge
from .tracks import GRID_STEP_NS, GridTrack, RateTrack

SETTLED_S: Final = 20
"""Until a stretch is this long, a low quality is put down to its shortness."""
HIDDEN: Final = SHOWN - 0.01
"""Most quality of a second in which somebody seems to begin to move; nothing else changes until that is certain."""
_BATCH: Final = 64
"""Seconds worked on together: enough to spread the cost of a numpy call, few enough to stay in the cache."""
_HOLD_ROWS: Final = round(BRIDGE_S * GRID_HZ)
_NOTHING: Final = (np.nan, np.nan, float(REASON["no_data"]), np.nan)


@register
class BreathRate(Estimator):
    """The breathing rate over the trailing 30 s, 3.5 to 45 brpm, on the whole seconds.

    Below a quality of 0.5 no rate is shown and `reason` says why; `tracked_hz` is the best guess even then.

    Gaps: up to 2 s the last row is repeated while the gap lasts, and the signal is bridged by a straight line once it
    is over; a longer gap says `no_data` and starts anew.
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
        parts = [np.empty((5, 0))]
        edges = [0, *(np.flatnonzero(np.diff(rows) != 1) + 1).tolist(), len(rows)]
        for first, last in zip(edges[:-1], edges[1:], strict=True):
            if first == last:
                continue
            if rows[first] != self._row:
                self._start(int(rows[first]), x.shape[1])
            parts += self._run(x[first:last])
        seconds, rate, quality, reason, tracked = np.concatenate(parts, axis=1)
        return RateTrack(seconds.astype(np.int64) * NS, (), rate, quality, reason.astype(np.int8), tracked)

    def _start(self, row: int, channels: int) -> None:
        """Begin at grid row `row` with nothing known."""
        self._row = row
        self._last_known = row - 10 * _HOLD_ROWS
        self._second = -(-row // GRID_HZ)
        self._front = Front(row, channels)
        self._gates = Gates()
        self._judge = Judge()
        self._held = np.array(_NOTHING)
        # kept are the columns that the next second looks at, from the oldest on
        oldest = SLOW_HZ * (self._second - LONGEST_S) + 1
        self._series = blank_series(channels, -(-row // DECIMATION) - oldest)

    def _run(self, x: FloatArray) -> list[FloatArray]:
        """Consecutive grid rows in; arrays of (second, rate, quality, reason, tracked) rows out."""
        self._series = joined(self._series, self._front.update(x))
        known = ~np.isnan(x[:, 0])
        row = self._row + np.arange(len(known))
        self._row += len(known)
        last = np.maximum.accumulate(np.where(known, row, self._last_known))
        self._last_known = int(last[-1])
        missing = (row - last)[row % GRID_HZ == 0]
        return [self._seconds(missing[i : i + _BATCH]) for i in range(0, len(missing), _BATCH)]

    def _seconds(self, missing: IntArray) -> FloatArray:
        """The next seconds; `missing` says for each how many grid rows just before its end are missing."""
        count = len(missing)
        series = columns(self._series, 0, LONGEST + SLOW_HZ * (count - 1))
        known, lost = missing == 0, missing > _HOLD_ROWS
        stretch = self._gates.update(series, known)
        ready = known & (stretch.gated == 0) & (stretch.length >= SHORTEST)
        verdict = self._judge.update(series, stretch.length, ready, known, lost)
        quality = np.where(stretch.stirs, np.minimum(verdict.quality, HIDDEN), verdict.quality)
        shown = ready & (quality >= SHOWN)
        reason = np.full(count, REASON["settling"])
        reason[ready & (stretch.length >= SETTLED_S * SLOW_HZ)] = REASON["weak_signal"]
        reason[shown] = REASON[""]
        reason = np.where(stretch.gated > 0, stretch.gated, reason)
        rate = np.where(shown, verdict.rate_brpm, np.nan)
        out = np.stack([rate, quality, reason.astype(np.float64), verdict.tracked_hz])
        self._hold(out, known, lost)
        second = self._second + np.arange(count, dtype=np.float64)
        self._second += count
        self._series = columns(self._series, SLOW_HZ * count, self._series.acc_ms2.shape[1])
        return np.concatenate([second[None], out])

    def _hold(self, out: FloatArray, known: BoolArray, lost: BoolArray) -> None:
        """Within a short gap the row before it stays; in a long one there is no data."""
        out[:, lost] = np.array(_NOTHING)[:, None]
        before = np.concatenate([out, self._held[:, None]], axis=1)
        settled = known | lost  # also what follows a long gap at once holds nothing
        at = np.maximum.accumulate(np.where(settled, np.arange(len(known)), -1))
        out[:, ~settled] = before[:, at[~settled]]
        self._held = out[:, -1].copy()
