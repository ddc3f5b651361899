"""An hour of the watch with every kind of fault in it; `benchmarks/watch_week.py` is the same for a week."""

from __future__ import annotations

import asyncio
import importlib
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"


@pytest.fixture
def watch_week(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("watch_week")


def test_an_hour_of_faults_is_survived_and_replays_to_the_same_lines(watch_week: ModuleType, tmp_path: Path) -> None:
    week = asyncio.run(watch_week.live(3600, tmp_path))
    assert len({fault.kind for fault in week.faults}) >= 15
    assert [leg.whole for leg in week.legs] == [False, True]  # killed once
    assert week.errors == []
    assert watch_week.differences(week) == 0
    assert watch_week.history_differences(week) == (1, 0)  # whoever is killed leaves the chapter to the next one
    assert len(week.slouches_s) == 3
    assert len(week.alerts_s) == 3
    told = " ".join(week.said)
    assert "No space left on device" in told
    assert "The clock went forward by 20 min" in told
    assert "Local time is now UTC+01:00" in told
