"""Where a sensor can be worn, and what it feels of breath, sway and heart there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Place:
    """What a sensor at a site feels (body axes: forward, left, up).

    Attributes
    ----------
    lever_m : offset from the hip axis
    breath_deg : turn of the skin, rest to top of a normal breath, about `breath_axis`
    breath_mm : shift of the skin meanwhile
    sway, heart : gains
    """

    lever_m: tuple[float, float, float]
    breath_deg: float
    breath_axis: tuple[float, float, float]
    breath_mm: tuple[float, float, float]
    sway: float
    heart: float


PLACES: Final[Mapping[str, Place]] = {
    # Inhaling swings the lower sternum out and up, so the skin looks up: a turn about -left, with some roll and twist.
    "chest": Place((0.11, 0.0, 0.36), 1.75, (0.30, -0.85, 0.43), (5.0, 0.0, 3.0), 1.0, 1.0),
    "upper-back": Place((-0.10, 0.0, 0.42), 0.38, (0.15, -0.95, 0.27), (-1.0, 0.0, 1.5), 0.5, 0.5),
    "lower-back": Place((-0.11, 0.0, 0.10), 0.35, (0.20, 0.90, 0.39), (-1.0, 0.0, 0.5), 0.4, 0.3),
}
