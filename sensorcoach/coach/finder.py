"""The most comfortable slow rate: a few rates tried in turn, and the one the wearer breathed most evenly and easily.

The usual way needs the heart (Lehrer et al. 2000; Shaffer & Meehan 2020, doi 10.3389/fnins.2020.570400): from 6.5 down
to 4.5 breaths a minute in steps of 0.5, two minutes each. A motion sensor knows nothing of the heart, so this finds the
rate that is easiest to keep, and says no more than that.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

TRIAL_RATES_BRPM: Final = (6.5, 6.0, 5.5, 5.0, 4.5)
LEAST_BREATHS: Final = 4
EASY_EFFORT: Final = 1.0
"""Effort above the wearer's own counts against a rate; below it does not count for it."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How one rate went: means over its scored breaths. nan where unknown.

    Attributes
    ----------
    rate_brpm : float
    breaths : int
        How many scored breaths there were.
    adherence, coherence : float, 0..1
    effort : float
        1 is usual.
    too_much : bool
        The wearer said so.
    """

    rate_brpm: float
    breaths: int
    adherence: float
    coherence: float
    effort: float
    too_much: bool = False

    @property
    def comfort(self) -> float:
        """Adherence times coherence, divided by the effort beyond the usual; what is unknown counts as neutral."""
        even = self.coherence if not math.isnan(self.coherence) else 1.0
        effort = self.effort if not math.isnan(self.effort) else EASY_EFFORT
        return self.adherence * even / max(EASY_EFFORT, effort)


def most_comfortable(trials: Iterable[Trial]) -> Trial | None:
    """The trial with the highest comfort; of equals the quicker one. None where none was followed long enough."""
    fit = [t for t in trials if t.breaths >= LEAST_BREATHS and not t.too_much and not math.isnan(t.adherence)]
    return max(fit, key=lambda t: (round(t.comfort, 3), t.rate_brpm), default=None)
