"""An application with nothing but one page on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

import sensorcoach.tui
from sensorcoach.tui.themes import THEMES
from sensorcoach.tui.widgets.rows import RowList

SIZES = [(60, 20), (80, 24), (120, 40)]


class PageApp(App[None]):
    CSS_PATH = Path(sensorcoach.tui.__file__).with_name("sensorcoach.tcss")

    def __init__(self, make: Callable[[], Screen[Any]]) -> None:
        super().__init__()
        self._make = make
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name

    def on_mount(self) -> None:
        self.push_screen(self._make())

    @property
    def rows(self) -> list[str]:
        """The rows of the page, as text."""
        return [str(option.prompt).rstrip() for option in self.screen.query_one(RowList).options]


@asynccontextmanager
async def open_page(
    make: Callable[[], Screen[Any]], size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[PageApp, Pilot[None]]]:
    app = PageApp(make)
    async with app.run_test(size=size) as pilot:
        await done(app, pilot)
        yield app, pilot


async def done(app: App[Any], pilot: Pilot[Any]) -> None:
    """What was begun is finished and drawn."""
    await pilot.pause()
    await app.workers.wait_for_complete()
    await pilot.pause()


async def press(app: App[Any], pilot: Pilot[Any], *keys: str) -> None:
    """One key after the other, each with what it does."""
    for key in keys:
        await pilot.press(key)
        await done(app, pilot)


def looks(
    compare: Callable[..., bool], make: Callable[[], Screen[Any]], size: tuple[int, int], keys: Iterable[str] = ()
) -> bool:
    app = PageApp(make)

    async def settle(pilot: Pilot[None]) -> None:
        await done(app, pilot)
        await press(app, pilot, *keys)

    return compare(app, terminal_size=size, run_before=settle)
