"""What was found wrong with a recording that could still be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

MOST_LISTED: Final = 200
"""Problems of single lines kept; a file of garbage must not fill the memory with complaints about it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that was skipped, mended or looks odd.

    Attributes
    ----------
    file : str
        Name of the file (empty for arrays).
    line : int
        First line concerned, from 1; 0 where it is about the file as a whole.
    what : str
        A clause in plain words.
    """

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.file and self.line else self.file or f"row {self.line}"
        return f"{place}: {self.what}" if self.file or self.line else self.what


class ProblemLog:
    """Collects problems; lines in a row with the same fault become one entry, and the list is bounded."""

    def __init__(self) -> None:
        self._listed: list[Problem] = []
        self._unlisted = 0
        self._run_end = 0
        self._run_what = ""

    def add(self, file: str, line: int, what: str) -> None:
        """Note one problem."""
        last = self._listed[-1] if self._listed else None
        in_a_row = line and line == self._run_end + 1 and what == self._run_what
        if last and in_a_row and last.file == file and not self._unlisted:
            self._run_end = line
            self._listed[-1] = replace(last, what=f"{what} (lines {last.line} to {line})")
        elif len(self._listed) < MOST_LISTED or not line:  # what befell a whole file is always told
            self._listed.append(Problem(file, line, what))
            self._run_end, self._run_what = line, what
        else:
            self._unlisted += 1

    def __iter__(self) -> Iterator[Problem]:
        yield from self._listed
        if self._unlisted:
            yield Problem(self._listed[-1].file, 0, f"{self._unlisted} more problems from here on are not listed")

    def __len__(self) -> int:
        return len(self._listed) + bool(self._unlisted)
