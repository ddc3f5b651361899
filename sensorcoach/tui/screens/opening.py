"""While something is being opened: what happens, in words; and what to do where it fails."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from ...errors import SensorcoachError
from ..launcher import Wanted

if TYPE_CHECKING:
    from ..app import SensorcoachApp

_TITLES = {"live": "looking for your sensor", "replay": "opening the recording"}


class OpeningScreen(ModalScreen[None]):
    """Opens what is wanted, and is gone when that has worked.

    Parameters
    ----------
    wanted : Wanted
    """

    BINDINGS: ClassVar = [
        Binding("escape", "leave", "back"),
        Binding("r", "again", "try again"),
        Binding("v", "virtual", "virtual wearer"),
        Binding("q", "app.quit", "quit"),
    ]

    def __init__(self, wanted: Wanted) -> None:
        super().__init__()
        self.wanted = wanted
        self.failed = False
        self._words = Static("One moment …", markup=False, id="opening-words")
        self._keys = Static("[$pacer b]esc[/]  back")

    def compose(self) -> ComposeResult:
        """The newest sentence, and the keys."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "one moment" if self.wanted.demo else _TITLES.get(self.wanted.place, "one moment")
            yield self._words
            yield Static("")
            yield self._keys

    def on_mount(self) -> None:
        """Begin."""
        self._begin()

    def _begin(self) -> None:
        self.failed = False
        self._keys.update("[$pacer b]esc[/]  back")
        self.run_worker(self._open(), group="open", exclusive=True)

    async def _open(self) -> None:
        shell = cast("SensorcoachApp", self.app)
        assert shell.launcher is not None
        try:
            opened = await shell.launcher.open(self.wanted, self._words.update)
        except SensorcoachError as error:
            self.failed = True
            self._words.update(str(error))
            demo = "" if self.wanted.place == "replay" else "     [$pacer b]v[/]  virtual wearer"
            self._keys.update(f"[$pacer b]r[/]  try again{demo}     [$pacer b]esc[/]  back")
            return
        shell.call_later(shell.opened, opened)

    def action_again(self) -> None:
        """Once more, after a failure."""
        if self.failed:
            self._begin()

    def action_virtual(self) -> None:
        """The virtual wearer instead, after a failure."""
        if self.failed and self.wanted.place != "replay":
            self.wanted = replace(self.wanted, demo=True)
            self._begin()

    def action_leave(self) -> None:
        """Give it up."""
        self.dismiss(None)
