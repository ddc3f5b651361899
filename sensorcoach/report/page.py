"""The page around figures and tables: plain HTML, no scripts, nothing that is loaded from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final

from ..recording.tables import Table
from .measures import Measure
from .palette import page_style
from .svg import Figure

WELLNESS: Final = (
    "sensorcoach is a wellness aid, not a medical device: it describes movement and makes no diagnosis. Stop any"
    " exercise that causes sharp, stinging or intense pain, and ask a health professional first when pain has a medical"
    " cause."
)
NOT_KNOWN: Final = "not known"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of words. `first_is_head`: the first cell of a row names it."""

    head: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: a heading, a figure, a table.

    Attributes
    ----------
    behind : Grid or None
        The figure as a table, folded away on the screen.
    """

    heading: str
    lead: str = ""
    figure: Figure | None = None
    grid: Grid | None = None
    behind: Grid | None = None
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Everything of a report, before it becomes HTML.

    Attributes
    ----------
    tiles : sequence of Measure
        At most four; each stands in `measures` as well.
    tables : mapping of name to structured array
        What `--csv` writes.
    """

    title: str
    when: str
    headline: str
    more: str
    tiles: Sequence[Measure]
    measures: Sequence[Measure]
    sections: Sequence[Section]
    notes: Sequence[str]
    tables: dict[str, Table] = field(default_factory=dict)

    @property
    def figures(self) -> list[Figure]:
        """In the order of the page."""
        return [section.figure for section in self.sections if section.figure is not None]


def to_html(page: Page) -> str:
    """The page as one self-contained document."""
    body = [
        f"<header><h1>{escape(page.title)}</h1><p class='when'>{escape(page.when)}</p></header><main>",
        f"<p class='headline'>{escape(page.headline)}</p>",
        f"<p class='more'>{escape(page.more)}</p>" if page.more else "",
        _tiles(page.tiles),
        *(_section(section) for section in page.sections),
        _measures(page.measures),
        _notes(page.notes),
        f"</main><footer><p>{escape(WELLNESS)}</p></footer>",
    ]
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{escape(page.title)}: sensorcoach report</title><style>{page_style()}</style></head>\n<body>"
        + "\n".join(part for part in body if part)
        + "</body></html>\n"
    )


def _tiles(tiles: Sequence[Measure]) -> str:
    cells = []
    for tile in tiles:
        kind = "" if tile.value else " class='absent'"
        cells.append(
            f"<div class='tile'><dt>{escape(tile.name)}</dt><dd{kind}>{escape(tile.value or NOT_KNOWN)}</dd>"
            f"<dd class='basis'>{escape(tile.basis)}</dd></div>"
        )
    return f"<dl class='tiles'>{''.join(cells)}</dl>" if cells else ""


def _section(section: Section) -> str:
    together = " class='together'" if section.figure is not None or section.grid is None else ""
    parts = [f"<section{together}><h2>{escape(section.heading)}</h2>"]
    if section.lead:
        parts.append(f"<p>{escape(section.lead)}</p>")
    if section.figure is not None:
        parts.append(f"<figure>{section.figure.svg()}</figure>")
    if section.grid is not None:
        parts.append(_grid(section.grid))
    if section.notes:
        parts.append("<ul class='notes'>" + "".join(f"<li>{escape(note)}</li>" for note in section.notes) + "</ul>")
    if section.behind is not None:
        parts.append(f"<details><summary>The figure as a table</summary>{_grid(section.behind)}</details>")
    return "".join(parts) + "</section>"


def _grid(grid: Grid) -> str:
    head = "".join(f"<th scope='col'>{escape(cell)}</th>" for cell in grid.head)
    rows = "".join(
        f"<tr><th scope='row'>{escape(row[0])}</th>{''.join(f'<td>{escape(cell)}</td>' for cell in row[1:])}</tr>"
        for row in grid.rows
    )
    caption = f"<caption>{escape(grid.caption)}</caption>" if grid.caption else ""
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _measures(measures: Sequence[Measure]) -> str:
    rows = "".join(
        f"<tr><th scope='row'>{escape(m.name)}</th><td class='value'>{escape(m.value or NOT_KNOWN)}</td>"
        f"<td>{escape(m.basis)}</td><td class='meaning'>{escape(m.meaning)}</td></tr>"
        for m in measures
    )
    head = "".join(f"<th scope='col'>{name}</th>" for name in ("Number", "Value", "Rests on", "What it means"))
    return (
        f"<section><h2>The numbers and what they mean</h2><table id='numbers'><thead><tr>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table></section>"
    )


def _notes(notes: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return f"<section><h2>How this was made</h2><ul class='notes'>{items}</ul></section>"
