"""From the flow of breath to phases: when inhalation turns to exhalation, and when neither goes on.

A turn is accepted when the flow has clearly changed its direction (hysteresis) and the last turn is not too recent; it
is dated back to where the flow left the neighbourhood of zero. Little flow for long is a hold, dated back to where the
flow died down.

The flow of a filter with two harmonics knows no corners: it smears a short inhalation into the exhalations around it,
so that it begins too early and ends too late, the more so the shorter it is (`scale.Scale.lean`). An inhalation waits
that time out; an exhalation, which sets in steeply, is called by as much before the flow has changed its direction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ...samples import NS
from ..tracks import GRID_STEP_NS

INHALE_FLOW: Final = 0.25
"""Flow from which it clearly goes in, in units of its own running RMS."""
INHALE_ONSET: Final = 0.15
"""Flow at which an inhalation is dated. Not at zero: the end of an exhalation is slow."""
EXHALE_FLOW: Final = 0.05
EXHALE_ONSET: Final = 0.05
"""The same for an exhalation, outwards, before the lean is taken off: it sets in steeply."""
FALL: Final = 8.0
"""How fast the flow falls at the top of a breath, in RMS a breath: that of a sinusoid is 2π√2."""
SHORTEST_PART: Final = 0.22
"""No inhalation or exhalation is shorter than this part of a breath (I:E of 1:3.5)."""
HOLD_FLOW: Final = 0.25
"""Flow that counts as none, in units of its running RMS. A sinusoid stays below it for 11 % of its period in all. An
exhalation that was called, but never went out faster, may still prove to be a held breath, or part of the inhalation.
"""
SHORTEST_HOLD_S: Final = 0.8
SHORTEST_HOLD: Final = 0.2
"""A hold lasts at least `SHORTEST_HOLD_S` and this part of a breath: slow breathing takes its time at the turns."""

INHALE, HOLD_IN, EXHALE, HOLD_OUT, UNKNOWN = range(5)
"""Indices into `events.PHASES`."""
_OPPOSITE: Final = (EXHALE, HOLD_OUT, INHALE, HOLD_IN, UNKNOWN)


@dataclass(frozen=True, slots=True)
class Turn:
    """A phase that began at `onset_ns`, known since `t_ns`."""

    t_ns: int
    phase: int
    onset_ns: int


class TurnFinder:
    """Follows the flow row by row."""

    def __init__(self) -> None:
        self.phase = UNKNOWN
        self._flow = 0.0  # of the last row
        self._began = (UNKNOWN, 0)  # which way the flow last left the neighbourhood of zero, and when (ns)
        self._turned_ns = 0
        self._quiet_ns = -1  # since when there is little flow; -1: there is much
        self._out = False  # whether the flow has clearly gone out since the last turn

    def forget(self) -> None:
        """Nothing is known of what comes next."""
        self.follow(UNKNOWN)

    def follow(self, phase: int) -> None:
        """Go on from a phase that was found in another way."""
        self.phase = phase
        self._began = (UNKNOWN, 0)
        self._quiet_ns = -1

    def flip(self) -> None:
        """In is out from here on."""
        self.phase = _OPPOSITE[self.phase]
        self._flow = -self._flow
        self._began = (_OPPOSITE[self._began[0]], self._began[1])

    def scan(
        self, t_ns: int, flows: Sequence[float], first: int, usual_flow: float, rate_hz: float, lean: float
    ) -> tuple[int, Turn | None]:
        """Follow rows until the phase changes.

        Parameters
        ----------
        t_ns : int
            Time of row 0.
        flows : sequence of float
            Flow of each row, + is in.
        first : int
            First row to look at.
        usual_flow : float
            Running RMS of the flow.
        rate_hz : float
            Breathing rate.
        lean : float
            By how much of a breath the flow is early where inhalation begins, and late where it ends.

        Returns
        -------
        row : int
            The first row that belongs to another phase; `len(flows)` if none does.
        turn : Turn or None
            How it began, if that was seen.
        """
        ahead = FALL * lean
        rises, rose = INHALE_FLOW * usual_flow, INHALE_ONSET * usual_flow
        falls, fell = (ahead - EXHALE_FLOW) * usual_flow, (ahead - EXHALE_ONSET) * usual_flow
        quiet = HOLD_FLOW * usual_flow
        last, phase = self._flow, self.phase
        if phase != INHALE:
            falls = -quiet
        for row in range(first, len(flows)):
            flow = flows[row]
            if flow > rose >= last:
                wait_ns = round(NS * lean / rate_hz)
                self._began = INHALE, t_ns + row * GRID_STEP_NS - _since_ns(last, flow, rose) + wait_ns
            elif flow < fell <= last:
                self._began = EXHALE, t_ns + row * GRID_STEP_NS - _since_ns(last, flow, fell)
            last = flow
            if flow > quiet:
                self._quiet_ns = -1
            elif flow < -quiet:
                self._quiet_ns, self._out = -1, True
            elif self._quiet_ns < 0:
                self._quiet_ns = t_ns + row * GRID_STEP_NS
            turn = None
            if flow > rises and phase != INHALE:
                turn = self._directed(t_ns + row * GRID_STEP_NS, INHALE, rate_hz)
            elif flow < falls and phase != EXHALE:
                turn = self._directed(t_ns + row * GRID_STEP_NS, EXHALE, rate_hz)
            elif self._quiet_ns >= 0 and phase in (INHALE, EXHALE):
                turn = self._held(t_ns + row * GRID_STEP_NS, rate_hz)
            if self.phase != phase:
                self._flow = last
                return row, turn
        self._flow = last
        return len(flows), None

    def _directed(self, t_ns: int, way: int, rate_hz: float) -> Turn | None:
        """The flow clearly goes `way`, which the phase does not."""
        seen = self.phase != UNKNOWN
        if seen and t_ns - self._turned_ns < NS * SHORTEST_PART / rate_hz:
            return None
        left, onset_ns = self._began
        if seen and left == way and t_ns < onset_ns:
            return None
        resumed = self.phase == HOLD_OUT if way == EXHALE else self.phase == HOLD_IN or (seen and not self._out)
        self.phase = way
        if resumed:
            return None
        self._turned_ns, self._quiet_ns, self._out = t_ns, -1, False
        # The first phase is seen, but not where it began: no turn to report.
        return Turn(t_ns, way, onset_ns if left == way else t_ns) if seen else None

    def _held(self, t_ns: int, rate_hz: float) -> Turn | None:
        """There is little flow: a hold, if for long enough."""
        if t_ns - self._quiet_ns < NS * max(SHORTEST_HOLD_S, SHORTEST_HOLD / rate_hz):
            return None
        self.phase = HOLD_OUT if self.phase == EXHALE and self._out else HOLD_IN
        return Turn(t_ns, self.phase, self._quiet_ns)


def _since_ns(before: float, after: float, level: float) -> int:
    """How long before a row the flow passed a level, on its way from the row before it."""
    return round(GRID_STEP_NS * (after - level) / (after - before))
