"""Where a breath is that follows a pattern, a pacer's or the wearer's own: the pattern, as late as the wearer is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...samples import NS, FloatArray
from ..neutral import Vector
from ..tracks import GRID_STEP_NS
from .turns import UNKNOWN, Turn


@dataclass(frozen=True, slots=True)
class Schedule:
    """A pattern as the wearer follows it.

    Attributes
    ----------
    start_ns : int
        When one of its inhalations begins.
    parts_s : tuple of four floats
        Inhalation, hold, exhalation, hold; in the order of `turns.INHALE` and so on.
    direction : Vector
        The way gravity swings with the inhalation.
    quality : float
        Share of the variance explained, 0..1.
    uncertainty : float
        One standard deviation of an onset, in cycles.
    base_g, slope_g_s : float
        Level of half a breath along `direction` and its drift, at `at_ns`.
    at_ns : int
    """

    start_ns: int
    parts_s: tuple[float, float, float, float]
    direction: Vector
    quality: float
    uncertainty: float
    base_g: float
    slope_g_s: float
    at_ns: int

    def base(self, t_ns: int, rows: int) -> FloatArray:
        """Level of half a breath, g, for so many rows from `t_ns` on."""
        since_s = (t_ns - self.at_ns + np.arange(rows) * GRID_STEP_NS) / NS
        return np.asarray(self.base_g + self.slope_g_s * since_s)

    @property
    def rate_hz(self) -> float:
        """Cycles a second."""
        return 1.0 / sum(self.parts_s)

    def scan(self, t_ns: int, phase: int, first: int, count: int) -> tuple[int, int, Turn | None]:
        """The first row, from `first` on, whose phase is another than `phase`; that phase; how it began, if that was
        seen. Row `count` if there is none. A lag that grows does not take back what was told."""
        for row in range(first, count):
            now_ns = t_ns + row * GRID_STEP_NS
            part, onset_ns = self._at(now_ns)
            if part != phase and self._after(part) != phase:
                seen = phase != UNKNOWN and self._after(phase) == part
                return row, part, Turn(now_ns, part, onset_ns) if seen else None
        return count, phase, None

    def _at(self, t_ns: int) -> tuple[int, int]:
        cycle_ns = round(sum(self.parts_s) * NS)
        since_ns = (t_ns - self.start_ns) % cycle_ns
        begun_ns = 0
        part = 0
        while part < 3 and since_ns >= (end_ns := begun_ns + round(self.parts_s[part] * NS)):
            part, begun_ns = part + 1, end_ns
        return part, t_ns - since_ns + begun_ns

    def _after(self, part: int) -> int:
        following = (part + 1) % 4
        while self.parts_s[following] == 0.0:
            following = (following + 1) % 4
        return following
