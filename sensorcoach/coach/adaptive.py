"""A pacer that meets the wearer where they are, and leads on only as fast as they follow.

Pure: a frozen state and two functions of time and events. It begins at the wearer's present rate, which may be quicker
than any pace offered otherwise: it never asks for breathing faster than one already does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

from ..events import Followed
from .pacer import Pacer, Pattern
from .patterns import scaled

LEAD_PER_BREATH: Final = 0.03
"""The pace changes by 3 % from breath to breath: from 14 to 6 a minute in 28 breaths, about three minutes."""
FOLLOWS: Final = 0.6
"""Adherence from which the wearer is with the pacer."""
LOST: Final = 0.3
"""Adherence below which the pacer comes back to meet them."""
MEET_PER_BREATH: Final = 0.1
SLOWER_BRPM: Final = 0.5
"""To someone who already breathes slower than the pacer by this much, it comes down quicker."""
CLOSE: Final = 0.005
FASTEST_START_BRPM: Final = 20.0


@dataclass(frozen=True, slots=True)
class AdaptivePacer:
    """Where it leads, and where it stands.

    Attributes
    ----------
    goal : Pattern
    pacer : Pacer
        What runs now.
    start_brpm : float
        Rate it began with; it never comes back further than this.
    mood : str
        `leading`, `waiting`, `meeting` (coming back) or `arrived`.
    """

    goal: Pattern
    pacer: Pacer
    start_brpm: float
    mood: str = "leading"

    @classmethod
    def meet(cls, goal: Pattern, t_ns: int, rate_brpm: float) -> AdaptivePacer:
        """Begin an inhalation at `t_ns` at the wearer's own rate (nan or slower than the goal: at the goal)."""
        start = goal.rate_brpm if math.isnan(rate_brpm) else min(max(rate_brpm, goal.rate_brpm), FASTEST_START_BRPM)
        pacer = Pacer(scaled(goal, start), t_ns)
        return cls(goal, pacer, start, "arrived" if start <= goal.rate_brpm else "leading")

    def after(self, followed: Followed) -> AdaptivePacer:
        """The pacer from this breath on. Phase and level go on without a jump."""
        rate, goal = self.pacer.pattern.rate_brpm, self.goal.rate_brpm
        if math.isnan(followed.adherence):
            return self
        if followed.adherence >= FOLLOWS:
            wanted, mood = max(goal, rate * (1.0 - LEAD_PER_BREATH)), "leading"
        elif followed.rate_error_brpm < -SLOWER_BRPM:
            own = rate + followed.rate_error_brpm
            wanted, mood = max(goal, own, rate * (1.0 - MEET_PER_BREATH)), "meeting"
        elif followed.adherence < LOST and followed.rate_error_brpm > 0.0:
            own = rate + followed.rate_error_brpm
            wanted, mood = min(rate * (1.0 + LEAD_PER_BREATH), own, self.start_brpm), "meeting"
        else:
            wanted, mood = rate, "waiting"
        if wanted <= goal * (1.0 + CLOSE):
            wanted, mood = goal, "arrived"
        if wanted == rate:
            return replace(self, mood=mood)
        return replace(self, pacer=self.pacer.changed(scaled(self.goal, wanted), followed.t_ns), mood=mood)
