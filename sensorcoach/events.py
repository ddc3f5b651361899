"""What the engine says (events) and what a person tells it (commands): frozen, typed, in sample time.

An event's `t_ns` is the sample time at which it became known; it leaves the engine with the first input that is not
older. Where it speaks of an earlier moment, that moment has a field of its own (`onset_ns`, `t_inhale_ns`, …).
"Not known" is nan for a number, an empty string for a word, None for a flag: absent is not zero.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Final, Literal, get_args

from .samples import NS

Activity = Literal["still", "moving", "walking", "running", "lying", "bending", "vehicle", "off", "unknown"]
ACTIVITIES: Final[tuple[str, ...]] = get_args(Activity)
"""Names of activities; tracks store the index into this tuple as int8."""

Phase = Literal["inhale", "hold_in", "exhale", "hold_out", ""]
PHASES: Final[tuple[str, ...]] = get_args(Phase)
"""Names of breathing phases; tracks store the index into this tuple as int8 (the last, empty, is "not known")."""

Reason = Literal[
    "", "settling", "walking", "moving", "posture_change", "weak_signal", "no_data", "not_worn", "not_calibrated"
]
REASONS: Final[tuple[str, ...]] = get_args(Reason)
"""Why no breathing rate is shown; tracks store the index into this tuple as int8."""

TRUSTED: Final = 0.8
"""Quality from which a value is trusted: used for alerts, scores and history."""
SHOWN: Final = 0.5
"""Quality from which a breathing rate is shown at all (greyed below `TRUSTED`)."""


@dataclass(frozen=True, slots=True)
class Event:
    """Root of all events. `kind` is the snake_case name that JSON lines carry."""

    kind: ClassVar[str]

    t_ns: int
    sensor: str


@dataclass(frozen=True, slots=True)
class Second(Event):
    """One row of the `seconds` table: everything shown at the end of a second.

    `breath_rate_brpm` is the mean rate over the trailing 30 s, `breath_rate_now_brpm` that of the last three breaths.
    """

    kind: ClassVar[str] = "second"

    breath_rate_brpm: float
    breath_rate_now_brpm: float
    breath_quality: float
    breath_phase: str
    breath_reason: str
    flexion_deg: float
    lateral_deg: float
    inclination_deg: float
    posture_quality: float
    activity: str
    slouching: bool | None


@dataclass(frozen=True, slots=True)
class BreathPhase(Event):
    """A phase of the breath began at `onset_ns` (± `uncertainty_s`, one standard deviation)."""

    kind: ClassVar[str] = "breath_phase"

    phase: str
    onset_ns: int
    uncertainty_s: float


@dataclass(frozen=True, slots=True)
class Breath(Event):
    """A whole breath is over: from its inhalation to the next one. `depth` is relative to the wearer's own median."""

    kind: ClassVar[str] = "breath"

    t_inhale_ns: int
    t_exhale_ns: int
    t_end_ns: int
    depth: float
    quality: float

    @property
    def ti_s(self) -> float:
        """Inspiratory time, s."""
        return (self.t_exhale_ns - self.t_inhale_ns) / NS

    @property
    def te_s(self) -> float:
        """Expiratory time, s."""
        return (self.t_end_ns - self.t_exhale_ns) / NS

    @property
    def rate_brpm(self) -> float:
        """Rate of this one breath, breaths per minute."""
        return 60.0 * NS / (self.t_end_ns - self.t_inhale_ns)


@dataclass(frozen=True, slots=True)
class ActivityChanged(Event):
    """The wearer now does something else."""

    kind: ClassVar[str] = "activity_changed"

    activity: str
    previous: str


@dataclass(frozen=True, slots=True)
class NeutralSet(Event):
    """The wearer's own upright pose is known from here on.

    Attributes
    ----------
    up, forward : tuple of three floats
        Unit vectors in the sensor frame.
    source : str
        `given` (a calibration), `first_stillness` (taken from the recording itself).
    forward_known : bool
        False when `forward` is only the best guess from the sensor's axes.
    """

    kind: ClassVar[str] = "neutral_set"

    up: tuple[float, float, float]
    forward: tuple[float, float, float]
    source: str
    forward_known: bool


@dataclass(frozen=True, slots=True)
class SlouchStarted(Event):
    """The trunk has been forward of neutral beyond the dwell. `severity` 0..1.

    Not `trusted` while the upright pose was only assumed: worth a line on the screen, never an alarm.
    """

    kind: ClassVar[str] = "slouch_started"

    onset_ns: int
    flexion_deg: float
    severity: float
    trusted: bool = True


@dataclass(frozen=True, slots=True)
class SlouchEnded(Event):
    """Upright again, or no longer judged (`reason` names the activity or `unknown`)."""

    kind: ClassVar[str] = "slouch_ended"

    onset_ns: int
    reason: str
    peak_deg: float


@dataclass(frozen=True, slots=True)
class Gap(Event):
    """Samples are missing between `onset_ns` and `t_ns`. `lost` is how many, -1 where that is not known."""

    kind: ClassVar[str] = "gap"

    onset_ns: int
    lost: int


@dataclass(frozen=True, slots=True)
class Link(Event):
    """State of the data link: `streaming`, `silent`, `lost`, `ended`; `detail` in plain words."""

    kind: ClassVar[str] = "link"

    state: str
    detail: str


@dataclass(frozen=True, slots=True)
class Notice(Event):
    """Something the wearer should know, in plain words: `code` is stable, `message` says what, `advice` what to do."""

    kind: ClassVar[str] = "notice"

    code: str
    message: str
    advice: str


@dataclass(frozen=True, slots=True)
class Wave(Event):
    """A fifth of a second of curves for the screen, at 25 points a second, the newest last.

    `breath` is the breathing movement, + is in, in units of the wearer's usual breath where known (nan where not).
    """

    kind: ClassVar[str] = "wave"

    breath: tuple[float, ...]
    flexion_deg: float


@dataclass(frozen=True, slots=True)
class Command:
    """Root of what a person or the pacer does, stamped with sample time and journalled."""

    kind: ClassVar[str]

    t_ns: int


@dataclass(frozen=True, slots=True)
class Calibrate(Command):
    """Take `up` (and `forward`) as the upright pose; None: take what the sensor shows over the last seconds."""

    kind: ClassVar[str] = "calibrate"

    sensor: str
    up: tuple[float, float, float] | None = None
    forward: tuple[float, float, float] | None = None


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
    """No posture alerts for this long."""

    kind: ClassVar[str] = "snooze"

    duration_s: float


COMMANDS: Final[Mapping[str, type[Command]]] = {c.kind: c for c in (Calibrate, SetPacer, Mark, Snooze)}


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value


def to_dict(event: Event, origin_s: float = 0.0) -> dict[str, Any]:
    """One JSON-ready object: `event`, `t_s`, `sensor`, then the event's own fields; times in s, nan as null.

    Parameters
    ----------
    event : Event
    origin_s : float, s
        Added to every time: what the source itself calls the start of the stream.
    """
    out: dict[str, Any] = {"event": event.kind, "t_s": _seconds(event.t_ns, origin_s), "sensor": event.sensor}
    for field in fields(event)[2:]:
        value = getattr(event, field.name)
        if field.name.endswith("_ns"):
            out[field.name[:-3] + "_s"] = _seconds(value, origin_s)
        else:
            out[field.name] = _plain(value)
    if isinstance(event, Breath):
        out |= {"ti_s": _plain(event.ti_s), "te_s": _plain(event.te_s), "rate_brpm": _plain(event.rate_brpm)}
    return out


def _seconds(t_ns: int, origin_s: float) -> float:
    return round(t_ns / NS + origin_s, 6)
