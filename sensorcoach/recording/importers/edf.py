"""EDF and EDF+ (Kemp & Olivan 2003, Clin Neurophysiol 114:1755): signals labelled as accelerometer and gyroscope.

Where all axes of a sensor stand at the lowest digital value at once, there was no sample: that is how gaps are written
into a format that has none (`exporters/edf.py` does), and no real reading looks like it.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from ...errors import InputError, UsageError
from ...samples import DEFAULT_SENSOR
from ..pose import poses_said
from ..problems import ProblemLog
from ..timing import Rows
from ._labels import factor, find_axes, site_in
from ._parts import Form, Part, one_line, refuse_packed

_MAGIC: Final = b"0       "
_ADVICE: Final = "Needed are signals labelled such as Acc x, Acc y, Acc z and, if there is a gyro, Gyr x, Gyr y, Gyr z."


def _matches(head: bytes) -> bool:
    return head.startswith(_MAGIC)


def _read(path: Path) -> list[Part]:
    try:
        import edfio
    except ImportError:
        raise UsageError(
            f"{path} is an EDF file; reading it needs the package edfio.",
            'Install it with: pip install "sensorcoach[edf]"',
        ) from None
    refuse_packed(path)
    problems = ProblemLog()
    try:
        with warnings.catch_warnings(record=True) as remarks:
            warnings.simplefilter("always")
            edf = edfio.read_edf(
                path, header_encoding="latin-1"
            )  # the standard says ASCII; “°/s” is written all the same
            signals = list(edf.signals)
            parts = _parts(path, signals, problems, {"format": "EDF", **_start(edf)})
            parts = _with_pose(parts, edf)
            continuous = edf.is_continuous
    except InputError:
        raise
    except Exception as error:  # the reader has no error type of its own for damaged files
        raise InputError(f"{path} is no whole EDF file ({one_line(error)}).", "Get a whole copy of the file.") from None
    if not continuous:
        raise InputError(f"{path} is a discontinuous EDF+ file.", "Export the recording as EDF+C, XDF or CSV.")
    for remark in remarks:
        problems.add(path.name, 0, str(remark.message).rstrip("."))
    return parts


def _parts(path: Path, signals: list[Any], problems: ProblemLog, metadata: dict[str, str]) -> list[Part]:
    kinds, more = find_axes([signal.label for signal in signals])
    if not kinds:
        labels = ", ".join(signal.label for signal in signals[:12]) or "no signals"
        raise InputError(f"{path} holds {labels}.", _ADVICE)
    if more:
        problems.add(path.name, 0, f"{more} more sensor{'s' * (more > 1)} in this file: only the first is read")
    parts = []
    for kind, axes in kinds.items():
        three = [signals[i] for i in axes]
        if len({(signal.sampling_frequency, len(signal.digital)) for signal in three}) > 1:
            raise InputError(f"{path}: the three axes of {three[0].label} differ in rate.", "Export the file again.")
        values = np.column_stack([signal.data * factor(kind, signal.physical_dimension) for signal in three])
        there = np.flatnonzero(np.any([signal.digital != signal.digital_min for signal in three], axis=0))
        t_s = there / three[0].sampling_frequency
        where = site_in(f"{three[0].label} {three[0].transducer_type}")
        parts.append(Part(kind, Rows(str(path), path.name), t_s, values[there], problems, metadata | where))
    return parts


def _with_pose(parts: list[Part], edf: Any) -> list[Part]:
    """With the upright pose that an annotation gives this sensor."""
    said = [found for note in edf.annotations if (found := poses_said(str(note.text))) is not None]
    named = parts[0].metadata.get("sensor", DEFAULT_SENSOR)
    pose = next((pose for sensor, pose in said if sensor == named), None)
    return [replace(part, metadata={**part.metadata, **pose.metadata()}) for part in parts] if pose else parts


def _start(edf: Any) -> dict[str, str]:
    """When it was recorded, where the file says so."""
    try:
        return {"start": edf.startdatetime.isoformat()}
    except ValueError:  # a date that was made anonymous
        return {}


FORM: Final = Form("EDF", _matches, _read)
