"""Looking ahead: the rate tracker run over the recording backwards, joined with what it said forwards.

Backwards the tracker knows the breathing *after* a stretch instead of the breathing before it. The row of second k
speaks of the 30 s before k; run backwards, the same 30 s end at their beginning. So the first half minute, and the half
minute after every movement, get a rate from the quiet that follows. Where both speak, they are weighed by quality.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..dsp.grid import Grid
from ..engine.engine import SensorSetup
from ..estimators.base import registry
from ..estimators.tracks import GRID_STEP_NS, GridTrack, RateTrack
from ..events import SHOWN
from ..samples import NS, FloatArray, IntArray
from ..transport.source import Source, sample_blocks
from .tables import Table

WINDOW_S: Final = 30
BLOCK_ROWS: Final = 600 * NS // GRID_STEP_NS


def look_back(seconds: Table, source: Source) -> Table:
    """The `seconds` table with rates that also know what came after. Every sensor is treated for itself."""
    out = seconds.copy()
    for setup in source.engine_sensors():
        mine = np.flatnonzero(out["sensor"] == setup.stream.sensor)
        if len(mine):
            out[mine] = _join(out[mine], *_backwards(setup, source))
        source.seek(0)
    return out


def _join(rows: Table, rate_brpm: FloatArray, quality: FloatArray, origin_s: float) -> Table:
    """Weigh forward and backward rates; `rate_brpm[k]` is what the backward run says of second k + 1."""
    k = np.rint(rows["t_s"] - origin_s).astype(np.int64) - 1
    inside = (k >= 0) & (k < len(rate_brpm))
    back = np.where(inside, rate_brpm[np.where(inside, k, 0)], np.nan)
    back_q = np.where(np.isfinite(back), quality[np.where(inside, k, 0)], 0.0)
    ahead, ahead_q = rows["breath_rate_brpm"], np.nan_to_num(rows["breath_quality"])
    ahead_q = np.where(np.isfinite(ahead), ahead_q, 0.0)
    total = ahead_q + back_q
    shown = np.maximum(ahead_q, back_q) >= SHOWN
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = (np.nan_to_num(ahead) * ahead_q + np.nan_to_num(back) * back_q) / total
    rows["breath_rate_brpm"] = np.where(shown, rate, np.nan)
    rows["breath_quality"] = np.where(shown, np.maximum(ahead_q, back_q), rows["breath_quality"])
    rows["breath_reason"] = np.where(shown, "", rows["breath_reason"])
    return rows


def _backwards(setup: SensorSetup, source: Source) -> tuple[FloatArray, FloatArray, float]:
    grid = Grid(setup.stream.sampling_rate_hz)
    t_parts: list[IntArray] = []
    x_parts: list[FloatArray] = []
    for block in sample_blocks(source, setup):
        t_ns, rows = grid.update(block)
        t_parts.append(t_ns)
        x_parts.append(rows)
    t_ns, rows = np.concatenate(t_parts), np.concatenate(x_parts)
    end_ns = (int(t_ns[-1]) // NS + 1) * NS
    turned_ns, turned = (end_ns - t_ns)[::-1], rows[::-1]
    estimator = registry()["breath_rate"](setup.stream)
    rate, quality = np.full(end_ns // NS, np.nan), np.full(end_ns // NS, np.nan)
    for start in range(0, len(turned_ns), BLOCK_ROWS):
        part = slice(start, start + BLOCK_ROWS)
        gyr = -turned[part, 3:] if setup.stream.has_gyro else None  # run backwards, every turn goes the other way
        track = estimator.update(GridTrack(turned_ns[part], (), turned[part, :3], gyr, grid.delay_s))
        assert isinstance(track, RateTrack)
        second = (end_ns - track.t_ns) // NS + WINDOW_S - 1
        ok = (second >= 0) & (second < len(rate)) & np.isfinite(track.rate_brpm)
        rate[second[ok]], quality[second[ok]] = track.rate_brpm[ok], track.quality[ok]
    return rate, quality, source.origin_s
