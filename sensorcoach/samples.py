"""The raw nouns: what a sensor measured, and what was heard from it.

Time is always sample time: int64 nanoseconds since the start of the stream, strictly increasing per sensor.
Units are SI: acceleration in m/s² with gravity, angular rate in rad/s, in the sensor frame its profile defines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

NS: Final = 1_000_000_000
"""Nanoseconds in a second."""

STANDARD_GRAVITY_MS2: Final = 9.80665
"""Standard acceleration of gravity (ISO 80000-3)."""

Site = Literal["chest", "upper-back", "lower-back"]
DEFAULT_SENSOR: Final = "chest"


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """What is known about one sensor's stream before its first sample.

    Attributes
    ----------
    sensor : str
        Name under which everything of this sensor is reported (`chest`, `upper-back`, `lower-back`).
    site : str
        Where it is worn.
    sampling_rate_hz : float
        Nominal rate; the true one may differ by some percent and samples may be missing.
    has_gyro : bool
        Whether angular rate comes with the acceleration.
    """

    sensor: str = DEFAULT_SENSOR
    site: Site = "chest"
    sampling_rate_hz: float = 100.0
    has_gyro: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class SampleBlock:
    """Consecutive samples of one sensor, as many as happened to arrive together.

    Attributes
    ----------
    sensor : str
    t_ns : int64 array, shape (n,), ns since stream start
        Strictly increasing, also from block to block. A missing sample is a longer step, not a row.
    acc_ms2 : float array, shape (n, 3), m/s²
        Finite.
    gyr_rads : float array, shape (n, 3), rad/s, or None
        Finite; None for accelerometer-only devices.
    """

    sensor: str
    t_ns: IntArray
    acc_ms2: FloatArray
    gyr_rads: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.t_ns)

    def __getitem__(self, rows: slice) -> SampleBlock:
        gyr = None if self.gyr_rads is None else self.gyr_rads[rows]
        return SampleBlock(self.sensor, self.t_ns[rows], self.acc_ms2[rows], gyr)


@dataclass(frozen=True, slots=True)
class Packet:
    """Bytes heard from a device, before any decoding.

    Attributes
    ----------
    t_ns : int
        When they arrived, ns of monotonic time since the start of the stream.
    sensor : str
    channel : str
        Name of the characteristic in the device's profile.
    payload : bytes
    """

    t_ns: int
    sensor: str
    channel: str
    payload: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Packets:
    """Consecutive packets of one sensor as columns: for a day of them, an object each would cost most of the time.

    Attributes
    ----------
    t_ns : int64 array, shape (n,), ns
    payloads : list of bytes, n long
    channels : tuple of str
    channel : int64 array, shape (n,)
        Which of `channels` each came from.
    """

    t_ns: IntArray
    payloads: list[bytes]
    channels: tuple[str, ...]
    channel: IntArray

    @staticmethod
    def of(packets: Sequence[Packet]) -> Packets:
        """Single packets as columns."""
        numbers = {name: number for number, name in enumerate(dict.fromkeys([p.channel for p in packets]))}
        return Packets(
            np.array([p.t_ns for p in packets], np.int64),
            [p.payload for p in packets],
            tuple(numbers),
            np.array([numbers[p.channel] for p in packets], np.int64),
        )


@dataclass(frozen=True, slots=True)
class Tick:
    """The transport's clock, once a second: the only clock the engine ever sees.

    Attributes
    ----------
    t_ns : int
        Monotonic time since the start of the stream, ns.
    wall_ns : int
        Unix time, ns.
    utc_offset_s : int
        Offset of local time from UTC.
    """

    t_ns: int
    wall_ns: int
    utc_offset_s: int = 0
