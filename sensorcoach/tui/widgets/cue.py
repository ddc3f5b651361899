"""What to do now, in words as large as there is room for."""

from __future__ import annotations

from ..draw.letters import large_text
from ..draw.spans import BLANK, Line, centred, line, wrap
from .painted import Painted


class WordsPanel(Painted):
    """A sentence in large letters, a smaller one below. `say` sets both; the panel remembers how it drew them."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._drawn: tuple[object, ...] = ()

    def say(self, words: str, below: str = "", *, role: str = "strong") -> None:
        """Show these words, if they are others than before."""
        width, height = self.content_size
        key = (words, below, role, width, height)
        if key == self._drawn or width <= 0 or height <= 0:
            return
        self._drawn = key
        small = [centred(row, width) for row in wrap(below, width - 4, "muted")] if below else []
        room = height - len(small) - (1 if small else 0)
        large = large_text(words, width - 2, room)
        shown: list[Line] = [centred(line((row, role)), width) for row in large]
        if not large:
            shown = [centred(row, width) for row in wrap(words, width - 4, role)]
        block = [*shown, *([BLANK] if small and len(shown) + len(small) < height else []), *small]
        self.paint(([BLANK] * max(0, (height - len(block)) // 2) + block)[:height])

    def on_resize(self) -> None:
        """Draw again in the new size with the next frame."""
        self._drawn = ()
