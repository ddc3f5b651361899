"""`scan` and `live` as a person types them, over the simulated radio; real time, but not much of it."""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from math import inf
from pathlib import Path
from typing import Any

import pytest

from sensorcoach.cli import finding, main, places
from sensorcoach.cli.commands import doctor, live, scan, wear
from sensorcoach.cli.wanted import Wanted, parse_wanted
from sensorcoach.coach.wearing import PLACES, guide
from sensorcoach.errors import UsageError
from sensorcoach.history import recordings_folder
from sensorcoach.profiles import load_profiles
from sensorcoach.recording.journal_reader import JournalReader
from sensorcoach.runtime.remembered import RememberedDevice, recall
from sensorcoach.samples import Packet
from sensorcoach.transport import ble
from sensorcoach.transport.ble import LinkError, find
from sensorcoach.transport.virtual_device import VirtualDevice
from sensorcoach.transport.virtual_radio import Air

PROFILES = load_profiles()


@pytest.fixture
def air(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Air:
    """The air instead of a radio, and folders of one's own."""
    air = Air([VirtualDevice(PROFILES["polar_h10"], name="Polar H10 12345678")])
    monkeypatch.setattr(live, "Radio", air.radio)
    monkeypatch.setattr(scan, "Radio", air.radio)
    monkeypatch.setattr(doctor, "Radio", air.radio)
    # These tests run in real time: here nobody comes into hearing late.
    monkeypatch.setattr(sys.modules[ble.scan.__module__], "SETTLE_S", 0.05)
    monkeypatch.setattr(sys.modules[ble.scan.__module__], "SURVEY_S", 0.1)
    monkeypatch.setattr(places, "user_data_path", lambda name: tmp_path / "data")
    for module in (finding, scan):
        monkeypatch.setattr(module, "user_config_path", lambda name: tmp_path / "config")
    return air


def live_args(**chosen: object) -> argparse.Namespace:
    device = chosen.pop("device", None)
    devices = [device] if isinstance(device, str) else device
    names = {"profile": None, "record": None, "no_record": False, "wearer": None, "place": False}
    names |= {"pattern": None, "sound": None, "voice": None, "bell": None, "buzz": None}
    return argparse.Namespace(
        **{"seconds": 1.5, "mode": "json", "site": None, "adapter": None, **names, "device": devices, **chosen}
    )


def test_live_prints_events_and_records(air: Air, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert live.run(live_args(device="polar", wearer="Ann / B")) == 0
    out, err = capsys.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    assert lines[-1]["event"] == "link"
    assert lines[-1]["state"] == "ended"
    assert err.splitlines()[:2] == ["Looking for polar …", "Connecting to Polar H10 12345678."]
    (folder,) = recordings_folder().iterdir()
    assert folder.name.startswith("Ann-B_2")
    assert f"Recorded to {folder}." in err
    assert len(list(JournalReader(folder))) > 5
    memory = recall(tmp_path / "data" / "last_device.json")
    assert memory == (RememberedDevice("Polar H10 12345678", "F0:F1:F2:F3:F4:F5", "polar_h10"),)


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
    assert scan.run(argparse.Namespace(seconds=0.5, adapter=None)) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "Polar H10 12345678  near (-60 dBm)  polar_h10  F0:F1:F2:F3:F4:F5  ready",
        "Lamp                near (-60 dBm)  -          F0:00:00:00:00:09  seen but not supported",
    ]
    assert "One more device tells no name" in err


def test_scan_says_why_the_sensor_used_last_is_missing(air: Air, capsys: pytest.CaptureFixture[str]) -> None:
    assert live.run(live_args(device="polar", no_record=True, seconds=0.1)) == 0
    air.devices[0].wrong.out_of_range = True
    capsys.readouterr()
    assert scan.run(argparse.Namespace(seconds=0.2, adapter=None)) == 0
    assert capsys.readouterr().out == (
        "Polar H10 12345678  not heard  polar_h10  F0:F1:F2:F3:F4:F5  "
        "used last; it sleeps, is too far away, or another app or phone holds it\n"
    )


def two(air: Air) -> list[VirtualDevice]:
    air.devices.append(VirtualDevice(PROFILES["polar_h10"], name="Polar H10 99999999", address="F0:00:00:00:00:09"))
    return air.devices


def test_two_sensors_are_shown_recorded_and_remembered(
    air: Air, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    devices = two(air)
    named = ["Polar H10 99999999@lower-back", "Polar H10 12345678"]
    assert live.run(live_args(device=named, record=str(tmp_path / "both"), seconds=2.2)) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["sensor"] for line in lines} == {"chest", "lower-back"}
    assert any(line["event"] == "spine" for line in lines)
    sensors = JournalReader(tmp_path / "both.journal").header.sensors
    assert [(s.name, s.site, s.device_name) for s in sensors] == [
        ("chest", "chest", "Polar H10 12345678"),
        ("lower-back", "lower-back", "Polar H10 99999999"),
    ]
    memory = tmp_path / "data" / "last_device.json"
    assert [(d.name, d.site) for d in recall(memory)] == [(s.device_name, s.site) for s in sensors]

    assert live.run(live_args(no_record=True, seconds=1.2)) == 0  # the second time both come without a word
    out = capsys.readouterr().out
    assert {json.loads(line)["sensor"] for line in out.splitlines()} == {"chest", "lower-back"}

    devices[1].wrong.out_of_range = True
    monkeypatch.setattr(finding, "find", partial(find, timeout_s=0.5))
    assert live.run(live_args(no_record=True, seconds=0.2)) == 0
    assert "Polar H10 99999999 (lower-back) cannot be heard: going on without it." in capsys.readouterr().err
    assert len(recall(memory)) == 2  # not forgotten for being off once


def test_the_place_of_a_sensor_is_remembered(air: Air, tmp_path: Path) -> None:
    assert live.run(live_args(device="polar", site="upper-back", record=str(tmp_path / "a"), seconds=0.1)) == 0
    assert live.run(live_args(record=str(tmp_path / "b"), seconds=0.1)) == 0
    assert live.run(live_args(site="chest", record=str(tmp_path / "c"), seconds=0.1)) == 0
    sites = [JournalReader(tmp_path / f"{name}.journal").header.sensors[0].site for name in "abc"]
    assert sites == ["upper-back", "upper-back", "chest"]


def test_two_names_for_one_sensor_are_refused(air: Air) -> None:
    with pytest.raises(UsageError, match="mean the same sensor"):
        live.run(live_args(device=["polar", "Polar H10 1"], no_record=True))


def test_record_a_real_sensor(air: Air, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "raw"
    assert main(["record", "--device", "polar", "-o", str(out), "--seconds", "1.5"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert f"Recorded to {out}.journal." in said.err
    packets = [item for item in JournalReader(out.with_suffix(".journal")) if isinstance(item, Packet)]
    assert sum(p.channel == "data" for p in packets) >= 6
    assert main(["record", "--device", "polar", "-o", str(out), "--seconds", "1.5"]) == 6  # never over another one
    assert main(["record", "--device", "polar", "--speed", "2", "-o", str(tmp_path / "b")]) == 2


def test_two_virtual_sensors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = str(tmp_path / "demo")
    both = ["--device", "demo@chest", "--device", "demo@lower-back"]
    assert main(["record", *both, "--seconds", "30", "--speed", "max", "--truth", "-o", name]) == 0
    capsys.readouterr()
    outputs = []
    for speed in ("400", "max"):
        assert main(["replay", name, "--mode", "json", "--speed", speed]) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1]
    lines = [json.loads(line) for line in outputs[0].splitlines()]
    rounding = [line["rounding_deg"] for line in lines if line["event"] == "spine"]
    assert len(rounding) >= 28
    assert all(abs(deg) < 6.0 for deg in rounding if deg is not None)
    assert main(["replay", name, "--mode", "plain", "--speed", "max"]) == 0
    told = capsys.readouterr().out
    assert "Breathing" in told
    assert "lower-back: Breathing" not in told


@pytest.mark.parametrize(
    ("devices", "site", "says"),
    [
        (["A@moon"], None, "'moon' in --device A@moon is no place"),
        (["A@lowerback"], None, "Did you mean 'lower-back'"),
        (["A@chest", "B@chest"], None, "cannot both be worn at the chest"),
        (["A", "B", "C", "D"], None, "cannot both be worn"),
        (["A@chest", "B@lower-back"], "chest", "--site does not say which"),
        (["A@chest"], "upper-back", "Leave one of them out"),
        (["demo", "A"], None, "does not mix with real sensors"),
    ],
)
def test_what_cannot_be_worn(devices: list[str], site: Any, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_wanted(devices, site)
    assert says in str(caught.value)


def test_who_is_worn_where() -> None:
    assert parse_wanted([]) == ()
    assert parse_wanted(["A"]) == (Wanted("A"),)
    assert parse_wanted(["A"], "upper-back") == (Wanted("A", "upper-back"),)
    assert parse_wanted(["A", "B"]) == (Wanted("A", "chest"), Wanted("B", "lower-back"))
    assert parse_wanted(["A", "B@chest"]) == (Wanted("B", "chest"), Wanted("A", "lower-back"))


def test_an_empty_room_is_no_error(air: Air, capsys: pytest.CaptureFixture[str]) -> None:
    air.devices.clear()
    assert scan.run(argparse.Namespace(seconds=0.2, adapter=None)) == 0
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


def test_doctor_tries_bluetooth_and_says_what_to_do(air: Air, capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor"])
    assert "ok   Bluetooth: works: it can listen for sensors\n" in capsys.readouterr().out
    air.switch_off()
    assert main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "LOOK Bluetooth: Bluetooth is switched off\n     → Switch it on in the system's settings" in out


@pytest.mark.parametrize(("said", "mark"), [("bluetoothctl: 5.66", "ok  "), ("5.9", "LOOK"), ("", "ok  ")])
def test_doctor_knows_how_old_the_bluetooth_service_may_be(
    said: str, mark: str, air: Air, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tool = tmp_path / "bluetoothctl"
    tool.write_text(f"#!/bin/sh\necho '{said}'\n")
    tool.chmod(0o755)
    monkeypatch.setattr(doctor.platform, "system", lambda: "Linux")
    monkeypatch.setattr(doctor.shutil, "which", lambda name: str(tool))
    main(["doctor"])
    assert f"{mark} Bluetooth service: " in capsys.readouterr().out
