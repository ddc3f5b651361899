"""One connection to one sensor: make sure of the model, set it up, start it, hand on every packet as it came, stop it.

Nothing is decoded here. A notification is copied, stamped and delivered inside Bleak's callback; whatever takes time
happens elsewhere.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.device import BLEDevice

from ...profiles import DeviceProfile
from ...profiles.model import Step
from ...protocol import Conversation
from ...protocol.conversation import Await, Done, Failed, Part, Read, Sleep, Subscribe, Unsubscribe, Write
from ...samples import DEFAULT_SENSOR, Packet, Site
from .clock import StreamClock
from .faults import RADIO_ERRORS, LinkError, link_error
from .radio import CONNECT_TIMEOUT_S, Radio

STOP_TIMEOUT_S: Final = 3.0
"""For telling a sensor to stop and for letting it go: nobody waits longer at the end of a session."""
EXCHANGE_TIMEOUT_S: Final = 10.0
"""For one write, read or subscription. Bleak itself waits for ever."""
ATT_HEADER: Final = 3
"""Bytes of each packet that carry no payload (Bluetooth Core 5.4, volume 3, part F, 3.4)."""

Deliver = Callable[[Packet], None]


@dataclass(frozen=True, slots=True)
class Target:
    """A sensor to stream from.

    Attributes
    ----------
    device : BLEDevice
        As found by a scan.
    profile : DeviceProfile
    name : str
        What the radio calls it.
    sensor, site : str
        Name under which everything of it is reported, and where it is worn.
    params : mapping
        Complete parameters, as `DeviceProfile.resolve` gives them.
    """

    device: BLEDevice = field(repr=False)
    profile: DeviceProfile
    name: str = ""
    sensor: str = DEFAULT_SENSOR
    site: Site = "chest"
    params: Mapping[str, float] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What a person would call it."""
        return self.name or self.profile.title


class Link:
    """A connection, from `connected` until it is gone; never used again afterwards.

    Attributes
    ----------
    news : asyncio.Event
        Set when the connection is lost, and with the first packet that carries samples.
    gone : bool
        The connection is lost.
    streaming : bool
        Packets with samples have come since the stream was started (or restarted).
    heard_ns : int
        Stream time of the last packet with samples, or of the start when none came since.
    """

    def __init__(self, target: Target, client: BleakClient, clock: StreamClock, deliver: Deliver) -> None:
        self.target = target
        self.news = asyncio.Event()
        self.gone = False
        self.streaming = False
        self.heard_ns = clock.t_ns()
        self._client = client
        self._clock = clock
        self._deliver = deliver
        self._sample_channels = {stream.channel for stream in target.profile.streams}
        self._characteristics: dict[str, BleakGATTCharacteristic] = {}
        self._talk: Conversation | None = None
        self._answered = asyncio.Event()
        self._turn = asyncio.Lock()
        self._started = False

    @property
    def mtu(self) -> int:
        """The largest packet of the attribute protocol, bytes; 23, the least, where the system does not tell."""
        return ATT_HEADER + max((c.max_write_without_response_size for c in self._characteristics.values()), default=20)

    async def start(self) -> None:
        """Make sure that it is the model of the profile, set it up and start it.

        Raises
        ------
        LinkError
        """
        await asyncio.sleep(self.target.profile.connect.settle_s)
        await self.converse("identify")
        await self.converse("setup")
        self._started = True
        await self.converse("start")
        self.heard_ns = self._clock.t_ns()

    async def restart(self) -> None:
        """Stop and start the stream without letting go of the connection.

        Raises
        ------
        LinkError
        """
        await self.converse("stop")
        self.streaming = False
        await self.converse("start")
        self.heard_ns = self._clock.t_ns()

    async def stop(self) -> None:
        """Tell the sensor to stop, if it still listens."""
        if self._started and not self.gone:
            with contextlib.suppress(LinkError, TimeoutError):
                async with asyncio.timeout(STOP_TIMEOUT_S):
                    await self.converse("stop")

    async def read_battery(self) -> None:
        """Have the battery's charge delivered as a packet, where the profile knows how.

        Raises
        ------
        LinkError
        """
        battery = self.target.profile.battery
        if battery is None or battery.channel not in self._characteristics:
            return
        if battery.ask:
            await self.converse(battery.ask)
        elif "read" in self._characteristics[battery.channel].properties:
            await self.converse((Step("read", battery.channel, optional=True),))

    async def buzz(self, duration_ms: int) -> bool:
        """Have the sensor buzz; False when it cannot.

        Raises
        ------
        LinkError
        """
        haptic = self.target.profile.haptic
        if haptic is None:
            return False
        await self.converse(haptic.steps, {"ms": float(min(duration_ms, haptic.max_ms))})
        return True

    async def converse(self, part: Part | Sequence[Step], values: Mapping[str, float] | None = None) -> None:
        """Hold one of the profile's conversations, or one of own steps; one at a time.

        Raises
        ------
        LinkError
        """
        async with self._turn:
            talk = self._talk = Conversation(self.target.profile, part, self.target.params, values)
            try:
                while not isinstance(action := talk.next_action(), Done):
                    if isinstance(action, Failed):
                        raise link_error(action.error, self.target.title)
                    if self.gone:
                        raise LinkError("link", f"{self.target.title} let go of the link.", "Try again.")
                    await self._carry_out(talk, action)
            finally:
                self._talk = None

    async def _carry_out(
        self, talk: Conversation, action: Subscribe | Unsubscribe | Write | Read | Sleep | Await
    ) -> None:
        if isinstance(action, Sleep):
            await asyncio.sleep(action.seconds)
            return talk.on_done()
        if isinstance(action, Await):
            return await self._await_answer(talk, action)
        try:
            async with asyncio.timeout(EXCHANGE_TIMEOUT_S):
                await self._exchange(talk, action)
        except (*RADIO_ERRORS, LinkError) as error:
            fault = link_error(error, self.target.title)
            talk.on_error(fault.message)  # a step that is optional is passed over; any other ends the conversation
            if isinstance(talk.next_action(), Failed):
                raise fault from error
        return None

    async def _exchange(self, talk: Conversation, action: Subscribe | Unsubscribe | Write | Read) -> None:
        characteristic = self._characteristics.get(action.channel)
        if characteristic is None:
            raise LinkError(
                "not_supported",
                f"{self.target.title} has no characteristic {action.channel!r}, which its profile names.",
                "It may be another model or firmware: see docs/adding-a-device.md.",
            )
        if isinstance(action, Read):
            data = bytes(await self._client.read_gatt_char(characteristic))
            self._deliver(Packet(self._clock.t_ns(), self.target.sensor, action.channel, data))
            return talk.on_read(data)
        if isinstance(action, Subscribe):
            await self._client.start_notify(characteristic, self._listener(action.channel))
        elif isinstance(action, Unsubscribe):
            await self._client.stop_notify(characteristic)
        else:
            response = action.response and "write" in characteristic.properties
            await self._client.write_gatt_char(characteristic, action.data, response=response)
        return talk.on_done()

    async def _await_answer(self, talk: Conversation, action: Await) -> None:
        try:
            async with asyncio.timeout(action.timeout_s):
                while talk.next_action() is action and not self.gone:
                    self._answered.clear()
                    await self._answered.wait()
        except TimeoutError:
            talk.on_timeout()

    def _listener(self, channel: str) -> Callable[[BleakGATTCharacteristic, bytearray], None]:
        """What Bleak calls with every notification of a channel."""
        carries_samples = channel in self._sample_channels
        sensor, now_ns = self.target.sensor, self._clock.t_ns

        def on_notification(_: BleakGATTCharacteristic, data: bytearray) -> None:
            t_ns, payload = now_ns(), bytes(data)
            self._deliver(Packet(t_ns, sensor, channel, payload))
            if carries_samples:
                self.heard_ns = t_ns
                if not self.streaming:
                    self.streaming = True
                    self.news.set()
            if self._talk is not None:
                self._talk.on_notification(channel, payload)
                self._answered.set()

        return on_notification

    def on_gone(self) -> None:
        """Bleak says that the connection is lost."""
        self.gone = True
        self.news.set()
        self._answered.set()

    def find_characteristics(self) -> None:
        """Look up the profile's channels among what the device has; alternates in the profile's order."""
        there = list(self._client.services.characteristics.values())
        for channel, meant in self.target.profile.gatt.items():
            fits = [c for uuid in meant.uuids for c in there if c.uuid.lower() == uuid]
            fits.sort(key=lambda c: c.service_uuid.lower() != meant.service)
            if fits:
                self._characteristics[channel] = fits[0]


@contextlib.asynccontextmanager
async def connected(
    target: Target, radio: Radio, clock: StreamClock, deliver: Deliver, *, pair: bool = False
) -> AsyncIterator[Link]:
    """A link, not yet started; stopped if it was, and let go at the end.

    Parameters
    ----------
    pair : bool
        Pair before connecting, where that was not done before.

    Raises
    ------
    LinkError
        It cannot be connected. Fault `authentication`: it wants to be paired.
    """
    link: Link | None = None

    def on_gone() -> None:
        if link is not None:
            link.on_gone()

    client = radio.client(target.device, on_gone, pair=pair)
    link = Link(target, client, clock, deliver)
    try:
        async with radio.connecting, asyncio.timeout(CONNECT_TIMEOUT_S + 3.0):
            await client.connect()  # cleans up after itself when it fails or is cancelled
    except RADIO_ERRORS as error:
        raise link_error(error, target.title) from error
    link.find_characteristics()
    try:
        yield link
    finally:
        await link.stop()
        with contextlib.suppress(*RADIO_ERRORS):
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await client.disconnect()
