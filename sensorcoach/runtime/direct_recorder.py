"""A journal written at once, for runs that go faster than real time: whoever hands items over waits for the disk."""

from __future__ import annotations

from pathlib import Path

from ..errors import OutputError
from ..recording.journal_format import JournalHeader
from ..recording.journal_writer import JournalWriter
from .run import RawItem


class DirectRecorder:
    """Like a `ThreadRecorder`, without its thread.

    Raises
    ------
    OutputError
        From the constructor: the journal cannot be made. Later failures are told by `take_problems`.
    """

    def __init__(self, folder: Path, header: JournalHeader) -> None:
        self.folder = folder
        self._writer = JournalWriter(folder, header)
        self._problems: list[OutputError] = []
        self._failed = False

    @property
    def lost(self) -> int:
        """Lines that are not in the journal as they should be."""
        return self._writer.lost

    def append(self, item: RawItem) -> None:
        """Write one item; what the disk does not take now is tried again with later ones."""
        try:
            self._writer.append(item)
        except OutputError as error:
            self._tell(error)

    def take_problems(self) -> list[OutputError]:
        """What went wrong since the last call; the same failure is told once."""
        problems, self._problems = self._problems, []
        return problems

    def close(self) -> None:
        """Finish the journal."""
        try:
            self._writer.close()
        except OutputError as error:
            self._tell(error)

    def _tell(self, error: OutputError) -> None:
        if not self._failed:
            self._failed = True
            self._problems.append(error)
