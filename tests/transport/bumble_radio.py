"""A virtual sensor on Google's Bumble: a whole Bluetooth stack in one process, from the attribute protocol down to HCI.

The other test radios hand bytes over; here they travel as packets of the attribute protocol, so the size of the link,
the difference between notification and indication, and errors of writes are what they are over the air.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from bleak.assigned_numbers import gatt_char_props_to_strs
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError, BleakGATTProtocolError
from bumble import att, core, data_types
from bumble.controller import Controller
from bumble.core import AdvertisingData
from bumble.device import Connection, Device, DeviceConfiguration, Peer
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.hci import Address
from bumble.link import LocalLink

from sensorcoach.transport.ble import Radio
from sensorcoach.transport.virtual_device import AttributeFault, VirtualDevice

PROPERTIES = {
    "read": Characteristic.Properties.READ,
    "write": Characteristic.Properties.WRITE,
    "write-without-response": Characteristic.Properties.WRITE_WITHOUT_RESPONSE,
    "notify": Characteristic.Properties.NOTIFY,
    "indicate": Characteristic.Properties.INDICATE,
}


class BumbleSensor:
    """The sensor's side: a GATT server with the virtual device behind it."""

    def __init__(self, device: VirtualDevice, link: LocalLink) -> None:
        controller = Controller("sensor", link=link)
        configuration = DeviceConfiguration(name=device.name, address=Address(device.address))
        self.stack = Device.from_config_with_hci(configuration, controller, controller)
        self.stack.gatt_server.max_mtu = device.mtu
        self.indications = self.notifications = 0
        self._device = device
        self._characteristics: dict[str, Characteristic[bytes]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        services: dict[str, list[Characteristic[bytes]]] = {}
        for channel, service, uuid, names in device.channels():
            flags = Characteristic.Properties(0)
            for name in names:
                flags |= PROPERTIES[name]
            value = CharacteristicValue(
                read=lambda _, c=channel: self._guarded(lambda: device.read(c)),
                write=lambda _, data, c=channel: self._guarded(lambda: device.write(c, bytes(data))),
            )
            rights = Characteristic.READABLE | Characteristic.WRITEABLE
            characteristic = self._characteristics[channel] = Characteristic(uuid, flags, rights, value)
            characteristic.on(
                "subscription", lambda _c, notify, indicate, c=channel: self._subscribe(c, notify or indicate)
            )
            services.setdefault(service, []).append(characteristic)
        for service, characteristics in services.items():
            self.stack.add_service(Service(service, characteristics))
        self.stack.advertising_data = bytes(AdvertisingData([data_types.CompleteLocalName(device.name)]))
        self.stack.on("connection", self._on_connection)

    async def start(self) -> None:
        await self.stack.power_on()
        await self.stack.start_advertising(auto_restart=True)

    async def drop(self) -> None:
        for connection in list(self.stack.connections.values()):
            await connection.disconnect()

    def _on_connection(self, connection: Connection) -> None:
        self._device.attach(self._notify)
        connection.on("disconnection", lambda _reason: self._device.detach())

    def _subscribe(self, channel: str, on: bool) -> None:
        with contextlib.suppress(AttributeFault):  # it is too late to refuse; commands are refused all the same
            (self._device.subscribe if on else self._device.unsubscribe)(channel)

    def _notify(self, channel: str, payload: bytes) -> None:
        characteristic = self._characteristics[channel]
        if PROPERTIES["indicate"] in characteristic.properties:
            self.indications += 1
            sending = self.stack.indicate_subscribers(characteristic, payload)
        else:
            self.notifications += 1
            sending = self.stack.notify_subscribers(characteristic, payload)
        task = asyncio.ensure_future(sending)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @staticmethod
    def _guarded(act: Callable[[], Any]) -> Any:
        try:
            return act()
        except AttributeFault as fault:
            raise att.ATT_Error(error_code=fault.code) from None


async def bumble_radio(link: LocalLink) -> Radio:
    """This computer's side."""
    controller = Controller("computer", link=link)
    configuration = DeviceConfiguration(name="computer", address=Address("C0:00:00:00:00:01"))
    stack = Device.from_config_with_hci(configuration, controller, controller)
    await stack.power_on()
    return Radio(
        scanner_args={"backend": BumbleScanner, "stack": stack}, client_args={"backend": BumbleClient, "stack": stack}
    )


class BumbleScanner(BaseBleakScanner):
    def __init__(
        self, detection_callback: Any, service_uuids: Any, scanning_mode: str, *, stack: Device, **_: Any
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self._stack = stack

    async def start(self) -> None:
        self._stack.on("advertisement", self._hear)
        await self._stack.start_scanning(active=True, filter_duplicates=False)

    async def stop(self) -> None:
        self._stack.remove_listener("advertisement", self._hear)
        await self._stack.stop_scanning()

    def _hear(self, advertisement: Any) -> None:
        name = advertisement.data.get(AdvertisingData.Type.COMPLETE_LOCAL_NAME)
        address = advertisement.address.to_string(False)
        packet = AdvertisementData(name, {}, {}, [], None, advertisement.rssi, ())
        self.call_detection_callbacks(self.create_or_update_device(address, address, name, None, packet), packet)


class BumbleClient(BaseBleakClient):
    def __init__(
        self, device: Any, *, stack: Device, disconnected_callback: Callable[[], None] | None, timeout: float, **_: Any
    ) -> None:
        super().__init__(device, disconnected_callback=disconnected_callback, timeout=timeout)
        self._stack = stack
        self._connection: Connection | None = None

    @property
    def mtu_size(self) -> int:
        assert self._connection is not None
        return self._connection.att_mtu

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    async def connect(self, pair: bool, **_: Any) -> None:
        self._connection = await self._stack.connect(Address(self.address), timeout=self._timeout)
        self._connection.on("disconnection", self._on_gone)
        peer = Peer(self._connection)
        await peer.request_mtu(517)
        await peer.discover_all()
        self.services = BleakGATTServiceCollection()
        for service in peer.services:
            known = BleakGATTService(service, service.handle, _uuid(service.uuid))
            self.services.add_service(known)
            for c in service.characteristics:
                names = list(gatt_char_props_to_strs(c.properties))
                self.services.add_characteristic(
                    BleakGATTCharacteristic(c, c.handle, _uuid(c.uuid), names, lambda: self.mtu_size - 3, known)
                )

    async def disconnect(self) -> None:
        if self._connection is not None:
            await self._connection.disconnect()

    def _on_gone(self, _reason: int) -> None:
        self._connection = self.services = None
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    async def read_gatt_char(self, characteristic: BleakGATTCharacteristic, **_: Any) -> bytearray:
        with self._as_bleak_errors():
            return bytearray(await characteristic.obj.read_value())

    async def write_gatt_char(self, characteristic: BleakGATTCharacteristic, data: Any, response: bool) -> None:
        with self._as_bleak_errors():
            await characteristic.obj.write_value(bytes(data), with_response=response)

    async def start_notify(self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **_: Any) -> None:
        with self._as_bleak_errors():
            await characteristic.obj.subscribe(lambda value: callback(bytearray(value)), prefer_notify=True)

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        with self._as_bleak_errors():
            await characteristic.obj.unsubscribe()

    @contextlib.contextmanager
    def _as_bleak_errors(self) -> Iterator[None]:
        if self._connection is None:
            raise BleakError("Not connected")
        try:
            yield
        except att.ATT_Error as error:
            raise BleakGATTProtocolError(error.error_code) from error

    async def pair(self, *_: Any, **__: Any) -> None:
        raise NotImplementedError

    async def unpair(self) -> None:
        raise NotImplementedError

    async def read_gatt_descriptor(self, *_: Any, **__: Any) -> bytearray:
        raise NotImplementedError

    async def write_gatt_descriptor(self, *_: Any, **__: Any) -> None:
        raise NotImplementedError


def _uuid(uuid: core.UUID) -> str:
    text = uuid.to_hex_str("-").lower()
    return text if len(uuid.uuid_bytes) == 16 else f"0000{text}-0000-1000-8000-00805f9b34fb"
