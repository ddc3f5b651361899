"""The loop of a watch: items to the legs, events to whoever listens, alerts to the wearer; nothing holds it up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any, Final, Protocol

from ...alerts.channels import Ladder
from ...engine import SensorSetup
from ...engine.engine import Item
from ...events import Alert, AlertCleared, Event
from ...recording.journal_format import JournalHeader
from ...samples import NS, Tick
from ...transport.ble import Status
from ..headless import Sink
from ..live import LiveRecorder, next_batch
from .board import Board
from .clockwatch import ClockWatch
from .legs import Legs

REST_S: Final = 0.25
"""Pause between looks at what came, so that a sensor's many packets do not wake the program as many times."""
KEEP_NS: Final = 1800 * NS
"""The running day goes into the history this often, besides whenever somebody asks for it."""
LAST_ALERT_S: Final = 1.0
"""At the end nobody waits longer for an alert to be delivered."""
ALERTS_WAITING: Final = 4
"""An alert that comes while so many wait for a channel is only printed: it would be old news."""


class WatchSource(Protocol):
    """A source that pushes (`BleSource`, `PacedSource`)."""

    title: str
    header: JournalHeader

    def engine_sensors(self) -> Sequence[SensorSetup]:
        """Sensors with decoders in their first state."""

    def batches(self) -> AsyncIterator[list[Any]]:
        """Packets, ticks, commands and statuses as they come."""

    async def __aenter__(self) -> Any: ...

    async def __aexit__(self, *args: Any) -> None: ...


class Station:
    """Where everything of a watch meets.

    Parameters
    ----------
    legs : Legs
    board : Board
    sink : callable
        Gets the events.
    say : callable
        Gets plain sentences about the link, the clock and the recording.
    ladder : Ladder, optional
        Gets the alerts; None where nobody is to be alerted.
    heard : callable
        Gets the events, too.
    """

    def __init__(
        self,
        legs: Legs,
        board: Board,
        *,
        sink: Sink,
        say: Callable[[str], None],
        ladder: Ladder | None = None,
        heard: Callable[[Iterable[Event]], None] = lambda _: None,
    ) -> None:
        self.legs = legs
        self.board = board
        self._sink = sink
        self._say = say
        self._ladder = ladder
        self._heard = heard
        self._clock = ClockWatch()
        self._alerts: asyncio.Queue[Alert | AlertCleared] = asyncio.Queue(ALERTS_WAITING)
        self._closing: set[asyncio.Task[object]] = set()
        self._worked_ns = -NS
        self._kept_ns = 0

    async def run(
        self, source: WatchSource, stop: asyncio.Event, *, end_ns: int, rest: Callable[[], Awaitable[None]]
    ) -> None:
        """Watch until `stop`, the end of the source, or `end_ns` of stream time; at the end everything is saved.

        Parameters
        ----------
        rest : callable
            Waits a little between two looks.

        Raises
        ------
        LinkError
            The sensor cannot be made to stream at all.
        """
        stopped = asyncio.create_task(stop.wait())
        bell = asyncio.create_task(self._deliver())
        try:
            async with source:
                batches = source.batches()
                while not stop.is_set() and self.legs.heard_ns < end_ns:
                    items = await next_batch(batches, stopped)
                    if items is None:
                        break
                    self.take(items)
                    await rest()
        finally:
            stopped.cancel()
            try:
                self._tell(self.legs.finish())
            finally:  # also when nobody reads what is told any more
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LAST_ALERT_S):
                        await self._alerts.join()
                bell.cancel()
                await asyncio.gather(bell, *self._closing, return_exceptions=True)
                self._say_problems()

    def take(self, items: Iterable[Any]) -> None:
        """Take what came; once a second of stream time it is carried through the engine."""
        raw: list[Item] = []
        for item in items:
            if isinstance(item, Status):
                self.board.link = item.state
                self._say(item.words)
                continue
            if isinstance(item, Tick):
                for words in self._clock.update(item):
                    self._say(words)
            raw.append(item)
        day = self.legs.day
        self.legs.take(raw)
        if self.board.link == "starting" and self.legs.day is not None:
            self.board.link = "streaming"
        if self.legs.heard_ns - self._worked_ns >= NS or self.legs.day != day:
            self._worked_ns = self.legs.heard_ns
            if self.legs.day != day:
                self.board.new_day()
            self._tell(self.legs.advance())
            self._keep()

    def _keep(self) -> None:
        """Bring the history of the running day up, without holding anything up."""
        chronicle = self.legs.chronicle
        if chronicle is not None and self.legs.heard_ns - self._kept_ns >= KEEP_NS:
            self._kept_ns = self.legs.heard_ns
            self._later(asyncio.to_thread(chronicle.keep, chronicle.so_far()))

    def _tell(self, events: list[Event]) -> None:
        for recorder in self.legs.retired():  # before a sink that may fail: what was recorded is finished anyhow
            self._later(self._close(recorder))
        if events:
            self.board.hear(events)
            self._heard(events)
            self._sink(events)
        if self._ladder is not None:
            for event in events:
                if isinstance(event, Alert | AlertCleared):
                    with contextlib.suppress(asyncio.QueueFull):
                        self._alerts.put_nowait(event)
        self._say_problems()

    def _later(self, work: Coroutine[Any, Any, object]) -> None:
        """Let something be done that may wait for the disk; the watch does not end before it is."""
        task = asyncio.create_task(work)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _close(self, recorder: LiveRecorder) -> None:
        """Finish a recording without holding anything up; tell of what went wrong at the very end."""
        await asyncio.to_thread(recorder.close)
        for problem in recorder.take_problems():
            self._say(str(problem))

    def _say_problems(self) -> None:
        for problem in self.legs.problems():
            self._say(str(problem))

    async def _deliver(self) -> None:
        while self._ladder is not None:
            alert = await self._alerts.get()
            try:
                await self._ladder.deliver(alert)
            finally:
                self._alerts.task_done()
