"""The virtual wearer, or any pulled source, as a source that pushes: at its own pace or as fast as it goes."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final, Self

from ...engine import SensorSetup
from ...engine.engine import Item
from ...recording.journal_format import JournalHeader
from ...samples import NS
from ...transport.source import SLICE_SAMPLES, Source
from ..live import FOREVER_NS

FRAME_S: Final = 0.25
SLICE_NS: Final = 60 * NS


class PacedSource:
    """Streams while it is entered.

    Parameters
    ----------
    source : Source
    header : JournalHeader
    speed : float
        Times real time; infinity: as fast as it goes.
    end_ns : int
        Stream time at which to stop.
    clock : callable
        Monotonic time, s.
    """

    def __init__(
        self,
        source: Source,
        header: JournalHeader,
        speed: float,
        *,
        end_ns: int = FOREVER_NS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.title = source.title
        self.header = header
        self._source = source
        self._speed = speed
        self._end_ns = end_ns
        self._clock = clock

    def engine_sensors(self) -> Sequence[SensorSetup]:
        """As the source says."""
        return self._source.engine_sensors()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing to let go."""

    async def batches(self) -> AsyncIterator[list[Item]]:
        """Items when they are due."""
        started_s, until_ns = self._clock(), 0
        while not self._source.ended:
            if not math.isinf(self._speed):
                until_ns = round((self._clock() - started_s) * self._speed * NS)
            items = self._source.read(min(until_ns, self._end_ns), SLICE_SAMPLES)
            if items:
                yield items
            elif until_ns >= self._end_ns:
                return
            elif math.isinf(self._speed):
                until_ns += SLICE_NS
            else:
                await asyncio.sleep(FRAME_S)
