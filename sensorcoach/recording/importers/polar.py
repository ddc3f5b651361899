"""Polar Sensor Logger and the apps that write like it: `Phone timestamp;sensor timestamp [ns];X [mg];Y [mg];Z [mg]`.

There are two clocks. The sensor's counts nanoseconds evenly, but it is set anew when the strap comes off or the phone
sets it; some recorders leave it at 0. The phone's says when a packet arrived: right on the whole, uneven within.
So the sensor's clock gives the steps, and the phone's decides where it leaps.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from ...samples import NS, STANDARD_GRAVITY_MS2, FloatArray, IntArray
from ..delimited import NumberTable, read_table
from ._parts import Form, Kind, Part
from ._text import header_line, part_of

SENSOR_CLOCK: Final = "sensor timestamp [ns]"
PHONE_CLOCK: Final = "phone timestamp"
UNITS: Final[dict[str, tuple[Kind, float]]] = {
    "mg": ("acc", STANDARD_GRAVITY_MS2 / 1000.0),
    "dps": ("gyr", math.pi / 180.0),
}
"""By the unit in the names of the columns: what is measured, and the factor to m/s² or rad/s."""

SET_ANEW_S: Final = 10.0
"""A step over which the clocks differ by more was one of them being set; packets are never this late."""

_ADVICE: Final = "Needed are the columns Phone timestamp;sensor timestamp [ns];X [mg];Y [mg];Z [mg]."
_EPOCH: Final = datetime(1970, 1, 1)


def _matches(head: bytes) -> bool:
    names = header_line(head)
    return names.startswith(PHONE_CLOCK) and any(f"x [{unit}]" in names for unit in UNITS)


def _read(path: Path) -> list[Part]:
    table = read_table(path, _choose, _ADVICE)
    numbers = table.take()
    unit = _unit(table)
    kind, factor = UNITS[unit]
    t_s, set_at = _join_clocks(numbers[:, 0] / NS, numbers[:, 4])
    for row in set_at[:20]:
        table.problems.add(
            path.name, table.line_of(int(row)), "a clock was set here; the time passed is taken from the other one"
        )
    phone = numbers[np.isfinite(numbers[:, 4]), 4]
    metadata = {"format": "Polar Sensor Logger"}
    if len(phone):
        metadata["start"] = datetime.fromtimestamp(float(phone[0]), UTC).replace(tzinfo=None).isoformat()
    return [part_of(table, kind, t_s, numbers[:, 1:4] * factor, metadata)]


def _choose(table: NumberTable, text: str) -> None:
    unit = _unit(table)
    axes = (f"{axis} [{unit}]" for axis in "xyz")
    table.want([SENSOR_CLOCK, *axes, PHONE_CLOCK], {PHONE_CLOCK: _phone_time_s})


def _unit(table: NumberTable) -> str:
    return next((unit for unit in UNITS if f"x [{unit}]" in table.names), "mg")


def _phone_time_s(text: str) -> float:
    """Local time as ISO 8601, in s since 1970; nan for anything else."""
    try:
        return (datetime.fromisoformat(text.strip()).replace(tzinfo=None) - _EPOCH).total_seconds()
    except ValueError:
        return math.nan


def _join_clocks(sensor_s: FloatArray, phone_s: FloatArray) -> tuple[FloatArray, IntArray]:
    """One time line, and the rows at which one of the clocks had been set.

    Where the steps of both differ by more than `SET_ANEW_S`, the smaller step that is not backwards is the true one.
    """
    known = np.isfinite(sensor_s)
    if not known.any() or not np.ptp(sensor_s[known]):
        return phone_s, np.empty(0, np.int64)
    steps, others = np.diff(sensor_s, prepend=sensor_s[:1]), np.diff(phone_s, prepend=phone_s[:1])
    differ = np.abs(steps - others) > SET_ANEW_S  # never where one of them is not known
    wrong = differ & (others >= 0.0) & ((steps < 0.0) | (others < steps))
    t_s = sensor_s + np.cumsum(np.where(wrong, others - steps, 0.0))
    return t_s, np.flatnonzero(differ).astype(np.int64)


def _companion(path: Path) -> Path | None:
    """`…_ACC.txt` lies beside `…_GYRO.txt`."""
    stem, marker, rest = path.name.rpartition("_ACC")
    return path.with_name(f"{stem}_GYRO{rest}") if marker else None


FORM: Final = Form("Polar Sensor Logger", _matches, _read, _companion, from_zero=True)
