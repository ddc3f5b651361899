"""Every exception of Bleak, BlueZ and the system bus becomes one clear sentence with what to do."""

from __future__ import annotations

import pytest
from bleak.exc import (
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)

from sensorcoach.errors import DeviceError
from sensorcoach.transport.ble.faults import _WORDS, LinkError, link_error


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (FileNotFoundError(2, "No such file or directory"), "no_bus"),
        (ConnectionRefusedError(), "no_bus"),
        (EOFError(), "no_bus"),
        (PermissionError(13, "Permission denied"), "denied"),
        (TimeoutError(), "timeout"),
        (BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", ["no such name"]), "no_service"),
        (BleakDBusError("org.freedesktop.DBus.Error.AccessDenied", ["Rejected send message"]), "denied"),
        (BleakDBusError("org.bluez.Error.NotReady", ["Resource Not Ready"]), "powered_off"),
        (BleakDBusError("org.bluez.Error.Failed", ["Not Powered"]), "powered_off"),
        (BleakDBusError("org.bluez.Error.NotPermitted", ["Not paired"]), "authentication"),
        (BleakDBusError("org.bluez.Error.AuthenticationFailed", []), "not_paired"),
        (BleakDBusError("org.bluez.Error.InProgress", ["In Progress"]), "busy"),
        (BleakDBusError("org.bluez.Error.Failed", ["le-connection-abort-by-local"]), "link"),
        (BleakDeviceNotFoundError("A", "gone"), "not_found"),
        (BleakCharacteristicNotFoundError("2a37"), "not_supported"),
        (BleakGATTProtocolError(0x05), "authentication"),
        (BleakGATTProtocolError(0x0F), "authentication"),
        (BleakGATTProtocolError(0x03), "refused"),
        (BleakGATTProtocolError(0x91), "refused"),
        (BleakDBusError("org.bluez.Error.Failed", ["Operation failed with ATT error: 0x0e (odd)"]), "link"),
        (BleakError("adapter 'hci7' not found"), "no_adapter"),
        (BleakError("Not connected"), "link"),
        (KeyError("org.bluez.Device1"), "link"),
        (RuntimeError("something else"), "link"),
        (DeviceError("Polar H10 refused.", "Choose."), "refused"),
    ],
    ids=repr,
)
def test_exceptions_are_told_in_words(error: BaseException, fault: str) -> None:
    told = link_error(error, "Polar H10 1")
    assert told.fault == fault
    assert told.message.endswith(".")
    assert told.advice.endswith((".", ".)"))
    assert "{" not in str(told)
    assert told.exit_code == 5


def test_a_link_error_stays_what_it_is() -> None:
    error = LinkError("busy", "It is busy.")
    assert link_error(error, "x") is error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (BleakError("odd thing"), "odd thing"),
        (BleakDBusError("org.bluez.Error.Failed", ["le-connection-abort-by-local"]), "le-connection-abort-by-local"),
        (BleakDBusError("org.bluez.Error.Failed", []), "Failed"),
    ],
    ids=repr,
)
def test_what_is_not_known_is_quoted_last(error: BaseException, said: str) -> None:
    assert str(link_error(error, "Strap")) == (
        f"The link to Strap failed. Bring it nearer and try again. (The system says: {said}.)"
    )


@pytest.mark.parametrize("error", [KeyError("org.bluez.Device1"), AssertionError("x is None"), RuntimeError("0x7f")])
def test_what_only_a_programmer_reads_is_not_quoted(error: BaseException) -> None:
    assert str(link_error(error, "Strap")) == "The link to Strap failed. Bring it nearer and try again."


def test_an_adapter_that_is_not_there_is_named() -> None:
    assert str(link_error(BleakError("adapter 'hci7' not found"), "Strap")).startswith(
        "There is no Bluetooth adapter hci7."
    )


def test_every_fault_has_words() -> None:
    assert all(message.endswith(".") and advice for message, advice in _WORDS.values())
