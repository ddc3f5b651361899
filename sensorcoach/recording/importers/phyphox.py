"""phyphox: CSV with `Time (s)` and columns such as `Acceleration x (m/s^2)` or `Gyroscope x (rad/s)`.

The app lets its user choose comma, semicolon or tab, and point or comma for decimals. "Linear acceleration" is without
gravity and of no use here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from ...errors import InputError
from ..delimited import NumberTable, read_table
from ._parts import Form, Kind, Part
from ._text import header_line, part_of

TIME: Final = "time (s)"
UNITS: Final[dict[str, Kind]] = {"m/s^2": "acc", "m/s²": "acc", "rad/s": "gyr"}
_COLUMN: Final = re.compile(r"(.*?)\s*\b([xyz]) \((m/s\^2|m/s²|rad/s)\)")
_LINEAR: Final = ("linear", "without g")
_ADVICE: Final = "Needed is phyphox's “Acceleration with g” (or “Acceleration” with gravity), exported as CSV."


def _matches(head: bytes) -> bool:
    names = header_line(head)
    return names.startswith(TIME) and _COLUMN.search(names) is not None


def _columns(table: NumberTable) -> dict[Kind, list[str]]:
    """Names of the three columns of each kind, in the order x, y, z."""
    found: dict[Kind, dict[str, str]] = {}
    for name in table.names:
        match = _COLUMN.fullmatch(name)
        if match and not any(word in match[1] for word in _LINEAR):
            found.setdefault(UNITS[match[3]], {}).setdefault(match[2], name)
    return {kind: [axes[axis] for axis in "xyz"] for kind, axes in found.items() if len(axes) == 3}


def _choose(table: NumberTable, text: str) -> None:
    columns = _columns(table)
    if not columns:
        if any(word in text.lower() for word in _LINEAR):
            raise InputError(
                f"{table.path} holds acceleration without gravity, which says nothing of posture.", _ADVICE
            )
        raise InputError(f"{table.path} lacks one of the axes x, y and z.", _ADVICE)
    table.decimal_comma = table.delimiter != ","
    table.want([TIME, *(name for names in columns.values() for name in names)])


def _read(path: Path) -> list[Part]:
    table = read_table(path, _choose, _ADVICE)
    numbers = table.take()
    t_s = numbers[:, 0]
    return [
        part_of(table, kind, t_s, numbers[:, 1 + 3 * i : 4 + 3 * i], {"format": "phyphox"})
        for i, kind in enumerate(_columns(table))
    ]


def _companion(path: Path) -> Path | None:
    return path.with_name("Gyroscope.csv") if path.name != "Gyroscope.csv" else None


FORM: Final = Form("phyphox", _matches, _read, _companion)
