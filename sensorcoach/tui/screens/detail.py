"""One thing looked at closely, over the screen it was chosen on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widgets import Static

from ..draw.content import block
from ..draw.spans import Line

Lines = Callable[[int], Sequence[Line]]
"""Lines for a width in cells."""


class DetailScreen(ModalScreen[None]):
    """Lines in a box; arrow keys scroll, escape closes.

    Parameters
    ----------
    title : str
    lines : callable
    """

    BINDINGS: ClassVar = [Binding("escape,enter,q", "dismiss", "close")]

    def __init__(self, title: str, lines: Lines) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._text = Static()

    def compose(self) -> ComposeResult:
        """A box with a title."""
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = self._title
            dialog.border_subtitle = "esc closes"
            yield self._text

    def on_mount(self) -> None:
        """Fill it once its width is known."""
        self.call_after_refresh(self._fill)

    def on_resize(self, event: Resize) -> None:
        """Make the lines for the new width."""
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        width = self.query_one(VerticalScroll).scrollable_content_region.width
        self._text.update(block(self._lines(max(width - 1, 20))))
