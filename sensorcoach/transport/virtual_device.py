"""A sensor that exists only in this program, made from any device profile: it answers, streams, and can misbehave.

It knows nothing of how it is reached. A host (the simulated radio, a test's Bluetooth service) calls `read`, `write`,
`subscribe` and `unsubscribe`, and gets notifications through the function it attaches. Time is the event loop's.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from ..profiles import DeviceProfile
from ..profiles.model import NUMBER_TYPES
from ..protocol import PacketEncoder, SentPacket
from ..samples import NS, STANDARD_GRAVITY_MS2, FloatArray
from .virtual_commands import Command, answer_to, battery_bytes, commands_of

DEFAULT_MTU: Final = 247
ATT_HEADER: Final = 3
"""Bytes of each notification that carry no payload (Bluetooth Core 5.4, volume 3, part F, 3.4.7.1)."""
INSUFFICIENT_AUTHENTICATION: Final = 0x05
WRITE_NOT_PERMITTED: Final = 0x03
BOOT_NS: Final = 599_616_000 * NS
"""Where a device clock stands that was never set: 2019, counted from 2000, as Polar's straps do."""

Motion = Callable[[FloatArray], tuple[FloatArray, FloatArray]]
"""Times (s, shape (n,)) to acceleration (m/s²) and angular rate (rad/s), each of shape (n, 3)."""


def quiet_breathing(t_s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """A chest that tilts by two degrees with each breath, fifteen times a minute."""
    angle = np.deg2rad(2.0) * np.sin(2 * np.pi * 0.25 * t_s)
    rate = np.deg2rad(2.0) * 2 * np.pi * 0.25 * np.cos(2 * np.pi * 0.25 * t_s)
    zero = np.zeros_like(t_s)
    acc = STANDARD_GRAVITY_MS2 * np.column_stack([np.sin(angle), zero, np.cos(angle)])
    return acc, np.column_stack([zero, rate, zero])


class AttributeFault(Exception):
    """The device answers with an error of the attribute protocol; `code` says which."""

    def __init__(self, code: int) -> None:
        super().__init__(f"ATT error 0x{code:02x}")
        self.code = code


@dataclass(slots=True)
class Misbehaviour:
    """What is wrong with the device just now.

    Attributes
    ----------
    silent : bool
        Connected and subscribed to, but sends no samples.
    mute : bool
        Does not answer commands.
    refuse_status : int or None
        Answers commands with this status.
    lose_packets : int
        So many of the next packets with samples get lost.
    needs_pairing, refuses_pairing, busy, out_of_range : bool
    missing : set of str
        Channels that it does not have.
    reshape : callable
        Cuts or joins notifications with samples, as byte streams over radio may be.
    """

    silent: bool = False
    mute: bool = False
    refuse_status: int | None = None
    lose_packets: int = 0
    needs_pairing: bool = False
    refuses_pairing: bool = False
    busy: bool = False
    out_of_range: bool = False
    missing: set[str] = field(default_factory=set)
    reshape: Callable[[bytes], Sequence[bytes]] = lambda payload: (payload,)


class VirtualDevice:
    """One virtual sensor.

    Parameters
    ----------
    profile : DeviceProfile
    name, address : str
        What it advertises.
    motion : callable
        What it measures.
    keep : bool
        Remember the acceleration that was sent, in `sent_acc_ms2`, as a decoder should give it back.

    Attributes
    ----------
    wrong : Misbehaviour
    params : dict
        As the last command set them.
    streaming, paired, connected : bool
    sent_packets : int
    """

    def __init__(
        self,
        profile: DeviceProfile,
        *,
        name: str = "",
        address: str = "F0:F1:F2:F3:F4:F5",
        motion: Motion = quiet_breathing,
        battery_percent: int = 87,
        mtu: int = DEFAULT_MTU,
        keep: bool = False,
    ) -> None:
        self.profile = profile
        self.name = name or _advertised_name(profile)
        self.address = address
        self.mtu = mtu
        self.wrong = Misbehaviour()
        self.params = profile.resolve()
        self.streaming = self.paired = self.connected = False
        self.writes: list[tuple[str, bytes]] = []
        self.sent_packets = 0
        self.sent_acc_ms2: list[FloatArray] = []
        self._motion = motion
        self._battery_percent = battery_percent
        self._keep = keep
        self._commands = commands_of(profile, battery_percent)
        self._notify: Callable[[str, bytes], None] | None = None
        self._subscribed: set[str] = set()
        self._begun: set[int] = set()
        self._tail: dict[str, bytes] = {}
        self._task: asyncio.Task[None] | None = None
        self._born_s: float | None = None

    @property
    def service_uuids(self) -> list[str]:
        """Services that it advertises."""
        return sorted({u for m in self.profile.matchers for u in m.service_uuids} or {self._services()[0]})

    def channels(self) -> list[tuple[str, str, str, tuple[str, ...]]]:
        """Its characteristics: channel, service UUID, UUID and properties, in the order of services."""
        there = [(n, c) for n, c in self.profile.gatt.items() if n not in self.wrong.missing]
        return sorted(((n, c.service, c.uuids[0], c.properties) for n, c in there), key=lambda entry: entry[1])

    def attach(self, notify: Callable[[str, bytes], None]) -> None:
        """A host is connected: it gets (channel, payload) of every notification."""
        self._notify = notify
        self.connected = True
        self._begun.clear()
        self._tail.clear()

    def detach(self) -> None:
        """The connection is over. Sensors stop streaming then, and forget who had subscribed."""
        self._stop()
        self._notify = None
        self.connected = False
        self._subscribed.clear()

    def read(self, channel: str) -> bytes:
        """Value of a channel."""
        self._authenticate()
        battery = self.profile.battery
        if battery is not None and channel == battery.channel:
            return battery_bytes(self.profile, battery, self._battery_percent)
        steps = [s for part in self.profile.conversations.values() for s in part if s.action == "read"]
        answer = next((s.expect for s in steps if s.channel == channel and s.expect is not None), None)
        return b"\0" if answer is None else answer_to(answer)

    def write(self, channel: str, data: bytes) -> None:
        """Take a command; what it answers comes as notifications."""
        self._authenticate()
        self.writes.append((channel, data))
        data = self._tail.pop(channel, b"") + data
        fits = [
            (i, c, m) for i, c in enumerate(self._commands) if c.channel == channel and (m := c.pattern.fullmatch(data))
        ]
        if not fits:
            self._tail[channel] = data[-4096:]  # perhaps the first pieces of a longer command
            return
        for number, command, found in fits:
            self._learn(command, found)
            for answer in command.answers:
                self._answer(*answer)
            if command.part == "start":
                self._begun.add(number)
            elif command.part == "stop":
                self._stop()
        refused = self.wrong.refuse_status is not None
        starts = {i for i, c in enumerate(self._commands) if c.part == "start"}
        if starts and starts <= self._begun and not refused and any(c.part == "start" for _, c, _ in fits):
            self._begun.clear()
            self._start()

    def subscribe(self, channel: str) -> None:
        """The host wants notifications of a channel."""
        self._authenticate()
        self._subscribed.add(channel)
        needs_command = any(c.part == "start" for c in self._commands)
        if not needs_command and any(s.channel == channel for s in self.profile.streams):
            self._start()

    def unsubscribe(self, channel: str) -> None:
        """The host wants no more notifications of a channel."""
        self._subscribed.discard(channel)

    def _authenticate(self) -> None:
        if self.wrong.needs_pairing and not self.paired:
            raise AttributeFault(INSUFFICIENT_AUTHENTICATION)

    def _learn(self, command: Command, found: re.Match[bytes]) -> None:
        """Take over the parameters that a command carries."""
        for (name, kind), value in zip(command.names, found.groups(), strict=True):
            param = self.profile.params.get(name)
            if param is None:
                continue
            if kind == "text":
                number = float(value)
            elif kind:
                number = float(np.frombuffer(value, NUMBER_TYPES[kind])[0])
            else:
                number = next(v for v, code in param.codes.items() if code == value)
            self.params[name] = min(param.choices, key=lambda c: abs(c - number))

    def _answer(self, channel: str, payload: bytes, status_at: int | None) -> None:
        if self.wrong.mute:
            return
        if self.wrong.refuse_status is not None and status_at is not None:
            payload = payload[:status_at] + bytes([self.wrong.refuse_status]) + payload[status_at + 1 :]
        asyncio.get_running_loop().call_soon(self._send, channel, payload)

    def _send(self, channel: str, payload: bytes) -> None:
        if self._notify is not None and channel in self._subscribed:
            self._notify(channel, payload[: self.mtu - ATT_HEADER])

    def _start(self) -> None:
        if self._task is None:
            self.streaming = True
            self._task = asyncio.create_task(self._stream())

    def _stop(self) -> None:
        self.streaming = False
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _stream(self) -> None:
        """Send packets, each when its last sample is taken; the device's clock goes on between streams."""
        loop = asyncio.get_running_loop()
        if self._born_s is None:
            self._born_s = loop.time()
        rate_hz = self.profile.sampling_rate_hz(self.params)
        encoder = PacketEncoder(self.profile, self.params, samples_per_packet=self._samples_that_fit())
        size = encoder.samples_per_packet
        first = int(np.ceil((loop.time() - self._born_s) * rate_hz))
        beats = 0
        while True:
            await asyncio.sleep(max(0.0, self._born_s + (first + size) / rate_hz - loop.time()))
            t_s = np.arange(first, first + size) / rate_hz
            first += size
            acc, gyr = self._motion(t_s)
            packets = encoder.encode(BOOT_NS + np.rint(t_s * NS).astype(np.int64), acc, gyr)
            self._send_samples(packets, encoder.quantised(acc))
            if first / rate_hz > beats + 1 and self.profile.heart_channel:
                beats = int(first / rate_hz)
                self._send(self.profile.heart_channel, bytes.fromhex("10 3e 0004"))

    def _send_samples(self, packets: Sequence[SentPacket], acc_ms2: FloatArray) -> None:
        """Send what belongs to the same samples: one packet, or several where the profile wants them apart."""
        if self.wrong.silent or not any(p.channel in self._subscribed for p in packets):
            return
        if self.wrong.lose_packets:
            self.wrong.lose_packets -= 1
            return
        self.sent_packets += len(packets)
        if self._keep:
            self.sent_acc_ms2.append(acc_ms2)
        for packet in packets:
            for piece in self.wrong.reshape(packet.payload):
                self._send(packet.channel, piece)

    def _samples_that_fit(self) -> int:
        """As many samples in a packet as usual, or as the link can carry."""
        usual = PacketEncoder(self.profile, self.params).samples_per_packet
        rows = np.zeros((usual, 3))
        for count in range(usual, 0, -1):
            trial = PacketEncoder(self.profile, self.params, samples_per_packet=count)
            packets = trial.encode(np.arange(trial.samples_per_packet), rows[: trial.samples_per_packet])
            if len(packets[0].payload) <= self.mtu - ATT_HEADER or trial.samples_per_packet != count:
                return count
        return 1

    def _services(self) -> list[str]:
        stream = self.profile.streams[0].channel
        return [self.profile.gatt[stream].service]


def _advertised_name(profile: DeviceProfile) -> str:
    """A name that the profile's own matcher fits."""
    globs = [glob for matcher in profile.matchers for glob in matcher.local_names]
    return re.sub(r"[*?]|\[[^]]*\]", "7", globs[0]) if globs else ""
