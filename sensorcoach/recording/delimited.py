"""Reads tables of numbers from text, plain or gzipped: commas, semicolons or tabs, with a line of column names.

Which columns are wanted is the caller's business. The numbers go through numpy's own parser in blocks of a megabyte;
only where it stumbles are lines looked at one by one, so that a fault is reported with its line number.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

from ..errors import InputError
from ..samples import FloatArray, IntArray
from .problems import ProblemLog
from .segments import DamagedError, Lines, read_lines
from .timing import Rows

_NOT_KNOWN: Final = ("", "nan", "na", "n/a", "null", "none")

Converter: TypeAlias = Callable[[str], float]


@dataclass(slots=True)
class NumberTable:
    """A table while it is read: its head, the numbers so far, and which lines they are not from.

    Attributes
    ----------
    path : Path
    advice : str
        What such a file needs to have, for errors.
    metadata : dict of str to str
        The leading `# key: value` lines.
    names : list of str
        All columns, in lower case.
    wanted : list of str
        Names of the columns to be read, in the order in which they are to come.
    columns : list of int
        Where those stand.
    converters : mapping of column to function
        For columns that are no plain numbers.
    decimal_comma : bool
        Whether commas are decimal points (only where they do not separate).
    """

    path: Path
    advice: str
    problems: ProblemLog = field(default_factory=ProblemLog)
    metadata: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    delimiter: str = ","
    wanted: list[str] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    converters: dict[int | str, Converter] = field(default_factory=dict)
    decimal_comma: bool = False
    skipped: list[int] = field(default_factory=list)  # numbers of lines that are no rows, in order
    numbers: list[FloatArray] = field(default_factory=list)

    def want(self, names: list[str], converters: Mapping[str, Converter] | None = None) -> None:
        """Choose the columns to be read.

        Raises
        ------
        InputError
            One is not there.
        """
        if missing := [name for name in names if name not in self.names]:
            raise InputError(f"{self.path} has no column {missing[0]}.", self.advice)
        self.wanted = list(names)
        self.columns = [self.names.index(name) for name in names]
        self.converters = {self.names.index(name): function for name, function in (converters or {}).items()}

    def line_of(self, row: int) -> int:
        """Number of the line a row stands in."""
        line = row + 1
        for skipped in self.skipped:
            if skipped > line:
                break
            line += 1
        return line

    def rows(self, splitting_column: Callable[[IntArray], str] = lambda starts: "") -> Rows:
        """Names its rows for people."""
        return Rows(str(self.path), self.path.name, self.line_of, splitting_column)

    def take(self) -> FloatArray:
        """All rows of the wanted columns, shape (n, wanted); the pieces are let go."""
        pieces, self.numbers = self.numbers, []
        return np.concatenate(pieces)

    @property
    def binary(self) -> str:
        """The sentence for a file that is none."""
        return f"{self.path} is a binary file, not a table of numbers."


def read_table(path: str | Path, choose: Callable[[NumberTable, str], None], advice: str) -> NumberTable:
    """The numbers of a file, at least one row.

    Parameters
    ----------
    path : path
    choose : function
        Called once with the table (its `names` known) and the line of names as it stands; calls `want`, or refuses.
    advice : str
        What such a file needs to have.

    Raises
    ------
    InputError
        One clear sentence for anything that cannot be read or understood.
    """
    table = NumberTable(Path(path), advice)
    try:
        for found in read_lines(table.path):
            _read(table, found, choose)
    except DamagedError as error:
        if not table.names:
            raise InputError(f"{path} cannot be unpacked: {error}.", "Get a whole copy of the file.") from None
        table.problems.add(table.path.name, 0, f"{error}; what stood after that is lost")
    if not table.names:
        raise InputError(f"{path} is empty.", advice)
    if not sum(map(len, table.numbers)):
        raise InputError(f"{path} has a header but no samples.", "Check the recording.")
    return table


def split_names(text: str) -> tuple[str, list[str]]:
    """What separates the columns of a line of names, and the names in lower case."""
    delimiter = max(",;\t", key=text.count)
    return delimiter, [name.strip().strip('"').lower() for name in text.split(delimiter)]


def is_number(text: str) -> bool:
    """Whether it reads as one."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _read(table: NumberTable, found: Lines, choose: Callable[[NumberTable, str], None]) -> None:
    """Take in some lines: first the head, then numbers."""
    start = 0
    if not table.names:
        start = _read_head(table, found, choose)
    lines = found.lines[start:]
    is_row = [bool(line) and not line.startswith(b"#") and not line.isspace() for line in lines]
    if not all(is_row):
        table.skipped += [found.first + start + i for i, row in enumerate(is_row) if not row]
        lines = [line for line, row in zip(lines, is_row, strict=True) if row]
    if not lines:
        return
    if table.decimal_comma:
        lines = [line.replace(b",", b".") for line in lines]
    try:
        numbers = np.loadtxt(
            lines,
            delimiter=table.delimiter,
            usecols=table.columns,
            converters=table.converters or None,
            comments=None,
            quotechar='"',
            ndmin=2,
        )
        if len(numbers) != len(lines):
            raise ValueError("a stray quote or line end: rows are not lines")
    except ValueError:
        numbers = _read_singly(table, lines, found, start)
    table.numbers.append(numbers)


def _read_head(table: NumberTable, found: Lines, choose: Callable[[NumberTable, str], None]) -> int:
    """Metadata and column names; returns how many lines they took."""
    begin = b"".join(found.lines[:50])[:4096]
    if begin.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InputError(f"{table.path} is text in UTF-16.", "Save it as CSV in UTF-8 (Excel: 'CSV UTF-8').")
    if b"\0" in begin:
        raise InputError(table.binary, table.advice)
    for number, line in enumerate(found.lines, found.first):
        table.skipped.append(number)
        text = line.decode("utf-8-sig" if number == 1 else "utf-8", "replace").strip()
        if text.startswith("#"):
            key, colon, value = text.lstrip("# ").partition(":")
            if colon:
                table.metadata[key.strip()] = value.strip()
        elif text:
            table.delimiter, table.names = split_names(text)
            choose(table, text)
            return number - found.first + 1
    return len(found.lines)


def _read_singly(table: NumberTable, lines: list[bytes], found: Lines, start: int) -> FloatArray:
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


def _numbered(table: NumberTable, found: Lines, start: int) -> Iterator[int]:
    skipped = set(table.skipped)
    return (n for n in range(found.first + start, found.first + len(found.lines)) if n not in skipped)


def _read_line(table: NumberTable, line: bytes, number: int) -> list[float]:
    fields = line.split(table.delimiter.encode())
    if len(fields) <= max(table.columns):
        raise InputError(
            f"{table.path}: line {number} has {len(fields)} columns where the header has {len(table.names)}.",
            "Mend or remove the line.",
        )
    values = []
    for name, column in zip(table.wanted, table.columns, strict=True):
        text = fields[column].strip().strip(b'"').strip().decode("utf-8", "replace")
        try:
            values.append(np.nan if text.lower() in _NOT_KNOWN else table.converters.get(column, float)(text))
        except ValueError:
            shown = text[:30] if text[:30].isprintable() else ascii(text[:30])
            advice = "Write decimals with a point." if "," in text else "Mend or remove the line."
            raise InputError(
                f"{table.path}: line {number} holds {shown!r} in column {name}, where a number is needed.", advice
            ) from None
    return values
