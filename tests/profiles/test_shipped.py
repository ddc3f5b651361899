"""The folders that ship with the program are found, packaged or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from sensorcoach.errors import InputError
from sensorcoach.profiles import shipped, shipped_folder


def test_source_tree() -> None:
    assert (shipped_folder("firmware_profiles") / "virtual.toml").is_file()


def test_packaged_folder_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "sensorcoach"
    monkeypatch.setattr(shipped, "PACKAGE", package)
    with pytest.raises(InputError, match="Install sensorcoach again"):
        shipped_folder("recordings")
    (tmp_path / "recordings").mkdir()
    assert shipped_folder("recordings") == tmp_path / "recordings"
    packaged = package / "_shipped" / "recordings"
    packaged.mkdir(parents=True)
    assert shipped_folder("recordings") == packaged
