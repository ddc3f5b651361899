"""What the keys do and what the signs mean."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

_KEYS: Final = (
    ("space", "pause and go on (live: the view only, never the recorder)"),
    ("p   + −", "pacer: on, next pattern, off; faster and slower"),
    ("c", "calibrate: sit or stand tall, then take this pose as upright"),
    ("m   s", "mark this moment; keep posture alerts quiet for 15 minutes"),
    ("f   z", "freeze the view; zoom one panel (tab chooses it)"),
    ("← →   [ ]", "back and forth 10 s; slower and faster (recordings)"),
    ("t   ctrl+p", "next theme; every command by name"),
    ("?   q", "this help; quit"),
)
_SIGNS: Final = (
    "[$breath]●[/] steady: the breathing rate can be trusted. ◐ unsure: shown in grey, kept out of scores. "
    "○ not known, with the reason.",
    "The line is your breath, up is in. The hills are the pacer: keep the line on them, and the disc inside the ring.",
    "[$ok]✓ OK[/] near your upright pose. [$lean]◢ LEAN[/] 12° forward or more. [$slouch]▼ SLOUCH[/] leaning for long.",
)
_SAFETY: Final = (
    "Breathe gently, smooth rather than deep. Stop when you feel dizzy or when something hurts. "
    "This is a wellness aid, not a medical device."
)


class HelpScreen(ModalScreen[None]):
    """Closes on escape, `?` or `q`."""

    BINDINGS: ClassVar = [Binding("escape,question_mark,q,enter", "dismiss", "close")]

    def compose(self) -> ComposeResult:
        """Keys, signs, and the words about safety."""
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = "help"
            dialog.border_subtitle = "esc closes"
            yield Static(
                "\n".join(f"[$pacer b]{keys.replace('[', chr(92) + '['):<10}[/] {what}" for keys, what in _KEYS)
            )
            yield Static("\n" + "\n".join(_SIGNS))
            yield Static(f"\n[$muted]{_SAFETY}[/]")
