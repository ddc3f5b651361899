"""Everything there is to know about a recording, as exporters take it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ...samples import FloatArray, StreamInfo
from ..pose import Pose
from ..tables import Table


@dataclass(frozen=True, slots=True, eq=False)
class SensorSamples:
    """All samples of one sensor.

    Attributes
    ----------
    stream : StreamInfo
    t_s : float array, shape (n,), s
        On the recording's own clock.
    acc_ms2 : float array, shape (n, 3), m/s²
    gyr_rads : float array, shape (n, 3), rad/s, or None
    pose : Pose or None
        The wearer's calibrated upright pose.
    """

    stream: StreamInfo
    t_s: FloatArray
    acc_ms2: FloatArray
    gyr_rads: FloatArray | None
    pose: Pose | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """A recording with what was found in it.

    Attributes
    ----------
    sensors : tuple of SensorSamples
        At least one, each with at least one sample.
    seconds, breaths, events : structured arrays
        As `docs/tables.md` describes them.
    start : datetime or None
        Wall-clock time at `t_s` = 0, where it is known.
    metadata : mapping of str to str
    """

    sensors: tuple[SensorSamples, ...]
    seconds: Table
    breaths: Table
    events: Table
    start: datetime | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
