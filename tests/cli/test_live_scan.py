"""`scan` and `live` as a person types them, over the simulated radio; real time, but not much of it."""

from __future__ import annotations

import argparse
import json
from math import inf
from pathlib import Path

import pytest

from sensorcoach.cli import main
from sensorcoach.cli.commands import live, scan, wear
from sensorcoach.coach.wearing import PLACES, guide
from sensorcoach.profiles import load_profiles
from sensorcoach.recording.journal_reader import JournalReader
from sensorcoach.runtime.remembered import RememberedDevice, recall
from sensorcoach.transport import ble
from sensorcoach.transport.ble import LinkError
from sensorcoach.transport.virtual_device import VirtualDevice
from sensorcoach.transport.virtual_radio import Air

PROFILES = load_profiles()


@pytest.fixture
def air(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Air:
    """The air instead of a radio, and folders of one's own."""
    air = Air([VirtualDevice(PROFILES["polar_h10"], name="Polar H10 12345678")])
    monkeypatch.setattr(live, "Radio", air.radio)
    monkeypatch.setattr(scan, "Radio", air.radio)
    for module in (live, scan):
        monkeypatch.setattr(module, "user_data_path", lambda name: tmp_path / "data")
        monkeypatch.setattr(module, "user_config_path", lambda name: tmp_path / "config")
    return air


def live_args(**chosen: object) -> argparse.Namespace:
    names = {"device": None, "profile": None, "record": None, "no_record": False, "wearer": None, "place": False}
    return argparse.Namespace(**{"seconds": 1.5, "mode": "json", **names, **chosen})


def test_live_prints_events_and_records(air: Air, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert live.run(live_args(device="polar", wearer="Ann / B")) == 0
    out, err = capsys.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    assert lines[-1]["event"] == "link"
    assert lines[-1]["state"] == "ended"
    assert err.splitlines()[:2] == ["Looking for polar …", "Connecting to Polar H10 12345678."]
    (folder,) = (tmp_path / "data" / "recordings").iterdir()
    assert folder.name.startswith("Ann-B_2")
    assert f"Recorded to {folder}." in err
    assert len(list(JournalReader(folder))) > 5
    memory = recall(tmp_path / "data" / "last_device.json")
    assert memory == RememberedDevice("Polar H10 12345678", "F0:F1:F2:F3:F4:F5", "polar_h10")


def test_the_second_time_needs_no_choice(air: Air, capsys: pytest.CaptureFixture[str]) -> None:
    assert live.run(live_args(device="Polar H10 12345678", no_record=True, seconds=0.1)) == 0
    air.devices.append(VirtualDevice(PROFILES["polar_h10"], name="Polar H10 99999999", address="F0:00:00:00:00:09"))
    capsys.readouterr()
    assert live.run(live_args(no_record=True, seconds=0.1)) == 0
    assert capsys.readouterr().err.splitlines()[0] == "Looking for Polar H10 12345678 …"


def test_a_refusal_is_an_error_of_the_device(air: Air) -> None:
    air.devices[0].wrong.refuse_status = 8
    with pytest.raises(LinkError, match="a rate it does not have") as caught:
        live.run(live_args(device="Polar H10 12345678", no_record=True))
    assert caught.value.exit_code == 5


def test_live_demo_is_the_virtual_wearer(air: Air, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert live.run(live_args(device="demo", record=str(tmp_path / "mine"), seconds=1.2)) == 0
    out = capsys.readouterr().out
    assert [json.loads(line)["event"] for line in out.splitlines()].count("second") == 1
    assert len(list(JournalReader(tmp_path / "mine.journal"))) > 5


def test_scan_lists_who_is_near(air: Air, capsys: pytest.CaptureFixture[str]) -> None:
    air.devices.append(VirtualDevice(PROFILES["virtual"], name="Lamp", address="F0:00:00:00:00:09"))
    air.devices.append(VirtualDevice(PROFILES["virtual"], name=" ", address="F0:00:00:00:00:0A"))
    air.devices[-1].name = ""
    assert scan.run(argparse.Namespace(seconds=0.5)) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "Polar H10 12345678  near (-60 dBm)  polar_h10  F0:F1:F2:F3:F4:F5  ready",
        "Lamp                near (-60 dBm)  -          F0:00:00:00:00:09  seen but not supported",
    ]
    assert "1 more devices tell no name" in err


def test_an_empty_room_is_no_error(air: Air, capsys: pytest.CaptureFixture[str]) -> None:
    air.devices.clear()
    assert scan.run(argparse.Namespace(seconds=0.2)) == 0
    assert "No sensor that sensorcoach knows is near" in capsys.readouterr().err


def test_place_tells_what_is_seen(
    air: Air, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ble, "Radio", air.radio)
    monkeypatch.setattr(wear, "LONGEST_LIVE_S", 1)
    assert live.run(live_args(device="polar", place=True)) == 1  # a virtual sensor on a table, heard too shortly
    out, err = capsys.readouterr()
    assert json.loads(out)["event"] == "placement"
    assert json.loads(out)["breathing"] == ""
    assert "Sit upright and still" in err


def test_place_of_the_virtual_wearer(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    real = wear.play
    monkeypatch.setattr(wear, "play", lambda run, sink, *, speed, end_ns: real(run, sink, speed=inf, end_ns=end_ns))
    assert live.run(live_args(device="demo", place=True, mode="plain")) == 0
    assert capsys.readouterr().out == "Your breathing is seen well from here. Your posture is seen well.\n"


def test_where_to_wear_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["devices", "wear"]) == 0
    everything = capsys.readouterr().out
    assert all(guide(place) in everything for place in PLACES)
    assert main(["devices", "wear", "upper-back"]) == 0
    assert capsys.readouterr().out == guide("upper-back") + "\n"
    assert main(["devices", "wear", "desk"]) == 0
    assert "seen well" in capsys.readouterr().out
    assert main(["devices", "wear", "no-such-place"]) == 3
    assert "Places: chest, upper-back, lower-back." in capsys.readouterr().err
