"""The commands look for sensors in real time; in the simulated air there is nothing to wait for."""

from __future__ import annotations

import importlib

import pytest

SCAN = importlib.import_module("sensorcoach.transport.ble.scan")  # the package has a function of this name


@pytest.fixture(autouse=True)
def short_surveys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SCAN, "SURVEY_S", 0.3)
    monkeypatch.setattr(SCAN, "SETTLE_S", 0.1)
