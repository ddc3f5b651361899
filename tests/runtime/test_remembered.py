"""The sensors used last."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from sensorcoach.runtime.remembered import RememberedDevice, recall, remember

STRAP = RememberedDevice("Polar H10 1", "F0:F1:F2:F3:F4:F5", "polar_h10")
BELT = RememberedDevice("Movesense 2", "F0:F1:F2:F3:F4:F6", "movesense", "lower-back")


def test_they_are_kept_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "last_device.json"
    remember(path, [STRAP])
    assert recall(path) == (STRAP,)
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    remember(path, [BELT, STRAP])
    assert recall(path) == (BELT, STRAP)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "nonsense",
        '{"sensors": 5}',
        '{"sensors": [5]}',
        '{"sensors": [{"name": "A"}]}',
        "\x00",
        "[" * 9999,
    ],
)
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "last_device.json"
    path.write_text(text)
    assert recall(path) == ()


def test_what_is_damaged_in_an_entry_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "last_device.json"
    path.write_text('{"sensors": [{"name": 3, "address": "A", "site": "moon"}, {"address": 7}]}')
    assert recall(path) == (RememberedDevice("", "A", ""),)


def test_nothing_remembered(tmp_path: Path) -> None:
    assert recall(tmp_path / "absent.json") == ()
    (tmp_path / "file").write_text("")
    remember(tmp_path / "file" / "last_device.json", [STRAP])  # no folder can be made there: nothing happens
    assert recall(tmp_path / "file" / "last_device.json") == ()
