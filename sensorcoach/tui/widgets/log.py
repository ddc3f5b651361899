"""The last moments worth a sentence."""

from __future__ import annotations

from ..draw.spans import Line, line, wrap
from ..scene import Scene
from .painted import Painted


def clock_text(t_s: float) -> str:
    """Stream time as people read it: `02:14`, `1:02:14`."""
    whole = max(0, int(t_s))
    minutes = f"{whole // 60 % 60:02d}:{whole % 60:02d}"
    return minutes if whole < 3600 else f"{whole // 3600}:{minutes}"


class LogPanel(Painted, can_focus=True):
    """Sentences with their times, the newest at the bottom."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, title="moments")

    def draw(self, scene: Scene, width: int, height: int) -> list[Line]:
        """As many whole sentences as there are lines for."""
        out: list[Line] = []
        for entry in reversed(scene.model.log):
            stamp = clock_text(entry.t_s)
            newest = not out
            said = wrap(entry.text, width - len(stamp) - 2, "text" if newest else "muted")
            block = [
                line((stamp if row == 0 else " " * len(stamp), "muted"), ("  ", "text"), *spans)
                for row, spans in enumerate(said)
            ]
            if len(out) + len(block) > height:
                break
            out = [*block, *out]
        return out or [line(("nothing to tell yet", "muted"))]
