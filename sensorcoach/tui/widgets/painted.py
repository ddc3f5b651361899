"""A widget that is given lines and repaints only those that changed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from ..draw.spans import Line
from ..scene import Scene


class Painted(Widget):
    """Base of the panels: `draw(scene)` makes lines, `show(scene)` puts what differs on the screen."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, title: str = "") -> None:
        super().__init__(id=id)
        self.retitle(title)
        self._lines: list[Line] = []
        self._styles_by_role: dict[str, Style] = {}
        self._scene: Scene | None = None

    @property
    def text(self) -> str:
        """What is on the widget, as plain text."""
        return "\n".join("".join(text for text, _ in line).rstrip() for line in self._lines)

    def draw(self, scene: Scene, width: int, height: int) -> list[Line]:
        """The lines of this panel for `scene`, in `width` × `height` cells."""
        raise NotImplementedError

    def show(self, scene: Scene) -> None:
        """Draw `scene`, touching only the lines that changed."""
        self._scene = scene
        width, height = self.content_size
        if width > 0 and height > 0:
            self.paint(self.draw(scene, width, height)[:height])

    def retitle(self, title: str) -> None:
        """Change the title, if it does change."""
        spaced = f" {title} " if title else None
        if self.border_title != spaced:
            self.border_title = spaced

    def paint(self, lines: Sequence[Line]) -> None:
        """Take new lines and mark what differs for repainting."""
        was, self._lines = self._lines, list(lines)
        for row in range(max(len(was), len(self._lines))):
            if row >= len(was) or row >= len(self._lines) or was[row] != self._lines[row]:
                self.refresh(Region(0, row, self.content_size.width, 1))

    def render_line(self, y: int) -> Strip:
        """One line of the content."""
        width = self.content_size.width
        if y >= len(self._lines):
            return Strip.blank(width, self.role_style("text"))
        segments = [Segment(text, self.role_style(role)) for text, role in self._lines[y]]
        return Strip(segments).adjust_cell_length(width, self.role_style("text"))

    def role_style(self, role: str) -> Style:
        """Style of a role in the present theme."""
        style = self._styles_by_role.get(role)
        if style is None:
            style = self.make_style(role)
            self._styles_by_role[role] = style
        return style

    def make_style(self, role: str) -> Style:
        """Look a role up in the style sheet."""
        return self.rich_style + self.screen.get_component_rich_style(f"draw--{role}", partial=True)

    def notify_style_update(self) -> None:
        """The theme or the classes changed: look the colours up again."""
        self._styles_by_role.clear()
        super().notify_style_update()

    def on_resize(self) -> None:
        """Draw the last scene again in the new size."""
        if self._scene is not None:
            self.show(self._scene)
