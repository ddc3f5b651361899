"""When leaning forward becomes a slouch: thresholds, dwell, hysteresis and recovery, one second after the other.

Pure: what it says follows from the seconds it was given. It judges only a trunk that rests (still, or in a vehicle);
what it cannot judge it calls None, never upright. One continuous slouch is one `SlouchStarted` and one `SlouchEnded`,
through fidgeting, a cough, or a moment of straightening up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from ..errors import UsageError
from ..events import TRUSTED, Event, SetSlouch, SlouchEnded, SlouchStarted
from ..samples import NS

Preset = Literal["strict", "normal", "relaxed"]
Mode = Literal["training", "all-day"]
Profile = Literal["sit", "stand"]

# Relaxed sitting is about 12° more flexed than standing, sitting that people call upright -2° (PMID 26476893, n = 50).
_THRESHOLDS_DEG: Final[dict[str, float]] = {"strict": 8.0, "normal": 12.0, "relaxed": 18.0}
_DWELLS_S: Final[dict[str, dict[str, float]]] = {
    "training": {"strict": 3.0, "normal": 5.0, "relaxed": 15.0},
    "all-day": {"strict": 30.0, "normal": 60.0, "relaxed": 120.0},
}

JUDGED_QUALITY: Final = 0.6
"""Least quality of the angle for a judgement: an upright pose that nobody confirmed, or an error below 8° (one sigma,
predicted on the safe side: what is seen then is 2°, 95th percentile 5°)."""
SEVERITY_SPAN_DEG: Final = 20.0
"""Severity grows from 0 at the threshold to 1 this much further."""
RECOVERY_S: Final = 2
"""So long below the release angle ends a slouch."""
PATIENCE_S: Final = 10
"""So long nothing can be judged (fidgeting, a bend) before a slouch is over; a short break does not make two of one."""

BOW_DEG: Final = 65.0
"""Further forward nobody slouches: that is a bow to the floor or to a low shelf."""

_RESTING: Final = frozenset(("still", "vehicle"))
_ELSEWHERE: Final = frozenset(("walking", "running", "lying", "off"))
"""Whoever does this has left the seat: a slouch is over at once, and a dwell begins anew."""

_NAN: Final = float("nan")

VEHICLE_ANGLE: Final = 1.5
VEHICLE_DWELL: Final = 3.0
"""A vehicle costs 2° whatever the filter, and its seat leans."""


@dataclass(frozen=True, slots=True)
class SlouchSettings:
    """How posture is judged. The default is what `analyze` uses: normal threshold, training dwell.

    Attributes
    ----------
    threshold_deg : float, 3..60
        Forward lean from neutral that counts, from a preset or the wearer's own slouch pose.
    dwell_s : float, 0..3600
        How long it must last.
    """

    threshold_deg: float = _THRESHOLDS_DEG["normal"]
    dwell_s: float = _DWELLS_S["training"]["normal"]

    def __post_init__(self) -> None:
        if not 3.0 <= self.threshold_deg <= 60.0:
            raise UsageError(
                f"A slouch threshold of {self.threshold_deg:g}° makes no sense.", "Choose 3 to 60 degrees."
            )
        if not 0.0 <= self.dwell_s <= 3600.0:
            raise UsageError(f"A slouch dwell of {self.dwell_s:g} s makes no sense.", "Choose 0 to 3600 seconds.")

    @classmethod
    def preset(cls, name: Preset = "normal", mode: Mode = "training") -> SlouchSettings:
        """Threshold and dwell by name: `strict` 8°, `normal` 12°, `relaxed` 18°; the dwell is longer all day."""
        if name not in _THRESHOLDS_DEG or mode not in _DWELLS_S:
            advice = f"Choose {', '.join(_THRESHOLDS_DEG)} and {' or '.join(_DWELLS_S)}."
            raise UsageError(f"There is no slouch preset {name!r} for {mode!r}.", advice)
        return cls(_THRESHOLDS_DEG[name], _DWELLS_S[mode][name])

    @property
    def release_deg(self) -> float:
        """Below this it is over: a quarter of the threshold lower, at least 3°."""
        return self.threshold_deg - max(3.0, 0.25 * self.threshold_deg)


@dataclass(frozen=True, slots=True)
class SlouchProfiles:
    """What counts as a slouch while sitting, and while standing: two settings, the wearer says which holds.

    A single sensor on the trunk feels the same at rest in both, so this is not guessed: a wrong guess would move the
    threshold unasked. Getting up is not judged either way (it is `bending` or `moving`), nor is walking.
    """

    sit: SlouchSettings
    stand: SlouchSettings

    def command(self, t_ns: int, sensor: str, profile: Profile) -> SetSlouch:
        """What to tell the engine when the wearer sits down or stands up."""
        settings = self.sit if profile == "sit" else self.stand
        return SetSlouch(t_ns, sensor, settings.threshold_deg, settings.dwell_s)


class SlouchMachine:
    """Give it every second; it says whether this is a slouch, and tells when one starts and ends.

    Parameters
    ----------
    sensor : str
        Name its events carry.
    settings : SlouchSettings

    Attributes
    ----------
    settings : SlouchSettings
        May be replaced between two seconds; a dwell or a slouch that has begun goes on under the new ones.
    slouching : bool
    """

    __slots__ = (
        "_bent_s",
        "_last_deg",
        "_last_ns",
        "_lost_s",
        "_onset_ns",
        "_peak_deg",
        "_sensor",
        "_straight_s",
        "settings",
        "slouching",
    )

    def __init__(self, sensor: str, settings: SlouchSettings) -> None:
        self._sensor = sensor
        self.settings = settings
        self.slouching = False
        self._last_ns = -1
        self._last_deg = _NAN  # flexion one second ago
        self._onset_ns = 0
        self._peak_deg = 0.0
        self._bent_s = 0.0  # how long the lean has lasted; runs backward in short breaks
        self._straight_s = 0.0
        self._lost_s = 0.0

    def update(
        self, t_ns: int, held_flexion_deg: float, quality: float, activity: str
    ) -> tuple[bool | None, tuple[Event, ...]]:
        """Judge one second.

        Parameters
        ----------
        t_ns : int
            End of the second.
        held_flexion_deg : float
            Median flexion of the last 4 s; nan where not known.
        quality : float
            0..1; nan where not known. Below `JUDGED_QUALITY` nothing is judged; below `TRUSTED` the event says so.
        activity : str

        Returns
        -------
        slouching : bool or None
            None where it cannot be judged.
        events : tuple of SlouchStarted, SlouchEnded
        """
        # Rows come every second; where some were left out nothing is known of them, so they count as one.
        step_s = min(1.0, (t_ns - self._last_ns) / NS) if self._last_ns >= 0 else 1.0
        self._last_ns = t_ns
        known = quality >= JUDGED_QUALITY and held_flexion_deg == held_flexion_deg
        if activity not in _RESTING or not known:
            return None, self._unjudged(t_ns, step_s, held_flexion_deg, activity, known)
        self._lost_s = 0.0
        settings = self.settings
        enter_deg, leave_deg, dwell_s = settings.threshold_deg, settings.release_deg, settings.dwell_s
        if activity == "vehicle":
            enter_deg, leave_deg, dwell_s = (
                enter_deg * VEHICLE_ANGLE,
                leave_deg * VEHICLE_ANGLE,
                dwell_s * VEHICLE_DWELL,
            )
        if self.slouching:
            if held_flexion_deg >= leave_deg:
                self._straight_s = 0.0
                self._peak_deg = max(self._peak_deg, held_flexion_deg)
                return True, ()
            self._straight_s += step_s
            if self._straight_s < RECOVERY_S:
                return True, ()
            return False, self._end(t_ns, "upright")
        self._lean(t_ns, step_s, held_flexion_deg, enter_deg, leave_deg)
        # Seconds come whole, so the dwell is over in the second nearest to its end.
        if self._bent_s < dwell_s - 0.5 * step_s or self._bent_s <= 0.0 or held_flexion_deg < enter_deg:
            return False, ()
        self.slouching, self._peak_deg, self._straight_s = True, held_flexion_deg, 0.0
        severity = min(1.0, max(0.0, (held_flexion_deg - enter_deg) / SEVERITY_SPAN_DEG))
        trusted = quality >= TRUSTED
        return True, (SlouchStarted(t_ns, self._sensor, self._onset_ns, held_flexion_deg, severity, trusted),)

    def _lean(self, t_ns: int, step_s: float, flexion_deg: float, enter_deg: float, leave_deg: float) -> None:
        """Run the dwell timer: forward beyond the threshold, backward below the release angle, at rest between."""
        if flexion_deg >= enter_deg:
            if self._bent_s <= 0.0:
                # Crossed somewhere within this second: on a straight line from the last value, where there is one.
                rise_deg = flexion_deg - self._last_deg
                step_s *= min(1.0, (flexion_deg - enter_deg) / rise_deg) if rise_deg > 0.0 else 1.0
                self._onset_ns = t_ns - round(step_s * NS)
            self._bent_s += step_s
        elif flexion_deg < leave_deg:
            self._bent_s = max(0.0, self._bent_s - step_s)
        self._last_deg = flexion_deg

    def _unjudged(self, t_ns: int, step_s: float, flexion_deg: float, activity: str, known: bool) -> tuple[Event, ...]:
        """A second that says nothing about posture."""
        if activity in _ELSEWHERE:
            self._bent_s, self._last_deg = 0.0, _NAN
            return self._end(t_ns, activity) if self.slouching else ()
        if self.slouching:
            self._lost_s += step_s
            if self._lost_s > PATIENCE_S:
                return self._end(t_ns, activity if activity not in _RESTING else "unknown")
        elif known and activity == "bending" and flexion_deg <= BOW_DEG:
            # Sinking into a slouch is a movement too: it counts towards the dwell, the alarm waits until it is over.
            self._lean(t_ns, step_s, flexion_deg, self.settings.threshold_deg, self.settings.release_deg)
        else:
            self._bent_s, self._last_deg = max(0.0, self._bent_s - step_s), flexion_deg if known else _NAN
        return ()

    def _end(self, t_ns: int, reason: str) -> tuple[Event, ...]:
        self.slouching = False
        self._bent_s = self._straight_s = self._lost_s = 0.0
        self._last_deg = _NAN
        return (SlouchEnded(t_ns, self._sensor, self._onset_ns, reason, self._peak_deg),)
