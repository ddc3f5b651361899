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
        `given` (a calibration), `stored` (one of another day), `first_stillness` (taken from the recording itself).
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
class Reclined(Event):
    """The wearer has leaned back since `onset_ns`. A remark for the day's account, never an alarm."""

    kind: ClassVar[str] = "reclined"

    onset_ns: int
    flexion_deg: float


@dataclass(frozen=True, slots=True)
class SideLean(Event):
    """The wearer has leaned to one side since `onset_ns`; left +."""

    kind: ClassVar[str] = "side_lean"

    onset_ns: int
    lateral_deg: float


@dataclass(frozen=True, slots=True)
class LongStill(Event):
    """The trunk has kept one pose since `onset_ns`: time to move."""

    kind: ClassVar[str] = "long_still"

    onset_ns: int


@dataclass(frozen=True, slots=True)
class BreakDue(Event):
    """Since `onset_ns` the wearer has neither walked nor lain down for long enough to call it a break."""

    kind: ClassVar[str] = "break_due"

    onset_ns: int


@dataclass(frozen=True, slots=True)
class BendingLoad(Event):
    """The holding time that ISO 11226 accepts for a trunk bent this far is used up. Begun at `onset_ns`."""

    kind: ClassVar[str] = "bending_load"

    onset_ns: int
    lean_deg: float


@dataclass(frozen=True, slots=True)
class Spine(Event):
    """Two sensors on one trunk, once a second: `sensor` is the upper one, `lower` the name of the lower.

    `rounding_deg` is how much further forward the upper part leans than the lower (+ rounded, - arched), `hips_deg` how
    far the lower part leans forward itself; `side_deg` the bend between them to the left. nan where one is not known.
    """

    kind: ClassVar[str] = "spine"

    lower: str
    rounding_deg: float
    hips_deg: float
    side_deg: float
    quality: float


@dataclass(frozen=True, slots=True)
class LeanChanged(Event):
    """What a lean forward is made of, told by two sensors: `rounding`, `hips`, `both`; empty: no lean, or not known."""

    kind: ClassVar[str] = "lean_changed"

    lean: str
    previous: str
    rounding_deg: float
    hips_deg: float


@dataclass(frozen=True, slots=True)
class CalibrationStep(Event):
    """A step of the guided calibration (`settle`, `tall`, `bows`, `slouch`) `began`, is `done`, or was `refused`.

    Of a refusal `code` is stable, `message` says why, `advice` what to do; `tries_left` 0 ends the calibration.
    """

    kind: ClassVar[str] = "calibration_step"

    step: str
    state: str
    tries_left: int
    code: str = ""
    message: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class CalibrationDone(Event):
    """What the guided calibration found; it holds once it is commanded (`Calibrate`, `SetSlouch`).

    Attributes
    ----------
    up, forward : tuple of three floats
        Unit vectors in the sensor frame.
    threshold_deg : float
        From the wearer's own slouch; nan when that was not asked for, or the sensor sees too little of it.
    sway_deg, straight : float
        How still upright was held; share of the bowing that lay in one plane, 0..1.
    """

    kind: ClassVar[str] = "calibration_done"

    up: tuple[float, float, float]
    forward: tuple[float, float, float]
    threshold_deg: float
    sway_deg: float
    straight: float


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


@dataclass(frozen=True, slots=True)
class Wave(Event):
    """A fifth of a second of curves for the screen, at 25 points a second, the newest last.

    `breath` is the breathing movement, + is in, in units of the wearer's usual breath where known (nan where not).
    """

    kind: ClassVar[str] = "wave"

    breath: tuple[float, ...]
    flexion_deg: float


@dataclass(frozen=True, slots=True)
class Pose(Event):
    """Where the trunk is, five times a second; only while a session runs.

    `tilt_deg` is the inclination with the sign of flexion: forward of upright +, back of it -, -90 flat on the back.
    Unlike flexion it holds beyond 60°; nan where the trunk leans mostly sideways.
    """

    kind: ClassVar[str] = "pose"

    tilt_deg: float
    quality: float


CURVES: Final = (Wave, Pose)
"""Events that are points of curves: for screens and judges, not for lines and tables."""


@dataclass(frozen=True, slots=True)
class Movement(Event):
    """The trunk has turned, from one moment of rest to the next. Only while a session runs.

    `smoothness` is the spectral arc length (SPARC) of its speed: -1.4 is as smooth as can be, lower is rougher;
    nan where it cannot be judged.
    """

    kind: ClassVar[str] = "movement"

    onset_ns: int
    swing_deg: float
    peak_dps: float
    smoothness: float


@dataclass(frozen=True, slots=True)
class Repetition(Event):
    """The trunk went out and came back: it left `rest_deg` at `onset_ns` and turned at `far_deg`, at `far_ns` (tilt).

    Known as soon as 70 % of the way back is done. Only while a session runs.
    """

    kind: ClassVar[str] = "repetition"

    onset_ns: int
    far_ns: int
    rest_deg: float
    far_deg: float

    @property
    def range_deg(self) -> float:
        """How far out it went, degrees."""
        return abs(self.far_deg - self.rest_deg)


@dataclass(frozen=True, slots=True)
class Hold(Event):
    """The trunk kept one tilt from `onset_ns` to `end_ns`. Only while a session runs."""

    kind: ClassVar[str] = "hold"

    onset_ns: int
    end_ns: int
    tilt_deg: float


@dataclass(frozen=True, slots=True)
class DoubleTap(Event):
    """Two taps on the sensor; the first at `onset_ns`. Only while a session runs."""

    kind: ClassVar[str] = "double_tap"

    onset_ns: int


@dataclass(frozen=True, slots=True)
class PacerSet(Event):
    """The session's pacer now runs this pattern, an inhalation begins at `start_ns`; all zero: off."""

    kind: ClassVar[str] = "pacer_set"

    start_ns: int
    inhale_s: float
    hold_in_s: float
    exhale_s: float
    hold_out_s: float


@dataclass(frozen=True, slots=True)
class Followed(Event):
    """How well the last breaths follow the pacer, told with each breath. Definitions: `docs/methods/following.md`.

    `lag_s` + behind the pacer; `adherence` and `locking` 0..1; `rate_error_brpm` + too fast; `inhale_share_error` share
    inhaling takes too much of the breath; `effort` depth times rate against the usual, 1; `coherence` 0..1.
    """

    kind: ClassVar[str] = "followed"

    lag_s: float
    adherence: float
    locking: float
    rate_error_brpm: float
    inhale_share_error: float
    effort: float
    coherence: float


@dataclass(frozen=True, slots=True)
class SessionState(Event):
    """The session is now `running`, `paused` or `ended`; `reason`: `wearer`, `sensor`, `tap`, `done`, `stopped`."""

    kind: ClassVar[str] = "session_state"

    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class SessionStep(Event):
    """Step number `step` (from 1) of `steps` begins; it is planned to last `planned_s`.

    `part` is what kind of step it is: `talk`, `ask`, `move`, `reps`, `holds`, `breathe` or `rest`.
    """

    kind: ClassVar[str] = "session_step"

    step: int
    steps: int
    exercise: str
    title: str
    part: str
    planned_s: float


@dataclass(frozen=True, slots=True)
class CueSpoken(Event):
    """Something for the wearer to hear or read now. `cue` is a stable code: `say`, `inhale`, `out`, `hold`, …"""

    kind: ClassVar[str] = "cue_spoken"

    cue: str
    text: str


@dataclass(frozen=True, slots=True)
class FeelAsked(Event):
    """A question, answered with an `Answer` command: `discomfort_before`, `discomfort_after` or `feel`."""

    kind: ClassVar[str] = "feel_asked"

    question: str
    exercise: str


@dataclass(frozen=True, slots=True)
class RepJudged(Event):
    """Verdict on repetition `number` of `planned`. nan and None: not judged.

    `angle_deg` is how far from the resting pose it was held (or turned), `held_s` how long within the band.
    """

    kind: ClassVar[str] = "rep_judged"

    exercise: str
    number: int
    planned: int
    angle_deg: float
    target_deg: float
    held_s: float
    with_pacer: bool | None
    smoothness: float
    good: bool
    words: str


@dataclass(frozen=True, slots=True)
class HoldJudged(Event):
    """Verdict on hold `number` of `planned` in one place."""

    kind: ClassVar[str] = "hold_judged"

    exercise: str
    number: int
    planned: int
    held_s: float
    target_s: float
    good: bool
    words: str


@dataclass(frozen=True, slots=True)
class Score:
    """A number about a session, with what it means. nan: not judged, `meaning` says why."""

    exercise: str
    name: str
    value: float
    unit: str
    meaning: str


@dataclass(frozen=True, slots=True)
class ExerciseDone:
    """How much of an exercise was done: `share` 0..1; `feel` is the wearer's answer, empty when none was given."""

    exercise: str
    title: str
    share: float
    feel: str


@dataclass(frozen=True, slots=True)
class SessionSummary(Event):
    """What a session came to: what was done, its scores, one thing to keep, one to try. The last event of a session.

    `ended` is `done`, `stopped` (by the wearer) or `cut` (the stream ended).
    """

    kind: ClassVar[str] = "session_summary"

    programme: str
    ended: str
    done: float
    active_s: float
    discomfort_before: float
    discomfort_after: float
    exercises: tuple[ExerciseDone, ...]
    scores: tuple[Score, ...]
    keep: str
    to_try: str


@dataclass(frozen=True, slots=True)
class Command:
    """Root of what a person or the pacer does, stamped with sample time and journalled."""

    kind: ClassVar[str]

    t_ns: int


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


SESSION_ACTIONS: Final = ("pause", "resume", "skip", "back", "repeat", "stop")


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


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if isinstance(value, Score | ExerciseDone):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
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
