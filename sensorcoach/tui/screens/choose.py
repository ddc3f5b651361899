"""One of several: sessions, recordings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.markup import escape
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ..launcher import Choice


class ChooseScreen(ModalScreen[str | None]):
    """Its result is the name of what was chosen, None for nothing.

    Parameters
    ----------
    title : str
    choices : sequence of Choice
    """

    BINDINGS: ClassVar = [Binding("escape", "dismiss", "back"), Binding("q", "app.quit", "quit")]

    def __init__(self, title: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._title = title
        self._choices = choices

    def compose(self) -> ComposeResult:
        """A list; arrows and enter, or the mouse."""
        with Vertical(classes="dialog list") as dialog:
            dialog.border_title = self._title
            dialog.border_subtitle = "enter starts · esc goes back"
            yield OptionList(
                *(
                    Option(f"[b]{escape(c.title)}[/]  [$muted]{escape(c.about)}[/]", id=str(k))
                    for k, c in enumerate(self._choices)
                )
            )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Hand the choice back."""
        self.dismiss(self._choices[event.option_index].name)
