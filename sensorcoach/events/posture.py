"""How the trunk is held: slouches, notes, two sensors together, and the guided calibration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .base import Event


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
