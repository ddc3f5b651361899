"""A person's own recordings in words: when each began, how long it is, who wore it and where."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..coach.wording import span_words
from ..errors import InputError, SensorcoachError
from ..history import (
    DEFAULT_WEARER,
    History,
    history_path,
    identify,
    is_virtual,
    recorded_s,
    wearer_of,
)
from ..history.clock import local_time
from ..recording.glance import glance
from ..recording.journal_format import JournalHeader
from ..recording.journal_reader import JournalReader
from ..recording.maintenance import Kept, journals_in
from ..recording.segments import SUFFIX

VIRTUAL: Final = "virtual wearer"
"""In the place of a date: that wearer lives on one and the same day."""
LONGEST_WEARER: Final = 40


@dataclass(frozen=True, slots=True)
class Own:
    """One recording in words; what is not known is empty.

    Attributes
    ----------
    kept : Kept
    name : str
        As it is asked for.
    began : str
        `2026-05-04 08:31` where it was recorded, or `VIRTUAL`.
    length : str
        `1 h 05 min`.
    details : tuple of str
        Who wore it where they are named, at which places, and whether it is being written or cannot be read.
    """

    kept: Kept
    name: str
    began: str
    length: str
    details: tuple[str, ...]

    @property
    def about(self) -> str:
        """All of it but the name, for a line."""
        return ", ".join(part for part in (self.began, self.length, *self.details) if part)


def own_recordings(folder: Path, most_unpacked: float = math.inf) -> list[Own]:
    """Those in a folder, the one written last at the front; looks at each without reading it.

    Parameters
    ----------
    folder : Path
    most_unpacked : int
        How many of those that the history has not read may have a large segment unpacked for their length: it takes
        some 10 ms, so a screen cannot wait for all.
    """
    journals = journals_in(folder)
    lengths_s = _lengths_s() if journals else {}
    unknown = 0

    def known_s(reader: JournalReader) -> float | None:
        nonlocal unknown
        try:
            length_s = lengths_s.get(identify(reader).content) if lengths_s else None
        except InputError:
            length_s = None
        unknown += length_s is None
        return length_s

    found = []
    for kept in reversed(journals):
        seen = glance(kept.path, known_s, unpack=unknown < most_unpacked)
        name = kept.path.relative_to(folder).as_posix().removesuffix(SUFFIX)
        length = "" if seen.length_s is None else span_words(seen.length_s)
        written = ("being written",) * kept.busy
        if seen.header is None:
            found.append(Own(kept, name, "", length, written or ("cannot be read",)))
        else:
            found.append(Own(kept, name, _began(seen.header), length, (*_worn(seen.header, kept.path.name), *written)))
    return found


def _lengths_s() -> dict[str, int]:
    """Lengths of the journals that the history has read, by content."""
    if not history_path().exists():
        return {}
    try:
        with History(history_path()) as history:
            return recorded_s(history)
    except SensorcoachError:
        return {}


def _began(header: JournalHeader) -> str:
    if is_virtual(header):
        return VIRTUAL
    try:
        began = local_time(header.created_wall_ns, header.utc_offset_s)
    except OverflowError:
        return ""
    return f"{began:%Y-%m-%d %H:%M}" if header.created_wall_ns > 0 else ""


def _worn(header: JournalHeader, name: str) -> tuple[str, ...]:
    """Who and where; oneself and the virtual wearer need no name."""
    wearer = "" if is_virtual(header) else wearer_of(header, name)
    shown = "".join(c for c in wearer if c.isprintable())[:LONGEST_WEARER]
    who = () if wearer in ("", DEFAULT_WEARER) else (shown,)
    sites = " and ".join(dict.fromkeys(sensor.site for sensor in header.sensors if sensor.site))
    return (*who, sites) if sites else who
