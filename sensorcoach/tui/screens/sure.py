"""A question with yes and no, before something ends."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static


class SureScreen(ModalScreen[bool]):
    """Asks before something ends; its result is the answer.

    Parameters
    ----------
    title, words : str
    yes : str
        What `y` does, in a word or two.
    """

    BINDINGS: ClassVar = [
        Binding("y,enter", "answer(True)", "yes"),
        Binding("n,escape", "answer(False)", "no"),
    ]

    def __init__(self, title: str, words: str, yes: str) -> None:
        super().__init__()
        self._title, self._words, self._yes = title, words, yes

    def compose(self) -> ComposeResult:
        """One question, two keys."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = self._title
            yield Static(f"{self._words}\n", markup=False)
            yield Static(f"[$pacer b]y[/]  {self._yes}     [$pacer b]n[/]  go on")

    def action_answer(self, sure: bool) -> None:
        """Hand the answer back."""
        self.dismiss(sure)


class LeaveScreen(SureScreen):
    """Asks before a recording is stopped.

    Parameters
    ----------
    recording : str
    what : str
        What happens then: `stop and quit`.
    """

    BINDINGS: ClassVar = [Binding("q", "answer(True)", "yes")]

    def __init__(self, recording: str, what: str) -> None:
        words = f"“{recording}” is being recorded. What was recorded so far is kept."
        super().__init__("stop recording?", words, what)
