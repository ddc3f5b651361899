"""Every setting, declared once: the file, the environment, `config`, the settings screen and the docs read this table.

A room that uses a setting takes it from here as `settings[DASHBOARD_THEME]`, with the type it has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from ..events.alerts import ALERT_KINDS
from .actions import ACTIONS
from .kinds import Kind, either, flag, hours, keys, number, text, whole, word, words

T = TypeVar("T")

PREFIX: Final = "SENSORCOACH_"
"""Of the environment variables."""

_UNIT_SUFFIX: Final = re.compile(r"_(s|deg|min|percent)$")


@dataclass(frozen=True, slots=True, eq=False)
class Setting(Generic[T]):
    """One setting.

    Attributes
    ----------
    key : str
        Section and name, `dashboard.theme`.
    kind : Kind
    default : T
    about : str
        One line.
    unit : str
        Of the value; empty where it has none.
    heeds : mapping of str to callable
        Environment variables of other programs that say something about it: from their text to a value, or None where
        it says nothing.
    """

    key: str
    kind: Kind[T]
    default: T
    about: str
    unit: str = ""
    heeds: Mapping[str, Callable[[str], T | None]] = field(default_factory=dict)

    @property
    def section(self) -> str:
        """The part before the dot."""
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        """The part after the dot."""
        return self.key.partition(".")[2]

    @property
    def title(self) -> str:
        """The name in plain words, without its unit."""
        return _UNIT_SUFFIX.sub("", self.name).replace("_", " ")

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return f"{PREFIX}{self.section}_{self.name}".upper()

    def shown(self, value: T) -> str:
        """A value with its unit."""
        said = self.kind.show(value)
        return f"{said} {self.unit}" if self.unit and said[:1].isdigit() else said


SECTIONS: Final[Mapping[str, str]] = {
    "dashboard": "How the dashboard looks.",
    "pacer": "What you breathe by.",
    "cues": "How the pacer makes itself noticed with your eyes closed.",
    "posture": "What counts as a slouch.",
    "alerts": "When to tell you, all day.",
    "recording": "How much is kept.",
    "plan": "What a week should hold.",
    "device": "The radio.",
    "keys": "Which keys do what on the dashboard.",
}

THEME_WORDS: Final = ("dark", "light", "night")
PRESETS: Final = ("strict", "normal", "relaxed")
ALERT_MODES: Final = ("training", "all-day", "tracking")

ABOUT: Final = ("slouch", "battery", "sensor", "pose")
"""Few, for people stop listening to many: the rest is in the day's account and can be switched on."""
QUOTA: Final = 20
"""Alerts about posture a day: about two an hour awake at a desk. Makers of buzzing trainers advise minutes of training
a day and tracking for the rest; their users tire of more."""
QUIET: Final = "22:00-07:00"


def _theme(name: str) -> str | None:
    return name.removeprefix("sensorcoach-") if name.removeprefix("sensorcoach-") in THEME_WORDS else None


DASHBOARD_THEME: Final = Setting(
    "dashboard.theme", word(*THEME_WORDS), "dark", "colours", heeds={"TEXTUAL_THEME": _theme}
)
DASHBOARD_COLOUR: Final = Setting(
    "dashboard.colour", flag(), True, "colours at all", heeds={"NO_COLOR": lambda said: False if said else None}
)
DASHBOARD_NIGHT: Final = Setting(
    "dashboard.night", either(hours(), "off"), None, "hours in which the dashboard starts in the dim night theme"
)
DASHBOARD_REDUCED_MOTION: Final = Setting(
    "dashboard.reduced_motion",
    flag(),
    False,
    "steps instead of flowing pictures",
    heeds={"TEXTUAL_ANIMATIONS": lambda said: True if said.lower() == "none" else None},
)
DASHBOARD_LARGE_NUMBERS: Final = Setting(
    "dashboard.large_numbers", flag(), False, "numbers that can be read from two metres"
)
DASHBOARD_CURVE_S: Final = Setting(
    "dashboard.curve_s", either(number(10, 120), "auto"), None, "how much of the breath curve is seen", "s"
)

PACER_PATTERN: Final = Setting(
    "pacer.pattern",
    text("a pattern such as resonance, resonance@5.7 or 4-0-6-0"),
    "resonance",
    "the pattern to begin with; your own ones are in patterns.toml",
)
PACER_ALLOW_HOLDS: Final = Setting(
    "pacer.allow_holds", flag(), False, "also offer patterns with breath holds and breaths under 8 s"
)

CUES_SOUND: Final = Setting("cues.sound", flag(), False, "tones for in and out")
CUES_VOICE: Final = Setting("cues.voice", flag(), False, "spoken words")
CUES_BELL: Final = Setting("cues.bell", flag(), False, "the terminal's bell")
CUES_HAPTIC: Final = Setting("cues.haptic", flag(), False, "the sensor's own buzzer, where it has one")
CUES_VOLUME: Final = Setting("cues.volume", whole(0, 100), 50, "of tones and voice", "%")
CUES_VOICE_RATE: Final = Setting("cues.voice_rate", whole(80, 400), 160, "how fast words are spoken", "words a minute")

POSTURE_PRESET: Final = Setting(
    "posture.preset", word(*PRESETS), "normal", "while sitting: strict 8°, normal 12°, relaxed 18° forward of upright"
)
POSTURE_STANDING_PRESET: Final = Setting(
    "posture.standing_preset", word(*PRESETS), "normal", "the same while standing, when you say that you stand"
)
POSTURE_THRESHOLD_DEG: Final = Setting(
    "posture.threshold_deg",
    either(number(3, 60), "preset"),
    None,
    "forward lean that counts, instead of the preset's",
    "°",
)
POSTURE_DWELL_S: Final = Setting(
    "posture.dwell_s", either(number(0, 3600), "preset"), None, "how long it must last, instead of the preset's", "s"
)

ALERTS_MODE: Final = Setting(
    "alerts.mode",
    word(*ALERT_MODES),
    "all-day",
    "seldom (the first week only tracks); soon and often; or none about posture",
)
ALERTS_ABOUT: Final = Setting("alerts.about", words(ALERT_KINDS), ABOUT, "what to alert about")
ALERTS_QUOTA: Final[Setting[int | None]] = Setting(
    "alerts.quota", either(whole(1, 1000), "off"), QUOTA, "most alerts about posture", "a day"
)
ALERTS_QUIET: Final[Setting[str | None]] = Setting(
    "alerts.quiet", either(hours(), "off"), QUIET, "hours without alerts, local time"
)
ALERTS_SNOOZE_MIN: Final = Setting("alerts.snooze_min", whole(1, 240), 15, "how long a snooze lasts", "min")
ALERTS_MEETING_MIN: Final = Setting("alerts.meeting_min", whole(1, 480), 60, "how long a meeting lasts", "min")

RECORDING_KEEP_DAYS: Final = Setting(
    "recording.keep_days", either(number(0.1, 3650), "forever"), None, "watch removes older recordings", "days"
)
RECORDING_MAX_GB: Final = Setting(
    "recording.max_gb", either(number(0.1, 10_000), "unlimited"), None, "watch removes the oldest beyond this", "GB"
)

# Kept gentle: every day a session, or upright without a pause, is no aim to give to anybody.
PLAN_SESSIONS_PER_WEEK: Final = Setting("plan.sessions_per_week", whole(0, 7), 2, "coached sessions", "a week")
PLAN_INCLINED_PLANE_DAYS: Final = Setting(
    "plan.inclined_plane_days_per_week", whole(0, 5), 3, "days with the inclined plane", "a week"
)
PLAN_UPRIGHT_PERCENT: Final = Setting(
    "plan.upright_percent", whole(30, 95), 70, "posture goal: upright, of the time that could be judged", "%"
)

DEVICE_ADAPTER: Final = Setting(
    "device.adapter",
    either(text("the name of a Bluetooth adapter such as hci1 (Linux)"), "any"),
    None,
    "Bluetooth adapter to use",
)

KEYS: Final[Mapping[str, Setting[tuple[str, ...]]]] = {
    action.name: Setting(f"keys.{action.name}", keys(), action.keys, action.about) for action in ACTIONS
}

SETTINGS: Final[tuple[Setting[Any], ...]] = (
    *(value for value in list(globals().values()) if isinstance(value, Setting)),
    *KEYS.values(),
)
"""In the order they are shown."""

BY_KEY: Final[Mapping[str, Setting[Any]]] = {setting.key: setting for setting in SETTINGS}
