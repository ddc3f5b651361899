"""The devices screen: who is near and whether it can be used, what is known, where to wear it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest
from textual.widgets import Static

from sensorcoach.coach.wearing import PLACES
from sensorcoach.errors import DeviceError
from sensorcoach.profiles import load_profiles
from sensorcoach.runtime.remembered import RememberedDevice
from sensorcoach.tui.device_lines import ASLEEP, KnownSensor, NearSensor
from sensorcoach.tui.own import OwnDevices
from sensorcoach.tui.screens.detail import DetailScreen
from sensorcoach.tui.screens.devices import DevicesScreen

from .pages import SIZES, PageApp, done, looks, open_page, press

STRAP = RememberedDevice("Polar H10 1234ABCD", "AA:01", "polar_h10", "chest")
NEAR = [
    NearSensor("Polar H10 1234ABCD", "AA:01", "near (-58 dBm)", "Polar H10", "ready", used_last=True),
    NearSensor("Loudspeaker", "AA:02", "fair (-70 dBm)", "", "seen but not supported"),
    NearSensor("Tag", "AA:03", "", "movesense", ASLEEP, used_last=True),
]
KNOWN = [
    KnownSensor("board", "ST BlueST board", "acceleration and turning", "10, 20, 25, 50, 100 Hz", "C"),
    KnownSensor("polar_h10", "Polar H10", "acceleration only", "25, 50, 100, 200 Hz", "A"),
]


class Port:
    def __init__(self, mine: Sequence[RememberedDevice] = (STRAP,), near: Sequence[NearSensor] = NEAR) -> None:
        self._mine, self._near = mine, near
        self.scans = 0
        self.fails = ""
        self.wait = asyncio.Event()
        self.wait.set()

    def mine(self) -> Sequence[RememberedDevice]:
        return self._mine

    def known(self) -> Sequence[KnownSensor]:
        return KNOWN

    async def scan(self) -> Sequence[NearSensor]:
        self.scans += 1
        await self.wait.wait()
        if self.fails:
            raise DeviceError(self.fails, "Switch it on.")
        return self._near


def said(app: PageApp) -> str:
    return str(app.screen.query_one("#said", Static).content)


async def test_nothing_is_looked_for_unasked() -> None:
    port = Port()
    async with open_page(lambda: DevicesScreen(port)) as (app, _):
        assert port.scans == 0
        assert "Yours: Polar H10 1234ABCD (chest)" in said(app)
        assert "r looks for sensors" in said(app)


async def test_r_looks_and_each_has_its_reason() -> None:
    port = Port()
    async with open_page(lambda: DevicesScreen(port), (120, 40)) as (app, pilot):
        await press(app, pilot, "right", "r")
        strap, loud, tag = app.rows
        assert strap.startswith("✓ Polar H10")
        assert strap.endswith("used last; ready")
        assert loud.startswith("· Loudspeaker")
        assert loud.endswith("seen but not supported")
        assert "not heard" in tag
        assert tag.endswith(ASLEEP)
        await press(app, pilot, "down", "enter")
        assert isinstance(app.screen, DetailScreen)
        assert "none that sensorcoach knows" in str(app.screen.query_one(Static).content)


async def test_pressing_r_twice_looks_once() -> None:
    port = Port()
    port.wait.clear()
    async with open_page(lambda: DevicesScreen(port)) as (app, pilot):
        await pilot.press("r", "r")
        await pilot.pause()
        assert "Listening" in said(app)
        port.wait.set()
        await done(app, pilot)
        assert port.scans == 1
        assert "Listening" not in said(app)


async def test_nobody_near_and_no_radio_are_said_in_words() -> None:
    port = Port(mine=(), near=())
    async with open_page(lambda: DevicesScreen(port)) as (app, pilot):
        await press(app, pilot, "r")
        assert "Nothing was heard" in said(app)
        assert "No sensor of yours yet" in said(app)
        port.fails = "Bluetooth is off."
        await press(app, pilot, "r")
        assert "✗ Bluetooth is off. Switch it on." in said(app)


async def test_known_sensors_tell_how_well_founded_they_are() -> None:
    async with open_page(lambda: DevicesScreen(Port()), (120, 40)) as (app, pilot):
        await press(app, pilot, "right")
        assert "facts: C" in app.rows[0]
        assert "10, 20, 25, 50, 100 Hz" in app.rows[0]
        await press(app, pilot, "enter")
        assert "check what you see" in str(app.screen.query_one(Static).content)
        await press(app, pilot, "enter")
        assert isinstance(app.screen, DevicesScreen)


async def test_where_to_wear_it() -> None:
    async with open_page(lambda: DevicesScreen(Port())) as (app, pilot):
        await press(app, pilot, "left")
        assert len(app.rows) == len(PLACES)
        await press(app, pilot, "enter")
        assert "=[###]=" in str(app.screen.query_one(Static).content)
        await press(app, pilot, "escape", "escape")
        assert not isinstance(app.screen, DevicesScreen)


def test_ones_own_sensors_are_the_shipped_profiles_and_those_remembered() -> None:
    own = OwnDevices()
    assert own.mine() == ()
    assert {sensor.name for sensor in own.known()} == set(load_profiles())


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_looks(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    assert looks(snap_compare, lambda: DevicesScreen(Port()), size, ["r"])


def test_looks_at_a_place(snap_compare: Callable[..., bool]) -> None:
    assert looks(snap_compare, lambda: DevicesScreen(Port()), (80, 24), ["left", "enter"])
