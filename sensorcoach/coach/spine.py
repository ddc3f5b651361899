"""Rounding the back, or leaning from the hips with a straight one: told from two sensors on the same trunk.

Each sensor knows how its own part of the trunk leans against gravity, relative to its own upright pose. The difference
between the upper part (chest or upper back) and the lower back is how far the spine between them is rounded; what the
lower back leans by itself comes from the hips. Turning about the vertical cannot be seen (no magnetometer), so these
are angles in the wearer's own sagittal and frontal planes, not the full rotation between the two sensors.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from ..events import Event, LeanChanged, Spine

LEAN_DEG: Final = 12.0
"""From here on the upper part leans: the normal slouch threshold."""
LEAN_OVER_DEG: Final = 9.0
ROUNDED_SHARE: Final = 2.0 / 3.0
"""The larger part of a lean names it from two thirds of the whole on; between one and two thirds it is both."""
HOLD_S: Final = 5
"""A lean must be the same for so long before it is named: the training dwell."""
JUDGED_QUALITY: Final = 0.6
"""Of the worse of the two angles, as for a slouch."""

_NAN: Final = float("nan")
_RESTING: Final = frozenset(("still", "vehicle"))


class Segment(NamedTuple):
    """What one sensor's row says of its part of the trunk; nan where not known."""

    flexion_deg: float
    lateral_deg: float
    quality: float
    activity: str


class SpineJudge:
    """Fed with the two rows of every second.

    Parameters
    ----------
    upper, lower : str
        Names of the sensors; events carry the upper one's.
    """

    __slots__ = ("_candidate", "_for_s", "_lean", "_lower", "_upper")

    def __init__(self, upper: str, lower: str) -> None:
        self._upper = upper
        self._lower = lower
        self._lean = self._candidate = ""
        self._for_s = 0

    def update(self, t_ns: int, upper: Segment, lower: Segment) -> list[Event]:
        """The `Spine` of this second, and `LeanChanged` when what a lean is made of has changed for good."""
        if upper.quality != upper.quality or lower.quality != lower.quality:  # nan: one of them is not known
            return [*self._judge(t_ns, "", _NAN, _NAN), Spine(t_ns, self._upper, self._lower, _NAN, _NAN, _NAN, _NAN)]
        rounding_deg = upper.flexion_deg - lower.flexion_deg
        side_deg = upper.lateral_deg - lower.lateral_deg
        quality = min(upper.quality, lower.quality)
        resting = upper.activity in _RESTING and quality >= JUDGED_QUALITY
        lean = self._name(upper.flexion_deg, rounding_deg) if resting else ""
        row = Spine(t_ns, self._upper, self._lower, rounding_deg, lower.flexion_deg, side_deg, quality)
        return [*self._judge(t_ns, lean, rounding_deg, lower.flexion_deg), row]

    def _name(self, flexion_deg: float, rounding_deg: float) -> str:
        """What the lean of this second is made of."""
        if flexion_deg < (LEAN_OVER_DEG if self._lean else LEAN_DEG):
            return ""
        share = rounding_deg / flexion_deg
        if share >= ROUNDED_SHARE:
            return "rounding"
        return "hips" if share <= 1.0 - ROUNDED_SHARE else "both"

    def _judge(self, t_ns: int, lean: str, rounding_deg: float, hips_deg: float) -> list[Event]:
        if lean == self._lean:
            self._for_s = 0
            return []
        self._for_s = self._for_s + 1 if lean == self._candidate else 1
        self._candidate = lean
        if self._for_s < HOLD_S:
            return []
        previous, self._lean, self._for_s = self._lean, lean, 0
        return [LeanChanged(t_ns, self._upper, lean, previous, rounding_deg, hips_deg)]
