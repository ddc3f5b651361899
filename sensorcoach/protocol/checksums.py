"""Checksums of frames: of one, and of many at once."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..profiles.model import Checksum, Framing

BoolArray = NDArray[np.bool_]
ByteRows = NDArray[np.uint8]

SIZES: Final = {"sum8": 1, "xor8": 1, "crc16": 2, "crc32": 4}


def holds(frame: bytes, checksum: Checksum) -> bool:
    """Whether a frame's checksum is right."""
    size = SIZES[checksum.kind]
    at = checksum.at % len(frame)
    return frame[at : at + size] == checksum_of(frame, checksum)


def checksum_of(frame: bytes, checksum: Checksum) -> bytes:
    """The checksum a frame should have.

    It covers the bytes from `start` up to its own place, or to the end where its place is before them.
    `crc16` is CRC-16/MODBUS, `crc32` the one of zlib.
    """
    first, end = _covered(len(frame), checksum)
    covered = frame[first:end]
    match checksum.kind:
        case "sum8":
            value = sum(covered) & 0xFF
        case "xor8":
            value = 0
            for byte in covered:
                value ^= byte
        case "crc16":
            value = 0xFFFF
            for byte in covered:
                value = value >> 8 ^ int(_CRC16[(value ^ byte) & 0xFF])
        case "crc32":
            value = zlib.crc32(covered)
    return value.to_bytes(SIZES[checksum.kind], "little")


def whole_frames(payloads: Sequence[bytes], framing: Framing) -> BoolArray:
    """Which payloads are exactly one sound frame; those of equal length are looked at together."""
    lengths = np.fromiter(map(len, payloads), np.int64, len(payloads))
    sound = np.zeros(len(payloads), np.bool_)
    for length in np.unique(lengths).tolist():
        if not _possible(length, framing):
            continue
        which = np.flatnonzero(lengths == length)
        same = payloads if len(which) == len(payloads) else [payloads[i] for i in which.tolist()]
        rows: ByteRows = np.frombuffer(b"".join(same), np.uint8).reshape(len(which), length)
        sync = np.frombuffer(framing.sync, np.uint8)
        fit = (rows[:, : len(sync)] == sync).all(axis=1)
        if framing.length_at is not None:
            fit &= rows[:, framing.length_at] == length - framing.overhead
        if framing.checksum is not None:
            fit &= holds_for(rows, framing.checksum)
        sound[which] = fit
    return sound


def holds_for(rows: ByteRows, checksum: Checksum) -> BoolArray:
    """As `holds`, for frames of equal length, shape (m, length)."""
    length = rows.shape[1]
    size, at = SIZES[checksum.kind], checksum.at % length
    if at + size > length:
        return np.zeros(len(rows), np.bool_)
    first, end = _covered(length, checksum)
    covered = rows[:, first:end]
    value: NDArray[Any]
    match checksum.kind:
        case "sum8":
            value = covered.sum(axis=1, dtype=np.uint8)
        case "xor8":
            value = np.bitwise_xor.reduce(covered, axis=1)
        case "crc16":
            value = _crc(covered, _CRC16, np.uint16(0xFFFF))
        case "crc32":
            value = ~_crc(covered, _CRC32, np.uint32(0xFFFFFFFF))
    there = np.ascontiguousarray(rows[:, at : at + size]).view(f"<u{size}").reshape(-1)
    return np.asarray(there == value)


def _covered(length: int, checksum: Checksum) -> tuple[int, int]:
    """First byte that the checksum covers, and the one after the last."""
    at = checksum.at % length
    return checksum.start, at if at > checksum.start else length


def _possible(length: int, framing: Framing) -> bool:
    """Whether a frame may be so long."""
    if framing.length is not None:
        return length == framing.length and length >= len(framing.sync)
    assert framing.length_at is not None
    return length > max(framing.length_at, len(framing.sync) - 1) and 0 <= length - framing.overhead <= 0xFF


def _crc(covered: ByteRows, table: NDArray[Any], start: Any) -> NDArray[Any]:
    """Reflected CRC of every row, byte by byte over all rows at once."""
    value = np.full(len(covered), start, table.dtype)
    eight = table.dtype.type(8)
    for column in np.ascontiguousarray(covered.T):
        value = (value >> eight) ^ table[(value ^ column).astype(np.uint8)]
    return value


def _table(polynomial: int, dtype: type[np.unsignedinteger[Any]]) -> NDArray[Any]:
    """The remainders of all bytes, for a reflected polynomial."""
    values = np.arange(256, dtype=np.uint64)
    for _ in range(8):
        values = np.where(values & 1, values >> 1 ^ polynomial, values >> 1)
    return values.astype(dtype)


_CRC16: Final = _table(0xA001, np.uint16)
_CRC32: Final = _table(0xEDB88320, np.uint32)
