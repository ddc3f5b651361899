"""Recordings as sources: a journal's packets, or the samples of a CSV file or of arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from ..engine import SensorSetup
from ..engine.engine import Item
from ..errors import InputError
from ..profiles.shipped import shipped_folder
from ..recording.arrays import ArrayRecording
from ..recording.journal_reader import JournalReader
from ..recording.source import load_source
from ..samples import NS, FloatArray, IntArray, SampleBlock
from .setup import setup_from_header

SAMPLES_PER_PACKET: Final = 10
"""Rough size of a packet, to turn a limit in samples into one in packets."""


class ArraySource:
    """Samples that are already in memory, handed out as views. Stream zero is the whole second before the first."""

    duration_s: float | None

    def __init__(self, recording: ArrayRecording) -> None:
        origin_ns = int(recording.t_ns[0] // NS) * NS
        self.title = recording.name
        self.origin_s = origin_ns / NS
        self.problems = [str(p) for p in recording.problems]
        self.metadata = recording.metadata
        pose = recording.pose
        known = (None, None) if pose is None else (pose.up, pose.forward)
        self.sensors: Sequence[SensorSetup] = (SensorSetup(recording.stream, None, *known),)
        self._recording = recording
        t_ns = recording.t_ns - origin_ns
        self._block = SampleBlock(recording.stream.sensor, t_ns, recording.acc_ms2, recording.gyr_rads)
        self.duration_s = float(t_ns[-1] / NS)
        self.position = 0

    @property
    def ended(self) -> bool:
        """Whether every sample was handed out."""
        return self.position >= len(self._block)

    def read(self, until_ns: int, limit: int) -> list[Item]:
        """The next samples, as one block."""
        end = int(np.searchsorted(self._block.t_ns, until_ns, side="right"))
        end = min(end, self.position + limit)
        if end <= self.position:
            return []
        block = self._block[self.position : end]
        self.position = end
        return [block]

    def seek(self, position: int) -> None:
        """Go on with the sample of this number."""
        self.position = position

    def engine_sensors(self) -> Sequence[SensorSetup]:
        """Samples need no decoder."""
        return self.sensors

    def rows(self, t_ns: IntArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Input times and per-sample values, one row for each row of the input."""
        return self._recording.rows_t_s, self._recording.at_rows(values)


class JournalSource:
    """The items of a journal, in order."""

    origin_s = 0.0

    def __init__(self, reader: JournalReader) -> None:
        self._reader = reader
        self.title = reader.path.name
        self.sensors = self.engine_sensors()
        self.position = 0
        self._items = iter(reader)
        self._next = next(self._items, None)

    @property
    def reader(self) -> JournalReader:
        """The journal itself: its header and notes."""
        return self._reader

    @cached_property
    def duration_s(self) -> float | None:
        """Stream time of the last item; read from the last segment that holds any."""
        for path in reversed(self._reader.segments.values()):
            last_ns: int | None = None
            for batch in JournalReader(path).batches():
                ends: list[int] = batch.t_ns[-1:].tolist()
                ends += [tick.t_ns for tick in batch.ticks[-1:]] + [c.t_ns for c in batch.commands[-1:]]
                last_ns = max(ends, default=last_ns)
            if last_ns is not None:
                return last_ns / NS
        return None

    @property
    def problems(self) -> list[str]:
        """What was skipped; complete once everything was read."""
        return [str(p) for p in self._reader.problems]

    @property
    def ended(self) -> bool:
        """Whether the journal has been read to its end."""
        return self._next is None

    def read(self, until_ns: int, limit: int) -> list[Item]:
        """The next items not newer than `until_ns`."""
        out: list[Item] = []
        item = self._next
        for _ in range(max(1, limit // SAMPLES_PER_PACKET)):
            if item is None or item.t_ns > until_ns:
                break
            out.append(item)
            item = next(self._items, None)
        self._next = item
        self.position += len(out)
        return out

    def seek(self, position: int) -> None:
        """Read again from the beginning up to this number of items; a journal has no index."""
        self._items = iter(self._reader)
        self._next = next(islice(self._items, position, None), None)
        self.position = position

    def engine_sensors(self) -> Sequence[SensorSetup]:
        """One setup per sensor of the header, each with a decoder that has seen nothing yet."""
        return [setup_from_header(sensor, self._reader.path.name) for sensor in self._reader.header.sensors]

    def rows(self, t_ns: IntArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """A journal's rows are its samples."""
        return t_ns / NS, values


def open_recording(path: str | Path) -> ArraySource | JournalSource:
    """A recording by path, or by the name of a sample that ships with the program.

    Raises
    ------
    InputError
        There is no such recording, or it cannot be read.
    """
    found = load_source(_find(Path(path)))
    return JournalSource(found) if isinstance(found, JournalReader) else ArraySource(found)


def samples() -> Iterator[Path]:
    """The sample recordings that ship with the program."""
    yield from sorted(shipped_folder("recordings").glob("*.journal"))


def _find(path: Path) -> Path:
    if path.exists():
        return path
    with_suffix = path.with_name(path.name + ".journal")
    if with_suffix.is_dir():
        return with_suffix
    if path.parent == Path():
        shipped = {p.stem: p for p in samples()}
        if path.name.removesuffix(".journal") in shipped:
            return shipped[path.name.removesuffix(".journal")]
        if not path.suffix:
            names = ", ".join(shipped) or "none"
            raise InputError(f"There is no recording called {path}.", f"Sample recordings: {names}.")
    return path
