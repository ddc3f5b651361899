"""Ctrl-C and its like, as something an event loop does: so that the sensor is told and the recording is finished."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator, Mapping
from typing import Any


@contextlib.contextmanager
def on_signals(ways: Mapping[int, Callable[[], object]]) -> Iterator[None]:
    """While it is entered, each of these signals has the running loop call what belongs to it."""
    loop = asyncio.get_running_loop()
    before = {number: signal.signal(number, _in_loop(loop, way)) for number, way in ways.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def stop_signals() -> Iterator[asyncio.Event]:
    """An event that Ctrl-C or a request to end sets."""
    stop = asyncio.Event()
    with on_signals({signal.SIGINT: stop.set, signal.SIGTERM: stop.set}):
        yield stop


def _in_loop(loop: asyncio.AbstractEventLoop, way: Callable[[], object]) -> Callable[[int, Any], None]:
    def handle(number: int, frame: Any) -> None:
        loop.call_soon_threadsafe(way)

    return handle
