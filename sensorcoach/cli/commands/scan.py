"""`sensorcoach scan`: who is near, and whether it can be used."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping

from platformdirs import user_config_path, user_data_path

from ...profiles import DeviceProfile, load_profiles
from ...runtime.remembered import recall
from ...transport.ble import Radio, Seen, scan

DEFAULT_SECONDS = 8.0
NEAR_DBM, FAR_DBM = -65, -85


def run(args: argparse.Namespace) -> int:
    """Listen, then print one line for each device; those that tell no name and cannot be used are only counted."""
    profiles = load_profiles(user_config_path("sensorcoach") / "profiles")
    last = recall(user_data_path("sensorcoach") / "last_device.json")
    seconds = args.seconds or DEFAULT_SECONDS
    print(f"Listening for {seconds:g} s …", file=sys.stderr)
    seen = asyncio.run(_scan(profiles, seconds, last.address if last else ""))
    told = [s for s in seen if s.name or s.profile]
    rows = [(s.title, _signal(s), s.profile.name if s.profile else "-", s.address, _reason(s)) for s in told]
    widths = [max(len(row[i]) for row in rows) for i in range(4)] if rows else []
    for row in rows:
        print("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]]))
    if len(seen) > len(told):
        print(f"{len(seen) - len(told)} more devices tell no name and cannot be used.", file=sys.stderr)
    if not any(s.profile for s in seen):
        print(
            "No sensor that sensorcoach knows is near. Wear yours and wake it up, and close other programs and phones "
            "that may hold its link.",
            file=sys.stderr,
        )
    return 0


async def _scan(profiles: Mapping[str, DeviceProfile], seconds: float, remembered: str) -> list[Seen]:
    return await scan(Radio(), profiles, seconds, remembered)


def _signal(seen: Seen) -> str:
    if seen.rssi_dbm is None:
        return "connected"
    word = "near" if seen.rssi_dbm >= NEAR_DBM else "fair" if seen.rssi_dbm >= FAR_DBM else "far"
    return f"{word} ({seen.rssi_dbm} dBm)"


def _reason(seen: Seen) -> str:
    return f"{seen.reason} (used last)" if seen.remembered else seen.reason
