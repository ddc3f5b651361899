"""A simulated radio behind Bleak's own backend interface, with virtual sensors on the air.

Everything of the program that talks to sensors runs against it unchanged::

    air = Air([VirtualDevice(profile)])
    radio = air.radio()
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from typing import Any, Final, cast

from bleak.assigned_numbers import CharacteristicPropertyName
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, AdvertisementDataCallback, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakError,
    BleakGATTProtocolError,
)

from .ble.radio import Radio
from .virtual_device import AttributeFault, VirtualDevice

ADVERTISING_INTERVAL_S: Final = 0.1
CONNECT_S: Final = 0.05
EXCHANGE_S: Final = 0.015
"""A write or a read takes about a connection interval."""


class Air:
    """An adapter, and the devices in its neighbourhood.

    Parameters
    ----------
    devices : iterable of VirtualDevice
    """

    def __init__(self, devices: Iterable[VirtualDevice] = ()) -> None:
        self.devices = list(devices)
        self.unavailable: BleakBluetoothNotAvailableReason | None = None
        self._clients: dict[str, VirtualClient] = {}

    def radio(self, adapter: str = "") -> Radio:
        """The radio to give to scanners and sources; there is one adapter, whatever it is called."""
        return Radio(
            scanner_args={"backend": VirtualScanner, "air": self}, client_args={"backend": VirtualClient, "air": self}
        )

    def switch_off(
        self, reason: BleakBluetoothNotAvailableReason = BleakBluetoothNotAvailableReason.POWERED_OFF
    ) -> None:
        """Bluetooth is not available any more: every link is lost."""
        self.unavailable = reason
        for client in list(self._clients.values()):
            client.lose()

    def switch_on(self) -> None:
        """Bluetooth is back."""
        self.unavailable = None

    def drop(self, device: VirtualDevice) -> None:
        """The link to a device is lost; it advertises again."""
        if device.address in self._clients:
            self._clients[device.address].lose()

    def check(self) -> None:
        """Raise what Bleak raises when Bluetooth is not available."""
        if self.unavailable is not None:
            raise BleakBluetoothNotAvailableError("Bluetooth is not available", self.unavailable)

    def heard(self) -> list[VirtualDevice]:
        """Devices that advertise: those in range and not connected to anything."""
        if self.unavailable is not None:
            return []
        return [d for d in self.devices if not (d.connected or d.wrong.out_of_range)]

    def join(self, client: VirtualClient) -> None:
        """A client is connected."""
        self._clients[client.address] = client

    def leave(self, client: VirtualClient) -> None:
        """A client is no longer connected."""
        self._clients.pop(client.address, None)


class VirtualScanner(BaseBleakScanner):
    """Hears the devices of an `Air`; name and services come in separate packets, as they often do."""

    def __init__(
        self,
        detection_callback: AdvertisementDataCallback | None,
        service_uuids: list[str] | None,
        scanning_mode: str,
        *,
        air: Air,
        **_: Any,  # Bleak passes options of every platform
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self._air = air
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen."""
        self._air.check()
        self.seen_devices = {}
        self._task = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """Listen no more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _listen(self) -> None:
        while True:
            await asyncio.sleep(ADVERTISING_INTERVAL_S)
            for device in self._air.heard():
                self._hear(device, AdvertisementData(None, {}, {}, device.service_uuids, None, -61, ()))
                self._hear(device, AdvertisementData(device.name or None, {}, {}, [], None, -60, ()))

    def _hear(self, device: VirtualDevice, packet: AdvertisementData) -> None:
        known = self.create_or_update_device(device.address, device.address, packet.local_name, None, packet)
        if self.is_allowed_uuid(packet.service_uuids):
            self.call_detection_callbacks(known, packet)


class VirtualClient(BaseBleakClient):
    """Connects to a device of an `Air`."""

    def __init__(
        self,
        address_or_ble_device: BLEDevice | str,
        *,
        air: Air,
        disconnected_callback: Callable[[], None] | None,
        timeout: float,
        **_: Any,  # Bleak passes options of every platform
    ) -> None:
        super().__init__(address_or_ble_device, disconnected_callback=disconnected_callback, timeout=timeout)
        self._air = air
        self._device: VirtualDevice | None = None
        self._callbacks: dict[str, NotifyCallback] = {}

    @property
    def name(self) -> str:
        """Name of the device."""
        return self._there().name

    @property
    def is_connected(self) -> bool:
        """Whether there is a link."""
        return self._device is not None

    @property
    def mtu_size(self) -> int:
        """The largest packet of the attribute protocol."""
        return self._there().mtu

    async def connect(self, pair: bool, **_: Any) -> None:
        """Wait until the device is heard, then connect; with `pair` also pair."""
        self._air.check()
        async with asyncio.timeout(self._timeout):
            while (device := self._find()) is None:
                await asyncio.sleep(ADVERTISING_INTERVAL_S)
                self._air.check()
        await asyncio.sleep(CONNECT_S)
        if device.wrong.busy:
            raise BleakDBusError("org.bluez.Error.InProgress", ["Operation already in progress"])
        if pair and not device.paired:
            self._pair(device)
        self._device = device
        self.services = self._discover(device)
        device.attach(self._on_notification)
        self._air.join(self)

    async def disconnect(self) -> None:
        """Let the device go."""
        self.lose()

    def lose(self) -> None:
        """The link is gone, for whatever reason."""
        if self._device is None:
            return
        self._device.detach()
        self._device = self.services = None
        self._callbacks.clear()
        self._air.leave(self)
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    async def pair(self, *args: Any, **kwargs: Any) -> None:
        """Pair with the device."""
        self._pair(self._there())

    async def unpair(self) -> None:
        """Forget the device."""
        self._there().paired = False

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, *, use_cached: bool = False, **_: Any
    ) -> bytearray:
        """Value of a characteristic."""
        await asyncio.sleep(EXCHANGE_S)
        with _as_bleak_errors():
            return bytearray(self._there().read(characteristic.obj))

    async def write_gatt_char(self, characteristic: BleakGATTCharacteristic, data: Any, response: bool) -> None:
        """Write to a characteristic."""
        await asyncio.sleep(EXCHANGE_S)
        with _as_bleak_errors():
            self._there().write(characteristic.obj, bytes(data))

    async def start_notify(self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **_: Any) -> None:
        """Subscribe to a characteristic."""
        await asyncio.sleep(EXCHANGE_S)
        with _as_bleak_errors():
            self._callbacks[characteristic.obj] = callback
            self._there().subscribe(characteristic.obj)

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        """End a subscription."""
        self._callbacks.pop(characteristic.obj, None)
        self._there().unsubscribe(characteristic.obj)

    async def read_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, *, use_cached: bool = False, **_: Any
    ) -> bytearray:
        """Virtual devices have no descriptors."""
        raise BleakError("no such descriptor")

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: Any) -> None:
        """Virtual devices have no descriptors."""
        raise BleakError("no such descriptor")

    def _there(self) -> VirtualDevice:
        if self._device is None:
            raise BleakError("Not connected")
        return self._device

    def _find(self) -> VirtualDevice | None:
        return next((d for d in self._air.heard() if d.address == self.address), None)

    @staticmethod
    def _pair(device: VirtualDevice) -> None:
        if device.wrong.refuses_pairing:
            raise BleakDBusError("org.bluez.Error.AuthenticationFailed", ["Authentication Failed"])
        device.paired = True

    def _discover(self, device: VirtualDevice) -> BleakGATTServiceCollection:
        services = BleakGATTServiceCollection()
        handle, service = 0, None
        for channel, service_uuid, uuid, properties in device.channels():
            if service is None or service.uuid != service_uuid:
                handle += 1
                service = BleakGATTService(None, handle, service_uuid)
                services.add_service(service)
            handle += 2
            names = cast("list[CharacteristicPropertyName]", list(properties))
            services.add_characteristic(
                BleakGATTCharacteristic(channel, handle, uuid, names, lambda: device.mtu - 3, service)
            )
        return services

    def _on_notification(self, channel: str, payload: bytes) -> None:
        callback = self._callbacks.get(channel)
        if callback is not None:
            callback(bytearray(payload))


@contextlib.contextmanager
def _as_bleak_errors() -> Any:
    try:
        yield
    except AttributeFault as fault:
        raise BleakGATTProtocolError(fault.code) from None
