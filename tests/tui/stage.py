"""The application on a stage: run without a terminal, drawn when told, its clock standing still."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from sensorcoach.errors import SensorcoachError
from sensorcoach.tui.app import SensorcoachApp
from sensorcoach.tui.feed import Feed
from sensorcoach.tui.launcher import Choice, Opened, Wanted
from sensorcoach.tui.stream import Stream


@asynccontextmanager
async def running(
    first: Feed | Opened | None, size: tuple[int, int] = (100, 30), **options: Any
) -> AsyncIterator[tuple[SensorcoachApp, Pilot[int]]]:
    app = SensorcoachApp(first, clock=lambda: 0.0, **options)
    async with app.run_test(size=size) as pilot:
        await settle(app, pilot)
        yield app, pilot


async def settle(app: SensorcoachApp, pilot: Pilot[int]) -> None:
    """What came in is drawn, and what that moved is laid out."""
    await pilot.pause()
    app.refresh_now()
    await pilot.pause()


def stream(app: SensorcoachApp) -> Stream:
    assert app.stream is not None
    return app.stream


class ScriptedLauncher:
    """Implements `sensorcoach.tui.launcher.Launcher`: opens what it was given."""

    def __init__(self, sensor: str = "", opens: Callable[[Wanted], Opened] | None = None, last: str = "") -> None:
        self.sensor = sensor
        self.wanted: list[Wanted] = []
        self.failure: SensorcoachError | None = None
        self.silences = 0
        self._opens = opens
        self._last = last

    async def open(self, wanted: Wanted, say: Callable[[str], None]) -> Opened:
        self.wanted.append(wanted)
        say("Looking for Polar H10 …")
        if self.failure is not None:
            raise self.failure
        assert self._opens is not None
        return self._opens(wanted)

    def sessions(self) -> Sequence[Choice]:
        return [
            Choice("breathing-only", "Breathing only", "5 min. Five minutes of paced breathing, sitting."),
            Choice("desk-break", "Desk break", "3 min. Three minutes at the desk: open the chest, breathe."),
        ]

    def recordings(self) -> Sequence[Choice]:
        return [Choice("mine", "2026-05-04_10-00-00", "2026-05-04 10:20"), Choice("desk", "desk", "sample recording")]

    def last_words(self) -> str:
        return self._last

    def silence(self) -> None:
        self.silences += 1
