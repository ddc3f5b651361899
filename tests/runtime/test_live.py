"""A live sensor through engine, journal and feed, over the simulated radio; a replay says exactly the same."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
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


def straps() -> tuple[list[VirtualDevice], Air]:
    devices = [VirtualDevice(H10, name=f"Polar H10 {i}", address=f"F0:00:00:00:00:0{i}") for i in range(2)]
    return devices, Air(devices)


def test_two_sensors_one_recording(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second is lost while the first goes on; what was said, the angle between them too, comes out of the file."""
    devices, air = straps()
    out, said = io.StringIO(), list[str]()

    async def live() -> None:
        source = await source_of(air, seed=3)
        recorder = ThreadRecorder(tmp_path / "two.journal", source.header)
        poses = [Calibrate(0, sensor, (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)) for sensor in ("chest", "lower-back")]
        run = LiveRun(source, recorder=recorder, first=poses)
        away = [at(30.0, lambda: leave(air, devices[1])), at(50.0, lambda: come_back(devices[1]))]
        tasks = [asyncio.create_task(task) for task in away]
        await live_headless(run, json_sink(out), said.append, end_ns=80 * NS)
        await asyncio.gather(*tasks)

    run_virtual(live())
    assert main(["replay", str(tmp_path / "two.journal"), "--mode", "json", "--speed", "max"]) == 0
    assert capsys.readouterr().out == out.getvalue()
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    chest, lower = ([e for e in lines if e["sensor"] == s] for s in ("chest", "lower-back"))
    assert sum(e["event"] == "second" for e in chest) >= 78
    assert not any(e["event"] == "link" and e["state"] == "silent" for e in chest)
    assert [e["state"] for e in lower if e["event"] == "link"] == ["silent", "streaming", "ended"]
    known = [e["t_s"] for e in lines if e["event"] == "spine" and e["rounding_deg"] is not None]
    assert min(known) < 25.0
    assert max(known) > 60.0  # together again
    assert not [t for t in known if 35.0 < t < 50.0]
    assert "The link to Polar H10 1 was lost; connecting again." in said
    assert not any("Polar H10 0" in words for words in said[said.index("Polar H10 0 is sending.") + 1 :])


def leave(air: Air, device: VirtualDevice) -> None:
    device.wrong.out_of_range = True
    air.drop(device)


def come_back(device: VirtualDevice) -> None:
    device.wrong.out_of_range = False


def test_the_feed_tells_of_the_other_sensor_in_words() -> None:
    """The dashboard shows one sensor; that the other one is lost must not go unseen."""
    devices, air = straps()

    async def live() -> list[Event]:
        feed = LiveFeed(LiveRun(await source_of(air)), end_ns=10 * NS)
        assert (feed.title, feed.sensor) == ("Polar H10 0 and Polar H10 1", "chest")
        return await gather(feed, 10, lambda: air.drop(devices[1]))

    events = run_virtual(live())
    rows = [e for e in events if isinstance(e, Second)]
    assert {r.sensor for r in rows} == {"chest", "lower-back"}
    told = [(e.sensor, e.message) for e in events if isinstance(e, Notice) and e.code == "link_lost"]
    assert told == [("chest", "The link to Polar H10 1 was lost; connecting again.")]


def test_losses_are_told_once_a_minute_and_not_for_single_packets() -> None:
    device, air = strap()
    said: list[str] = []

    async def live() -> LiveRun:
        run = LiveRun(await source_of(air))
        lose = [
            asyncio.create_task(at(t, lambda n=n: setattr(device.wrong, "lose_packets", n)))  # type: ignore[misc]
            for t, n in ((5.0, 1), (25.0, 4), (45.0, 4), (95.0, 4))
        ]
        await live_headless(run, silent_sink, said.append, end_ns=120 * NS)
        await asyncio.gather(*lose)
        return run

    assert run_virtual(live()).lost_packets == 13
    losses = [words for words in said if "being lost" in words]
    assert len(losses) == 2
    assert losses[0].startswith("Packets of the sensor (chest) are being lost: 4 in the last 10 s.")


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
