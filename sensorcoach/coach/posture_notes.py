"""What else can be said of a day's posture, beside slouching: remarks, not alarms, one continuous spell one remark.

Pure, over the seconds of a sensor. Looked at every `STEP_S`: these are things of minutes, and a day must cost little.

* Reclined: leaning back. Never an alarm; a backrest is a good thing.
* Side lean: beyond 10°, what ISO 11226 (through ErgoCapture) and EN 1005-4 call not recommended when held.
* Long stillness: no change of pose beyond 5° for half an hour.
* Break due: 50 minutes without walking or lying down. A single sensor on the trunk cannot tell sitting from standing
  still, and both deserve the break.
* Bending load: the holding-time budget of ISO 11226:2000 for an unsupported trunk.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from ..events import TRUSTED, BendingLoad, BreakDue, Event, LongStill, Reclined, SideLean
from ..samples import NS

STEP_S: Final = 5
_STEP_NS: Final = STEP_S * NS

RECLINED_DEG: Final = -15.0
RECLINED_OVER_DEG: Final = -11.0
SIDE_DEG: Final = 10.0
SIDE_OVER_DEG: Final = 7.0
LEAN_S: Final = 60
"""A lean must last this long; it is over after `OVER_S` inside the smaller angle."""
OVER_S: Final = 10

STILL_DEG: Final = 5.0
STILL_S: Final = 30 * 60
SMOOTHING: Final = STEP_S / 30.0
"""Pose for the stillness: a running mean over about half a minute, so that no breath and no glance ends it."""

SITTING_S: Final = 50 * 60
BREAK_S: Final = 120
"""Two minutes on foot or lying, with pauses of less than a minute, are a break."""
PAUSE_S: Final = 60

HOLD_FROM_DEG: Final = 20.0
HOLD_MOST_DEG: Final = 60.0
HOLD_FROM_S: Final = 240.0
HOLD_MOST_S: Final = 60.0
"""ISO 11226:2000, trunk inclination without full support: up to 20° acceptable, from 20° to 60° the longest acceptable
holding time falls in a straight line from 4 minutes to 1 minute, more is not recommended (here: counted as 60°).
Taken from the open implementation in ErgoCapture; the text of the standard itself was not at hand."""
RECOVERY_S: Final = HOLD_FROM_S
"""Upright for this long the whole budget is there again; the choice of this project."""
LOAD_AGAIN: Final = 0.5
"""Told again only after at least half of the budget was recovered."""

FORGET_S: Final = 600
"""So long nothing known (taken off, no samples), and every spell begins anew."""

_SETTLED: Final = frozenset(("still", "moving", "vehicle", "bending"))
_AWAY: Final = frozenset(("walking", "running", "lying", "off"))
_NAN: Final = float("nan")


def holding_time_s(lean_deg: float) -> float:
    """Longest acceptable holding time at this forward inclination by ISO 11226:2000, s; infinite up to 20°."""
    if lean_deg <= HOLD_FROM_DEG:
        return math.inf
    share = (min(lean_deg, HOLD_MOST_DEG) - HOLD_FROM_DEG) / (HOLD_MOST_DEG - HOLD_FROM_DEG)
    return HOLD_FROM_S + share * (HOLD_MOST_S - HOLD_FROM_S)


class PostureNotes:
    """Give it every second of one sensor; remarks come back.

    Parameters
    ----------
    sensor : str
        Name its events carry.
    """

    __slots__ = ("_budget", "_pose", "_reclined", "_sensor", "_side", "_sitting", "_unknown_s")

    def __init__(self, sensor: str) -> None:
        self._sensor = sensor
        self._forget()

    def _forget(self) -> None:
        self._reclined, self._side = _Spell(), _Spell()
        self._pose, self._sitting, self._budget = _StillPose(), _Sitting(), _Budget()
        self._unknown_s = 0

    def update(
        self, t_ns: int, held_flexion_deg: float, lateral_deg: float, quality: float, activity: str
    ) -> Sequence[Event]:
        """One second.

        Parameters
        ----------
        t_ns : int
            End of the second.
        held_flexion_deg : float
            Median forward lean of the last 4 s; nan where not known.
        lateral_deg : float
            Lean to the left now; nan where not known.
        quality : float
            Of the angles; angles below `TRUSTED` are not used.
        activity : str
        """
        if t_ns % _STEP_NS:
            return ()
        if activity == "unknown":
            self._unknown_s += STEP_S
            if self._unknown_s == FORGET_S:
                self._forget()
                self._unknown_s = FORGET_S + STEP_S
            return ()
        self._unknown_s = 0
        events: list[Event] = []
        settled = activity in _SETTLED
        since_ns = self._sitting.update(t_ns, settled)
        if since_ns is not None:
            events.append(BreakDue(t_ns, self._sensor, since_ns))
        known = quality >= TRUSTED and held_flexion_deg == held_flexion_deg and lateral_deg == lateral_deg
        if not settled:
            self._reclined, self._side, self._pose = _Spell(), _Spell(), _StillPose()
            self._budget.rest()
            return events
        if not known:
            return events
        still_ns = self._pose.update(t_ns, held_flexion_deg, lateral_deg)
        if still_ns is not None:
            events.append(LongStill(t_ns, self._sensor, still_ns))
        back_ns = self._reclined.update(t_ns, held_flexion_deg < RECLINED_DEG, held_flexion_deg > RECLINED_OVER_DEG)
        if back_ns is not None:
            events.append(Reclined(t_ns, self._sensor, back_ns, held_flexion_deg))
        side_ns = self._side.update(t_ns, abs(lateral_deg) > SIDE_DEG, abs(lateral_deg) < SIDE_OVER_DEG)
        if side_ns is not None:
            events.append(SideLean(t_ns, self._sensor, side_ns, lateral_deg))
        bent_ns = None if activity == "vehicle" else self._budget.update(t_ns, held_flexion_deg)
        if bent_ns is not None:
            events.append(BendingLoad(t_ns, self._sensor, bent_ns, held_flexion_deg))
        return events


class _Spell:
    """A lean that lasts: told once, `LEAN_S` after it began."""

    __slots__ = ("_beyond_s", "_inside_s", "_onset_ns", "_told")

    def __init__(self) -> None:
        self._beyond_s = self._inside_s = self._onset_ns = 0
        self._told = False

    def update(self, t_ns: int, beyond: bool, inside: bool) -> int | None:
        if beyond:
            if not self._beyond_s:
                self._onset_ns = t_ns
            self._beyond_s += STEP_S
            self._inside_s = 0
            if not self._told and self._beyond_s > LEAN_S:
                self._told = True
                return self._onset_ns
        elif inside and self._beyond_s:
            self._inside_s += STEP_S
            if self._inside_s >= OVER_S:
                self._beyond_s, self._told = 0, False
        return None


class _StillPose:
    """How long the smoothed pose has stayed where it was."""

    __slots__ = ("_anchor", "_flexion", "_lateral", "_since_ns")

    def __init__(self) -> None:
        self._flexion = self._lateral = _NAN
        self._anchor = (_NAN, _NAN)
        self._since_ns = 0

    def update(self, t_ns: int, flexion_deg: float, lateral_deg: float) -> int | None:
        if self._flexion != self._flexion:
            self._begin(t_ns, flexion_deg, lateral_deg)
            return None
        self._flexion += SMOOTHING * (flexion_deg - self._flexion)
        self._lateral += SMOOTHING * (lateral_deg - self._lateral)
        if math.hypot(self._flexion - self._anchor[0], self._lateral - self._anchor[1]) > STILL_DEG:
            self._begin(t_ns, flexion_deg, lateral_deg)
        elif t_ns - self._since_ns >= STILL_S * NS:
            since_ns = self._since_ns
            self._begin(t_ns, self._flexion, self._lateral)
            return since_ns
        return None

    def _begin(self, t_ns: int, flexion_deg: float, lateral_deg: float) -> None:
        self._flexion, self._lateral = flexion_deg, lateral_deg
        self._anchor = (flexion_deg, lateral_deg)
        self._since_ns = t_ns


class _Sitting:
    """How long there was no break; told after `SITTING_S`, and after as much again."""

    __slots__ = ("_away_s", "_pause_s", "_settled_s", "_since_ns")

    def __init__(self) -> None:
        self._away_s = self._pause_s = self._settled_s = self._since_ns = 0

    def update(self, t_ns: int, settled: bool) -> int | None:
        if settled:
            self._pause_s += STEP_S
            if self._pause_s >= PAUSE_S:
                self._away_s = 0
        else:
            self._pause_s = 0
            self._away_s += STEP_S
            if self._away_s >= BREAK_S:
                self._settled_s = 0
            return None
        if not self._settled_s:
            self._since_ns = t_ns
        self._settled_s += STEP_S
        return self._since_ns if self._settled_s % SITTING_S == 0 else None


class _Budget:
    """Share of the acceptable holding time that is used up."""

    __slots__ = ("_onset_ns", "_told", "_used")

    def __init__(self) -> None:
        self._used = 0.0
        self._onset_ns = 0
        self._told = False

    def update(self, t_ns: int, lean_deg: float) -> int | None:
        if lean_deg <= HOLD_FROM_DEG:
            self.rest()
            return None
        if self._used == 0.0:
            self._onset_ns = t_ns
        self._used = min(1.0, self._used + STEP_S / holding_time_s(lean_deg))
        if self._used < 1.0 or self._told:
            return None
        self._told = True
        return self._onset_ns

    def rest(self) -> None:
        self._used = max(0.0, self._used - STEP_S / RECOVERY_S)
        self._told = self._told and self._used > LOAD_AGAIN
