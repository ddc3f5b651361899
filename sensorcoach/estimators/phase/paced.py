"""Breath with holds, after a pacer: whether it is followed, how late, and so where the breath is.

An oscillator rolls over in the middle of a hold, and a pause of the flow is hard to tell from sway. A pacer that asks
for holds says what shape to look for, so the last cycle of the signal is matched with that shape at every lag
(`pattern_fit.py`). It is believed only while it explains the signal, both over the whole cycle and lately, and explains
it better than the same pace without holds; otherwise the pacer might as well not be there.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Final

import numpy as np

from ...events import SetPacer
from ...samples import NS, FloatArray
from ..neutral import Vector, dot
from .pattern_fit import LAG_S, POINT_AGE_S, POINTS, PatternFit, points_of
from .schedule import Schedule
from .turns import SHORTEST_HOLD_S

LEAST: Final = 0.9
"""Share of a cycle, since the pacer's start and without gaps, that must be there to match it. At most one cycle is:
less finds the lag less well, and more finds that of breaths long past."""
LONGEST_CYCLE_S: Final = 24.0
BEGIN: Final = 0.8
"""Share of the variance along the breath's axis that the shape must explain to be believed. Breath at another pace
reaches 0.7, sway alone 0.75."""
KEEP: Final = 0.6
BEGIN_RESIDUAL: Final = 0.25
"""RMS of what is left unexplained over the last `RECENT_S`, in units of the depth; sway is a fifth of a usual breath.
"""
KEEP_RESIDUAL: Final = 0.4
KEEP_DEPTH: Final = 0.6
"""Depth, against that of the last cycles, below which the wearer has stopped: what is left is fitted then."""
SAME_RATE: Final = 0.15
"""A trusted rate that differs more than this (log) from the pacer's is that of another breath."""
HARMONICS: Final = (1.0, 2.0, 3.0)
"""Times the pacer's: breath with holds has corners, whose harmonics may be taken for its rate."""
EVIDENCE_S: Final = 4.0
"""Time constant of the shares explained."""
HABIT_S: Final = 12.0
BEGIN_BETTER: Final = 0.005
"""By how much more the pattern must explain than the same pace without holds: typically 0.04, or -0.03 where nobody
holds."""
KEEP_BETTER: Final = -0.02
UNCERTAINTY: Final = 0.03
"""One standard deviation of an onset, in cycles (simulated chests)."""


class PacedBreath:
    """Matches the signal with the pacer's pattern, second by second."""

    def __init__(self) -> None:
        self.schedule: Schedule | None = None
        self.rate_hz = math.nan
        """Of the pacer that is matched; nan if none is."""
        self._explains = 0.0  # share of the variance that the pattern explains, smoothed
        self._pacer: SetPacer | None = None
        self._points: deque[FloatArray] = deque(maxlen=0)
        self._lag = math.nan  # in cycles
        self._better = 0.0
        self._depth_g = 0.0  # of the last cycles on schedule

    def set_pacer(self, pacer: SetPacer) -> None:
        """Another pacer; one without holds is none."""
        parts_s = (pacer.inhale_s, pacer.hold_in_s, pacer.exhale_s, pacer.hold_out_s)
        held = max(pacer.hold_in_s, pacer.hold_out_s) >= SHORTEST_HOLD_S and min(pacer.inhale_s, pacer.exhale_s) > 0.0
        self._pacer = pacer if held and sum(parts_s) <= LONGEST_CYCLE_S else None
        self.rate_hz = 1.0 / sum(parts_s) if self._pacer else math.nan
        seconds = math.ceil(sum(parts_s)) if self._pacer else 0
        self._points = deque(self._points, maxlen=seconds)
        self._doubt()

    def forget(self) -> None:
        """What comes next does not continue what was."""
        self._points.clear()
        self._doubt()

    def _doubt(self) -> None:
        self.schedule = None
        self._explains = self._better = 0.0
        self._lag = math.nan

    def learn(self, second_g: FloatArray, end_ns: int, delay_s: float, axis: Vector, rate_hz: float) -> int:
        """Take in a whole second.

        Parameters
        ----------
        second_g : float array, shape (3, 25)
            nan where rows are missing.
        end_ns : int
            Time of its last row.
        delay_s : float
            Age of the rows.
        axis : Vector
            Along which breath moves gravity, + is in as far as is known.
        rate_hz : float
            Of the breath, where it is trusted; else nan.

        Returns
        -------
        int
            1 where the pacer is followed and what is called in is in, -1 where it is out, 0 where nobody follows one.
        """
        pacer = self._pacer
        if pacer is None:
            return 0
        self._points.append(points_of(second_g))
        cycle_s = pacer.inhale_s + pacer.hold_in_s + pacer.exhale_s + pacer.hold_out_s
        count = POINTS * len(self._points)
        t_s = (end_ns - pacer.start_ns) / NS - delay_s + (np.arange(1 - count, 1) / POINTS - POINT_AGE_S)
        y = np.concatenate(self._points, axis=1)
        there = (t_s >= 0.0) & ~np.isnan(y[0])
        if np.count_nonzero(there) < POINTS * LEAST * cycle_s:
            self._doubt()
            return 0
        t_s, y = t_s[there], y[:, there]
        held = (pacer.inhale_s, pacer.hold_in_s, pacer.exhale_s, pacer.hold_out_s)
        rolled = (pacer.inhale_s + pacer.hold_in_s, 0.0, pacer.exhale_s + pacer.hold_out_s, 0.0)
        fit = PatternFit.best(t_s, y, held, cycle_s)
        other = PatternFit.best(t_s, y, rolled, cycle_s)
        share = 1.0 / EVIDENCE_S
        self._explains += share * (fit.explains - self._explains)
        self._better += (fit.explains - other.explains - self._better) / HABIT_S
        self._lag = fit.lag if math.isnan(self._lag) else self._lag + (fit.lag - self._lag) / LAG_S
        going = self.schedule is not None
        least, most, better = (KEEP, KEEP_RESIDUAL, KEEP_BETTER) if going else (BEGIN, BEGIN_RESIDUAL, BEGIN_BETTER)
        stopped = going and fit.depth_g < KEEP_DEPTH * self._depth_g
        self.schedule = None
        if stopped or self._explains < least or fit.residual > most or self._better < better:
            return 0
        if not math.isnan(rate_hz) and _off(rate_hz * cycle_s) > SAME_RATE:
            return 0
        if dot(fit.direction, axis) <= 0.0:
            return -1
        before_g = self._depth_g if going else fit.depth_g
        self._depth_g = before_g + (fit.depth_g - before_g) / cycle_s
        self.schedule = Schedule(
            start_ns=pacer.start_ns + round(self._lag * cycle_s * NS),
            parts_s=held,
            direction=fit.direction,
            quality=self._explains,
            uncertainty=UNCERTAINTY,
            base_g=fit.base_g,
            slope_g_s=fit.slope_g_s,
            at_ns=end_ns,
        )
        return 1


def _off(ratio: float) -> float:
    """How far a ratio is from the nearest of `HARMONICS` (log)."""
    return min(abs(math.log(ratio / harmonic)) for harmonic in HARMONICS)
