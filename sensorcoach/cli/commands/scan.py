"""`sensorcoach scan`: who is near, and whether it can be used."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence

from platformdirs import user_config_path

from ...profiles import DeviceProfile, load_profiles
from ...runtime.remembered import recall
from ...transport.ble import Radio, Seen, scan
from ..chosen import adapter
from ..places import last_devices

DEFAULT_SECONDS = 8.0
UNHEARD = "used last; it sleeps, is too far away, or another app or phone holds it"


def run(args: argparse.Namespace) -> int:
    """Listen, then print one line for each device; those that tell no name and cannot be used are only counted."""
    profiles = load_profiles(user_config_path("sensorcoach") / "profiles")
    last = recall(last_devices())
    seconds = args.seconds or DEFAULT_SECONDS
    print(f"Listening for {seconds:g} s …", file=sys.stderr)
    seen = asyncio.run(_scan(adapter(args), profiles, seconds, [device.address for device in last]))
    told = [s for s in seen if s.name or s.profile]
    rows = [(s.title, s.signal, s.profile.name if s.profile else "-", s.address, _reason(s)) for s in told]
    heard = {word for s in seen for word in (s.address, s.name)}
    rows += [
        (d.name or d.address, "not heard", d.profile or "-", d.address, UNHEARD)
        for d in last
        if heard.isdisjoint((d.address, d.name))
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(4)] if rows else []
    for row in rows:
        print("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]]))
    hidden = len(seen) - len(told)
    if hidden:
        devices = "One more device tells" if hidden == 1 else f"{hidden} more devices tell"
        print(f"{devices} no name and cannot be used.", file=sys.stderr)
    if not any(s.profile for s in seen):
        print(
            "No sensor that sensorcoach knows is near. Wear yours and wake it up, and close other apps and phones "
            "that may hold it: a sensor that is connected to one does not show itself to others.",
            file=sys.stderr,
        )
    return 0


async def _scan(
    adapter: str, profiles: Mapping[str, DeviceProfile], seconds: float, remembered: Sequence[str]
) -> list[Seen]:
    return await scan(Radio(adapter=adapter), profiles, seconds, remembered)


def _reason(seen: Seen) -> str:
    return f"{seen.reason} (used last)" if seen.remembered else seen.reason
