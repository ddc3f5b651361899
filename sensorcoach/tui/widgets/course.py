"""Where a session stands: its step among all, how often and how long still, and what was said of what was done."""

from __future__ import annotations

import math

from ..draw.digits import big_text, big_width, fitting_height
from ..draw.spans import BLANK, Line, bar, beside, line, spread, wrap
from ..scene import Scene
from ..session_view import Moment, SessionView
from .log import clock_text
from .painted import Painted

MANY_S = 99.0
"""Longer times are told in minutes: two figures are large, three are not."""
_COUNTED = {"reps": "repetition", "holds": "hold", "breathe": "breath"}


class CourseLine(Painted):
    """Two lines: the step and what comes next, and how far the session is."""

    def draw(self, scene: Scene, width: int, height: int) -> list[Line]:
        """Title at the left, the next one at the right where there is room."""
        session = scene.session
        if session is None:
            return []
        step = f"{session.index + 1} of {session.steps}"
        exercise = session.planned.exercise_title
        title = session.title if exercise in ("", session.title) else f"{exercise}: {session.title}"
        left = line((step, "muted"), ("  ", "text"), (title, "strong"))
        following = f"then {session.next_title}" if session.next_title else "the last step"
        room = width - len(step) - len(title) - 6
        right = line((following, "muted")) if len(following) <= room else ()
        done = (session.index + session.moment(scene.now_s).share) / session.steps if session.index >= 0 else 0.0
        return [spread(left, right, width), bar(done, width, "breath")]


class CountPanel(Painted):
    """How many and how long still, large; verdicts below."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, title="now")

    def draw(self, scene: Scene, width: int, height: int) -> list[Line]:
        """The count, what is being done, the last verdicts."""
        session = scene.session
        if session is None:
            return []
        moment = session.moment(scene.now_s)
        kind = session.planned.step.kind
        head = _head(session, moment, kind, width, max(3, min(height // 2, 8)))
        verdicts = _verdicts(session, width, height - len(head) - 1)
        return [*head, *([BLANK, *verdicts] if verdicts else [])]


def _head(session: SessionView, moment: Moment, kind: str, width: int, height: int) -> list[Line]:
    left = f"{clock_text(math.ceil(moment.left_s))} left" if moment.left_s > 0.0 else "a moment more"
    if not moment.of:
        return _countdown(moment.left_s, width, height)
    words: list[Line] = []
    if moment.number:
        words.append(line((f"{_COUNTED[kind]} {moment.number} of {moment.of}", "strong")))
    if kind == "holds" and moment.part == "hold":
        words += [line(("seconds to hold", "pacer")), line((left, "muted"))]
        return _large(str(math.ceil(moment.part_left_s)), words, width, height, "pacer")
    if moment.part:
        seconds = "" if math.isnan(moment.part_left_s) else f"  {math.ceil(moment.part_left_s)} s"
        words.append(line((moment.part, "pacer"), (seconds, "pacer")))
    words.append(line((left, "muted")))
    done = session.done if kind in ("reps", "holds") else moment.number
    return _large(str(done), words, width, height, "strong")


def _countdown(left_s: float, width: int, height: int) -> list[Line]:
    """Seconds, or minutes while there are many."""
    many = left_s > MANY_S
    left = math.ceil(left_s / 60.0 if many else left_s)
    unit = "minute" if many else "second"
    return _large(str(left), [line((f"{unit}{'s' if left != 1 else ''} left", "muted"))], width, height, "text")


def _large(figure: str, words: list[Line], width: int, height: int, role: str) -> list[Line]:
    rows = fitting_height("88", min(width, 26), height)
    if rows < 3 or big_width(figure, rows) + 14 > width:
        return [line((figure, role), ("  ", "text"), *words[0]), *words[1:]]
    figures: list[Line] = [line((row, role)) for row in big_text(figure, rows)]
    middle = [BLANK] * max(0, (rows - len(words)) // 2) + words
    return beside(figures, middle, big_width(figure, rows), 3)


def _verdicts(session: SessionView, width: int, height: int) -> list[Line]:
    out: list[Line] = []
    for verdict in reversed(session.verdicts):
        sign, role = ("✓ ", "ok") if verdict.good else ("◢ ", "lean")
        said = wrap(verdict.words, width - 2, "muted" if out else "text")
        block = [line((sign if row == 0 else "  ", role), *spans) for row, spans in enumerate(said)]
        if len(out) + len(block) > height:
            break
        out = [*out, *block]
    return out
