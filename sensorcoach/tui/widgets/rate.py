"""Breathing in numbers: the rate, how far it can be trusted, what the breath does now."""

from __future__ import annotations

import math

from ...coach.wording import depth_word, pacer_words
from ..draw.digits import big_text, big_width, fitting_height
from ..draw.letters import large_text
from ..draw.spans import BLANK, Line, line, middle, wrap
from ..model import DashboardModel, RateView
from ..scene import Scene
from .painted import Painted

_QUALITY = {"trusted": ("●", "breath"), "unsure": ("◐", "unsure"), "absent": ("○", "muted")}
_PHASE_GLYPHS = {"inhale": "▲", "hold_in": "■", "exhale": "▼", "hold_out": "■"}
_UNIT = "breaths a minute"
LOWEST_FIGURES = 3
"""Rows of the smallest figures."""


class RatePanel(Painted, can_focus=True):
    """Big figures, then words."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, title="breathing")

    def draw(self, scene: Scene, width: int, height: int) -> list[Line]:
        """Figures as large as the panel allows, the words below."""
        model = scene.model
        rate = model.rate(scene.now_s)
        if scene.large:
            said = _quality(rate, width)
            lead = _lead(scene, width)
            return middle([*_figures(rate, width, height - len(said) - len(lead), large=True), *lead, *said], height)
        said = [*_quality(rate, width), *_now(model, scene.now_s, rate)]
        shape = _shape(model, rate, width)
        # In a low panel it would take the figures their room, and they would come and go with every breath.
        if not 0 <= height - len(said) - LOWEST_FIGURES < len(shape):
            said += shape
        spare = height - len(said)
        return middle([*_figures(rate, width, spare), *said], height)


def _lead(scene: Scene, width: int) -> list[Line]:
    """What the pacer asks for, large: its picture has made room for the numbers."""
    if scene.pacer is None:
        return []
    point = scene.pacer.at(scene.now_ns)
    words = f"{pacer_words(point.phase)} {max(1, math.ceil(point.remaining_s))}"
    rows = large_text(words, width, 3) or [f"{_PHASE_GLYPHS[point.phase]} {words}"]
    return [line((row, "pacer")) for row in rows]


def _figures(rate: RateView, width: int, height: int, *, large: bool = False) -> list[Line]:
    text = f"{rate.rate_brpm:.1f}" if rate.tier != "absent" else "–"
    role = {"trusted": "strong", "unsure": "unsure", "absent": "faint"}[rate.tier]
    most = height if large else max(3, (height + 3) // 2)
    rows = fitting_height("88.8", width, min(height, most))
    if rows < LOWEST_FIGURES:
        return [line((text, role), (f" {_UNIT}", "muted"))]
    figures: list[Line] = [line((row, role)) for row in big_text(text, rows)]
    if big_width(text, rows) + 2 + len("breaths") <= width:
        words = ("breaths", "a minute")
        if big_width(text, rows) + 2 + len(words[1]) > width:
            words = ("brpm", "")
        figures[-2] = (*figures[-2], ("  ", "text"), (words[0], "muted"))
        figures[-1] = (*figures[-1], ("  ", "text"), (words[1], "muted"))
    return [*figures, BLANK] if height > rows else figures


def _quality(rate: RateView, width: int) -> list[Line]:
    glyph, role = _QUALITY[rate.tier]
    words = f"{rate.word}: {rate.why}" if rate.why else rate.word
    if rate.tier == "trusted" and math.isfinite(rate.now_brpm) and width >= 30:
        words += f" · last three {'breaths ' if width >= 36 else ''}{rate.now_brpm:.1f}"
    wrapped = wrap(words, width - 2, "muted" if role != "breath" else "text")
    return [((f"{glyph if row == 0 else ' '} ", role), *said) for row, said in enumerate(wrapped)]


def _now(model: DashboardModel, now_s: float, rate: RateView) -> list[Line]:
    words = model.breathing_words(now_s)
    if not words:
        return []
    role = "breath" if rate.tier == "trusted" else "unsure"
    since_s = max(0.0, now_s - model.phase_onset_s)
    return [line((f"{_PHASE_GLYPHS.get(model.phase, ' ')} ", role), (words, "text"), (f"  {since_s:.0f} s", "muted"))]


def _shape(model: DashboardModel, rate: RateView, width: int) -> list[Line]:
    breath = model.breath
    if rate.tier != "trusted" or breath is None:
        return []
    words = f"in {breath.ti_s:.1f} s · out {breath.te_s:.1f} s"
    deep = depth_word(breath)
    if deep and len(words) + len(f" · {deep}") <= width:
        words += f" · {deep}"
    return [line((words if len(words) <= width else f"{breath.ti_s:.1f} in · {breath.te_s:.1f} out", "muted"))]
