"""Whether there is a terminal to draw on; asked before anything large is imported."""

from __future__ import annotations

import os
import sys


def on_terminal() -> bool:
    """Whether a person looks at stdout through a terminal that can draw."""
    return sys.stdout.isatty() and os.environ.get("TERM", "") not in ("dumb", "")
