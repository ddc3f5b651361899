"""From the flow of breath to phases: when inhalation turns to exhalation, and when neither goes on.

A turn is accepted when the flow has clearly changed its direction (hysteresis) and the last turn is not too recent; it
is dated back to where the flow left the neighbourhood of zero. Little flow for long is a hold, dated back to where the
flow died down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ...samples import NS
from ..tracks import GRID_STEP_NS

HYSTERESIS: Final = 0.25
"""Flow that counts as a change of direction, in units of its own running RMS."""
ONSET_FLOW: Final = 0.15
"""Flow at which a turn is dated. Not at zero: the end of an exhalation is slow, and the filter, which knows no corners,
turns a little before the breath does."""
SHORTEST_PART: Final = 0.22
"""No inhalation or exhalation is shorter than this part of a breath (I:E of 1:3.5)."""
HOLD_FLOW: Final = 0.25
"""Flow that counts as none, in units of its running RMS. A sinusoid stays below it for 11 % of its period in all."""
SHORTEST_HOLD_S: Final = 0.8
SHORTEST_HOLD: Final = 0.12
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

    def forget(self) -> None:
        """Nothing is known of what comes next."""
        self.phase = UNKNOWN
        self._began = (UNKNOWN, 0)
        self._quiet_ns = -1

    def flip(self) -> None:
        """In is out from here on."""
        self.phase = _OPPOSITE[self.phase]
        self._flow = -self._flow
        self._began = (_OPPOSITE[self._began[0]], self._began[1])

    def scan(
        self, t_ns: int, flows: Sequence[float], first: int, usual_flow: float, rate_hz: float
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

        Returns
        -------
        row : int
            The first row that belongs to another phase; `len(flows)` if none does.
        turn : Turn or None
            How it began, if that was seen.
        """
        turned, began, quiet = (part * usual_flow for part in (HYSTERESIS, ONSET_FLOW, HOLD_FLOW))
        last, phase = self._flow, self.phase
        for row in range(first, len(flows)):
            flow = flows[row]
            if flow > began >= last or flow < -began <= last:
                self._leave_zero(t_ns + row * GRID_STEP_NS, last, flow, began)
            last = flow
            if not -quiet <= flow <= quiet:
                self._quiet_ns = -1
            elif self._quiet_ns < 0:
                self._quiet_ns = t_ns + row * GRID_STEP_NS
            turn = None
            if flow > turned and phase != INHALE:
                turn = self._directed(t_ns + row * GRID_STEP_NS, INHALE, rate_hz)
            elif flow < -turned and phase != EXHALE:
                turn = self._directed(t_ns + row * GRID_STEP_NS, EXHALE, rate_hz)
            elif self._quiet_ns >= 0 and phase in (INHALE, EXHALE):
                turn = self._held(t_ns + row * GRID_STEP_NS, rate_hz)
            if self.phase != phase:
                self._flow = last
                return row, turn
        self._flow = last
        return len(flows), None

    def _leave_zero(self, t_ns: int, last: float, flow: float, began: float) -> None:
        threshold = began if flow > 0.0 else -began
        late_ns = round(GRID_STEP_NS * (flow - threshold) / (flow - last))
        self._began = (INHALE if flow > 0.0 else EXHALE, t_ns - late_ns)

    def _directed(self, t_ns: int, way: int, rate_hz: float) -> Turn | None:
        """The flow clearly goes `way`, which the phase does not."""
        seen = self.phase != UNKNOWN
        if seen and t_ns - self._turned_ns < NS * SHORTEST_PART / rate_hz:
            return None
        resumed = self.phase == (HOLD_IN if way == INHALE else HOLD_OUT)
        self.phase = way
        if resumed:
            return None
        self._turned_ns, self._quiet_ns = t_ns, -1
        left, onset_ns = self._began
        # The first phase is seen, but not where it began: no turn to report.
        return Turn(t_ns, way, onset_ns if left == way else t_ns) if seen else None

    def _held(self, t_ns: int, rate_hz: float) -> Turn | None:
        """There is little flow: a hold, if for long enough."""
        if t_ns - self._quiet_ns < NS * max(SHORTEST_HOLD_S, SHORTEST_HOLD / rate_hz):
            return None
        self.phase = HOLD_IN if self.phase == INHALE else HOLD_OUT
        return Turn(t_ns, self.phase, self._quiet_ns)
