"""Movesense: JSON messages `{"Timestamp": ms, "ArrayAcc": [{"x", "y", "z"}, …], "ArrayGyro": […]}`, m/s² and °/s.

Apps wrap them in different ways (a list, a line each, under `Body`, `data`, `imu`), so whatever carries a time stamp
and such an array is taken, wherever it stands. The time stamp is that of the first measurement of a message (Movesense
API, `/Meas/Acc`, `/Meas/Gyro`, `/Meas/IMU6`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from ...errors import InputError
from ...samples import FloatArray, IntArray
from ..problems import ProblemLog
from ..segments import DamagedError, read_lines
from ..timing import Rows
from ._parts import Form, Kind, Part

ARRAYS: Final[dict[str, tuple[Kind, float]]] = {"ArrayAcc": ("acc", 1.0), "ArrayGyro": ("gyr", math.pi / 180.0)}
_ADVICE: Final = 'Needed are messages with "Timestamp" in ms and "ArrayAcc".'


def _matches(head: bytes) -> bool:
    return head.lstrip()[:1] in (b"{", b"[") and any(f'"{name}"'.encode() in head for name in ARRAYS)


def _read(path: Path) -> list[Part]:
    problems = ProblemLog()
    documents = _documents(path, problems)
    try:
        parts = [
            _part(path, problems, kind, messages, factor)
            for name, (kind, factor) in ARRAYS.items()
            if (messages := list(_messages(documents, name)))
        ]
    except (TypeError, ValueError, KeyError, OverflowError):
        raise InputError(f"{path} holds a message that is none of Movesense's.", _ADVICE) from None
    if not parts:
        raise InputError(f"{path} holds no acceleration.", _ADVICE)
    return parts


def _documents(path: Path, problems: ProblemLog) -> list[Any]:
    """The file as one JSON document, or its lines as one each."""
    lines: list[bytes] = []
    try:
        for found in read_lines(path):
            lines += found.lines
    except DamagedError as error:
        problems.add(path.name, 0, f"{error}; what stood after that is lost")
    try:
        return [json.loads(b"\n".join(lines))]
    except (ValueError, RecursionError):
        pass
    documents = []
    for number, line in enumerate(lines, 1):
        try:
            documents += [json.loads(line)] if line.strip() else []
        except (ValueError, RecursionError):
            problems.add(path.name, number, "left out: it is no JSON")
    if not documents:
        raise InputError(f"{path} is no whole JSON document.", "Export the recording again.")
    return documents


def _messages(documents: list[Any], name: str) -> Iterator[tuple[float, list[tuple[float, float, float]]]]:
    """Time in s and readings of every message with that array, in the order of the file."""
    waiting = list(reversed(documents))
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += reversed(item)
        elif isinstance(item, dict):
            readings = item.get(name)
            if isinstance(readings, list) and readings and "Timestamp" in item:
                rows = [(float(r["x"]), float(r["y"]), float(r["z"])) for r in readings]
                yield float(item["Timestamp"]) / 1000.0, rows
            else:
                waiting += reversed(item.values())


def _part(path: Path, problems: ProblemLog, kind: Kind, messages: list[Any], factor: float) -> Part:
    start_s = np.array([t for t, _ in messages])
    count = np.array([len(rows) for _, rows in messages])
    values: FloatArray = np.concatenate([np.array(rows) for _, rows in messages]) * factor
    metadata = {"format": "Movesense"}
    return Part(kind, Rows(str(path), path.name), _times_s(path, start_s, count), values, problems, metadata)


def _times_s(path: Path, start_s: FloatArray, count: IntArray) -> FloatArray:
    """Times of the readings: evenly from one message to the next, at the usual step where messages are missing."""
    steps = np.diff(start_s) / count[:-1]
    forward = steps[steps > 0]
    if not len(forward):
        raise InputError(f"{path} holds too few messages to find the sampling rate.", "Record for a minute or more.")
    usual_s = float(np.median(forward))
    step_s = np.full(len(count), usual_s)
    near = np.abs(steps / usual_s - 1.0) < 0.5
    step_s[:-1][near] = steps[near]
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    t_s: FloatArray = np.repeat(start_s, count) + within * np.repeat(step_s, count)
    return t_s


FORM: Final = Form("Movesense", _matches, _read, from_zero=True)
