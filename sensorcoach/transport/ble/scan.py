"""Who is near, and where is the one that was asked for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from typing import Final

from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from ...errors import DeviceError
from ...profiles import DeviceProfile
from .faults import RADIO_ERRORS, LinkError, link_error
from .radio import Radio
from .sightings import Seen, Sightings

SETTLE_S: Final = 1.0
"""After a hit that is not yet certain (no name so far, or only part of it): how long to listen for something better."""
SURVEY_S: Final = 3.0
"""After the first usable sensor, when none was asked for by name: how long to listen for others."""
LISTEN_S: Final = 20.0
"""Sensors that save power advertise every second or two; each misses some of a scanner's windows."""
ASK_SYSTEM_AFTER_S: Final = 3.0
"""A sensor that was lost is listened for so long before the system is asked whether it holds the link: after a crash of
the Bluetooth service, what the system believes is out of date until the sensor is heard."""


async def scan(
    radio: Radio, profiles: Mapping[str, DeviceProfile], seconds: float = 8.0, remembered: Collection[str] = ()
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
    or_name: str = "",
    profile: DeviceProfile | None = None,
    timeout_s: float = LISTEN_S,
) -> Seen:
    """The sensor that a person asked for.

    Parameters
    ----------
    wanted : str
        Its name or the beginning of it, its address, or the name of its profile; empty for the only sensor near.
    or_name : str
        Second best, for a device whose address (`wanted`) may have changed.
    profile : DeviceProfile, optional
        Take it for such a device, whatever it looks like.
    timeout_s : float, s

    Raises
    ------
    LinkError
        Bluetooth cannot be used; the sensor is not heard; it is not supported; or several are near and none was named.
    """
    known = profiles if profile is None else {profile.name: profile}
    sightings = Sightings(known)
    candidates: list[Seen] = []
    async with _listening(radio, sightings) as news:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while not (candidates := _candidates(sightings, wanted, or_name, profile)):
                    await _next(news)
                if not wanted:
                    await asyncio.sleep(SURVEY_S)
                elif not _certain(candidates, wanted):
                    await asyncio.sleep(SETTLE_S)
                candidates = _candidates(sightings, wanted, or_name, profile)
    if not candidates:
        raise _not_found(sightings, or_name or wanted)
    if not wanted and len(candidates) > 1:
        names = ", ".join(seen.title for seen in candidates)
        raise LinkError("not_found", f"Several sensors are near: {names}.", "Name one of them with --device.")
    return candidates[0]


async def hear_again(
    radio: Radio, address: str, name: str, timeout_s: float, on_listening: Callable[[], None] = lambda: None
) -> BLEDevice | None:
    """The device of this address, or (addresses may change) of exactly this name; None when it is not heard in time.

    `on_listening` is called once the radio listens, which it cannot always.

    Raises
    ------
    LinkError
        Bluetooth cannot be used.
    """
    sightings = Sightings({})

    def there() -> BLEDevice | None:
        fits = (s.device for s in sightings.all() if s.address == address or (name and s.name == name))
        return next(fits, None)

    async with _listening(radio, sightings, ask_system=False) as news:
        on_listening()
        for ask_system, wait_s in ((False, min(ASK_SYSTEM_AFTER_S, timeout_s)), (True, timeout_s - ASK_SYSTEM_AFTER_S)):
            if ask_system:
                await _add_connected(radio, sightings)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, wait_s)):
                    while there() is None:
                        await _next(news)
            if there() is not None:
                break
    return there()


@contextlib.asynccontextmanager
async def _listening(radio: Radio, sightings: Sightings, *, ask_system: bool = True) -> AsyncIterator[asyncio.Event]:
    """Scan meanwhile; the event is set with everything that is heard. `ask_system`: take connected devices as heard."""
    news = asyncio.Event()

    def on_advertisement(device: BLEDevice, advertisement: AdvertisementData) -> None:
        sightings.hear(device, advertisement)
        news.set()

    async with contextlib.AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(radio.listening(on_advertisement))
        except RADIO_ERRORS as error:
            raise link_error(error, "The sensor") from error
        if ask_system:
            await _add_connected(radio, sightings)
            news.set()
        yield news


async def _add_connected(radio: Radio, sightings: Sightings) -> None:
    try:
        for device in await radio.connected():
            sightings.add_connected(device)
    except RADIO_ERRORS as error:
        raise link_error(error, "The sensor") from error


async def _next(news: asyncio.Event) -> None:
    await news.wait()
    news.clear()


def _candidates(sightings: Sightings, wanted: str, or_name: str, forced: DeviceProfile | None) -> list[Seen]:
    """Devices that can be used and fit what is wanted, exact fits and near ones first."""
    ranked = []
    for seen in sightings.all():
        rank = _fit(seen, wanted) or int(bool(or_name) and seen.name == or_name)
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
    what = f"{wanted!r} cannot" if wanted else "No sensor that sensorcoach knows can"
    names = ", ".join(s.name for s in sightings.all() if s.name)
    return LinkError(
        "not_found",
        f"{what} be heard{f' (only {names})' if names else ''}.",
        "Wear it and wake it up, bring it near, and close other programs and phones that may hold its link.",
    )
