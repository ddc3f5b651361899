"""Whatever a person names as a recording: a journal folder, one segment, a CSV file, or a file of another program."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeAlias

from ..errors import InputError, UsageError
from .arrays import ArrayRecording
from .csv_input import Units, read_csv
from .importers import read_foreign, read_together, recognise
from .journal_reader import JournalReader
from .segments import GZIP_MAGIC, SUFFIX, unreadable

Source: TypeAlias = JournalReader | ArrayRecording

_HEAD: Final = 64 << 10
"""Enough to find the first message in a JSON file that tells about the device first."""


def load_source(path: str | Path, units: Units | None = None) -> Source:
    """A journal ready to be read, or the samples of a CSV file or of another program's.

    The content decides, not the name. A journal without a single packet is refused: nothing can be done with it.

    Parameters
    ----------
    path : path
    units : Units, optional
        Those of a CSV file that is not in m/s² and rad/s.

    Raises
    ------
    InputError
        One clear sentence for anything else.
    UsageError
        Units were given for a file that has its own.
    """
    path = Path(path)
    if not path.exists():
        named = path.with_name(path.name + SUFFIX) if path.name else path
        advice = f"Did you mean {named}?" if named.is_dir() else "Check the name and the folder."
        raise InputError(f"{path} does not exist.", advice)
    if not path.is_dir() and not path.is_file():
        raise InputError(f"{path} is neither a file nor a folder.", "Save what it gives to a file first.")
    if path.is_file():
        head = _head(path)
        form = recognise(path, head)
        if form is None and not head.lstrip().startswith(b"{"):
            return read_csv(path, units)
        if form is not None and units is None:
            return read_foreign(form, path)
    if units is not None:
        raise UsageError(f"{path} has units of its own.", "Leave out --acc-unit and --gyro-unit.")
    journal = JournalReader(path)
    if not any(len(batch.t_ns) for batch in journal.batches()):
        raise InputError(f"{path} holds no packet of a device.", "Record again, and wait until the sensor streams.")
    return journal


def load_together(paths: Sequence[str | Path]) -> ArrayRecording:
    """One recording from the files of one app, accelerations in one and angular rates in the other.

    Raises
    ------
    InputError
        The files cannot be read, or do not belong together.
    """
    return read_together([Path(path) for path in paths], _head)


def _head(path: Path) -> bytes:
    """The first bytes of a file's content, unpacked where it is gzipped."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise unreadable(path, error) from None
    if head.startswith(GZIP_MAGIC):
        try:
            return zlib.decompressobj(wbits=31).decompress(head, _HEAD)
        except zlib.error:
            return b""
    return head
