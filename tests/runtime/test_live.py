"""A live sensor through engine, journal and feed, over the simulated radio; a replay says exactly the same."""

from __future__ import annotations

import asyncio
import contextlib
import io
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from sensorcoach.cli import main
from sensorcoach.errors import OutputError
from sensorcoach.events import Calibrate, Event, Link, Mark, NeutralSet, Notice, Second
from sensorcoach.recording.journal_reader import JournalReader
from sensorcoach.runtime.headless import json_sink, silent_sink
from sensorcoach.runtime.live import LiveFeed, LiveRun, live_headless
from sensorcoach.runtime.recorder import ThreadRecorder
from sensorcoach.runtime.run import RawItem
from sensorcoach.samples import NS, Packet
from sensorcoach.transport.ble import BleSource, LinkError
from sensorcoach.transport.virtual_device import VirtualDevice
from sensorcoach.transport.virtual_radio import Air

from ..transport.streaming import H10, VIRTUAL, source_of
from ..transport.virtual_time import run_virtual


class Unwritable:
    """A recorder whose disk has failed."""

    def __init__(self) -> None:
        self.items: list[RawItem] = []
        self.problems = [OutputError("The recording cannot be written.", "Free some space.")]
        self.closed = False

    def append(self, item: RawItem) -> None:
        self.items.append(item)

    def take_problems(self) -> list[OutputError]:
        problems, self.problems = self.problems, []
        return problems

    def close(self) -> None:
        self.closed = True


def strap() -> tuple[VirtualDevice, Air]:
    device = VirtualDevice(H10)
    return device, Air([device])


async def at(seconds: float, what: Callable[[], object]) -> None:
    await asyncio.sleep(seconds)
    what()


@pytest.mark.parametrize("profile", [H10, VIRTUAL], ids=lambda p: p.name)
def test_a_replay_says_what_live_said(profile: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    device = VirtualDevice(profile)  # type: ignore[arg-type]
    air, out, said = Air([device]), io.StringIO(), list[str]()

    async def live() -> None:
        source = await source_of(air, seed=3)
        recorder = ThreadRecorder(tmp_path / "live.journal", source.header)
        drop = asyncio.create_task(at(50.0, lambda: air.drop(device)))
        run = LiveRun(source, recorder=recorder)
        await live_headless(run, json_sink(out), said.append, end_ns=90 * NS)
        await drop

    run_virtual(live())
    assert main(["replay", str(tmp_path / "live.journal"), "--mode", "json", "--speed", "max"]) == 0
    replayed = capsys.readouterr().out
    assert replayed == out.getvalue()
    assert replayed.count('"event": "second"') >= 88
    title = device.name
    assert said == [
        f"Connecting to {title}.",
        f"{title} is sending.",
        f"The link to {title} was lost; connecting again.",
        f"Connecting to {title}.",
        f"{title} is sending.",
    ]


def test_the_journal_knows_device_profile_and_origin(tmp_path: Path) -> None:
    device, air = strap()

    async def live() -> BleSource:
        source = await source_of(air)
        recorder = ThreadRecorder(tmp_path / "live.journal", source.header)
        await live_headless(LiveRun(source, recorder=recorder), silent_sink, print, end_ns=5 * NS)
        return source

    source = run_virtual(live())
    reader = JournalReader(tmp_path / "live.journal")
    (sensor,) = reader.header.sensors
    assert (sensor.device_name, sensor.address) == (device.name, device.address)
    assert sensor.params == {"rate_hz": 200, "range_g": 8}
    assert reader.header.origin_wall_ns == source.clock.origin_wall_ns
    packets = [item for item in reader if isinstance(item, Packet)]
    assert sum(p.channel == "data" for p in packets) == pytest.approx(5 * 200 / 36, abs=3)
    assert packets[0].channel == "battery" or packets[0].channel == "control"


async def gather(feed: LiveFeed, seconds: float, script: Callable[[], None] | None = None) -> list[Event]:
    events: list[Event] = []
    async with contextlib.aclosing(feed.batches()) as batches:  # type: ignore[type-var]
        async for batch in batches:
            events += batch
            if script is not None and feed.position_s >= seconds / 2:
                script()
                script = None
    return events


def test_the_feed_tells_of_rows_and_of_the_link() -> None:
    device, air = strap()

    async def live() -> tuple[LiveFeed, list[Event]]:
        feed = LiveFeed(LiveRun(await source_of(air), waves=True), end_ns=30 * NS, recording="x.journal")
        return feed, await gather(feed, 30, lambda: air.drop(device))

    feed, events = run_virtual(live())
    assert (feed.title, feed.sensor, feed.kind, feed.has_gyro) == (device.name, "chest", "live", False)
    rows = [e for e in events if isinstance(e, Second)]
    assert [r.t_ns // NS for r in rows] == list(range(rows[0].t_ns // NS, rows[-1].t_ns // NS + 1))
    assert [e.state for e in events if isinstance(e, Link)] == ["streaming", "lost", "streaming", "ended"]
    assert [e.code for e in events if isinstance(e, Notice)] == ["link_connecting", "link_connecting"]
    assert feed.position_s >= 30
    assert not device.connected


def test_commands_are_carried_out_and_written_down() -> None:
    _, air = strap()
    recorder = Unwritable()

    async def live() -> list[Event]:
        feed = LiveFeed(LiveRun(await source_of(air), recorder=recorder), end_ns=10 * NS)

        def act() -> None:
            feed.set_paused(True)  # only a view: everything goes on
            feed.command(Calibrate(0, "chest", (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)))
            feed.command(Mark(0, "here"))

        return await gather(feed, 10, act)

    events = run_virtual(live())
    assert any(isinstance(e, NeutralSet) and e.source == "given" for e in events)
    written = [i for i in recorder.items if isinstance(i, Calibrate | Mark)]
    assert [i.t_ns // NS for i in written] == [5, 5]
    assert max(e.t_ns for e in events if isinstance(e, Second)) >= 9 * NS


def test_calibration_comes_before_the_first_sample() -> None:
    _, air = strap()
    recorder = Unwritable()

    async def live() -> list[Event]:
        first = [Calibrate(0, "chest", (0.0, 0.0, 1.0), (1.0, 0.0, 0.0))]
        run = LiveRun(await source_of(air), recorder=recorder, first=first)
        return await gather(LiveFeed(run, end_ns=3 * NS), 3)

    events = run_virtual(live())
    assert isinstance(recorder.items[0], Calibrate)
    first = next(e for e in events if not isinstance(e, Link | Notice))
    assert isinstance(first, NeutralSet)
    assert first.source == "given"


def test_a_disk_that_fails_is_told_once_and_monitoring_goes_on() -> None:
    _, air = strap()
    recorder = Unwritable()

    async def live() -> list[Event]:
        return await gather(LiveFeed(LiveRun(await source_of(air), recorder=recorder), end_ns=10 * NS), 10)

    events = run_virtual(live())
    failures = [e for e in events if isinstance(e, Notice) and e.code == "recording_failed"]
    assert [(e.message, e.advice) for e in failures] == [("The recording cannot be written.", "Free some space.")]
    assert sum(isinstance(e, Second) for e in events) >= 8
    assert recorder.closed


def test_a_sensor_that_refuses_ends_the_feed_with_words() -> None:
    device, air = strap()
    device.wrong.refuse_status = 13
    recorder = Unwritable()

    async def live() -> None:
        await gather(LiveFeed(LiveRun(await source_of(air), recorder=recorder)), 10)

    with pytest.raises(LinkError, match="while it is charging"):
        run_virtual(live())
    assert recorder.closed


def test_stop_ends_a_headless_run_in_good_order() -> None:
    device, air = strap()
    events: list[Event] = []

    async def live() -> None:
        stop = asyncio.Event()
        stopper = asyncio.create_task(at(7.3, stop.set))
        await live_headless(LiveRun(await source_of(air)), events.extend, lambda words: None, stop=stop)
        await stopper

    run_virtual(live())
    assert isinstance(events[-1], Link)
    assert events[-1].state == "ended"
    assert 6 * NS < events[-1].t_ns < 8 * NS
    assert device.writes[-1] == ("control", bytes.fromhex("03 02"))


def test_the_sensor_is_let_go_when_the_reader_is_cancelled(tmp_path: Path) -> None:
    """As the dashboard does it: the task that reads is cancelled, and nobody waits for it."""
    device, air = strap()

    async def live() -> ThreadRecorder:
        source = await source_of(air)
        recorder = ThreadRecorder(tmp_path / "live.journal", source.header)
        feed = LiveFeed(LiveRun(source, recorder=recorder))
        reader = asyncio.create_task(gather(feed, 1e9))
        await asyncio.sleep(5.0)
        reader.cancel()
        await feed.closed()
        assert not device.connected
        return recorder

    assert run_virtual(live()).dropped == 0
    assert device.writes[-1] == ("control", bytes.fromhex("03 02"))
    assert len(list(JournalReader(tmp_path / "live.journal"))) > 25


def test_two_sensors_are_reported_by_name() -> None:
    devices = [VirtualDevice(H10, address=f"F0:00:00:00:00:0{i}") for i in range(2)]

    async def live() -> list[Event]:
        return await gather(LiveFeed(LiveRun(await source_of(Air(devices))), end_ns=10 * NS), 10)

    rows = [e for e in run_virtual(live()) if isinstance(e, Second)]
    assert {r.sensor for r in rows} == {"chest", "lower-back"}


def test_everything_is_the_same_again_with_the_same_seed() -> None:
    def lines() -> str:
        device, air = strap()
        out = io.StringIO()
        random.seed(5)

        async def live() -> None:
            drop = asyncio.create_task(at(4.0, lambda: air.drop(device)))
            await live_headless(LiveRun(await source_of(air)), json_sink(out), print, end_ns=12 * NS)
            await drop

        run_virtual(live())
        return out.getvalue()

    assert lines() == lines()
