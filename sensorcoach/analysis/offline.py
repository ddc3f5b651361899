"""Looking ahead: the rate tracker run over the recording forwards and backwards, and what the two say together.

Backwards the tracker knows the breathing *after* a second instead of the breathing before it. Its row at second k
speaks of the 30 s that follow k; the table speaks of the 30 s before. So second k takes the backward row of 29 s
before, or that of the end of the last movement where this is later: the first half minute after a movement is told by
the quiet that follows. Movement itself stays without a rate.

The two know different things, so that they agree means something: a trusted rate stays trusted, of two others the
mean quality holds. Where they differ the surer one is shown, at most for what it is surer than the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..dsp.grid import Grid
from ..engine.engine import SensorSetup
from ..estimators.base import registry
from ..estimators.rate.tracker import NEAR_BRPM
from ..estimators.tracks import GRID_STEP_NS, GridTrack, RateTrack
from ..events import REASONS, SHOWN, TRUSTED
from ..samples import NS, FloatArray, IntArray
from ..transport.source import Source, sample_blocks
from .tables import Table

WINDOW_S: Final = 30
BLOCK_ROWS: Final = 600 * NS // GRID_STEP_NS
DISSENT: Final = 0.7
"""Worth of the surer one's lead where the two differ: of such seconds of a back or belly about so many were right."""
TINY: Final = 1e-9
STILL_REASONS: Final = ("", "settling", "weak_signal")
"""With these a second lies in an undisturbed stretch; all others end it."""


@dataclass(frozen=True, slots=True)
class Guesses:
    """For each second of a recording the best guess, how likely it is, and whether the wearer was still.

    Attributes
    ----------
    rate_brpm, quality : shape (n,); nan where there is none
    still : shape (n,)
    """

    rate_brpm: FloatArray
    quality: FloatArray
    still: NDArray[np.bool_]


def look_back(seconds: Table, source: Source) -> Table:
    """The `seconds` table with rates that also know what came after. Every sensor is treated for itself."""
    out = seconds.copy()
    for setup in source.engine_sensors():
        mine = np.flatnonzero(out["sensor"] == setup.stream.sensor)
        if len(mine):
            ahead, back = _both_ways(setup, source)
            at = np.rint(out["t_s"][mine] - source.origin_s).astype(np.int64)
            inside = (at >= 0) & (at < len(ahead.quality))
            out[mine[inside]] = _written(out[mine[inside]], *_together(ahead, back), at[inside])
        source.seek(0)
    return out


def _written(rows: Table, rate_brpm: FloatArray, quality: FloatArray, at: IntArray) -> Table:
    """Rows with what is known now; what was not known before and is not now stays as it was."""
    shown = quality[at] >= SHOWN
    rows["breath_rate_brpm"] = np.where(shown, rate_brpm[at], np.nan)
    rows["breath_quality"] = np.where(np.isfinite(quality[at]), quality[at], rows["breath_quality"])
    hidden = ~shown & (rows["breath_reason"] == "")
    rows["breath_reason"] = np.where(shown, "", np.where(hidden, "weak_signal", rows["breath_reason"]))
    return rows


def _together(ahead: Guesses, back: Guesses) -> tuple[FloatArray, FloatArray]:
    """Rate and quality of each second from both directions."""
    second = np.arange(len(ahead.quality))
    moved = np.maximum.accumulate(np.where(ahead.still, 0, second))  # the last movement, 0 for the start
    begin = np.maximum(second - (WINDOW_S - 1), moved)
    told = np.isfinite(back.quality)
    following = np.minimum.accumulate(np.where(told, second, len(second))[::-1])[::-1]
    begin = following[begin]
    usable = (begin < second) & ahead.still
    at = np.where(usable, begin, 0)
    q_back = np.where(usable, back.quality[at], 0.0)
    rate_back = np.where(usable, back.rate_brpm[at], np.nan)
    q_ahead = np.nan_to_num(ahead.quality)
    agree = np.abs(ahead.rate_brpm - rate_back) < NEAR_BRPM  # not where one is nan
    more, less = np.maximum(q_ahead, q_back), np.minimum(q_ahead, q_back)
    mean = (np.nan_to_num(ahead.rate_brpm) * q_ahead + np.nan_to_num(rate_back) * q_back) / np.maximum(
        more + less, TINY
    )
    rate = np.where(
        agree | (less >= SHOWN),
        mean,
        np.where(q_back > q_ahead, rate_back, ahead.rate_brpm),
    )
    quality = np.where(
        agree,
        np.where(more >= TRUSTED, more, 0.5 * (more + less)),
        np.where(usable, DISSENT * (more - less), more),
    )
    return rate, np.where(np.isfinite(ahead.quality) | usable, quality, np.nan)


def _both_ways(setup: SensorSetup, source: Source) -> tuple[Guesses, Guesses]:
    grid = Grid(setup.stream.sampling_rate_hz)
    t_parts: list[IntArray] = []
    x_parts: list[FloatArray] = []
    for block in sample_blocks(source, setup):
        t_ns, rows = grid.update(block)
        t_parts.append(t_ns)
        x_parts.append(rows)
    t_ns, rows = np.concatenate(t_parts), np.concatenate(x_parts)
    end_s = int(t_ns[-1]) // NS + 1
    ahead = _guesses(setup, t_ns, rows, end_s)
    if setup.stream.has_gyro:
        rows = np.hstack([rows[:, :3], -rows[:, 3:]])  # run backwards, every turn goes the other way
    back = _guesses(setup, (end_s * NS - t_ns)[::-1], rows[::-1], end_s)
    return ahead, Guesses(back.rate_brpm[::-1], back.quality[::-1], back.still[::-1])


def _guesses(setup: SensorSetup, t_ns: IntArray, rows: FloatArray, end_s: int) -> Guesses:
    """What the tracker says of seconds 0 to `end_s`."""
    estimator = registry()["breath_rate"](setup.stream)
    out = Guesses(
        np.full(end_s + 1, np.nan),
        np.full(end_s + 1, np.nan),
        np.zeros(end_s + 1, np.bool_),
    )
    still = np.isin(REASONS, STILL_REASONS)
    for start in range(0, len(t_ns), BLOCK_ROWS):
        part = slice(start, start + BLOCK_ROWS)
        gyr = rows[part, 3:] if setup.stream.has_gyro else None
        track = estimator.update(GridTrack(t_ns[part], (), rows[part, :3], gyr, 0.0))
        assert isinstance(track, RateTrack)
        second = track.t_ns // NS
        out.rate_brpm[second] = np.where(np.isfinite(track.rate_brpm), track.rate_brpm, 60.0 * track.tracked_hz)
        out.quality[second] = track.quality
        out.still[second] = still[track.reason]
    return out
