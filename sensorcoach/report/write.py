"""Writing a page, its pictures and its numbers, whole or not at all, readable by their owner alone."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ..errors import UsageError
from ..recording.new_file import new_file, not_written
from ..recording.tables import write_table
from .page import Page, to_html
from .palette import LIGHT, picture_style

PICTURE_ZOOM: Final = 2
"""Pixels of a picture per unit of the figure: sharp on paper and on dense screens."""


def write_page(page: Page, path: Path) -> None:
    """Write the HTML file in place of what was there.

    Raises
    ------
    OutputError
        The system does not take it.
    """
    _write(path, to_html(page).encode())


def check_painter() -> None:
    """Make sure that pictures can be painted, before anything is written.

    Raises
    ------
    UsageError
        The package that paints them is not installed.
    """
    try:
        import resvg_py  # noqa: F401
    except ImportError:
        raise UsageError(
            "Pictures need the package resvg-py.", 'Install it with: pip install "sensorcoach[report]"'
        ) from None


def write_pictures(page: Page, path: Path) -> list[Path]:
    """Each figure as a PNG beside the page; needs the `report` extra (`check_painter`)."""
    import resvg_py

    written = []
    for figure in page.figures:
        svg = figure.svg(picture_style())
        data = bytes(resvg_py.svg_to_bytes(svg_string=svg, background=LIGHT["surface"], zoom=PICTURE_ZOOM))
        target = path.with_name(f"{path.stem}-{figure.name}.png")
        _write(target, data)
        written.append(target)
    return written


def write_tables(page: Page, path: Path) -> list[Path]:
    """The numbers behind the page as CSV files beside it."""
    written = []
    for name, table in page.tables.items():
        target = path.with_name(f"{path.stem}-{name}.csv")
        write_table(table, target, metadata={"about": page.title, "when": page.when})
        written.append(target)
    return written


def _write(path: Path, data: bytes) -> None:
    try:
        with new_file(path) as part:
            part.write_bytes(data)
    except OSError as error:
        raise not_written(path, error) from None
