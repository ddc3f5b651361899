"""Looking ahead: breathing rates of a recording that know its whole length.

The record is read twice. The first reading is what live says, and keeps the evidence of every second; in the second
the tracker knows all evidence of the undisturbed stretch, before and after (`smoothing.py`). It does so twice: with
the evidence at its full weight for the rate, and at less than a third of it for how sure that is, because windows of
12 to 60 s, seen from both sides, tell the same breaths again and again.

Movement itself stays without a rate, and so does the second in which a walk begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Final

import numpy as np

from ..dsp.grid import Grid
from ..estimators.rate.gates import BoolArray
from ..estimators.rate.tracker import NEAR_BRPM
from ..estimators.tracks import GRID_STEP_NS, GridTrack
from ..events import SHOWN
from ..samples import NS, FloatArray
from ..transport.source import Source, sample_blocks
from .smoothing import Guesses, Knower, Listener, Reading, smoothed
from .tables import Table

BLOCK_ROWS: Final = 600 * NS // GRID_STEP_NS
WINDOW_S: Final = 30
CAUTION: Final = 0.3
"""Weight of the evidence for the quality. With 1, rates that are wrong from end to end of a stretch are trusted; with
each of six people left out, the others choose .3 (once .35) of .2 to .5."""
FOLLOWING: Final = 0.7
"""What the quality of a later second is worth for one that it speaks of too: shown where trusted, never trusted."""

WALK_S: Final = 6
"""A walk this long is none that the 5 s in which steps are looked for made of a single jerk."""


def look_back(seconds: Table, source: Source) -> Table:
    """The `seconds` table with rates that also know what came after. Every sensor is treated for itself."""
    out = seconds.copy()
    for index, setup in enumerate(source.sensors):
        mine = np.flatnonzero(out["sensor"] == setup.stream.sensor)
        if not len(mine):
            continue
        live, whole, careful = _readings(source, index)
        rate_brpm, quality = following(live, *together(live, whole, careful))
        walks = first_steps(live)
        wanted = np.rint(out["t_s"][mine] - source.origin_s).astype(np.int64)
        at = np.minimum(np.searchsorted(live.second, wanted), len(live.second) - 1)
        told = live.second[at] == wanted
        out[mine[told]] = _written(out[mine[told]], rate_brpm[at[told]], quality[at[told]], walks[at[told]])
    return out


def _readings(source: Source, index: int) -> tuple[Guesses, Guesses, Guesses]:
    """What live says of a sensor, and what is said with all evidence at its whole and at its careful weight."""
    stream = source.sensors[index].stream
    first = Reading(stream, (Listener() for _ in repeat(None)))
    for grid in _grids(source, index):
        first.update(grid)
    evidence = [judge.evidence() for judge in first.judges if isinstance(judge, Listener)]
    whole, careful = (
        Reading(stream, [Knower(smoothed(part, weight)) for part in evidence]) for weight in (1.0, CAUTION)
    )
    for grid in _grids(source, index):
        whole.update(grid)
        careful.update(grid)
    return first.guesses(), whole.guesses(), careful.guesses()


def _grids(source: Source, index: int) -> Iterator[GridTrack]:
    """The 25 Hz grid of one sensor from the beginning, ten minutes at most at a time."""
    source.seek(0)
    setup = source.engine_sensors()[index]
    grid = Grid(setup.stream.sampling_rate_hz)
    for block in sample_blocks(source, setup):
        t_ns, rows = grid.update(block)
        for start in range(0, len(t_ns), BLOCK_ROWS):
            part = slice(start, start + BLOCK_ROWS)
            gyr_rads = rows[part, 3:] if setup.stream.has_gyro else None
            yield GridTrack(t_ns[part], (), rows[part, :3], gyr_rads, 0.0)


def together(live: Guesses, whole: Guesses, careful: Guesses) -> tuple[FloatArray, FloatArray]:
    """Rate and quality of each second from the three.

    The careful quality holds. It holds for the whole-weight rate, the more exact one, where the two are the same
    breath. What live showed and hindsight does not deny keeps its quality. Where they differ the surer one is shown for
    its lead; if it is only the careful one that differs, and is not sure enough to be shown, live stays just shown.
    """
    rate = np.where(np.abs(whole.rate_brpm - careful.rate_brpm) < NEAR_BRPM, whole.rate_brpm, careful.rate_brpm)
    quality = np.nan_to_num(careful.quality)
    shown = np.where(live.quality >= SHOWN, live.quality, 0.0)  # 0 also where it is nan
    agrees = np.abs(live.rate_brpm - rate) < NEAR_BRPM
    surer = ~agrees & (shown > quality)
    unchallenged = (quality < SHOWN) & (np.abs(live.rate_brpm - whole.rate_brpm) < NEAR_BRPM)
    lead = np.where(unchallenged, np.maximum(shown - quality, SHOWN), shown - quality)
    rate = np.where(surer, live.rate_brpm, rate)
    return rate, np.where(surer, lead, np.where(agrees, np.maximum(quality, shown), quality))


def following(live: Guesses, rate_brpm: FloatArray, quality: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The first half minute of each undisturbed stretch, told by the second at its end where that is the surer."""
    rate_brpm, quality = rate_brpm.copy(), quality.copy()
    for begin, end in _stretches(live):
        last = min(begin + WINDOW_S, end) - 1
        if not live.still[begin] or not np.isfinite(rate_brpm[last]):
            continue
        part = slice(begin, last)
        same = np.abs(rate_brpm[part] - rate_brpm[last]) < NEAR_BRPM
        told = FOLLOWING * quality[last]
        better = (quality[part] < told) & (same | (quality[part] < SHOWN))
        rate_brpm[part] = np.where(better, rate_brpm[last], rate_brpm[part])  # the slope of half a minute is exact
        quality[part] = np.where(better, told, quality[part])
    return rate_brpm, quality


def first_steps(live: Guesses) -> BoolArray:
    """The last second before each movement that turns out to be a walk.

    Steps are known up to 0.8 s late, so that the first of them may lie in it.
    """
    out = np.zeros(len(live.still), np.bool_)
    stretches = _stretches(live)
    for (begin, end), (_, stop) in zip(stretches[:-1], stretches[1:], strict=True):
        follows = live.second[end] - live.second[end - 1] == 1
        out[end - 1] = live.still[begin] and follows and np.count_nonzero(live.walking[end:stop]) >= WALK_S
    return out


def _stretches(live: Guesses) -> list[tuple[int, int]]:
    """First index, and the one after the last, of what is still or not in one go."""
    cut = (np.diff(live.still.astype(np.int8)) != 0) | (np.diff(live.second) != 1)
    edges = [0, *(np.flatnonzero(cut) + 1).tolist(), len(live.still)]
    return list(zip(edges[:-1], edges[1:], strict=True))


def _written(rows: Table, rate_brpm: FloatArray, quality: FloatArray, walks: BoolArray) -> Table:
    """Rows with what is known now; what was not known before and is not now stays as it was."""
    shown = (quality >= SHOWN) & ~walks
    hidden = ~shown & (rows["breath_reason"] == "")
    rows["breath_rate_brpm"] = np.where(shown, rate_brpm, np.nan)
    rows["breath_quality"] = np.where(np.isfinite(rate_brpm), quality, rows["breath_quality"])
    rows["breath_quality"][walks] = np.nan
    rows["breath_reason"] = np.where(shown, "", np.where(hidden, "weak_signal", rows["breath_reason"]))
    rows["breath_reason"][walks] = "walking"
    return rows
