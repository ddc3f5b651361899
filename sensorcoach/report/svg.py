"""Figures as SVG, written by hand: shapes with the classes of the style sheet, a title, and a description in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

TEXT_WIDTH: Final = 6.1
"""Mean width of a character at 11 px; only to tell whether a label fits."""
ALONE_ROOM: Final = 18.0
"""Pixels around a figure that stands alone."""

Point = tuple[float, float]


class Figure:
    """Shapes in the order they are painted.

    Parameters
    ----------
    name : str
        Part of its ids and of its file name; unique on a page.
    title : str
        What it shows, for people who hear the page.
    description : str
        What is to be seen in it, in a sentence or two.
    width, height : float, px
    """

    def __init__(self, name: str, title: str, description: str, width: float, height: float) -> None:
        self.name, self.title, self.description = name, title, description
        self.width, self.height = width, height
        self._parts: list[str] = []

    def rect(self, x: float, y: float, width: float, height: float, style: str, *, radius: float = 0.0) -> None:
        """A filled rectangle."""
        if width <= 0.0 or height <= 0.0:
            return
        round_ = f' rx="{_n(radius)}"' if radius else ""
        self._parts.append(
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"{round_} class="{style}"/>'
        )

    def hatch(self, x: float, y: float, width: float, height: float) -> None:
        """A rectangle of slanted lines: here nothing is known."""
        if width <= 0.0:
            return
        step, lines = 7.0, []
        # Drawn as lines rather than as a pattern, which not every renderer repeats without seams.
        start = x - height
        k = int((start - step) // step)
        while k * step < x + width:
            x0, x1 = k * step, k * step + height
            a, b = max(x0, x), min(x1, x + width)
            if b > a:
                lines.append(f"M{_n(a)} {_n(y + height - (a - x0))}L{_n(b)} {_n(y + height - (b - x0))}")
            k += 1
        self._parts.append(f'<path d="{"".join(lines)}" class="s-hatch"/>')

    def line(self, x0: float, y0: float, x1: float, y1: float, style: str) -> None:
        """A straight line."""
        self._parts.append(f'<path d="M{_n(x0)} {_n(y0)}L{_n(x1)} {_n(y1)}" class="{style}"/>')

    def lines(self, pieces: Iterable[Sequence[Point]], style: str) -> None:
        """Several polylines as one shape; a piece of a single point becomes a dot."""
        drawn = []
        for piece in pieces:
            (x, y), *rest = piece
            tail = "".join(f"L{_n(px)} {_n(py)}" for px, py in rest) if rest else "h0.01"
            drawn.append(f"M{_n(x)} {_n(y)}{tail}")
        if drawn:
            self._parts.append(f'<path d="{"".join(drawn)}" class="line {style}"/>')

    def circle(self, x: float, y: float, radius: float, style: str) -> None:
        """A filled circle."""
        self._parts.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" class="{style}"/>')

    def polygon(self, corners: Sequence[Point], style: str) -> None:
        """A filled shape with these corners."""
        drawn = "L".join(f"{_n(x)} {_n(y)}" for x, y in corners)
        self._parts.append(f'<path d="M{drawn}Z" class="{style}"/>')

    def text(self, x: float, y: float, text: str, style: str = "", *, anchor: str = "start") -> None:
        """One line of text; `y` is its base line."""
        classes = f' class="{style}"' if style else ""
        place = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self._parts.append(f'<text x="{_n(x)}" y="{_n(y)}"{classes}{place}>{escape(text)}</text>')

    def svg(self, style: str = "") -> str:
        """The whole element. With a `style` inside it and room around it, it can stand alone."""
        own = f"<style>{style}</style>" if style else ""
        room = ALONE_ROOM if style else 0.0
        box = " ".join(map(_n, (-room, -room, self.width + 2 * room, self.height + 2 * room)))
        ids = f"{self.name}-title {self.name}-desc"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" role="img"'
            f' aria-labelledby="{ids}"><title id="{self.name}-title">{escape(self.title)}</title>'
            f'<desc id="{self.name}-desc">{escape(self.description)}</desc>{own}{"".join(self._parts)}</svg>'
        )


def fits(text: str, width: float) -> bool:
    """Whether a label is likely to fit into so many pixels."""
    return len(text) * TEXT_WIDTH + 6.0 <= width


def _n(value: float) -> str:
    """A coordinate with a tenth of a pixel, as short as it can be written."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text
