"""The breath as a line, the pacer as hills behind it: to follow is to keep the line on the hills."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rich.style import Style

from ...samples import NS, FloatArray
from .. import trace
from ..draw.braille import CHARS, CharArray, curve
from ..draw.spans import Line, centred, line, wrap
from ..scene import Scene
from .painted import Painted

LEVEL_LOW, LEVEL_HIGH = -0.14, 1.14
"""Levels at the lower and upper edge: empty and full keep a margin."""
AHEAD_SHARE: Final = 0.28
"""Share of the width that shows what the pacer will ask next."""
CELLS_PER_S: Final = 4.0
"""Width of a second, where the window has room for 20 s and more."""
SHORTEST_S, LONGEST_S = 20.0, 60.0
THICK_FROM_ROWS: Final = 5
"""Taller panels draw the line two dots thick."""

_EIGHTHS: Final = np.array(list(" ▁▂▃▄▅▆▇█"))
_NOW: Final = "┊"
_HEAD: Final = "●"

# Looks a cell can have: indices into `_LOOKS`.
_PLAIN, _NOW_LINE, _EDGE, _EDGE_AHEAD, _HILL, _HILL_AHEAD, _BREATH, _UNSURE, _BREATH_HILL, _UNSURE_HILL = range(10)
_LOOKS: Final = (
    "text",
    "faint",
    "edge",
    "edge-ahead",
    "hill",
    "hill-ahead",
    "breath",
    "unsure",
    "breath+hill",
    "unsure+hill",
)


class WavePanel(Painted, can_focus=True):
    """Live curve of the breathing movement, scrolling past a line that marks now."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, title="breath")
        self._drawn: tuple[object, ...] = ()

    def show(self, scene: Scene) -> None:
        """Draw only when the picture has moved by a dot, or something else in it changed."""
        width, height = self.content_size
        dot_s = dot_width_s(width, scene.curve_s)
        model = scene.model
        key = (
            width,
            height,
            math.floor(scene.now_s / dot_s),
            model.trace.newest_s if not scene.reduced_motion else math.floor(model.trace.newest_s),
            len(model.trace),
            scene.pacer,
            model.rate(scene.now_s),
            scene.plain_fill,
        )
        if key != self._drawn:
            self._drawn = key
            super().show(scene)

    def on_resize(self) -> None:
        """A new size is always drawn."""
        self._drawn = ()
        super().on_resize()

    def draw(self, scene: Scene, width: int, height: int) -> list[Line]:
        """Curve above, time axis below; a sentence instead where there is no curve to show."""
        rows = height - 1
        if rows < 2:
            return []
        dot_s = dot_width_s(width, scene.curve_s)
        ahead = round(AHEAD_SHARE * width) if scene.pacer else 1
        now_column = width - 1 - ahead
        # Dot columns stand at absolute multiples of their width, so the picture shifts and never shimmers.
        step_s = 1.0 if scene.reduced_motion else dot_s
        now_s = math.floor(scene.now_s / step_s) * step_s
        first_dot = math.floor(now_s / dot_s + 1e-6) - 2 * now_column - 1
        t_s = (first_dot + 0.5 + np.arange(2 * width, dtype=np.float64)) * dot_s
        chars, look = _hills(scene, t_s[::2], now_column, rows)
        level, tier = scene.model.trace.sample(t_s)
        level[2 * now_column + 2 :] = np.nan
        _line(chars, look, level, tier, now_column)
        lines = [_runs(chars[row], look[row]) for row in range(rows)]
        if not np.isfinite(level).any():
            lines = _explained(scene, lines, width, rows)
        return [*lines, _axis(width, now_column, dot_s)]

    def make_style(self, role: str) -> Style:
        """`a+b` is the colour of a on the ground of b."""
        above, _, below = role.partition("+")
        style = super().make_style(above)
        return style + Style(bgcolor=super().make_style(below).bgcolor) if below else style


def dot_width_s(width: int, curve_s: float | None = None) -> float:
    """The time of one dot column, s, where `curve_s` (or what the width allows) fits into `width` cells."""
    window_s = min(max(width / CELLS_PER_S, SHORTEST_S), LONGEST_S) if curve_s is None else curve_s
    return window_s / (2 * max(width, 1))


def _hills(scene: Scene, t_s: FloatArray, now_column: int, rows: int) -> tuple[CharArray, NDArray[np.int8]]:
    """The pacer as filled hills, with the line that marks now."""
    width = len(t_s)
    chars = np.full((rows, width), " ")
    look = np.full((rows, width), _PLAIN, np.int8)
    if scene.pacer is not None:
        level = scene.pacer.levels(np.rint(t_s * NS).astype(np.int64))
        eighths = np.rint((level - LEVEL_LOW) / (LEVEL_HIGH - LEVEL_LOW) * 8 * rows).astype(np.int64)
        filled = np.clip(eighths - 8 * (rows - 1 - np.arange(rows))[:, None], 0, 8)
        ahead = np.arange(width) > now_column
        whole, part = filled == 8, (filled > 0) & (filled < 8)
        chars = np.where(part, _EIGHTHS[filled], chars)
        look[part] = np.broadcast_to(np.where(ahead, _EDGE_AHEAD, _EDGE), look.shape)[part]
        look[whole] = np.broadcast_to(np.where(ahead, _HILL_AHEAD, _HILL), look.shape)[whole]
        if scene.plain_fill:
            chars[whole] = "░"
            look[whole] = look[whole] - _HILL + _EDGE
    free = look[:, now_column + 1] == _PLAIN
    chars[free, now_column + 1] = _NOW
    look[free, now_column + 1] = _NOW_LINE
    return chars, look


def _line(chars: CharArray, look: NDArray[np.int8], level: FloatArray, tier: NDArray[np.int8], now_column: int) -> None:
    """Draw the breath over the hills, in place, with a dot where it is now."""
    rows = len(chars)
    masks = curve(level, rows, LEVEL_LOW, LEVEL_HIGH, thick=rows >= THICK_FROM_ROWS)
    drawn = masks > 0
    chars[drawn] = CHARS[masks[drawn]]
    on_hill = (look == _HILL) | (look == _HILL_AHEAD)
    sure = np.broadcast_to(tier[::2] == trace.TRUSTED, look.shape)
    new = np.where(sure, np.where(on_hill, _BREATH_HILL, _BREATH), np.where(on_hill, _UNSURE_HILL, _UNSURE))
    look[drawn] = new[drawn]
    newest = np.flatnonzero(np.isfinite(level[: 2 * now_column + 2]))
    if len(newest) and newest[-1] >= 2 * now_column - 4:
        share = (LEVEL_HIGH - level[newest[-1]]) / (LEVEL_HIGH - LEVEL_LOW)
        row = int(np.clip(share * rows, 0, rows - 1))
        chars[row, now_column + 1] = _HEAD
        look[row, now_column + 1] = new[row, now_column]


def _runs(chars: CharArray, look: NDArray[np.int8]) -> Line:
    edges = np.flatnonzero(np.diff(look)) + 1
    bounds = [0, *edges.tolist(), len(look)]
    text = "".join(chars)
    return tuple((text[a:b], _LOOKS[look[a]]) for a, b in pairwise(bounds))


def _axis(width: int, now_column: int, dot_s: float) -> Line:
    """Seconds before and after now."""
    text = [" "] * width

    def put(column: int, label: str) -> None:
        start = column - len(label) // 2
        if start >= 0 and start + len(label) <= width:
            text[start : start + len(label)] = label

    per_s = 1.0 / (2 * dot_s)
    every_s = 10 if per_s * 10 >= 9 else 20
    put(min(now_column + 1, width - 2), "now")
    for back_s in range(every_s, 121, every_s):
        put(round(now_column - back_s * per_s), f"−{back_s} s")
    for ahead_s in (5, 10):
        if ahead_s * per_s > 5:
            put(round(now_column + ahead_s * per_s), f"+{ahead_s} s")
    return line(("".join(text), "muted"))


def _explained(scene: Scene, lines: list[Line], width: int, rows: int) -> list[Line]:
    """Where there is no curve, a sentence says why, in the middle of the panel."""
    rate = scene.model.rate(scene.now_s)
    words = f"{rate.word}: {rate.why}" if rate.why else "listening for your breath"
    said = [centred(row, width) for row in wrap(words, width - 8, "muted")]
    first = (rows - len(said)) // 2
    return [*lines[:first], *said, *lines[first + len(said) :]][:rows]
