"""Who is near, told in plain words; and the one sensor that was asked for."""

from __future__ import annotations

import pytest
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakBluetoothNotAvailableReason

from sensorcoach.profiles import DeviceProfile, load_profile, profile_from_dict
from sensorcoach.profiles.shipped import shipped_folder
from sensorcoach.transport.ble import LinkError, find, identify, scan
from sensorcoach.transport.ble.sightings import Sightings
from sensorcoach.transport.virtual_device import VirtualDevice
from sensorcoach.transport.virtual_radio import Air

from .streaming import ADDRESSES, H10, PROFILES, VIRTUAL
from .virtual_time import run_virtual

OTHER = "F0:00:00:00:00:0F"
HEART_SERVICE = "0000180d-0000-1000-8000-00805f9b34fb"


def lamp() -> VirtualDevice:
    """Something that no profile fits: its name and service are its own."""
    return VirtualDevice(VIRTUAL, name="Lamp", address=OTHER)


def straps() -> list[VirtualDevice]:
    return [VirtualDevice(H10, name=f"Polar H10 1234567{i}", address=a) for i, a in enumerate(ADDRESSES)]


def test_a_scan_tells_who_can_be_used_and_who_cannot() -> None:
    first, second = straps()
    seen = run_virtual(scan(Air([lamp(), first, second]).radio(), PROFILES, 2.0, remembered=[second.address]))
    assert [(s.name, s.state, s.remembered) for s in seen] == [
        (second.name, "ready", True),
        (first.name, "ready", False),
        ("Lamp", "unsupported", False),
    ]
    assert [s.reason for s in seen] == ["ready", "ready", "seen but not supported"]
    assert seen[0].rssi_dbm == -60


def advertisement(name: str | None = None, services: tuple[str, ...] = (), rssi: int = -70) -> AdvertisementData:
    return AdvertisementData(name, {}, {}, list(services), None, rssi, ())


def test_name_and_services_add_up_over_packets() -> None:
    sightings = Sightings(PROFILES)
    device = BLEDevice("A", None, None)
    sightings.hear(device, advertisement(services=(HEART_SERVICE.upper(),)))
    assert sightings.all()[0].reason == "seen but not supported, and it tells no name"
    sightings.hear(device, advertisement(name="Polar H10 1"))
    sightings.hear(device, advertisement(rssi=-50))
    (seen,) = sightings.all()
    assert (seen.name, seen.by, seen.rssi_dbm, seen.profile) == ("Polar H10 1", "name", -50, H10)


def test_nearer_sensors_come_first() -> None:
    sightings = Sightings(PROFILES)
    for i, rssi in enumerate((-80, -40, -60)):
        sightings.hear(BLEDevice(f"{i}", None, None), advertisement(f"Polar H10 {i}", rssi=rssi))
    assert [s.address for s in sightings.all()] == ["1", "2", "0"]


def test_a_device_that_the_system_holds_can_still_be_used() -> None:
    sightings = Sightings(PROFILES)
    sightings.add_connected(BLEDevice("A", "Polar H10 1", None))
    (seen,) = sightings.all()
    assert (
        seen.reason
        == "ready; another app on this computer holds it, or a run that was cut off; it can be used all the same"
    )
    assert seen.rssi_dbm is None


@pytest.mark.parametrize(
    ("wanted", "index"),
    [("Polar H10 12345671", 1), ("polar h10 12345670", 0), (ADDRESSES[1].lower(), 1), (ADDRESSES[0], 0)],
)
def test_a_sensor_is_found_by_name_and_by_address(wanted: str, index: int) -> None:
    devices = straps()
    seen = run_virtual(find(Air([lamp(), *devices]).radio(), PROFILES, wanted))
    assert seen.address == devices[index].address
    assert seen.profile is H10


@pytest.mark.parametrize("address", [ADDRESSES[1], "F0:00:00:00:00:99"])
def test_a_sensor_with_a_new_address_is_known_by_its_name(address: str) -> None:
    devices = straps()
    seen = run_virtual(find(Air(devices).radio(), PROFILES, address, or_name=devices[1].name))
    assert seen.address == devices[1].address


@pytest.mark.parametrize("wanted", ["Polar", "polar_h10", "Polar H10", ""])
def test_a_part_of_the_name_or_the_kind_is_enough(wanted: str) -> None:
    assert run_virtual(find(Air([lamp(), straps()[0]]).radio(), PROFILES, wanted)).name == "Polar H10 12345670"


def test_with_several_near_one_must_be_named() -> None:
    with pytest.raises(LinkError, match="Several sensors are near: Polar H10 12345670, Polar H10 12345671"):
        run_virtual(find(Air(straps()).radio(), PROFILES))


def test_a_named_device_without_a_profile_is_told_apart_from_silence() -> None:
    with pytest.raises(LinkError, match="Lamp is near, but no profile fits it") as caught:
        run_virtual(find(Air([lamp()]).radio(), PROFILES, "lamp"))
    assert caught.value.fault == "not_supported"
    assert "--profile" in caught.value.advice


def test_silence_is_told_with_what_was_heard_instead() -> None:
    with pytest.raises(LinkError, match=r"'Polar H10 9' cannot be heard \(only Lamp\)") as caught:
        run_virtual(find(Air([lamp()]).radio(), PROFILES, "Polar H10 9"))
    assert caught.value.fault == "not_found"
    with pytest.raises(LinkError, match="No sensor that sensorcoach knows can be heard"):
        run_virtual(find(Air().radio(), PROFILES))


def test_a_profile_given_by_hand_is_taken_for_the_named_device() -> None:
    mine = load_profile(shipped_folder("firmware_profiles") / "virtual.toml")
    seen = run_virtual(find(Air([lamp()]).radio(), PROFILES, "Lamp", profile=mine))
    assert seen.profile is mine


def models() -> dict[str, DeviceProfile]:
    """Two models that advertise the same, told apart by what they answer to `aa`."""
    found = {}
    for number, name in ((1, "model_r"), (2, "model_s")):
        table = VIRTUAL.to_dict()
        table["name"] = table["title"] = name
        expect = {"prefix": "aa", "status_at": 1, "ok": [number], "timeout": 1}
        table["conversation"]["identify"] = [
            {"subscribe": "control"},
            {"write": "control", "hex": "aa", "expect": expect},
        ]
        found[name] = profile_from_dict(table, name)
    return found


@pytest.mark.parametrize("model", ["model_r", "model_s"])
def test_models_that_advertise_the_same_are_asked(model: str) -> None:
    profiles = models()
    air = Air([VirtualDevice(profiles[model])])

    async def ask() -> str:
        radio = air.radio()
        seen = await find(radio, profiles, "sensorcoach virtual")
        assert [p.name for p in seen.also] == ["model_s"]
        return (await identify(seen, radio)).name

    assert run_virtual(ask()) == model


def test_no_question_no_connection() -> None:
    air = Air([straps()[0]])

    async def ask() -> str:
        radio = air.radio()
        seen = await find(radio, PROFILES, "Polar")
        air.switch_off()
        return (await identify(seen, radio)).name

    assert run_virtual(ask()) == "polar_h10"


@pytest.mark.parametrize(
    ("reason", "fault"),
    [
        (BleakBluetoothNotAvailableReason.POWERED_OFF, "powered_off"),
        (BleakBluetoothNotAvailableReason.NO_BLUETOOTH, "no_adapter"),
        (BleakBluetoothNotAvailableReason.DENIED_BY_USER, "denied"),
    ],
)
def test_bluetooth_that_cannot_be_used_is_told(reason: BleakBluetoothNotAvailableReason, fault: str) -> None:
    air = Air()
    air.switch_off(reason)
    with pytest.raises(LinkError) as caught:
        run_virtual(scan(air.radio(), PROFILES, 1.0))
    assert caught.value.fault == fault
    assert caught.value.advice
