"""A source with a listener: whoever reads it, the samples are handed to somebody else as well."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..engine import SensorSetup
from ..engine.engine import Item
from ..samples import FloatArray, IntArray, Packet, SampleBlock
from .source import Source


class TappedSource:
    """Reads like the source it is made of.

    Parameters
    ----------
    source : Source
        Not read before.
    listen : function
        Called with every block of samples, decoded on the side, before the items of a read are returned.
    """

    def __init__(self, source: Source, listen: Callable[[SampleBlock], None]) -> None:
        self.title = source.title
        self.sensors = source.sensors
        self.origin_s = source.origin_s
        self._source = source
        self._listen = listen
        self._decoders = {s.stream.sensor: s.decoder for s in source.engine_sensors() if s.decoder is not None}

    @property
    def duration_s(self) -> float | None:
        """As the source says."""
        return self._source.duration_s

    @property
    def problems(self) -> list[str]:
        """As the source says."""
        return self._source.problems

    @property
    def ended(self) -> bool:
        """As the source says."""
        return self._source.ended

    @property
    def position(self) -> int:
        """As the source says."""
        return self._source.position

    def read(self, until_ns: int, limit: int) -> list[Item]:
        """The source's next items, after the listener has had their samples."""
        items = self._source.read(until_ns, limit)
        for item in items:
            if isinstance(item, SampleBlock):
                self._listen(item)
        for sensor, decoder in self._decoders.items():
            for block in decoder.receive([i for i in items if isinstance(i, Packet) and i.sensor == sensor]):
                self._listen(block)
        return items

    def seek(self, position: int) -> None:
        """Not for a stream others follow live."""
        raise NotImplementedError("what was handed to a listener cannot be taken back")

    def engine_sensors(self) -> Sequence[SensorSetup]:
        """As the source says."""
        return self._source.engine_sensors()

    def rows(self, t_ns: IntArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """As the source says."""
        return self._source.rows(t_ns, values)
