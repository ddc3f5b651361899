"""A recorder that keeps the history up with its journal, so that no day of a watch is ever worked out twice.

What the engine said of the items is counted as it is said. The result is that of `history rebuild`, for the engine says
the same when the journal is replayed; where the journal misses something, it is left to be read.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from ...errors import OutputError, SensorcoachError
from ...events import Event
from ...history import Chapter, Deriver, History, identify
from ...recording.journal_format import JournalHeader
from ...recording.journal_reader import JournalReader
from ..live import LiveRecorder
from ..run import RawItem


class CountingRecorder(LiveRecorder, Protocol):
    """A recorder that knows what its journal misses."""

    @property
    def lost(self) -> int:
        """Lines that are not in the journal as they should be."""


class ChronicledRecorder:
    """A recorder like the one it is given, that also hears what came of its items.

    Parameters
    ----------
    recorder : CountingRecorder
        Writes the journal.
    folder : Path
        Where it writes it.
    header : JournalHeader
    history : Path
        The history file.
    """

    def __init__(self, recorder: CountingRecorder, folder: Path, header: JournalHeader, history: Path) -> None:
        self.folder = folder
        self._recorder = recorder
        self._history = history
        self._deriver = Deriver(header, folder.name)
        self._problems: list[OutputError] = []
        self._keeping = threading.Lock()
        self._closed = False
        self._told = ""

    def append(self, item: RawItem) -> None:
        """Write one item."""
        self._recorder.append(item)

    def heard(self, items: Iterable[object], events: Iterable[Event]) -> None:
        """Take what the engine was fed, and the events that came of it."""
        self._deriver.take(items, events)

    def take_problems(self) -> list[OutputError]:
        """What went wrong since the last call."""
        problems, self._problems = self._problems, []
        return [*problems, *self._recorder.take_problems()]

    def close(self) -> None:
        """Finish the journal, and put its chapter into the history; waits for the disk."""
        self._recorder.close()
        with self._keeping:
            self._closed = True
            self._keep(self._deriver.finish())

    def so_far(self) -> Chapter:
        """The chapter up to now; nothing more happens to it."""
        return self._deriver.finish()

    def keep(self, chapter: Chapter) -> bool:
        """Put a chapter so far into the history; from any thread. Whether it is there now."""
        with self._keeping:
            return not self._closed and self._keep(chapter)

    def _keep(self, chapter: Chapter) -> bool:
        if self._recorder.lost:  # the engine was told what the journal does not know
            return False
        try:
            identity = identify(JournalReader(self.folder))
            with History(self._history) as history:
                history.put(identity, self.folder.name, chapter)
        except SensorcoachError as error:
            if str(error) != self._told:
                self._told = str(error)
                self._problems.append(OutputError(error.message, error.advice))
            return False
        return True


def hear(recorder: LiveRecorder | None, items: Sequence[object], events: Sequence[Event]) -> None:
    """Tell a recorder that listens what came of the items."""
    if isinstance(recorder, ChronicledRecorder):
        recorder.heard(items, events)
