"""A live sensor on the dashboard, from the radio to what can be read on the screen."""

from __future__ import annotations

import asyncio

from sensorcoach.runtime.live import LiveFeed, LiveRun
from sensorcoach.samples import NS, Packet
from sensorcoach.transport.virtual_device import VirtualDevice
from sensorcoach.transport.virtual_radio import Air
from sensorcoach.tui.app import SensorcoachApp

from ..transport.streaming import H10, source_of
from ..transport.virtual_time import run_virtual


def on_screen(app: SensorcoachApp) -> str:
    """What can be read, line by line."""
    app.refresh_now()
    lines = app.screen._compositor.render_strips(app.size)
    return "\n".join("".join(segment.text for segment in strip) for strip in lines)


def test_a_drop_is_seen_and_so_is_the_way_back() -> None:
    device = VirtualDevice(H10, name="Polar H10 12345678")
    air = Air([device])
    seen: dict[str, str] = {}

    async def live() -> None:
        feed = LiveFeed(LiveRun(await source_of(air), waves=True), end_ns=60 * NS, recording="mine")
        app = SensorcoachApp(feed)
        async with app.run_test(size=(100, 30)) as pilot:

            async def look(name: str) -> None:
                await pilot.pause()
                seen[name] = on_screen(app)

            await asyncio.sleep(0.02)
            await look("begun")
            await asyncio.sleep(20.0)
            await look("streaming")
            device.wrong.lose_packets = 3
            await asyncio.sleep(5.0)
            await look("losing")
            device.wrong.out_of_range = True
            air.drop(device)
            await asyncio.sleep(4.0)
            await look("lost")
            device.wrong.out_of_range = False
            await asyncio.sleep(4.0)
            await look("back")
            await pilot.press("q")
        await feed.closed()

    run_virtual(live())
    assert "○ connecting" in seen["begun"]
    assert "Connecting to Polar H10 12345678" in seen["begun"]
    assert "data fresh" in seen["streaming"]
    assert "lost" not in seen["streaming"]
    assert "recording mine" in seen["streaming"]
    assert "battery 87 %" in seen["streaming"]
    assert "breathing in" in seen["streaming"] or "breathing out" in seen["streaming"]
    assert "3 packets lost" in seen["losing"]
    assert "sensor quiet" in seen["lost"]
    assert "The connection to the sensor is lost." in seen["lost"]
    assert "no data: nothing heard" in seen["lost"]
    assert "data fresh" in seen["back"]
    assert "Nothing came from the sensor for 4 s." in seen["back"]
    assert "The sensor is sending." in seen["back"]
    assert device.writes[-1] == ("control", bytes.fromhex("03 02"))  # told to stop at the end


def test_overflow_is_seen() -> None:
    """A computer that was too busy for a while says so, with how much it cost."""
    air = Air([VirtualDevice(H10)])
    seen: list[str] = []

    async def live() -> None:
        source = await source_of(air, capacity=4)
        app = SensorcoachApp(LiveFeed(LiveRun(source, waves=True), end_ns=60 * NS))
        async with app.run_test(size=(100, 30)) as pilot:
            await asyncio.sleep(10.0)
            for _ in range(8):  # what the radio does while nobody reads
                source._put_packet(Packet(source.clock.t_ns(), "chest", "battery", b"\x50"))
            await asyncio.sleep(1.0)
            await pilot.pause()
            seen.append(on_screen(app))
            await pilot.press("q")

    run_virtual(live())
    assert "packets were dropped: this computer was too busy" in seen[0]
