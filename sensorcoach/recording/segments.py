"""The files of a journal: their names, and their lines as far as they can be had, plain or gzipped."""

from __future__ import annotations

import os
import re
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from ..errors import InputError

if sys.platform != "win32":
    import fcntl

SUFFIX: Final = ".journal"
SEGMENT_NAME: Final = re.compile(r"(\d{6,})\.jsonl(?:\.gz)?")
GZIP_MAGIC: Final = b"\x1f\x8b"

LONGEST_LINE: Final = 4 << 20
"""Bytes. No line is as long (a header with its profiles has some 10 kB); what is longer is not kept in memory."""

_READ: Final = 64 << 10
_TAIL: Final = 64 << 10
HANDED_OUT: Final = 1 << 20


class DamagedError(Exception):
    """A compressed file ends early or is spoiled; everything before that point has been handed out."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Consecutive lines of a file without their line feeds.

    `first` is the number of the first one, from 1. `unfinished`: here is but the last line, and it has no line feed.
    """

    first: int
    lines: list[bytes]
    unfinished: bool = False


def journal_folder(name: str | Path) -> Path:
    """The folder of the journal called `name`: with the suffix `.journal`, which may be left out."""
    path = Path(name)
    return path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)


def segment_path(folder: Path, number: int, *, gzipped: bool = False) -> Path:
    """Where segment `number` lives."""
    return folder / f"{number:06d}.jsonl{'.gz' if gzipped else ''}"


def find_segments(folder: Path) -> dict[int, Path]:
    """Segments by number, in order. Where both forms exist (a crash while compressing) the plain one counts."""
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError as error:
        raise unreadable(folder, error) from None
    found: dict[int, Path] = {}
    for name in names:  # "N.jsonl" sorts before "N.jsonl.gz"
        if match := SEGMENT_NAME.fullmatch(name):
            found.setdefault(int(match[1]), folder / name)
    return dict(sorted(found.items()))


def read_lines(path: Path, at_once: int = HANDED_OUT) -> Iterator[Lines]:
    """A file's lines, at least `at_once` bytes of them at a time.

    Raises
    ------
    DamagedError
        At the end, after everything that could be read.
    InputError
        When the system does not let it be read.
    """
    first, rest, damage = 1, b"", ""
    try:
        with _open(path) as file:
            for block in _bytes(file, at_once):
                *lines, rest = (rest + block).split(b"\n")
                if lines:
                    yield Lines(first, lines)
                    first += len(lines)
                if len(rest) > LONGEST_LINE:
                    rest = b"..."  # stands for the line that is too long, and will not parse
    except DamagedError as error:
        damage = str(error)
    except OSError as error:
        raise unreadable(path, error) from None
    if rest:
        yield Lines(first, [rest], unfinished=True)
    if damage:
        raise DamagedError(damage)


def last_line(path: Path) -> bytes:
    """The last whole line of a file without its line feed; empty where there is none near the end.

    Raises
    ------
    DamagedError, InputError
        As `read_lines`.
    """
    tail = b""
    try:
        with _open(path) as file:
            gzipped = file.read(2) == GZIP_MAGIC
            file.seek(0 if gzipped else max(0, file.seek(0, os.SEEK_END) - _TAIL))
            for block in _inflated(file) if gzipped else iter(lambda: file.read(_READ), b""):
                tail = (tail + block)[-_TAIL:]
    except OSError as error:
        raise unreadable(path, error) from None
    *lines, _ = tail.split(b"\n")
    return lines[-1] if lines else b""


def claim(file: int) -> bool:
    """Mark an open segment as being written; False where another process holds it. Ends with the descriptor.

    Where the system knows no such locks nothing is claimed: there, files in use cannot be renamed anyway.
    """
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # some network folders
        return True
    return True


def unreadable(path: Path, error: OSError) -> InputError:
    """The sentence for a file the system does not hand out."""
    if isinstance(error, FileNotFoundError):
        return InputError(f"{path} does not exist.", "Check the name and the folder.")
    if isinstance(error, PermissionError):
        return InputError(f"{path} may not be read by this user.", "Check the permissions of the file and its folder.")
    return InputError(
        f"{path} cannot be read: {error.strerror or error}.", "Check the disk, or copy the file elsewhere."
    )


def _open(path: Path) -> BinaryIO:
    """The file, also when the writer has compressed it since the folder was listed."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        if path.suffix != ".jsonl":
            raise
        return path.with_name(path.name + ".gz").open("rb")


def _bytes(file: BinaryIO, at_once: int) -> Iterator[bytes]:
    """Content in blocks of at least that size (the last may be shorter), inflated where the file is gzipped."""
    gzipped = file.read(2) == GZIP_MAGIC
    file.seek(0)
    held, size = [], 0
    try:
        for block in _inflated(file) if gzipped else iter(lambda: file.read(_READ), b""):
            held.append(block)
            size += len(block)
            if size >= at_once:
                yield b"".join(held)
                held, size = [], 0
    except DamagedError:
        yield b"".join(held)
        raise
    yield b"".join(held)


def _inflated(file: BinaryIO) -> Iterator[bytes]:
    """Like the gzip module, but nothing that can still be inflated before a fault is lost."""
    inflater = zlib.decompressobj(wbits=31)
    while data := file.read(_READ):
        while data:
            if inflater.eof:  # several gzip members, one after another
                inflater = zlib.decompressobj(wbits=31)
            before = inflater.copy()
            try:
                yield inflater.decompress(data)
            except zlib.error:
                yield from _salvaged(before, data)
                raise DamagedError("the compressed data are damaged") from None
            data = inflater.unused_data
    if not inflater.eof:
        raise DamagedError("the compressed file is cut short")


def _salvaged(inflater: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """What comes out before the fault, byte by byte."""
    for i in range(len(data)):
        try:
            yield inflater.decompress(data[i : i + 1])
        except zlib.error:
            return
