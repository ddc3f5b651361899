"""One or two sensors as a source that pushes: packets and ticks in the order in which they came, and what the links do.

Between the radio and whoever reads stands one bounded queue. Should the reader fall behind for minutes, the newest
packets are dropped, counted and told of: a gap that is known, instead of memory that grows.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter, deque
from collections.abc import AsyncIterator, Sequence
from importlib.metadata import version
from types import TracebackType
from typing import Final, Self

from ...engine import SensorSetup
from ...errors import UsageError
from ...recording.journal_format import JournalHeader, SensorHeader
from ...samples import NS, Packet, Tick
from ..setup import setup_from_header
from .clock import StreamClock
from .link import Target
from .radio import Radio
from .supervisor import Status, Supervisor

CAPACITY: Final = 4096
"""Packets that may wait: minutes of the busiest sensor, and at most a megabyte."""
BATCH: Final = 512
"""Items handed out at once, so that the reader's work stays bounded."""

LiveItem = Packet | Tick | Status


class BleSource:
    """Streams while it is entered (`async with`).

    Parameters
    ----------
    targets : sequence of Target
        With distinct `sensor` names.
    radio : Radio
    clock : StreamClock, optional
        Its zero is the zero of the stream.
    rng : random.Random, optional
        For the jitter of pauses.
    capacity : int
        Packets that may wait.

    Attributes
    ----------
    header : JournalHeader
        For the journal that its packets and ticks go into.
    lost : Counter
        Packets dropped because the queue was full, by sensor.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        radio: Radio,
        *,
        clock: StreamClock | None = None,
        rng: random.Random | None = None,
        capacity: int = CAPACITY,
    ) -> None:
        if len({t.sensor for t in targets}) != len(targets):
            raise UsageError("Two sensors have the same name.", "Give each its own, such as chest and lower-back.")
        self.clock = clock or StreamClock()
        self.title = " and ".join(t.title for t in targets)
        self.lost: Counter[str] = Counter()
        self.header = JournalHeader(
            tuple(
                SensorHeader(t.sensor, t.site, t.name, t.device.address, t.profile.to_dict(), dict(t.params))
                for t in targets
            ),
            self.clock.origin_wall_ns,
            self.clock.utc_offset_s,
            self.clock.origin_wall_ns,
            f"sensorcoach {version('sensorcoach')}",
        )
        rng = rng or random.Random()
        self._supervisors = {
            t.sensor: Supervisor(t, radio, self.clock, self._put_packet, self._put, rng) for t in targets
        }
        self._capacity = capacity
        self._queue: deque[LiveItem] = deque()
        self._news = asyncio.Event()
        self._dropped: Counter[str] = Counter()
        self._tasks: list[asyncio.Task[None]] = []
        self._failure: BaseException | None = None

    def engine_sensors(self) -> Sequence[SensorSetup]:
        """Sensors with decoders in their first state, for a new engine."""
        return [setup_from_header(sensor, self.title) for sensor in self.header.sensors]

    async def __aenter__(self) -> Self:
        self._tasks = [
            asyncio.create_task(run) for run in (self._tick(), *(s.run() for s in self._supervisors.values()))
        ]
        for task in self._tasks:
            task.add_done_callback(self._ended)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def batches(self) -> AsyncIterator[list[LiveItem]]:
        """What came, as soon as it comes.

        Raises
        ------
        LinkError
            A sensor cannot be made to stream at all.
        """
        while True:
            self._news.clear()
            items = self._take()
            if items:
                yield items
            elif self._failure is not None:
                raise self._failure
            else:
                await self._news.wait()

    async def buzz(self, sensor: str, duration_ms: int) -> bool:
        """Have a sensor buzz; False when it cannot, or is not connected."""
        return await self._supervisors[sensor].buzz(duration_ms)

    def _put_packet(self, packet: Packet) -> None:
        if len(self._queue) >= self._capacity:
            self._dropped[packet.sensor] += 1
            self.lost[packet.sensor] += 1
        else:
            self._put(packet)

    def _put(self, item: LiveItem) -> None:
        if len(self._queue) < 2 * self._capacity:  # ticks and statuses are few, but a reader may be gone for days
            self._queue.append(item)
            self._news.set()

    def _take(self) -> list[LiveItem]:
        items = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
        if self._dropped and not self._queue:
            for sensor, count in self._dropped.items():
                words = f"{count} packets were dropped: this computer was too busy to take them."
                items.append(Status(self.clock.t_ns(), sensor, "overflow", words))
            self._dropped.clear()
        return items

    async def _tick(self) -> None:
        """A tick at the beginning and after every whole second."""
        while True:
            tick = self.clock.tick()
            self._put(tick)
            await asyncio.sleep((NS - tick.t_ns % NS) / NS + 0.001)  # a timer may fire a little early

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self._failure = self._failure or task.exception()
            self._news.set()
