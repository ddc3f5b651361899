"""What is worth telling a person who looks elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from .base import Event


@dataclass(frozen=True, slots=True)
class Alert(Event):
    """Something the wearer should notice now, on whatever channel reaches them. `about` is one of `ALERT_KINDS`.

    Only in runs that were told how to alert (`SetAlerts`). It follows from what the engine said: a replay has it too.
    """

    kind: ClassVar[str] = "alert"

    about: str
    text: str


ALERT_KINDS: Final = (
    "slouch",
    "side_lean",
    "bending_load",
    "long_still",
    "break_due",
    "battery",
    "sensor",
    "pose",
)
"""What an alert may be about."""


@dataclass(frozen=True, slots=True)
class AlertCleared(Event):
    """The wearer has corrected what the last alert was about: so that they know it was seen."""

    kind: ClassVar[str] = "alert_cleared"

    about: str
    text: str
