"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import OutputError


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """A place to write to; it becomes `path` at the end, readable by its owner alone, or vanishes on an error.

    Raises
    ------
    OutputError
        `path` is a folder.
    OSError
        The system does not take it.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        yield path  # a device or pipe: nothing to rename
        return
    path = path.resolve()
    if path.is_dir():
        raise OutputError(f"{path} is a folder.", "Name a file in it.")
    if not path.parent.is_dir():
        raise OutputError(f"{path} cannot be written: there is no folder {path.parent}.", "Make it, or choose another.")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)  # mode 0600
    os.close(handle)
    part = Path(name)
    try:
        yield part
        part.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def not_written(path: Path | None, error: OSError) -> OutputError:
    """The sentence for a file the system does not take."""
    return OutputError(
        f"{path or 'The output'} cannot be written: {error.strerror or error}.",
        "Check the folder, its permissions and the free space.",
    )
