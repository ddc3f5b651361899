"""The trunk's angle against the band that an exercise asks for, on a scale from rest to beyond."""

from __future__ import annotations

import math

from ..draw.digits import big_text, big_width, fitting_height
from ..draw.spans import BLANK, Line, line, middle
from ..scene import Scene
from .painted import Painted

SCALE_STEP_DEG = 15


class AnglePanel(Painted):
    """A needle over a scale, the band marked, the angle in large figures."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, title="angle")

    def draw(self, scene: Scene, width: int, height: int) -> list[Line]:
        """The figure where there is room, the scale always."""
        session = scene.session
        band = session.band_deg if session is not None else None
        if session is None or band is None:
            return []
        swing_deg = session.swing_deg
        known = math.isfinite(swing_deg)
        inside = known and band[0] <= swing_deg <= band[1]
        role = "ok" if inside else "text"
        words = f"{session.planned.step.target_deg:.0f}° wanted, {band[0]:.0f} to {band[1]:.0f}° is fine"
        scale = _scale(swing_deg, band, width)
        rows = fitting_height("88", 24, min(height - len(scale) - 2, 8))
        if rows < 3:
            return [line((words[:width], "muted")), *scale]
        figure = f"{swing_deg:.0f}" if known else "–"
        large: list[Line] = [line((row, role)) for row in big_text(figure, rows)]
        large[0] = (*large[0], ("°" if known else "", role))
        if inside:
            large[-1] = (*large[-1], ("  ✓ in the band", "ok"))
        elif big_width(figure, rows) + 2 + 12 <= width:
            large[-1] = (*large[-1], ("  from rest", "muted"))
        return middle([*large, BLANK, *scale, line((words[:width], "muted"))], height)


def _scale(swing_deg: float, band: tuple[float, float], width: int) -> list[Line]:
    end_deg = math.ceil((band[1] + 10.0) / SCALE_STEP_DEG) * SCALE_STEP_DEG
    low, high = (round(edge / end_deg * (width - 1)) for edge in band)
    track = line(("─" * low, "muted"), ("━" * (high - low + 1), "ok"), ("─" * (width - high - 1), "muted"))
    needle = [" "] * width
    if math.isfinite(swing_deg):
        needle[round(min(max(swing_deg / end_deg, 0.0), 1.0) * (width - 1))] = "▼"
    labels = [" "] * width
    for degrees in range(0, end_deg + 1, SCALE_STEP_DEG):
        label = f"{degrees}°"
        start = min(round(degrees / end_deg * (width - 1)), width - len(label))
        labels[start : start + len(label)] = label
    return [line(("".join(needle), "breath")), track, line(("".join(labels), "muted"))]
