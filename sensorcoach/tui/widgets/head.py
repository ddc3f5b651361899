"""The top line of a page: what it is, its views with the present one between arrows, and whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.widgets import Static

from ..draw.content import content
from ..draw.spans import Line, length, line, spread


class PageHead(Static):
    """One line."""

    DEFAULT_CSS: ClassVar[str] = """
    PageHead { height: 1; padding: 0 1; }
    """

    def __init__(self, title: str, views: Sequence[str] = ()) -> None:
        super().__init__(markup=False)
        self._title = title
        self._views = views
        self._now = 0
        self._right = ""

    def tell(self, now: int, right: str) -> None:
        """The present view, and what stands at the right."""
        self._now, self._right = now, right
        self._draw()

    def on_resize(self) -> None:
        """Draw for the new width."""
        self._draw()

    def _draw(self) -> None:
        left: Line = line((self._title, "strong"), ("   ", "text"))
        for i, view in enumerate(self._views):
            left += line((f"‹ {view} › " if i == self._now else f"  {view}   ", "key" if i == self._now else "muted"))
        width = self.content_size.width
        right = line((self._right, "muted"))
        self.update(content(spread(left, right, width) if length(left) + length(right) <= width else left))
