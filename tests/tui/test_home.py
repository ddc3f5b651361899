"""Home: everything is one key away, and every screen leads back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any

import pytest
from textual.screen import Screen
from textual.widgets import Static

from sensorcoach.errors import DeviceError
from sensorcoach.events import Event
from sensorcoach.tui.app import SensorcoachApp
from sensorcoach.tui.launcher import Opened, Wanted
from sensorcoach.tui.rooms import Room
from sensorcoach.tui.screens.calibrate import CalibrateScreen
from sensorcoach.tui.screens.choose import ChooseScreen
from sensorcoach.tui.screens.dashboard import DashboardScreen
from sensorcoach.tui.screens.home import HomeScreen
from sensorcoach.tui.screens.opening import OpeningScreen
from sensorcoach.tui.screens.session import SessionScreen
from sensorcoach.tui.screens.sure import LeaveScreen

from .feeds import ScriptedFeed, desk
from .lessons import PLAN
from .stage import ScriptedLauncher, running, settle

STRAP = "Polar H10 1234ABCD"


class HistoryRoom(Screen[None]):
    def compose(self) -> Any:
        yield Static("history")


ROOMS = (Room("history", "h", "days and weeks", HistoryRoom), Room("settings", "comma", "looks", HistoryRoom))


def opens(wanted: Wanted) -> Opened:
    feed = ScriptedFeed(desk(20), kind="demo" if wanted.demo else "live", recording=None if wanted.demo else "today")
    if wanted.place == "session":
        return Opened(feed, "session", PLAN)
    return Opened(feed, "calibrate" if wanted.place == "calibrate" else "live")


def entries(app: SensorcoachApp) -> str:
    assert isinstance(app.screen, HomeScreen)
    return "\n".join(str(option.prompt) for option in app.screen._list.options)


@pytest.mark.parametrize(
    ("keys", "wanted", "screen"),
    [
        (["enter"], Wanted("live"), DashboardScreen),
        (["v"], Wanted("live", demo=True), DashboardScreen),
        (["b"], Wanted("session", "breathing-only"), SessionScreen),
        (["e", "down", "enter"], Wanted("session", "desk-break"), SessionScreen),
        (["r", "enter"], Wanted("replay", "mine"), DashboardScreen),
        (["c"], Wanted("calibrate"), CalibrateScreen),
    ],
)
async def test_one_key_starts(keys: list[str], wanted: Wanted, screen: type) -> None:
    launcher = ScriptedLauncher(STRAP, opens)
    async with running(None, launcher=launcher) as (app, pilot):
        assert f"Start: {STRAP}" in entries(app)
        await pilot.press(*keys)
        await settle(app, pilot)
        assert launcher.wanted == [wanted]
        assert isinstance(app.screen, screen)


async def test_without_a_sensor_the_virtual_wearer_stands_in() -> None:
    launcher = ScriptedLauncher("", opens)
    async with running(None, launcher=launcher) as (app, pilot):
        assert "Start the demo" in entries(app)
        for key in ("enter", "b", "c"):
            await pilot.press(key)
            await settle(app, pilot)
            await pilot.press("home")
            await settle(app, pilot)
        assert [wanted.place for wanted in launcher.wanted] == ["live", "session", "calibrate"]
        assert all(wanted.demo for wanted in launcher.wanted)


async def test_f_looks_for_a_sensor() -> None:
    launcher = ScriptedLauncher("", opens)
    async with running(None, launcher=launcher) as (app, pilot):
        assert "Find my sensor" in entries(app)
        await pilot.press("f")
        await settle(app, pilot)
        assert launcher.wanted == [Wanted("live")]


async def test_the_last_day_is_told() -> None:
    async with running(None, launcher=ScriptedLauncher(STRAP, opens, "Last time, on 2026-05-04: worn for 2 h.")) as (
        app,
        pilot,
    ):
        for _ in range(5):
            await settle(app, pilot)
        assert "worn for 2 h" in str(app.screen.query_one("#home-last", Static).render())


async def test_rooms_have_their_keys_and_entries() -> None:
    async with running(None, launcher=ScriptedLauncher(), rooms=ROOMS) as (app, pilot):
        assert "History" in entries(app)
        await pilot.press("h")
        assert isinstance(app.screen, HistoryRoom)
        app.pop_screen()
        await pilot.press("comma")
        assert isinstance(app.screen, HistoryRoom)
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert {"Go: home", "Go: history", "Go: settings"} <= titles


async def test_what_cannot_be_opened_is_said_with_ways_on() -> None:
    launcher = ScriptedLauncher(STRAP, opens)
    launcher.failure = DeviceError("The strap is out of reach.", "Wear it, and come nearer.")
    async with running(None, launcher=launcher) as (app, pilot):
        await pilot.press("enter")
        await settle(app, pilot)
        assert isinstance(app.screen, OpeningScreen)
        assert "The strap is out of reach. Wear it, and come nearer." in str(app.screen._words.render())
        await pilot.press("r")
        await settle(app, pilot)
        assert len(launcher.wanted) == 2
        launcher.failure = None
        await pilot.press("v")
        await settle(app, pilot)
        assert launcher.wanted[-1] == Wanted("live", demo=True)
        assert isinstance(app.screen, DashboardScreen)


async def test_escape_leaves_while_a_sensor_is_being_found() -> None:
    ended: list[str] = []

    class Searching(ScriptedLauncher):
        async def open(self, wanted: Wanted, say: Callable[[str], None]) -> Opened:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(wanted.place)
            raise AssertionError

    async with running(None, launcher=Searching(STRAP)) as (app, pilot):
        await pilot.press("enter")
        assert isinstance(app.screen, OpeningScreen)
        await pilot.press("escape")
        await settle(app, pilot)
        assert isinstance(app.screen, HomeScreen)
        assert ended == ["live"]
        assert app.stream is None


async def test_escape_leaves_what_could_not_be_opened() -> None:
    launcher = ScriptedLauncher(STRAP, opens)
    launcher.failure = DeviceError("No radio.", "Switch it on.")
    async with running(None, launcher=launcher) as (app, pilot):
        await pilot.press("enter")
        await settle(app, pilot)
        await pilot.press("escape")
        assert isinstance(app.screen, HomeScreen)


async def test_every_feed_leads_home_and_is_closed() -> None:
    feed = ScriptedFeed(desk(20))
    launcher = ScriptedLauncher("", opens)
    async with running(feed, launcher=launcher) as (app, pilot):
        assert isinstance(app.screen, DashboardScreen)
        await pilot.press("escape")
        await settle(app, pilot)
        assert isinstance(app.screen, HomeScreen)
        assert app.stream is None
        assert feed.closings == 1
        assert launcher.silences == 1
        await pilot.press("enter")
        await settle(app, pilot)
        assert isinstance(app.screen, DashboardScreen)


async def test_a_feed_that_is_left_between_two_batches_ends_properly() -> None:
    ended: list[bool] = []
    begin = asyncio.Event()

    class Restless(ScriptedFeed):
        async def batches(self) -> AsyncGenerator[Sequence[Event], None]:
            try:
                await begin.wait()
                while True:
                    yield desk(5)
            finally:
                ended.append(True)

    async with running(Restless(), launcher=ScriptedLauncher("", opens)) as (app, pilot):
        begin.set()
        await asyncio.sleep(0)
        app.action_home()
        await settle(app, pilot)
        assert ended == [True]


async def test_a_recording_is_asked_about_on_the_way_home() -> None:
    feed = ScriptedFeed(desk(20), kind="live", recording="today")
    async with running(feed, launcher=ScriptedLauncher(STRAP, opens)) as (app, pilot):
        await pilot.press("escape")
        assert isinstance(app.screen, LeaveScreen)
        await pilot.press("n")
        assert isinstance(app.screen, DashboardScreen)
        await pilot.press("escape", "y")
        await settle(app, pilot)
        assert isinstance(app.screen, HomeScreen)


async def test_nothing_is_asked_about_before_anything_is_recorded() -> None:
    feed = ScriptedFeed([], kind="live", recording="today")
    async with running(feed, launcher=ScriptedLauncher(STRAP, opens)) as (app, pilot):
        await pilot.press("escape")
        await settle(app, pilot)
        assert isinstance(app.screen, HomeScreen)


async def test_escape_without_a_home_stays() -> None:
    async with running(ScriptedFeed(desk(20))) as (app, pilot):
        await pilot.press("escape", "home")
        assert isinstance(app.screen, DashboardScreen)


async def test_escape_leaves_a_list() -> None:
    async with running(None, launcher=ScriptedLauncher()) as (app, pilot):
        await pilot.press("e")
        assert isinstance(app.screen, ChooseScreen)
        await pilot.press("escape")
        assert isinstance(app.screen, HomeScreen)
        await pilot.press("e", "q")
        assert app.return_value == 0
