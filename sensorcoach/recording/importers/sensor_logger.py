"""Sensor Logger: one CSV per sensor with `time,seconds_elapsed,z,y,x` (z first), in m/s² and rad/s.

All its files have the same columns, so the file's name says what is in it. `TotalAcceleration.csv` includes gravity,
`Accelerometer.csv` does not (units and files: the app's own reference, github.com/tszheichoi/awesome-sensor-logger).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from ...errors import InputError
from ...samples import NS, STANDARD_GRAVITY_MS2, FloatArray
from ..delimited import NumberTable, read_table
from ._parts import Form, Part
from ._text import header_line, part_of

WALL, TIME, AXES = "time", "seconds_elapsed", ("x", "y", "z")
_ADVICE: Final = "Needed are the columns time,seconds_elapsed,z,y,x."


def _matches(head: bytes) -> bool:
    return header_line(head).replace(" ", "").startswith(f"{WALL},{TIME},")


def _choose(table: NumberTable, text: str) -> None:
    if any(name not in table.names for name in AXES):
        raise InputError(f"{table.path} is no accelerometer or gyroscope file of Sensor Logger.", _ADVICE)
    table.want([WALL, TIME, *AXES])


def _read(path: Path) -> list[Part]:
    table = read_table(path, _choose, _ADVICE)
    numbers = table.take()
    t_s, values = numbers[:, 1], numbers[:, 2:]
    if "gyro" in path.name.lower():
        return [part_of(table, "gyr", t_s, values, {})]
    _refuse_without_gravity(path, values)
    return [part_of(table, "acc", t_s, values, {"format": "Sensor Logger", **_start(numbers)})]


def _refuse_without_gravity(path: Path, acc_ms2: FloatArray) -> None:
    name = path.name.lower()
    if not name.startswith("accelerometer") or "uncalibrated" in name:
        return
    size = np.linalg.norm(acc_ms2, axis=1)
    size = size[np.isfinite(size)]
    if len(size) and float(np.median(size)) < STANDARD_GRAVITY_MS2 / 2.0:
        raise InputError(
            f"{path} holds acceleration without gravity, which says nothing of posture.",
            "Take TotalAcceleration.csv of the same export; on an iPhone record “Accelerometer Uncalibrated” with "
            "“Standardise Units & Frames” switched on.",
        )


def _start(numbers: FloatArray) -> dict[str, str]:
    """Wall-clock time of `seconds_elapsed` = 0, from the first row."""
    start_s = float(numbers[0, 0]) / NS - float(numbers[0, 1])
    try:
        return {"start": datetime.fromtimestamp(start_s, UTC).isoformat(timespec="milliseconds")}
    except (ValueError, OverflowError, OSError):
        return {}


def _companion(path: Path) -> Path | None:
    return path.with_name(f"Gyroscope{path.suffix}") if "gyro" not in path.name.lower() else None


FORM: Final = Form("Sensor Logger", _matches, _read, _companion)
