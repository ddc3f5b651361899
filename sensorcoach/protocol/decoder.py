"""From a device's packets to samples: sans-IO, driven by its profile, the same for any cut of the packets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from ..events import Event, Gap
from ..profiles.model import Condition, DeviceProfile, Stream
from ..samples import DEFAULT_SENSOR, FloatArray, IntArray, Packet, SampleBlock
from .battery import BatteryLevel, parse_battery
from .heart import HeartBeats, parse_heart_rate
from .layout import ByteRows, Layout, Unpacked
from .timebase import TimeBase


@dataclass(slots=True)
class Counters:
    """What became of the packets so far.

    Attributes
    ----------
    packets, samples : int
        Packets with samples, and the samples they gave.
    malformed : int
        Packets of a known kind whose length or content is wrong; skipped.
    unknown : int
        Packets of a channel or kind the profile does not describe; skipped.
    repeated : int
        Packets that came a second time; skipped.
    lost_packets, lost_samples, gaps : int
        What the device's counter or clock says is missing, and in how many places.
    clock_resets : int
        How often the device's clock was set anew.
    """

    packets: int = 0
    samples: int = 0
    malformed: int = 0
    unknown: int = 0
    repeated: int = 0
    lost_packets: int = 0
    lost_samples: int = 0
    gaps: int = 0
    clock_resets: int = 0

    def as_dict(self) -> dict[str, int]:
        """Counts by name."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


class Decoder:
    """Decodes the packets of one sensor. Picklable; never raises for bytes; its memory does not grow.

    Parameters
    ----------
    profile : DeviceProfile
    params : mapping, optional
        Chosen parameters, those that the device was started with; defaults fill the rest.
    sensor : str
        Name that blocks and events carry.

    Raises
    ------
    UsageError
        A parameter this device does not have.
    """

    def __init__(
        self, profile: DeviceProfile, params: Mapping[str, float] | None = None, sensor: str = DEFAULT_SENSOR
    ) -> None:
        self.profile = profile
        self.params = profile.resolve(params)
        self.sensor = sensor
        self.nominal_rate_hz = profile.sampling_rate_hz(self.params)
        self._counters = Counters()
        self._events: list[Event] = []
        self._streams = [_StreamDecoder(stream, profile, self.params) for stream in profile.streams]
        self._silent = set(profile.gatt) - {s.stream.channel for s in self._streams}

    @property
    def counters(self) -> Counters:
        """A copy of the counts so far."""
        out = Counters(**self._counters.as_dict())
        for stream in self._streams:
            out.repeated += stream.time.repeated
            out.lost_packets += stream.time.lost_packets
            out.lost_samples += stream.time.lost_samples
            out.clock_resets += stream.time.clock_resets
        return out

    @property
    def sampling_rate_hz(self) -> float:
        """The rate as measured so far."""
        return self._streams[0].time.sampling_rate_hz

    def receive(self, packets: Sequence[Packet]) -> list[SampleBlock]:
        """Samples of these packets, at most one block; wrong packets are counted and skipped.

        Samples and their times do not depend on how packets are cut into calls. Missing samples are longer steps in
        time; `take_events` tells of them.
        """
        by_channel: dict[str, tuple[list[int], list[bytes]]] = {}
        for packet in packets:
            arrivals, payloads = by_channel.setdefault(packet.channel, ([], []))
            arrivals.append(packet.t_ns)
            payloads.append(packet.payload)
        blocks = []
        for channel, (arrivals, payloads) in by_channel.items():
            self._status(channel, arrivals, payloads)
            streams = [s for s in self._streams if s.stream.channel == channel]
            if streams:
                blocks += self._decode(streams, arrivals, payloads)
            elif channel not in self._silent:
                self._counters.unknown += len(payloads)
        return blocks

    def take_events(self) -> list[Event]:
        """Gaps, battery levels and heart beats that became known since the last call, in time order."""
        events, self._events = self._events, []
        return sorted(events, key=lambda event: event.t_ns)

    def _status(self, channel: str, arrivals: list[int], payloads: list[bytes]) -> None:
        if channel == self.profile.heart_channel:
            for t_ns, payload in zip(arrivals, payloads, strict=True):
                beats = parse_heart_rate(payload)
                if beats is None:
                    self._counters.malformed += 1
                else:
                    self._events.append(HeartBeats(t_ns, self.sensor, *beats))
        battery = self.profile.battery
        if battery is not None and channel == battery.channel:
            for t_ns, payload in zip(arrivals, payloads, strict=True):
                percent = parse_battery(battery, payload)
                if percent is not None:
                    self._events.append(BatteryLevel(t_ns, self.sensor, percent))

    def device_ticks(self, packets: Sequence[Packet]) -> list[float]:
        """Device times in these packets as sent, in ticks; for test vectors, with a decoder of its own."""
        ticks: list[float] = []
        for stream in self._streams:
            payloads = [p.payload for p in packets if p.channel == stream.stream.channel]
            for _, unpacked in self._unpack([stream], payloads).values():
                ticks += [] if unpacked.ticks is None else unpacked.ticks.tolist()
        return ticks

    def _decode(self, streams: list[_StreamDecoder], arrivals: list[int], payloads: list[bytes]) -> list[SampleBlock]:
        arrival_ns = np.array(arrivals, np.int64)
        found = self._unpack(streams, payloads)
        return [self._stamp(streams[i], arrival_ns, which, unpacked) for i, (which, unpacked) in found.items()]

    def _unpack(self, streams: list[_StreamDecoder], payloads: list[bytes]) -> dict[int, tuple[IntArray, Unpacked]]:
        """Content of the sound messages by stream, each with the positions of its messages in `payloads`."""
        lengths = np.fromiter(map(len, payloads), np.int64, len(payloads))
        parts: dict[int, list[tuple[IntArray, Unpacked]]] = {}
        for length in np.unique(lengths).tolist():
            which = np.flatnonzero(lengths == length)
            same = payloads if len(which) == len(payloads) else [payloads[i] for i in which.tolist()]
            rows = np.frombuffer(b"".join(same), np.uint8).reshape(len(which), length)
            for i, stream in enumerate(streams):
                fit = stream.fitting(rows)
                if not fit.any():
                    continue
                mine = rows if fit.all() else rows[fit]
                unpacked = stream.layout.unpack(mine)
                bad = len(mine) if unpacked is None else int(np.count_nonzero(~unpacked.good))
                self._counters.malformed += bad
                if unpacked is not None and len(unpacked.counts):
                    parts.setdefault(i, []).append((which[fit][unpacked.good], unpacked))
                rows, which = rows[~fit], which[~fit]
            self._counters.unknown += len(which)
        return {i: _in_order(found) for i, found in sorted(parts.items())}

    def _stamp(self, stream: _StreamDecoder, arrival_ns: IntArray, which: IntArray, unpacked: Unpacked) -> SampleBlock:
        stamps = stream.time.stamp(arrival_ns[which], unpacked.counts, unpacked.ticks, unpacked.counters)
        acc, gyr = unpacked.acc_ms2, unpacked.gyr_rads
        if not stamps.keep.all():
            rows = np.repeat(stamps.keep, unpacked.counts)
            acc, gyr = (None if v is None else v[rows] for v in (acc, gyr))
        self._counters.packets += int(np.count_nonzero(stamps.keep))
        self._counters.samples += len(stamps.t_ns)
        self._counters.gaps += len(stamps.gaps)
        self._events += [Gap(t_ns, self.sensor, onset_ns, lost) for onset_ns, t_ns, lost in stamps.gaps]
        assert acc is not None
        return SampleBlock(self.sensor, stamps.t_ns, acc, gyr)


class _StreamDecoder:
    """One stream: which messages are its own, where their numbers stand, when their samples were taken."""

    def __init__(self, stream: Stream, profile: DeviceProfile, params: Mapping[str, float]) -> None:
        self.stream = stream
        self.layout = Layout(stream, params, profile.axes)
        self.time = TimeBase(profile.sampling_rate_hz(params), stream.time, stream.counter)

    def fitting(self, rows: ByteRows) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which messages fulfil the stream's conditions."""
        fit = np.ones(len(rows), np.bool_)
        for condition in self.stream.when:
            fit &= _holds(rows, condition)
        return fit


def _holds(rows: ByteRows, condition: Condition) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    at, eq, mask = condition
    if rows.shape[1] < at + len(eq):
        return np.zeros(len(rows), np.bool_)
    part = rows[:, at : at + len(eq)] & np.frombuffer(mask, np.uint8)
    return np.asarray((part == np.frombuffer(eq, np.uint8)).all(axis=1))


def _in_order(found: list[tuple[IntArray, Unpacked]]) -> tuple[IntArray, Unpacked]:
    """Join messages of different lengths in the order in which they came."""
    if len(found) == 1:
        return found[0]
    which = np.concatenate([w for w, _ in found])
    parts = [u for _, u in found]
    order = np.argsort(which, kind="stable")
    counts = np.concatenate([u.counts for u in parts])
    rows = np.argsort(np.repeat(which, counts), kind="stable")

    def joined(values: list[FloatArray | None], at: IntArray) -> FloatArray | None:
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
