"""The engine: synchronous, deterministic, and the same for live, watch and replay.

`feed` takes what comes in at the front door (`Packet`, `SampleBlock`, `Tick`, `Command`) and returns the events that
became known. `feed_many` gives exactly the events that feeding one by one would give, but decodes and estimates runs of
packets together; that is what makes a day replay in seconds.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from ..coach.host import Coach
from ..coach.slouch import SlouchSettings
from ..errors import UsageError
from ..events import Calibrate, Command, Event, Gap, Link
from ..profiles.model import Check
from ..samples import NS, IntArray, Packet, SampleBlock, StreamInfo, Tick
from .chain import SensorChain
from .spine import SpinePair

Vector = tuple[float, float, float]
Item = Packet | SampleBlock | Tick | Command

SILENT_AFTER_NS = 3 * NS
"""A sensor from which no packet came for this long is called silent: the slowest supported packets come every 1.4 s."""


STATUS_DELAY_NS = NS // 2
"""Battery levels and heart beats are told this much after they were heard. Their packets come between those with
samples; waiting for the samples to pass makes their place among the events independent of how packets were taken
together."""


class PacketDecoder(Protocol):
    """What the engine needs of `protocol.Decoder`."""

    def receive(self, packets: Sequence[Packet]) -> Sequence[SampleBlock]:
        """Sample blocks decoded from these packets; wrong packets are counted and skipped."""

    def receive_placed(self, packets: Sequence[Packet]) -> tuple[Sequence[SampleBlock], IntArray]:
        """As `receive`, at most one block; and for each sample the position of the packet that completed it."""

    def take_events(self) -> Sequence[Event]:
        """What else the packets said since the last call (battery, heart beats, gaps), in time order."""


@dataclass(frozen=True, slots=True)
class SensorSetup:
    """One sensor of a run: its stream, its packets' decoder (None: samples come ready), its neutral pose if known,
    and how far it may be off before the wearer is told (None: the defaults)."""

    stream: StreamInfo
    decoder: PacketDecoder | None = None
    up: Vector | None = None
    forward: Vector | None = None
    check: Check | None = None


class Engine:
    """Feed it in order; it never looks at a clock, never blocks, and its whole state can be saved.

    Parameters
    ----------
    sensors : sequence of SensorSetup
        One per sensor, with distinct names.
    slouch : SlouchSettings, optional
    waves : bool
        Emit `Wave` events for a screen.
    """

    def __init__(
        self, sensors: Sequence[SensorSetup], *, slouch: SlouchSettings | None = None, waves: bool = False
    ) -> None:
        names = [s.stream.sensor for s in sensors]
        if len(set(names)) != len(names):
            raise UsageError(f"Two sensors have the same name ({', '.join(names)}).", "Give each its own name.")
        self._chains = {
            s.stream.sensor: SensorChain(s.stream, slouch=slouch, waves=waves, check=s.check) for s in sensors
        }
        self._coach = Coach(names)
        self._decoders = {s.stream.sensor: s.decoder for s in sensors if s.decoder is not None}
        self._spine = SpinePair.of(s.stream for s in sensors)
        self._heard_ns = dict.fromkeys(self._decoders, 0)
        self._told_later: dict[str, list[Event]] = {sensor: [] for sensor in self._decoders}
        self._silent: set[str] = set()
        self._now_ns = 0
        self._first: list[Event] = []
        for setup in sensors:
            if setup.up is not None:
                command = Calibrate(0, setup.stream.sensor, setup.up, setup.forward)
                self._first += self._chains[setup.stream.sensor].on_command(command)

    @property
    def now_ns(self) -> int:
        """Newest stream time heard of, from samples, packets or ticks."""
        return self._now_ns

    def feed(self, item: Item) -> list[Event]:
        """Events that became known with this item, in order."""
        return self.feed_many((item,))

    def feed_many(self, items: Iterable[Item]) -> list[Event]:
        """The events of feeding each item in turn, computed together where that changes nothing."""
        events, self._first = self._first, []
        run: list[Packet] = []
        for item in items:
            if isinstance(item, Packet):
                if item.sensor in self._silent:
                    events += self._decode(run)
                    run = []
                    events += self._heard_again(item)
                run.append(item)
                self._heard_ns[item.sensor] = item.t_ns
                self._now_ns = max(self._now_ns, item.t_ns)
                continue
            if isinstance(item, Tick):
                self._now_ns = max(self._now_ns, item.t_ns)
                late = [s for s, heard in self._heard_ns.items() if item.t_ns - heard > SILENT_AFTER_NS]
                if not late:
                    continue  # nothing can depend on this tick, so the run of packets goes on
                events += self._decode(run)
                run = []
                for sensor in late:
                    events += self._silence(sensor, item.t_ns)
                continue
            events += self._decode(run)
            run = []
            if isinstance(item, SampleBlock):
                events += self._estimate(item)
            else:
                for chain in self._chains.values():
                    events += chain.on_command(item)
                events += self._coach.obey(item)
        return events + self._decode(run)

    def finish(self, detail: str = "") -> list[Event]:
        """The source has ended: says so for every sensor; a session that still ran ends with its summary."""
        ended = [Link(self._now_ns, sensor, "ended", detail) for sensor in self._chains]
        return [*ended, *self._coach.finish(self._now_ns)]

    def save(self) -> bytes:
        """The whole state; `Engine.restore` continues from it with the same events as if never interrupted."""
        return pickle.dumps(self, protocol=pickle.HIGHEST_PROTOCOL)

    @staticmethod
    def restore(state: bytes) -> Engine:
        """Undo `save`. Only for states this program made itself in this run: pickle trusts its input."""
        engine = pickle.loads(state)
        if not isinstance(engine, Engine):
            raise TypeError("not a saved engine")
        return engine

    def _decode(self, packets: list[Packet]) -> list[Event]:
        """Events of a run of packets; those of several sensors in the order in which one by one would give them."""
        if len({packet.sensor for packet in packets}) > 1:
            return self._decode_mixed(packets)
        return [event for block in self._receive(packets)[0] for event in self._estimate(block)]

    def _decode_mixed(self, packets: list[Packet]) -> list[Event]:
        """Every sensor is decoded and estimated in one go; then each packet tells what its samples completed."""
        places: dict[str, list[int]] = {}
        for place, packet in enumerate(packets):
            places.setdefault(packet.sensor, []).append(place)
        told: dict[int, list[Event]] = {}
        for mine in places.values():
            blocks, completed_by = self._receive([packets[place] for place in mine])
            for block in blocks:
                found = self._update(block)
                rows = np.searchsorted(block.t_ns, np.array([event.t_ns for event in found], np.int64))
                for event, by in zip(found, completed_by[rows].tolist(), strict=True):
                    told.setdefault(mine[by], []).append(event)
        events = [event for place in sorted(told) for event in self._with_spine(told[place])]
        return self._coach.hear(events)

    def _receive(self, packets: list[Packet]) -> tuple[Sequence[SampleBlock], IntArray]:
        """Samples of one sensor's packets, and which packet completed each; what else it said waits for its time."""
        if not packets:
            return (), np.empty(0, np.int64)
        decoder = self._decoders.get(packets[0].sensor)
        if decoder is None:
            raise UsageError(f"Packets came from a sensor that was not announced: {packets[0].sensor!r}.")
        received = decoder.receive_placed(packets)
        status = [e for e in decoder.take_events() if not isinstance(e, Gap)]  # gaps are seen in the samples' times
        self._told_later[packets[0].sensor] += [replace(e, t_ns=e.t_ns + STATUS_DELAY_NS) for e in status]
        return received

    def _estimate(self, block: SampleBlock) -> list[Event]:
        return self._coach.hear(self._with_spine(self._update(block)))

    def _update(self, block: SampleBlock) -> list[Event]:
        """What one sensor's samples say by themselves."""
        chain = self._chains.get(block.sensor)
        if chain is None:
            raise UsageError(f"Samples came from a sensor that was not announced: {block.sensor!r}.")
        events = self._with_status(block.sensor, chain.update(block), chain.last_ns or 0)
        self._now_ns = max(self._now_ns, chain.last_ns or 0)
        return events

    def _with_status(self, sensor: str, events: list[Event], until_ns: int) -> list[Event]:
        """With the battery levels and heart beats whose time has come."""
        waiting = self._told_later.get(sensor)
        if not waiting or waiting[0].t_ns > until_ns:
            return events
        due = [e for e in waiting if e.t_ns <= until_ns]
        self._told_later[sensor] = waiting[len(due) :]
        return sorted([*events, *due], key=lambda event: event.t_ns)

    def _with_spine(self, events: list[Event]) -> list[Event]:
        """With what two sensors on one trunk say together."""
        return events if self._spine is None else events + self._spine.update(events)

    def _silence(self, sensor: str, t_ns: int) -> list[Event]:
        events: list[Event] = []
        if sensor not in self._silent:
            self._silent.add(sensor)
            events.append(Link(t_ns, sensor, "silent", "nothing heard from the sensor"))
        events = self._with_status(sensor, events, t_ns)
        return self._coach.hear(events + self._with_spine(self._chains[sensor].silent_until(t_ns - SILENT_AFTER_NS)))

    def _heard_again(self, packet: Packet) -> list[Event]:
        self._silent.discard(packet.sensor)
        return self._coach.hear([Link(packet.t_ns, packet.sensor, "streaming", "the sensor is heard again")])
