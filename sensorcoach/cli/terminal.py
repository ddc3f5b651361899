"""Whether there is a terminal to draw on, and words beside the data. Imports nothing large."""

from __future__ import annotations

import contextlib
import os
import sys


def on_terminal() -> bool:
    """Whether a person looks at stdout through a terminal that can draw."""
    return sys.stdout.isatty() and os.environ.get("TERM", "") not in ("dumb", "")


def say(words: str) -> None:
    """Narration; stdout is for data. A terminal that was closed keeps nobody from going on."""
    with contextlib.suppress(OSError):
        print(words, file=sys.stderr, flush=True)
