"""How the screens look, at three sizes and in each state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest
from textual.pilot import Pilot

from sensorcoach.errors import DeviceError
from sensorcoach.events import Event, Link, Notice, SessionState
from sensorcoach.protocol import BatteryLevel, HeartBeats
from sensorcoach.samples import NS
from sensorcoach.tui.app import SensorcoachApp
from sensorcoach.tui.launcher import Opened

from .feeds import ScriptedFeed, desk, second, slouching, walking
from .lessons import ASK, PLAN, asked, breathing, calibrating, found, ns, refused, repeating, summed_up
from .stage import ScriptedLauncher
from .test_home import ROOMS

Compare = Callable[..., bool]

SIZES = [(60, 20), (80, 24), (120, 40)]
by_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
NORMAL, WIDE = (80, 24), (120, 40)


def looks(
    compare: Compare,
    first: ScriptedFeed | Opened | None,
    size: tuple[int, int] = NORMAL,
    keys: Iterable[str] = (),
    then: Sequence[Event] = (),
    **options: Any,
) -> bool:
    """Compare with the picture of before; `then` comes in after the keys."""
    app = SensorcoachApp(first, clock=lambda: 0.0, **options)

    async def settle(pilot: Pilot[int]) -> None:
        await pilot.pause()
        await pilot.press(*keys)
        if then and isinstance(first, ScriptedFeed):
            first.push(then)
        for _ in range(2):
            await pilot.pause()
            app.refresh_now()
        await pilot.pause()

    return compare(app, terminal_size=size, run_before=settle)


# -- live


@by_size
def test_following_the_pacer(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert looks(snap_compare, ScriptedFeed(desk(70)), size, ["p", "p"])


@by_size
def test_slouching_in_a_recording(snap_compare: Compare, size: tuple[int, int]) -> None:
    feed = ScriptedFeed(slouching(70), kind="replay", title="desk.journal", duration_s=600)
    assert looks(snap_compare, feed, size)


@by_size
def test_large_numbers(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert looks(snap_compare, ScriptedFeed(slouching(70)), size, ["p"], large=True)


def test_walking(snap_compare: Compare) -> None:
    feed = ScriptedFeed(walking(70), kind="live", title="Polar H10 1234ABCD", recording="desk", has_gyro=False)
    assert looks(snap_compare, Opened(feed, wearer="Ann"), WIDE, ["p"])


@by_size
def test_help(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert looks(snap_compare, ScriptedFeed(desk(70)), size, ["question_mark"])


@pytest.mark.parametrize("theme", ["sensorcoach-light", "sensorcoach-night"])
def test_themes(snap_compare: Compare, theme: str) -> None:
    assert looks(snap_compare, ScriptedFeed(slouching(70)), WIDE, ["p"], theme=theme)


def test_narrow_and_tall(snap_compare: Compare) -> None:
    assert looks(snap_compare, ScriptedFeed(desk(70)), (60, 40), ["p"])


def test_zoom(snap_compare: Compare) -> None:
    assert looks(snap_compare, ScriptedFeed(slouching(70)), (100, 30), ["p", "tab", "tab", "tab", "z"])


def test_connecting(snap_compare: Compare) -> None:
    notice = Notice(0, "chest", "link_connecting", "Connecting to Polar H10 1234ABCD.", "")
    assert looks(snap_compare, ScriptedFeed([notice], kind="live", title="Polar H10 1234ABCD"))


def test_settling(snap_compare: Compare) -> None:
    assert looks(snap_compare, ScriptedFeed(desk(8)))


def test_unsure(snap_compare: Compare) -> None:
    assert looks(snap_compare, ScriptedFeed([*desk(70), second(70.0, quality=0.6)]))


def test_poor_signal(snap_compare: Compare) -> None:
    assert looks(snap_compare, ScriptedFeed([*desk(70), second(70.0, reason="weak_signal")]))


def test_connection_lost(snap_compare: Compare) -> None:
    feed = ScriptedFeed([*desk(60), Link(62 * NS, "chest", "lost", "")], position_s=68.0, kind="live", title="Strap")
    assert looks(snap_compare, feed)


def test_heart_and_a_low_battery(snap_compare: Compare) -> None:
    told = [BatteryLevel(70 * NS, "chest", 17.0), HeartBeats(70 * NS, "chest", 64, (0.94,))]
    assert looks(snap_compare, ScriptedFeed([*desk(70), *told], kind="live", title="Strap"), WIDE)


def test_paused(snap_compare: Compare) -> None:
    assert looks(snap_compare, ScriptedFeed(desk(70)), NORMAL, ["space"])


def test_leaving_a_recording(snap_compare: Compare) -> None:
    assert looks(snap_compare, ScriptedFeed(desk(70), kind="live", recording="desk"), NORMAL, ["q"])


def test_ended(snap_compare: Compare) -> None:
    feed = ScriptedFeed(desk(70), kind="replay", title="desk.journal", duration_s=70)
    feed.end()
    assert looks(snap_compare, feed, WIDE)


def test_failed(snap_compare: Compare) -> None:
    feed = ScriptedFeed(desk(70), kind="live", title="Polar H10 1234ABCD")
    feed.fail(DeviceError("The strap is out of reach.", "Come nearer and start again."))
    assert looks(snap_compare, feed)


def test_reduced_motion(snap_compare: Compare) -> None:
    assert looks(snap_compare, ScriptedFeed(desk(70)), NORMAL, ["p"], reduced_motion=True)


def test_without_colour(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert looks(snap_compare, ScriptedFeed(desk(70)), NORMAL, ["p"])


# -- sessions


def session(events: Sequence[Event]) -> Opened:
    return Opened(ScriptedFeed(events, kind="live", title="Polar H10 1234ABCD"), "session", PLAN)


@by_size
def test_session_repetition(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert looks(snap_compare, session(repeating()), size)


@by_size
def test_session_paced_breath(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert looks(snap_compare, session(breathing()), size)


@by_size
def test_session_question(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert looks(snap_compare, session(asked(ASK)), size, ["right", "right", "right"])


def test_session_waits_for_the_sensor(snap_compare: Compare) -> None:
    assert looks(snap_compare, session([*repeating(), SessionState(ns(40.0), "chest", "paused", "sensor")]))


def test_session_stop(snap_compare: Compare) -> None:
    assert looks(snap_compare, session(repeating()), NORMAL, ["x"])


@by_size
def test_session_summary(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert looks(snap_compare, session([*repeating(), summed_up(200.0)]), size)


# -- calibration


@by_size
def test_calibration_counts_down(snap_compare: Compare, size: tuple[int, int]) -> None:
    feed = ScriptedFeed(desk(9), kind="live", title="Polar H10 1234ABCD")
    assert looks(snap_compare, feed, size, ["c"], calibrating()[-6:])


def test_calibration_refused(snap_compare: Compare) -> None:
    feed = ScriptedFeed(desk(9), kind="live", title="Strap")
    assert looks(snap_compare, feed, NORMAL, ["c"], [*calibrating()[-6:], refused(20.0)])


def test_calibration_done(snap_compare: Compare) -> None:
    feed = ScriptedFeed(desk(9), kind="demo")
    assert looks(snap_compare, feed, NORMAL, ["c"], [*calibrating()[-6:], found(20.0)])


# -- home


@by_size
def test_home(snap_compare: Compare, size: tuple[int, int]) -> None:
    last = "Last time, on 2026-05-04: worn for 2 h 10 min, 82 % upright, one session done."
    launcher = ScriptedLauncher("Polar H10 1234ABCD", last=last)
    assert looks(snap_compare, None, size, launcher=launcher, rooms=ROOMS)


def test_home_without_a_sensor(snap_compare: Compare) -> None:
    assert looks(snap_compare, None, launcher=ScriptedLauncher(), rooms=ROOMS)


def test_choosing_a_session(snap_compare: Compare) -> None:
    assert looks(snap_compare, None, NORMAL, ["e"], launcher=ScriptedLauncher(), rooms=ROOMS)


def test_a_sensor_that_is_not_found(snap_compare: Compare) -> None:
    launcher = ScriptedLauncher("Polar H10 1234ABCD")
    launcher.failure = DeviceError("The strap is out of reach.", "Wear it, and come nearer.")
    assert looks(snap_compare, None, NORMAL, ["enter"], launcher=launcher, rooms=ROOMS)
