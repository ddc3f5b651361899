"""`calibrate` as a person types it: the virtual wearer at once, and a real link over the simulated radio."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sensorcoach.cli import finding, main, places
from sensorcoach.cli.commands import calibrate
from sensorcoach.profiles import load_profiles
from sensorcoach.runtime.calibrations import CalibrationStore, Fitting
from sensorcoach.transport import ble
from sensorcoach.transport.virtual_device import VirtualDevice
from sensorcoach.transport.virtual_radio import Air


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(places, "user_data_path", lambda name: tmp_path)
    monkeypatch.setattr(finding, "user_config_path", lambda name: tmp_path / "config")
    return tmp_path / "calibrations"


def test_the_virtual_wearer_is_calibrated_and_remembered(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", "--device", "demo", "--speed", "max", "--wearer", "Ann"]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0].startswith("Let us begin.")
    assert [line for line in lines if line in ("One.", "Two.", "Three.")] == ["One.", "Two.", "Three."]
    assert lines[-1].startswith("Your upright pose is known, held still within 0.")
    assert "\a" not in out  # no beeps into a file
    found = CalibrationStore(folder).load(Fitting("Ann", "sensorcoach virtual", "chest"))
    assert found is not None
    assert found.threshold_deg == pytest.approx(10.0, abs=1.0)
    assert err.startswith(f"Kept in {folder}")


def test_as_json_lines_and_without_the_slouch(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--no-slouch", "--mode", "json", "--mounting", "strap"]
    assert main(["calibrate", "--device", "demo", "--speed", "max", *options]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["event"] for line in lines} == {"cue_spoken", "calibration_step", "calibration_done"}
    assert lines[-1]["threshold_deg"] is None
    found = CalibrationStore(folder).load(Fitting("me", "sensorcoach virtual", "strap"))
    assert found is not None
    assert found.threshold_deg is None


def test_a_wearer_who_does_not_bow_is_told_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", "--device", "demo", "--speed", "max", "--scenario", "lying"]) == 1
    out, err = capsys.readouterr()
    assert out.count("That did not work.") == 3
    assert err.startswith("sensorcoach calibrate: No calibration: ")
    assert not folder.exists()


def test_a_scenario_that_ends_too_soon(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "short.toml").write_text("duration_s = 12\n")
    scenario = str(tmp_path / "short.toml")
    assert main(["calibrate", "--device", "demo", "--speed", "max", "--scenario", scenario]) == 1
    assert "was not finished" in capsys.readouterr().err


def test_a_real_sensor_is_guided_over_its_link(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The link, the sentences and the end; the wait itself is cut short."""
    air = Air([VirtualDevice(load_profiles()["polar_h10"], name="Polar H10 12345678")])
    monkeypatch.setattr(ble, "Radio", air.radio)
    monkeypatch.setattr(calibrate, "LONGEST_S", 1.0)
    assert main(["calibrate", "--device", "polar"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("Let us begin.")
    assert "Connecting to Polar H10 12345678." in err
    assert "was not finished" in err
