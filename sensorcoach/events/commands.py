"""What a person or the pacer does: stamped with sample time, journalled, carried out by the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from .base import Command


@dataclass(frozen=True, slots=True)
class Calibrate(Command):
    """Take `up` (and `forward`) as the upright pose; None: take what the sensor shows over the last seconds.

    `origin` is `stored` for a pose of another day: it counts as unsure until the first upright rest agrees with it.
    """

    kind: ClassVar[str] = "calibrate"

    sensor: str
    up: tuple[float, float, float] | None = None
    forward: tuple[float, float, float] | None = None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class StartCalibration(Command):
    """Guide the wearer through a calibration: stand tall, bow three times and, if `slouch` is `yes`, slouch."""

    kind: ClassVar[str] = "start_calibration"

    sensor: str
    slouch: str = "yes"


@dataclass(frozen=True, slots=True)
class StopCalibration(Command):
    """Give up the guided calibration; the pose from before stays."""

    kind: ClassVar[str] = "stop_calibration"

    sensor: str


@dataclass(frozen=True, slots=True)
class SetSlouch(Command):
    """From now on a slouch is a forward lean beyond `threshold_deg` that lasts `dwell_s`."""

    kind: ClassVar[str] = "set_slouch"

    sensor: str
    threshold_deg: float
    dwell_s: float


@dataclass(frozen=True, slots=True)
class SetPacer(Command):
    """The pacer now runs this four-part pattern, starting its first inhalation at `start_ns`; all zero: off."""

    kind: ClassVar[str] = "set_pacer"

    start_ns: int
    inhale_s: float
    hold_in_s: float
    exhale_s: float
    hold_out_s: float


@dataclass(frozen=True, slots=True)
class Mark(Command):
    """A moment the person wants to find again."""

    kind: ClassVar[str] = "mark"

    label: str


@dataclass(frozen=True, slots=True)
class Snooze(Command):
    """No posture alerts for this long; 0: from now on again."""

    kind: ClassVar[str] = "snooze"

    duration_s: float


@dataclass(frozen=True, slots=True)
class Mute(Command):
    """No alerts of any kind for this long, as in a meeting; 0: from now on again."""

    kind: ClassVar[str] = "mute"

    duration_s: float


@dataclass(frozen=True, slots=True)
class SetAlerts(Command):
    """From now on alert like this.

    Attributes
    ----------
    sensor : str
        Whose posture is alerted about.
    mode : str
        `training`, `all-day` or `tracking` (no posture alerts).
    about : str
        What alerts may be about (see `ALERT_KINDS`), joined by commas.
    quota : int
        Posture alerts a day, 0 for no limit.
    used : int
        How many of them were given today before this command.
    quiet : str
        Local hours without any alert, `22:00-07:00`; empty for none.
    """

    kind: ClassVar[str] = "set_alerts"

    sensor: str
    mode: str
    about: str
    quota: int
    used: int
    quiet: str


@dataclass(frozen=True, slots=True)
class StartSession(Command):
    """Begin a session now. `plan` is the whole plan as JSON text, so that a journal needs no other file."""

    kind: ClassVar[str] = "start_session"

    sensor: str
    programme: str
    plan: str


@dataclass(frozen=True, slots=True)
class ControlSession(Command):
    """What the wearer wants of a running session: one of `SESSION_ACTIONS`."""

    kind: ClassVar[str] = "control_session"

    action: str


SESSION_ACTIONS: Final = ("pause", "resume", "next", "skip", "back", "repeat", "stop", "wait")
"""`next` goes to the next step, `skip` to the next exercise; `wait` leaves a question open for longer."""


@dataclass(frozen=True, slots=True)
class Answer(Command):
    """The wearer's answer to a `FeelAsked`, or `pain` with any value, which ends the exercise."""

    kind: ClassVar[str] = "answer"

    question: str
    value: str


COMMANDS: Final[Mapping[str, type[Command]]] = {
    c.kind: c
    for c in (
        Calibrate,
        StartCalibration,
        StopCalibration,
        SetSlouch,
        SetPacer,
        Mark,
        Snooze,
        Mute,
        SetAlerts,
        StartSession,
        ControlSession,
        Answer,
    )
}
