"""Writing a person's files: all of it or nothing, and for their eyes alone."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from ..errors import OutputError


def write_private(path: Path, text: str) -> None:
    """Write a small file, readable by its owner alone; a link to a file elsewhere stays a link.

    Raises
    ------
    OutputError
        The system does not let it be written; what was there is as it was.
    """
    target = path.resolve()
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        raise OutputError(
            f"{path} cannot be written: {error.strerror or error}.", "Check the folder and the free space."
        ) from None
