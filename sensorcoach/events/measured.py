"""What one sensor shows: rows, breaths, activity, gaps, movements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from ..samples import NS
from .base import Event


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
