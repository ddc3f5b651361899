"""One kind of message of a device: which messages are of it, and what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..profiles.model import NUMBER_TYPES, Condition, DeviceProfile, Params, Quantity, ScaleFrom, Stream
from ..samples import FloatArray, IntArray
from .battery import fits, leading
from .framing import framer_for
from .layout import ByteRows, Layout, Unpacked

BoolArray = NDArray[np.bool_]

ORDER_BITS: Final = 20
"""A message's key is the position of its packet, shifted by so many bits, plus its number within the packet."""
LARGEST_FACTOR: Final = 1e4
"""A factor beyond this, or its inverse, is no scale a device names."""


class Lane:
    """A stream of the profile with the state that decoding it needs (time is kept elsewhere).

    `malformed` counts messages of it whose length or content is wrong.
    """

    def __init__(self, stream: Stream, profile: DeviceProfile, params: Params) -> None:
        self.stream = stream
        self.layout = Layout(stream, params, profile.axes)
        self.framer = framer_for(stream, params)
        self.malformed = 0
        self._factors = {
            name: _Factor(quantity.scale_from)
            for name, quantity in (("acc_ms2", stream.acc), ("gyr_rads", stream.gyro))
            if isinstance(quantity, Quantity) and quantity.scale_from is not None
        }

    def fitting(self, rows: ByteRows) -> BoolArray:
        """Which messages fulfil the stream's conditions."""
        fit = np.ones(len(rows), np.bool_)
        for condition in self.stream.when:
            fit &= _holds(rows, condition)
        return fit

    def learn_factors(self, channel: str, positions: IntArray, payloads: Sequence[bytes]) -> None:
        """Note the factors that the device names in these packets."""
        for factor in self._factors.values():
            factor.learn(channel, positions, payloads)

    def apply_factors(self, parts: Iterable[tuple[IntArray, Unpacked]]) -> None:
        """Scale values by the factor that was in force when their packet came; then forget the older ones."""
        for name, factor in self._factors.items():
            for keys, unpacked in parts:
                values: FloatArray = getattr(unpacked, name)
                values *= np.repeat(factor.at(keys), unpacked.counts)[:, None]
            factor.settle()


class _Factor:
    """A factor that the device names, from packet to packet."""

    def __init__(self, spec: ScaleFrom) -> None:
        self._spec = spec
        self._dtype = np.dtype(NUMBER_TYPES[spec.type])
        self._values = [spec.default]
        self._since: list[int] = []

    def learn(self, channel: str, positions: IntArray, payloads: Sequence[bytes]) -> None:
        spec = self._spec
        if channel != spec.channel:
            return
        for position, payload in zip(positions.tolist(), payloads, strict=True):
            if fits(payload, spec.when) and len(payload) >= spec.at + self._dtype.itemsize:
                value = float(np.frombuffer(payload, self._dtype, 1, spec.at)[0])
                if 1.0 / LARGEST_FACTOR <= value <= LARGEST_FACTOR:
                    self._since.append(position << ORDER_BITS)
                    self._values.append(value)

    def at(self, keys: IntArray) -> FloatArray:
        """The factor in force at each message."""
        return np.array(self._values)[np.searchsorted(np.array(self._since, np.int64), keys)]

    def settle(self) -> None:
        """The call is over: its last factor stays."""
        self._values, self._since = self._values[-1:], []


def route(
    lanes: Sequence[Lane],
    messages: Sequence[bytes],
    keys: IntArray,
    found: dict[int, list[tuple[IntArray, Unpacked]]],
) -> int:
    """Hand each message to the first lane it fits; what it holds goes to `found` under that lane's id.

    Messages are taken together by their length, which is nearly always the same.

    Returns
    -------
    int
        How many fit no lane.
    """
    lengths = np.fromiter(map(len, messages), np.int64, len(messages))
    unknown = 0
    for length in np.unique(lengths).tolist():
        which = np.flatnonzero(lengths == length)
        same = messages if len(which) == len(messages) else [messages[i] for i in which.tolist()]
        rows: ByteRows = np.frombuffer(b"".join(same), np.uint8).reshape(len(which), length)
        for lane in lanes:
            fit = lane.fitting(rows)
            if not fit.any():
                continue
            mine = rows if fit.all() else rows[fit]
            unpacked = lane.layout.unpack(mine)
            lane.malformed += len(mine) if unpacked is None else int(np.count_nonzero(~unpacked.good))
            if unpacked is not None and len(unpacked.counts):
                found.setdefault(id(lane), []).append((keys[which[fit][unpacked.good]], unpacked))
            rows, which = rows[~fit], which[~fit]
        unknown += len(which)
    return unknown


def read_lines(
    lane: Lane, lines: Sequence[bytes], keys: IntArray, found: dict[int, list[tuple[IntArray, Unpacked]]]
) -> None:
    """As `route` for one lane, for lines of text: their lengths vary, so all are read together."""
    when = lane.stream.when
    head = leading(when)
    text = b"\n".join((b"", *lines))  # counting in it is much quicker than asking each line
    if text.count(b"\n" + head) == len(lines):
        mine: Sequence[int] = range(len(lines))
    else:
        mine = [i for i, line in enumerate(lines) if line.startswith(head)]
    if len(when) > bool(head):
        mine = [i for i in mine if fits(lines[i], when)]
    unpacked = lane.layout.read_lines(lines if len(mine) == len(lines) else [lines[i] for i in mine])
    lane.malformed += int(np.count_nonzero(~unpacked.good))
    if len(unpacked.counts):
        found.setdefault(id(lane), []).append((keys[np.array(mine, np.int64)[unpacked.good]], unpacked))


def in_order(found: list[tuple[IntArray, Unpacked]]) -> tuple[IntArray, Unpacked]:
    """Join messages of different kinds or lengths in the order in which they came."""
    if len(found) == 1:
        return found[0]
    which = np.concatenate([w for w, _ in found])
    parts = [u for _, u in found]
    order = np.argsort(which, kind="stable")
    counts = np.concatenate([u.counts for u in parts])
    rows = np.argsort(np.repeat(which, counts), kind="stable")

    def joined(values: list[NDArray[Any] | None], at: IntArray) -> NDArray[Any] | None:
        there = [v for v in values if v is not None]
        return np.concatenate(there)[at] if there else None

    return which[order], Unpacked(
        good=np.ones(len(which), np.bool_),
        counts=counts[order],
        acc_ms2=joined([u.acc_ms2 for u in parts], rows),
        gyr_rads=joined([u.gyr_rads for u in parts], rows),
        ticks=joined([u.ticks for u in parts], order),
        counters=joined([u.counters for u in parts], order),
    )


def _holds(rows: ByteRows, condition: Condition) -> BoolArray:
    at, eq, mask = condition
    if rows.shape[1] < at + len(eq):
        return np.zeros(len(rows), np.bool_)
    part = rows[:, at : at + len(eq)] & np.frombuffer(mask, np.uint8)
    return np.asarray((part == np.frombuffer(eq, np.uint8)).all(axis=1))
