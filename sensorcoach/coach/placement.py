"""Can breathing and posture be seen from where the sensor is worn? Judged over the last twenty seconds of events."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from ..events import SHOWN, TRUSTED, Event, Notice, Second
from ..samples import NS

CHECK_S: Final = 20
NEWEST: Final = 5
"""Breathing is judged by so many of the newest rows: the ones before may still be settling."""
MOST_MOVED: Final = 5
"""With more rows than this spent moving, nothing can be said about the place."""
AT_REST: Final = ("still", "lying")
SENSOR_FAULTS: Final = ("gravity_off", "axis_stuck_x", "axis_stuck_y", "axis_stuck_z", "sensor_turned_over")
"""Notices after which angles mean nothing."""


@dataclass(frozen=True, slots=True)
class Placement(Event):
    """What can be seen from where the sensor is worn.

    Attributes
    ----------
    breathing, posture : str
        `seen`, `unsure`, `unseen`, or empty when it could not be judged.
    message, advice : str
        The same in plain words, and what to do about it (empty when all is well).
    """

    kind: ClassVar[str] = "placement"

    breathing: str
    posture: str
    message: str
    advice: str

    @property
    def good(self) -> bool:
        """Whether both are seen."""
        return self.breathing == self.posture == "seen"


def judge_placement(events: Sequence[Event], sensor: str) -> Placement:
    """The verdict over the last `CHECK_S` seconds of these events.

    Parameters
    ----------
    events : sequence of Event
        Rows in order; older rows are left out, a fault of the sensor counts whenever it was told.
    sensor : str
    """
    rows = [e for e in events if isinstance(e, Second) and e.sensor == sensor]
    now_ns = rows[-1].t_ns if rows else 0
    rows = [r for r in rows if r.t_ns > now_ns - CHECK_S * NS]
    heard = [r for r in rows if r.breath_reason != "no_data"]
    if len(heard) < CHECK_S // 2:
        return Placement(
            now_ns, sensor, "", "", "Too little was heard from the sensor.", "Bring it nearer, and check that it is on."
        )
    if 2 * sum(r.activity == "off" or r.breath_reason == "not_worn" for r in heard) > len(heard):
        return Placement(now_ns, sensor, "", "", "The sensor lies still and alone.", "Put it on, then try again.")
    if sum(r.activity not in AT_REST for r in heard) > MOST_MOVED:
        return Placement(
            now_ns, sensor, "", "", "You moved too much to tell.", "Sit upright, breathe as usual, and hold still."
        )
    faults = [e for e in events if isinstance(e, Notice) and e.sensor == sensor and e.code in SENSOR_FAULTS]
    breathing = _grade([r.breath_quality for r in heard[-NEWEST:]])
    posture = "unseen" if faults else _grade([r.posture_quality for r in heard])
    message = f"{_BREATHING[breathing]} {_POSTURE[posture]}"
    advice = " ".join(filter(None, (_breathing_advice(breathing, heard[-1]), _posture_advice(posture, faults))))
    return Placement(now_ns, sensor, breathing, posture, message, advice)


def _grade(qualities: Sequence[float]) -> str:
    """What most of these were worth; nan is worth nothing."""
    if 2 * sum(q >= TRUSTED for q in qualities) > len(qualities):
        return "seen"
    return "unsure" if 2 * sum(q >= SHOWN for q in qualities) > len(qualities) else "unseen"


_BREATHING: Final = {
    "seen": "Your breathing is seen well from here.",
    "unsure": "Your breathing is seen, but not clearly.",
    "unseen": "Your breathing is not seen from here.",
}
_POSTURE: Final = {
    "seen": "Your posture is seen well.",
    "unsure": "Your posture is seen, but your upright pose is only assumed.",
    "unseen": "Your posture is not seen.",
}


def _breathing_advice(grade: str, newest: Second) -> str:
    if grade == "seen":
        return ""
    if newest.breath_reason == "settling":
        return "Breathe on calmly for some more seconds."
    return "Fasten the sensor tighter, or move it to the breastbone or under the ribs."


def _posture_advice(grade: str, faults: Sequence[Notice]) -> str:
    if faults:
        return f"{faults[-1].message} {faults[-1].advice}"
    if grade == "unsure":
        return "Teach it your upright pose: sensorcoach calibrate."
    return "" if grade == "seen" else "Sit upright and hold still for a moment."


class PlacementCheck:
    """Hears a run's events and judges as soon as it can.

    Parameters
    ----------
    sensor : str
    longest_s : int
        Stream time after which the verdict is given as it is; before, a good one ends the check.
    """

    def __init__(self, sensor: str, longest_s: int) -> None:
        self._sensor = sensor
        self._longest_ns = longest_s * NS
        self._recent: deque[Second] = deque(maxlen=CHECK_S)
        self._faults: dict[str, Notice] = {}  # told once, so remembered for the whole check
        self.over = False

    def hear(self, events: Iterable[Event]) -> None:
        """Take events in order."""
        for event in events:
            if self.over:
                return
            if event.sensor != self._sensor:
                continue
            if isinstance(event, Notice):
                self._faults[event.code] = event
            elif isinstance(event, Second):
                self._recent.append(event)
                if len(self._recent) == CHECK_S:
                    self.over = self.outcome().good or event.t_ns >= self._longest_ns

    def outcome(self) -> Placement:
        """The verdict as it stands."""
        return judge_placement([*self._faults.values(), *self._recent], self._sensor)
