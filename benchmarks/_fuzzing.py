"""Shared by the fuzzers: every device profile, packets that are almost right, and what must always hold."""

from __future__ import annotations

import pickle
from collections.abc import Sequence

import numpy as np

from sensorcoach.profiles import DeviceProfile, load_profiles
from sensorcoach.protocol import Decoder, PacketEncoder
from sensorcoach.samples import DEFAULT_SENSOR, NS, Packet, SampleBlock

LONGEST_PAYLOAD = 512
"""The longest attribute value that Bluetooth allows."""
MOST_STATE_BYTES = 20_000_000
"""A decoder keeps at most 100,000 events that nobody took; everything else is far smaller."""


def profiles() -> list[DeviceProfile]:
    """Every shipped profile, in a fixed order."""
    return [profile for _, profile in sorted(load_profiles().items())]


def known_payloads(profile: DeviceProfile) -> list[tuple[str, bytes]]:
    """Right packets to begin with: channel and payload, from the profile's test vectors."""
    return [packet for vector in profile.vectors for packet in vector.packets]


class WildPackets:
    """Packets of one device as no device would send them; the same for the same seed.

    Half of them are right: a stream of samples in order (and again, and again), or a test vector. The others are noise,
    or right ones that are cut off, drawn out, on the wrong channel or changed in some bytes. Arrival times go on,
    sometimes by hours.
    """

    def __init__(self, profile: DeviceProfile, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._right = known_payloads(profile)
        self._channels = [*profile.gatt, "nowhere"]
        self._t_ns = 0
        self._encoder = PacketEncoder(profile)
        self._step_ns = round(NS / profile.sampling_rate_hz(self._encoder.params))
        self._device_ns = 0

    def take(self, count: int) -> list[Packet]:
        """The next packets."""
        rng = self._rng
        stream = self._stream(count // 8)
        sent = 0
        noise = rng.bytes(count * 64 + LONGEST_PAYLOAD)
        kinds = rng.integers(0, 8, count).tolist()
        lengths = np.minimum(rng.geometric(0.02, count), LONGEST_PAYLOAD).tolist()
        which = rng.integers(0, len(self._right), count).tolist()
        channels = rng.integers(0, len(self._channels), count).tolist()
        at = rng.random((count, 3)).tolist()
        values = rng.integers(0, 256, (count, 3)).tolist()
        steps = np.where(
            rng.random(count) < 1e-4, rng.integers(1, 20_000, count) * NS, rng.integers(0, NS // 20, count)
        )
        times = (self._t_ns + np.cumsum(steps)).tolist()
        self._t_ns = times[-1]
        out = []
        for i, kind in enumerate(kinds):
            if kind % 2:
                channel, payload = stream[sent % len(stream)]
                sent += 1
            else:
                channel, payload = self._right[which[i]]
            if kind == 2:
                channel, payload = self._channels[channels[i]], noise[i * 64 : i * 64 + lengths[i]]
            elif kind == 4:
                payload = payload[: int(at[i][0] * (len(payload) + 1))]
            elif kind == 5:
                payload = (payload + noise[i * 64 : i * 64 + lengths[i]])[:LONGEST_PAYLOAD]
            elif kind == 6:
                channel = self._channels[channels[i]]
            elif kind == 7 and payload:
                changed = bytearray(payload)
                for share, value in zip(at[i], values[i], strict=True):
                    changed[int(share * len(changed))] = value
                payload = bytes(changed)
            out.append(Packet(times[i], DEFAULT_SENSOR, channel, payload))
        return out

    def _stream(self, count: int) -> list[tuple[str, bytes]]:
        """About so many packets as the device would send them next; at least one."""
        n = max(count, 1) * self._encoder.samples_per_packet
        device_ns = self._device_ns + np.arange(1, n + 1) * self._step_ns
        self._device_ns = int(device_ns[-1])
        acc, gyr = self._rng.normal(0.0, 6.0, (n, 3)), self._rng.normal(0.0, 1.0, (n, 3))
        return [(p.channel, p.payload) for p in self._encoder.encode(device_ns, acc, gyr)]


class Broken(AssertionError):
    """Something that must always hold did not."""


def check_blocks(blocks: Sequence[SampleBlock], last_ns: int) -> int:
    """Times rise from `last_ns` on and every value is finite; returns the newest time, ns."""
    for block in blocks:
        t = block.t_ns
        if len(t) and (t[0] <= last_ns or (np.diff(t) <= 0).any()):
            raise Broken("times of samples do not rise")
        if not np.isfinite(block.acc_ms2).all() or (
            block.gyr_rads is not None and not np.isfinite(block.gyr_rads).all()
        ):
            raise Broken("a sample is not finite")
        if len(t):
            last_ns = int(t[-1])
    return last_ns


def state_bytes(decoder: Decoder) -> int:
    """Size of a decoder's whole state; raises when it has outgrown its bound."""
    size = len(pickle.dumps(decoder))
    if size > MOST_STATE_BYTES:
        raise Broken(f"a decoder has grown to {size} bytes")
    return size
