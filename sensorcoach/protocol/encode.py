"""The inverse of decoding: samples to the packets a device with this profile would send.

The virtual device, the sample recordings and the round-trip tests are built on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..profiles.model import NUMBER_TYPES, DeviceProfile, number_of
from ..samples import FloatArray, IntArray
from .layout import Layout


@dataclass(frozen=True, slots=True)
class SentPacket:
    """A packet as the device sends it, right after sample number `last` (counted from 0) was taken."""

    last: int
    channel: str
    payload: bytes


class PacketEncoder:
    """Collects samples and packs them, packet by packet. Uses the profile's first stream with acceleration.

    Parameters
    ----------
    profile : DeviceProfile
    params : mapping, optional
        As for `Decoder`.
    samples_per_packet : int, optional
        Instead of the number usual for the device.
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
        self._stream = next(s for s in profile.streams if s.acc is not None)
        self._layout = Layout(self._stream, self.params, profile.axes)
        samples = self._stream.samples
        fixed = None if samples.count is None else int(number_of(samples.count, self.params))
        self.samples_per_packet = fixed or samples_per_packet or self._layout.per_packet
        self._raw: dict[str, list[NDArray[Any]]] = {}
        self._t_ns: list[IntArray] = []
        self._waiting = 0
        self._sent = 0
        self._packets = 0

    @property
    def has_gyro(self) -> bool:
        """Whether packets carry angular rate."""
        return bool(self._layout.gyro)

    def encode(self, device_ns: IntArray, acc_ms2: FloatArray, gyr_rads: FloatArray | None = None) -> list[SentPacket]:
        """Packets that are full with these samples; the rest waits for the next call.

        Parameters
        ----------
        device_ns : int64 array, shape (n,)
            When each sample was taken by the *device's* clock, ns.
        acc_ms2, gyr_rads : float arrays, shape (n, 3)
            `gyr_rads` may be None (zeros are sent where the device has a gyro).
        """
        for name, values in self._raw_values(acc_ms2, gyr_rads).items():
            self._raw.setdefault(name, []).append(values)
        self._t_ns.append(np.asarray(device_ns, np.int64))
        self._waiting += len(device_ns)
        whole = self._waiting // self.samples_per_packet * self.samples_per_packet
        return self._send(whole) if whole else []

    def flush(self) -> list[SentPacket]:
        """A last, short packet with what is waiting. Devices with packets of a fixed number of samples send none."""
        return [] if self._stream.samples.count is not None or not self._waiting else self._send(self._waiting)

    def quantised(self, values: FloatArray, *, gyro: bool = False) -> FloatArray:
        """What a decoder gives back for these samples, bit for bit.

        Parameters
        ----------
        values : float array, shape (n, 3)
            Acceleration in m/s² (or angular rate in rad/s with `gyro`).
        """
        axes, types = (self._layout.gyro if gyro else self._layout.acc), self._layout.types()
        out = np.empty((len(values), 3))
        for k, axis in enumerate(axes):
            out[:, k] = _to_raw(values[:, k] / axis.scale_si, types[axis.field]) * axis.scale_si
        return out

    def _raw_values(self, acc_ms2: FloatArray, gyr_rads: FloatArray | None) -> dict[str, NDArray[Any]]:
        types = self._layout.types()
        gyr = np.zeros_like(acc_ms2) if gyr_rads is None else gyr_rads
        return {
            axis.field: _to_raw(values[:, k] / axis.scale_si, types[axis.field])
            for axes, values in ((self._layout.acc, acc_ms2), (self._layout.gyro, gyr))
            for k, axis in enumerate(axes)
        }

    def _send(self, count: int) -> list[SentPacket]:
        raw = {name: np.concatenate(parts) for name, parts in self._raw.items()}
        t_ns = np.concatenate(self._t_ns)
        packets = []
        for start in range(0, count, self.samples_per_packet):
            rows = slice(start, min(start + self.samples_per_packet, count))
            payload = self._message(
                {name: values[rows] for name, values in raw.items()}, t_ns[rows], self._sent + start
            )
            packets.append(SentPacket(self._sent + rows.stop - 1, self._stream.channel, payload))
            self._packets += 1
        self._raw = {name: [values[count:]] for name, values in raw.items()}
        self._t_ns = [t_ns[count:]]
        self._waiting -= count
        self._sent += count
        return packets

    def _message(self, raw: dict[str, NDArray[Any]], t_ns: IntArray, first: int) -> bytes:
        """One message: header, then samples of which the first is number `first`."""
        stream, samples = self._stream, self._stream.samples
        header = bytearray(samples.at)
        for at, eq, _ in stream.when:
            header[at : at + len(eq)] = eq
        if samples.count_at is not None:
            header[samples.count_at] = len(t_ns)
        if stream.counter is not None:
            count = first if stream.counter.counts == "samples" else self._packets
            _put(header, stream.counter.at, stream.counter.type, count)
        time = stream.time
        if time is not None:
            tick = int(t_ns[-1 if time.marks == "last" else 0]) // time.tick_ns
            if time.at is None:
                raw = raw | {time.field_name: np.array([tick])}
            else:
                _put(header, time.at, time.type, tick)
        return bytes(header) + self._layout.pack(raw)


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
