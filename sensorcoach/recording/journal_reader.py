"""Reads a journal: every whole line of it, whatever befell the rest, as single items or as columns.

Columns exist for speed: a day of packets is a million lines, and the columns of a batch go to the decoder at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np

from ..errors import InputError
from ..events import Command
from ..samples import IntArray, Packet, Tick
from .journal_format import Item, JournalHeader, Note, decode_header, decode_item, decode_payload, rows_from
from .packing import Rows, unpacked
from .problems import ProblemLog
from .segments import DamagedError, Lines, find_segments, read_lines

DEFAULT_BATCH: Final = 8192
"""Items per batch: some ten minutes of packets, a few MB."""

Stream: TypeAlias = tuple[str, str]
"""Sensor and channel."""


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
                for found in read_lines(path):
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
        batch = None if found.unfinished else self._decode_at_once(found.lines)
        if batch is not None:
            yield batch
            return
        gathered: list[Item] = []
        for item in self._decode_singly(found, name):
            if isinstance(item, Command) and any(not isinstance(i, Command) for i in gathered[-1:]):
                yield _columns(gathered)
                gathered = []
            gathered.append(item)
        if gathered:
            yield _columns(gathered)

    def _decode_at_once(self, lines: list[bytes]) -> Batch | None:
        """Fast path: one JSON parse for all lines. None where anything but sound packets and ticks is among them."""
        try:
            objects: list[Any] = json.loads(b"[" + b",".join(lines) + b"]")
            if len(objects) != len(lines):
                return None
            packets: list[dict[str, Any]] = []
            ticks: list[tuple[int, int, int]] = []
            ticks_after: list[int] = []
            for o in objects:
                if "d" in o or "z" in o:
                    packets.append(o)
                elif o["k"] == "tick":
                    ticks.append((o["t"], o["w"], o["o"]))
                    ticks_after.append(len(packets))
                else:
                    return None
            default = self.header.default_sensor
            origins = [(o.get("s", default), o["c"]) for o in packets]
            numbers = {origin: number for number, origin in enumerate(dict.fromkeys(origins))}
            known = {sensor.name for sensor in self.header.sensors}
            if not all(sensor in known and type(channel) is str for sensor, channel in numbers):
                return None
            times = np.array([o["t"] for o in packets] or [0])
            if times.dtype != np.int64 or np.array(ticks or [(0, 0, 0)]).dtype != np.int64:
                return None
            payloads = _payloads(packets)
            stream = np.array([numbers[origin] for origin in origins], np.int64)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None
        return Batch(
            commands=(),
            t_ns=times[: len(packets)],
            payloads=payloads,
            streams=tuple(numbers),
            stream=stream,
            ticks=tuple(Tick(*row) for row in ticks),
            ticks_after=np.array(ticks_after, np.int64),
        )

    def _decode_singly(self, found: Lines, name: str) -> Iterator[Item]:
        unknown = 0
        for number, line in enumerate(found.lines, found.first):
            try:
                item = decode_item(line, self.header)
            except ValueError as error:
                torn = "the last line is cut off; it is left out" if found.unfinished else f"skipped: {error}"
                self.problems.add(name, number, torn)
                continue
            if item is None:
                unknown += 1
            elif isinstance(item, Note):
                self.notes.append(item)
            else:
                yield item
        if unknown:
            lines = "1 line" if unknown == 1 else f"{unknown} lines"
            self.problems.add(name, found.first, f"{lines} of a kind this version does not know skipped")


def _payloads(packets: list[dict[str, Any]]) -> list[bytes]:
    """Payloads of packet lines; packed ones of the same kind and length are unpacked together."""
    payloads = [decode_payload(o["d"] if "d" in o else o["z"]) for o in packets]
    alike: dict[tuple[Rows, int], list[int]] = {}
    for i, o in enumerate(packets):
        if "d" not in o:
            alike.setdefault((rows_from(o.get("r")), len(payloads[i])), []).append(i)
    for (rows, _), places in alike.items():
        for i, payload in zip(places, unpacked([payloads[i] for i in places], rows), strict=True):
            payloads[i] = payload
    return payloads


def _is_item(line: bytes, header: JournalHeader) -> bool:
    try:
        return decode_item(line, header) is not None
    except ValueError:
        return False


def _columns(items: list[Item]) -> Batch:
    """A batch from single items: first commands, then packets and ticks."""
    packets = [item for item in items if isinstance(item, Packet)]
    numbers = {origin: n for n, origin in enumerate(dict.fromkeys((p.sensor, p.channel) for p in packets))}
    is_packet = np.array([isinstance(item, Packet) for item in items])
    is_tick = np.array([isinstance(item, Tick) for item in items])
    return Batch(
        commands=tuple(item for item in items if isinstance(item, Command)),
        t_ns=np.array([p.t_ns for p in packets], np.int64),
        payloads=[p.payload for p in packets],
        streams=tuple(numbers),
        stream=np.array([numbers[p.sensor, p.channel] for p in packets], np.int64),
        ticks=tuple(item for item in items if isinstance(item, Tick)),
        ticks_after=np.cumsum(is_packet)[is_tick],
    )
