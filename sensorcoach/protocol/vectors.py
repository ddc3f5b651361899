"""Runs a profile's own test vectors: packets of known content against what the decoder makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from ..profiles.model import DeviceProfile, Vector
from ..samples import NS, FloatArray, Packet
from .battery import BatteryLevel
from .decoder import Decoder
from .heart import HeartBeats

SPACING_NS: Final = NS // 1000
"""Test vectors have no arrival times; so short a spacing keeps what belongs together at the same time."""


def check_vectors(profile: DeviceProfile) -> list[str]:
    """What is wrong, one sentence each; empty when every vector decodes to what it says."""
    return [f"{vector.what}: {problem}" for vector in profile.vectors for problem in _problems(profile, vector)]


def _problems(profile: DeviceProfile, vector: Vector) -> list[str]:
    decoder = Decoder(profile, vector.params)
    packets = [Packet((i + 1) * SPACING_NS, decoder.sensor, c, p) for i, (c, p) in enumerate(vector.packets)]
    blocks = decoder.receive(packets)
    events = decoder.take_events()
    acc = _joined([b.acc_ms2 for b in blocks])
    gyr = _joined([b.gyr_rads for b in blocks if b.gyr_rads is not None])
    problems = []
    if len(acc) != vector.count:
        problems.append(f"samples that came out: {len(acc)}; {vector.count} expected")
    if decoder.counters.malformed != vector.malformed:
        problems.append(f"malformed packets: {decoder.counters.malformed}; {vector.malformed} expected")
    for row in vector.rows:
        problems += _compared(
            f"acceleration of sample {row.at} (m/s²)", acc, row.at, row.acc_ms2, row.acc_tolerance_ms2
        )
        problems += _compared(
            f"angular rate of sample {row.at} (rad/s)", gyr, row.at, row.gyr_rads, row.gyr_tolerance_rads
        )
    found: Mapping[str, tuple[Any, Any]] = {
        "device time (ticks)": (tuple(Decoder(profile, vector.params).device_ticks(packets)), vector.ticks),
        "battery (%)": (next((e.percent for e in events if isinstance(e, BatteryLevel)), None), vector.battery_percent),
        "RR intervals (s)": (tuple(r for e in events if isinstance(e, HeartBeats) for r in e.rr_s), vector.rr_s),
    }
    problems += [
        f"{what} came out as {got}, {meant} is expected"
        for what, (got, meant) in found.items()
        if meant not in ((), None) and not _equal(got, meant)
    ]
    return problems


def _equal(got: Any, meant: Any) -> bool:
    a, b = np.array(got, float), np.array(meant, float)
    return a.shape == b.shape and np.allclose(a, b, rtol=0, atol=1e-4)


def _joined(parts: list[FloatArray]) -> FloatArray:
    return np.concatenate(parts) if parts else np.empty((0, 3))


def _compared(
    what: str, rows: FloatArray, at: int, meant: tuple[float, float, float] | None, tolerance: float
) -> list[str]:
    if meant is None or at >= len(rows):
        return [] if meant is None else [f"{what} is missing"]
    if np.abs(rows[at] - meant).max() <= tolerance:
        return []
    got, expected = (", ".join(f"{v:.6g}" for v in row) for row in (rows[at], meant))
    return [f"{what} came out as {got}; {expected} is expected"]
