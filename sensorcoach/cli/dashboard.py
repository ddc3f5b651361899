"""The dashboard as the commands open it: with the person's settings, Home below, and every room."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import sys
from typing import TYPE_CHECKING, Any

from platformdirs import user_config_path

from ..settings import SettingsFile, load_settings, offered_patterns
from ..settings.apply import dashboard_settings
from ..tui.app import SensorcoachApp
from ..tui.app import show as show_app
from ..tui.launcher import Opened
from ..tui.rooms import Room
from ..tui.screens.settings import SettingsScreen
from .launching import Launch

if TYPE_CHECKING:
    from textual.screen import Screen


def dashboard(first: Opened | None, launch: Launch) -> SensorcoachApp:
    """The application, ready to run.

    Parameters
    ----------
    first : Opened or None
        What to show at once; None: Home.
    launch : Launch
        What Home starts.
    """
    settings = load_settings()
    look = dashboard_settings(settings, dt.datetime.now().time())
    if not look.colour:
        os.environ.setdefault("NO_COLOR", "1")
    return SensorcoachApp(
        first,
        launcher=launch,
        rooms=_rooms(launch),
        reduced_motion=look.reduced_motion,
        theme=look.theme,
        large=look.large_numbers,
        curve_s=look.curve_s,
        snooze_s=look.snooze_s,
        patterns=offered_patterns(settings, user_config_path("sensorcoach")),
        keys=look.keymap,
    )


def _rooms(launch: Launch) -> tuple[Room, ...]:
    """Screens beside the feed; what each needs is imported when it is entered."""

    def history() -> Screen[Any]:
        from ..tui.own import OwnHistory
        from ..tui.screens.history import HistoryScreen

        return HistoryScreen(OwnHistory(launch.wearer))

    def devices() -> Screen[Any]:
        from ..tui.own import OwnDevices
        from ..tui.screens.devices import DevicesScreen

        return DevicesScreen(OwnDevices(launch.adapter))

    return (
        Room("history", "h", "days, weeks and sessions against your plan", history),
        Room("devices", "d", "sensors near you, and where to wear them", devices),
        Room("settings", "comma", "looks, cues, posture, keys", lambda: SettingsScreen(SettingsFile())),
    )


async def show(first: Opened | None, launch: Launch) -> int:
    """Run it until the person leaves; remarks come when the terminal is free again."""
    try:
        return await show_app(dashboard(first, launch))
    finally:
        for remark in launch.farewell():
            print(remark, file=sys.stderr)


def run(first: Opened | None, launch: Launch) -> int:
    """The same, for who has no event loop yet."""
    return asyncio.run(show(first, launch))
