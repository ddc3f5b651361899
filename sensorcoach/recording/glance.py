"""What a journal says at a glance: its header and its length, from its first and last lines alone.

Folders of hundreds are listed this way. What cannot be seen so is not known: nothing is guessed from the dates of
files, which copying changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..errors import InputError
from ..samples import NS
from .journal_format import FORMAT_NAME, JournalHeader, parse_json
from .journal_reader import JournalReader
from .segments import DamagedError, last_line, read_lines

LARGE_BYTES: Final = 100_000
"""A compressed segment of this size takes a millisecond to unpack; before a larger one, others are asked."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What was seen.

    Attributes
    ----------
    header : JournalHeader or None
        None where the journal cannot be read at all.
    length_s : float or None, s
        Stream time from the first item to the last whole line; None where one of them cannot be read, or a segment is
        missing.
    """

    header: JournalHeader | None = None
    length_s: float | None = None


def glance(
    folder: Path, known_s: Callable[[JournalReader], float | None] = lambda reader: None, *, unpack: bool = True
) -> Glance:
    """Look at a journal, be it sound, damaged, or being written right now.

    Parameters
    ----------
    folder : Path
    known_s : function from the journal to its length in s, or None
        Asked where the end of a large compressed segment would have to be unpacked.
    unpack : bool
        Whether to unpack it where the answer is None.
    """
    try:
        reader = JournalReader(folder)
        paths = list(reader.segments.values())
        length_s: float | None = None
        if list(reader.segments) == list(range(1, len(paths) + 1)):  # none is missing
            large = _large(paths[-1])
            length_s = known_s(reader) if large else None
            if length_s is None and (unpack or not large):
                length_s = _length_s(paths)
    except InputError:
        return Glance()
    return Glance(reader.header, length_s)


def _large(path: Path) -> bool:
    try:
        return path.suffix == ".gz" and path.stat().st_size > LARGE_BYTES
    except OSError:
        return False


def _length_s(paths: list[Path]) -> float | None:
    try:
        first_ns, last_ns = _first_time(paths[0]), _last_time(paths)
    except (ValueError, DamagedError, InputError):
        return None
    return (last_ns - first_ns) / NS if last_ns >= first_ns else None


def _first_time(path: Path) -> int:
    """Stream time of the item after the header."""
    header = False
    for found in read_lines(path, at_once=1):
        for line in found.lines:
            if header and not found.unfinished:
                return _time(line)
            if not _is_header(line):
                raise ValueError("no header in the first line")
            header = True
    raise ValueError("no item")


def _last_time(paths: list[Path]) -> int:
    """Stream time of the last whole line; a segment that has just begun holds its header alone."""
    for path in reversed(paths):
        line = last_line(path)
        if not _is_header(line):
            return _time(line)
    raise ValueError("no item")


def _is_header(line: bytes) -> bool:
    content = parse_json(line)
    return isinstance(content, dict) and content.get("format") == FORMAT_NAME


def _time(line: bytes) -> int:
    content = parse_json(line)
    t_ns = content.get("t") if isinstance(content, dict) else None
    if type(t_ns) is not int:
        raise ValueError("no line of an item")
    return t_ns
