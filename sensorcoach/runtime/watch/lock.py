"""One watch per wearer and per sensor: a lock that ends with its process, and says who holds it."""

from __future__ import annotations

import json
import os
import re
import sys
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from ...errors import DeviceError, OutputError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_AT = 1 << 30
"""On Windows a locked range cannot be read by others, so one far behind the text is locked."""


class InstanceLock:
    """Held while it is entered.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    what : str
        What is locked; the file is named after it.
    title : str
        What the holder is doing, for the one who comes second: "watching Polar H10".

    Raises
    ------
    DeviceError
        On entering: another process holds it; says which.
    OutputError
        The folder cannot be written.
    """

    def __init__(self, folder: Path, what: str, title: str) -> None:
        self.path = folder / f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', what)}.lock"
        self._title = title
        self._file = -1

    def __enter__(self) -> Self:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise OutputError(
                f"{self.path} cannot be made: {error.strerror or error}.", "Check the rights of its folder."
            ) from None
        if not _lock(self._file):
            holder = os.pread(self._file, 4096, 0) if hasattr(os, "pread") else os.read(self._file, 4096)
            os.close(self._file)
            self._file = -1
            raise DeviceError(
                _words(holder), "See it with: sensorcoach watch view; end it with: sensorcoach watch stop"
            )
        since = datetime.now().strftime("%Y-%m-%d %H:%M")
        os.ftruncate(self._file, 0)
        os.write(self._file, json.dumps({"pid": os.getpid(), "title": self._title, "since": since}).encode())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file >= 0:
            os.ftruncate(self._file, 0)  # the file stays: removing it could take another's lock away
            os.close(self._file)
            self._file = -1


def _lock(file: int) -> bool:
    if sys.platform == "win32":
        os.lseek(file, _AT, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(file, 0, os.SEEK_SET)
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # some network folders know no locks
        return True
    return True


def _words(holder: bytes) -> str:
    try:
        content = json.loads(holder)
        return f"Process {content['pid']} is already {content['title']}, since {content['since']}."
    except (ValueError, KeyError, TypeError):
        return "Another process is already watching."
