"""The wearer's own breath: its shape, and where it is while it has holds that nobody paces.

Where the habit of the last breaths has holds (`shape.py`), an oscillator turns in the middle of them. The last breath
is then matched with the habit's shape, as with a pacer's (`pattern_fit.py`), around the time at which it is expected.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from ...samples import NS, FloatArray
from ..neutral import Vector
from .pattern_fit import LAG_S, POINT_AGE_S, POINTS, PatternFit, points_of
from .schedule import Schedule
from .shape import SLOWEST_S, WINDOW, BreathShape, Parts

EVERY: Final = 0.5
"""Breaths from one look at the shape to the next, rounded to seconds: windows overlap by far."""
SAME: Final = 0.3
"""A rate that jumps by more than this (log) is that of another breath."""
ANY_LAG: Final = np.arange(0.0, 1.0, 0.025)
NEAR_LAG: Final = np.arange(-0.1, 0.101, 0.0125)
"""Lags tried at first, and later around the expected one, in breaths."""
LEAST_EXPLAINED: Final = 0.6
"""Share of the variance of the last breath."""
MOST_RESIDUAL: Final = 0.4
"""RMS of what is left over lately, in units of the depth."""
UNCERTAINTY: Final = 0.055
"""One standard deviation of an onset, in breaths (simulated chests)."""


class HeldBreath:
    """Learns the shape of the breath, and follows it while it has holds."""

    def __init__(self) -> None:
        self.schedule: Schedule | None = None
        self._shape = BreathShape()
        self._points = np.zeros((3, round(WINDOW * SLOWEST_S * POINTS)))
        self._heard = self._since_s = 0  # points heard without a gap; seconds since the last look at the shape
        self._period_s = math.nan
        self._start_ns: int | None = None  # when the newest inhalation began

    @property
    def lean(self) -> float:
        """See `BreathShape.lean`; nan while it is not known."""
        return self._shape.lean

    def forget(self) -> None:
        """What comes next is another breath."""
        self._shape.forget()
        self.pause()

    def pause(self) -> None:
        """What comes next does not continue what was, but the habit may be the same."""
        self._heard = 0
        self._shape.parts = None
        self._lose()

    def flip(self) -> None:
        """In and out change places."""
        self._shape.flip()
        self._lose()

    def _lose(self) -> None:
        self.schedule = self._start_ns = None

    def learn(self, second_g: FloatArray, end_ns: int, delay_s: float, axis: Vector, rate_hz: float) -> None:
        """Take in a whole second.

        Parameters
        ----------
        second_g : float array, shape (3, 25)
            Without gaps.
        end_ns : int
            Time of its last row.
        delay_s : float
            Age of the rows.
        axis : Vector
            Along which breath moves gravity, + is in.
        rate_hz : float
            Of the breath, where it is trusted; else nan.
        """
        self._points[:, :-POINTS] = self._points[:, POINTS:]
        self._points[:, -POINTS:] = points_of(second_g)
        self._heard = min(self._heard + POINTS, self._points.shape[1])
        self._since_s += 1
        if math.isnan(rate_hz):
            self._lose()
            self._since_s = 0
            return
        before_s, period_s = self._period_s, 1.0 / rate_hz
        if abs(math.log(period_s / before_s)) < SAME:  # False where there was none
            period_s = before_s + min(1.0, rate_hz) * (period_s - before_s)
        else:
            self._shape.forget()
            self._lose()
        self._period_s = period_s
        look = self._since_s >= round(EVERY * period_s)
        if not look and self._shape.parts is None:
            return
        x, y, z = self._points[:, -self._heard :]
        along = axis[0] * x + axis[1] * y + axis[2] * z
        if look:
            self._shape.learn(along, period_s, self._since_s)
            self._since_s = 0
        if self._shape.parts is None:
            self._lose()
        else:
            self._follow(self._shape.parts, along[-round(period_s * POINTS) :], end_ns, delay_s, axis)

    def _follow(self, shares: Parts, along: FloatArray, end_ns: int, delay_s: float, axis: Vector) -> None:
        """Match the last breath, points `along` the axis."""
        inhale, hold_in, exhale, hold_out = (share * self._period_s for share in shares)
        parts_s = (inhale, hold_in, exhale, hold_out)
        period_ns = round(self._period_s * NS)
        expected = self._start_ns is not None
        start_ns = end_ns - period_ns if self._start_ns is None else self._start_ns
        since_s = (end_ns - start_ns) / NS - delay_s - POINT_AGE_S
        t_s = since_s + np.arange(1 - len(along), 1) / POINTS
        fit = PatternFit.best(
            t_s,
            np.array(axis)[:, None] * along,
            parts_s,
            self._period_s,
            lags=NEAR_LAG if expected else ANY_LAG,
            axis=axis,
            passive=self._shape.passive,
        )
        if fit.explains < LEAST_EXPLAINED or fit.residual > MOST_RESIDUAL:
            self._lose()
            return
        start_ns += round(fit.lag * period_ns / (LAG_S if expected else 1.0))
        self._start_ns = start_ns + max(0, (end_ns - start_ns) // period_ns) * period_ns
        self.schedule = Schedule(
            start_ns=self._start_ns,
            parts_s=parts_s,
            direction=axis,
            quality=fit.explains,
            uncertainty=UNCERTAINTY,
            base_g=fit.base_g,
            slope_g_s=fit.slope_g_s,
            at_ns=end_ns,
        )
