"""The standard heart rate measurement (characteristic 2A37): heart rate and the intervals between beats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from ..events import Event

_WIDE_RATE: Final = 0x01
_HAS_ENERGY: Final = 0x08
_HAS_RR: Final = 0x10


@dataclass(frozen=True, slots=True)
class HeartBeats(Event):
    """A heart rate measurement arrived.

    Attributes
    ----------
    rate_bpm : int
        Heart rate as the device averages it, beats per minute; 0 while it has none.
    rr_s : tuple of float
        Intervals between successive beats, s, the oldest first; the last one ended shortly before `t_ns`.
    """

    kind: ClassVar[str] = "heart_beats"

    rate_bpm: int
    rr_s: tuple[float, ...]


def parse_heart_rate(payload: bytes) -> tuple[int, tuple[float, ...]] | None:
    """Heart rate (beats per minute) and RR intervals (s); None when the bytes are no measurement.

    Bluetooth SIG, Heart Rate Service 1.0, section 3.1.1: flags, rate (u8 or u16), energy (u16),
    RR intervals (u16, 1/1024 s).
    """
    if not payload:
        return None
    flags = payload[0]
    at = 3 if flags & _WIDE_RATE else 2
    if len(payload) < at:
        return None
    rate_bpm = int.from_bytes(payload[1:at], "little")
    at += 2 if flags & _HAS_ENERGY else 0
    rest = payload[at:] if flags & _HAS_RR else b""
    if len(payload) < at or len(rest) % 2:
        return None
    return rate_bpm, tuple(int.from_bytes(rest[i : i + 2], "little") / 1024 for i in range(0, len(rest), 2))
