"""Settings in the form in which the rooms below take them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from ..coach.slouch import Mode, Preset, SlouchProfiles, SlouchSettings
from .kinds import within
from .resolve import Settings
from .table import (
    ALERTS_SNOOZE_MIN,
    DASHBOARD_COLOUR,
    DASHBOARD_CURVE_S,
    DASHBOARD_LARGE_NUMBERS,
    DASHBOARD_NIGHT,
    DASHBOARD_REDUCED_MOTION,
    DASHBOARD_THEME,
    KEYS,
    POSTURE_DWELL_S,
    POSTURE_PRESET,
    POSTURE_STANDING_PRESET,
    POSTURE_THRESHOLD_DEG,
    Setting,
)


@dataclass(frozen=True, slots=True)
class DashboardSettings:
    """How the dashboard looks and listens.

    Attributes
    ----------
    theme : str
        `sensorcoach-dark`, `-light` or `-night`.
    colour : bool
    reduced_motion : bool
    large_numbers : bool
    curve_s : float or None, s
        None: as the width allows.
    snooze_s : float, s
    keys : mapping of str to tuple of str
        Keys of every action of `actions.ACTIONS`.
    """

    theme: str
    colour: bool
    reduced_motion: bool
    large_numbers: bool
    curve_s: float | None
    snooze_s: float
    keys: Mapping[str, tuple[str, ...]]

    @property
    def keymap(self) -> dict[str, str]:
        """`keys` as Textual's `App.set_keymap` takes them: ids of bindings to keys with commas between them."""
        return {action: ",".join(keys) for action, keys in self.keys.items()}


def dashboard_settings(settings: Settings, now: dt.time | None = None) -> DashboardSettings:
    """How the dashboard looks when it starts at the local time `now`."""
    theme, hours = settings[DASHBOARD_THEME], settings[DASHBOARD_NIGHT]
    if now is not None and hours is not None and within(hours, now.hour * 60 + now.minute):
        theme = "night"
    return DashboardSettings(
        f"sensorcoach-{theme}",
        settings[DASHBOARD_COLOUR],
        settings[DASHBOARD_REDUCED_MOTION],
        settings[DASHBOARD_LARGE_NUMBERS],
        settings[DASHBOARD_CURVE_S],
        settings[ALERTS_SNOOZE_MIN] * 60.0,
        {action: settings[setting] for action, setting in KEYS.items()},
    )


def slouch_settings(settings: Settings, mode: Mode = "training") -> SlouchSettings:
    """What counts as a slouch while sitting; a threshold from the wearer's own calibration goes before it."""
    return _slouch(settings, POSTURE_PRESET, mode)


def slouch_profiles(settings: Settings, mode: Mode = "all-day") -> SlouchProfiles:
    """The same for sitting and for standing."""
    return SlouchProfiles(_slouch(settings, POSTURE_PRESET, mode), _slouch(settings, POSTURE_STANDING_PRESET, mode))


def _slouch(settings: Settings, which: Setting[str], mode: Mode) -> SlouchSettings:
    preset = SlouchSettings.preset(cast("Preset", settings[which]), mode)
    threshold_deg, dwell_s = settings[POSTURE_THRESHOLD_DEG], settings[POSTURE_DWELL_S]
    return replace(
        preset,
        threshold_deg=preset.threshold_deg if threshold_deg is None else threshold_deg,
        dwell_s=preset.dwell_s if dwell_s is None else dwell_s,
    )
