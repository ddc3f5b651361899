"""XDF 1.0 (specification: github.com/sccn/xdf/wiki/Specifications), written without a library.

A file is the letters `XDF:` and chunks: length of what follows, tag, content. Streams are interleaved a stretch of time
after the other, with a boundary before each stretch, so that a reader can start in the middle. Time stamps are the
recording's own; all streams share its clock, so there are no clock offsets.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID
from xml.sax.saxutils import escape

import numpy as np

from ...samples import FloatArray
from ..new_file import new_file, not_written
from .bundle import Bundle, SensorSamples
from .streams import (
    StreamSpec,
    event_values,
    events_stream,
    motion_stream,
    motion_values,
    number_values,
    numbers_stream,
    word_values,
    words_stream,
)

STRETCH_S: Final = 10.0
"""Stream time between boundaries; the specification asks for one every few seconds."""
BOUNDARY: Final = UUID("43a546dc-cbf5-410f-b30e-d5467383cbe4").bytes

_FILE_HEADER, _STREAM_HEADER, _SAMPLES, _BOUNDARY, _STREAM_FOOTER = 1, 2, 3, 5, 6
_STAMPED: Final = b"\x08"  # a time stamp of 8 bytes stands before each sample

Stream = tuple[StreamSpec, FloatArray, "FloatArray | list[list[str]]"]


def write_xdf(bundle: Bundle, path: Path) -> list[Path]:
    """Samples, the `seconds` table as numbers and words, and events, as streams of one file."""
    streams: list[Stream] = []
    for sensor in bundle.sensors:
        streams.append((motion_stream(sensor.stream, sensor.pose), sensor.t_s, _motion(sensor)))
        rows = bundle.seconds[bundle.seconds["sensor"] == sensor.stream.sensor]
        streams.append((numbers_stream(sensor.stream.sensor), rows["t_s"], number_values(rows)))
        streams.append((words_stream(sensor.stream.sensor), rows["t_s"], word_values(rows)))
    streams.append((events_stream(), bundle.events["t_s"], event_values(bundle.events)))
    try:
        with new_file(path) as part, part.open("wb") as file:
            write_streams(file, streams, bundle.start)
    except OSError as error:
        raise not_written(path, error) from None
    return [path]


def _motion(sensor: SensorSamples) -> FloatArray:
    return motion_values(sensor.acc_ms2, sensor.gyr_rads)


def write_streams(file: BinaryIO, streams: Sequence[Stream], start: datetime | None = None) -> None:
    """A whole XDF file with these streams.

    Parameters
    ----------
    file : binary file
    streams : sequence of (StreamSpec, times, values)
        Times, shape (n,), in s, increasing; values, shape (n, channels), or lists of texts.
    start : datetime, optional
        Wall-clock time at time 0.
    """
    file.write(b"XDF:")
    said = f"<datetime>{start.isoformat()}</datetime>" if start is not None else ""
    _chunk(file, _FILE_HEADER, f'<?xml version="1.0"?><info><version>1.0</version>{said}</info>'.encode())
    for number, (spec, _, _) in enumerate(streams, 1):
        _chunk(file, _STREAM_HEADER, struct.pack("<I", number) + _header(spec, number).encode())
    spans = [t_s[[0, -1]] for _, t_s, _ in streams if len(t_s)]
    first_s, last_s = min(span[0] for span in spans), max(span[1] for span in spans)
    for edge_s in np.arange(first_s, last_s + STRETCH_S, STRETCH_S):
        _chunk(file, _BOUNDARY, BOUNDARY)
        for number, (_, t_s, values) in enumerate(streams, 1):
            begin, end = np.searchsorted(t_s, [edge_s, edge_s + STRETCH_S])
            if end > begin:
                _chunk(file, _SAMPLES, _samples(number, t_s[begin:end], values[begin:end]))
    for number, (_, t_s, _) in enumerate(streams, 1):
        _chunk(file, _STREAM_FOOTER, struct.pack("<I", number) + _footer(t_s).encode())


def _chunk(file: BinaryIO, tag: int, content: bytes) -> None:
    file.write(_length(len(content) + 2) + struct.pack("<H", tag) + content)


def _length(count: int) -> bytes:
    """A number after a byte that says how many bytes it takes."""
    return struct.pack("<BB", 1, count) if count < 256 else struct.pack("<BI", 4, count)


def _samples(number: int, t_s: FloatArray, values: FloatArray | list[list[str]]) -> bytes:
    head = struct.pack("<I", number) + _length(len(t_s))
    if isinstance(values, list):
        parts = [head]
        for time_s, texts in zip(t_s.tolist(), values, strict=True):
            parts.append(_STAMPED + struct.pack("<d", time_s))
            for text in texts:
                data = text.encode()
                parts += [_length(len(data)), data]
        return b"".join(parts)
    rows = np.empty(len(t_s), [("width", "u1"), ("t_s", "<f8"), ("values", "<f4", (values.shape[1],))])
    rows["width"], rows["t_s"], rows["values"] = _STAMPED[0], t_s, values
    return head + rows.tobytes()


def _header(spec: StreamSpec, number: int) -> str:
    channels = "".join(
        f"<channel><label>{escape(label)}</label><unit>{escape(unit)}</unit></channel>"
        for label, unit in zip(spec.labels, spec.units, strict=True)
    )
    about = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in spec.about.items())
    return (
        f'<?xml version="1.0"?><info><name>{escape(spec.name)}</name><type>{spec.content_type}</type>'
        f"<channel_count>{len(spec.labels)}</channel_count><nominal_srate>{spec.rate_hz:.9g}</nominal_srate>"
        f"<channel_format>{spec.form}</channel_format><source_id>sensorcoach-{number}</source_id>"
        f"<desc><channels>{channels}</channels>{about}</desc></info>"
    )


def _footer(t_s: FloatArray) -> str:
    ends = ""
    if len(t_s):
        ends = (
            f"<first_timestamp>{float(t_s[0])!r}</first_timestamp><last_timestamp>{float(t_s[-1])!r}</last_timestamp>"
        )
    return f'<?xml version="1.0"?><info>{ends}<sample_count>{len(t_s)}</sample_count></info>'
