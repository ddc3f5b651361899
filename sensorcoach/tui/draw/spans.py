"""Lines as runs of text with a role; the role's colour is the theme's affair."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

Span = tuple[str, str]
"""Text and its role (`text`, `muted`, `ok`, …; see `themes.ROLES`)."""
Line = tuple[Span, ...]

BLANK: Line = ()


def line(*spans: Span) -> Line:
    """A line of these spans, empty ones left out."""
    return tuple(span for span in spans if span[0])


def length(spans: Line) -> int:
    """Cells a line takes; everything drawn here is one cell a character."""
    return sum(len(text) for text, _ in spans)


def pad(spans: Line, width: int) -> Line:
    """The line cut or filled to exactly `width` cells."""
    out: list[Span] = []
    left = width
    for text, role in spans:
        if left <= 0:
            break
        out.append((text[:left], role))
        left -= len(text)
    if left > 0:
        out.append((" " * left, "text"))
    return tuple(out)


def spread(left: Line, right: Line, width: int) -> Line:
    """`left` at the left, `right` at the right; the right one stays whole when there is no room for both."""
    room = width - length(right)
    return (*pad(left, max(room, 0)), *right)


def centred(spans: Line, width: int) -> Line:
    """The line in the middle of `width` cells."""
    return pad(line((" " * ((width - length(spans)) // 2), "text"), *spans), width)


def wrap(text: str, width: int, role: str = "text") -> list[Line]:
    """Plain text broken into lines of at most `width` cells. A no-break space is drawn as a space."""
    return [((part.replace("\xa0", " "), role),) for part in textwrap.wrap(text, max(width, 4))]


def beside(left: Sequence[Line], right: Sequence[Line], left_width: int, gap: int) -> list[Line]:
    """Two blocks next to each other."""
    rows = max(len(left), len(right))
    out: list[Line] = []
    for row in range(rows):
        begin = left[row] if row < len(left) else BLANK
        end = right[row] if row < len(right) else BLANK
        out.append((*pad(begin, left_width + gap), *end))
    return out


def middle(block: Sequence[Line], height: int) -> list[Line]:
    """A block moved down to the middle of `height` lines."""
    return [BLANK] * max(0, (height - len(block)) // 2) + list(block)


def bar(share: float, width: int, role: str, rest_role: str = "faint") -> Line:
    """A horizontal line filled to `share`, to half a cell."""
    halves = round(min(max(share, 0.0), 1.0) * 2 * width)
    full, half = divmod(halves, 2)
    done = "━" * full + ("╸" if half else "")
    return line((done, role), ("─" * (width - len(done)), rest_role))
