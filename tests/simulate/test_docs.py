"""The guide names every key, pose and truth column, and nothing that does not exist."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from sensorcoach.simulate import Scenario, scenario, truth

GUIDE = Path(__file__).parents[2] / "docs" / "virtual-wearer.md"
TEXT = GUIDE.read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([a-z_0-9]+)`", TEXT))
PARTS = [
    scenario.SensorPart,
    scenario.WearerPart,
    scenario.BreathingPart,
    scenario.PosturePart,
    scenario.ActivityPart,
    scenario.SensorEventPart,
]
TABLES = [truth.SECONDS, truth.BREATHS, truth.SLOUCHES, truth.NEUTRALS]


@pytest.mark.parametrize("part", PARTS)
def test_every_key_is_explained(part: type) -> None:
    assert {f.name for f in fields(part)} <= NAMED


def test_every_pose_and_column_is_explained() -> None:
    assert set(scenario.POSES) <= NAMED
    for table in TABLES:
        assert set(table.names or ()) <= NAMED


def test_keys_in_the_first_column_exist() -> None:
    known = {f.name for part in [*PARTS, Scenario] for f in fields(part)}
    listed: set[str] = set()
    for section in TEXT.split("| key |")[1:]:
        for line in section.split("\n\n")[0].splitlines()[2:]:
            listed |= set(re.findall(r"`([a-z_]+)`", line.split("|")[1]))
    assert len(listed) > 40
    assert listed <= known


def test_the_example_runs() -> None:
    example = TEXT.split("```toml")[1].split("```")[0]
    assert Scenario.from_toml(example).duration_s == 300
