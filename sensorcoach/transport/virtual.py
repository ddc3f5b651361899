"""The virtual wearer as a source: its sensor's packets, ticks and neutral pose, as a radio would have brought them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np

from ..engine import SensorSetup
from ..engine.engine import Item
from ..errors import InputError, UsageError
from ..events import Calibrate
from ..profiles import DeviceProfile, load_profile, profile_from_dict, shipped_folder
from ..protocol import PacketEncoder
from ..recording.journal_format import JournalHeader, SensorHeader
from ..samples import NS, FloatArray, IntArray, Packet, Site, Tick
from ..simulate.builtin import builtin_scenarios
from ..simulate.scenario import Scenario
from ..simulate.sensor import VirtualSensor
from .setup import setup_from_header

LATENCY_NS: Final = 15_000_000
"""From the last sample of a packet to its arrival: half a connection interval of 30 ms."""
WALL_START_NS: Final = 1_767_258_000 * NS
"""The virtual wearer always begins on 1 January 2026 at 9:00 UTC, so that its recordings never differ."""


def virtual_header(sensors: Sequence[SensorHeader], wearer: str = "") -> JournalHeader:
    """What stands at the head of a recording of the virtual wearer."""
    writer = f"sensorcoach {version('sensorcoach')}"
    return JournalHeader(tuple(sensors), WALL_START_NS, 0, WALL_START_NS, writer, wearer=wearer)


class VirtualSource:
    """Packets of a virtual sensor in stream order; the same for the same scenario and seed, however they are read."""

    origin_s = 0.0

    def __init__(self, sensor: VirtualSensor) -> None:
        stream = sensor.stream
        profile = _profile(has_gyro=stream.has_gyro)
        params = profile.resolve({"rate_hz": stream.sampling_rate_hz})
        self.virtual = sensor
        self.title = f"Virtual wearer: {sensor.scenario.name}"
        self.header = SensorHeader(
            stream.sensor, stream.site, "sensorcoach virtual", "", profile.to_dict(), dict(params)
        )
        self.headers = (self.header,)
        self.problems: list[str] = []
        self.sensors = self.engine_sensors()
        self.duration_s = None if sensor.scenario.loop else sensor.scenario.duration_s
        self._encoder = PacketEncoder(profile, params)
        self._per_packet = self._encoder.samples_per_packet
        self._packet = 0
        self._tick = 0
        self._last_packet = None if sensor.scenario.loop else sensor.sample_count // self._per_packet
        self._started = False

    @property
    def ended(self) -> bool:
        """Whether the scenario is over; one that loops never is."""
        return self._last_packet is not None and self._packet >= self._last_packet

    @property
    def position(self) -> int:
        """Packets sent."""
        return self._packet

    def read(self, until_ns: int, limit: int) -> list[Item]:
        """What arrives up to `until_ns`: packets, a tick at every whole second, and the neutral pose first of all."""
        last = self._packets_until(until_ns)
        if self._last_packet is not None:
            last = min(last, self._last_packet)
        last = min(last, self._packet + max(1, limit // self._per_packet))
        items: list[Item] = [] if self._started else [self._neutral()]
        self._started = True
        if last > self._packet:
            self._send(last, items)
        elif last == self._packets_until(until_ns):
            self._ticks_until(until_ns, items)
        return items

    def seek(self, position: int) -> None:
        """The virtual wearer lives forward only."""
        raise UsageError("The virtual wearer cannot be wound back.", "Record it, then replay the recording.")

    def engine_sensors(self) -> Sequence[SensorSetup]:
        """The virtual sensor, decoded with its own profile like any other."""
        return (setup_from_header(self.header, "the virtual sensor"),)

    def rows(self, t_ns: IntArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Rows are samples."""
        return t_ns / NS, values

    def _send(self, last: int, items: list[Item]) -> None:
        n = self._per_packet
        reading = self.virtual.read(self._packet * n, last * n)
        sent = self._encoder.encode(reading.t_ns, reading.acc_ms2, reading.gyr_rads)
        whole = np.asarray(reading.received.reshape(-1, n).all(axis=1)).tolist()
        arrival_ns: list[int] = (reading.true_ns.reshape(-1, n)[:, -1] + LATENCY_NS).tolist()
        for packet, t_ns, received in zip(sent, arrival_ns, whole, strict=True):
            self._ticks_until(t_ns, items)
            if received:
                items.append(Packet(t_ns, self.header.name, packet.channel, packet.payload))
        self._packet = last

    def _packets_until(self, until_ns: int) -> int:
        """How many packets have arrived by then."""
        guess = int((until_ns - LATENCY_NS) / NS * self.virtual.stream.sampling_rate_hz / self._per_packet) + 2
        while guess > 0 and self._arrival_ns(guess - 1) > until_ns:
            guess -= 1
        return max(guess, self._packet)

    def _arrival_ns(self, packet: int) -> int:
        index = np.array([(packet + 1) * self._per_packet - 1])
        return round(float(self.virtual.true_s(index)[0]) * NS) + LATENCY_NS

    def _ticks_until(self, t_ns: int, items: list[Item]) -> None:
        while self._tick * NS <= t_ns:
            items.append(Tick(self._tick * NS, WALL_START_NS + self._tick * NS))
            self._tick += 1

    def _neutral(self) -> Calibrate:
        up, forward = (tuple(float(c) for c in v) for v in self.virtual.neutral())
        return Calibrate(0, self.header.name, (up[0], up[1], up[2]), (forward[0], forward[1], forward[2]))


def _profile(*, has_gyro: bool) -> DeviceProfile:
    """The virtual sensor's profile; without a gyro, what it sends in the place of angular rate is not decoded."""
    profile = load_profile(shipped_folder("firmware_profiles") / "virtual.toml")
    if has_gyro:
        return profile
    tables = profile.to_dict()
    tables["stream"] = [{k: v for k, v in stream.items() if k != "gyro"} for stream in tables["stream"]]
    tables["vectors"] = [vector for vector in tables["vectors"] if "rows" not in vector]  # rows tell of it, too
    return profile_from_dict(tables, "the virtual sensor")


def open_virtual(scenario: str, *, seed: int | None = None, site: Site | None = None) -> VirtualSource:
    """The virtual wearer of a built-in scenario, or of a scenario file; with `site`, the sensor is worn there instead.

    Raises
    ------
    InputError
        There is no such scenario.
    UsageError
        The scenario file is wrong, or asks for a rate the virtual sensor does not have.
    """
    builtin = builtin_scenarios()
    if scenario in builtin:
        text = builtin[scenario]
    else:
        path = Path(scenario)
        if not path.is_file():
            raise InputError(f"There is no scenario {scenario!r}.", f"Built in: {', '.join(builtin)}; or name a file.")
        text = path.read_text(encoding="utf-8")
    script = Scenario.from_toml(text)
    if site is not None:
        script = replace(script, sensor=replace(script.sensor, site=site, name=site))
    return VirtualSource(VirtualSensor(script, seed=seed))
