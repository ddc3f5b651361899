"""Which sensors a person asked for, and where each is worn: `--device NAME[@SITE]`, as often as there are sensors."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, get_args

from ..errors import UsageError
from ..profiles.reader import nearest
from ..samples import Site

DEMO: Final = "demo"
SITES: Final[tuple[Site, ...]] = get_args(Site)
FREE: Final[tuple[Site, ...]] = ("chest", "lower-back", "upper-back")
"""Where a sensor is worn whose place was not said: the first of these that no other sensor has."""
_EXAMPLE: Final = "For example: --device NAME@chest --device OTHER@lower-back."


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sensor asked for. `site` is None where it was not said and need not be, as there is only one sensor."""

    name: str
    site: Site | None = None

    @property
    def is_demo(self) -> bool:
        """Whether the virtual wearer is meant."""
        return self.name == DEMO


def parse_wanted(texts: Sequence[str], site: Site | None = None) -> tuple[Wanted, ...]:
    """What `--device` (each time it was given) and `--site` say; empty where they name no sensor.

    With several sensors each has a place of its own, and the upper one comes first: it is the one shown.

    Raises
    ------
    UsageError
        A place that is none, or taken; the virtual wearer together with real sensors.
    """
    found = [_one(text) for text in texts]
    if len(found) == 1:
        if site is not None and found[0].site not in (None, site):
            raise UsageError(f"--device says {found[0].site}, --site says {site}.", "Leave one of them out.")
        return (Wanted(found[0].name, found[0].site or site),)
    if not found:
        return ()
    if site is not None:
        raise UsageError("With several sensors --site does not say which one is meant.", _EXAMPLE)
    if len({wanted.is_demo for wanted in found}) > 1:
        raise UsageError("The virtual wearer does not mix with real sensors.", "Use demo for all of them, or for none.")
    placed: dict[Site, Wanted] = {}
    taken = [wanted.site for wanted in found if wanted.site is not None]
    for wanted in found:
        free = [place for place in FREE if place not in taken]
        place = wanted.site or next(iter(free), None)
        if place is None or taken.count(place) > 1:
            raise UsageError(f"Two sensors cannot both be worn at the {place or SITES[0]}.", _EXAMPLE)
        if wanted.site is None:
            taken.append(place)
        placed[place] = Wanted(wanted.name, place)
    return tuple(placed[place] for place in SITES if place in placed)


def refuse_profile_for_demo(args: argparse.Namespace) -> None:
    """The virtual wearer's sensor has a profile of its own; one that was named would silently go unused.

    Raises
    ------
    UsageError
        `--profile` was given, and the virtual wearer is meant.
    """
    devices = args.device if isinstance(args.device, list) else [args.device]
    if args.profile and any(text is not None and _one(text).is_demo for text in devices):
        raise UsageError(
            "--profile is for a real sensor; the virtual wearer has its own.",
            f"Name the sensor with --device; to try the profile without one: sensorcoach devices check {args.profile}",
        )


def _one(text: str) -> Wanted:
    name, at, site = text.rpartition("@")
    if not at:
        return Wanted(text)
    if site not in SITES:
        advice = nearest(site, SITES) or f"Places: {', '.join(SITES)}."
        raise UsageError(f"{site!r} in --device {text} is no place to wear a sensor.", advice)
    return Wanted(name, site)
