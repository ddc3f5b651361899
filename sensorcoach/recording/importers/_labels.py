"""Finds the axes of an accelerometer and a gyroscope among labelled channels, as EDF and XDF have them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Final, get_args

from ...samples import STANDARD_GRAVITY_MS2, Site
from ._parts import Kind

_KINDS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("acc", re.compile(r"acc(el(eration|erometer)?)?")),
    ("gyr", re.compile(r"gyr(o(scope)?)?|angular ?(rate|velocity)")),
)
_AXIS: Final = re.compile(r"(?:^|[^a-z])([xyz])(?:[^a-z]|$)")
_G: Final = STANDARD_GRAVITY_MS2
_DEG: Final = math.pi / 180.0
_FACTORS: Final[Mapping[Kind, Mapping[str, float]]] = {
    "acc": {"g": _G, "mg": _G / 1000.0, "millig": _G / 1000.0, "cm/s^2": 0.01, "mm/s^2": 0.001},
    "gyr": {"deg/s": _DEG, "°/s": _DEG, "dps": _DEG, "degree/s": _DEG, "degrees/s": _DEG, "mdps": _DEG / 1000.0},
}


def find_axes(labels: Sequence[str], default: Kind | None = None) -> tuple[dict[Kind, tuple[int, ...]], int]:
    """Which channels are x, y and z of acceleration and angular rate; and how many more sensors there are.

    Labels such as `Acc x`, `ACC_X`, `accX`, `chest gyr z` are understood; `default` is what bare `x`, `y`, `z` are.
    What comes before the kind names the sensor; where there are several, the first one counts.
    """
    sensors: dict[str, dict[Kind, dict[str, int]]] = {}
    for index, label in enumerate(labels):
        named = _kind_and_axis(label, default)
        if named is not None:
            sensor, kind, axis = named
            sensors.setdefault(sensor, {}).setdefault(kind, {}).setdefault(axis, index)
    whole = [
        {kind: tuple(axes[a] for a in "xyz") for kind, axes in kinds.items() if len(axes) == 3}
        for kinds in sensors.values()
    ]
    whole = [kinds for kinds in whole if kinds]
    return (whole[0], len(whole) - 1) if whole else ({}, 0)


def factor(kind: Kind, unit: str) -> float:
    """From a unit as written to m/s² or rad/s; 1 for those and for units that are not known."""
    text = unit.strip().lower().replace("²", "^2").replace(" ", "").replace("sec", "s")
    return _FACTORS[kind].get(text, 1.0)


def site_in(text: str) -> dict[str, str]:
    """Metadata for the site that a text names, if it names one."""
    words = text.lower().replace(" ", "-")
    return next(({"sensor": site, "site": site} for site in get_args(Site) if site in words), {})


def _kind_and_axis(label: str, default: Kind | None) -> tuple[str, Kind, str] | None:
    text = label.strip().lower().replace("_", " ")
    for kind, pattern in _KINDS:
        if match := pattern.search(text):
            axis = _AXIS.search(" " + text[match.end() :]) or _AXIS.search(text[: match.start()])
            return (text[: match.start()].strip(" -.:"), kind, axis[1]) if axis else None
    axis = _AXIS.search(text)
    return ("", default, axis[1]) if default is not None and axis else None
