"""What a person has set: one table of settings, one file, and which value holds."""

from .file import SettingsFile, load_settings, settings_path
from .patterns import known_patterns, offered_patterns, pattern_of, save_pattern
from .problems import find
from .resolve import Origin, Settings
from .table import BY_KEY, SECTIONS, SETTINGS, Setting

__all__ = [
    "BY_KEY",
    "SECTIONS",
    "SETTINGS",
    "Origin",
    "Setting",
    "Settings",
    "SettingsFile",
    "find",
    "known_patterns",
    "load_settings",
    "offered_patterns",
    "pattern_of",
    "save_pattern",
    "settings_path",
]
