"""Large words: capitals five pixels high, drawn with half blocks, so that a cue can be read from the mat."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

PIXELS: Final = 5
"""Height of a capital; a line of text is one pixel higher."""
MOST_LINES: Final = 3
MOST_LARGE_LINES: Final = 2
"""Longer sentences stay small: to be read, not shouted."""

_FONT: Final = {
    "A": "010 101 111 101 101",
    "B": "110 101 110 101 110",
    "C": "011 100 100 100 011",
    "D": "110 101 101 101 110",
    "E": "111 100 110 100 111",
    "F": "111 100 110 100 100",
    "G": "0110 1000 1011 1001 0110",
    "H": "101 101 111 101 101",
    "I": "1 1 1 1 1",
    "J": "001 001 001 101 010",
    "K": "1001 1010 1100 1010 1001",
    "L": "100 100 100 100 111",
    "M": "10001 11011 10101 10001 10001",
    "N": "1001 1101 1011 1001 1001",
    "O": "0110 1001 1001 1001 0110",
    "P": "110 101 110 100 100",
    "Q": "0110 1001 1001 1010 0101",
    "R": "110 101 110 101 101",
    "S": "011 100 010 001 110",
    "T": "111 010 010 010 010",
    "U": "101 101 101 101 111",
    "V": "101 101 101 101 010",
    "W": "10001 10001 10101 10101 01010",
    "X": "101 101 010 101 101",
    "Y": "101 101 010 010 010",
    "Z": "111 001 010 100 111",
    "0": "0110 1001 1001 1001 0110",
    "1": "01 11 01 01 01",
    "2": "110 001 010 100 111",
    "3": "110 001 010 001 110",
    "4": "101 101 111 001 001",
    "5": "111 100 110 001 110",
    "6": "011 100 110 101 010",
    "7": "111 001 010 010 010",
    "8": "010 101 010 101 010",
    "9": "010 101 011 001 110",
    ".": "0 0 0 0 1",
    ",": "00 00 00 01 10",
    ":": "0 1 0 1 0",
    "!": "1 1 1 0 1",
    "?": "110 001 010 000 010",
    "-": "000 000 111 000 000",
    "'": "1 1 0 0 0",
    " ": "00 00 00 00 00",
}
_BLOCKS: Final = np.array([" ", "▄", "▀", "█"])


def large_text(text: str, width: int, height: int) -> list[str]:
    """The text in capitals as large as fits into width × height cells, broken between words.

    Returns
    -------
    list of str
        Lines of one length; empty where it does not fit, or has a sign that cannot be drawn.
    """
    words = text.removesuffix(".").upper().replace("°", " DEGREES").split()
    if not words or any(char not in _FONT for word in words for char in word):
        return []
    for scale in range(max(1, height // 3), 0, -1):
        rows = _broken(words, width // scale)
        cells = -(-len(rows) * (PIXELS + 1) * scale // 2)
        if rows and cells <= height + scale / 2 and len(rows) <= (MOST_LINES if scale == 1 else MOST_LARGE_LINES):
            return _drawn(rows, scale)
    return []


def _broken(words: list[str], width: int) -> list[str]:
    """Lines of at most `width` pixels; none where a word alone is wider."""
    rows: list[str] = []
    for word in words:
        if _width(word) > width:
            return []
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and _width(longer) <= width:
            rows[-1] = longer
        else:
            rows.append(word)
    return rows


def _width(text: str) -> int:
    return sum(len(_FONT[char].split()[0]) + 1 for char in text) - 1


def _drawn(rows: list[str], scale: int) -> list[str]:
    widest = max(_width(row) for row in rows)
    pixels = np.zeros((len(rows) * (PIXELS + 1), widest), np.bool_)
    for number, row in enumerate(rows):
        column = 0
        for char in row:
            glyph = _glyph(char)
            pixels[number * (PIXELS + 1) :][:PIXELS, column : column + glyph.shape[1]] = glyph
            column += glyph.shape[1] + 1
    large = pixels.repeat(scale, axis=0).repeat(scale, axis=1)
    if len(large) % 2:
        large = np.vstack([large, np.zeros((1, large.shape[1]), np.bool_)])
    chars = _BLOCKS[2 * large[0::2] + 1 * large[1::2]]
    lines = ["".join(line) for line in chars]
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def _glyph(char: str) -> NDArray[np.bool_]:
    return np.array([[pixel == "1" for pixel in row] for row in _FONT[char].split()])
