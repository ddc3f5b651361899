"""EDF+ (Kemp & Olivan 2003, Clin Neurophysiol 114:1755), continuous, through edfio.

EDF wants evenly spaced 16-bit values without holes. Samples are interpolated onto a whole number of hertz (never over
more than 0.2 s), and what is not known stands at the lowest digital value, which lies below the range of real values.
Records last a second, so a row of the `seconds` table is the value of the second that it ends.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from ...errors import UsageError
from ...samples import FloatArray
from ..between import between
from ..new_file import new_file, not_written
from ..tables import Table
from .bundle import Bundle, SensorSamples

if TYPE_CHECKING:
    from edfio import EdfAnnotation, EdfSignal

BRIDGE_S: Final = 0.2
UNKNOWN: Final = -32768
HIGHEST: Final = 32767

ESTIMATES: Final[dict[str, tuple[str, str, float, float]]] = {
    "breath_rate_brpm": ("breath rate", "1/min", -1.0, 100.0),
    "breath_rate_now_brpm": ("breath rate now", "1/min", -1.0, 100.0),
    "breath_quality": ("breath quality", "", -0.1, 1.1),
    "flexion_deg": ("flexion", "deg", -181.0, 181.0),
    "lateral_deg": ("lateral", "deg", -181.0, 181.0),
    "inclination_deg": ("inclination", "deg", -1.0, 181.0),
    "posture_quality": ("posture quality", "", -0.1, 1.1),
    "slouching": ("slouching", "", -1.0, 1.0),
}
"""Column of `seconds`: label, unit, and the physical range; its lower end stands for "not known"."""

_WORTH_SAYING: Final = ("activity", "phase", "state", "reason", "code", "label", "exercise", "cue")
_YEARS: Final = (1985, 2084)  # those the start date of an EDF file can say


def write_edf(bundle: Bundle, path: Path) -> list[Path]:
    """Samples and estimates as signals, events as annotations, in one file.

    Raises
    ------
    UsageError
        The package edfio is not installed.
    OutputError
        The system does not take the file.
    """
    try:
        import edfio
    except ImportError:
        raise UsageError("EDF needs the package edfio.", 'Install it with: pip install "sensorcoach[edf]"') from None
    zero_s = math.floor(min(sensor.t_s[0] for sensor in bundle.sensors))
    seconds = math.ceil(max(sensor.t_s[-1] for sensor in bundle.sensors) - zero_s + 1e-9)
    signals: list[EdfSignal] = []
    for number, sensor in enumerate(bundle.sensors, 1):
        prefix = f"{number} " if len(bundle.sensors) > 1 else ""
        signals += _motion(sensor, prefix, zero_s, seconds)
        rows = bundle.seconds[bundle.seconds["sensor"] == sensor.stream.sensor]
        signals += _estimates(rows, prefix, zero_s, seconds, sensor.stream.sensor)
    start = _start(bundle.start, zero_s)
    edf = edfio.Edf(
        signals,
        recording=edfio.Recording(startdate=start.date() if start else None, equipment_code="sensorcoach"),
        starttime=start.time() if start else None,
        data_record_duration=1.0,
        annotations=[*_poses(bundle.sensors), *_annotations(bundle.events, zero_s, seconds)],
    )
    try:
        with new_file(path) as part:
            edf.write(part)
    except OSError as error:
        raise not_written(path, error) from None
    return [path]


def _motion(sensor: SensorSamples, prefix: str, zero_s: int, seconds: int) -> list[EdfSignal]:
    rate_hz = max(1, math.floor(sensor.stream.sampling_rate_hz + 0.5))
    grid_s = zero_s + np.arange(seconds * rate_hz) / rate_hz
    furthest_s = max(BRIDGE_S, 2.5 / rate_hz)
    signals = []
    for kind, unit, values in (("acc", "m/s^2", sensor.acc_ms2), ("gyr", "rad/s", sensor.gyr_rads)):
        if values is None:
            continue
        low, high = float(np.floor(values.min())) - 1.0, float(np.ceil(values.max())) + 1.0
        even = between(grid_s, sensor.t_s, values, furthest_s=furthest_s)
        even[(grid_s < sensor.t_s[0] - 0.5 / rate_hz) | (grid_s > sensor.t_s[-1] + 0.5 / rate_hz)] = np.nan
        signals += [
            _signal(even[:, i], rate_hz, f"{prefix}{kind} {axis}", unit, low, high, sensor.stream.sensor)
            for i, axis in enumerate("xyz")
        ]
    return signals


def _estimates(rows: Table, prefix: str, zero_s: int, seconds: int, sensor: str) -> list[EdfSignal]:
    at = np.rint(rows["t_s"] - zero_s).astype(np.int64) - 1
    inside = (at >= 0) & (at < seconds)
    signals = []
    for column, (label, unit, low, high) in ESTIMATES.items():
        values = np.full(seconds, np.nan)
        values[at[inside]] = rows[column][inside]
        signals.append(_signal(values, 1, (prefix + label)[:16], unit, low, high, sensor))
    return signals


def _signal(values: FloatArray, rate_hz: int, label: str, unit: str, low: float, high: float, sensor: str) -> EdfSignal:
    from edfio import EdfSignal

    steps = np.rint((values - low) / (high - low) * (HIGHEST - UNKNOWN)) + UNKNOWN
    digital = np.where(np.isfinite(steps), np.clip(steps, UNKNOWN + 1, HIGHEST), UNKNOWN).astype(np.int16)
    return EdfSignal.from_digital(
        digital,
        rate_hz,
        label=label,
        transducer_type=f"motion sensor, {sensor}",
        physical_dimension=unit,
        physical_range=(low, high),
        digital_range=(UNKNOWN, HIGHEST),
    )


def _poses(sensors: Sequence[SensorSamples]) -> list[EdfAnnotation]:
    """Upright poses that were taught, where a reader finds them again."""
    from edfio import EdfAnnotation

    known = [(sensor.stream.sensor, sensor.pose) for sensor in sensors if sensor.pose is not None]
    return [EdfAnnotation(0.0, None, pose.sentence(name)) for name, pose in known]


def _annotations(events: Table, zero_s: int, seconds: int) -> list[EdfAnnotation]:
    """Every event at the time it became known: its name and the one word that tells most."""
    from edfio import EdfAnnotation

    out = []
    for row in events:
        detail = json.loads(row["detail"])
        word = next((str(detail[key]) for key in _WORTH_SAYING if detail.get(key)), "")
        onset_s = min(max(float(row["t_s"]) - zero_s, 0.0), float(seconds))
        out.append(EdfAnnotation(round(onset_s, 6), None, f"{row['event']}: {word}" if word else str(row["event"])))
    return out


def _start(start: datetime | None, zero_s: int) -> datetime | None:
    """Local wall-clock time of the first record, where the file can say it."""
    try:
        first = None if start is None else start.replace(tzinfo=None) + timedelta(seconds=zero_s)
    except OverflowError:
        return None
    return first if first is not None and _YEARS[0] <= first.year <= _YEARS[1] else None
