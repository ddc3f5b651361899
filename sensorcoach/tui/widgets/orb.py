"""The pacer as a ring that swells and sinks, the measured breath as a disc inside it: to follow is to fill the ring."""

from __future__ import annotations

import math

import numpy as np

from ...coach.following import INFLATED
from ...coach.pacer import FASTEST_BRPM, SLOWEST_BRPM, PacerPoint
from ...coach.wording import pacer_words, phase_words
from ..draw.braille import DotCanvas
from ..draw.spans import BLANK, Line, bar, beside, line, middle, wrap
from ..model import DashboardModel
from ..scene import Scene
from .painted import Painted

SMALLEST_SHARE = 0.3
"""Radius of the empty ring, as a share of the full one."""
WORDS_WIDTH = 13
"""Cells the words need beside the picture."""
WITH_IT = 0.7
"""Adherence from which the wearer is told that they are with the pacer."""
LAG_TOLD_S = 0.3
SWINGS_ALONG = 0.5
"""Share of the heart's rhythm at the pacer's rate from which it is said to go along: most of it."""
_PICTURE_DELAY_S = 0.25
"""The disc is drawn this much behind the stream, so that it flows between packets instead of jumping with them."""
_ARROWS = {"inhale": "▲", "hold_in": "■", "exhale": "▼", "hold_out": "■"}


class PacerPanel(Painted, can_focus=True):
    """Ring and disc with the words beside them."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, title="pacer")
        self._picture: tuple[tuple[int, float, float, bool], list[Line]] | None = None

    def draw(self, scene: Scene, width: int, height: int) -> list[Line]:
        """Words always, the picture where there is room and motion is wanted."""
        point = scene.pacer.at(scene.now_ns) if scene.pacer else None
        name = scene.pacer.pattern.name if scene.pacer else ""
        self.retitle(f"pacer · {name}" if name else "pacer")
        rows = min(height, (width - WORDS_WIDTH - 2) // 2)
        if rows < 4 or scene.reduced_motion:
            return middle(_words(scene, point, width), height)
        words_width = width - 2 * rows - 2
        picture = middle(self._orb(scene, point, rows), height)
        return beside(picture, middle(_words(scene, point, words_width), height), 2 * rows, 2)

    def _orb(self, scene: Scene, point: PacerPoint | None, rows: int) -> list[Line]:
        full = 2 * rows - 1.0
        level = scene.model.trace.level_at(min(scene.now_s - _PICTURE_DELAY_S, scene.model.trace.newest_s))
        if scene.model.age_s(scene.now_s) > 1.0:
            level = math.nan
        sure = scene.model.rate(scene.now_s).tier == "trusted"
        # Half-dot steps: what would not move a dot is not drawn again.
        disc = round(2 * _radius(level, full)) / 2 if math.isfinite(level) else -1.0
        ring = round(2 * _radius(point.level, full)) / 2 if point else -1.0
        key = (rows, disc, ring, sure)
        if self._picture is None or self._picture[0] != key:
            canvas = DotCanvas(2 * rows, rows)
            row, column = canvas.grid
            centre = 2 * rows - 0.5
            distance = np.hypot(row - centre, column - centre)
            filled = distance <= disc - 1.5
            if scene.plain_fill:  # where ring and disc have one colour, the disc is only speckled
                filled &= (row + column) % 2 == 0
            canvas.draw(filled, "breath" if sure else "unsure")
            canvas.draw(np.abs(distance - ring) <= 0.6, "pacer")
            self._picture = (key, canvas.lines())
        return self._picture[1]


def _radius(level: float, full: float) -> float:
    return full * (SMALLEST_SHARE + (1.0 - SMALLEST_SHARE) * level)


def _words(scene: Scene, point: PacerPoint | None, width: int) -> list[Line]:
    if scene.pacer is None or point is None:
        return [*wrap("p starts the pacer", width, "muted")]
    pattern = scene.pacer.pattern
    left = max(1, math.ceil(point.remaining_s))
    words = ("in", "hold", "out", "rest")
    parts = [f"{_short(part)}\xa0{word}" for part, word in zip(pattern.parts_s, words, strict=True) if part > 0.0]
    lines = [
        line((f"{_ARROWS[point.phase]} ", "pacer"), (pacer_words(point.phase), "strong")),
        line((f"  {left}", "pacer")),
        bar(point.share_of_phase, max(width - 1, 1), "pacer"),
        BLANK,
        line((f"{pattern.rate_brpm:.1f} a minute", "muted"), (_limit(pattern.rate_brpm), "strong")),
        *wrap(" · ".join(parts), width, "muted"),
    ]
    with_it = _with_it(scene.model)
    if with_it:
        lines[3:3] = [line(with_it)]
    heart = scene.model.swing
    if heart is not None and heart.at_pacer >= SWINGS_ALONG:
        lines.append(line(("♥ ", "slouch"), ("swings along", "muted")))
    you = phase_words(scene.model.phase) if scene.model.rate(scene.now_s).tier != "absent" else ""
    if you and width >= 16:
        lines[3:3] = [line(("  you: ", "muted"), (you, "breath"))]
    return lines


def _short(seconds: float) -> str:
    """`5`, `4.6`."""
    return f"{seconds:.1f}".removesuffix(".0")


def _limit(rate_brpm: float) -> str:
    """A word at the ends of what can be dialled."""
    if rate_brpm <= SLOWEST_BRPM + 1e-6:
        return " · slowest"
    return " · fastest" if rate_brpm >= FASTEST_BRPM - 1e-6 else ""


def _with_it(model: DashboardModel) -> tuple[str, str]:
    """How well the last breaths follow, in words; empty where that is not known."""
    followed = model.followed
    if followed is None or math.isnan(followed.adherence):
        return "", "text"
    if followed.effort >= INFLATED:
        return "  smooth, not deep", "lean"
    if followed.adherence >= WITH_IT:
        return "  with it ✓", "ok"
    if not math.isfinite(followed.lag_s) or abs(followed.lag_s) < LAG_TOLD_S:
        return "  not yet with it", "muted"
    return f"  {abs(followed.lag_s):.1f} s {'late' if followed.lag_s > 0 else 'early'}", "muted"
