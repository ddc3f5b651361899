"""Bleak's real BlueZ backend, D-Bus and all, against a stand-in for bluetoothd on a private bus."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from sensorcoach.errors import DeviceError
from sensorcoach.samples import NS
from sensorcoach.transport.ble import BleSource, LinkError, Radio, Target, find, scan, supervisor
from sensorcoach.transport.virtual_device import VirtualDevice

from .fake_bluez import NOBODY_MAY, FakeBlueZ, fake_bluez, private_bus
from .streaming import ADDRESSES, H10, PROFILES, Heard

NAME = "Polar H10 12345678"


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with private_bus(tmp_path) as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        # These tests run in real time: what is not about the lengths of pauses need not wait for them.
        monkeypatch.setattr(supervisor, "ENVIRONMENT_PAUSE_S", 0.3)
        monkeypatch.setattr(supervisor, "STALE_S", 0.5)
        yield address


def strap(**kwargs: str) -> VirtualDevice:
    return VirtualDevice(H10, name=NAME, keep=True, **kwargs)  # type: ignore[arg-type]


async def targets(radio: Radio, *devices: VirtualDevice) -> list[Target]:
    found = [await find(radio, PROFILES, device.address) for device in devices]
    sensors = ("chest", "lower-back")
    return [
        Target(seen.device, H10, seen.name, sensor, "chest", H10.resolve(use="live"))
        for seen, sensor in zip(found, sensors, strict=False)
    ]


async def until(
    source: BleSource,
    done: Callable[[Heard], bool],
    script: Sequence[tuple[Callable[[Heard], bool], Callable[[], None]]] = (),
) -> Heard:
    """Stream until `done`; `script` says when what happens meanwhile."""
    heard, todo = Heard(), list(script)
    async with asyncio.timeout(60), source:
        async for items in source.batches():
            heard.take(items)
            if todo and todo[0][0](heard):
                todo.pop(0)[1]()
            if not todo and done(heard):
                break
    return heard


def packets(count: int) -> Callable[[Heard], bool]:
    return lambda heard: len(heard.arrivals_s()) >= count


def run(bus: str, devices: Sequence[VirtualDevice], main: Callable[[FakeBlueZ], object]) -> object:
    async def go() -> object:
        async with fake_bluez(bus, devices) as bluez:
            return await main(bluez)  # type: ignore[misc]

    return asyncio.run(go())


def test_find_connect_set_up_and_stream_at_200_hz(bus: str) -> None:
    device = strap()

    async def main(bluez: FakeBlueZ) -> None:
        radio = Radio()
        (target,) = await targets(radio, device)
        assert target.name == NAME
        heard = await until(BleSource([target], radio), packets(6))
        assert device.params == {"rate_hz": 200, "range_g": 8}
        block, decoder = heard.decode(H10)
        assert np.array_equal(block.acc_ms2, np.concatenate(device.sent_acc_ms2)[: len(block)])
        assert len(block) >= 6 * 36
        assert decoder.counters.gaps == decoder.counters.malformed == 0
        # BlueZ echoes a read as a notification: the battery comes twice, and nothing minds.
        assert [p.payload for p in heard.packets if p.channel == "battery"] == [b"\x57", b"\x57"]
        assert not device.connected
        assert "org.bluez.GattCharacteristic1.AcquireNotify" not in bluez.calls

    run(bus, [device], main)


def test_a_drop_and_the_way_back(bus: str) -> None:
    device = strap()

    async def main(bluez: FakeBlueZ) -> None:
        radio = Radio()
        source = BleSource(await targets(radio, device), radio)
        heard = await until(source, packets(8), [(packets(4), lambda: bluez.drop(device))])
        states = heard.states()
        assert states == ["connecting", "streaming", "lost", "connecting", "streaming"]
        block, decoder = heard.decode(H10)
        assert np.array_equal(block.acc_ms2, np.concatenate(device.sent_acc_ms2)[: len(block)])
        assert decoder.counters.gaps == 1
        assert (np.diff(block.t_ns) > 0).all()

    run(bus, [device], main)


def test_the_adapter_goes_off_and_on(bus: str) -> None:
    device = strap()

    async def main(bluez: FakeBlueZ) -> None:
        radio = Radio()
        source = BleSource(await targets(radio, device), radio)
        off = any_waiting("switched off")
        heard = await until(source, packets(5), [(packets(2), bluez.switch_off), (off, bluez.switch_on)])
        assert heard.states()[-1] == "streaming"

    run(bus, [device], main)


def any_waiting(words: str) -> Callable[[Heard], bool]:
    return lambda heard: any(s.state == "waiting" and words in s.words for s in heard.statuses)


def test_the_bluetooth_service_crashes_and_comes_back(bus: str) -> None:
    device = strap()

    async def go() -> None:
        async with fake_bluez(bus, [device]) as first, contextlib.AsyncExitStack() as later:
            radio = Radio()
            source, heard = BleSource(await targets(radio, device), radio), Heard()
            async with asyncio.timeout(60), source:
                batches = source.batches()
                while len(heard.arrivals_s()) < 2:
                    heard.take(await anext(batches))
                await first.close()
                while not any_waiting("bluetoothd")(heard):
                    heard.take(await anext(batches))
                before = len(heard.arrivals_s())
                await later.enter_async_context(fake_bluez(bus, [device]))
                while len(heard.arrivals_s()) < before + 2:
                    heard.take(await anext(batches))
            assert heard.states()[-1] == "streaming"

    asyncio.run(go())


def test_two_straps_at_once(bus: str) -> None:
    devices = [strap(address=address) for address in ADDRESSES]

    async def main(bluez: FakeBlueZ) -> None:
        radio = Radio()
        heard = await until(BleSource(await targets(radio, *devices), radio), packets(12))
        assert {p.sensor for p in heard.packets} == {"chest", "lower-back"}
        for sensor, device in zip(("chest", "lower-back"), devices, strict=True):
            block, _ = heard.decode(H10, sensor)
            assert np.array_equal(block.acc_ms2, np.concatenate(device.sent_acc_ms2)[: len(block)])

    run(bus, devices, main)


def test_authentication_needed(bus: str) -> None:
    device = strap()
    device.wrong.needs_pairing = True

    async def main(bluez: FakeBlueZ) -> None:
        radio = Radio()
        heard = await until(BleSource(await targets(radio, device), radio), packets(2))
        assert heard.states() == ["connecting", "pairing", "streaming"]
        assert "org.bluez.Device1.Pair" in bluez.calls

    run(bus, [device], main)


@pytest.mark.parametrize(
    ("spoil", "fault", "words"),
    [
        (
            {"needs_pairing": True, "refuses_pairing": True},
            "not_paired",
            "Pairing with Polar H10 12345678 did not work",
        ),
        ({"busy": True}, "busy", "busy with another program"),
        ({"refuse_status": 8}, "refused", "a rate it does not have"),
        ({"missing": {"control"}}, "not_supported", "no characteristic 'control'"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_the_sensor_can_refuse(bus: str, spoil: dict[str, object], fault: str, words: str) -> None:
    device = strap()
    for name, value in spoil.items():
        setattr(device.wrong, name, value)

    async def main(bluez: FakeBlueZ) -> None:
        radio = Radio()
        with pytest.raises(DeviceError, match=words) as caught:
            await until(BleSource(await targets(radio, device), radio), packets(1))
        assert isinstance(caught.value, LinkError)
        assert caught.value.fault == fault

    run(bus, [device], main)


def test_a_sensor_that_the_system_still_holds_is_found(bus: str) -> None:
    device = strap()

    async def main(bluez: FakeBlueZ) -> None:
        bluez.hold(device)
        radio = Radio()
        (seen,) = await scan(radio, PROFILES, 0.2)
        assert seen.reason.startswith("ready; another app on this computer holds it")
        target = Target(seen.device, H10, seen.name, params=H10.resolve(use="live"))
        await until(BleSource([target], radio), packets(2))

    run(bus, [device], main)


def fault_of_a_scan(bus: str = "", prepare: Callable[[FakeBlueZ], None] | None = None, adapter: str = "") -> LinkError:
    async def go() -> LinkError:
        with pytest.raises(LinkError) as caught:
            await scan(Radio(adapter=adapter), PROFILES, 0.1)
        return caught.value

    async def with_service() -> LinkError:
        async with fake_bluez(bus, []) as bluez:
            if prepare:
                prepare(bluez)
            return await go()

    return asyncio.run(with_service() if bus else go())


def test_powered_off(bus: str) -> None:
    error = fault_of_a_scan(bus, FakeBlueZ.switch_off)
    assert error.fault == "powered_off"
    assert str(error) == "Bluetooth is switched off. Switch it on in the system's settings, then try again."


def test_no_adapter(bus: str) -> None:
    assert fault_of_a_scan(bus, FakeBlueZ.remove_adapter).fault == "no_adapter"


def test_no_such_adapter(bus: str) -> None:
    error = fault_of_a_scan(bus, adapter="hci7")
    assert error.fault == "no_adapter"
    assert error.message == "There is no Bluetooth adapter hci7."


def test_no_bluetooth_service(bus: str) -> None:
    assert fault_of_a_scan().fault == "no_service"


def test_no_system_bus(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'absent'}")
    error = fault_of_a_scan()
    assert error.fault == "no_bus"
    assert "D-Bus" in error.message


def test_permission_denied_by_the_bus_policy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with private_bus(tmp_path, NOBODY_MAY) as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        assert fault_of_a_scan(address).fault == "denied"


def test_permission_denied_at_the_door(bus: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLEAK_DBUS_AUTH_UID", str(os.getuid() + 12345))
    assert fault_of_a_scan().fault == "denied"


def test_the_first_tick_tells_the_computers_time(bus: str) -> None:
    device = strap()

    async def main(bluez: FakeBlueZ) -> None:
        radio = Radio()
        source = BleSource(await targets(radio, device), radio)
        heard = await until(source, lambda heard: bool(heard.ticks))
        assert heard.ticks[0].t_ns < NS
        assert heard.ticks[0].wall_ns - heard.ticks[0].t_ns == pytest.approx(source.header.origin_wall_ns, abs=NS)

    run(bus, [device], main)
