"""What the keys of a screen do and what the signs mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.markup import escape
from textual.screen import ModalScreen
from textual.widgets import Static

from ..model import LEAN_DEG
from .base import HelpRows

_EVERYWHERE: Final = (
    ("esc  home", "back; home, to start something else"),
    ("t  n  ctrl+p", "next theme; dim for the night; every command by name"),
    ("q", "quit"),
)
_SIGNS: Final = (
    ("[$breath]●[/] steady", "the breathing rate can be trusted"),
    ("◐ unsure", "shown in grey, kept out of scores and alerts"),
    ("○", "not known, with the reason"),
    ("[$ok]✓ OK[/]", "near your upright pose"),
    ("[$lean]◢ LEAN[/]", f"{LEAN_DEG:.0f}° forward or more"),
    ("[$slouch]▼ SLOUCH[/]", "leaning for long"),
)
_FOLLOW: Final = "Your breath is the bright line and the disc, the pacer the hills and the ring. Keep them together."
_SAFETY: Final = (
    "Breathe gently, smooth rather than deep. Stop when you feel dizzy or something hurts. "
    "This is a wellness aid, not a medical device."
)


class HelpScreen(ModalScreen[None]):
    """Closes on escape, `?` or enter.

    Parameters
    ----------
    keys : rows of (keys, what they do)
        Of the screen it is opened over.
    """

    BINDINGS: ClassVar = [
        Binding("escape,question_mark,enter", "dismiss", "close"),
        Binding("q", "app.quit", "quit"),
    ]

    def __init__(self, keys: HelpRows = ()) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Keys, signs, and the words about safety."""
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = "help"
            dialog.border_subtitle = "esc closes"
            keys = (*self._keys, *_EVERYWHERE)
            yield from _table([(f"[$pacer b]{escape(names)}[/]", what) for names, what in keys])
            yield Static()
            yield from _table(_SIGNS)
            yield Static(f"\n{_FOLLOW}")
            yield Static(f"[$muted]{_SAFETY}[/]")


def _table(rows: Iterable[tuple[str, str]]) -> Iterator[Horizontal]:
    """Two columns; what breaks in a narrow terminal goes on below its own column."""
    for left, right in rows:
        yield Horizontal(Static(left, classes="keys"), Static(right, classes="meaning"), classes="row")
