"""The upper back as a side view: the trunk leans on a dial whose zero is the wearer's own upright pose."""

from __future__ import annotations

import math

import numpy as np

from ...coach.wording import span_words
from ..draw.braille import DotCanvas
from ..draw.digits import big_text, big_width, fitting_height
from ..draw.letters import large_text
from ..draw.spans import BLANK, Line, beside, line, middle, wrap
from ..model import LEAN_DEG, PostureView
from ..scene import Scene
from .painted import Painted

BACK_DEG, FRONT_DEG = -30.0, 65.0
"""Ends of the dial."""
_SIGNS = {"ok": "✓", "lean": "◢", "slouch": "▼", "unknown": "○"}


class PosturePanel(Painted, can_focus=True):
    """Dial with the trunk as its needle, and the same in words."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, title="upper back")
        self._picture: tuple[tuple[int, int | None, str], list[Line]] | None = None

    def draw(self, scene: Scene, width: int, height: int) -> list[Line]:
        """Words always, the dial where there is room."""
        self.retitle("upper back" if scene.model.has_gyro else "trunk lean")
        posture = scene.model.posture(scene.now_s)
        rows = min(height, (width - 11) // 2, 24)
        if scene.large:
            return middle(_large(posture, width, height), height)
        if rows < 4:
            return middle(_words(scene, posture, width, height), height)
        picture_width = round(1.75 * rows)
        words = middle(_words(scene, posture, width - picture_width - 2, height), height)
        return beside(middle(self._dial(posture, picture_width, rows), height), words, picture_width, 2)

    def _dial(self, posture: PostureView, width: int, rows: int) -> list[Line]:
        angle = round(posture.flexion_deg) if math.isfinite(posture.flexion_deg) else None
        key = (rows, angle, posture.state)
        if self._picture is None or self._picture[0] != key:
            self._picture = (key, _dial(angle, posture.state, width, rows))
        return self._picture[1]


def _dial(angle_deg: int | None, state: str, width: int, rows: int) -> list[Line]:
    canvas = DotCanvas(width, rows)
    radius = 4 * rows - 3.0
    # The hip stands left of the middle: people lean further to the front than to the back.
    hip_row, hip_column = 4 * rows - 2.0, 2 * width * 0.30

    def arc(begin_deg: float, end_deg: float, step_deg: float, at: float, role: str) -> None:
        angle = np.radians(np.arange(begin_deg, end_deg + 1e-9, step_deg))
        canvas.points(hip_row - at * np.cos(angle), hip_column + at * np.sin(angle), role)

    arc(BACK_DEG, FRONT_DEG, 5.0, radius, "faint")
    arc(-LEAN_DEG, LEAN_DEG, math.degrees(0.5 / radius), radius, "muted")
    along = np.arange(0.0, radius - 4.0, 4.0)
    canvas.points(hip_row - along, np.full(len(along), hip_column), "faint")
    if angle_deg is None:
        return canvas.lines()
    lean = math.radians(min(max(angle_deg, BACK_DEG), FRONT_DEG))
    row, column = canvas.grid
    up, out = hip_row - row, column - hip_column
    along_trunk = up * math.cos(lean) + out * math.sin(lean)
    across_trunk = out * math.cos(lean) - up * math.sin(lean)
    head_radius = max(1.6, radius * 0.13)
    neck = radius - 3.0 - 2.0 * head_radius
    trunk = (along_trunk >= 0.0) & (along_trunk <= neck - 1.0) & (np.abs(across_trunk) <= max(0.8, radius * 0.035))
    head = np.hypot(along_trunk - neck - head_radius, across_trunk) <= head_radius
    canvas.draw(trunk | head, state)
    return canvas.lines()


def _words(scene: Scene, posture: PostureView, width: int, height: int) -> list[Line]:
    model = scene.model
    sign = line((f"{_SIGNS[posture.state]} {posture.word}", posture.state))
    rest: list[Line] = []
    if model.slouch_since_s is not None and posture.state == "slouch":
        rest.append(line((f"for {span_words(scene.now_s - model.slouch_since_s)}", "muted")))
    if posture.side:
        rest += wrap(posture.side, width, "muted")
    if posture.why:
        rest += wrap(posture.why, width, "muted")
    activity = model.activity_words(scene.now_s)
    if activity and activity not in posture.why:
        rest += wrap(activity, width, "muted")
    if not posture.front:
        return [sign, *rest]
    figure = f"{abs(posture.flexion_deg):.0f}"
    rows = fitting_height("88", width - 3, min(height - len(rest) - 3, 9))
    if rows < 3 or big_width(figure, rows) + 2 > width:
        return [sign, *wrap(posture.front, width), *rest]
    big: list[Line] = [line((row, posture.state)) for row in big_text(figure, rows)]
    big[0] = (*big[0], ("°", posture.state))
    # The figure above already says how many degrees.
    return [*big, BLANK, sign, *wrap(posture.front.partition("° ")[2] or posture.front, width), *rest]


def _large(posture: PostureView, width: int, height: int) -> list[Line]:
    """Degrees and state to be read from two metres."""
    if not posture.front:
        why = posture.why or posture.word
        large = large_text(why, width, height)
        return [line((row, "muted")) for row in large] if large else wrap(why, width, "muted")
    figure = f"{abs(posture.flexion_deg):.0f}"
    rows = fitting_height("88", width // 2, height)
    sign = f"{_SIGNS[posture.state]} {posture.word}"
    if rows < 3:
        return [line((f"{figure}° ", posture.state), (sign, posture.state))]
    big: list[Line] = [line((row, posture.state)) for row in big_text(figure, rows)]
    big[0] = (*big[0], ("°", posture.state))
    room = width - big_width(figure, rows) - 4
    words: list[Line] = [line((row, posture.state)) for row in large_text(posture.word, room, rows - 2)]
    words = words or [line((sign, posture.state))]
    where = posture.front.partition("° ")[2] or posture.front
    return beside(
        big, [*words, BLANK, line((f"{_SIGNS[posture.state]} {where}", "muted"))], big_width(figure, rows) + 1, 3
    )
