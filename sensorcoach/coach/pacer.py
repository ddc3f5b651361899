"""The pacer: a four-part breathing pattern as a pure function of time.

Where the pacer stands follows from the time alone (no counter that jitter could pile up in), and a change of pattern
keeps phase and level: the guide never jumps under the wearer's breath.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..events import PHASES, SetPacer
from ..samples import NS, FloatArray, IntArray

SLOWEST_BRPM: Final = 3.0
"""Slowest pace that can be dialled by hand, breaths per minute."""
FASTEST_BRPM: Final = 7.5
"""Fastest pace that can be dialled by hand: cycles under 8 s are not offered unasked."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One breath of the pacer: inhale, hold, exhale, hold.

    Attributes
    ----------
    name : str
        As people see it.
    inhale_s, hold_in_s, exhale_s, hold_out_s : float, s
        Lengths of the four parts; a part of zero length is left out. Inhale and exhale are never zero.
    """

    name: str
    inhale_s: float
    hold_in_s: float
    exhale_s: float
    hold_out_s: float

    def __post_init__(self) -> None:
        if not all(math.isfinite(part) and part >= 0.0 for part in self.parts_s):
            raise ValueError(f"the parts of a breathing pattern are seconds, not below zero: {self.parts_s}")
        if self.inhale_s <= 0.0 or self.exhale_s <= 0.0:
            raise ValueError(f"a breathing pattern needs time to breathe in and out: {self.parts_s}")

    @property
    def parts_s(self) -> tuple[float, float, float, float]:
        """Inhale, hold, exhale, hold, s."""
        return self.inhale_s, self.hold_in_s, self.exhale_s, self.hold_out_s

    @property
    def cycle_s(self) -> float:
        """Length of one whole breath, s."""
        return sum(self.parts_s)

    @property
    def rate_brpm(self) -> float:
        """Breaths per minute."""
        return 60.0 / self.cycle_s

    def at_rate(self, rate_brpm: float) -> Pattern:
        """The same proportions at another pace, kept between `SLOWEST_BRPM` and `FASTEST_BRPM`."""
        scale = self.rate_brpm / min(max(rate_brpm, SLOWEST_BRPM), FASTEST_BRPM)
        return Pattern(self.name, *(part * scale for part in self.parts_s))


GENTLE: Final = Pattern("gentle", 4.0, 0.0, 5.0, 0.0)
"""A first step down from everyday breathing."""
RESONANCE: Final = Pattern("resonance", 5.0, 0.0, 5.0, 0.0)
"""Six breaths a minute: the middle of the range Shaffer & Meehan (2020, doi 10.3389/fnins.2020.570400) step through."""
LONG_EXHALE: Final = Pattern("long exhale", 4.0, 0.0, 6.0, 0.0)
"""Six breaths a minute with the weight on breathing out."""

PATTERNS: Final = (GENTLE, RESONANCE, LONG_EXHALE)
"""Offered without asking: no holds, no cycle under 8 s."""


@dataclass(frozen=True, slots=True)
class PacerPoint:
    """Where the pacer stands at one moment.

    Attributes
    ----------
    phase : str
        `inhale`, `hold_in`, `exhale` or `hold_out`.
    share_of_phase : float, 0..1
        How much of this part is over.
    level : float, 0..1
        How full the chest should be; 0 is empty. Raised-cosine slopes, so it turns without a corner.
    remaining_s : float, s
        Time left in this part.
    """

    phase: str
    share_of_phase: float
    level: float
    remaining_s: float


@dataclass(frozen=True, slots=True)
class Pacer:
    """A pattern that begins an inhalation at `start_ns` and goes on for ever, in both directions of time.

    Attributes
    ----------
    pattern : Pattern
    start_ns : int, ns
        Sample time at which one of its inhalations begins.
    """

    pattern: Pattern
    start_ns: int

    def at(self, t_ns: int) -> PacerPoint:
        """Phase, share, level and time left at sample time `t_ns`."""
        part, share, remaining_s = self._locate(t_ns)
        level = (_rise(share), 1.0, 1.0 - _rise(share), 0.0)[part]
        return PacerPoint(PHASES[part], share, level, remaining_s)

    def levels(self, t_ns: IntArray) -> FloatArray:
        """`at(t).level` for many times at once: int64 array of shape (n,), ns, to floats of the same shape."""
        edges_s = np.cumsum(self.pattern.parts_s)
        elapsed_s = np.mod(t_ns - self.start_ns, self._cycle_ns) / NS
        rise = (1.0 - np.cos(np.pi * np.clip(elapsed_s / edges_s[0], 0.0, 1.0))) / 2.0
        fall = (1.0 - np.cos(np.pi * np.clip((elapsed_s - edges_s[1]) / self.pattern.exhale_s, 0.0, 1.0))) / 2.0
        return np.asarray(rise - fall)

    def next_begin(self, after_ns: int) -> tuple[int, str]:
        """When, later than `after_ns`, the next part begins (ns), and which one it is."""
        parts_s = self.pattern.parts_s
        cycle_ns = self._cycle_ns
        first_ns = after_ns - (after_ns - self.start_ns) % cycle_ns
        for begin_ns in (first_ns, first_ns + cycle_ns):
            for part, length_s in enumerate(parts_s):
                t_ns = begin_ns + round(sum(parts_s[:part]) * NS)
                if length_s > 0.0 and t_ns > after_ns:
                    return t_ns, PHASES[part]
        raise AssertionError("unreachable: the cycle after this one begins later than now")

    def changed(self, pattern: Pattern, t_ns: int) -> Pacer:
        """The pacer that follows `pattern` from `t_ns` on, standing there at the same share of the same part.

        Where `pattern` leaves out the part the pacer is in, it goes on with the part that follows.
        """
        part, share, _ = self._locate(t_ns)
        parts_s = pattern.parts_s
        elapsed_s = sum(parts_s[:part]) + share * parts_s[part]
        return Pacer(pattern, t_ns - round(elapsed_s * NS))

    def command(self, t_ns: int) -> SetPacer:
        """The command that makes the engine know this pacer from `t_ns` on."""
        return SetPacer(t_ns, self.start_ns, *self.pattern.parts_s)

    @property
    def _cycle_ns(self) -> int:
        return round(self.pattern.cycle_s * NS)

    def _locate(self, t_ns: int) -> tuple[int, float, float]:
        """Index of the part, share of it that is over, and time left in it (s)."""
        elapsed_s = ((t_ns - self.start_ns) % self._cycle_ns) / NS
        begin_s = 0.0
        last = 3 if self.pattern.hold_out_s > 0.0 else 2
        for part, length_s in enumerate(self.pattern.parts_s):
            if length_s > 0.0 and (elapsed_s < begin_s + length_s or part == last):
                share = min((elapsed_s - begin_s) / length_s, 1.0)
                return part, share, max(begin_s + length_s - elapsed_s, 0.0)
            begin_s += length_s
        raise AssertionError("unreachable: the last part of a pattern takes every remaining time")


def _rise(share: float) -> float:
    return (1.0 - math.cos(math.pi * share)) / 2.0
