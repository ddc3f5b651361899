"""A journal written by a thread of its own: whoever hands items over never waits for the disk."""

from __future__ import annotations

import queue
import threading
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from ..errors import OutputError
from ..recording.journal_format import JournalHeader
from ..recording.journal_writer import JournalWriter
from .run import RawItem

CAPACITY: Final = 20_000
"""Items that may wait for the disk: many minutes of the busiest sensor, a few megabytes."""


class ThreadRecorder:
    """A new journal. Hand items over with `append`; from any thread, but in stream order.

    Parameters
    ----------
    folder : Path
        Must not exist.
    header : JournalHeader
    capacity : int
        Items that may wait.

    Raises
    ------
    OutputError
        The journal cannot be made. Later failures are told by `take_problems`, and never stop anything.
    """

    def __init__(self, folder: Path, header: JournalHeader, *, capacity: int = CAPACITY) -> None:
        self.folder = folder
        self._writer = JournalWriter(folder, header)
        self._queue: queue.Queue[RawItem | None] = queue.Queue(capacity)
        self._problems: queue.SimpleQueue[OutputError] = queue.SimpleQueue()
        self._failed = False
        self.dropped = 0
        self._thread = threading.Thread(target=self._write, name="journal", daemon=True)
        self._thread.start()

    @property
    def lost(self) -> int:
        """Lines that are not in the journal as they should be."""
        return self._writer.lost + self.dropped

    def append(self, item: RawItem) -> None:
        """Hand over one item; at once. Dropped, counted and told of when too many wait."""
        try:
            self._queue.put_nowait(item)
        except queue.Full:
            if not self.dropped:
                self._problems.put(
                    OutputError(
                        f"The disk is too slow for the recording {self.folder}: parts of it are lost.",
                        "Monitoring goes on. Choose a folder on a faster disk next time.",
                    )
                )
            self.dropped += 1

    def take_problems(self) -> list[OutputError]:
        """What went wrong since the last call. The same failure is told once, not with every line."""
        problems = []
        while not self._problems.empty():
            problems.append(self._problems.get())
        return problems

    def close(self) -> None:
        """Write what is waiting and finish the journal; waits for the disk. Closing twice does no harm."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self) -> None:
        while (item := self._queue.get()) is not None:
            try:
                self._writer.append(item)
            except OutputError as error:  # the writer keeps the line and tries again by itself
                self._tell(error)
        try:
            self._writer.close()
        except OutputError as error:
            self._tell(error)

    def _tell(self, error: OutputError) -> None:
        if not self._failed:
            self._failed = True
            self._problems.put(error)
