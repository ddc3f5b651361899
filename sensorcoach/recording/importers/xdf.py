"""XDF, what LabRecorder writes (specification 1.0, github.com/sccn/xdf/wiki/Specifications), through pyxdf.

Times are kept as they are in the file, so that its other streams stay aligned. Only where time stamps run backwards,
as they do when a radio delivers late, pyxdf smooths them, piece by piece between gaps.
"""

from __future__ import annotations

import logging
import struct
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from ...errors import InputError, UsageError
from ...samples import FloatArray
from ..pose import KEYS, pose_in
from ..problems import ProblemLog
from ..segments import unreadable
from ..timing import Rows
from ._labels import factor, find_axes, site_in
from ._parts import Form, Kind, Part, one_line, refuse_packed

MAGIC: Final = b"XDF:"
GAP_S: Final = 0.5
"""Time stamps are smoothed over shorter steps only."""

_SAMPLES: Final = 3
_BARE: Final[dict[str, Kind]] = {"acc": "acc", "accelerometer": "acc", "gyro": "gyr", "gyr": "gyr", "gyroscope": "gyr"}
_ADVICE: Final = "Needed is a stream whose channels are labelled such as acc x, acc y, acc z, or whose type is ACC."


def _matches(head: bytes) -> bool:
    return head.startswith(MAGIC)


def _read(path: Path) -> list[Part]:
    try:
        import pyxdf
    except ImportError:
        raise UsageError(
            f"{path} is an XDF file; reading it needs the package pyxdf.",
            'Install it with: pip install "sensorcoach[xdf]"',
        ) from None
    refuse_packed(path)
    problems = ProblemLog()
    _check_chunks(path, problems)
    log = logging.getLogger("pyxdf")
    level = log.level
    log.setLevel(logging.CRITICAL)  # damage is reported by the check of the chunks
    try:
        streams, _ = pyxdf.load_xdf(str(path), dejitter_timestamps=False)
        if any(_runs_backwards(stream) for stream in streams):
            problems.add(path.name, 0, "time stamps ran backwards; they were smoothed")
            streams, _ = pyxdf.load_xdf(
                str(path), jitter_break_threshold_seconds=GAP_S, jitter_break_threshold_samples=1
            )
        parts = _parts(path, streams, problems)
    except InputError:
        raise
    except Exception as error:  # pyxdf has no error type of its own for damaged files
        raise InputError(f"{path} is no whole XDF file ({one_line(error)}).", "Get a whole copy of the file.") from None
    finally:
        log.setLevel(level)
    return parts


def _runs_backwards(stream: Any) -> bool:
    return float(stream["info"]["nominal_srate"][0]) > 0 and bool((np.diff(stream["time_stamps"]) <= 0).any())


def _parts(path: Path, streams: list[Any], problems: ProblemLog) -> list[Part]:
    """The first accelerometer and the gyroscope of its stream, or else the first one of another stream."""
    found: dict[Kind, Part] = {}
    unused = 0
    for stream in streams:
        if stream["info"]["channel_format"][0] == "string" or not len(stream["time_stamps"]):
            continue
        labels, units, bare = _channels(stream)
        kinds, more = find_axes(labels, bare)
        unused += more
        if any(kind in found for kind in kinds):
            unused += 1  # what has a second accelerometer is another sensor, and so is its gyroscope
            continue
        for kind, axes in kinds.items():
            series = np.asarray(stream["time_series"], np.float64)
            values: FloatArray = np.column_stack([series[:, i] * factor(kind, units[i]) for i in axes])
            t_s = np.asarray(stream["time_stamps"], np.float64)
            name = str(stream["info"]["name"][0])
            metadata = {"format": "XDF", "stream": name, **site_in(name), **_pose(stream)}
            found[kind] = Part(kind, Rows(str(path), path.name), t_s, values, problems, metadata)
    if not found:
        names = ", ".join(str(stream["info"]["name"][0]) for stream in streams[:12]) or "no streams"
        raise InputError(f"{path} holds {names}.", _ADVICE)
    if unused:
        problems.add(path.name, 0, f"{unused} more sensor{'s' * (unused > 1)} in this file: only the first is read")
    return list(found.values())


def _channels(stream: Any) -> tuple[list[str], list[str], Kind | None]:
    """Labels and units of the channels of a stream, and what bare `x`, `y`, `z` are in it."""
    info = stream["info"]
    count = int(info["channel_count"][0])
    bare = _BARE.get(_text(info, "type").lower())
    listed: list[Any] = []
    for desc in info.get("desc") or []:
        for channels in (desc or {}).get("channels") or []:
            listed += (channels or {}).get("channel") or []
    labels, units = ([_text(channel, key) for channel in listed] for key in ("label", "unit"))
    if len(labels) != count or not any(labels):
        labels, units = (list("xyz") if bare and count == 3 else [""] * count), [""] * count
    return labels, units, bare


def _pose(stream: Any) -> dict[str, str]:
    """What the description of a stream says of the upright pose."""
    descriptions = [desc for desc in stream["info"].get("desc") or [] if desc]
    said = {key: _text(desc, key) for desc in descriptions for key in KEYS if key in desc}
    pose = pose_in(said)
    return {} if pose is None else pose.metadata()


def _text(element: Any, key: str) -> str:
    """Text of a child element; "" where it is empty or missing."""
    return str((element.get(key) or [""])[0] or "")


def _check_chunks(path: Path, problems: ProblemLog) -> None:
    """Walk over the chunks: report a file that ends early, refuse counts of samples that cannot be.

    pyxdf makes room for as many samples as a chunk claims to hold, before it reads them.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(len(MAGIC))
            while file.tell() < size:
                length = _length(file)
                end = file.tell() + length
                if length < 2 or end > size:
                    problems.add(path.name, 0, "the file ends within a chunk; what stood after that is lost")
                    return
                if struct.unpack("<H", file.read(2))[0] == _SAMPLES:
                    file.seek(4, 1)
                    if _length(file) > length:
                        raise InputError(f"{path} is damaged: a chunk claims more samples than it has room for.")
                file.seek(end)
    except OSError as error:
        raise unreadable(path, error) from None


def _length(file: BinaryIO) -> int:
    """A number of 1, 4 or 8 bytes, after a byte that says which; -1 where there is none."""
    width = file.read(1)
    number = file.read(width[0]) if width and width[0] in (1, 4, 8) else b""
    return int.from_bytes(number, "little") if number and len(number) == width[0] else -1


FORM: Final = Form("XDF", _matches, _read)
