"""The table of settings: every entry is whole, and what it says about itself is true."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from textual.keys import _character_to_key

from sensorcoach.alerts import MODES, AlertSettings
from sensorcoach.coach.slouch import SlouchSettings
from sensorcoach.history import Plan
from sensorcoach.settings import SECTIONS, SETTINGS, Setting, SettingsFile
from sensorcoach.settings.actions import ACTIONS
from sensorcoach.settings.kinds import within
from sensorcoach.settings.table import ALERT_MODES, KEYS, PRESETS, THEME_WORDS
from sensorcoach.settings.template import template
from sensorcoach.tui.app import SensorcoachApp
from sensorcoach.tui.screens.dashboard import DashboardScreen
from sensorcoach.tui.screens.session import SessionScreen
from sensorcoach.tui.themes import THEMES

DOCS = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


def test_defaults_survive_file_and_keyboard() -> None:
    for setting in SETTINGS:
        kind = setting.kind
        assert kind.read(kind.raw(setting.default)) == setting.default, setting.key
        assert kind.parse(kind.show(setting.default)) == setting.default, setting.key
        assert setting.section in SECTIONS
        if kind.options:
            assert kind.show(setting.default) in kind.options
            assert all(kind.show(kind.parse(option)) == option for option in kind.options)


@pytest.mark.parametrize("raw", [None, {"a": 1}, [[]], [1], float("nan"), -1, 10**30, "", "\n", "no such word!"])
def test_nonsense_is_refused(raw: object) -> None:
    free = ("pacer.pattern", "device.adapter") if raw == "no such word!" else ()  # looked up later
    for setting in SETTINGS:
        if setting.key not in free:
            with pytest.raises(ValueError):
                setting.kind.read(raw)


def docs_row(setting: Setting[Any]) -> str:
    """How `docs/settings.md` tells of a setting."""
    if setting.section == "keys":
        return f"| `{setting.name}` | {setting.shown(setting.default)} | {setting.about} |"
    return f"| `{setting.name}` | {setting.shown(setting.default)} | {setting.kind.meant} | {setting.about} |"


def test_the_docs_tell_of_every_setting() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [setting.key for setting in SETTINGS if docs_row(setting) not in text] == []


def test_the_template_changes_nothing_and_uncommented_is_the_default(tmp_path: Path) -> None:
    text = template()
    assert tomllib.loads(text) == {section: {} for section in SECTIONS}
    lines = [line.removeprefix("# ") if " = " in line else line for line in text.splitlines()]
    (tmp_path / "settings.toml").write_text("\n".join(lines))
    settings = SettingsFile(tmp_path / "settings.toml", {}).load()
    assert all(settings[setting] == setting.default for setting in SETTINGS)
    assert all(settings.origin(setting).kind == "file" for setting in SETTINGS)


def test_words_are_those_of_the_rooms_that_use_them() -> None:
    assert tuple(f"sensorcoach-{word}" for word in THEME_WORDS) == tuple(theme.name for theme in THEMES)
    assert ALERT_MODES == MODES
    assert all(SlouchSettings.preset(preset) for preset in PRESETS)  # type: ignore[arg-type]
    assert Plan() == Plan(2, 3, 0.7)
    assert AlertSettings() == AlertSettings("tracking")


def test_actions_are_the_bindings_of_the_dashboard() -> None:
    bound: dict[str, tuple[str, ...]] = {}
    for owner in (SensorcoachApp, DashboardScreen, SessionScreen):
        bound |= {b.id: tuple(b.key.split(",")) for b in owner.BINDINGS if b.id}
    assert bound == {action.name: action.keys for action in ACTIONS}


def test_a_character_is_the_key_that_textual_calls_so() -> None:
    for character in (chr(code) for code in range(33, 127) if chr(code) != ","):
        assert KEYS["mark"].kind.parse(character) == (_character_to_key(character),), character


@pytest.mark.parametrize("typed", [",", "ctrl+b", "F5", "m, n", "space,shift+tab"])
def test_names_of_keys(typed: str) -> None:
    keys = KEYS["mark"].kind.parse(typed)
    assert keys == {",": ("comma",), "F5": ("f5",), "m, n": ("m", "n")}.get(typed, tuple(typed.split(",")))


@pytest.mark.parametrize("typed", ["", " ", "m,,n", "control b", "ctrl+", "é+b"])
def test_no_keys(typed: str) -> None:
    with pytest.raises(ValueError):
        KEYS["mark"].kind.parse(typed)


@pytest.mark.parametrize(
    ("span", "minute", "inside"),
    [("22:00-07:00", 23 * 60, True), ("22:00-07:00", 7 * 60, False), ("9:00-17:30", 9 * 60, True), ("", 0, False)],
)
def test_hours_go_over_midnight(span: str, minute: int, inside: bool) -> None:
    assert within(span, minute) is inside
