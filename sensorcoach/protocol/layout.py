"""Where the numbers of one stream stand in its messages: bytes to SI units for many messages at once, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..profiles.model import (
    ACC_FIELDS,
    GYRO_FIELDS,
    NUMBER_TYPES,
    TEXT_TYPE,
    Field,
    Params,
    Quantity,
    Stream,
    number_of,
)
from ..samples import FloatArray, IntArray
from .codecs import polar_delta, text_csv

ByteRows = NDArray[np.uint8]

LARGEST: Final = 1e6
"""A number beyond this (m/s² or rad/s) is no measurement of a body, but a wrong packet."""


@dataclass(frozen=True, slots=True, eq=False)
class Unpacked:
    """Content of m messages: `good` tells which were sound; the other arrays hold the sound ones only.

    `counts` samples each; `acc_ms2`, `gyr_rads` of shape (sum of counts, 3) or None; `ticks`, `counters` of shape (m,)
    or None.
    """

    good: NDArray[np.bool_]
    counts: IntArray
    acc_ms2: FloatArray | None
    gyr_rads: FloatArray | None
    ticks: NDArray[Any] | None
    counters: NDArray[Any] | None


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of the result: which field it comes from, and SI units per raw unit, with sign."""

    field: str
    scale_si: float


class Layout:
    """The layout of one stream under given parameters.

    Parameters
    ----------
    stream : Stream
    params : mapping
        Complete parameters.
    axes : tuple of (int, int)
        For each axis of the result, the device axis and its sign.
    """

    def __init__(self, stream: Stream, params: Params, axes: tuple[tuple[int, int], ...]) -> None:
        samples = stream.samples
        self.stream = stream
        self.at = samples.at
        self.count = None if samples.count is None else int(number_of(samples.count, params))
        self.per_packet = int(number_of(samples.per_packet, params))
        self._groups = [_group_dtype(group) for group in samples.groups]
        self._stride = sum(group.itemsize for group in self._groups)
        self._messages: dict[int, np.dtype[Any]] = {}
        self.acc = _axes(stream.acc, ACC_FIELDS, params, axes)
        self.gyro = _axes(stream.gyro, GYRO_FIELDS, params, axes)

    def samples_in(self, length: int) -> int:
        """Samples in a message of `length` bytes; 0 when no message has that length."""
        if self.stream.length is not None and length != self.stream.length:
            return 0
        room = length - self.at
        if self.count is None:
            return room // self._stride if room > 0 and room % self._stride == 0 else 0
        fits = room >= self.count * self._stride if self.stream.length else room == self.count * self._stride
        return self.count if fits else 0

    def unpack(self, rows: ByteRows) -> Unpacked | None:
        """Content of messages of equal length; None when that length is wrong.

        Parameters
        ----------
        rows : uint8 array, shape (m, length)
        """
        stream = self.stream
        if not self._header_fits(rows.shape[1]):
            return None
        if stream.samples.codec:
            return self._decode(rows)
        n = self.samples_in(rows.shape[1])
        if not n:
            return None
        good = np.ones(len(rows), np.bool_)
        if stream.samples.count_at is not None:
            good &= rows[:, stream.samples.count_at] == n
        body = np.ascontiguousarray(rows[:, self.at : self.at + n * self._stride])
        record = body.view(self._message(n)).reshape(-1)
        acc = self._values(record, n, self.acc, good)
        gyr = self._values(record, n, self.gyro, good)
        ticks = self._ticks(rows, record, good)
        counter = stream.counter
        counters = None if counter is None else column(rows, counter.at, counter.type)
        if not good.all():
            acc, gyr, ticks, counters = (None if v is None else v[good] for v in (acc, gyr, ticks, counters))
        counts = np.full(int(np.count_nonzero(good)), n, np.int64)
        return Unpacked(good, counts, _flat(acc), _flat(gyr), ticks, counters)

    def read_lines(self, lines: Sequence[bytes]) -> Unpacked:
        """Content of lines of text, one sample each (codec `text-csv`)."""
        good, values = text_csv(lines, self.stream.samples.groups[0])
        return self._by_codec(good, np.ones(len(values), np.int64), values, None)

    def _decode(self, rows: ByteRows) -> Unpacked:
        """Content of messages that a named codec reads."""
        width = len(self.stream.samples.groups[0])
        decoded = [polar_delta(row.tobytes()[self.at :], width) for row in rows]
        sound = [d for d in decoded if d is not None]
        good = np.array([d is not None for d in decoded])
        counts = np.array([len(d) for d in sound], np.int64)
        return self._by_codec(good, counts, np.concatenate([np.empty((0, width)), *sound]), rows[good])

    def _by_codec(
        self, good: NDArray[np.bool_], counts: IntArray, values: FloatArray, rows: ByteRows | None
    ) -> Unpacked:
        """What a codec read: one row of `values` for each sample, of messages with these bytes (None: text)."""
        names = [field.name for field in self.stream.samples.groups[0]]
        acc, gyr = (
            np.column_stack([values[:, names.index(a.field)] * a.scale_si for a in axes]) if axes else None
            for axes in (self.acc, self.gyro)
        )
        time, ticks = self.stream.time, None
        if time is not None and time.at is None:
            ticks = values[:, names.index(time.field_name)]
        elif time is not None and time.at is not None and rows is not None:
            ticks = column(rows, time.at, time.type)
        return self._sane(Unpacked(good, counts, acc, gyr, ticks, None))

    def _sane(self, read: Unpacked) -> Unpacked:
        """Without the messages that hold a number no body can reach."""
        wild = np.zeros(len(read.counts), np.bool_)
        owner = np.repeat(np.arange(len(read.counts)), read.counts)
        for values in (read.acc_ms2, read.gyr_rads):
            if values is not None:
                wild[owner[(np.abs(values) >= LARGEST).any(axis=1)]] = True
        if not wild.any():
            return read
        good = read.good.copy()
        good[np.flatnonzero(good)[wild]] = False
        rows = ~wild[owner]
        return Unpacked(
            good,
            read.counts[~wild],
            None if read.acc_ms2 is None else read.acc_ms2[rows],
            None if read.gyr_rads is None else read.gyr_rads[rows],
            None if read.ticks is None else read.ticks[~wild],
            None,
        )

    def pack(self, raw: dict[str, NDArray[Any]]) -> bytes:
        """The body of one message from raw values by field name, each of shape (n,); fields not named are zero."""
        n = len(next(iter(raw.values())))
        record = np.zeros(1, self._message(n))
        for i, group in enumerate(self._groups):
            for name in group.names or ():
                if name in raw:
                    record[f"{i}"][0][name] = raw[name]
        return record.tobytes()

    def types(self) -> dict[str, np.dtype[Any]]:
        """Number type of each named field."""
        return {n: g[n] for g in self._groups for n in g.names or ()}

    def _message(self, n: int) -> np.dtype[Any]:
        if n not in self._messages:
            if len(self._messages) > 64:
                self._messages.clear()
            self._messages[n] = np.dtype([(f"{i}", group, (n,)) for i, group in enumerate(self._groups)])
        return self._messages[n]

    def _header_fits(self, length: int) -> bool:
        stream = self.stream
        ends = [0 if stream.samples.count_at is None else stream.samples.count_at + 1]
        if stream.time is not None and stream.time.at is not None:
            ends.append(stream.time.at + np.dtype(NUMBER_TYPES[stream.time.type]).itemsize)
        if stream.counter is not None:
            ends.append(stream.counter.at + np.dtype(NUMBER_TYPES[stream.counter.type]).itemsize)
        return max(ends) <= length

    def _values(
        self, record: NDArray[Any], n: int, axes: tuple[Axis, ...], good: NDArray[np.bool_]
    ) -> FloatArray | None:
        if not axes:
            return None
        out = np.empty((len(record), n, 3))
        exact = True
        for k, axis in enumerate(axes):
            raw = self._field(record, axis.field)
            exact &= raw.dtype.kind in "iu"
            with np.errstate(invalid="ignore"):  # a signalling nan in the packet; thrown out below
                np.multiply(raw, axis.scale_si, out=out[:, :, k], dtype=np.float64, casting="unsafe")
        if not exact:
            good &= (np.abs(out) < LARGEST).all(axis=(1, 2))
        return out

    def _field(self, record: NDArray[Any], name: str) -> NDArray[Any]:
        group = next(i for i, g in enumerate(self._groups) if name in (g.names or ()))
        values: NDArray[Any] = record[f"{group}"][name]
        return values

    def _ticks(self, rows: ByteRows, record: NDArray[Any], good: NDArray[np.bool_]) -> NDArray[Any] | None:
        time = self.stream.time
        if time is None:
            return None
        ticks = column(rows, time.at, time.type) if time.at is not None else self._field(record, time.field_name)[:, 0]
        if ticks.dtype.kind == "f":
            good &= np.isfinite(ticks)
        return ticks


def column(rows: ByteRows, at: int, type_name: str) -> NDArray[Any]:
    """The number at byte `at` of every message, shape (m,), in native byte order."""
    dtype = number_type(type_name)
    values: NDArray[Any] = np.ascontiguousarray(rows[:, at : at + dtype.itemsize]).view(dtype).reshape(-1)
    return values.astype(dtype.newbyteorder("="))


def number_type(name: str) -> np.dtype[Any]:
    """numpy's type for a type of the profile language; numbers written as text are float64."""
    return np.dtype(np.float64 if name == TEXT_TYPE else NUMBER_TYPES[name])


def _group_dtype(group: tuple[Field, ...]) -> np.dtype[Any]:
    """Structure of one group; unused fields (`_`) only take room."""
    names, formats, offsets, size = [], [], [], 0
    for field in group:
        dtype = number_type(field.type)
        if field.name != "_":
            names.append(field.name)
            formats.append(dtype)
            offsets.append(size)
        size += dtype.itemsize
    return np.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": size})


def _axes(
    quantity: Quantity | None, fields: tuple[str, ...], params: Params, axes: tuple[tuple[int, int], ...]
) -> tuple[Axis, ...]:
    if quantity is None:
        return ()
    scale_si = number_of(quantity.scale, params) * quantity.unit_si
    return tuple(Axis(fields[source], sign * scale_si) for source, sign in axes)


def _flat(values: FloatArray | None) -> FloatArray | None:
    return None if values is None else values.reshape(-1, 3)
