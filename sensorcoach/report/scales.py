"""From values to pixels, and where an axis has its ticks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

_STEPS_S: Final = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600, 43200, 86400)


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from values `low`..`high` to pixels `start`..`end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The pixel of a value, kept within the axis."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + min(max(share, 0.0), 1.0) * (self.end - self.start)


def nice_bounds(low: float, high: float, step: float, least: float) -> tuple[float, float]:
    """Multiples of `step` around `low`..`high`, at least `least` apart."""
    bottom, top = math.floor(low / step) * step, math.ceil(high / step) * step
    while top - bottom < least:
        top += step
        if top - bottom < least and bottom > 0.0:
            bottom -= step
    return bottom, top


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round values from `low` to `high`, at most `most` of them."""
    raw = (high - low) / max(most - 1, 1)
    magnitude = 10.0 ** math.floor(math.log10(raw))
    step = next(m * magnitude for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * magnitude >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [k * step for k in range(first, math.floor(high / step + 1e-9) + 1)]


def time_step_s(span_s: float, most: int) -> int:
    """A step that people count time in, so that at most about `most` fit into the span."""
    return next((step for step in _STEPS_S if span_s / step <= most), _STEPS_S[-1])


def elapsed_words(seconds: float) -> str:
    """`3:20` or `1:03:20`."""
    whole = round(seconds)
    minutes = f"{whole // 60 % 60}:{whole % 60:02d}"
    return minutes if whole < 3600 else f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
