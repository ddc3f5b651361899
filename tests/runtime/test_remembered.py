"""The sensor used last."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from sensorcoach.runtime.remembered import RememberedDevice, recall, remember

STRAP = RememberedDevice("Polar H10 1", "F0:F1:F2:F3:F4:F5", "polar_h10")


def test_it_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "last_device.json"
    remember(path, STRAP)
    assert recall(path) == STRAP
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    remember(path, RememberedDevice("Other", "A", "virtual"))
    assert recall(path) == RememberedDevice("Other", "A", "virtual")


@pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense", '{"name": 3, "address": "A"}', '{"address": 5}', "\x00"])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "last_device.json"
    path.write_text(text)
    found = recall(path)
    assert found is None or found == RememberedDevice("", "A", "")


def test_nothing_remembered(tmp_path: Path) -> None:
    assert recall(tmp_path / "absent.json") is None
    (tmp_path / "file").write_text("")
    remember(tmp_path / "file" / "last_device.json", STRAP)  # no folder can be made there: nothing happens
    assert recall(tmp_path / "file" / "last_device.json") is None
