"""From a device's packets to samples: sans-IO, driven by its profile, the same for any cut of the packets."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import compress, repeat
from typing import Any, Final

import numpy as np

from ..events import Event, Gap
from ..profiles.model import DeviceProfile
from ..samples import DEFAULT_SENSOR, FloatArray, IntArray, Packet, Packets, SampleBlock
from .battery import BatteryLevel, leading, parse_battery
from .heart import HeartBeats, parse_heart_rate
from .hold import HoldBase
from .lane import ORDER_BITS, Lane, in_order, read_lines, route
from .layout import Unpacked
from .merge import Merger
from .timebase import TimeBase

MOST_EVENTS: Final = 100_000
"""Kept until they are taken; a day with one packet in twenty lost has fewer gaps."""


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
        self._events: deque[Event] = deque(maxlen=MOST_EVENTS)
        self._lanes = [Lane(stream, profile, self.params) for stream in profile.streams]
        with_acc = [lane for lane in self._lanes if lane.stream.acc is not None]
        only_gyro = [lane for lane in self._lanes if lane.stream.acc is None]
        self._acc = _Clocked(with_acc, self.nominal_rate_hz)
        self._gyro = _Clocked(only_gyro, self.nominal_rate_hz) if only_gyro else None
        self._merger = Merger() if only_gyro else None
        self._silent = set(profile.gatt) - {s.channel for s in profile.streams}

    @property
    def counters(self) -> Counters:
        """A copy of the counts so far."""
        out = Counters(**self._counters.as_dict())
        for clocked in (self._acc, self._gyro):
            if clocked is not None and isinstance(clocked.time, TimeBase):
                out.repeated += clocked.time.repeated
                out.lost_packets += clocked.time.lost_packets
                out.lost_samples += clocked.time.lost_samples
                out.clock_resets += clocked.time.clock_resets
        for lane in self._lanes:
            out.malformed += lane.malformed + (lane.framer.malformed if lane.framer else 0)
            out.unknown += lane.framer.unknown if lane.framer else 0
        return out

    @property
    def sampling_rate_hz(self) -> float:
        """The rate as measured so far."""
        return self._acc.time.sampling_rate_hz

    def receive(self, packets: Sequence[Packet] | Packets) -> list[SampleBlock]:
        """Samples of these packets, at most one block; wrong packets are counted and skipped.

        Samples and their times do not depend on how packets are cut into calls. Missing samples are longer steps in
        time; `take_events` tells of them.
        """
        return self.receive_placed(packets)[0]

    def receive_placed(self, packets: Sequence[Packet] | Packets) -> tuple[list[SampleBlock], IntArray]:
        """As `receive`, and for every sample the position of the packet with which it became known.

        So packets that were decoded together can be told apart again: up to and with packet i, one by one would have
        given the samples whose position is not above i.
        """
        columns = packets if isinstance(packets, Packets) else Packets.of(packets)
        found = self._unpack(columns)
        acc = [part for lane in self._acc.lanes for part in found.get(id(lane), ())]
        t_ns, acc_ms2, gyr_rads, places = self._stamp(self._acc, acc, columns.t_ns)
        if self._merger is not None and self._gyro is not None:
            gyro = [part for lane in self._gyro.lanes for part in found.get(id(lane), ())]
            t_gyr_ns, _, gyr, gyr_places = self._stamp(self._gyro, gyro, columns.t_ns)
            if acc_ms2 is not None:
                self._merger.add_acc(t_ns, acc_ms2, places)
            if gyr is not None:
                self._merger.add_gyro(t_gyr_ns, gyr, gyr_places)
            t_ns, acc_ms2, gyr_rads, places = self._merger.take()
        self._counters.samples += len(t_ns)
        if not len(t_ns) or acc_ms2 is None:
            return [], np.empty(0, np.int64)
        return [SampleBlock(self.sensor, t_ns, acc_ms2, gyr_rads)], places

    def take_events(self) -> list[Event]:
        """Gaps, battery levels and heart beats that became known since the last call, in time order.

        Nobody need call it: only the newest `MOST_EVENTS` are kept.
        """
        events = sorted(self._events, key=lambda event: event.t_ns)
        self._events.clear()
        return events

    def device_ticks(self, packets: Sequence[Packet]) -> list[float]:
        """Device times in these packets as sent, in ticks; for test vectors, with a decoder of its own."""
        found = self._unpack(Packets.of(packets))
        parts = [part for lane in self._acc.lanes for part in found.get(id(lane), ())]
        ticks: Any = in_order(parts)[1].ticks if parts else None
        return [] if ticks is None else [float(tick) for tick in ticks]

    def _unpack(self, packets: Packets) -> dict[int, list[tuple[IntArray, Unpacked]]]:
        """Content of sound messages by lane, with their keys (see `lane.ORDER_BITS`)."""
        by_channel = _by_channel(packets)
        for channel, (positions, payloads) in by_channel.items():
            self._status(channel, packets.t_ns[positions], payloads)
            for lane in self._lanes:
                lane.learn_factors(channel, positions, payloads)
        found: dict[int, list[tuple[IntArray, Unpacked]]] = {}
        for channel, (positions, payloads) in by_channel.items():
            here = [lane for lane in self._lanes if lane.stream.channel == channel]
            plain = [lane for lane in here if lane.framer is None]
            keys = positions << ORDER_BITS
            if plain:
                self._counters.unknown += route(plain, payloads, keys, found)
            elif not here and channel not in self._silent:
                self._counters.unknown += len(payloads)
            for lane in here:
                if lane.framer is not None:
                    messages, which = lane.framer.feed(payloads)
                    their_keys = keys[which] + _ordinals(which)
                    if lane.stream.samples.codec == "text-csv":
                        read_lines(lane, messages, their_keys, found)
                    else:
                        route([lane], messages, their_keys, found)
        for lane in self._lanes:
            lane.apply_factors(found.get(id(lane), ()))
        return found

    def _status(self, channel: str, arrival_ns: IntArray, payloads: Sequence[bytes]) -> None:
        """Heart beats and battery levels in packets of one channel."""
        battery = self.profile.battery
        if channel == self.profile.heart_channel:
            for t_ns, payload in zip(arrival_ns.tolist(), payloads, strict=True):
                beats = parse_heart_rate(payload)
                if beats is None:
                    self._counters.malformed += 1
                else:
                    self._events.append(HeartBeats(t_ns, self.sensor, *beats))
        if battery is not None and channel == battery.channel:
            head = leading(battery.when)
            for i in compress(range(len(payloads)), map(bytes.startswith, payloads, repeat(head))):  # nearly none
                percent = parse_battery(battery, payloads[i])
                if percent is not None:
                    self._events.append(BatteryLevel(int(arrival_ns[i]), self.sensor, percent))

    def _stamp(
        self, clocked: _Clocked, parts: list[tuple[IntArray, Unpacked]], arrival_ns: IntArray
    ) -> tuple[IntArray, FloatArray | None, FloatArray | None, IntArray]:
        """Times of samples, with the values that belong to them and the positions of their packets."""
        if not parts:
            return np.empty(0, np.int64), None, None, np.empty(0, np.int64)
        keys, unpacked = in_order(parts)
        which = keys >> ORDER_BITS
        acc, gyr = unpacked.acc_ms2, unpacked.gyr_rads
        places = np.repeat(which, unpacked.counts)
        self._counters.packets += len(which)
        if isinstance(clocked.time, HoldBase):
            t_ns, source, until, gaps = clocked.time.stamp(arrival_ns[places])
            places = places[until]
            acc, gyr = clocked.held("acc", acc, source), clocked.held("gyr", gyr, source)
        else:
            stamps = clocked.time.stamp(arrival_ns[which], unpacked.counts, unpacked.ticks, unpacked.counters)
            t_ns, gaps = stamps.t_ns, stamps.gaps
            if not stamps.keep.all():
                self._counters.packets -= int(np.count_nonzero(~stamps.keep))
                rows = np.repeat(stamps.keep, unpacked.counts)
                places = places[rows]
                acc, gyr = (None if v is None else v[rows] for v in (acc, gyr))
        if clocked is self._acc:
            self._counters.gaps += len(gaps)
            self._events += [Gap(end_ns, self.sensor, onset_ns, lost) for onset_ns, end_ns, lost in gaps]
        return t_ns, acc, gyr, places


def _by_channel(packets: Packets) -> dict[str, tuple[IntArray, list[bytes]]]:
    """Positions and payloads of each channel's packets; the channel that was heard first comes first."""
    found = {}
    for number, channel in enumerate(packets.channels):
        positions = np.flatnonzero(packets.channel == number)
        if len(positions) == len(packets.payloads):
            return {channel: (positions, packets.payloads)}
        if len(positions):
            found[channel] = positions, [packets.payloads[i] for i in positions.tolist()]
    return dict(sorted(found.items(), key=lambda entry: int(entry[1][0][0])))


def _ordinals(which: IntArray) -> IntArray:
    """The number of each message among those completed by the same packet."""
    return np.arange(len(which)) - np.searchsorted(which, which)


class _Clocked:
    """Lanes that are forms of the same stream, with the time base they share."""

    def __init__(self, lanes: list[Lane], sampling_rate_hz: float) -> None:
        stream = lanes[0].stream
        self.lanes = lanes
        self.time: TimeBase | HoldBase = (
            HoldBase(sampling_rate_hz) if stream.on_change else TimeBase(sampling_rate_hz, stream.time, stream.counter)
        )
        self._last: dict[str, FloatArray] = {}

    def held(self, name: str, values: FloatArray | None, source: IntArray) -> FloatArray | None:
        """Rows of `values` at `source`, where -1 is the last row of the call before."""
        if values is None:
            return None
        chain = np.concatenate([self._last.get(name, values[:1]), values])
        self._last[name] = values[-1:].copy()
        return chain[source + 1]
