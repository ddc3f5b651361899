"""An event loop whose clock runs only when there is nothing left to do: minutes of waiting pass at once."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

from sensorcoach.transport.ble import StreamClock

T = TypeVar("T")


class _Skipping(selectors.DefaultSelector):
    """Instead of waiting for a time, moves the clock on by it."""

    now_s = 1000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select(None)  # only a thread or a socket can wake us
        ready = super().select(0)
        if not ready:
            self.now_s += max(0.0, timeout)
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._skipping = _Skipping()
        super().__init__(self._skipping)

    def time(self) -> float:
        return self._skipping.now_s


def run_virtual(main: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)


def loop_clock() -> StreamClock:
    """A stream clock that follows the running event loop; wall time begins on 1 January 2026."""
    loop = asyncio.get_running_loop()
    zero_s = loop.time()

    def wall() -> tuple[int, int]:
        return 1_767_225_600_000_000_000 + round((loop.time() - zero_s) * 1e9), 3600

    return StreamClock(lambda: round(loop.time() * 1e9), wall)
