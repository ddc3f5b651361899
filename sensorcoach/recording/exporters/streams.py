"""What a recording is as streams, the same in an XDF file and on the Lab Streaming Layer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np

from ...samples import FloatArray, StreamInfo
from ..pose import Pose
from ..tables import Table

NUMBERS: Final[dict[str, str]] = {
    "breath_rate_brpm": "1/min",
    "breath_rate_now_brpm": "1/min",
    "breath_quality": "",
    "flexion_deg": "deg",
    "lateral_deg": "deg",
    "inclination_deg": "deg",
    "posture_quality": "",
    "slouching": "",
}
"""Columns of the `seconds` table that are numbers, with their units."""
WORDS: Final = ("activity", "breath_phase", "breath_reason")
"""Its columns that are words."""


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """Name and layout of a stream.

    Attributes
    ----------
    name : str
    content_type : str
        As LSL and XDF name content.
    labels, units : tuple of str
        One for each channel.
    rate_hz : float
        0 where samples come when they come.
    form : `float32` or `string`
    about : mapping of str to str
        More to say of it, such as the wearer's upright pose.
    """

    name: str
    content_type: str
    labels: tuple[str, ...]
    units: tuple[str, ...]
    rate_hz: float
    form: Literal["float32", "string"]
    about: Mapping[str, str] = field(default_factory=dict)


def motion_stream(stream: StreamInfo, pose: Pose | None = None) -> StreamSpec:
    """Acceleration and, where there is a gyro, angular rate."""
    labels = [f"{kind} {axis}" for kind in ("acc", "gyr") for axis in "xyz"]
    units = ["m/s^2"] * 3 + ["rad/s"] * 3
    count = 6 if stream.has_gyro else 3
    name = f"sensorcoach {stream.sensor} motion"
    channels = tuple(labels[:count]), tuple(units[:count])
    about = {} if pose is None else pose.metadata()
    return StreamSpec(name, "IMU", *channels, stream.sampling_rate_hz, "float32", about)


def numbers_stream(sensor: str) -> StreamSpec:
    """The numbers of the `seconds` table."""
    name = f"sensorcoach {sensor} seconds"
    return StreamSpec(name, "Estimates", tuple(NUMBERS), tuple(NUMBERS.values()), 1.0, "float32")


def words_stream(sensor: str) -> StreamSpec:
    """The words of the `seconds` table."""
    return StreamSpec(f"sensorcoach {sensor} words", "States", WORDS, ("",) * len(WORDS), 1.0, "string")


def events_stream() -> StreamSpec:
    """Everything that happened, each as one JSON object."""
    return StreamSpec("sensorcoach events", "Markers", ("event",), ("",), 0.0, "string")


def motion_values(acc_ms2: FloatArray, gyr_rads: FloatArray | None) -> FloatArray:
    """Channels of `motion_stream`, shape (n, 3 or 6)."""
    return acc_ms2 if gyr_rads is None else np.hstack([acc_ms2, gyr_rads])


def number_values(seconds: Table) -> FloatArray:
    """Channels of `numbers_stream`, shape (n, 8)."""
    return np.column_stack([seconds[name] for name in NUMBERS])


def word_values(seconds: Table) -> list[list[str]]:
    """Channels of `words_stream`."""
    return [[str(row[name]) for name in WORDS] for row in seconds]


def event_values(events: Table) -> list[list[str]]:
    """Channel of `events_stream`, from the `events` table."""
    return [[event_text(str(row["event"]), float(row["t_s"]), json.loads(row["detail"]))] for row in events]


def event_text(event: str, t_s: float, detail: dict[str, Any]) -> str:
    """One event as JSON, like a line of `--mode json`."""
    return json.dumps({"event": event, "t_s": t_s, **detail})
