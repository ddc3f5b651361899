"""What a device says about its charge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..events import Event
from ..profiles.model import NUMBER_TYPES, Battery, Condition


@dataclass(frozen=True, slots=True)
class BatteryLevel(Event):
    """The device's charge, %."""

    kind: ClassVar[str] = "battery"

    percent: float


def parse_battery(battery: Battery, payload: bytes) -> float | None:
    """Charge in percent; None when these bytes do not speak of it."""
    dtype = np.dtype(NUMBER_TYPES[battery.type])
    if not fits(payload, battery.when) or len(payload) < battery.at + dtype.itemsize:
        return None
    value = float(np.frombuffer(payload, dtype, 1, battery.at)[0]) * battery.scale
    if battery.table:
        values, percents = zip(*battery.table, strict=True)
        value = float(np.interp(value, values, percents))
    return value if 0.0 <= value <= 100.0 else None


def leading(when: tuple[Condition, ...]) -> bytes:
    """Bytes with which everything that fulfils these conditions begins; often none fit, and this is quickly seen."""
    return next((eq for at, eq, mask in when if at == 0 and not mask.strip(b"\xff")), b"")


def fits(payload: bytes, when: tuple[Condition, ...]) -> bool:
    """Whether all conditions hold for these bytes."""
    for at, eq, mask in when:
        part = payload[at : at + len(eq)]
        if part == eq:
            continue
        if len(part) < len(eq) or any(b & m != e for b, e, m in zip(part, eq, mask, strict=True)):
            return False
    return True
