"""The inverse of decoding: samples to the packets a device with this profile would send.

The virtual device, the sample recordings and the round-trip tests are built on it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from ..profiles.model import NUMBER_TYPES, Checksum, DeviceProfile, Join, Params, number_of
from ..samples import FloatArray, IntArray
from .checksums import checksum_of
from .codecs import to_polar_delta, to_text_csv
from .layout import Axis, Layout

TEXT_STEP_SI: Final = 1e-3
"""Numbers sent as text have so many decimals that their last digit is worth about this much, m/s² or rad/s: what counts
in steps of the sensor is sent whole, what counts in g has four."""


@dataclass(frozen=True, slots=True)
class SentPacket:
    """A packet as the device sends it, right after sample number `last` (counted from 0) was taken."""

    last: int
    channel: str
    payload: bytes


class PacketEncoder:
    """Collects samples and packs them, packet by packet.

    Uses the first of the profile's streams with acceleration, and the first with angular rate alone where there is one.

    Parameters
    ----------
    profile : DeviceProfile
    params : mapping, optional
        As for `Decoder`.
    samples_per_packet : int, optional
        Instead of the number usual for the device; without effect where that number is fixed.
    """

    def __init__(
        self,
        profile: DeviceProfile,
        params: Mapping[str, float] | None = None,
        *,
        samples_per_packet: int | None = None,
    ) -> None:
        self.profile = profile
        self.params = profile.resolve(params)
        acc = next(s for s in profile.streams if s.acc is not None)
        gyro = next((s for s in profile.streams if s.acc is None), None)
        layouts = [Layout(s, self.params, profile.axes) for s in (acc, gyro) if s is not None]
        self._messages = [_Messages(layout, self.params) for layout in layouts]
        fixed = self._messages[0].fixed_count
        self.samples_per_packet = fixed or samples_per_packet or layouts[0].per_packet
        self._raw: dict[str, list[NDArray[Any]]] = {}
        self._t_ns: list[IntArray] = []
        self._waiting = 0
        self._sent = 0

    @property
    def has_gyro(self) -> bool:
        """Whether packets carry angular rate."""
        return self.profile.has_gyro

    def encode(self, device_ns: IntArray, acc_ms2: FloatArray, gyr_rads: FloatArray | None = None) -> list[SentPacket]:
        """Packets that are full with these samples; the rest waits for the next call.

        Parameters
        ----------
        device_ns : int64 array, shape (n,)
            When each sample was taken by the *device's* clock, ns.
        acc_ms2, gyr_rads : float arrays, shape (n, 3)
            `gyr_rads` may be None (zeros are sent where the device has a gyro).
        """
        gyr = np.zeros_like(acc_ms2) if gyr_rads is None else gyr_rads
        for message in self._messages:
            for name, values in message.raw(acc_ms2, gyr).items():
                self._raw.setdefault(name, []).append(values)
        self._t_ns.append(np.asarray(device_ns, np.int64))
        self._waiting += len(device_ns)
        whole = self._waiting // self.samples_per_packet * self.samples_per_packet
        return self._send(whole) if whole else []

    def flush(self) -> list[SentPacket]:
        """A last, short packet with what is waiting. Devices with packets of a fixed number of samples send none."""
        return [] if self._messages[0].fixed_count or not self._waiting else self._send(self._waiting)

    def quantised(self, values: FloatArray, *, gyro: bool = False) -> FloatArray:
        """What a decoder gives back for these samples, bit for bit.

        Parameters
        ----------
        values : float array, shape (n, 3)
            Acceleration in m/s² (or angular rate in rad/s with `gyro`).
        """
        for message in self._messages:
            layout = message.layout
            axes, quantity = (layout.gyro, layout.stream.gyro) if gyro else (layout.acc, layout.stream.acc)
            if axes and quantity is not None:
                scale_from = quantity.scale_from
                raw = message.raw(values, values, axes)
                out = np.column_stack([raw[a.field].astype(np.float64) * a.scale_si for a in axes])
                return out if scale_from is None else out * scale_from.default
        raise ValueError("this device does not measure that")

    def _send(self, count: int) -> list[SentPacket]:
        raw = {name: np.concatenate(parts) for name, parts in self._raw.items()}
        t_ns = np.concatenate(self._t_ns)
        packets = []
        for start in range(0, count, self.samples_per_packet):
            rows = slice(start, min(start + self.samples_per_packet, count))
            last = self._sent + rows.stop - 1
            for message in self._messages:
                payloads = message.payloads(raw, rows, t_ns[rows], self._sent + start)
                packets += [SentPacket(last, message.layout.stream.channel, payload) for payload in payloads]
        self._raw = {name: [values[count:]] for name, values in raw.items()}
        self._t_ns = [t_ns[count:]]
        self._waiting -= count
        self._sent += count
        return packets


class _Messages:
    """Builds the messages of one stream."""

    def __init__(self, layout: Layout, params: Params) -> None:
        self.layout = layout
        self.fixed_count = layout.count or 0
        if layout.stream.samples.codec == "text-csv":
            self.fixed_count = 1
        self._params = params
        self._types = layout.types()
        self._count = 0

    def raw(self, acc: FloatArray, gyr: FloatArray, only: tuple[Axis, ...] = ()) -> dict[str, NDArray[Any]]:
        """Raw values by field name."""
        stream = self.layout.stream
        raw = {}
        for axes, quantity, values in ((self.layout.acc, stream.acc, acc), (self.layout.gyro, stream.gyro, gyr)):
            if quantity is None or (only and axes != only):
                continue
            factor = quantity.scale_from.default if quantity.scale_from else 1.0
            for k, axis in enumerate(axes):
                exact = values[:, k] / factor / axis.scale_si
                raw[axis.field] = (
                    np.round(exact, _decimals(axis))
                    if stream.samples.codec == "text-csv"
                    else _to_raw(exact, self._types[axis.field])
                )
        return raw

    def payloads(self, raw: dict[str, NDArray[Any]], rows: slice, t_ns: IntArray, first: int) -> list[bytes]:
        """The notifications of one message; its first sample is number `first`."""
        stream = self.layout.stream
        mine = {name: raw[name][rows] for name in self._types if name in raw}
        message = self._message(mine, t_ns, first)
        self._count += 1
        if stream.join is not None:
            return _parts(message, stream.join, int(number_of(stream.join.total, self._params)))
        framing = stream.framing
        if framing is not None and not framing.line:
            frame = bytearray(message)
            frame[: len(framing.sync)] = framing.sync
            if framing.length_at is not None:
                frame[framing.length_at] = len(frame) - framing.overhead
            if framing.checksum is not None:
                _sign(frame, framing.checksum)
            message = bytes(frame)
        return [stream.prefix + message]

    def _message(self, raw: dict[str, NDArray[Any]], t_ns: IntArray, first: int) -> bytes:
        stream, samples, time = self.layout.stream, self.layout.stream.samples, self.layout.stream.time
        if samples.codec == "text-csv":
            return self._line(raw, t_ns)
        header = bytearray(samples.at)
        for at, eq, _ in stream.when:
            header[at : at + len(eq)] = eq
        if stream.join is not None:
            header[: len(stream.join.first)] = stream.join.first
        if samples.count_at is not None:
            header[samples.count_at] = len(t_ns)
        if stream.counter is not None:
            count = first if stream.counter.counts == "samples" else self._count
            _put(header, stream.counter.at, stream.counter.type, count)
        if time is not None:
            tick = int(t_ns[-1 if time.marks == "last" else 0]) // time.tick_ns
            if time.at is None:
                raw = raw | {time.field_name: np.array([tick])}
            else:
                _put(header, time.at, time.type, tick)
        if samples.codec == "polar-delta":
            return bytes(header) + to_polar_delta(np.column_stack([raw[f.name] for f in samples.groups[0]]))
        body = self.layout.pack(raw)
        return bytes(header) + body + bytes(max(0, (stream.length or 0) - len(header) - len(body)))

    def _line(self, raw: dict[str, NDArray[Any]], t_ns: IntArray) -> bytes:
        stream = self.layout.stream
        start = b"".join(eq for at, eq, _ in stream.when if at == 0)
        time = stream.time
        decimals = {axis.field: _decimals(axis) for axis in (*self.layout.acc, *self.layout.gyro)}
        values = []
        for field in stream.samples.groups[0][start.count(b",") :]:
            if time is not None and field.name == time.field_name:
                values.append(str(int(t_ns[0]) // time.tick_ns))
            else:
                values.append(f"{raw[field.name][0]:.{decimals[field.name]}f}" if field.name in raw else "0")
        return to_text_csv(start, values)


def _decimals(axis: Axis) -> int:
    """Digits behind the point with which a device prints the values of an axis."""
    return max(0, round(math.log10(abs(axis.scale_si) / TEXT_STEP_SI)))


def _parts(message: bytes, join: Join, total: int) -> list[bytes]:
    """A message cut as the device cuts it."""
    assert len(message) == total, "the profile's join.total does not fit its samples"
    parts, at = [message[: join.part]], join.part
    while at < len(message):
        head = join.following + bytes(join.strip - len(join.following))
        piece = message[at : at + join.part - len(head)]
        parts.append(head + piece)
        at += len(piece)
    return parts


def _sign(frame: bytearray, checksum: Checksum) -> None:
    value = checksum_of(bytes(frame), checksum)
    at = checksum.at % len(frame)
    frame[at : at + len(value)] = value


def _to_raw(values: FloatArray, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Nearest value the type can hold; a sensor at its limit saturates."""
    if dtype.kind == "f":
        return values.astype(dtype)
    limits = np.iinfo(dtype)
    return np.clip(np.rint(values), limits.min, limits.max).astype(dtype)


def _put(header: bytearray, at: int, type_name: str, value: int) -> None:
    """Write an integer at a place in the header, wrapped to its type."""
    dtype = np.dtype(NUMBER_TYPES[type_name])
    order: Literal["little", "big"] = "big" if dtype.byteorder == ">" else "little"
    header[at : at + dtype.itemsize] = (value % (1 << 8 * dtype.itemsize)).to_bytes(dtype.itemsize, order)
