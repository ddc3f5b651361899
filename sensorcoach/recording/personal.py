"""Everything the program keeps about a person on this computer: where it lies, out as one archive, gone.

There is nowhere else: nothing is ever sent anywhere, and recordings made with a name of one's own stay where they were
put.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformdirs import PlatformDirs

from ..errors import OutputError
from .new_file import new_file, not_written
from .segments import SEGMENT_NAME, claim

APP: Final = "sensorcoach"


@dataclass(frozen=True, slots=True)
class Folder:
    """One of the program's own folders.

    Attributes
    ----------
    what : str
        What lies there, for people.
    name : str
        What it is called within an archive.
    path : Path
        Need not exist.
    """

    what: str
    name: str
    path: Path

    def files(self) -> Iterator[Path]:
        """Its files, in order, not those that links lead to elsewhere."""
        for root, folders, names in os.walk(self.path):
            folders.sort()
            yield from (Path(root) / name for name in sorted(names))

    def size(self) -> tuple[int, int]:
        """How many files there are, and their bytes."""
        sizes = [path.lstat().st_size for path in self.files()]
        return len(sizes), sum(sizes)


def personal_folders() -> list[Folder]:
    """Where everything lies. Folders that are one on this system are listed once."""
    dirs = PlatformDirs(APP)
    listed = [
        Folder("recordings and history", "data", dirs.user_data_path),
        Folder("settings, plan and device profiles", "config", dirs.user_config_path),
        Folder("state of what runs in the background", "state", dirs.user_state_path),
        Folder("scratch", "cache", dirs.user_cache_path),
        Folder("logs", "log", dirs.user_log_path),
    ]
    out: list[Folder] = []
    for folder in listed:
        if not any(folder.path == kept.path or kept.path in folder.path.parents for kept in out):
            out.append(folder)
    return out


def export_personal(target: Path) -> int:
    """Put all files into one zip archive that only its owner can read; returns how many there were.

    Raises
    ------
    OutputError
        The system does not take the archive, or does not hand out a file.
    """
    count = 0
    inside = target.resolve()
    try:
        with new_file(target) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as out:
            for folder in personal_folders():
                for path in folder.files():
                    if not path.is_file() or path.is_symlink() or path.resolve() in (inside, part):
                        continue
                    out.write(path, f"{APP}/{folder.name}/{path.relative_to(folder.path).as_posix()}")
                    count += 1
    except OSError as error:
        raise not_written(Path(error.filename or target), error) from None
    return count


def erase_personal() -> int:
    """Remove all folders with everything in them; returns how many files there were.

    Raises
    ------
    OutputError
        Something is being recorded right now, or the system does not let a file go.
    """
    folders = personal_folders()
    for folder in folders:
        for path in folder.files():
            if SEGMENT_NAME.fullmatch(path.name) and _being_written(path):
                raise OutputError(f"{path.parent} is being recorded right now.", "Stop the recording first.")
    count = sum(folder.size()[0] for folder in folders)
    for folder in folders:
        try:
            if folder.path.is_symlink():
                folder.path.unlink()
            elif folder.path.exists():
                shutil.rmtree(folder.path)
        except OSError as error:
            raise OutputError(
                f"{error.filename or folder.path} cannot be removed: {error.strerror or error}.",
                "Close what uses it and try again; what could be removed is gone.",
            ) from None
    return count


def _being_written(path: Path) -> bool:
    """Whether a journal's writer holds this segment."""
    try:
        with path.open("rb") as file:
            return not claim(file.fileno())
    except OSError:
        return False
