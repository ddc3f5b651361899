"""A working day of the virtual wearer, and everything that can go wrong with it: for the long runs of the watch."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from sensorcoach.engine.engine import Item
from sensorcoach.events import Calibrate, Command, Mark, Mute, Snooze
from sensorcoach.samples import NS, Packet, Tick
from sensorcoach.simulate.scenario import Scenario
from sensorcoach.simulate.sensor import VirtualSensor
from sensorcoach.transport.virtual import VirtualSource

DAY_S: Final = 86_400
SLOUCH_EVERY_S: Final = 1200
SLOUCH_S: Final = 240
DESK_S: Final = 8 * 3600
"""Stream time begins at nine in the morning: eight hours of desk, an evening, eight hours of sleep, and up again."""

_HEAD: Final = """\
name = "working day"
duration_s = {duration_s}
seed = {seed}
loop = {loop}

[sensor]
site = "chest"
sampling_rate_hz = 100
gyr_bias_dps = [0.3, -0.2, 0.15]
acc_bias_mg = [6, -4, 8]

[wearer]
fidgets_per_min = 0.15

[[breathing]]
rate_brpm = 14
sigh_every_s = 200
"""


def pose(at_s: float, name: str, more: str = "") -> str:
    """One entry of a scenario."""
    return f'\n[[posture]]\nat_s = {at_s:g}\npose = "{name}"\n{more}'


def walk(at_s: float, duration_s: float) -> str:
    """A walk; the wearer is on their feet already."""
    return f'\n[[activity]]\nat_s = {at_s:g}\nkind = "walk"\nduration_s = {duration_s:g}\ncadence_spm = 108\n'


def slouch_times(desk_s: int = DESK_S) -> list[int]:
    """When the slouches of a working day begin, s."""
    return list(range(600, desk_s - SLOUCH_S, SLOUCH_EVERY_S))


def working_day(*, hours: float = 24.0, seed: int = 1) -> Scenario:
    """A slouch every twenty minutes at the desk, a walk every hour; evening and night when there are 24 hours."""
    duration_s = round(hours * 3600)
    whole = hours == 24.0
    desk_s = min(DESK_S, duration_s)
    parts = [_HEAD.format(duration_s=duration_s, seed=seed, loop=str(whole).lower()), pose(0, "upright")]
    for i, start_s in enumerate(slouch_times(desk_s)):
        parts.append(pose(start_s, "slouch", f"flexion_deg = {18 + i % 5}\nover_s = 10\n"))
        parts.append(pose(start_s + SLOUCH_S, "upright"))
        if i % 3 == 2:
            parts += [pose(start_s + 320, "stand"), walk(start_s + 330, 180), pose(start_s + 520, "bend")]
            parts += [pose(start_s + 526, "upright"), pose(start_s + 540, "sit")]
    if whole:
        evening_s, night_s, morning_s = DESK_S + 60, 13 * 3600, 21 * 3600
        parts += [pose(evening_s, "stand"), walk(evening_s + 20, 1200), pose(evening_s + 1300, "sit")]
        parts += [pose(10 * 3600, "lean_back", "over_s = 5\n"), pose(night_s, "lie_back")]
        parts += [pose(night_s + 3600 * h, "lie_left" if h % 2 else "lie_right") for h in range(1, 8)]
        parts += [pose(morning_s, "upright", "over_s = 5\n"), pose(morning_s + 60, "stand"), walk(morning_s + 80, 900)]
        parts += [pose(morning_s + 1200, "sit"), pose(morning_s + 1260, "upright")]
        parts.append(f'\n[[sensor_event]]\nat_s = {11 * 3600}\nkind = "off"\nduration_s = 2400\n')
    return Scenario.from_toml("".join(parts))


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong at `at_s` for `length_s`."""

    kind: str
    at_s: float
    length_s: float


LENGTHS_S: Final[dict[str, float]] = {
    "lost_packets": 60.0,
    "burst": 20.0,
    "silence": 8.0,
    "long_silence": 240.0,
    "duplicated": 30.0,
    "reordered": 30.0,
    "corrupt": 30.0,
    "truncated": 30.0,
    "garbage": 30.0,
    "device_clock_reset": 0.0,
    "device_clock_jump": 0.0,
    "reconnect": 6.0,
    "wall_forward": 0.0,
    "wall_back": 0.0,
    "daylight_saving": 0.0,
    "ticks_missing": 60.0,
    "computer_sleeps": 200.0,
    "slip": 120.0,
    "battery_low": 0.0,
    "disk_full": 120.0,
    "snooze": 0.0,
    "meeting": 0.0,
    "mark": 0.0,
    "kill": 0.0,
}
"""Kinds of faults, and how long each lasts, s. `disk_full` and `kill` are carried out by whoever runs the watch."""


def schedule(seconds: int) -> list[Fault]:
    """Faults one after another between the slouches at the desk, each kind as often as there is room."""
    kinds, found, n = list(LENGTHS_S), [], 0
    for day in range(0, seconds, DAY_S):
        for slouch_s in slouch_times()[:-1]:
            at_s = day + slouch_s + SLOUCH_S + 90
            if at_s + 600 < seconds:
                kind = kinds[n % len(kinds)]
                found.append(Fault(kind, at_s, LENGTHS_S[kind]))
                n += 1
    if len(found) < len(kinds):  # an hour has little room: one every two minutes
        found = [Fault(k, 90.0 + 120 * i, min(LENGTHS_S[k], 90.0)) for i, k in enumerate(kinds)]
    return found


class FaultyStream:
    """The virtual wearer's items with faults in them, a minute at a time.

    Parameters
    ----------
    scenario : Scenario
    faults : sequence of Fault
    seconds : int
    """

    def __init__(self, scenario: Scenario, faults: list[Fault], seconds: int, *, seed: int = 7) -> None:
        self.source = VirtualSource(VirtualSensor(scenario))
        self._faults = faults
        self._seconds = seconds
        self._rng = random.Random(seed)
        self._count_shift = self._us_shift = 0
        self._wall_shift_ns = self._offset_s = 0
        self.sensor = self.source.header.name

    def minutes(self) -> Iterator[tuple[list[Item], list[Fault]]]:
        """Items of every minute, and the faults that begin in it."""
        for minute in range(0, self._seconds, 60):
            items: list[Item] = []
            while got := self.source.read((minute + 60) * NS, 120_000):
                items += got
            here = [f for f in self._faults if f.at_s < minute + 60 and f.at_s + max(f.length_s, 1.0) > minute]
            for fault in here:
                items = self._spoil(items, fault, begins=minute <= fault.at_s < minute + 60)
            yield [self._shifted(item) for item in items], [f for f in here if minute <= f.at_s < minute + 60]

    def _spoil(self, items: list[Item], fault: Fault, *, begins: bool) -> list[Item]:
        start_ns, end_ns = round(fault.at_s * NS), round((fault.at_s + fault.length_s) * NS)

        def within(item: Item) -> bool:
            return start_ns <= item_ns(item) < end_ns

        changes: dict[str, Callable[[Packet], list[Item]]] = {
            "lost_packets": lambda p: [] if self._rng.random() < 0.2 else [p],
            "silence": lambda p: [],
            "long_silence": lambda p: [],
            "reconnect": lambda p: [],
            "duplicated": lambda p: [p, p] if self._rng.random() < 0.3 else [p],
            "corrupt": lambda p: [replace(p, payload=self._corrupt(p.payload))],
            "truncated": lambda p: [replace(p, payload=p.payload[: self._rng.randrange(len(p.payload))])],
            "garbage": lambda p: [replace(p, payload=self._rng.randbytes(40)), p],
            "slip": lambda p: [replace(p, payload=_turned(p.payload))],
            "burst": lambda p: [replace(p, t_ns=min(end_ns, p.t_ns // (5 * NS) * 5 * NS + 5 * NS))],
        }
        change = changes.get(fault.kind)
        if change is not None:
            spoiled = [n for i in items for n in (change(i) if isinstance(i, Packet) and within(i) else [i])]
            items = sorted(spoiled, key=item_ns) if fault.kind == "burst" else spoiled
        elif fault.kind == "reordered":
            at = [i for i, item in enumerate(items) if isinstance(item, Packet) and within(item)]
            for a, b in zip(at[::2], at[1::2], strict=False):
                first, second = items[a], items[b]
                assert isinstance(first, Packet)
                assert isinstance(second, Packet)
                items[a], items[b] = replace(second, t_ns=first.t_ns), replace(first, t_ns=second.t_ns)
        elif fault.kind == "ticks_missing":
            items = [i for i in items if not (isinstance(i, Tick) and within(i))]
        elif fault.kind == "computer_sleeps":
            items = [i for i in items if not within(i)]
        if begins:
            items = self._begin(items, fault, start_ns)
        if fault.kind == "slip" and any(end_ns <= item_ns(i) < end_ns + NS for i in items):
            up, forward = ((float(x), float(y), float(z)) for x, y, z in self.source.virtual.neutral())
            items = _inserted(items, Calibrate(end_ns, self.sensor, up, forward))  # the wearer does as asked
        return items

    def _begin(self, items: list[Item], fault: Fault, start_ns: int) -> list[Item]:
        if fault.kind == "device_clock_reset":
            self._count_shift, self._us_shift = self._rng.randrange(2**32), self._rng.randrange(2**32)
        elif fault.kind == "device_clock_jump":
            self._us_shift += 37_000_000
        elif fault.kind in ("wall_forward", "wall_back"):
            self._wall_shift_ns += (20 if fault.kind == "wall_forward" else -20) * 60 * NS
        elif fault.kind == "daylight_saving":
            self._offset_s = 3600 - self._offset_s
        extra: dict[str, Item] = {
            "battery_low": Packet(start_ns, self.sensor, "battery", bytes([12])),
            "reconnect": Packet(start_ns, self.sensor, "control", b"\x01\x00"),
            "snooze": Snooze(start_ns, 60.0),
            "meeting": Mute(start_ns, 60.0),
            "mark": Mark(start_ns, "here"),
        }
        if fault.kind not in extra:
            return items
        return _inserted(items, extra[fault.kind])

    def _corrupt(self, payload: bytes) -> bytes:
        at = self._rng.randrange(8, len(payload))
        return payload[:at] + bytes([payload[at] ^ (1 << self._rng.randrange(8))]) + payload[at + 1 :]

    def _shifted(self, item: Item) -> Item:
        """With the clocks as they stand after everything that has happened."""
        if isinstance(item, Tick) and (self._wall_shift_ns or self._offset_s):
            return Tick(item.t_ns, item.wall_ns + self._wall_shift_ns, self._offset_s)
        if isinstance(item, Packet) and (self._count_shift or self._us_shift) and len(item.payload) > 8:
            count, us = struct.unpack_from("<II", item.payload)
            head = struct.pack("<II", (count + self._count_shift) % 2**32, (us + self._us_shift) % 2**32)
            return replace(item, payload=head + item.payload[8:])
        return item


def _inserted(items: list[Item], item: Item) -> list[Item]:
    before = [i for i in items if item_ns(i) <= item_ns(item)]
    return [*before, item, *items[len(before) :]]


def item_ns(item: Item) -> int:
    """Time of an item that a radio brings, or a person."""
    assert isinstance(item, Packet | Tick | Command)
    return item.t_ns


def _turned(payload: bytes) -> bytes:
    """The same samples from a sensor that was turned by 25° about its x axis."""
    values = np.frombuffer(payload, "<i2", offset=8).reshape(-1, 3).astype(float)
    c, s = np.cos(np.deg2rad(25.0)), np.sin(np.deg2rad(25.0))
    turned = values @ np.array([[1, 0, 0], [0, c, s], [0, -s, c]])
    data: bytes = np.clip(np.rint(turned), -32768, 32767).astype("<i2").tobytes()
    return payload[:8] + data
