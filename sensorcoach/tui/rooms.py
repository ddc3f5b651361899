"""Screens beside the feed: a room has a key on Home, an entry in the palette, and a screen made when it is entered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual.screen import Screen


@dataclass(frozen=True, slots=True)
class Room:
    """One screen of its own.

    Attributes
    ----------
    name : str
        One word, as the palette and Home call it.
    key : str
        Its key on Home.
    about : str
    make : callable
        Makes the screen; the ports it needs are bound already.
    """

    name: str
    key: str
    about: str
    make: Callable[[], Screen[Any]]
