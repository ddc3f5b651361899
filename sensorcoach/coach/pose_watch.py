"""Whether the pose that all angles are measured from can still be believed, second by second.

A calibration belongs to one mounting. When it is of another day, or the sensor was taken off meanwhile, it is unsure
until an upright rest agrees with it. It is void once the sensor has moved on the body or was put on the other way
round. Nothing is ever re-zeroed here: what is in doubt is shown as such and asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..events import Event, Notice

UNSURE_QUALITY: Final = 0.6
"""Most an angle is worth before the pose was checked: shown and judged, never used for an alarm."""
VOID_QUALITY: Final = 0.5
"""Most it is worth when the sensor has moved: shown greyed, not judged."""

AGREES_DEG: Final = 15.0
"""A rest within this of the stored pose is upright in the same mounting. Putting a strap on again turns it by some
degrees and people sit 12° from standing tall; a deep slouch or another mounting is further away."""
AGREES_S: Final = 5
DIFFERS_S: Final = 60
"""So much rest further away than that, and the wearer is asked."""

UPSIDE_DOWN_DEG: Final = 120.0
UPSIDE_DOWN_S: Final = 60
"""No trunk stays upside down for a minute: the sensor is."""

BACKWARD_DEG: Final = -50.0
BACK_UP_DEG: Final = -20.0
BACKWARD_S: Final = 8
BACKWARD_BOWS: Final = 3
"""Nobody bows backward this far for some seconds and comes up again, but a sensor that faces the body sees every bow to
the floor like that. Three in a row without one forward are no accident."""

_ASK: Final = "Stand tall and calibrate again."
_RESTING: Final = frozenset(("still", "vehicle"))


class PoseWatch:
    """Fed with every second; says how much an angle can be worth.

    Parameters
    ----------
    sensor : str
        Name its notices carry.

    Attributes
    ----------
    most_quality : float
        1, `UNSURE_QUALITY` or `VOID_QUALITY`.
    """

    __slots__ = (
        "_agrees_s",
        "_asked",
        "_back_s",
        "_backward",
        "_differs_s",
        "_off",
        "_sensor",
        "_upside_s",
        "most_quality",
    )

    def __init__(self, sensor: str) -> None:
        self._sensor = sensor
        self._off = False
        self.pose_set(stored=False)

    def pose_set(self, *, stored: bool) -> None:
        """There is a new pose; a stored one is to be checked first."""
        self.most_quality = UNSURE_QUALITY if stored else 1.0
        self._agrees_s = self._differs_s = self._upside_s = self._back_s = self._backward = 0
        self._asked = False

    def moved(self) -> None:
        """The sensor has moved on the body: no angle means anything until the next calibration."""
        self.most_quality = VOID_QUALITY

    def update(self, t_ns: int, flexion_deg: float, inclination_deg: float, activity: str) -> Sequence[Event]:
        """One more second; nan angles say nothing."""
        if activity == "off":
            self._off = True
            return ()
        if self._off and activity != "unknown":
            self._off = False
            if self.most_quality > UNSURE_QUALITY:
                self.pose_set(stored=True)
        if self.most_quality <= VOID_QUALITY:
            return ()
        if inclination_deg > UPSIDE_DOWN_DEG:
            self._upside_s += 1
            if self._upside_s >= UPSIDE_DOWN_S:
                return self._turned_over(t_ns)
        elif self._upside_s:
            self._upside_s = 0
        if (self._back_s or flexion_deg < BACKWARD_DEG) and self._bows_backward(flexion_deg, activity):
            return self._turned_over(t_ns)
        if flexion_deg > -BACKWARD_DEG:
            self._backward = 0
        if self.most_quality < 1.0 and activity in _RESTING and inclination_deg == inclination_deg:
            return self._check(t_ns, inclination_deg)
        return ()

    def _check(self, t_ns: int, inclination_deg: float) -> Sequence[Event]:
        """One second of rest against a pose that is to be checked."""
        if inclination_deg <= AGREES_DEG:
            self._agrees_s += 1
            if self._agrees_s >= AGREES_S:
                self.most_quality = 1.0
            return ()
        self._agrees_s = 0
        self._differs_s += 1
        if self._asked or self._differs_s < DIFFERS_S:
            return ()
        self._asked = True
        message = f"You rest {inclination_deg:.0f}° from your stored upright pose."
        return (
            Notice(t_ns, self._sensor, "pose_differs", message, f"Sit tall for a moment. Was it that? Else: {_ASK}"),
        )

    def _bows_backward(self, flexion_deg: float, activity: str) -> bool:
        """Count short excursions backward; whoever lies down, or stays there, has made none."""
        if flexion_deg < BACKWARD_DEG:
            self._back_s += 1
        if activity == "lying" or self._back_s > BACKWARD_S:
            self._back_s = BACKWARD_S + 1  # void until upright again
        if flexion_deg > BACK_UP_DEG:
            self._backward += self._back_s <= BACKWARD_S
            self._back_s = 0
        return self._backward >= BACKWARD_BOWS

    def _turned_over(self, t_ns: int) -> Sequence[Event]:
        self.moved()
        message = "The sensor seems to sit the other way round than when you calibrated."
        return (Notice(t_ns, self._sensor, "sensor_turned_over", message, _ASK),)


VOIDS: Final = frozenset(("sensor_moved", "sensor_turned_over"))
"""Codes of notices after which a calibration is void; `pose_differs` only asks."""
