"""Every shipped profile decodes its own test vectors, and a wrong expectation is noticed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from sensorcoach.profiles import load_profiles, profile_from_dict
from sensorcoach.protocol import check_vectors

PROFILES = load_profiles()
GUIDE = Path(__file__).parents[2] / "docs" / "adding-a-device.md"


@pytest.mark.parametrize("name", PROFILES)
def test_vectors_decode(name: str) -> None:
    assert check_vectors(PROFILES[name]) == []


@pytest.mark.parametrize(
    ("vector", "change", "says"),
    [
        (0, {"count": 3}, "samples that came out: 2; 3 expected"),
        (0, {"ticks": [10001]}, "device time"),
        (0, {"rows": [{"at": 1, "acc_g": [0.5, 0, 0.1]}]}, "acceleration of sample 1"),
        (0, {"rows": [{"at": 1, "gyr_dps": [0, 501, 0]}]}, "angular rate of sample 1"),
        (0, {"rows": [{"at": 2, "acc_g": [0, 0, 0]}]}, "is missing"),
        (1, {"malformed": 0}, "malformed packets: 1; 0 expected"),
        (2, {"battery_percent": 50}, "battery"),
    ],
)
def test_wrong_expectation_is_noticed(vector: int, change: dict[str, Any], says: str) -> None:
    tables = PROFILES["virtual"].to_dict()
    tables["vectors"][vector] |= change
    problems = check_vectors(profile_from_dict(tables, "spoilt"))
    assert len(problems) == 1
    assert says in problems[0]


def test_the_smallest_profile_of_the_guide_works() -> None:
    example = re.search(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    assert check_vectors(profile_from_dict(tomllib.loads(example[1]), "the guide")) == []
