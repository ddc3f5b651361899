"""The page about the rooms says what the linter checks."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "architecture.md"


def layers() -> list[str]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (order,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    return list(order)


def test_the_order_of_the_rooms() -> None:
    (told,) = re.findall(r"```\n(cli > .*?)\n```", PAGE.read_text(), re.DOTALL)
    assert [" ".join(layer.split()) for layer in told.split(">")] == layers()


def test_every_room_has_its_row() -> None:
    rooms = [name for layer in layers() for name in layer.split(" | ")]
    rows = re.findall(r"^\| ((?:`[a-z]+`(?:, )?)+) \|", PAGE.read_text(), re.MULTILINE)
    told = [name for row in rows for name in re.findall(r"`([a-z]+)`", row)]
    assert [name for name in told if name in rooms] == rooms
