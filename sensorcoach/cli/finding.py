"""Finding the sensors that are meant: those asked for, else those used last, else the only one near."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from platformdirs import user_config_path

from ..errors import UsageError
from ..profiles import DeviceProfile, load_profile, load_profiles
from ..profiles.model import TRUST_WORDS
from ..runtime.remembered import RememberedDevice, recall, remember
from ..samples import Site
from ..transport.ble import BleSource, LinkError, Radio, Seen, Target, find, identify
from .places import last_devices
from .terminal import say
from .wanted import Wanted


async def find_source(args: argparse.Namespace, adapter: str, say: Callable[[str], None] = say) -> BleSource:
    """A source of one sensor, ready to be entered; worn where the person says, else as last time.

    Raises
    ------
    LinkError
        There is none, or the radio cannot be used.
    """
    radio = Radio(adapter=adapter)
    seen, profile = await find_sensor(args, radio, say)
    say(f"Found {seen.name}.")
    site = args.site or site_of(seen)
    return BleSource([Target(seen.device, profile, seen.name, site, site, profile.resolve(use="live"))], radio)


async def find_targets(args: argparse.Namespace, wanted: Sequence[Wanted], radio: Radio) -> list[Target]:
    """The sensors asked for; else those used last, as far as they are heard; else the only one near."""
    last = recall(last_devices())
    if len(wanted) > 1:
        found = [(await _find(args, radio, w.name), w.site or "chest") for w in wanted]
    elif len(last) > 1 and not wanted and args.site is None:
        found = await _find_again(args, radio, last)
    else:
        (seen, profile), site = await find_sensor(args, radio, name=wanted[0].name if wanted else ""), args.site
        site = (wanted[0].site if wanted else site) or site_of(seen)
        found = [((seen, profile), site)]
    addresses = [seen.address for (seen, _), _ in found]
    if len(set(addresses)) < len(found):
        names = " and ".join(f"--device {w.name}" for w in wanted)
        raise UsageError(f"{names} mean the same sensor.", "Name each fully, as sensorcoach scan shows them.")
    if len(found) >= len(last) or wanted:
        remember(last_devices(), [RememberedDevice(s.name, s.address, p.name, site) for (s, p), site in found])
    return [Target(s.device, p, s.name, site, site, p.resolve(use="live")) for (s, p), site in found]


async def _find_again(
    args: argparse.Namespace, radio: Radio, last: Sequence[RememberedDevice]
) -> list[tuple[tuple[Seen, DeviceProfile], Site]]:
    """Those of the sensors used last that are heard; at least one must be."""
    found: list[tuple[tuple[Seen, DeviceProfile], Site]] = []
    missing: list[LinkError] = []
    for device in last:
        try:
            found.append((await _find(args, radio, device.address, device.name), device.site))
        except LinkError as error:
            if error.fault != "not_found":
                raise
            missing.append(error)
            say(f"{device.name or device.address} ({device.site}) cannot be heard: going on without it.")
    if not found:
        raise missing[0]
    return found


async def find_sensor(
    args: argparse.Namespace, radio: Radio, say: Callable[[str], None] = say, *, name: str | None = None
) -> tuple[Seen, DeviceProfile]:
    """The sensor asked for, else the one used last, else the only one near; `say` gets remarks."""
    name = args.device if name is None else name
    last = recall(last_devices())
    known = None if name or not last else last[0]
    if known is None:
        seen, profile = await _find(args, radio, name or "", say=say)
    else:
        seen, profile = await _find(args, radio, known.address, known.name, say=say)
    if seen.address not in [device.address for device in last]:
        remember(last_devices(), [RememberedDevice(seen.name, seen.address, profile.name)])
    return seen, profile


def site_of(seen: Seen) -> Site:
    """Where this sensor was worn last."""
    return next((device.site for device in recall(last_devices()) if device.address == seen.address), "chest")


async def _find(
    args: argparse.Namespace, radio: Radio, wanted: str, or_name: str = "", say: Callable[[str], None] = say
) -> tuple[Seen, DeviceProfile]:
    """One sensor and its profile, by a scan and, where models look alike, by asking it."""
    profiles = load_profiles(user_config_path("sensorcoach") / "profiles")
    own = load_profile(Path(args.profile)) if args.profile else None
    say(f"Looking for {or_name or wanted or 'a sensor'} …")
    seen = await find(radio, profiles, wanted, or_name=or_name, profile=own)
    profile = own or await identify(seen, radio)
    if profile.trust == "C":
        say(f"Note: the facts about {profile.title} come {TRUST_WORDS['C']}.")
    return seen, profile
