"""The calibration screen: guided, counted, refused, done, kept."""

from __future__ import annotations

import re
from typing import Any

from sensorcoach.errors import OutputError
from sensorcoach.events import Calibrate, CalibrationDone, CueSpoken, SetSlouch, StartCalibration, StopCalibration
from sensorcoach.tui.app import SensorcoachApp
from sensorcoach.tui.launcher import Opened, Wanted
from sensorcoach.tui.screens.calibrate import CalibrateScreen
from sensorcoach.tui.screens.dashboard import DashboardScreen
from sensorcoach.tui.screens.home import HomeScreen

from .feeds import SENSOR, ScriptedFeed, desk
from .lessons import calibrating, found, ns, refused
from .stage import ScriptedLauncher, running, settle, stream


def page(app: SensorcoachApp) -> CalibrateScreen:
    assert isinstance(app.screen, CalibrateScreen)
    return app.screen


async def test_c_begins_and_escape_gives_up() -> None:
    feed = ScriptedFeed(desk(20), kind="live")
    async with running(feed) as (app, pilot):
        await pilot.press("c")
        assert isinstance(app.screen, CalibrateScreen)
        await pilot.press("escape")
        assert isinstance(app.screen, DashboardScreen)
        assert stream(app).calibration is None
    assert feed.commands == [StartCalibration(ns(20), SENSOR), StopCalibration(ns(20), SENSOR)]


async def test_what_to_do_is_counted_down_held_and_refused_in_words() -> None:
    feed = ScriptedFeed(desk(9), kind="live")
    async with running(feed) as (app, pilot):
        await pilot.press("c")
        feed.push(calibrating()[-6:])
        await settle(app, pilot)
        assert "▶ stand tall" in page(app).steps.text
        assert "✓ find out where up is" in page(app).steps.text
        assert "Stand tall: look straight ahead" in page(app).words.text
        feed.push([CueSpoken(ns(13), SENSOR, "begin", "Hold.")])
        await settle(app, pilot)
        assert re.search(r"\b1[01] s\b", page(app).words.text)
        feed.push([refused(20)])
        await settle(app, pilot)
        said = " ".join(page(app).words.text.split())
        assert "You moved while I measured." in said
        assert "Once more in a moment." in said
        feed.push([refused(30, tries_left=0)])
        await settle(app, pilot)
        assert "Press r to begin again" in " ".join(page(app).words.text.split())
        await pilot.press("r")
        assert [type(c) for c in feed.commands] == [StartCalibration, StartCalibration]


async def calibrated(opened: Any, feed: ScriptedFeed) -> str:
    async with running(opened) as (app, pilot):
        await pilot.press("c")
        feed.push([found(60.0)])
        for _ in range(5):
            await settle(app, pilot)
        said = page(app).words.text
        await pilot.press("enter")
        assert isinstance(app.screen, DashboardScreen)
        await pilot.press("w", "w")
    return " ".join(said.split())


async def test_what_was_found_holds_at_once_and_is_kept() -> None:
    kept: list[CalibrationDone] = []

    def keep(done: CalibrationDone) -> str:
        kept.append(done)
        return "It is kept for the next time."

    feed = ScriptedFeed(desk(20), kind="live")
    said = await calibrated(Opened(feed, keep_pose=keep), feed)
    assert "A slouch is 11° or more" in said
    assert "It is kept for the next time." in said
    assert kept == [found(60.0)]
    done = found(60.0)
    assert feed.commands[1:] == [
        Calibrate(ns(60), SENSOR, done.up, done.forward),
        SetSlouch(ns(60), SENSOR, 11.0, 5.0),
        SetSlouch(ns(60), SENSOR, 12.0, 5.0),
        SetSlouch(ns(60), SENSOR, 11.0, 5.0),
    ]


async def test_a_full_disk_is_said() -> None:
    def keep(done: CalibrationDone) -> str:
        raise OutputError("The disk is full.", "Make room.")

    feed = ScriptedFeed(desk(20), kind="live")
    assert "The disk is full. Make room." in await calibrated(Opened(feed, keep_pose=keep), feed)


async def test_a_virtual_wearer_s_pose_is_not_kept() -> None:
    feed = ScriptedFeed(desk(20))
    assert "not kept" in await calibrated(feed, feed)


async def test_a_virtual_wearer_gets_one_who_knows_what_to_do() -> None:
    launcher = ScriptedLauncher(opens=lambda wanted: Opened(ScriptedFeed(desk(20)), "calibrate"))
    async with running(ScriptedFeed(desk(20)), launcher=launcher) as (app, pilot):
        await pilot.press("c")
        await settle(app, pilot)
        assert launcher.wanted == [Wanted("calibrate", demo=True)]
        assert isinstance(app.screen, CalibrateScreen)
        await pilot.press("escape")
        await settle(app, pilot)
        assert isinstance(app.screen, HomeScreen)


async def test_a_recording_is_not_calibrated() -> None:
    feed = ScriptedFeed(desk(20), kind="replay")
    async with running(feed) as (app, pilot):
        await pilot.press("c")
        assert isinstance(app.screen, DashboardScreen)
    assert feed.commands == []
