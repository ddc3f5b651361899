"""Streams virtual sensors through Bleak's public interface and gathers what comes out."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from sensorcoach.profiles import DeviceProfile, load_profiles, profile_from_dict
from sensorcoach.protocol import Decoder
from sensorcoach.samples import NS, FloatArray, Packet, SampleBlock, Site, Tick
from sensorcoach.transport.ble import BleSource, Radio, Status, Target, find
from sensorcoach.transport.virtual_device import VirtualDevice
from sensorcoach.transport.virtual_radio import Air

from .virtual_time import loop_clock

PROFILES = load_profiles()
H10 = PROFILES["polar_h10"]
VIRTUAL = PROFILES["virtual"]
ADDRESSES = ("F0:F1:F2:F3:F4:F5", "F0:F1:F2:F3:F4:F6")


def framed() -> DeviceProfile:
    """A sensor whose notifications are pieces of a byte stream: 20-byte frames that begin with 55 61."""
    table = VIRTUAL.to_dict()
    del table["heart_channel"]
    raw = [f"{axis}:i16" for axis in ("ax", "ay", "az", "gx", "gy", "gz", "_", "_", "_")]
    stream = {
        "channel": "data",
        "framing": {"sync": "55 61", "length": 20},
        "samples": {"at": 2, "fields": raw, "count": 1},
        "acc": {"unit": "g", "scale": "16/32768"},
        "gyro": {"unit": "dps", "scale": "2000/32768"},
    }
    packet = "5561 0000 0000 0008 0000 0000 0000 0000 0000 0000"
    vector = {
        "what": "rest",
        "source": "here",
        "packets": [packet],
        "count": 1,
        "rows": [{"at": 0, "acc_g": [0, 0, 1]}],
    }
    return profile_from_dict({**table, "name": "framed", "stream": [stream], "vectors": [vector]}, "framed")


FRAMED = [framed(), *(p for p in PROFILES.values() if any(s.framing and not s.framing.line for s in p.streams))]


@dataclass
class Heard:
    packets: list[Packet] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)

    def take(self, items: Sequence[Packet | Tick | Status]) -> None:
        for item in items:
            if isinstance(item, Packet):
                self.packets.append(item)
            elif isinstance(item, Tick):
                self.ticks.append(item)
            else:
                self.statuses.append(item)

    def states(self) -> list[str]:
        return [s.state for s in self.statuses]

    def first(self, state: str, after_s: float = 0.0) -> float:
        """When this state was first told of after `after_s`, s."""
        return next(s.t_ns / NS for s in self.statuses if s.state == state and s.t_ns >= after_s * NS)

    def arrivals_s(self, channel: str = "data") -> FloatArray:
        return np.array([p.t_ns for p in self.packets if p.channel == channel]) / NS

    def decode(self, profile: DeviceProfile, sensor: str = "chest") -> tuple[SampleBlock, Decoder]:
        decoder = Decoder(profile, profile.resolve(use="live"), sensor)
        blocks = decoder.receive([p for p in self.packets if p.sensor == sensor])
        return blocks[0], decoder


async def target_of(device: VirtualDevice, radio: Radio, sensor: str = "chest", site: Site = "chest") -> Target:
    seen = await find(radio, {device.profile.name: device.profile}, device.address)
    params = device.profile.resolve(use="live")
    return Target(seen.device, device.profile, seen.name, sensor, site, params)


async def source_of(air: Air, *, seed: int = 1, capacity: int = 4096) -> BleSource:
    """A source of every device on the air: the first at the chest, the second at the lower back."""
    radio = air.radio()
    places: tuple[Site, ...] = ("chest", "lower-back")
    targets = [await target_of(d, radio, place, place) for d, place in zip(air.devices, places, strict=False)]
    return BleSource(targets, radio, clock=loop_clock(), rng=random.Random(seed), capacity=capacity)


async def stream(
    air: Air, seconds: float, script: Sequence[tuple[float, Callable[[], object]]] = (), *, seed: int = 1
) -> Heard:
    """Stream for so many seconds; `script` says at which second what happens meanwhile."""
    source = await source_of(air, seed=seed)
    heard, todo = Heard(), sorted(script, key=lambda entry: entry[0])
    async with source:
        async for items in source.batches():
            heard.take(items)
            while todo and source.clock.t_ns() >= todo[0][0] * NS:
                todo.pop(0)[1]()
            if source.clock.t_ns() >= seconds * NS:
                break
    heard.take(source._take())
    return heard
