"""A live sensor: what its source pushes goes to the journal, then through the engine, then to a screen or out as lines.

What the links are doing is told beside the events: it belongs to this moment's radio and not to the recording, so a
replay prints exactly the lines that the live run printed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any, Final, Literal, Protocol, TypeVar

from ..alerts.alerted import AlertedEngine
from ..coach.slouch import SlouchSettings
from ..engine import SensorSetup
from ..engine.engine import Item
from ..errors import OutputError
from ..events import Command, Event, Link, Notice
from ..protocol import Decoder
from ..recording.journal_format import JournalHeader
from ..samples import NS
from ..transport.ble import LiveItem, Status
from .headless import Sink
from .losses import LossWords
from .run import Recorder, keep

T = TypeVar("T")

FOREVER_NS: Final = 2**62

_LINK_STATES: Final = {"streaming": "", "silent": "It is started again.", "lost": ""}
"""States of a link that the dashboard shows as such, with what it adds; the others are told in words only."""


class LiveSource(AbstractAsyncContextManager["LiveSource"], Protocol):
    """What is asked of a source that pushes; `transport.ble.BleSource` is one. It streams while it is entered."""

    title: str
    header: JournalHeader

    def engine_sensors(self) -> Sequence[SensorSetup]:
        """Sensors with decoders in their first state."""

    def batches(self) -> AsyncIterator[list[LiveItem]]:
        """Packets, ticks and statuses as they come."""


class LiveRecorder(Recorder, Protocol):
    """A recorder that never makes anyone wait, and tells of its failures when asked; `ThreadRecorder` is one."""

    def take_problems(self) -> list[OutputError]:
        """What went wrong since the last call."""

    def close(self) -> None:
        """Finish the recording; may wait for the disk."""


class LiveRun:
    """The engine of a live source, and what is written down on the way.

    Parameters
    ----------
    source : LiveSource
    waves : bool
        Ask the engine for curves to draw.
    recorder : LiveRecorder, optional
        Gets every item before the engine does.
    slouch : SlouchSettings, optional
    first : sequence of Command
        Given before the first sample, such as the wearer's calibration.
    heard : sequence of callable
        Get the engine's events as well, such as the keeper of that calibration; not those of the end.
    """

    def __init__(
        self,
        source: LiveSource,
        *,
        waves: bool = False,
        recorder: LiveRecorder | None = None,
        slouch: SlouchSettings | None = None,
        first: Sequence[Command] = (),
        heard: Sequence[Callable[[Sequence[Event]], None]] = (),
    ) -> None:
        self.source = source
        self.recorder = recorder
        sensors = source.engine_sensors()
        self._decoders = [s.decoder for s in sensors if isinstance(s.decoder, Decoder)]
        self._losses = [LossWords(decoder) for decoder in self._decoders]
        self._engine = AlertedEngine(sensors, slouch=slouch, waves=waves)
        self._heard = heard
        self._said: list[Event] = []
        for command in first:
            self.command(command)

    @property
    def position_ns(self) -> int:
        """Stream time reached; goes on with the ticks while a sensor is silent."""
        return self._engine.now_ns

    @property
    def lost_packets(self) -> int:
        """Packets that did not arrive, as the sensors' own counters and clocks tell."""
        return sum(decoder.counters.lost_packets for decoder in self._decoders)

    def take(self, items: Sequence[LiveItem]) -> tuple[list[Event], list[Status]]:
        """Write the items down and carry them through the engine: what became known, and what the links do."""
        raw: list[Item] = [item for item in items if not isinstance(item, Status)]
        if self.recorder is not None:
            keep(raw, self.recorder)
        events, self._said = self._said, []
        events += self._engine.feed_many(raw)
        for hear in self._heard:
            hear(events)
        statuses = [item for item in items if isinstance(item, Status)]
        for losses in self._losses:
            statuses += losses.update(self.position_ns, statuses)
        return events, statuses

    def command(self, command: Command) -> None:
        """Stamp a command with stream time now, write it down, carry it out; its events come with the next items."""
        stamped = replace(command, t_ns=self._engine.now_ns)
        if self.recorder is not None:
            self.recorder.append(stamped)
        self._said += self._engine.feed(stamped)

    def finish(self) -> list[Event]:
        """It is over."""
        events, self._said = self._said, []
        return events + self._engine.finish()

    def problems(self) -> list[OutputError]:
        """What the recorder had to say."""
        return [] if self.recorder is None else self.recorder.take_problems()

    async def close_recording(self) -> None:
        """Finish the recording without holding up the event loop."""
        if self.recorder is not None:
            await asyncio.to_thread(self.recorder.close)


class LiveFeed:
    """What `tui.feed.Feed` asks for, over a live source.

    Parameters
    ----------
    run : LiveRun
        Made with `waves=True`.
    end_ns : int
        Stream time at which to stop.
    recording : str, optional
        Name being recorded to.
    """

    kind: Literal["live", "demo", "replay"] = "live"
    duration_s: float | None = None

    def __init__(self, run: LiveRun, *, end_ns: int = FOREVER_NS, recording: str | None = None) -> None:
        stream = run.source.engine_sensors()[0].stream
        self._run = run
        self._end_ns = end_ns
        self.title = run.source.title
        self.sensor = stream.sensor
        self.has_gyro = stream.has_gyro
        self.recording = recording
        self.paused = False
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def position_s(self) -> float:
        """Stream time now, s."""
        return self._run.position_ns / NS

    @property
    def lost_packets(self) -> int:
        """Packets of all sensors that did not arrive so far."""
        return self._run.lost_packets

    @property
    def speed(self) -> float:
        """A live sensor has the pace of its wearer."""
        return 1.0

    def set_paused(self, paused: bool) -> None:
        """A view may stand still; the wearer breathes on, and all of it is recorded."""
        self.paused = paused

    def set_speed(self, speed: float) -> None:
        """Nothing to change."""

    def seek(self, t_s: float) -> None:
        """What was cannot be seen again before it is a recording."""

    def command(self, command: Command) -> None:
        """Take what the person did."""
        self._run.command(command)

    async def batches(self) -> AsyncGenerator[Sequence[Event], None]:
        """Events as they become known, and words about the link and the recording.

        Raises
        ------
        LinkError
            A sensor cannot be made to stream at all.
        """
        self._idle.clear()
        try:
            async with self._run.source as source:
                async for items in source.batches():
                    events, statuses = self._run.take(items)
                    events += [_event(status, self.sensor) for status in statuses]
                    events += [_notice(self._run.position_ns, self.sensor, p) for p in self._run.problems()]
                    yield events
                    if self._run.position_ns >= self._end_ns:
                        break
        finally:
            await self._run.close_recording()
            self._idle.set()
        yield self._run.finish()

    async def closed(self) -> None:
        """Wait until the sensor was told to stop and the recording is finished, once nobody reads `batches`."""
        await self._idle.wait()


async def live_headless(
    run: LiveRun,
    sink: Sink,
    say: Callable[[str], None],
    *,
    end_ns: int = FOREVER_NS,
    stop: asyncio.Event | None = None,
) -> None:
    """Run without a dashboard until `end_ns` of stream time, or until `stop` is set.

    Parameters
    ----------
    sink : callable
        Gets the engine's events: the same that a replay of the recording gives.
    say : callable
        Gets plain sentences about the link and the recording.

    Raises
    ------
    LinkError
        A sensor cannot be made to stream at all.
    """
    stop = stop or asyncio.Event()
    stopped = asyncio.create_task(stop.wait())
    try:
        async with run.source as source:
            batches = source.batches()
            while run.position_ns < end_ns and not stop.is_set():
                items = await next_batch(batches, stopped)
                if items is None:
                    break
                events, statuses = run.take(items)
                sink(events)
                for words in (*(s.words for s in statuses), *map(str, run.problems())):
                    say(words)
    finally:
        stopped.cancel()
        await run.close_recording()
        for problem in run.problems():
            say(str(problem))
    sink(run.finish())


async def next_batch(batches: AsyncIterator[list[T]], stopped: asyncio.Task[Any]) -> list[T] | None:
    """The next batch of a source; None when there is none any more, or `stopped` is done before it comes."""
    coming = asyncio.ensure_future(anext(batches))
    await asyncio.wait({coming, stopped}, return_when=asyncio.FIRST_COMPLETED)
    if not coming.done():
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        return None
    try:
        return coming.result()
    except StopAsyncIteration:
        return None


def _event(status: Status, shown: str) -> Event:
    """What a link is doing, as a dashboard takes it that shows the sensor `shown`; of others it is told in words."""
    if status.state in _LINK_STATES and status.sensor == shown:
        return Link(status.t_ns, shown, status.state, _LINK_STATES[status.state])
    return Notice(status.t_ns, shown, f"link_{status.state}", status.words, "")


def _notice(t_ns: int, sensor: str, problem: OutputError) -> Notice:
    return Notice(t_ns, sensor, "recording_failed", problem.message, problem.advice)
