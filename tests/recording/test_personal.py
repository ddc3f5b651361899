"""A person's own folders: listed, exported with nothing missing, erased with nothing left."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from sensorcoach.errors import OutputError
from sensorcoach.recording import JournalWriter
from sensorcoach.recording.personal import erase_personal, export_personal, personal_folders

from .journals import HEADER, minutes


@pytest.fixture
def filled(own_folders: Path) -> dict[str, bytes]:
    """Some files in each folder; their names in an archive, and what is in them."""
    contents = {}
    for folder in personal_folders():
        for name in ("one.txt", "deep/er/two"):
            path = folder.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(f"{folder.name} {name}".encode())
            contents[f"sensorcoach/{folder.name}/{name}"] = path.read_bytes()
    return contents


def test_folders_are_the_persons_own_and_none_is_within_another(own_folders: Path) -> None:
    folders = personal_folders()
    assert {folder.name for folder in folders} >= {"data"}
    for folder in folders:
        assert own_folders in folder.path.parents
        assert not any(other.path in folder.path.parents for other in folders)
        assert folder.size() == (0, 0)


def test_the_archive_holds_every_file_and_is_private(filled: dict[str, bytes], tmp_path: Path) -> None:
    target = tmp_path / "all.zip"
    assert export_personal(target) == len(filled)
    assert target.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(target) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == filled


def test_an_archive_within_the_folders_does_not_hold_itself(filled: dict[str, bytes]) -> None:
    target = personal_folders()[0].path / "all.zip"
    for _ in range(2):
        assert export_personal(target) == len(filled)


def test_erasing_leaves_nothing_and_follows_no_links(filled: dict[str, bytes], tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    os.symlink(outside, personal_folders()[0].path / "link")
    assert erase_personal() == len(filled)
    assert not any(folder.path.exists() for folder in personal_folders())
    assert (outside / "kept").read_text() == "kept"
    assert erase_personal() == 0


def test_nothing_is_erased_while_recording(filled: dict[str, bytes]) -> None:
    folder = personal_folders()[0].path / "recordings" / "now.journal"
    folder.parent.mkdir()
    with JournalWriter(folder, HEADER) as writer:
        for item in minutes(1):
            writer.append(item)
        with pytest.raises(OutputError, match="being recorded"):
            erase_personal()
    assert folder.exists()
    erase_personal()
    assert not folder.exists()


def test_an_archive_that_cannot_be_written(filled: dict[str, bytes], tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        export_personal(tmp_path / "no" / "all.zip")
