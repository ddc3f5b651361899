"""Where a sensor can be worn, in words and small pictures; `docs/wearing.md` shows the same."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 79
"""Columns of the smallest terminal that is supported, less one."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place for a sensor.

    Attributes
    ----------
    title : str
    picture : str
        Lines of plain ASCII, at most 60 columns.
    how, good_for : str
        How to put it on; what is seen from there.
    """

    title: str
    picture: str
    how: str
    good_for: str


PLACES: Final[Mapping[str, Place]] = {
    "chest": Place(
        "Chest, on a strap",
        r"""
        _____
       |     |
       |_   _|
     ____| |____         seen from the front
    /           \
   /  |       |  \
  /   |=[###]=|   \      strap level, sensor in the middle
 /_/\ |       | /\_\     of the breastbone
      |       |
      |_______|
""".strip("\n"),
        "Strap around the chest, just below the breast muscles or the bra band, tight enough not to slide. "
        "If it has electrodes, moisten them.",
        "Best for breathing; posture well; heart rate if the strap measures it.",
    ),
    "upper-back": Place(
        "Upper back, as a tag",
        r"""
        _____
       |     |
       |_   _|
     ____| |____         seen from behind
    /   [###]   \        between the shoulder blades,
   /  |   :   |  \       on the spine, a hand below the neck
  /   |   :   |   \
 /_/\ |   :   | /\_\
      |   :   |
      |_______|
""".strip("\n"),
        "Skin-friendly tape, a clip at the back of a tight shirt, or a bra band. It must not swing or turn.",
        "Best for posture, as a slouch shows most there; breathing while you sit or lie still.",
    ),
    "lower-back": Place(
        "Lower back, on a belt",
        r"""
        _____
       |     |
       |_   _|
     ____| |____         seen from behind
    /     :     \
   /  |   :   |  \
  /   |   :   |   \
 /_/\ |   :   | /\_\
      |=[###]=|          at belt height, on the spine
      |_______|
""".strip("\n"),
        "On a belt or waistband, flat against the body. Use it as the second sensor beside one on the chest or upper "
        "back.",
        "Tells leaning from the hips from rounding the back; of breathing little is seen.",
    ),
}


def guide(place: str) -> str:
    """A place as it is printed."""
    what = PLACES[place]
    words = "\n".join(textwrap.fill(text, WIDTH) for text in (what.how, what.good_for))
    return f"{what.title} ({place})\n\n{what.picture}\n\n{words}"
