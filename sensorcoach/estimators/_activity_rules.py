"""The rules that turn a second's numbers into an activity: hysteresis and holding times, one second after the other."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from ._walking_reference import WalkingReference
from .neutral import Neutral, Vector, dot

SCATTER_MOVING_G: Final = 0.10
SCATTER_QUIET_G: Final = 0.07
"""Total scatter over 2 s: at a desk 95 % of seconds stay under 0.05, quiet talk under 0.04, steps are above 0.12."""

STEPS_ENTER_G: Final = 0.05
STEPS_STAY_G: Final = 0.035
"""Repeating vertical acceleration: walking 0.05–0.30, fits of coughing or laughing up to 0.06 but not for long."""
SWAY_ENTER_G: Final = 0.07
"""Steps shake the trunk sideways and lengthwise too; heavy breathing and nodding do not ..."""
STEPS_PER_SWAY_ENTER: Final = 0.5
STEPS_PER_SWAY_STAY: Final = 0.3
"""... but they shake it up and down about as much (walking 0.6–1.5); reaching, turning and handling it do not."""
SHARE_ENTER: Final = 0.35
SHARE_STAY: Final = 0.15
"""Share of the vertical acceleration's variance that repeats."""
SCATTER_MOST_G: Final = 1.5
"""No gait scatters more (running 1.2): the sensor was knocked."""
ENTER_S: Final = 2
STEPS_FAINT_G: Final = 0.08
ENTER_FAINT_S: Final = 4
"""Two seconds of clear steps are walking; fainter ones must go on longer than a fit of coughing or laughter."""
WALK_HOLD_S: Final = 3
"""Walking goes on through a turn or a door."""
STOOD_STILL_G: Final = 0.05
"""Scatter over 2 s below which walking is over at once."""

RUN_ENTER_G: Final = 0.45
RUN_STAY_G: Final = 0.30
LIGHT_ENTER_G: Final = 0.35
LIGHT_STAY_G: Final = 0.50
"""Who runs leaves the ground: with every step what the sensor feels falls to nothing (smoothed, -0.7 to 0.3 g) and
doubles (vertical scatter 0.45–1.0 g). Who walks has a foot down: brisk walking 0.5 and 0.4, down stairs 0.4 and 0.5."""

BOUNCE_HZ: Final = 1.9
BOUNCE_STEPS_G: Final = 0.18
BOUNCE_AHEAD: Final = (-0.3, -0.1)
BOUNCE_ALONG: Final = -0.1
BOUNCE_S: Final = 4
BOUNCE_MOST_S: Final = 6
"""Who jogs without leaving the ground bounces all the same (`_bounce.py`): the forward acceleration comes a quarter of
a period behind the upward one, by 0.1–0.3 of it (the push of the ground leans that much), with quick firm steps.
Walkers and climbers are 0.2–1.4 ahead; down stairs it comes opposite, half a period away. Forward must be known for
this. A second without it takes back one with it, of at most six."""

VAULT_HZ: Final = 1.2
VAULT_AHEAD: Final = (0.25, 2.0)
VAULT_SHARE: Final = 0.5
"""Who walks so gently that the trunk sways more than it rises is told by the vault: such steps need only the strength
of those with which walking goes on."""

LYING_ENTER_DEG: Final = 65.0
"""Inclination from upright; lying cut of 64.9° with full sensitivity and specificity in Vähä-Ypyä 2018."""
LYING_BACK_DEG: Final = 50.0
"""Backward or to a side it takes less, nobody sits like that: Acti4 takes 45–47.5°."""
LYING_SURE_DEG: Final = 75.0
LEVEL: Final = math.sin(math.radians(18.0))
ALIGNED: Final = math.cos(math.radians(25.0))
"""A forward bend can reach the inclination of lying on the front. Flat on a bed the edge of the device that stood
upright in the neutral pose is level; bent forward it is not. Where none stood upright within 25°, only the larger angle
is sure."""
LYING_LEAVE_DEG: Final = 45.0
LYING_SEEN_S: Final = 10
"""How long a forward bend of 65° must be held still to be lying on the front ..."""
LYING_S: Final = 3
"""... any other lying pose, or one that was there when the recording began."""

DIAGONAL: Final = math.sqrt(0.5)

BEND_SWING_DEG: Final = 20.0
"""Change of inclination within 2 s that is a bend or a straightening."""
BEND_DEG: Final = 30.0
BEND_HELD_S: Final = 5
"""After the movement a trunk this far from upright still counts as bending for this long; then it is a posture."""
BEND_DEEP_DEG: Final = 65.0
"""Nobody sits folded further than this: bending until it is lying."""

OFF_AFTER_S: Final = 60
OFF_SCATTER_G: Final = 0.006
OFF_DRIFT: Final = 0.0015
"""A worn sensor is never this quiet for a minute: breathing turns it by 0.3–3°, the heart shakes it."""
ON_SCATTER_G: Final = 0.02
ON_S: Final = 2

VEHICLE_AFTER_S: Final = 60
VEHICLE_SHAKE_G: Final = 0.012
VEHICLE_UPRIGHT: Final = 0.5
"""A road shakes without a pause and mostly up and down; who talks or works pauses, and sways more than that."""
VEHICLE_CALM: Final = 3
VEHICLE_MEMORY_S: Final = 90
"""A second that is not like that takes back three that were, of at most the last minute and a half."""


class Sight(NamedTuple):
    """What is seen of one second; nan where not known."""

    up: Vector
    scatter_g: float
    vertical_g: float
    lightest_g: float
    steps_g: float
    steps_share: float
    sway_g: float
    inclination_deg: float
    swing_deg: float
    rhythm_hz: float
    ahead: Vector
    along: Vector


class Rules:
    """State machine over seconds; `next(sight)` names the activity.

    Attributes
    ----------
    moved_deg : float or None
        Set in the one second in which it became sure that the sensor has turned since the calibration.
    """

    def __init__(self) -> None:
        self._neutral: Neutral | None = None
        self._forward_known = False
        self._walking = WalkingReference()
        self.moved_deg: float | None = None
        self._forget()
        self._off = False

    def _forget(self) -> None:
        """Nothing is known of the seconds before: start of the stream, or samples were missing."""
        self._state = "unknown"
        self._steps_s = self._rest_s = self._flat_s = self._bent_s = self._bounced_s = 0
        self._running = self._moving = self._vehicle = False
        self._turned = False
        self._pose_deg = math.nan
        self._quiet_s = self._shaken_s = self._awake_s = 0
        self._quiet_up: Vector = (0.0, 0.0, 0.0)

    def calibrate(self, neutral: Neutral, *, forward_known: bool) -> None:
        """From here on lying and slipping are judged by this pose."""
        self._neutral, self._forward_known = neutral, forward_known
        self._walking.calibrate(neutral.up)

    def next(self, sight: Sight) -> str:
        """Activity at the end of this second."""
        self.moved_deg = None
        if math.isnan(sight.scatter_g) or math.isnan(sight.up[0]):
            self._forget()
            self._off = False
            return "unknown"
        self._moving = sight.scatter_g >= (SCATTER_QUIET_G if self._moving else SCATTER_MOVING_G)
        self._turned = self._turned or sight.swing_deg >= BEND_SWING_DEG or self._moving
        if self._not_worn(sight):
            self._state = "off"
        elif self._gait(sight):
            self._state = "running" if self._running else "walking"
            self.moved_deg = self._walking.add(sight.up)
        elif self._lies(sight):
            self._state = "lying"
        elif self._bends(sight):
            self._state = "bending"
        elif self._moving:
            self._state = "moving"
        else:
            self._state = "still"
        driven = self._driven(sight)
        return "vehicle" if driven and self._state in ("still", "moving") else self._state

    def _gait(self, sight: Sight) -> bool:
        """Whether steps go on, and keeps whether they are running."""
        if math.isnan(sight.steps_g):
            return False
        strong = sight.steps_g >= max(STEPS_STAY_G, STEPS_PER_SWAY_STAY * sight.sway_g)
        if self._state in ("walking", "running"):
            seen = strong and sight.steps_share >= SHARE_STAY
            self._rest_s = 0 if seen else self._rest_s + 1
            on = self._rest_s < WALK_HOLD_S and sight.scatter_g >= STOOD_STILL_G
        else:
            firm = sight.steps_g >= max(STEPS_ENTER_G, STEPS_PER_SWAY_ENTER * sight.sway_g)
            seen = (
                self._moving
                and sight.sway_g >= SWAY_ENTER_G
                and sight.steps_share >= SHARE_ENTER
                and sight.scatter_g <= SCATTER_MOST_G
                and (firm or (strong and self._vaults(sight)))
            )
            self._steps_s = self._steps_s + 1 if seen else 0
            self._rest_s = 0
            on = self._steps_s >= (ENTER_S if sight.steps_g >= STEPS_FAINT_G else ENTER_FAINT_S)
        shake_g, light_g = (RUN_STAY_G, LIGHT_STAY_G) if self._running else (RUN_ENTER_G, LIGHT_ENTER_G)
        flies = sight.vertical_g >= shake_g and sight.lightest_g <= light_g
        self._bounced_s = (
            min(self._bounced_s + 1, BOUNCE_MOST_S) if self._bounces(sight) else max(self._bounced_s - 1, 0)
        )
        jogs = self._bounced_s >= (1 if self._running else BOUNCE_S)
        self._running = on and (flies or jogs)
        return on

    def _bounces(self, sight: Sight) -> bool:
        """Whether the trunk is slowest when it is lowest, in quick firm steps."""
        if sight.rhythm_hz < BOUNCE_HZ or sight.steps_g < BOUNCE_STEPS_G:
            return False
        ahead, along = self._surge(sight)
        return BOUNCE_AHEAD[0] <= ahead <= BOUNCE_AHEAD[1] and along >= BOUNCE_ALONG

    def _vaults(self, sight: Sight) -> bool:
        """Whether the trunk is slowest when it is highest, in regular steps."""
        if sight.rhythm_hz < VAULT_HZ or sight.steps_share < VAULT_SHARE:
            return False
        return VAULT_AHEAD[0] <= self._surge(sight)[0] <= VAULT_AHEAD[1]

    def _surge(self, sight: Sight) -> tuple[float, float]:
        """How the forward acceleration goes with the upward one: a quarter period ahead, and along; nan without a
        known forward."""
        if self._neutral is None or not self._forward_known:
            return math.nan, math.nan
        # Forward is level now, not only in the upright pose; up goes wholly along with itself, so it is taken out.
        tilt = dot(self._neutral.forward, sight.up)
        level = math.sqrt(max(1e-9, 1.0 - tilt * tilt))
        return dot(self._neutral.forward, sight.ahead) / level, (dot(self._neutral.forward, sight.along) - tilt) / level

    def _lies(self, sight: Sight) -> bool:
        up = self._walking.up if self._neutral is None else self._neutral.up
        if up is None:
            return False
        forward = None if self._neutral is None else self._neutral.forward
        level = dot(sight.up, up)
        lean_deg = math.degrees(math.acos(min(1.0, max(-1.0, level))))
        if self._state == "lying":
            return lean_deg >= LYING_LEAVE_DEG
        # True up moves backward when the trunk leans forward. Mostly forward: a bend, or lying on the front.
        ahead = 1.0 if forward is None else -dot(sight.up, forward) / math.sqrt(max(1e-9, 1.0 - level * level))
        if ahead > DIAGONAL:
            flat = lean_deg >= LYING_SURE_DEG or (lean_deg >= LYING_ENTER_DEG and _edge_is_level(sight.up, up))
        else:
            flat = lean_deg >= LYING_BACK_DEG
        self._flat_s = self._flat_s + 1 if flat and not self._moving else 0
        return self._flat_s >= (LYING_SEEN_S if ahead > DIAGONAL and self._turned else LYING_S)

    def _bends(self, sight: Sight) -> bool:
        if math.isnan(sight.inclination_deg):
            return False
        swing_deg = sight.swing_deg
        if math.isnan(swing_deg):  # angles unknown while the trunk turned (no gyro): compare with the pose before
            swing_deg = abs(sight.inclination_deg - self._pose_deg)
        self._pose_deg = sight.inclination_deg
        if swing_deg >= BEND_SWING_DEG:
            self._bent_s = 0 if self._state != "bending" else self._bent_s + 1
            return True
        if self._state != "bending":
            return False
        self._bent_s += 1
        if sight.inclination_deg >= BEND_DEEP_DEG:
            return True
        return sight.inclination_deg >= BEND_DEG and self._bent_s < BEND_HELD_S

    def _not_worn(self, sight: Sight) -> bool:
        """Lies on a table: no breath, no heart for a minute. Worn again once it is moved for a moment."""
        if self._off:
            self._awake_s = self._awake_s + 1 if sight.scatter_g >= ON_SCATTER_G else 0
            self._off = self._awake_s < ON_S
            return self._off
        near = max(abs(a - b) for a, b in zip(sight.up, self._quiet_up, strict=True)) <= OFF_DRIFT
        if sight.scatter_g < OFF_SCATTER_G and near:
            self._quiet_s += 1
        else:
            self._quiet_s, self._quiet_up = 0, sight.up
        self._off = self._quiet_s >= OFF_AFTER_S
        self._awake_s = 0
        return self._off

    def _driven(self, sight: Sight) -> bool:
        """Shaken for a minute without a pause and without a step."""
        stepping = self._state in ("walking", "running", "off", "lying")
        if stepping:
            self._shaken_s = 0
        elif sight.vertical_g >= max(VEHICLE_SHAKE_G, VEHICLE_UPRIGHT * sight.scatter_g):
            self._shaken_s = min(self._shaken_s + 1, VEHICLE_MEMORY_S)
        else:
            self._shaken_s = max(self._shaken_s - VEHICLE_CALM, 0)
        self._vehicle = self._shaken_s >= (1 if self._vehicle else VEHICLE_AFTER_S)
        return self._vehicle


def _edge_is_level(up: Vector, neutral_up: Vector) -> bool:
    """Whether the sensor axis that stood upright in the neutral pose is level now."""
    upright = max(range(3), key=lambda k: abs(neutral_up[k]))
    return abs(neutral_up[upright]) >= ALIGNED and abs(up[upright]) <= LEVEL
