"""A stand-in for bluetoothd on a private D-Bus: Bleak's own BlueZ backend talks to it unchanged.

It has the parts of BlueZ's interface that Bleak uses (object manager, adapter, device, GATT services and
characteristics) and the habits that have surprised programs: a read is echoed as a notification while notifications are
on, services are resolved some time after the connection, and a device nobody has heard is unknown.
Interface: BlueZ's `doc/org.bluez.*.rst`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

if sys.platform != "linux":
    pytest.skip("BlueZ exists on Linux only", allow_module_level=True)

from dbus_fast import Message, MessageType, RequestNameReply, Variant
from dbus_fast.aio import MessageBus

from sensorcoach.transport.virtual_device import AttributeFault, VirtualDevice

ADAPTER, DEVICE = "org.bluez.Adapter1", "org.bluez.Device1"
SERVICE, CHARACTERISTIC = "org.bluez.GattService1", "org.bluez.GattCharacteristic1"
PROPERTIES, OBJECTS = "org.freedesktop.DBus.Properties", "org.freedesktop.DBus.ObjectManager"
HCI = "/org/bluez/hci0"

BUS_CONFIGURATION = """<busconfig><type>system</type><listen>unix:path={folder}/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>{more}
</policy></busconfig>"""
NOBODY_MAY = '<deny send_destination="org.bluez"/>'


def require_dbus() -> str:
    """Path of dbus-daemon; without it the test is skipped, or fails where everything is required."""
    found = shutil.which("dbus-daemon")
    if found is None:
        reason = "dbus-daemon is not installed (Debian package dbus)"
        if os.environ.get("SENSORCOACH_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@contextlib.contextmanager
def private_bus(folder: Path, more_policy: str = "") -> Iterator[str]:
    """A D-Bus daemon of one's own; gives its address."""
    configuration = folder / "bus.conf"
    configuration.write_text(BUS_CONFIGURATION.format(folder=folder, more=more_policy))
    command = [require_dbus(), f"--config-file={configuration}", "--nofork", "--print-address=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        try:
            assert daemon.stdout is not None
            yield daemon.stdout.readline().strip()
        finally:
            daemon.terminate()


class FakeBlueZ:
    """The service, with one adapter and some virtual devices in range."""

    def __init__(self, bus: MessageBus, devices: Sequence[VirtualDevice]) -> None:
        self.calls: list[str] = []
        self._bus = bus
        self._devices = {f"{HCI}/dev_{d.address.replace(':', '_')}": d for d in devices}
        self._channels: dict[str, str] = {}  # by object path of the characteristic
        self._advertising: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._attempts: dict[str, tuple[Message, asyncio.Task[None]]] = {}
        adapter = {
            "Address": Variant("s", "C0:00:00:00:00:01"),
            "Name": Variant("s", "fake"),
            "Alias": Variant("s", "fake"),
            "Powered": Variant("b", True),
            "Discovering": Variant("b", False),
            "Roles": Variant("as", ["central"]),
        }
        self.objects: dict[str, dict[str, dict[str, Variant]]] = {HCI: {ADAPTER: adapter}}
        bus.add_message_handler(self._on_message)

    # -- what a test does

    def switch_off(self) -> None:
        """As with `bluetoothctl power off`: links are lost, and discovery ends."""
        for path in self._devices:
            self._lose(path)
        self._stop_discovery()
        self._change(HCI, ADAPTER, Powered=Variant("b", False), Discovering=Variant("b", False))

    def switch_on(self) -> None:
        self._change(HCI, ADAPTER, Powered=Variant("b", True))

    def remove_adapter(self) -> None:
        self._remove(HCI)

    def drop(self, device: VirtualDevice) -> None:
        """The link to a device is lost."""
        self._lose(self._path(device))

    def hold(self, device: VirtualDevice) -> None:
        """The system is connected to a device, though no program uses it."""
        self._add(self._path(device), {DEVICE: self._properties(device)})
        self._change(self._path(device), DEVICE, Connected=Variant("b", True))
        self._resolve(self._path(device))

    async def close(self) -> None:
        self._stop_discovery()
        for device in self._devices.values():
            device.detach()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._bus.disconnect()
        with contextlib.suppress(Exception):
            await self._bus.wait_for_disconnect()

    # -- objects and signals

    def _path(self, device: VirtualDevice) -> str:
        return next(path for path, d in self._devices.items() if d is device)

    def _properties(self, device: VirtualDevice) -> dict[str, Variant]:
        name = device.name or device.address.replace(":", "-")
        flags = dict.fromkeys(("Bonded", "Trusted", "Blocked", "LegacyPairing", "Connected", "ServicesResolved"), False)
        return {
            "Address": Variant("s", device.address),
            "AddressType": Variant("s", "random"),
            "Name": Variant("s", name),
            "Alias": Variant("s", name),
            "Adapter": Variant("o", HCI),
            "UUIDs": Variant("as", [*device.service_uuids, "00001801-0000-1000-8000-00805f9b34fb"]),
            "RSSI": Variant("n", -55),
            "Paired": Variant("b", device.paired),
            **{key: Variant("b", value) for key, value in flags.items()},
        }

    def _emit(self, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        kind = MessageType.SIGNAL
        message = Message(
            message_type=kind, path=path, interface=interface, member=member, signature=signature, body=body
        )
        self._bus.send(message)

    def _add(self, path: str, interfaces: dict[str, dict[str, Variant]]) -> None:
        self.objects[path] = interfaces
        self._emit("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", [path, interfaces])

    def _remove(self, path: str) -> None:
        interfaces = self.objects.pop(path)
        self._emit("/", OBJECTS, "InterfacesRemoved", "oas", [path, list(interfaces)])

    def _change(self, path: str, interface: str, **values: Variant) -> None:
        self.objects[path][interface].update(values)
        self._emit(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [interface, values, []])

    # -- behaviour

    async def _advertise(self) -> None:
        rssi = -55
        while True:
            await asyncio.sleep(0.05)
            rssi = -55 if rssi == -56 else -56
            for path, device in self._devices.items():
                if device.connected or device.wrong.out_of_range:
                    continue
                if path not in self.objects:
                    self._add(path, {DEVICE: self._properties(device)})
                else:
                    self._change(path, DEVICE, RSSI=Variant("n", rssi))

    def _stop_discovery(self) -> None:
        if self._advertising is not None:
            self._advertising.cancel()
            self._advertising = None

    async def _connect(self, call: Message, path: str, *, pair: bool) -> None:
        device = self._devices[path]
        await asyncio.sleep(0.02)
        if not self.objects[HCI][ADAPTER]["Powered"].value:
            return self._fail(call, "org.bluez.Error.NotReady", "Resource Not Ready")
        if device.wrong.busy:
            return self._fail(call, "org.bluez.Error.InProgress", "Operation already in progress")
        while device.wrong.out_of_range:  # noqa: ASYNC110 - what a device does to be heard again tells no one
            await asyncio.sleep(0.02)
        if pair and device.wrong.refuses_pairing:
            return self._fail(call, "org.bluez.Error.AuthenticationFailed", "Authentication Failed")
        self._change(path, DEVICE, Connected=Variant("b", True))
        if pair:
            device.paired = True
            self._change(path, DEVICE, Paired=Variant("b", True))
        self._bus.send(Message.new_method_return(call))
        await asyncio.sleep(0.02)
        self._resolve(path)
        return None

    def _resolve(self, path: str) -> None:
        device = self._devices[path]
        device.attach(lambda channel, payload: self._notify(path, channel, payload))
        handle, last, service_path = 16, "", ""
        for channel, service, uuid, flags in device.channels():
            handle += 1
            if service != last:
                last, service_path = service, f"{path}/service{handle:04x}"
                about = {"UUID": Variant("s", service), "Device": Variant("o", path), "Primary": Variant("b", True)}
                self._add(service_path, {SERVICE: about})
                handle += 1
            at = f"{service_path}/char{handle:04x}"
            self._channels[at] = channel
            about = {
                "UUID": Variant("s", uuid),
                "Service": Variant("o", service_path),
                "Flags": Variant("as", list(flags)),
                "MTU": Variant("q", device.mtu),
                "Notifying": Variant("b", False),
            }
            self._add(at, {CHARACTERISTIC: about})
            handle += 1
        self._change(path, DEVICE, ServicesResolved=Variant("b", True))

    def _notify(self, path: str, channel: str, payload: bytes) -> None:
        for at, name in self._channels.items():
            if name == channel and at.startswith(path) and self.objects[at][CHARACTERISTIC]["Notifying"].value:
                self._change(at, CHARACTERISTIC, Value=Variant("ay", payload))

    def _lose(self, path: str) -> None:
        device = self._devices[path]
        if not device.connected:
            return
        device.detach()
        self._change(path, DEVICE, ServicesResolved=Variant("b", False), Connected=Variant("b", False))
        for at in sorted((at for at in self.objects if at.startswith(path + "/")), reverse=True):
            self._remove(at)
            self._channels.pop(at, None)

    # -- method calls

    def _on_message(self, call: Message) -> Message | bool | None:
        if call.message_type is not MessageType.METHOD_CALL:
            return None
        self.calls.append(f"{call.interface}.{call.member}")
        if call.interface == OBJECTS:
            return Message.new_method_return(call, "a{oa{sa{sv}}}", [self.objects])
        if call.path not in self.objects:
            return Message.new_error(call, "org.freedesktop.DBus.Error.UnknownObject", str(call.path))
        if call.interface == PROPERTIES:
            self._change(call.path, call.body[0], **{call.body[1]: call.body[2]})
            return Message.new_method_return(call)
        if call.interface == ADAPTER:
            return self._on_adapter(call)
        if call.interface == DEVICE:
            return self._on_device(call, call.path)
        if call.interface == CHARACTERISTIC:
            return self._on_characteristic(call, call.path)
        return None

    def _on_adapter(self, call: Message) -> Message:
        if not self.objects[HCI][ADAPTER]["Powered"].value:
            return Message.new_error(call, "org.bluez.Error.NotReady", "Resource Not Ready")
        if call.member == "StartDiscovery":
            if self._advertising is not None:
                return Message.new_error(call, "org.bluez.Error.InProgress", "Operation already in progress")
            self._advertising = asyncio.create_task(self._advertise())
        elif call.member == "StopDiscovery":
            self._stop_discovery()
        return Message.new_method_return(call)

    def _on_device(self, call: Message, path: str) -> Message | bool:
        if call.member == "Disconnect":  # ends a connection attempt, too (BlueZ's doc/org.bluez.Device.rst)
            pending = self._attempts.pop(path, None)
            if pending is not None and pending[1].cancel():
                self._fail(pending[0], "org.bluez.Error.Failed", "le-connection-abort-by-local")
            self._lose(path)
            return Message.new_method_return(call)
        task = asyncio.create_task(self._connect(call, path, pair=call.member == "Pair"))
        self._attempts[path] = call, task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    def _on_characteristic(self, call: Message, path: str) -> Message:
        channel = self._channels[path]
        device = next(d for at, d in self._devices.items() if path.startswith(at))
        try:
            if call.member == "ReadValue":
                value = device.read(channel)
                if self.objects[path][CHARACTERISTIC]["Notifying"].value:
                    self._change(path, CHARACTERISTIC, Value=Variant("ay", value))
                return Message.new_method_return(call, "ay", [value])
            if call.member == "WriteValue":
                device.write(channel, bytes(call.body[0]))
            else:
                (device.subscribe if call.member == "StartNotify" else device.unsubscribe)(channel)
                self._change(path, CHARACTERISTIC, Notifying=Variant("b", call.member == "StartNotify"))
        except AttributeFault as fault:
            if fault.code == 0x05:
                return Message.new_error(call, "org.bluez.Error.NotPermitted", "Not paired")
            text = f"Operation failed with ATT error: 0x{fault.code:02x} (fault)"
            return Message.new_error(call, "org.bluez.Error.Failed", text)
        return Message.new_method_return(call)

    def _fail(self, call: Message, name: str, text: str) -> None:
        self._bus.send(Message.new_error(call, name, text))


@contextlib.asynccontextmanager
async def fake_bluez(address: str, devices: Sequence[VirtualDevice]) -> AsyncIterator[FakeBlueZ]:
    """The service on the bus of this address; at the end also Bleak's own connection to that bus is closed."""
    from bleak.backends.bluezdbus.manager import get_global_bluez_manager

    bus = await MessageBus(bus_address=address).connect()
    service = FakeBlueZ(bus, devices)
    assert await bus.request_name("org.bluez") == RequestNameReply.PRIMARY_OWNER
    try:
        yield service
    finally:
        with contextlib.suppress(Exception):
            manager = await get_global_bluez_manager()
            if manager._bus is not None:
                manager._bus.disconnect()
                await manager._bus.wait_for_disconnect()
        await service.close()
