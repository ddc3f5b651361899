"""Cues without sound or words: the terminal's bell, and the sensor's own buzzer. In is one, out two, a hold three."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Final

from .worker import Worker

STROKES: Final = {"inhale": 1, "exhale": 2, "hold_in": 3, "hold_out": 3}
RINGS: Final = STROKES | {"slouch": 1}
APART_S: Final = 0.25
"""Between two bells; terminals take closer ones for one."""
BUZZ_MS: Final = 120
REST_S: Final = 0.2
"""From the end of one buzz to the next."""

Buzz = Callable[[str, int], Awaitable[bool]]
"""Has a sensor (name) buzz for so many ms; False when it cannot now."""


class Bell:
    """The terminal's bell.

    Parameters
    ----------
    ring : callable
        Rings once.
    """

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._ended = threading.Event()
        self._worker = Worker(self._strokes)

    def play(self, kind: str) -> None:
        """As many strokes as the cue has."""
        if kind in RINGS:
            self._worker.give(RINGS[kind])

    def close(self) -> None:
        """No more strokes."""
        self._ended.set()
        self._worker.close()

    def _strokes(self, count: int) -> None:
        for number in range(count):
            if number and self._ended.wait(APART_S):
                return
            self._ring()


class Haptic:
    """The sensor's buzzer, on the event loop that holds the link.

    Parameters
    ----------
    buzz : callable
        As `BleSource.buzz`.
    loop : asyncio.AbstractEventLoop
    say : callable
        Gets one sentence when the sensor does not buzz.
    """

    def __init__(self, buzz: Buzz, loop: asyncio.AbstractEventLoop, say: Callable[[str], None]) -> None:
        self._buzz = buzz
        self._loop = loop
        self._say = say
        self._told = False
        self._busy: Future[None] | None = None

    def play(self, kind: str, sensor: str) -> None:
        """As many short buzzes as the cue has; left out while the last ones still go on."""
        if kind not in STROKES or self._loop.is_closed() or (self._busy is not None and not self._busy.done()):
            return
        self._busy = asyncio.run_coroutine_threadsafe(self._strokes(sensor, STROKES[kind]), self._loop)

    def close(self) -> None:
        """No more buzzes."""
        if self._busy is not None:
            self._busy.cancel()

    async def _strokes(self, sensor: str, count: int) -> None:
        for number in range(count):
            if number:
                await asyncio.sleep(BUZZ_MS / 1000 + REST_S)
            if not await self._buzz(sensor, BUZZ_MS):
                if not self._told:
                    self._told = True
                    self._say("The sensor does not buzz now.")
                return
