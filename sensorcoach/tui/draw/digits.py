"""Big figures of any height, like a clock's seven segments: box lines when small, solid strokes when large."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

_SEGMENTS: Final = {
    "0": "abcdef",
    "1": "i",
    "2": "abged",
    "3": "abgcd",
    "4": "fgbc",
    "5": "afgcd",
    "6": "afgedc",
    "7": "abc",
    "8": "abcdefg",
    "9": "abcdfg",
    "–": "g",
}
"""a top, b and c right (upper, lower), d bottom, e and f left (lower, upper), g middle, i a one."""

_SMALL: Final = {
    " ": ("   ", "   ", "   "),
    "0": ("╭─╮", "│ │", "╰─╯"),
    "1": ("╶╮ ", " │ ", "╶┴╴"),
    "2": ("╶─╮", "╭─╯", "╰─╴"),
    "3": ("╶─╮", " ─┤", "╶─╯"),
    "4": ("╷ ╷", "╰─┤", "  ╵"),
    "5": ("╭─╴", "╰─╮", "╶─╯"),
    "6": ("╭─╴", "├─╮", "╰─╯"),
    "7": ("╶─╮", "  │", "  ╵"),
    "8": ("╭─╮", "├─┤", "╰─╯"),
    "9": ("╭─╮", "╰─┤", "╶─╯"),
    "–": ("   ", "╶─╴", "   "),
    ".": (" ", " ", "."),
}

SOLID_FROM: Final = 5
"""Height from which strokes are solid."""


def big_text(text: str, height: int) -> list[str]:
    """Figures, dash, point and space as `height` lines.

    Parameters
    ----------
    text : str
        Of `0-9 – .` and space.
    height : int
        3, or 5 and more; solid strokes grow with it.
    """
    if height < SOLID_FROM:
        return [" ".join(_SMALL[char][row] for char in text) for row in range(3)]
    drawn = [_solid(char, 2 * height - 1) for char in text]
    gap = np.zeros((2 * height, _thickness(2 * height - 1) + 1), np.bool_)
    pixels = np.hstack([part for glyph in drawn for part in (gap, glyph)][1:])
    upper, lower = pixels[0::2], pixels[1::2]
    chars = np.array([" ", "▄", "▀", "█"])[2 * upper + 1 * lower]
    return ["".join(row) for row in chars]


def big_width(text: str, height: int) -> int:
    """Cells the text takes at this height."""
    return len(big_text(text, height)[0]) if text else 0


def fitting_height(text: str, width: int, height: int) -> int:
    """Largest height at which the text fits into width × height cells; 1 where none does."""
    for rows in range(height, SOLID_FROM - 1, -1):
        if big_width(text, rows) <= width:
            return rows
    return 3 if height >= 3 and big_width(text, 3) <= width else 1


def _thickness(pixels: int) -> int:
    return max(1, round(pixels / 14))


def _solid(char: str, pixels: int) -> NDArray[np.bool_]:
    """A glyph of square pixels, one row more than `pixels` so that the rows pair up."""
    stroke = _thickness(pixels)
    width = {".": stroke, "1": 2 * round(0.18 * pixels) + stroke}.get(char, round(0.5 * pixels) + stroke)
    glyph = np.zeros((pixels + 1, width), np.bool_)
    middle = (pixels - stroke) // 2
    last = pixels - stroke
    if char == ".":
        glyph[last:pixels] = True
    for segment in _SEGMENTS.get(char, ""):
        match segment:
            case "a":
                glyph[:stroke] = True
            case "g":
                glyph[middle : middle + stroke] = True
            case "d":
                glyph[last:pixels] = True
            case "f":
                glyph[: middle + stroke, :stroke] = True
            case "e":
                glyph[middle:pixels, :stroke] = True
            case "b":
                glyph[: middle + stroke, -stroke:] = True
            case "c":
                glyph[middle:pixels, -stroke:] = True
            case "i":
                left = (width - stroke) // 2
                glyph[:pixels, left : left + stroke] = True
                glyph[:stroke, :left] = True
                glyph[last:pixels] = True
    return glyph
