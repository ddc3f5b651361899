"""Sensors as lines for the devices screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ..coach.wearing import PLACES, Place
from ..profiles.model import TRUST_WORDS
from ..runtime.remembered import RememberedDevice
from .draw.spans import Line, line, pad, wrap

NORMAL: Final = 64
WIDE: Final = 96
NAME: Final = 32
ASLEEP: Final = "asleep, too far away, or another app or phone holds it"
LOOK: Final = "looks for sensors near you, for 8 seconds. Wear yours, so that it wakes up."


@dataclass(frozen=True, slots=True)
class KnownSensor:
    """A kind of sensor that the program can read. `trust` is one of `TRUST_WORDS`."""

    name: str
    title: str
    measures: str
    rates: str
    trust: str


@dataclass(frozen=True, slots=True)
class NearSensor:
    """A device that was heard. `model` is empty where no profile fits; `reason` says whether it can be used."""

    title: str
    address: str
    signal: str
    model: str
    reason: str
    used_last: bool = False


def mine_lines(mine: Sequence[RememberedDevice], width: int) -> list[Line]:
    """The sensors used last."""
    if not mine:
        return wrap("No sensor of yours yet: the first one you use is kept here.", width, "muted")
    said = ", ".join(f"{device.name or device.address} ({device.site})" for device in mine)
    return wrap(f"Yours: {said}. live and watch begin with {'it' if len(mine) == 1 else 'them'}.", width)


def near_line(sensor: NearSensor, width: int) -> Line:
    """One device that was heard, or that is missed."""
    usable = bool(sensor.model) and sensor.signal != ""
    parts = [
        ("✓ " if usable else "· ", "ok" if usable else "muted"),
        (
            f"{sensor.title[: NAME - 2]:<{NAME}}" if width >= NORMAL else f"{sensor.title[:24]:<25}",
            "strong" if usable else "muted",
        ),
        (f"{sensor.signal or 'not heard':<16}", "text" if usable else "muted"),
    ]
    if width >= NORMAL:
        parts.append((f"{'used last; ' if sensor.used_last else ''}{sensor.reason}", "muted"))
    return pad(line(*parts), width)


def near_detail(sensor: NearSensor, width: int) -> list[Line]:
    """All about it, and what to do."""
    used = "yes" if sensor.used_last else "no"
    rows = [
        ("address", sensor.address),
        ("heard", sensor.signal or "not now"),
        ("model", sensor.model or "none that sensorcoach knows"),
        ("used last", used),
    ]
    out = [line((name.ljust(11), "muted"), (words, "text")) for name, words in rows]
    out += [(), *wrap(f"{sensor.reason[0].upper()}{sensor.reason[1:]}.", width)]
    if sensor.model:
        out += [(), *wrap(f'To use it: sensorcoach live --device "{sensor.title}"', width, "muted")]
    else:
        out += [(), *wrap("A profile makes a new sensor readable: docs/adding-a-device.md.", width, "muted")]
    return out


def known_line(sensor: KnownSensor, width: int) -> Line:
    """One kind of sensor."""
    parts = [(f"{sensor.title[: NAME + 6]:<{NAME + 8}}", "text"), (f"facts: {sensor.trust}  ", "muted")]
    if width >= NORMAL:
        parts.append((f"{sensor.measures:<26}", "muted"))
    if width >= WIDE and sensor.rates:
        parts.append((sensor.rates, "muted"))
    return pad(line(*parts), width)


def known_detail(sensor: KnownSensor, width: int) -> list[Line]:
    """All about it."""
    rows = [("measures", sensor.measures), ("at", sensor.rates or "one rate"), ("profile", sensor.name)]
    out = [line((name.ljust(11), "muted"), (words, "text")) for name, words in rows]
    return [*out, (), *wrap(f"The facts about it ({sensor.trust}) come {TRUST_WORDS[sensor.trust]}.", width)]


def place_line(name: str, place: Place, width: int) -> Line:
    """One place to wear a sensor."""
    return pad(line((f"{place.title:<26}", "text"), (place.good_for, "muted")), width)


def place_detail(name: str, width: int) -> list[Line]:
    """Picture and words."""
    place = PLACES[name]
    picture = [line((row, "text")) for row in place.picture.splitlines()]
    return [*picture, (), *wrap(place.how, width), (), *wrap(place.good_for, width, "muted")]
