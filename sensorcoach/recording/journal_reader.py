"""Reads a journal: every whole line of it, whatever befell the rest, as single items or as columns.

Columns exist for speed: a day of packets is a million lines, and the columns of a batch go to the decoder at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..events import Command
from ..samples import IntArray, Packet, Packets, Tick
from .journal_format import Item, JournalHeader, Note, decode_header, decode_item
from .packet_lines import packets_alike
from .problems import ProblemLog
from .segments import DamagedError, Lines, find_segments, read_lines

DEFAULT_BATCH: Final = 8192
"""Items per batch: some ten minutes of packets, a few MB."""

Stream: TypeAlias = tuple[str, str]
"""Sensor and channel."""

_NO_PACKET: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Consecutive items of a journal as columns.

    Attributes
    ----------
    commands : tuple of Command
        They stand before everything else of the batch (a batch ends where a command follows).
    t_ns : int64 array, shape (n,), ns
        Arrival of each packet.
    payloads : list of bytes, n long
    streams : tuple of (sensor, channel)
    stream : int64 array, shape (n,)
        Which of `streams` each packet belongs to.
    ticks : tuple of Tick
    ticks_after : int64 array, shape (number of ticks,)
        How many packets of the batch stand before each tick.
    """

    commands: tuple[Command, ...]
    t_ns: IntArray
    payloads: list[bytes]
    streams: tuple[Stream, ...]
    stream: IntArray
    ticks: tuple[Tick, ...]
    ticks_after: IntArray

    def items(self) -> Iterator[Item]:
        """The same, one by one in the order of the journal."""
        yield from self.commands
        done = 0
        for tick, after in zip(self.ticks, self.ticks_after.tolist(), strict=True):
            yield from self._packets(done, after)
            yield tick
            done = after
        yield from self._packets(done, len(self.t_ns))

    def packets(self, sensor: str) -> Packets:
        """Those of one sensor, for its decoder."""
        mine = [number for number, (name, _) in enumerate(self.streams) if name == sensor]
        channels = tuple(self.streams[number][1] for number in mine)
        if len(mine) == len(self.streams):
            return Packets(self.t_ns, self.payloads, channels, self.stream)
        there = np.flatnonzero(np.isin(self.stream, mine))
        numbers = np.searchsorted(np.array(mine, np.int64), self.stream[there])
        return Packets(self.t_ns[there], [self.payloads[i] for i in there.tolist()], channels, numbers)

    def _packets(self, start: int, stop: int) -> Iterator[Packet]:
        times, stream = self.t_ns[start:stop].tolist(), self.stream[start:stop].tolist()
        for t_ns, number, payload in zip(times, stream, self.payloads[start:stop], strict=True):
            sensor, channel = self.streams[number]
            yield Packet(t_ns, sensor, channel, payload)


class JournalReader:
    """A journal folder, or a single segment of one.

    Parameters
    ----------
    path : Path
        Folder or segment file.

    Attributes
    ----------
    header : JournalHeader
    problems : ProblemLog
        What was skipped or missing; complete once the journal has been read to its end. Reading again starts it anew.
    notes : list of Note
        Likewise.

    Raises
    ------
    InputError
        When there is no journal, no header in it, or a newer sensorcoach wrote it.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.problems = ProblemLog()
        self.notes: list[Note] = []
        self._segments = self._find()
        self.header = self._first_header()

    @property
    def segments(self) -> dict[int, Path]:
        """Files of the journal by segment number."""
        return dict(self._segments)

    def __iter__(self) -> Iterator[Item]:
        for batch in self.batches():
            yield from batch.items()

    def batches(self, max_items: int = DEFAULT_BATCH) -> Iterator[Batch]:
        """Everything in the journal, in order, at most `max_items` at a time."""
        self.problems = ProblemLog()
        self.notes = []
        if self.path.is_dir():
            self._report_missing()
        for path in self._segments.values():
            yield from self._segment(path, max_items)

    def _find(self) -> dict[int, Path]:
        if not self.path.is_dir():
            return {1: self.path}
        segments = find_segments(self.path)
        if not segments:
            raise InputError(
                f"{self.path} is a folder without journal segments.",
                "A journal's folder holds files like 000001.jsonl.",
            )
        return segments

    def _first_header(self) -> JournalHeader:
        advice = "Every segment of a journal starts with its header; is this the right file?"
        refusal = InputError(f"{self.path} is empty.", advice)
        for path in self._segments.values():
            try:
                for found in read_lines(path, at_once=1):
                    return decode_header(found.lines[0], path.name)
            except (ValueError, DamagedError) as error:
                refusal = InputError(f"{path} has no journal header in its first line ({error}).", advice)
            except InputError as error:
                refusal = error
        raise refusal

    def _report_missing(self) -> None:
        known = 0
        for number, path in self._segments.items():
            if number > known + 1:
                gone = f"segment {known + 1} is" if number == known + 2 else f"segments {known + 1} to {number - 1} are"
                self.problems.add(path.name, 0, f"{gone} missing before this one")
            known = number

    def _segment(self, path: Path, max_items: int) -> Iterator[Batch]:
        empty = True
        try:
            for found in read_lines(path):
                empty = False
                if found.first == 1:
                    found = self._without_header(found, path)
                for start in range(0, len(found.lines), max_items):
                    lines = found.lines[start : start + max_items]
                    yield from self._decode(Lines(found.first + start, lines, found.unfinished), path.name)
        except DamagedError as error:
            self.problems.add(path.name, 0, f"{error}; what stood after that is lost")
        except InputError as error:
            self.problems.add(path.name, 0, f"left out: {error.message}")
        else:
            if empty:
                self.problems.add(path.name, 0, "the file is empty")

    def _without_header(self, found: Lines, path: Path) -> Lines:
        """The lines after the header, having compared it with the journal's; where it was lost, all lines."""
        try:
            header = decode_header(found.lines[0], path.name)
        except ValueError as error:
            self.problems.add(path.name, 1, f"no journal header in the first line ({error})")
            if _is_item(found.lines[0], self.header):
                return found
        else:
            if header != self.header:
                self.problems.add(path.name, 1, "the header differs from that of the first segment, which is used")
        return Lines(2, found.lines[1:], found.unfinished)

    def _decode(self, found: Lines, name: str) -> Iterator[Batch]:
        """Packets that look alike in one go, every other line by itself."""
        n = len(found.lines)
        t_ns, stream, payloads = np.zeros(n, np.int64), np.full(n, _NO_PACKET, np.int64), np.empty(n, object)
        numbers: dict[Stream, int] = {}
        for alike in packets_alike(found.lines, self.header):
            t_ns[alike.places], payloads[alike.places] = alike.t_ns, alike.payloads
            stream[alike.places] = numbers.setdefault((alike.sensor, alike.channel), len(numbers))
        others: list[tuple[int, Tick | Command]] = []
        for place, item in self._decode_singly(found, np.flatnonzero(stream == _NO_PACKET).tolist(), name):
            if isinstance(item, Packet):
                t_ns[place], payloads[place] = item.t_ns, item.payload
                stream[place] = numbers.setdefault((item.sensor, item.channel), len(numbers))
            else:
                others.append((place, item))
        is_packet = stream != _NO_PACKET
        columns = _Columns(tuple(numbers), is_packet, t_ns, stream, payloads)
        start = 0  # of the batch that is being gathered, like these
        commands: list[Command] = []
        ticks: list[tuple[int, Tick]] = []
        for place, item in others:
            if isinstance(item, Tick):
                ticks.append((place, item))
                continue
            if ticks or is_packet[start:place].any():
                yield columns.batch(commands, ticks, start, place)
                commands, ticks = [], []
            start = place
            commands.append(item)
        if commands or ticks or is_packet[start:].any():
            yield columns.batch(commands, ticks, start, n)

    def _decode_singly(self, found: Lines, places: list[int], name: str) -> Iterator[tuple[int, Item]]:
        unknown = 0
        for place in places:
            try:
                item = decode_item(found.lines[place], self.header)
            except ValueError as error:
                torn = "the last line is cut off; it is left out" if found.unfinished else f"skipped: {error}"
                self.problems.add(name, found.first + place, torn)
                continue
            if item is None:
                unknown += 1
            elif isinstance(item, Note):
                self.notes.append(item)
            else:
                yield place, item
        if unknown:
            lines = "1 line" if unknown == 1 else f"{unknown} lines"
            self.problems.add(name, found.first, f"{lines} of a kind this version does not know skipped")


def _is_item(line: bytes, header: JournalHeader) -> bool:
    try:
        return decode_item(line, header) is not None
    except ValueError:
        return False


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """The packets among consecutive lines, one row for each line."""

    streams: tuple[Stream, ...]
    is_packet: NDArray[np.bool_]
    t_ns: IntArray
    stream: IntArray
    payloads: NDArray[Any]

    def batch(self, commands: list[Command], ticks: list[tuple[int, Tick]], start: int, stop: int) -> Batch:
        """What stands in the lines from `start` to before `stop`."""
        there = np.flatnonzero(self.is_packet[start:stop]) + start
        return Batch(
            commands=tuple(commands),
            t_ns=self.t_ns[there],
            payloads=self.payloads[there].tolist(),
            streams=self.streams,
            stream=self.stream[there],
            ticks=tuple(tick for _, tick in ticks),
            ticks_after=np.searchsorted(there, np.array([place for place, _ in ticks], np.int64)),
        )
