"""The answers to a question of the session, to choose from."""

from __future__ import annotations

import math

from ..draw.spans import BLANK, Line, centred, line, wrap
from ..scene import Scene
from .painted import Painted


class QuestionPanel(Painted):
    """The answers in a row, the chosen one marked; `chosen` is its index, -1 for none yet."""

    chosen: int = -1

    def draw(self, scene: Scene, width: int, height: int) -> list[Line]:
        """The answers, and what happens without one."""
        session = scene.session
        if session is None or session.question is None:
            return []
        options, asked = session.options, session.question.question
        if session.answer:
            said = f"✓ {session.answer}. Thank you."
            return [BLANK, centred(line((said, "ok")), width)]
        row = line(
            *(
                (f"[{name}]" if k == self.chosen else f" {name} ", "pacer" if k == self.chosen else "text")
                for k, name in enumerate(options)
            )
        )
        keys = "1 2 3" if asked == "feel" else "0 to 9"
        left_s = math.ceil(session.moment(scene.now_s).left_s)
        out = [centred(row, width), BLANK]
        out += [centred(p, width) for p in wrap(f"{keys}, or ← → and enter. Enter alone goes on.", width - 2, "muted")]
        out.append(centred(line((f"It goes on by itself in {left_s} s.", "muted")), width))
        return out
