"""A thread that does one thing at a time, the newest first: what comes while it is busy replaces what waits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")
END_S: Final = 1.0
"""Nobody waits longer for a thread at the end."""


class Worker(Generic[Item]):
    """Hands items to `do` on its own thread.

    Parameters
    ----------
    do : callable
        Gets one item at a time.
    """

    def __init__(self, do: Callable[[Item], None]) -> None:
        self._do = do
        self._waiting: list[Item] = []
        self._news = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="cues", daemon=True)
        self._thread.start()

    def give(self, item: Item) -> None:
        """Have it done next, instead of what waited."""
        with self._news:
            self._waiting = [item]
            self._news.notify()

    def close(self) -> None:
        """Let it finish what it does."""
        with self._news:
            self._closed, self._waiting = True, []
            self._news.notify()
        self._thread.join(END_S)

    def _run(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._waiting or self._closed)
                if self._closed:
                    return
                item = self._waiting.pop()
            self._do(item)
