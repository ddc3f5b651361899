"""Each key, pressed; and what happens when the source ends or fails."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from sensorcoach.coach.pacer import PATTERNS
from sensorcoach.errors import DeviceError
from sensorcoach.events import Calibrate, Event, Link, Mark, SetPacer, Snooze
from sensorcoach.samples import NS
from sensorcoach.tui.app import SNOOZE_S, SensorcoachApp
from sensorcoach.tui.screens.dashboard import DashboardScreen
from sensorcoach.tui.screens.help import HelpScreen
from sensorcoach.tui.screens.leave import LeaveScreen
from sensorcoach.tui.themes import THEMES
from sensorcoach.tui.widgets.painted import Painted

from .feeds import ScriptedFeed, desk, slouching


@asynccontextmanager
async def running(
    feed: ScriptedFeed, size: tuple[int, int] = (100, 30), **options: Any
) -> AsyncIterator[tuple[SensorcoachApp, Pilot[int]]]:
    app = SensorcoachApp(feed, clock=lambda: 0.0, **options)
    async with app.run_test(size=size) as pilot:
        await settle(app, pilot)
        yield app, pilot


async def settle(app: SensorcoachApp, pilot: Pilot[int]) -> None:
    """What came in is drawn, and what that moved is laid out."""
    await pilot.pause()
    app.refresh_now()
    await pilot.pause()


def dashboard(app: SensorcoachApp) -> DashboardScreen:
    return next(screen for screen in app.screen_stack if isinstance(screen, DashboardScreen))


def status(app: SensorcoachApp) -> str:
    return dashboard(app).strips[0].text


def log(app: SensorcoachApp) -> str:
    return dashboard(app).log_panel.text


@pytest.mark.parametrize("kind", ["demo", "replay"])
async def test_space_pauses_and_goes_on(kind: Any) -> None:
    feed = ScriptedFeed(desk(30), kind=kind)
    async with running(feed) as (app, pilot):
        await pilot.press("space")
        assert feed.paused
        assert "paused" in status(app)
        await pilot.press("space")
        assert not feed.paused
        assert "playing" in status(app)


async def test_space_live_holds_only_the_view() -> None:
    feed = ScriptedFeed(desk(30), kind="live", recording="desk")
    async with running(feed) as (app, pilot):
        before = dashboard(app).posture.text
        await pilot.press("space")
        feed.push(slouching(60))
        await pilot.pause()
        app.refresh_now()
        assert not feed.paused
        assert "view frozen" in status(app)
        assert dashboard(app).posture.text == before
        await pilot.press("space")
        assert "SLOUCH" in dashboard(app).posture.text


async def test_f_freezes_and_escape_frees() -> None:
    async with running(ScriptedFeed(desk(30))) as (app, pilot):
        await pilot.press("f")
        assert "view frozen" in status(app)
        await pilot.press("escape")
        assert "view frozen" not in status(app)


async def test_arrows_wind_a_recording() -> None:
    feed = ScriptedFeed(desk(30), kind="replay", duration_s=300)
    async with running(feed) as (_, pilot):
        await pilot.press("right", "left")
        assert feed.sought_s == [40.0, 20.0]


async def test_winding_stops_at_the_beginning() -> None:
    feed = ScriptedFeed(desk(4), kind="replay", duration_s=300)
    async with running(feed) as (_, pilot):
        await pilot.press("left")
        assert feed.sought_s == [0.0]


@pytest.mark.parametrize("kind", ["demo", "live"])
async def test_only_recordings_are_wound(kind: Any) -> None:
    feed = ScriptedFeed(desk(30), kind=kind)
    async with running(feed) as (_, pilot):
        await pilot.press("left", "right")
        assert feed.sought_s == []


async def test_brackets_change_the_speed_within_limits() -> None:
    feed = ScriptedFeed(desk(30), kind="replay", duration_s=300)
    async with running(feed) as (app, pilot):
        await pilot.press("right_square_bracket")
        assert feed.speed == 2.0
        assert "2×" in status(app)
        await pilot.press(*["right_square_bracket"] * 6)
        assert math.isinf(feed.speed)
        assert "max" in status(app)
        await pilot.press(*["left_square_bracket"] * 9)
        assert feed.speed == 0.25


async def test_a_live_sensor_has_one_speed() -> None:
    feed = ScriptedFeed(desk(30), kind="live")
    async with running(feed) as (_, pilot):
        await pilot.press("right_square_bracket")
        assert feed.speed == 1.0


async def test_p_walks_through_the_patterns() -> None:
    feed = ScriptedFeed(desk(30))
    async with running(feed) as (app, pilot):
        titles = []
        for _ in PATTERNS:
            await pilot.press("p")
            titles.append(str(dashboard(app).orb.border_title).strip())
        assert titles == [f"pacer · {pattern.name}" for pattern in PATTERNS]
        await pilot.press("p")
        assert app.pacer is None
        assert "p starts the" in dashboard(app).orb.text
    commands = [command for command in feed.commands if isinstance(command, SetPacer)]
    assert [command.inhale_s for command in commands] == [*(pattern.inhale_s for pattern in PATTERNS), 0.0]


async def test_plus_and_minus_change_the_pace_without_a_jump() -> None:
    feed = ScriptedFeed(desk(30))
    async with running(feed) as (app, pilot):
        await pilot.press("minus")
        assert feed.commands == []
        await pilot.press("p", "p")
        assert app.pacer is not None
        before = app.pacer.at(30 * NS)
        await pilot.press("minus")
        assert app.pacer.pattern.rate_brpm == pytest.approx(5.5)
        assert app.pacer.at(30 * NS).level == pytest.approx(before.level, abs=1e-6)
        await pilot.press("plus", "plus")
        assert app.pacer.pattern.rate_brpm == pytest.approx(6.5)


async def test_m_marks() -> None:
    feed = ScriptedFeed(desk(30))
    async with running(feed) as (app, pilot):
        await pilot.press("m", "m")
        assert feed.commands == [Mark(30 * NS, "mark 1"), Mark(30 * NS, "mark 2")]
        assert "mark 2" in log(app)


async def test_c_calibrates() -> None:
    feed = ScriptedFeed(desk(30))
    async with running(feed) as (app, pilot):
        await pilot.press("c")
        assert feed.commands == [Calibrate(30 * NS, "chest")]
        assert "present pose" in log(app)


async def test_s_snoozes_and_wakes() -> None:
    feed = ScriptedFeed(desk(30))
    async with running(feed) as (app, pilot):
        await pilot.press("s")
        assert "alerts quiet" in status(app)
        await pilot.press("s")
        assert "alerts quiet" not in status(app)
    assert feed.commands == [Snooze(30 * NS, SNOOZE_S), Snooze(30 * NS, 0.0)]


async def test_z_zooms_the_curve_or_the_focused_panel() -> None:
    async with running(ScriptedFeed(desk(30))) as (app, pilot):
        screen = dashboard(app)
        await pilot.press("z")
        assert screen.wave.display
        assert not screen.panels.display
        await pilot.press("z")
        assert screen.panels.display
        await pilot.press("tab", "tab", "z")
        assert screen.rate.display
        assert not screen.wave.display
        assert not screen.posture.display
        await pilot.press("escape")
        assert screen.wave.display


async def test_t_walks_through_the_themes() -> None:
    async with running(ScriptedFeed(desk(30))) as (app, pilot):
        seen = [app.theme]
        for _ in THEMES:
            await pilot.press("t")
            seen.append(app.theme)
        assert seen == [*(theme.name for theme in THEMES), THEMES[0].name]


async def test_only_checked_themes_are_offered() -> None:
    async with running(ScriptedFeed(desk(30)), theme="sensorcoach-light") as (app, _):
        assert app.theme == "sensorcoach-light"
        assert set(app.available_themes) == {theme.name for theme in THEMES}


@pytest.mark.parametrize("key", ["escape", "question_mark", "q"])
async def test_help_opens_and_closes(key: str) -> None:
    async with running(ScriptedFeed(desk(30))) as (app, pilot):
        await pilot.press("question_mark")
        assert isinstance(app.screen, HelpScreen)
        await pilot.press(key)
        assert isinstance(app.screen, DashboardScreen)


async def test_the_palette_knows_the_commands() -> None:
    async with running(ScriptedFeed(desk(30))) as (app, _):
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert {"Pacer: on, next, off", "Moment: mark", "Quit"} <= titles


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
async def test_q_and_ctrl_c_quit(key: str) -> None:
    async with running(ScriptedFeed(desk(30))) as (app, pilot):
        await pilot.press(key)
        assert app.return_value == 0


async def test_q_asks_while_recording() -> None:
    async with running(ScriptedFeed(desk(30), kind="live", recording="desk")) as (app, pilot):
        await pilot.press("q")
        assert isinstance(app.screen, LeaveScreen)
        await pilot.press("n")
        assert isinstance(app.screen, DashboardScreen)
        assert app.return_value is None
        await pilot.press("q", "y")
        assert app.return_value == 0


async def test_the_end_leaves_the_last_picture_and_winds_back() -> None:
    feed = ScriptedFeed(desk(30), kind="replay", duration_s=30)
    async with running(feed) as (app, pilot):
        before = dashboard(app).rate.text
        feed.end()
        await settle(app, pilot)
        assert "ended" in status(app)
        assert "goes back" in dashboard(app).strips[2].text
        assert dashboard(app).rate.text == before
        assert dashboard(app).has_class("-over")
        await pilot.press("left")
        await pilot.pause()
        assert feed.started == 2
        feed.push([Link(20 * NS, "chest", "seek", ""), *(e for e in desk(25) if e.t_ns > 20 * NS)])
        await pilot.pause()
        app.refresh_now()
        assert "playing" in status(app)
        assert not dashboard(app).has_class("-over")


async def test_an_end_that_is_only_said_counts_too() -> None:
    feed = ScriptedFeed([*desk(30), Link(30 * NS, "chest", "ended", "")], kind="replay", duration_s=30)
    async with running(feed) as (app, _):
        assert "ended" in status(app)


async def test_a_failure_is_said_in_words_and_the_app_stays() -> None:
    feed = ScriptedFeed(desk(30), kind="live", recording="desk")
    async with running(feed) as (app, pilot):
        feed.fail(DeviceError("The strap is out of reach.", "Come nearer and start again."))
        await settle(app, pilot)
        assert "stopped" in status(app)
        assert "The strap is out of reach. Come nearer and start again." in dashboard(app).strips[2].text
        assert "out of reach" in log(app)
        await pilot.press("q")
        assert app.return_value == 0


class RestlessFeed(ScriptedFeed):
    """Always has more, as a recording played flat out does."""

    async def batches(self) -> AsyncIterator[Sequence[Event]]:
        events = desk(300)
        while True:
            yield events


async def test_a_feed_that_never_rests_lets_keys_through() -> None:
    async with running(RestlessFeed(kind="replay")) as (app, pilot):
        await pilot.press("space")
        assert "paused" in status(app)
        await pilot.press("q")
        assert app.return_value == 0


async def test_silence_is_said_and_old_numbers_go() -> None:
    feed = ScriptedFeed([*desk(30), Link(32 * NS, "chest", "silent", "")], position_s=36.0, kind="live")
    async with running(feed) as (app, _):
        assert "sensor quiet" in status(app)
        assert "no data" in dashboard(app).rate.text
        assert "8.0" not in dashboard(app).rate.text


async def test_reduced_motion_has_words_instead_of_the_ring() -> None:
    async with running(ScriptedFeed(desk(30)), reduced_motion=True) as (app, pilot):
        await pilot.press("p")
        assert "breathe in" in dashboard(app).orb.text
        assert not any("⠁" <= char <= "⣿" for char in dashboard(app).orb.text)
        assert app.animation_level == "none"


async def test_without_colour_the_hills_are_hatched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(ScriptedFeed(desk(30))) as (app, pilot):
        assert "░" not in dashboard(app).wave.text
        await pilot.press("p")
        assert "░" in dashboard(app).wave.text


async def test_without_colour_no_colour_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(ScriptedFeed(slouching(60))) as (app, pilot):
        await pilot.press("p")
        await pilot.pause()
        for panel in dashboard(app).query(Painted):
            for strip in panel.render_lines(panel.size.region):
                styles = [style for _, style, _ in strip if style is not None]
                assert all(colour.is_default for style in styles for colour in (style.color, style.bgcolor) if colour)


async def test_without_gyro_it_is_a_trunk_lean() -> None:
    async with running(ScriptedFeed(desk(30), has_gyro=False)) as (app, _):
        assert str(dashboard(app).posture.border_title).strip() == "trunk lean"


@pytest.mark.parametrize("size", [(20, 6), (30, 10), (60, 20), (80, 24), (400, 100)])
async def test_any_size_can_be_drawn(size: tuple[int, int]) -> None:
    async with running(ScriptedFeed(slouching(60)), size=size) as (app, pilot):
        await pilot.press("p", "z", "z")
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "SLOUCH" in dashboard(app).posture.text
