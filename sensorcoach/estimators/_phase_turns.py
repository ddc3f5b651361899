"""From the flow of breath to phases: when inhalation turns to exhalation, and when neither goes on.

A turn is accepted when the flow has clearly changed sign (hysteresis) and the last turn is not too recent; it is dated
back to where the flow went through zero. Little flow for long is a hold, dated back to where the flow died down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..samples import NS
from .tracks import GRID_STEP_NS

HYSTERESIS: Final = 0.25
"""Flow that counts as a change of direction, in units of its own running RMS."""
ONSET_FLOW: Final = 0.15
"""Flow at which an inhalation or exhalation is said to begin: the last of an exhalation is slow and blurred by sway, and the
filter, which knows no corners, turns a little before the breath does."""
SHORTEST_PART: Final = 0.22
"""No inhalation or exhalation is shorter than this part of a breath (I:E of 1:3.5)."""
HOLD_FLOW: Final = 0.25
"""Flow that counts as none, in units of its running RMS. A sinusoid stays below it for 11 % of its period in all."""
SHORTEST_HOLD_S: Final = 0.8
SHORTEST_HOLD: Final = 0.12
"""A hold lasts at least this part of a breath, and `SHORTEST_HOLD_S`: slow breathing passes its turning points slowly."""

INHALE, HOLD_IN, EXHALE, HOLD_OUT, UNKNOWN = range(5)
"""Indices into `events.PHASES`."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A phase that began at `onset_ns`, known since `t_ns`."""

    t_ns: int
    phase: int
    onset_ns: int


class TurnFinder:
    """Follows the flow sample by sample."""

    def __init__(self) -> None:
        self.phase = UNKNOWN
        self._last_flow = 0.0
        self._began_ns = 0
        self._turned_ns = 0
        self._quiet_ns = -1  # since when there is little flow; -1: there is much

    def forget(self) -> None:
        """Nothing is known of what comes next."""
        self.phase = UNKNOWN
        self._quiet_ns = -1

    def flip(self) -> None:
        """In is out from here on."""
        self._last_flow = -self._last_flow
        self.phase = {INHALE: EXHALE, EXHALE: INHALE, HOLD_IN: HOLD_OUT, HOLD_OUT: HOLD_IN}.get(self.phase, UNKNOWN)

    def follow(self, t_ns: int, flow: float, usual_flow: float, rate_hz: float) -> Turn | None:
        """Take in the flow at `t_ns` (per second, + is in).

        Parameters
        ----------
        t_ns : int
        flow : float
        usual_flow : float
            Running RMS of the flow, same unit.
        rate_hz : float
            Breathing rate.

        Returns
        -------
        Turn or None
            The phase that is now known to have begun, if any.
        """
        last = self._last_flow
        self._last_flow = flow
        begun = ONSET_FLOW * usual_flow
        if flow > begun >= last:
            self._began_ns = t_ns - round(GRID_STEP_NS * (flow - begun) / (flow - last))
        elif flow < -begun <= last:
            self._began_ns = t_ns - round(GRID_STEP_NS * (flow + begun) / (flow - last))
        if abs(flow) > HOLD_FLOW * usual_flow:
            self._quiet_ns = -1
        elif self._quiet_ns < 0:
            self._quiet_ns = t_ns
        if abs(flow) > HYSTERESIS * usual_flow:
            return self._directed(t_ns, INHALE if flow > 0.0 else EXHALE, rate_hz)
        if self._quiet_ns >= 0 and self.phase in (INHALE, EXHALE):
            if t_ns - self._quiet_ns >= NS * max(SHORTEST_HOLD_S, SHORTEST_HOLD / rate_hz):
                self.phase = HOLD_IN if self.phase == INHALE else HOLD_OUT
                return Turn(t_ns, self.phase, self._quiet_ns)
        return None

    def _directed(self, t_ns: int, way: int, rate_hz: float) -> Turn | None:
        if self.phase == UNKNOWN:
            # The phase is seen, but not where it began: no turn to report.
            self.phase, self._turned_ns = way, t_ns
            return None
        before = INHALE if self.phase in (INHALE, HOLD_IN) else EXHALE
        if way == before:
            if self._quiet_ns < 0:
                self.phase = way  # the hold was none, or breathing goes on the same way
            return None
        if t_ns - self._turned_ns < NS * SHORTEST_PART / rate_hz:
            return None
        self.phase, self._turned_ns, self._quiet_ns = way, t_ns, -1
        return Turn(t_ns, way, min(self._began_ns, t_ns))
