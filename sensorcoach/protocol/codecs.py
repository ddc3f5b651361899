"""Named codecs: samples that do not stand at fixed places. One function each way; the list is closed.

`polar-delta` is Polar's compressed frame; `text-csv` is one sample as comma-separated text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..profiles.model import Field
from ..samples import FloatArray, IntArray

MOST_SAMPLES: Final = 1024
"""In one message; a handful of bytes must not be able to claim more."""
WIDEST_DELTA: Final = 24
"""Bits. Differences of 16-bit values need 17."""
BLOCK: Final = 16
"""Samples in each block when encoding; devices choose as they like."""

MANY_LINES: Final = 256
"""From so many lines on they are read together by numpy, to the same bits as `float` reads them one by one."""
_PLAIN: Final = bytes(range(0x20, 0x7F)) + b"\n"
_COMMA: Final = 0x2C
_NEW_LINE: Final = 0x0A


def polar_delta(body: bytes, width: int) -> IntArray | None:
    """Samples of a delta frame, shape (n, width); None when the bytes are none.

    A reference sample of `width` little-endian i16, then blocks: bits per difference (u8), samples (u8), and the
    differences bit-packed, least significant bit first; each block starts on a byte. (Polar BLE SDK at 8fb5311,
    `BlePMDClient.parseDeltaFrame`.)
    """
    if len(body) < 2 * width:
        return None
    parts = [np.frombuffer(body, "<i2", width).astype(np.int64).reshape(1, width)]
    at, total = 2 * width, 1
    while at < len(body):
        if at + 2 > len(body):
            return None
        bits, count = body[at], body[at + 1]
        size = -(-bits * count * width // 8)
        at += 2
        total += count
        if at + size > len(body) or bits > WIDEST_DELTA or total > MOST_SAMPLES:
            return None
        if bits:
            stream = np.unpackbits(np.frombuffer(body, np.uint8, size, at), bitorder="little")
            each = stream[: bits * count * width].reshape(count * width, bits).astype(np.int64)
            values = (each << np.arange(bits)).sum(axis=1)
            values -= each[:, -1] << bits
        else:
            values = np.zeros(count * width, np.int64)
        parts.append(values.reshape(count, width))
        at += size
    return np.cumsum(np.concatenate(parts), axis=0)


def to_polar_delta(samples: IntArray) -> bytes:
    """The inverse of `polar_delta`, for 16-bit values."""
    body = samples[0].astype("<i2").tobytes()
    whole: IntArray = samples.astype(np.int64)
    deltas: IntArray = whole[1:] - whole[:-1]
    for start in range(0, len(deltas), BLOCK):
        block = deltas[start : start + BLOCK].reshape(-1)
        bits = int(np.maximum(block, -block - 1).max()).bit_length() + 1
        each = (block[:, None] >> np.arange(bits)) & 1
        packed = np.packbits(each.astype(np.uint8).reshape(-1), bitorder="little")
        body += bytes([bits, len(deltas[start : start + BLOCK])]) + packed.tobytes()
    return bytes(body)


def text_csv(lines: Sequence[bytes], fields: Sequence[Field]) -> tuple[NDArray[np.bool_], FloatArray]:
    """Numbers of comma-separated lines.

    Returns
    -------
    good : bool array, shape (m,)
        Lines with the right number of parts, each a finite number (parts of fields named `_` are not looked at).
    values : float array, shape (number of good lines, number of fields)
        0 for fields named `_`.
    """
    width = len(fields)
    used = [i for i, field in enumerate(fields) if field.name != "_"]
    together = _together(lines, width, used) if len(lines) >= MANY_LINES else None
    if together is not None:
        return np.ones(len(lines), np.bool_), together
    good = np.ones(len(lines), np.bool_)
    # Line ends between the lines show whether each has as many parts as it should, at much less than a look at each.
    parts = b",\n,".join(lines).split(b",") if lines else []
    if len(parts) != max(len(lines) * (width + 1) - 1, 0) or parts[width :: width + 1].count(b"\n") != len(lines) - 1:
        good = np.array([line.count(b",") == width - 1 for line in lines], np.bool_)
        parts = b",\n,".join(line for line, whole in zip(lines, good.tolist(), strict=True) if whole).split(b",")
    values = np.zeros((int(np.count_nonzero(good)), width))
    try:
        for k in used:
            values[:, k] = np.fromiter(map(float, parts[k :: width + 1]), np.float64, len(values))
    except ValueError:
        for i, k in ((i, k) for i in range(len(values)) for k in used):
            values[i, k] = _number(parts[i * (width + 1) + k])
    sound = np.isfinite(values).all(axis=1)
    good[good] = sound
    return good, values if sound.all() else values[sound]


def _together(lines: Sequence[bytes], width: int, used: Sequence[int]) -> FloatArray | None:
    """The values where all of many lines are good; None where that is not certain and each needs a look."""
    text = b"\n".join((*lines, b""))
    if text.translate(None, _PLAIN):
        return None
    codes = np.frombuffer(text, np.uint8)
    marks = codes[(codes == _COMMA) | (codes == _NEW_LINE)]
    if len(marks) != len(lines) * width:
        return None
    ends = marks.reshape(len(lines), width) == _NEW_LINE
    if ends[:, :-1].any() or not ends[:, -1].all():
        return None
    values = np.zeros((len(lines), width))
    try:
        read = np.loadtxt(lines, delimiter=",", usecols=used, comments=None, ndmin=2, encoding="ascii")
    except ValueError:
        return None
    if len(read) != len(lines) or not np.isfinite(read).all():
        return None
    values[:, used] = read
    return values


def _number(text: bytes) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def to_text_csv(start: bytes, values: Sequence[Any]) -> bytes:
    """One line: `start` as it is, then the numbers."""
    return start + ",".join(str(value) for value in values).encode() + b"\n"
