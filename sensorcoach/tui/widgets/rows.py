"""A list to walk through with the arrow keys; its rows are made for its width."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding
from textual.events import Resize
from textual.widgets import OptionList
from textual.widgets.option_list import Option, OptionDoesNotExist

from ..draw.content import block
from ..draw.spans import Line

Row = tuple[str, Sequence[Line]]
"""What the row is called (empty: a heading that cannot be chosen), and its lines."""

Rows = Callable[[int], Sequence[Row]]
"""Rows for a width in cells."""


class RowList(OptionList, inherit_css=False, inherit_bindings=False):
    """Rows that are drawn anew when the width changes; the chosen one stays chosen by its name.

    Left, right and enter are left to the screen.
    """

    COMPONENT_CLASSES = OptionList.COMPONENT_CLASSES
    BINDINGS: ClassVar = [
        Binding("up", "cursor_up", "up", show=False),
        Binding("down", "cursor_down", "down", show=False),
        Binding("pageup", "page_up", "page up", show=False),
        Binding("pagedown", "page_down", "page down", show=False),
    ]
    DEFAULT_CSS: ClassVar[str] = """
    RowList {
        height: 1fr;
        padding: 0 1;
        background: $background;
        color: $foreground;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .option-list--option-highlighted { background: $hill-ahead; color: $foreground; text-style: bold; }
        & > .option-list--option-hover { background: $hill; }
        &:nocolor > .option-list--option-highlighted { text-style: bold underline; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: Rows | None = None

    @property
    def chosen(self) -> str:
        """Name of the row the cursor is on; empty where there is none."""
        option = self.highlighted_option
        return "" if option is None or option.id is None else option.id

    def show(self, rows: Rows, *, afresh: bool = False) -> None:
        """Take other rows; `afresh`: the cursor goes to the first."""
        self._rows = rows
        if afresh:
            self.highlighted = None
        self._fill()

    def choose(self, name: str) -> None:
        """Put the cursor on a row."""
        with contextlib.suppress(OptionDoesNotExist):
            self.highlighted = self.get_option_index(name)

    def on_resize(self, event: Resize) -> None:
        """Make the rows for the new width."""
        self._fill()

    def _fill(self) -> None:
        width = self.scrollable_content_region.width
        if self._rows is None or width < 1:
            return
        before, above = self.chosen, self.scroll_y
        self.clear_options()
        self.add_options(
            [Option(block(lines), id=name or None, disabled=not name) for name, lines in self._rows(width)]
        )
        self.choose(before)
        if self.highlighted is None:
            self.action_first()
        else:
            self.scroll_to(y=above, animate=False)
