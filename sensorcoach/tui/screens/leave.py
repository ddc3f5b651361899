"""The question before a recording is stopped."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static


class LeaveScreen(ModalScreen[bool]):
    """Asks whether to stop recording and quit; its result is the answer."""

    BINDINGS: ClassVar = [
        Binding("y,q,enter", "answer(True)", "stop and quit"),
        Binding("n,escape", "answer(False)", "go on"),
    ]

    def __init__(self, recording: str) -> None:
        super().__init__()
        self._recording = recording

    def compose(self) -> ComposeResult:
        """One question, two keys."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "stop recording?"
            yield Static(f"“{self._recording}” is being recorded. What was recorded so far is kept.\n", markup=False)
            yield Static("[$pacer b]y[/]  stop and quit     [$pacer b]n[/]  go on")

    def action_answer(self, leave: bool) -> None:
        """Hand the answer back."""
        self.dismiss(leave)
