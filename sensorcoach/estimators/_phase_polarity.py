"""Which way is in.

The swing of gravity has no sign of its own: the same sensor, worn upside down, swings the other way. What tells is how
people breathe. At rest the inhalation is the shorter part (the duty-cycle vote of the RESpeck; Mann, Bates & Arvind),
and breath rests at the end of the exhalation, so that the wave has sharp tops and flat bottoms. Each breath gives a
little evidence; evidence adds up, bounded, and is remembered through movement. A pacer that the wearer follows is
evidence too, never a command.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..events import SetPacer
from ..samples import NS

DUTY_WEIGHT: Final = 6.0
"""Log-likelihood ratio for each unit of (Te - Ti) / (Te + Ti): resting people stand near +0.2, with a spread of 0.2 between them."""
SHAPE_WEIGHT: Final = 0.6
PACER_WEIGHT: Final = 1.0
MOST_PER_BREATH: Final = 1.5
SURE: Final = 8.0
"""Bound on the sum: how much contrary evidence it takes to turn a settled sign."""
TURN_AT: Final = -2.0
"""The sign is turned when the sum for it falls below this: not at zero, so that even breathing does not turn it to and fro."""
PACER_LAG_S: Final = 0.4
"""People follow a pacer by about this much."""
PACER_PERIOD_SLACK: Final = 0.15


@dataclass(frozen=True, slots=True)
class Shape:
    """What one breath says of its own direction.

    Attributes
    ----------
    t_inhale_ns, t_exhale_ns, t_end_ns : int
        As labelled now.
    skewness : float
        Of the wave over the breath; + has sharp tops.
    """

    t_inhale_ns: int
    t_exhale_ns: int
    t_end_ns: int
    skewness: float


class Polarity:
    """Adds up the evidence that what is called in is in."""

    def __init__(self) -> None:
        self.evidence = 0.0
        self.pacer: SetPacer | None = None

    def forget(self) -> None:
        """The sign was chosen anew."""
        self.evidence = 0.0

    def judge(self, breath: Shape) -> bool:
        """Take in a breath; True when in and out must change places."""
        duration_ns = breath.t_end_ns - breath.t_inhale_ns
        inhaled_ns = breath.t_exhale_ns - breath.t_inhale_ns
        says = DUTY_WEIGHT * (duration_ns - 2 * inhaled_ns) / duration_ns
        says += SHAPE_WEIGHT * breath.skewness
        says += PACER_WEIGHT * self._follows_pacer(breath)
        self.evidence = min(SURE, self.evidence + max(-MOST_PER_BREATH, min(MOST_PER_BREATH, says)))
        if self.evidence > TURN_AT:
            return False
        self.evidence = -self.evidence
        return True

    def _follows_pacer(self, breath: Shape) -> float:
        """+1: inhalation begins with the pacer's; -1: with its exhalation; 0: nobody follows it."""
        pacer = self.pacer
        if pacer is None:
            return 0.0
        period_s = pacer.inhale_s + pacer.hold_in_s + pacer.exhale_s + pacer.hold_out_s
        duration_s = (breath.t_end_ns - breath.t_inhale_ns) / NS
        since_s = (breath.t_inhale_ns - pacer.start_ns) / NS - PACER_LAG_S
        if period_s <= 0.0 or since_s < 0.0 or abs(duration_s - period_s) > PACER_PERIOD_SLACK * period_s:
            return 0.0
        late = (since_s / period_s) % 1.0
        out = (pacer.inhale_s + pacer.hold_in_s) / period_s
        nearness_in = min(late, 1.0 - late)
        nearness_out = min(abs(late - out), 1.0 - abs(late - out))
        return max(-1.0, min(1.0, 4.0 * (nearness_out - nearness_in)))
