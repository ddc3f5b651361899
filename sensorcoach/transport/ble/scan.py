"""Who is near: advertisements gathered per device, matched against the profiles, and told in plain words."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakError

from ...errors import DeviceError
from ...profiles import DeviceProfile, match
from .faults import LinkError, link_error
from .radio import Radio

SETTLE_S: Final = 1.0
"""After a hit that is not yet certain (no name so far, or only part of it): how long to listen for something better."""
SURVEY_S: Final = 3.0
"""After the first usable sensor, when none was asked for by name: how long to listen for others."""
LISTEN_S: Final = 20.0
"""Sensors that save power advertise every second or two; each misses some of a scanner's windows."""

State = Literal["ready", "unsupported"]


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
        Whether it is the one used last.
    """

    device: BLEDevice = field(repr=False)
    name: str
    address: str
    rssi_dbm: int | None
    profile: DeviceProfile | None
    by: str
    reason: str
    remembered: bool = False

    @property
    def state(self) -> State:
        """`ready` or `unsupported`."""
        return "unsupported" if self.profile is None else "ready"

    @property
    def title(self) -> str:
        """What a person would call it."""
        return self.name or (self.profile.title if self.profile else self.address)


class Sightings:
    """Everything heard so far. Name and services often come in different packets, so both add up.

    Parameters
    ----------
    profiles : mapping of str to DeviceProfile
    remembered : str
        Address or name of the device used last.
    """

    def __init__(self, profiles: Mapping[str, DeviceProfile], remembered: str = "") -> None:
        self._profiles = profiles
        self._remembered = remembered.casefold()
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
        """The remembered one first, then those that can be used, then the others; the nearest first."""
        seen = [self._judge(heard) for heard in self._heard.values()]
        return sorted(seen, key=lambda s: (not s.remembered, s.profile is None, -(s.rssi_dbm or 0), s.address))

    def _judge(self, heard: _Heard) -> Seen:
        found = match(self._profiles, heard.name, heard.services, heard.manufacturers)
        profile, by = (found[0].profile, found[0].by) if found else (None, "")
        known = {heard.device.address.casefold(), heard.name.casefold()} - {""}
        remembered = self._remembered in known
        return Seen(
            heard.device,
            heard.name,
            heard.device.address,
            heard.rssi_dbm,
            profile,
            by,
            _reason(heard, profile),
            remembered,
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
        return "ready; this computer is connected to it already"
    if profile.connect.pair == "always":
        return "ready; will be paired with this computer first"
    if profile.trust == "C":
        return "ready, but little is known about this model: check what you see"
    return "ready"


async def scan(
    radio: Radio, profiles: Mapping[str, DeviceProfile], seconds: float = 8.0, remembered: str = ""
) -> list[Seen]:
    """Listen for so many seconds and tell who is near.

    Raises
    ------
    LinkError
        Bluetooth cannot be used.
    """
    sightings = Sightings(profiles, remembered)
    async with _listening(radio, sightings):
        await asyncio.sleep(seconds)
    return sightings.all()


async def find(
    radio: Radio,
    profiles: Mapping[str, DeviceProfile],
    wanted: str = "",
    *,
    profile: DeviceProfile | None = None,
    timeout_s: float = LISTEN_S,
) -> Seen:
    """The sensor that a person asked for.

    Parameters
    ----------
    wanted : str
        Its name or the beginning of it, its address, or the name of its profile; empty for the only sensor near.
    profile : DeviceProfile, optional
        Take it for such a device, whatever it looks like.
    timeout_s : float, s

    Raises
    ------
    LinkError
        Bluetooth cannot be used; the sensor is not heard; it is not supported; or several are near and none was named.
    """
    known = profiles if profile is None else {profile.name: profile}
    sightings = Sightings(known, wanted)
    candidates: list[Seen] = []
    async with _listening(radio, sightings) as news:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while not (candidates := _candidates(sightings, wanted, profile)):
                    await _next(news)
                if not wanted:
                    await asyncio.sleep(SURVEY_S)
                elif not _certain(candidates, wanted):
                    await asyncio.sleep(SETTLE_S)
                candidates = _candidates(sightings, wanted, profile)
    if not candidates:
        raise _not_found(sightings, wanted)
    if not wanted and len(candidates) > 1:
        names = ", ".join(seen.title for seen in candidates)
        raise LinkError("not_found", f"Several sensors are near: {names}.", "Name one of them with --device.")
    return candidates[0]


async def hear_again(radio: Radio, address: str, name: str, timeout_s: float) -> BLEDevice | None:
    """The device of this address, or (addresses may change) of exactly this name; None when it is not heard in time.

    Raises
    ------
    LinkError
        Bluetooth cannot be used.
    """
    sightings = Sightings({})

    def there() -> BLEDevice | None:
        fits = (s.device for s in sightings.all() if s.address == address or (name and s.name == name))
        return next(fits, None)

    async with _listening(radio, sightings) as news:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while there() is None:
                    await _next(news)
    return there()


@contextlib.asynccontextmanager
async def _listening(radio: Radio, sightings: Sightings) -> AsyncIterator[asyncio.Event]:
    """Scan meanwhile; the event is set with everything that is heard."""
    news = asyncio.Event()

    def on_advertisement(device: BLEDevice, advertisement: AdvertisementData) -> None:
        sightings.hear(device, advertisement)
        news.set()

    async with contextlib.AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(radio.listening(on_advertisement))
            for device in await radio.connected():
                sightings.add_connected(device)
                news.set()
        except (BleakError, OSError, EOFError) as error:
            raise link_error(error, "The sensor") from error
        yield news


async def _next(news: asyncio.Event) -> None:
    await news.wait()
    news.clear()


def _candidates(sightings: Sightings, wanted: str, forced: DeviceProfile | None) -> list[Seen]:
    """Devices that can be used and fit what is wanted, exact fits and near ones first."""
    ranked = []
    for seen in sightings.all():
        rank = _fit(seen, wanted)
        if rank and (seen.profile is not None or (forced is not None and wanted)):
            ranked.append((-rank, -(seen.rssi_dbm or -127), _taken_for(seen, forced)))
    return [seen for _, _, seen in sorted(ranked, key=lambda entry: entry[:2])]


def _taken_for(seen: Seen, forced: DeviceProfile | None) -> Seen:
    if forced is None or seen.profile is not None:
        return seen
    return Seen(seen.device, seen.name, seen.address, seen.rssi_dbm, forced, "", "ready", seen.remembered)


def _fit(seen: Seen, wanted: str) -> int:
    """2: exactly what was asked for; 1: what was asked for may mean it; 0: something else."""
    text = wanted.casefold().strip()
    if not text or text in (seen.address.casefold(), seen.name.casefold()):
        return 2
    if seen.name.casefold().startswith(text):
        return 1
    kinds = () if seen.profile is None else (seen.profile.name.casefold(), seen.profile.title.casefold())
    return int(text in kinds)


def _certain(candidates: list[Seen], wanted: str) -> bool:
    return _fit(candidates[0], wanted) == 2 and candidates[0].by in ("name", "")


def _not_found(sightings: Sightings, wanted: str) -> DeviceError:
    unsupported = [s for s in sightings.all() if s.profile is None and s.name]
    named = [s for s in unsupported if wanted and _fit(s, wanted)]
    if named:
        return LinkError(
            "not_supported",
            f"{named[0].name} is near, but no profile fits it.",
            "Give one with --profile FILE; docs/adding-a-device.md tells how to write it.",
        )
    what = f"{wanted!r} is" if wanted else "No sensor that sensorcoach knows is"
    names = ", ".join(s.name for s in sightings.all() if s.name)
    return LinkError(
        "not_found",
        f"{what} not to be heard{f' (only {names})' if names else ''}.",
        "Wear it and wake it up, bring it near, and close other programs and phones that may hold its link.",
    )
