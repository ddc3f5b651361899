"""What a pulled source is: a recording or the virtual wearer, read up to a moment of stream time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from ..engine import SensorSetup
from ..engine.engine import Item
from ..samples import NS, FloatArray, IntArray, Packet, SampleBlock

SLICE_NS: Final = 600 * NS
SLICE_SAMPLES: Final = 120_000
"""Bulk work is done in slices of at most this much: large enough to be quick, small enough that memory stays flat."""


class Source(Protocol):
    """Items in stream order, as far as asked for. Not for radios, which push."""

    title: str
    sensors: Sequence[SensorSetup]
    origin_s: float
    """What the source itself calls stream time zero, s."""

    @property
    def duration_s(self) -> float | None:
        """Length of the stream, s; None where there is no end (the virtual wearer goes on)."""

    @property
    def problems(self) -> list[str]:
        """What was wrong with it and could be passed over, in plain sentences."""

    def read(self, until_ns: int, limit: int) -> list[Item]:
        """The next items not newer than `until_ns`, at most about `limit` samples' worth; [] when there are none."""

    @property
    def ended(self) -> bool:
        """True once everything was read."""

    @property
    def position(self) -> int:
        """How much was read, in the source's own count; good for `seek` only."""

    def seek(self, position: int) -> None:
        """Go on reading from a `position` reached before."""

    def engine_sensors(self) -> Sequence[SensorSetup]:
        """Sensors with decoders in their first state, for a new engine."""

    def rows(self, t_ns: IntArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Times (s, the source's own) and per-sample `values` laid out on the rows of the input."""


def slices(source: Source) -> Iterator[list[Item]]:
    """Everything in a source, a bounded amount at a time."""
    until_ns = 0
    while not source.ended:
        items = source.read(until_ns, SLICE_SAMPLES)
        if items:
            yield items
        else:
            until_ns += SLICE_NS


def sample_blocks(source: Source, setup: SensorSetup) -> Iterator[SampleBlock]:
    """The samples of one sensor, decoded, a bounded amount at a time. `setup` is used up: take one from the source."""
    sensor = setup.stream.sensor
    for items in slices(source):
        if setup.decoder is None:
            yield from (i for i in items if isinstance(i, SampleBlock) and i.sensor == sensor)
        else:
            yield from setup.decoder.receive([i for i in items if isinstance(i, Packet) and i.sensor == sensor])
