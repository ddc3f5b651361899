"""Whether there is a terminal to draw on, and words beside the data. Imports nothing large."""

from __future__ import annotations

import contextlib
import os
import sys
import textwrap


def on_terminal() -> bool:
    """Whether a person looks at stdout through a terminal that can draw."""
    return sys.stdout.isatty() and os.environ.get("TERM", "") not in ("dumb", "")


def say(words: str) -> None:
    """Narration; stdout is for data. A terminal that was closed keeps nobody from going on."""
    with contextlib.suppress(OSError):
        if sys.stderr.isatty():
            words = broken(words, os.get_terminal_size(sys.stderr.fileno()).columns)
        print(words, file=sys.stderr, flush=True)


def broken(words: str, width: int) -> str:
    """Broken between words, where a terminal would break within them; what is longer than a line stays whole."""
    if width < 20:  # also terminals that do not know their width, and say 0
        return words
    return "\n".join(
        textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False) if len(line) > width else line
        for line in words.split("\n")
    )
