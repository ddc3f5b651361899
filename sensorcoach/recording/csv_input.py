"""Reads recordings from CSV: columns `t,ax,ay,az[,gx,gy,gz]` in s, m/s² and rad/s, plain or gzipped.

Other columns are ignored, leading `# key: value` lines are metadata. Commas, semicolons or tabs separate; where commas
do not, they may be decimal points.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from ..errors import InputError
from ..samples import STANDARD_GRAVITY_MS2, FloatArray, IntArray
from .arrays import ArrayRecording, settle
from .delimited import NumberTable, is_number, read_table
from .segments import read_lines

NEEDED: Final = ("t", "ax", "ay", "az")
GYRO: Final = ("gx", "gy", "gz")
ACC_UNITS: Final[Mapping[str, float]] = {"m/s2": 1.0, "g": STANDARD_GRAVITY_MS2, "mg": STANDARD_GRAVITY_MS2 / 1000}
GYRO_UNITS: Final[Mapping[str, float]] = {"rad/s": 1.0, "deg/s": math.pi / 180}
_ADVICE: Final = "Needed are t, ax, ay, az in s and m/s² and, if there is a gyro, gx, gy, gz in rad/s."


@dataclass(frozen=True, slots=True)
class Units:
    """Factors that bring the columns of a file to m/s² and rad/s."""

    acc: float = 1.0
    gyr: float = 1.0


def read_csv(path: str | Path, units: Units | None = None) -> ArrayRecording:
    """The recording in a CSV file, in m/s² and rad/s unless `units` say otherwise.

    Raises
    ------
    InputError
        One clear sentence for anything that cannot be read or understood; see also `arrays.settle`.
    """
    table = read_table(path, _choose, _ADVICE)
    rows = table.rows(lambda starts: _splitting_column(table, starts))
    t_s, acc, gyr = _gather(table.numbers)
    if units is not None:
        acc *= units.acc
        gyr = None if gyr is None else gyr * units.gyr
    return settle(rows, t_s, acc, gyr, table.problems, table.metadata)


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


def _choose(table: NumberTable, text: str) -> None:
    given = [name for name in NEEDED + GYRO if name in table.names]
    wanted = [*NEEDED, *GYRO] if "gx" in given else [*NEEDED]
    missing = [name for name in wanted if name not in given]
    if missing or any(name in given for name in GYRO) != ("gx" in given):
        raise InputError(_wrong_columns(table), _ADVICE)
    if twice := [name for name in given if table.names.count(name) > 1]:
        raise InputError(f"{table.path} has the column {twice[0]} more than once.", _ADVICE)
    table.want(wanted)
    table.decimal_comma = table.delimiter != ","


def _wrong_columns(table: NumberTable) -> str:
    """What is wrong with the names of the columns."""
    readable = [
        name for name in table.names if name and name.isprintable() and "\ufffd" not in name and len(name) <= 40
    ]
    if len(readable) < len(table.names) / 2:
        return table.binary
    if all(is_number(name) for name in readable):
        return f"{table.path} has no line with the names of its columns."
    if len(readable) == 1 and len(readable[0].split()) > 3:
        return f"{table.path} has its columns separated by spaces; put commas, semicolons or tabs between them."
    more = f" and {len(readable) - 12} more" if len(readable) > 12 else ""
    missing = [name for name in NEEDED if name not in table.names] or [n for n in GYRO if n not in table.names]
    return f"{table.path} has the columns {', '.join(readable[:12])}{more}, but no {', '.join(missing)}."


def _splitting_column(table: NumberTable, starts: IntArray) -> str:
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
    counting = [i for i in fitting if is_number(last[i].decode("utf-8", "replace"))]
    return table.names[(counting or fitting)[0]] if fitting else ""
