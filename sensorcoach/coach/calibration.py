"""From a few seconds of holding and bowing to the wearer's own pose, and to plain words about why it did not work.

Three steps, each on up vectors (sensor frame) of the very filter used later: stand tall (`hold_tall`), bow three times
to find forward for any mounting (`find_forward`) and, if wanted, slouch as usual to set a personal threshold
(`personal_threshold`). Forward from functional movements: Kong et al. 2016, PMC5190992.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..estimators.neutral import Neutral, Vector, unit
from ..samples import FloatArray

LEAST_HOLD_S: Final = 3.0
LEAST_KNOWN: Final = 0.8
"""Share of the rows in which the up vector must be known."""
SWAY_DEG: Final = 1.0
"""Standard deviation per axis of standing tall; quiet standing sways by 0.2–0.5°."""
DRIFT_DEG: Final = 1.0
"""Change from the first to the second half of the hold: halves, because a breath tilts a chest by up to 3° and only its
mean over a whole breath says where the trunk is."""

LEAST_BOW_DEG: Final = 20.0
BOW_BACK_DEG: Final = 10.0
"""Below this the trunk is upright again, and the next bow may begin."""
BOWS: Final = 3
LEAST_KNOWN_BOWING: Final = 0.3
"""A device without a gyro knows its direction only while a bow is held; that is enough, the turns of the bow count."""
LEAST_EXPLAINED: Final = 0.9
"""Share of the movement that must lie in one plane: less is a twist, a side bend, or a sensor that hangs loose."""

THRESHOLD_DEG: Final = (6.0, 30.0)
LEAST_SLOUCH_DEG: Final = 6.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step did not work. `code` is stable, `message` says what was seen, `advice` what to do."""

    code: str
    message: str
    advice: str


@dataclass(frozen=True, slots=True)
class Hold:
    """The upright pose: unit vector up in the sensor frame, and how still it was held."""

    up: Vector
    sway_deg: float


@dataclass(frozen=True, slots=True)
class Forward:
    """The neutral pose with forward found from bows.

    Attributes
    ----------
    neutral : Neutral
    bows : int
        How many bows were seen.
    deepest_deg : float
    explained : float
        Share of the movement in the plane of bowing, 0..1.
    """

    neutral: Neutral
    bows: int
    deepest_deg: float
    explained: float


def hold_tall(t_s: FloatArray, up: FloatArray) -> Hold | Refusal:
    """The upright pose from a stretch of standing tall.

    Parameters
    ----------
    t_s : float array, shape (n,), s
    up : float array, shape (n, 3)
        Unit vectors, sensor frame; nan where unknown.
    """
    known = np.isfinite(up).all(axis=1)
    if len(t_s) < 2 or t_s[-1] - t_s[0] < LEAST_HOLD_S:
        return Refusal("too_short", f"The pose was held for less than {LEAST_HOLD_S:g} s.", "Hold it a little longer.")
    if known.mean() < LEAST_KNOWN:
        return Refusal(
            "unknown", "The sensor did not know its direction.", "Stand still for ten seconds, then try again."
        )
    rows, t = up[known], t_s[known]
    mean = rows.mean(axis=0)
    sway_deg = math.degrees(float((rows - mean).std(axis=0).max()))
    middle = 0.5 * (t[0] + t[-1])
    drift_deg = _angle_deg(rows[t <= middle].mean(axis=0), rows[t >= middle].mean(axis=0))
    if drift_deg > DRIFT_DEG:
        message = f"You were still settling: the sensor turned by {drift_deg:.1f}° while you held the pose."
        return Refusal("drifting", message, "Stand tall first, then hold it.")
    if sway_deg > SWAY_DEG:
        message = f"The sensor moved by {sway_deg:.1f}° while you held the pose."
        return Refusal("moving", message, "Stand tall, breathe softly, and hold still.")
    return Hold(unit(mean, "up"), sway_deg)


def find_forward(up_neutral: Vector, up: FloatArray) -> Forward | Refusal:
    """Forward from three bows, for any mounting.

    Bowing moves true up, seen from the sensor, backward within one plane: forward points from where it is deep in the
    bows to where it is between them. How much of the movement is in one plane, its first principal component tells.

    Parameters
    ----------
    up_neutral : three numbers
        From `hold_tall`.
    up : float array, shape (n, 3)
        Unit vectors while bowing, sensor frame; nan where unknown.
    """
    z = np.asarray(unit(up_neutral, "up"))
    rows = up[np.isfinite(up).all(axis=1)]
    if not len(rows) or len(rows) < LEAST_KNOWN_BOWING * len(up):
        return Refusal("unknown", "The sensor did not know its direction.", "Bow more slowly, and stay for a moment.")
    level = rows - (rows @ z)[:, None] * z
    tilt_deg = np.degrees(np.arctan2(np.linalg.norm(level, axis=1), rows @ z))
    deepest_deg = float(tilt_deg.max())
    if deepest_deg < LEAST_BOW_DEG:
        message = f"The deepest bow was {deepest_deg:.0f}°, at least {LEAST_BOW_DEG:g}° are needed."
        return Refusal("too_small", message, "Bow from the hips until your chest looks at the floor ahead.")
    bows = _count(tilt_deg)
    if bows < BOWS:
        message = f"{bows} {'bow was' if bows == 1 else 'bows were'} seen, {BOWS} are needed."
        return Refusal("too_few", message, "Come all the way up between the bows.")
    # From where the trunk is upright between the bows, not from the pose held before: nobody stands twice the same, and
    # half a degree to the side would turn forward by 1°. That bows were counted means that there are such rows.
    level = level - level[tilt_deg <= BOW_BACK_DEG].mean(axis=0)
    variance, axes = np.linalg.eigh(level.T @ level)
    explained = float(variance[-1] / variance.sum())
    bent = level[tilt_deg >= 0.5 * deepest_deg]
    along = bent @ axes[:, -1]
    if explained < LEAST_EXPLAINED:
        message = f"Only {100 * explained:.0f} % of the movement was in one direction."
        return Refusal("not_straight", message, "Bow straight forward, without turning or leaning to a side.")
    if abs(float(np.sign(along).mean())) < 0.9:
        message = "You leaned to both sides of upright."
        return Refusal("both_ways", message, "Bow forward only, and come back just to upright.")
    # Deep in a bow true up lies backward of upright.
    return Forward(Neutral.from_vectors(up_neutral, -bent.mean(axis=0)), bows, deepest_deg, explained)


def personal_threshold(neutral: Neutral, up: FloatArray) -> float | Refusal:
    """Threshold halfway between tall and the wearer's own slouch, deg, within 6 to 30.

    Parameters
    ----------
    neutral : Neutral
    up : float array, shape (n, 3)
        Unit vectors while slouching as usual for some seconds, sensor frame; nan where unknown.
    """
    flexion_deg = neutral.angles(up)[0]
    known = flexion_deg[np.isfinite(flexion_deg)]
    if not len(known) or len(known) < LEAST_KNOWN * len(up):
        return Refusal("unknown", "The sensor did not know its direction.", "Hold the slouch still for five seconds.")
    slouch_deg = float(np.median(known))
    if slouch_deg < LEAST_SLOUCH_DEG:
        message = f"Your slouch turned the sensor by {slouch_deg:.0f}° only: where it sits it sees too little of it."
        return Refusal("sees_too_little", message, "Wear it higher on the chest or between the shoulder blades.")
    return min(max(0.5 * slouch_deg, THRESHOLD_DEG[0]), THRESHOLD_DEG[1])


def _count(tilt_deg: FloatArray) -> int:
    """How often the trunk went beyond `LEAST_BOW_DEG` after having been upright."""
    bows, upright = 0, True
    for tilt in tilt_deg.tolist():
        if upright and tilt >= LEAST_BOW_DEG:
            bows, upright = bows + 1, False
        elif tilt <= BOW_BACK_DEG:
            upright = True
    return bows


def _angle_deg(a: FloatArray, b: FloatArray) -> float:
    return math.degrees(math.atan2(float(np.linalg.norm(np.cross(a, b))), float(a @ b)))
