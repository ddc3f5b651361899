"""How the screens look, at three sizes and in each state."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from textual.pilot import Pilot

from sensorcoach.errors import DeviceError
from sensorcoach.events import Link
from sensorcoach.protocol import BatteryLevel, HeartBeats
from sensorcoach.samples import NS
from sensorcoach.tui.app import SensorcoachApp

from .feeds import ScriptedFeed, desk, second, slouching, walking

Compare = Callable[..., bool]

SIZES = [(80, 24), (120, 40), (200, 60)]
by_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


def looks(
    compare: Compare, feed: ScriptedFeed, size: tuple[int, int], keys: Iterable[str] = (), **options: Any
) -> bool:
    app = SensorcoachApp(feed, clock=lambda: 0.0, **options)

    async def settle(pilot: Pilot[int]) -> None:
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
        app.refresh_now()
        await pilot.pause()

    return compare(app, terminal_size=size, run_before=settle)


@by_size
def test_calm_breathing(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert looks(snap_compare, ScriptedFeed(desk(70)), size)


@by_size
def test_following_the_pacer(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert looks(snap_compare, ScriptedFeed(desk(70)), size, ["p", "p"])


@by_size
def test_slouching_in_a_recording(snap_compare: Compare, size: tuple[int, int]) -> None:
    feed = ScriptedFeed(slouching(70), kind="replay", title="desk.journal", duration_s=600)
    assert looks(snap_compare, feed, size)


@by_size
def test_walking(snap_compare: Compare, size: tuple[int, int]) -> None:
    feed = ScriptedFeed(walking(70), kind="live", title="Polar H10 1234ABCD", recording="desk", has_gyro=False)
    assert looks(snap_compare, feed, size, ["p"])


@by_size
def test_help(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert looks(snap_compare, ScriptedFeed(desk(70)), size, ["question_mark"])


@pytest.mark.parametrize("theme", ["sensorcoach-light", "sensorcoach-night"])
def test_themes(snap_compare: Compare, theme: str) -> None:
    assert looks(snap_compare, ScriptedFeed(slouching(70)), (120, 40), ["p"], theme=theme)


@pytest.mark.parametrize("size", [(40, 20), (60, 24), (60, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_narrow(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert looks(snap_compare, ScriptedFeed(desk(70)), size, ["p"])


@pytest.mark.parametrize("tabs", [0, 2, 3, 4, 5], ids=["curve", "rate", "pacer", "posture", "moments"])
def test_zoom(snap_compare: Compare, tabs: int) -> None:
    assert looks(snap_compare, ScriptedFeed(slouching(70)), (100, 30), ["p", *["tab"] * tabs, "z"])


def test_nothing_heard_yet(snap_compare: Compare) -> None:
    assert looks(snap_compare, ScriptedFeed(), (80, 24))


def test_settling(snap_compare: Compare) -> None:
    assert looks(snap_compare, ScriptedFeed(desk(8)), (80, 24))


def test_unsure(snap_compare: Compare) -> None:
    assert looks(snap_compare, ScriptedFeed([*desk(70), second(70.0, quality=0.6)]), (80, 24))


def test_sensor_quiet(snap_compare: Compare) -> None:
    feed = ScriptedFeed([*desk(60), Link(62 * NS, "chest", "silent", "")], position_s=68.0, kind="live", title="Strap")
    assert looks(snap_compare, feed, (80, 24))


def test_heart_and_a_low_battery(snap_compare: Compare) -> None:
    told = [BatteryLevel(70 * NS, "chest", 17.0), HeartBeats(70 * NS, "chest", 64, (0.94,))]
    assert looks(snap_compare, ScriptedFeed([*desk(70), *told], kind="live", title="Strap"), (120, 40))


def test_paused(snap_compare: Compare) -> None:
    assert looks(snap_compare, ScriptedFeed(desk(70)), (80, 24), ["space"])


def test_leaving_a_recording(snap_compare: Compare) -> None:
    assert looks(snap_compare, ScriptedFeed(desk(70), kind="live", recording="desk"), (80, 24), ["q"])


def test_ended(snap_compare: Compare) -> None:
    feed = ScriptedFeed(desk(70), kind="replay", title="desk.journal", duration_s=70)
    feed.end()
    assert looks(snap_compare, feed, (120, 40))


def test_failed(snap_compare: Compare) -> None:
    feed = ScriptedFeed(desk(70), kind="live", title="Polar H10 1234ABCD")
    feed.fail(DeviceError("The strap is out of reach.", "Come nearer and start again."))
    assert looks(snap_compare, feed, (80, 24))


def test_reduced_motion(snap_compare: Compare) -> None:
    assert looks(snap_compare, ScriptedFeed(desk(70)), (80, 24), ["p"], reduced_motion=True)


def test_without_colour(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert looks(snap_compare, ScriptedFeed(desk(70)), (80, 24), ["p"])
