"""What a profile says of its sensor, in plain words."""

from __future__ import annotations

from .model import DeviceProfile


def measures(profile: DeviceProfile) -> str:
    """What it feels."""
    return "acceleration and turning" if profile.has_gyro else "acceleration only"


def rates(profile: DeviceProfile) -> str:
    """At which rates; empty where there is nothing to choose."""
    rate = profile.params.get("rate_hz")
    return "" if rate is None else f"{', '.join(f'{c:g}' for c in sorted(rate.choices))} Hz"
