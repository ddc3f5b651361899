"""Which profile fits an advertisement. A name tells more than a service: vendors share services between products."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from .model import DeviceProfile, Matcher


@dataclass(frozen=True, slots=True)
class Match:
    """A profile that fits, and by what: `name`, `service` or `manufacturer`."""

    profile: DeviceProfile
    by: Literal["name", "service", "manufacturer"]


def match(
    profiles: Mapping[str, DeviceProfile],
    local_name: str | None,
    service_uuids: Collection[str] = (),
    manufacturer_ids: Collection[int] = (),
) -> list[Match]:
    """Profiles that fit what a device advertises, the best first.

    Within a matcher everything given must fit; any one matcher of a profile is enough. A fitting name ranks above a
    fitting service, that above a manufacturer, then the profile's own priority, then its name.
    """
    services = {uuid.lower() for uuid in service_uuids}
    ranked = []
    for profile in profiles.values():
        best = max((_rank(m, local_name or "", services, manufacturer_ids) for m in profile.matchers), default=0)
        if best:
            ranked.append((-best, -profile.priority, profile.name, profile))
    ranked.sort(key=lambda entry: entry[:3])
    words: tuple[Literal["manufacturer", "service", "name"], ...] = ("manufacturer", "service", "name")
    return [Match(profile, words[-rank - 1]) for rank, _, _, profile in ranked]


def _rank(matcher: Matcher, name: str, services: set[str], manufacturers: Collection[int]) -> int:
    """3 by name, 2 by service, 1 by manufacturer, 0 for no fit."""
    if matcher.local_names and not any(fnmatchcase(name.casefold(), g.casefold()) for g in matcher.local_names):
        return 0
    if matcher.service_uuids and not services.intersection(matcher.service_uuids):
        return 0
    if matcher.manufacturer_id is not None and matcher.manufacturer_id not in manufacturers:
        return 0
    return 3 if matcher.local_names else 2 if matcher.service_uuids else 1
