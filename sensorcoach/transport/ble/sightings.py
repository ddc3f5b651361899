"""What was heard, gathered per device and matched against the profiles."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from ...profiles import DeviceProfile, match

State = Literal["ready", "unsupported"]

NEAR_DBM, FAR_DBM = -65, -85
"""From here on near, below this far."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A device that was heard.

    Attributes
    ----------
    device : BLEDevice
        What a client connects to.
    name : str
        Empty while it told none.
    address : str
        On macOS an identifier that only this computer knows.
    rssi_dbm : int or None
        Signal strength; None where it is connected and so does not advertise.
    profile : DeviceProfile or None
    by : str
        What the profile was recognised by: `name`, `service`, `manufacturer`, or empty.
    reason : str
        Whether it can be used, in plain words.
    remembered : bool
        Whether it was used last.
    also : tuple of DeviceProfile
        Further profiles that fit as well: models of one family advertise the same.
    """

    device: BLEDevice = field(repr=False)
    name: str
    address: str
    rssi_dbm: int | None
    profile: DeviceProfile | None
    by: str
    reason: str
    remembered: bool = False
    also: tuple[DeviceProfile, ...] = ()

    @property
    def state(self) -> State:
        """`ready` or `unsupported`."""
        return "unsupported" if self.profile is None else "ready"

    @property
    def title(self) -> str:
        """What a person would call it."""
        return self.name or (self.profile.title if self.profile else self.address)

    @property
    def signal(self) -> str:
        """How well it is heard, in words and dBm."""
        if self.rssi_dbm is None:
            return "connected"
        word = "near" if self.rssi_dbm >= NEAR_DBM else "fair" if self.rssi_dbm >= FAR_DBM else "far"
        return f"{word} ({self.rssi_dbm} dBm)"


class Sightings:
    """Everything heard so far. Name and services often come in different packets, so both add up.

    Parameters
    ----------
    profiles : mapping of str to DeviceProfile
    remembered : collection of str
        Addresses or names of the devices used last.
    """

    def __init__(self, profiles: Mapping[str, DeviceProfile], remembered: Collection[str] = ()) -> None:
        self._profiles = profiles
        self._remembered = {word.casefold() for word in remembered}
        self._heard: dict[str, _Heard] = {}

    def hear(self, device: BLEDevice, advertisement: AdvertisementData) -> None:
        """Take one advertisement (or scan response)."""
        heard = self._heard.setdefault(device.address, _Heard(device))
        heard.device = device
        heard.name = advertisement.local_name or heard.name or device.name or ""
        heard.services.update(uuid.lower() for uuid in advertisement.service_uuids)
        heard.manufacturers.update(advertisement.manufacturer_data)
        heard.rssi_dbm = advertisement.rssi

    def add_connected(self, device: BLEDevice) -> None:
        """Take a device that this computer is connected to already; such devices do not advertise."""
        heard = self._heard.setdefault(device.address, _Heard(device))
        heard.name = heard.name or device.name or ""
        heard.connected = True

    def all(self) -> list[Seen]:
        """Remembered ones first, then those that can be used, then the others; the nearest first."""
        seen = [self._judge(heard) for heard in self._heard.values()]
        return sorted(seen, key=lambda s: (not s.remembered, s.profile is None, -(s.rssi_dbm or 0), s.address))

    def _judge(self, heard: _Heard) -> Seen:
        found = match(self._profiles, heard.name, heard.services, heard.manufacturers)
        profile, by = (found[0].profile, found[0].by) if found else (None, "")
        known = {heard.device.address.casefold(), heard.name.casefold()} - {""}
        return Seen(
            heard.device,
            heard.name,
            heard.device.address,
            heard.rssi_dbm,
            profile,
            by,
            _reason(heard, profile),
            not known.isdisjoint(self._remembered),
            tuple(m.profile for m in found[1:] if m.by == by),
        )


@dataclass(slots=True)
class _Heard:
    device: BLEDevice
    name: str = ""
    services: set[str] = field(default_factory=set)
    manufacturers: set[int] = field(default_factory=set)
    rssi_dbm: int | None = None
    connected: bool = False


def _reason(heard: _Heard, profile: DeviceProfile | None) -> str:
    if profile is None:
        return "seen but not supported" if heard.name else "seen but not supported, and it tells no name"
    if heard.connected:
        return "ready; another app on this computer holds it, or a run that was cut off; it can be used all the same"
    if profile.connect.pair == "always":
        return "needs pairing, which happens at the first use; allow it when the system asks"
    if profile.trust == "C":
        return "ready, but little is known about this model: check what you see"
    return "ready"
