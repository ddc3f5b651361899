"""Lines of spans as Textual content, for widgets that are not painted by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from textual.content import Content

from .spans import Line

STYLES: Final[Mapping[str, str]] = {
    "text": "",
    "strong": "bold",
    "muted": "$muted",
    "faint": "$faint",
    "ok": "$ok bold",
    "lean": "$lean bold",
    "slouch": "$slouch bold",
    "unknown": "$muted",
    "breath": "$breath",
    "pacer": "$pacer",
    "key": "$pacer bold",
}
"""Styles of roles; colours are the theme's."""


def content(line: Line) -> Content:
    """One line."""
    return Content.assemble(*((text, STYLES[role]) for text, role in line))


def block(lines: Iterable[Line]) -> Content:
    """Several lines."""
    return Content("\n").join([content(line) for line in lines])
