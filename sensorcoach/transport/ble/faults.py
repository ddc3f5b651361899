"""What can go wrong with a radio link, in plain words with advice: exceptions of Bleak and the system as `LinkError`.

Which exception stands for what was found out by running Bleak 3.1 against each of these situations; the tests keep
that knowledge true. `docs/bluetooth.md` lists the faults for readers.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)

from ...errors import DeviceError

RADIO_ERRORS: Final = (BleakError, OSError, EOFError, TimeoutError, AssertionError, KeyError)
"""What Bleak and the system bus raise. The last two are its BlueZ backend's way of saying that a device vanished in the
middle of something (github.com/hbldh/bleak issues 406, 996, 1507, pull request 1739)."""

Fault = Literal[
    "no_adapter",
    "powered_off",
    "no_bus",
    "no_service",
    "denied",
    "authentication",
    "not_paired",
    "not_found",
    "not_supported",
    "refused",
    "busy",
    "timeout",
    "link",
]

ENVIRONMENT: Final[frozenset[Fault]] = frozenset({"no_adapter", "powered_off", "no_bus", "no_service"})
"""Faults of this computer, not of the device: looking again is cheap, so it is done every few seconds."""

LASTING: Final[frozenset[Fault]] = ENVIRONMENT | {"denied", "authentication", "not_paired", "not_supported", "refused"}
"""Faults that trying again at once does not heal."""


class LinkError(DeviceError):
    """A fault of the link. `fault` says which; the message never needs it."""

    def __init__(self, fault: Fault, message: str, advice: str = "") -> None:
        super().__init__(message, advice)
        self.fault: Fault = fault


_AVAILABILITY: Final[dict[BleakBluetoothNotAvailableReason, Fault]] = {
    BleakBluetoothNotAvailableReason.NO_BLUETOOTH: "no_adapter",
    BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: "no_adapter",
    BleakBluetoothNotAvailableReason.POWERED_OFF: "powered_off",
    BleakBluetoothNotAvailableReason.DENIED_BY_USER: "denied",
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: "denied",
    BleakBluetoothNotAvailableReason.DENIED_BY_UNKNOWN: "denied",
    BleakBluetoothNotAvailableReason.UNKNOWN: "powered_off",
}

_AUTHENTICATION_CODES: Final = frozenset(
    {
        BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHENTICATION,
        BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHORIZATION,
        BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION,
        BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION_KEY_SIZE,
    }
)

_DBUS: Final[dict[str, Fault]] = {
    "org.freedesktop.DBus.Error.ServiceUnknown": "no_service",
    "org.freedesktop.DBus.Error.NameHasNoOwner": "no_service",
    "org.freedesktop.DBus.Error.Spawn.ServiceNotFound": "no_service",
    "org.freedesktop.DBus.Error.AccessDenied": "denied",
    "org.freedesktop.DBus.Error.AuthFailed": "denied",
    "org.freedesktop.DBus.Error.UnknownObject": "not_found",
    "org.freedesktop.DBus.Error.NoReply": "timeout",
    "org.bluez.Error.NotReady": "powered_off",
    "org.bluez.Error.DoesNotExist": "not_found",
    "org.bluez.Error.NotPermitted": "authentication",
    "org.bluez.Error.NotAuthorized": "authentication",
    "org.bluez.Error.AuthenticationFailed": "not_paired",
    "org.bluez.Error.AuthenticationCanceled": "not_paired",
    "org.bluez.Error.AuthenticationRejected": "not_paired",
    "org.bluez.Error.AuthenticationTimeout": "not_paired",
    "org.bluez.Error.InProgress": "busy",
    "org.bluez.Error.ConnectionAttemptFailed": "link",
}
"""Errors of D-Bus and BlueZ by name; what is not here is a fault of the link."""

_NO_SUCH_ADAPTER: Final = re.compile(r"adapter '([^']+)' not found")

_WORDS: Final[dict[Fault, tuple[str, str]]] = {
    "no_adapter": (
        "This computer has no Bluetooth adapter that can talk to sensors.",
        "Plug one in; `sensorcoach demo` and `replay` work without.",
    ),
    "powered_off": ("Bluetooth is switched off.", "Switch it on in the system's settings, then try again."),
    "no_bus": (
        "Bluetooth cannot be reached: the system service that leads to it (D-Bus) is not running here.",
        "Start the service dbus (in a container: mount the host's /run/dbus). `sensorcoach demo` works without.",
    ),
    "no_service": (
        "The Bluetooth service (bluetoothd) is not running.",
        "Start it (systemctl start bluetooth), or install the package bluez.",
    ),
    "denied": (
        "This program may not use Bluetooth.",
        "Allow it: on Linux add yourself to the group bluetooth, on macOS and Windows in the privacy settings.",
    ),
    "authentication": ("{title} answers only paired computers.", "Pair it in the system's Bluetooth settings."),
    "not_paired": (
        "Pairing with {title} did not work.",
        "Remove it from the system's Bluetooth settings, switch it off and on, and try again.",
    ),
    "not_found": (
        "{title} cannot be heard.",
        "Wear it and wake it up, bring it near, and close other programs and phones that may hold its link.",
    ),
    "not_supported": (
        "{title} lacks what its profile says it has.",
        "It may be another model or firmware: see `sensorcoach devices`, and docs/adding-a-device.md.",
    ),
    "refused": ("{title} refuses what it was asked for.", "Choose other settings, or restart the device."),
    "busy": (
        "{title}, or the Bluetooth adapter, is busy with another program.",
        "Close other programs and phones that use it, wait some seconds, and try again.",
    ),
    "timeout": (
        "{title} does not answer.",
        "Bring it nearer, and close other programs and phones that may hold its link.",
    ),
    "link": ("The link to {title} failed.", "Bring it nearer and try again."),
}


def link_error(error: BaseException, title: str) -> LinkError:
    """`error` in plain words; `title` is what the person calls the device.

    Parameters
    ----------
    error : BaseException
        Anything that Bleak, the system bus or a conversation raised.
    title : str
    """
    if isinstance(error, LinkError):
        return error
    if isinstance(error, DeviceError):
        return LinkError("refused", error.message, error.advice)
    fault = fault_of(error)
    message, advice = _WORDS[fault]
    message = message.format(title=title)
    if fault == "no_adapter" and (named := _NO_SUCH_ADAPTER.search(str(error))):
        message, advice = f"There is no Bluetooth adapter {named[1]}.", "`sensorcoach doctor` lists those there are."
    if fault in ("link", "refused"):
        advice = f"{advice} {_detail(error)}".strip()
    return LinkError(fault, message, advice)


def _detail(error: BaseException) -> str:
    """The system's own words, last, for whoever can make something of them; no names of classes or interfaces."""
    match error:
        case BleakGATTProtocolError():  # its text names the error, after the code
            words = f"{error.args[-1]}, code {error.args[0]}"
        case BleakDBusError():
            words = _dbus_detail(error) or error.dbus_error.rpartition(".")[2]
        case OSError():
            words = error.strerror or ""
        case BleakError():
            words = str(error)
        case _:
            words = ""
    words = words.strip().rstrip(".")
    return f"(The system says: {words}.)" if words else ""


def fault_of(error: BaseException) -> Fault:
    """Which fault an exception stands for."""
    match error:
        case BleakBluetoothNotAvailableError():
            return _AVAILABILITY.get(error.reason, "powered_off")
        case BleakGATTProtocolError():
            # not `error.code`, which fails for the codes that devices make up
            return "authentication" if error.args[0] in _AUTHENTICATION_CODES else "refused"
        case BleakDBusError():
            return _of_dbus(error)
        case BleakDeviceNotFoundError():
            return "not_found"
        case BleakCharacteristicNotFoundError():
            return "not_supported"
        case TimeoutError():
            return "timeout"
        case BleakError():
            return "no_adapter" if "adapter" in str(error) and "not found" in str(error) else "link"
        case PermissionError():
            return "denied"
        case OSError() | EOFError():
            return "no_bus"  # the bus is a socket: absent, refused, or closed by a daemon that went away
        case _:
            return "link"


def _of_dbus(error: BleakDBusError) -> Fault:
    fault = _DBUS.get(error.dbus_error, "link")
    detail = _dbus_detail(error).lower()
    if fault == "link" and "not powered" in detail:
        return "powered_off"
    if fault == "link" and ("busy" in detail or "in progress" in detail):
        return "busy"
    return fault


def _dbus_detail(error: BleakDBusError) -> str:
    """What the service said, as it said it (Bleak's own property fails over some texts)."""
    return str(error.args[1]) if len(error.args) > 1 else ""
