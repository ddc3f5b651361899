"""The loop of a watch: everything comes out in time, and everything is saved, however it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import pytest

from sensorcoach.alerts.channels import Ladder
from sensorcoach.alerts.settings import AlertSettings
from sensorcoach.coach.slouch import SlouchSettings
from sensorcoach.errors import OutputError
from sensorcoach.events import Alert, AlertCleared, Event
from sensorcoach.recording.journal_format import JournalHeader
from sensorcoach.recording.maintenance import check
from sensorcoach.runtime.direct_recorder import DirectRecorder
from sensorcoach.runtime.watch.board import Board
from sensorcoach.runtime.watch.legs import Legs, Plan
from sensorcoach.runtime.watch.paced import PacedSource
from sensorcoach.runtime.watch.station import Station
from sensorcoach.samples import NS, Tick
from sensorcoach.transport.ble import LinkError, Status
from sensorcoach.transport.virtual import WALL_START_NS, open_virtual


class Channel:
    name = "a channel"

    def __init__(self) -> None:
        self.delivered: list[Alert | AlertCleared] = []

    async def deliver(self, alert: Alert | AlertCleared) -> None:
        self.delivered.append(alert)


class Setting:
    """A station over the virtual wearer."""

    def __init__(self, folder: Path, *, recorder: type[DirectRecorder] = DirectRecorder) -> None:
        source = open_virtual("demo")
        header = JournalHeader((source.header,), WALL_START_NS, 0, WALL_START_NS)
        self.source = PacedSource(source, header, float("inf"))
        self.journal = folder / "a.journal"
        self.said: list[str] = []
        self.events: list[Event] = []
        self.channel = Channel()
        settings = AlertSettings("training", quota=0, quiet="")
        slouch = SlouchSettings.preset("normal", "training")
        plan = Plan(slouch, lambda day: settings, record=lambda h: recorder(self.journal, h))
        ladder = Ladder([self.channel], self.said.append)
        self.station = Station(
            Legs(self.source, plan),
            Board("virtual", "me", "chest"),
            sink=self.events.extend,
            say=self.said.append,
            ladder=ladder,
        )

    async def run(self, source: Any, stop: asyncio.Event, seconds: float) -> None:
        await self.station.run(source, stop, end_ns=round(seconds * NS), rest=lambda: asyncio.sleep(0))


def test_alerts_reach_their_channel_and_the_journal_is_finished(tmp_path: Path) -> None:
    setting = Setting(tmp_path)
    asyncio.run(setting.run(setting.source, asyncio.Event(), 100))
    assert [type(a) for a in setting.channel.delivered] == [Alert, AlertCleared]
    assert [e for e in setting.events if isinstance(e, Alert | AlertCleared)] == setting.channel.delivered
    report = check(setting.journal)
    assert (report.problems, report.closed) == ((), True)
    assert setting.station.board.summary()["alerts"] == 1


class Scripted:
    """A source that pushes what it is given, then waits for ever, or fails."""

    def __init__(self, like: PacedSource, batches: list[list[Any]], fault: Exception | None = None) -> None:
        self.title, self.header, self.engine_sensors = like.title, like.header, like.engine_sensors
        self._batches = batches
        self._fault = fault
        self.left = False
        self.waiting = asyncio.Event()

    async def __aenter__(self) -> Scripted:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.left = True

    async def batches(self) -> AsyncIterator[list[Any]]:
        for batch in self._batches:
            yield batch
        if self._fault is not None:
            raise self._fault
        self.waiting.set()
        await asyncio.Event().wait()


def test_stopping_does_not_wait_for_the_sensor(tmp_path: Path) -> None:
    setting = Setting(tmp_path)
    source = Scripted(setting.source, [[Tick(0, WALL_START_NS), Status(0, "chest", "silent", "It is quiet.")]])

    async def main() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(setting.run(source, stop, 1e9))
        await source.waiting.wait()
        stop.set()
        await running

    asyncio.run(main())
    assert source.left
    assert setting.said == ["It is quiet."]
    assert setting.station.board.link == "silent"


def test_a_source_that_fails_is_let_go_and_what_came_is_saved(tmp_path: Path) -> None:
    setting = Setting(tmp_path)
    items = open_virtual("demo").read(5 * NS, 10_000)
    source = Scripted(setting.source, [items], LinkError("refused", "It refused."))
    with pytest.raises(LinkError):
        asyncio.run(setting.run(source, asyncio.Event(), 1e9))
    assert source.left
    assert check(setting.journal).packets > 40


class Stubborn(DirectRecorder):
    """Fails only when it is closed."""

    def close(self) -> None:
        super().close()
        self._tell(OutputError("The last lines cannot be written.", "Free some space."))


def test_what_goes_wrong_at_the_very_end_is_told(tmp_path: Path) -> None:
    setting = Setting(tmp_path, recorder=Stubborn)
    asyncio.run(setting.run(setting.source, asyncio.Event(), 5))
    assert setting.said == ["The last lines cannot be written. Free some space."]


def test_what_was_recorded_is_finished_when_the_reader_of_the_lines_has_gone(tmp_path: Path) -> None:
    setting = Setting(tmp_path)

    def gone(events: Iterable[Event]) -> None:
        raise BrokenPipeError

    setting.station._sink = gone
    with pytest.raises(BrokenPipeError):
        asyncio.run(setting.run(setting.source, asyncio.Event(), 100))
    report = check(setting.journal)
    assert (report.problems, report.closed) == ((), True)
    assert setting.station.board.summary()["worn_s"] > 0  # what the sink did not take was counted all the same


def test_a_paced_source_keeps_its_pace() -> None:
    source = open_virtual("demo")
    header = JournalHeader((source.header,), WALL_START_NS, 0, WALL_START_NS)
    now_s = iter(range(1000))
    paced = PacedSource(source, header, 2.0, end_ns=6 * NS, clock=lambda: float(next(now_s)))

    async def main() -> list[int]:
        return [max(i.t_ns for i in batch) async for batch in paced.batches()]

    newest = asyncio.run(main())
    assert [t_ns // NS for t_ns in newest][-1] in (5, 6)
    assert newest == sorted(newest)
    assert len(newest) >= 3
