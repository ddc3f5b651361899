"""Reads recordings from CSV: columns `t,ax,ay,az[,gx,gy,gz]` in s, m/s² and rad/s, plain or gzipped.

Other columns are ignored, leading `# key: value` lines are metadata; commas, semicolons or tabs separate. The numbers
go through numpy's own parser in blocks of a megabyte; only where it stumbles are lines looked at one by one, so that a
fault is reported with its line number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from ..errors import InputError
from ..samples import FloatArray, IntArray
from .arrays import ArrayRecording, settle
from .problems import ProblemLog
from .segments import DamagedError, Lines, read_lines
from .timing import Rows

NEEDED: Final = ("t", "ax", "ay", "az")
GYRO: Final = ("gx", "gy", "gz")
_ADVICE: Final = "Needed are t, ax, ay, az in s and m/s² and, if there is a gyro, gx, gy, gz in rad/s."
_NOT_KNOWN: Final = (b"", b"nan", b"na", b"n/a", b"null", b"none")


@dataclass(slots=True)
class _Table:
    """A CSV file while it is read: its head, the numbers so far, and which lines they are not from."""

    path: Path
    problems: ProblemLog = field(default_factory=ProblemLog)
    metadata: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    delimiter: str = ","
    wanted: list[str] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)  # numbers of lines that are no rows, in order
    numbers: list[FloatArray] = field(default_factory=list)

    def line_of(self, row: int) -> int:
        """Number of the line a row stands in."""
        line = row + 1
        for skipped in self.skipped:
            if skipped > line:
                break
            line += 1
        return line


def read_csv(path: str | Path) -> ArrayRecording:
    """The recording in a CSV file.

    Raises
    ------
    InputError
        One clear sentence for anything that cannot be read or understood; see also `arrays.settle`.
    """
    table = _Table(Path(path))
    try:
        for found in read_lines(table.path):
            _read(table, found)
    except DamagedError as error:
        if not table.names:
            raise InputError(f"{path} cannot be unpacked: {error}.", "Get a whole copy of the file.") from None
        table.problems.add(table.path.name, 0, f"{error}; what stood after that is lost")
    if not table.names:
        raise InputError(f"{path} is empty.", _ADVICE)
    if not sum(map(len, table.numbers)):
        raise InputError(f"{path} has a header but no samples.", "Check the recording.")
    rows = Rows(str(path), table.path.name, table.line_of, lambda starts: _splitting_column(table, starts))
    return settle(rows, *_gather(table.numbers), table.problems, table.metadata)


def _gather(parts: list[FloatArray]) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """Time, acceleration and angular rate as arrays of their own; empties `parts` on the way to spare memory."""
    n, width = sum(map(len, parts)), parts[0].shape[1]
    t_s, acc, gyr = np.empty(n), np.empty((n, 3)), np.empty((n, width - 4))
    stop = n
    while parts:
        part = parts.pop()
        start = stop - len(part)
        t_s[start:stop], acc[start:stop], gyr[start:stop] = part[:, 0], part[:, 1:4], part[:, 4:]
        stop = start
    return t_s, acc, gyr if width == 7 else None


def _read(table: _Table, found: Lines) -> None:
    """Take in some lines: first the head, then numbers."""
    start = 0
    if not table.names:
        start = _read_head(table, found)
    lines = found.lines[start:]
    is_row = [bool(line) and not line.startswith(b"#") and not line.isspace() for line in lines]
    if not all(is_row):
        table.skipped += [found.first + start + i for i, row in enumerate(is_row) if not row]
        lines = [line for line, row in zip(lines, is_row, strict=True) if row]
    if not lines:
        return
    try:
        numbers = np.loadtxt(
            lines, delimiter=table.delimiter, usecols=table.columns, comments=None, quotechar='"', ndmin=2
        )
        if len(numbers) != len(lines):
            raise ValueError("a stray quote or line end: rows are not lines")
    except ValueError:
        numbers = _read_singly(table, lines, found, start)
    table.numbers.append(numbers)


def _read_head(table: _Table, found: Lines) -> int:
    """Metadata and column names; returns how many lines they took."""
    if b"\0" in b"".join(found.lines[:50])[:4096]:
        raise InputError(_binary(table), _ADVICE)
    for number, line in enumerate(found.lines, found.first):
        table.skipped.append(number)
        text = line.decode("utf-8-sig" if number == 1 else "utf-8", "replace").strip()
        if text.startswith("#"):
            key, colon, value = text.lstrip("# ").partition(":")
            if colon:
                table.metadata[key.strip()] = value.strip()
        elif text:
            _read_names(table, text)
            return number - found.first + 1
    return len(found.lines)


def _read_names(table: _Table, text: str) -> None:
    table.delimiter = max(",;\t", key=text.count)
    table.names = [name.strip().strip('"').lower() for name in text.split(table.delimiter)]
    given = [name for name in NEEDED + GYRO if name in table.names]
    table.wanted = [*NEEDED, *GYRO] if "gx" in given else [*NEEDED]
    missing = [name for name in table.wanted if name not in given]
    if missing or any(name in given for name in GYRO) != ("gx" in given):
        raise InputError(_wrong_columns(table, text), _ADVICE)
    if twice := [name for name in given if table.names.count(name) > 1]:
        raise InputError(f"{table.path} has the column {twice[0]} more than once.", _ADVICE)
    table.columns = [table.names.index(name) for name in table.wanted]


def _wrong_columns(table: _Table, text: str) -> str:
    """What is wrong with the names of the columns."""
    readable = [
        name for name in table.names if name and name.isprintable() and "\ufffd" not in name and len(name) <= 40
    ]
    if len(readable) < len(table.names) / 2:
        return _binary(table)
    if all(_is_number(name) for name in readable):
        return f"{table.path} has no line with the names of its columns."
    more = f" and {len(readable) - 12} more" if len(readable) > 12 else ""
    return f"{table.path} has the columns {', '.join(readable[:12])}{more}."


def _binary(table: _Table) -> str:
    return f"{table.path} is a binary file, not a table of numbers."


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _read_singly(table: _Table, lines: list[bytes], found: Lines, start: int) -> FloatArray:
    """The numbers of lines among which there is a fault, an empty field or an unusual word for "not known"."""
    rows, numbers = [], _numbered(table, found, start)
    for line, number in zip(lines, numbers, strict=True):
        try:
            rows.append(_read_line(table, line, number))
        except InputError:
            if not found.unfinished:
                raise
            table.problems.add(table.path.name, number, "the last line is cut off; it is left out")
    return np.array(rows, np.float64).reshape(len(rows), len(table.columns))


def _numbered(table: _Table, found: Lines, start: int) -> Iterator[int]:
    skipped = set(table.skipped)
    return (n for n in range(found.first + start, found.first + len(found.lines)) if n not in skipped)


def _read_line(table: _Table, line: bytes, number: int) -> list[float]:
    fields = line.split(table.delimiter.encode())
    if len(fields) <= max(table.columns):
        raise InputError(
            f"{table.path}: line {number} has {len(fields)} columns where the header has {len(table.names)}.",
            "Mend or remove the line.",
        )
    values = []
    for name, column in zip(table.wanted, table.columns, strict=True):
        text = fields[column].strip().strip(b'"').strip()
        try:
            values.append(np.nan if text.lower() in _NOT_KNOWN else float(text))
        except ValueError:
            shown = text.decode("utf-8", "replace")[:30]
            shown = shown if shown.isprintable() else ascii(shown)
            advice = "Write decimals with a point." if b"," in text else "Mend or remove the line."
            raise InputError(
                f"{table.path}: line {number} holds {shown!r} in column {name}, where a number is needed.", advice
            ) from None
    return values


def _splitting_column(table: _Table, starts: IntArray) -> str:
    """The column outside ours that changes where `t` starts anew and nowhere else: the number of the recording, say."""
    others = [i for i in range(len(table.names)) if i not in table.columns]
    changes: dict[int, list[int]] = {i: [] for i in others}
    last: list[bytes] = []
    row = 0
    skipped = set(table.skipped)
    for found in read_lines(table.path):
        for number, line in enumerate(found.lines, found.first):
            if number in skipped:
                continue
            fields = line.split(table.delimiter.encode())
            for i in others if last else ():
                if fields[i : i + 1] != last[i : i + 1]:
                    changes[i].append(row)
            last = fields
            row += 1
    fitting = [i for i in others if changes[i] == starts.tolist()]
    counting = [i for i in fitting if _is_number(last[i].decode("utf-8", "replace"))]
    return table.names[(counting or fitting)[0]] if fitting else ""
