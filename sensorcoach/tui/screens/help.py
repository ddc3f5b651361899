"""What the keys do and what the signs mean."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.markup import escape
from textual.screen import ModalScreen
from textual.widgets import Static

from ..model import LEAN_DEG

_KEYS: Final = (
    ("space", "pause and go on; live, only the view stands still"),
    ("p  + −", "pacer on, next pattern, off; faster and slower"),
    ("c", "calibrate: take your present pose as upright"),
    ("m", "mark this moment"),
    ("s", "keep posture alerts quiet for 15 minutes"),
    ("f  z", "freeze the view; zoom one panel (tab chooses it)"),
    ("← →  [ ]", "recordings: back and on 10 s; slower and faster"),
    ("t  ctrl+p", "next theme; every command by name"),
)
_SIGNS: Final = (
    ("[$breath]●[/] steady", "the breathing rate can be trusted"),
    ("◐ unsure", "shown in grey, kept out of scores and alerts"),
    ("○", "not known, with the reason"),
    ("[$ok]✓ OK[/]", "near your upright pose"),
    ("[$lean]◢ LEAN[/]", f"{LEAN_DEG:.0f}° forward or more"),
    ("[$slouch]▼ SLOUCH[/]", "leaning for long"),
)
_FOLLOW: Final = "Your breath is the line and the disc, the pacer the hills and the ring. Keep them together."
_SAFETY: Final = (
    "Breathe gently, smooth rather than deep. Stop when you feel dizzy or something hurts. "
    "This is a wellness aid, not a medical device."
)
_KEY_WIDTH: Final = 12


class HelpScreen(ModalScreen[None]):
    """Closes on escape, `?` or `q`."""

    BINDINGS: ClassVar = [Binding("escape,question_mark,q,enter", "dismiss", "close")]

    def compose(self) -> ComposeResult:
        """Keys, signs, and the words about safety."""
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = "help"
            dialog.border_subtitle = "esc closes"
            yield Static(_table([(f"[$pacer b]{escape(keys)}[/]", what) for keys, what in _KEYS]))
            yield Static("\n" + _table(_SIGNS))
            yield Static(f"\n{_FOLLOW}")
            yield Static(f"[$muted]{_SAFETY}[/]")


def _table(rows: Iterable[tuple[str, str]]) -> str:
    """Two columns of markup."""
    return "\n".join(
        f"{left}{' ' * (_KEY_WIDTH - Content.from_markup(left).cell_length)}{right}" for left, right in rows
    )
