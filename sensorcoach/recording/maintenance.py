"""Looks after journals on disk: what state one is in, and how to mend it."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import Final

from ..errors import OutputError
from .journal_format import JournalHeader, decode_header, decode_item, encode_header
from .journal_reader import JournalReader
from .journal_writer import compress_segment
from .problems import Problem
from .segments import SUFFIX, DamagedError, claim, find_segments, read_lines, segment_path

DAMAGED_FOLDER: Final = "damaged"
"""Where `repair` puts what it replaced, inside the journal; readers pass it by."""


@dataclass(frozen=True, slots=True)
class JournalReport:
    """What `check` found.

    Attributes
    ----------
    header : JournalHeader
    segments, packets, ticks, commands, size_bytes : int
    first_ns, last_ns : int, ns
        Stream time of the earliest and the latest item; both 0 where there is none.
    closed : bool
        Every segment is compressed: the writer came to its end.
    problems : tuple of Problem
    """

    header: JournalHeader
    segments: int
    packets: int
    ticks: int
    commands: int
    size_bytes: int
    first_ns: int
    last_ns: int
    closed: bool
    problems: tuple[Problem, ...]


def check(folder: str | Path) -> JournalReport:
    """Read a whole journal and say what is in it and what is wrong with it.

    Raises
    ------
    InputError
        When it cannot be read at all.
    """
    reader = JournalReader(folder)
    packets = ticks = commands = 0
    spans: list[tuple[int, int]] = []
    for batch in reader.batches():
        packets += len(batch.t_ns)
        ticks += len(batch.ticks)
        commands += len(batch.commands)
        times: list[int] = batch.t_ns.tolist()
        times += [tick.t_ns for tick in batch.ticks] + [command.t_ns for command in batch.commands]
        spans.append((min(times), max(times)))
    return JournalReport(
        header=reader.header,
        segments=len(reader.segments),
        packets=packets,
        ticks=ticks,
        commands=commands,
        size_bytes=sum(path.stat().st_size for path in reader.segments.values()),
        first_ns=min((first for first, _ in spans), default=0),
        last_ns=max((last for _, last in spans), default=0),
        closed=all(path.suffix == ".gz" for path in reader.segments.values()),
        problems=tuple(reader.problems),
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """A journal of a folder, as `prune` sees it.

    Attributes
    ----------
    path : Path
    written_s : float
        When it was last written to, Unix time.
    size_bytes : int
    busy : bool
        It is being written right now.
    """

    path: Path
    written_s: float
    size_bytes: int
    busy: bool


def journals_in(folder: Path) -> list[Kept]:
    """The journals in a folder and the folders in it, the one written last at the end."""
    found = [] if not folder.is_dir() else [path for path in folder.rglob(f"*{SUFFIX}") if path.is_dir()]
    return sorted((_kept(path) for path in found), key=lambda kept: (kept.written_s, kept.path))


def prune(
    folder: Path, *, older_than_s: float | None = None, most_bytes: int | None = None, now_s: float, dry: bool = False
) -> list[Kept]:
    """Remove old journals; returns those that were (or, with `dry`, would be) removed.

    One that is being written is never touched.

    Parameters
    ----------
    folder : Path
    older_than_s : float, optional, s
        Those not written to for so long go.
    most_bytes : int, optional
        The oldest go until all others together take at most this much.
    now_s : float
        Unix time.

    Raises
    ------
    OutputError
        The system does not let one go.
    """
    journals = journals_in(folder)
    over_bytes = 0 if most_bytes is None else sum(kept.size_bytes for kept in journals) - most_bytes
    removed = []
    for kept in journals:
        old = older_than_s is not None and now_s - kept.written_s > older_than_s
        if kept.busy or not (old or over_bytes > 0):
            continue
        if not dry:
            try:
                shutil.rmtree(kept.path)
            except OSError as error:
                raise OutputError(
                    f"{kept.path} cannot be removed: {error.strerror or error}.", "Check the rights of its folder."
                ) from None
        over_bytes -= kept.size_bytes
        removed.append(kept)
    return removed


def _kept(path: Path) -> Kept:
    size_bytes, written_s, made_s, busy = 0, 0.0, 0.0, False
    for file in (path, *path.rglob("*")):
        try:
            state = file.stat()
        except OSError:  # its writer has just compressed it
            busy = True
            continue
        if S_ISREG(state.st_mode):
            size_bytes += state.st_size
            written_s = max(written_s, state.st_mtime)
            busy |= file.suffix == ".jsonl" and _busy(file)
        elif file == path:
            made_s = state.st_mtime
    return Kept(path, written_s or made_s, size_bytes, busy)


def _busy(segment: Path) -> bool:
    """Whether a writer holds this segment."""
    try:
        with segment.open("rb") as file:
            return not claim(file.fileno())
    except OSError:
        return True  # it has just been compressed, or nobody can tell


def repair(folder: str | Path) -> tuple[str, ...]:
    """Make a journal sound again, keeping every line that can be read; returns what was done, in words.

    A damaged segment is written anew from its readable lines (with the journal's header where its own is gone) and the
    old file moved to `damaged/`; closed segments are compressed; leftovers of a crash are removed. Repairing a sound
    journal does nothing.

    Raises
    ------
    InputError
        When no segment has a readable header.
    OutputError
        When the journal is being recorded right now, or its folder cannot be written: what was not yet mended is as
        before.
    """
    folder = Path(folder)
    reader = JournalReader(folder)
    done: list[str] = []
    try:
        _refuse_while_written(reader)
        for part in sorted(folder.glob(".*.part")):
            part.unlink()
            done.append(f"removed {part.name}, left by an interrupted compression")
        for number, path in find_segments(folder).items():
            twin = segment_path(folder, number, gzipped=True)
            if path != twin and twin.exists():
                twin.unlink()
                done.append(f"removed {twin.name}, of which {path.name} is the original")
            done += _mend(folder, number, path, reader.header)
        for number, path in find_segments(folder).items():
            if path.suffix != ".gz":
                compress_segment(folder, number)
                done.append(f"compressed {path.name}")
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be repaired: {error.strerror or error}.",
            "Free some space, or copy the journal elsewhere.",
        ) from None
    return tuple(done)


def _refuse_while_written(reader: JournalReader) -> None:
    """The writer of a running session would go on in a file that is no longer there."""
    for path in reader.segments.values():
        if path.suffix == ".gz":
            continue
        with path.open("rb") as file:
            if not claim(file.fileno()):
                raise OutputError(f"{reader.path} is being written right now.", "End the recording first.")


def _mend(folder: Path, number: int, path: Path, journal: JournalHeader) -> list[str]:
    """Rewrite one segment if anything is wrong with it."""
    lines, lost = [], 0
    header = encode_header(journal, number).rstrip(b"\n")
    sound = False
    try:
        for found in read_lines(path):
            body = found.lines
            if found.first == 1:
                sound, header, body = _own_header(found.lines, header, path.name)
            for line in body:
                try:
                    decode_item(line, journal)
                    lines.append(line)
                except ValueError:
                    lost += 1
            sound = sound and not found.unfinished
    except DamagedError:
        sound = False
    if sound and not lost:
        return []
    fresh = folder / f".{number:06d}.jsonl.part"
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(file, "wb") as target:
        target.writelines(line + b"\n" for line in [header, *lines])
        target.flush()
        os.fsync(target.fileno())
    aside = folder / DAMAGED_FOLDER
    aside.mkdir(mode=0o700, exist_ok=True)
    path.replace(_free_name(aside, path.name))
    fresh.replace(segment_path(folder, number))
    return [f"rewrote {path.name} with {len(lines)} lines ({lost} unreadable); the old file is in {DAMAGED_FOLDER}/"]


def _own_header(lines: list[bytes], substitute: bytes, name: str) -> tuple[bool, bytes, list[bytes]]:
    """Whether the first line is a header, the header to write, and the other lines.

    A first line that is an item after all (the header was lost) stays among them.
    """
    try:
        decode_header(lines[0], name)
    except ValueError:
        return False, substitute, lines
    return True, lines[0], lines[1:]


def _free_name(folder: Path, name: str) -> Path:
    path, count = folder / name, 1
    while path.exists():
        path, count = folder / f"{name}.{count}", count + 1
    return path
