"""Files as other programs write them, made from one small movement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from sensorcoach.samples import STANDARD_GRAVITY_MS2

RATE_HZ = 50.0
START = datetime(2026, 5, 4, 10, 30, 0, 250_000)


def movement(seconds: float = 12.0, rate_hz: float = RATE_HZ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times (n,), acceleration (n, 3) m/s², angular rate (n, 3) rad/s of a trunk that rocks about the y axis."""
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    pitch = 0.2 * np.sin(2.0 * np.pi * 0.3 * t)
    rate = 0.2 * 2.0 * np.pi * 0.3 * np.cos(2.0 * np.pi * 0.3 * t)
    acc = STANDARD_GRAVITY_MS2 * np.column_stack([-np.sin(pitch), 0.1 * np.ones_like(t), np.cos(pitch)])
    return t, acc, np.column_stack([0.01 * np.cos(t), rate, np.zeros_like(t)])


def polar(
    values: np.ndarray, t: np.ndarray, unit: str = "mg", *, sensor_ns: Sequence[int] | None = None, late_s: float = 0.0
) -> str:
    """Polar Sensor Logger's text: `values` in its unit; packets of 10 arrive together, `late_s` later than measured."""
    clock = [599_628_000_000_000_000 + round(1e9 * s) for s in t] if sensor_ns is None else sensor_ns
    lines = ["Phone timestamp;sensor timestamp [ns];" + ";".join(f"{a} [{unit}]" for a in "XYZ") + " "]
    for i, (row, ns) in enumerate(zip(values, clock, strict=True)):
        arrival = START + timedelta(seconds=float(t[min(i // 10 * 10 + 9, len(t) - 1)]) + late_s)
        lines.append(f"{arrival.isoformat(timespec='milliseconds')};{ns};" + ";".join(f"{v:.6f}" for v in row))
    return "\n".join(lines) + "\n"


def phyphox(
    t: np.ndarray,
    values: np.ndarray,
    name: str = "Acceleration {} (m/s^2)",
    *,
    separator: str = ",",
    comma: bool = False,
) -> str:
    """phyphox's text, with the separators its user may choose."""
    names = [f'"{n}"' for n in ["Time (s)", *(name.format(a) for a in "xyz"), "Absolute"]]
    lines = [separator.join(names)]
    for s, row in zip(t, values, strict=True):
        line = separator.join(f"{v:.9E}" for v in (s, *row, np.linalg.norm(row)))
        lines.append(line.replace(".", ",") if comma else line)
    return "\n".join(lines) + "\n"


def sensor_logger(t: np.ndarray, values: np.ndarray) -> str:
    """Sensor Logger's text: z first."""
    epoch_ns = 1_777_890_600_000_000_000
    lines = ["time,seconds_elapsed,z,y,x"]
    lines += [
        f"{epoch_ns + round(1e9 * s)},{s:.6f},{v[2]:.9f},{v[1]:.9f},{v[0]:.9f}" for s, v in zip(t, values, strict=True)
    ]
    return "\n".join(lines) + "\n"


def movesense(t: np.ndarray, acc: np.ndarray, gyr: np.ndarray | None, *, each: int = 10) -> list[dict[str, object]]:
    """Movesense's messages; angular rates in °/s."""
    out: list[dict[str, object]] = []
    for start in range(0, len(t), each):
        piece = slice(start, start + each)
        message: dict[str, object] = {"Timestamp": 5_000_000 + round(1000 * t[start]), "ArrayAcc": _xyz(acc[piece])}
        if gyr is not None:
            message["ArrayGyro"] = _xyz(np.degrees(gyr[piece]))
        out.append(message)
    return out


def _xyz(rows: np.ndarray) -> list[dict[str, float]]:
    return [dict(zip("xyz", map(float, row), strict=True)) for row in rows]


def write(path: Path, content: str | bytes | list[dict[str, object]]) -> Path:
    """A file with this content."""
    if isinstance(content, list):
        content = json.dumps(content)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
