"""The settings screen: every setting is changed in place, checked at once, and kept by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from sensorcoach.errors import OutputError
from sensorcoach.settings import BY_KEY, SETTINGS, Setting, Settings, SettingsFile
from sensorcoach.settings.resolve import Origin
from sensorcoach.tui.screens.settings import SettingsScreen
from sensorcoach.tui.widgets.rows import RowList

from .pages import SIZES, PageApp, done, looks, open_page, press


class Port:
    """Settings that are kept nowhere."""

    path = Path("/home/ann/.config/sensorcoach/settings.toml")

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {"dashboard.curve_s": 30.0}
        self.fails = ""

    def load(self) -> Settings:
        found = {key: (value, Origin("file", "settings.toml:3")) for key, value in self.kept.items()}
        return Settings({**found, "cues.volume": (70, Origin("environment", "SENSORCOACH_CUES_VOLUME"))})

    def change(self, setting: Setting[Any], value: Any) -> None:
        if self.fails:
            raise OutputError(self.fails, "Check the disk.")
        self.kept[setting.key] = value

    def unset(self, key: str) -> bool:
        return self.kept.pop(key, None) is not None


def words(app: PageApp) -> str:
    return "\n".join(str(part.content) for part in app.screen.query("#about Static").results(Static))


def go(app: PageApp, key: str) -> None:
    app.screen.query_one(RowList).choose(key)


async def type_in(app: PageApp, pilot: Pilot[None], text: str) -> None:
    """As if typed; key by key takes long."""
    assert isinstance(app.focused, Input)
    app.focused.value = text
    await pilot.pause()


async def test_every_setting_is_there_with_where_it_came_from() -> None:
    async with open_page(lambda: SettingsScreen(Port()), (120, 40)) as (app, pilot):
        chosen = [option.id for option in app.screen.query_one(RowList).options if option.id]
        assert chosen == [setting.key for setting in SETTINGS]
        (curve,) = [row for row in app.rows if "curve" in row]
        assert curve.split() == ["●", "curve", "30", "s", "settings.toml:3"]
        (volume,) = [row for row in app.rows if "volume" in row]
        assert volume.endswith("SENSORCOACH_CUES_VOLUME")
        assert "Allowed: one of dark, light, night." in words(app)
        await press(app, pilot, "down")
        assert "Colours at all." in words(app)


async def test_arrows_and_enter_walk_through_values() -> None:
    port = Port()
    async with open_page(lambda: SettingsScreen(port)) as (app, pilot):
        await press(app, pilot, "right")
        assert port.kept["dashboard.theme"] == "light"
        await press(app, pilot, "enter")
        assert port.kept["dashboard.theme"] == "night"
        await press(app, pilot, "right", "left")
        assert port.kept["dashboard.theme"] == "night"
        await press(app, pilot, "backspace")
        assert "dashboard.theme" not in port.kept
        await press(app, pilot, "down", "enter")
        assert port.kept["dashboard.colour"] is False


async def test_a_typed_value_is_checked_at_once_and_kept_by_enter() -> None:
    port = Port()
    async with open_page(lambda: SettingsScreen(port)) as (app, pilot):
        go(app, "alerts.quiet")
        await press(app, pilot, "enter")
        assert isinstance(app.focused, Input)
        await type_in(app, pilot, "25")
        assert "✗ hours such as 22:00-07:00, or off is meant." in words(app)
        await press(app, pilot, "enter")
        assert "alerts.quiet" not in port.kept
        await type_in(app, pilot, "21:00-6:00")
        assert "✓ enter keeps it" in words(app)
        await press(app, pilot, "enter")
        assert port.kept["alerts.quiet"] == "21:00-6:00"
        assert isinstance(app.focused, RowList)
        assert app.screen.query_one(RowList).chosen == "alerts.quiet"


async def test_escape_leaves_the_value_then_the_screen() -> None:
    port = Port()
    async with open_page(lambda: SettingsScreen(port)) as (app, pilot):
        go(app, "alerts.quota")
        await press(app, pilot, "enter", "5", "escape")
        assert isinstance(app.focused, RowList)
        assert "alerts.quota" not in port.kept
        await press(app, pilot, "escape")
        assert not isinstance(app.screen, SettingsScreen)


async def test_arrows_do_nothing_to_what_is_typed() -> None:
    port = Port()
    async with open_page(lambda: SettingsScreen(port)) as (app, pilot):
        go(app, "cues.volume")
        await press(app, pilot, "right")
        assert "cues.volume" not in port.kept


async def test_what_cannot_be_kept_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    port = Port()
    port.fails = "The disk is full."
    async with open_page(lambda: SettingsScreen(port)) as (app, pilot):
        await press(app, pilot, "right")
        assert "✗ The disk is full. Check the disk." in words(app)
        await press(app, pilot, "down")
        assert "The disk" not in words(app)
    file = SettingsFile(tmp_path / "settings.toml", {})
    async with open_page(lambda: SettingsScreen(file)) as (app, pilot):
        go(app, "keys.mark")
        await press(app, pilot, "enter", "q", "enter")
        assert "both want the key 'q'" in words(app)
        assert isinstance(app.focused, Input)
        assert not file.path.exists()
        await type_in(app, pilot, "k")
        await press(app, pilot, "enter")
        assert file.load()[BY_KEY["keys.mark"]] == ("k",)


async def test_a_wrong_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("[dashboard]\ntheme = 3\n")
    async with open_page(lambda: SettingsScreen(SettingsFile(path, {}))) as (app, pilot):
        assert "line 2: dashboard.theme is 3" in " ".join(words(app).split())
        await press(app, pilot, "enter", "right", "backspace")
        assert path.read_text() == "[dashboard]\ntheme = 3\n"


async def test_allowing_holds_comes_with_its_words() -> None:
    async with open_page(lambda: SettingsScreen(Port())) as (app, pilot):
        go(app, "pacer.allow_holds")
        await press(app, pilot, "right")
        assert any("not when pregnant" in str(note.message) for note in app._notifications)


async def test_the_application_hears_of_every_change() -> None:
    heard: list[Settings] = []

    class Listening(PageApp):
        def on_settings_screen_changed(self, event: SettingsScreen.Changed) -> None:
            heard.append(event.settings)

    app = Listening(lambda: SettingsScreen(Port()))
    async with app.run_test() as pilot:
        await done(app, pilot)
        await press(app, pilot, "right")
        await pilot.pause()
    assert [settings[BY_KEY["dashboard.theme"]] for settings in heard] == ["light"]


async def test_the_mark_is_seen_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_page(lambda: SettingsScreen(Port())) as (app, _):
        rows = app.screen.query_one(RowList)
        assert rows.get_visual_style("option-list--option-highlighted").underline
        assert not rows.get_visual_style("option-list--option").underline


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_looks(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    assert looks(snap_compare, lambda: SettingsScreen(Port()), size, ["down", "down", "enter", "9"])
