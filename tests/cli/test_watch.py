"""`watch` as it is typed: the virtual wearer flat out, a strap over the simulated radio, a process to signal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sensorcoach.cli import main
from sensorcoach.cli.commands import live
from sensorcoach.profiles import load_profiles
from sensorcoach.recording.journal_reader import JournalReader
from sensorcoach.recording.maintenance import check
from sensorcoach.transport.virtual_device import VirtualDevice
from sensorcoach.transport.virtual_radio import Air

DEMO = ["watch", "--device", "demo", "--speed", "max"]


def recordings(home: Path) -> list[Path]:
    return sorted((home / "data" / "sensorcoach" / "recordings").glob("*.journal"))


def test_training_alerts_and_the_recording_replays_to_the_same_lines(
    own_folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*DEMO, "--training", "--mode", "json", "--seconds", "120"]) == 0
    out, err = capsys.readouterr()
    events = [json.loads(line) for line in out.splitlines()]
    assert [e["t_s"] for e in events if e["event"] == "alert"] == [57.0]
    (journal,) = recordings(own_folders)
    assert f"Recording to {journal}." in err
    assert "everything is saved" in err
    assert main(["replay", str(journal), "--mode", "json", "--speed", "max"]) == 0
    assert capsys.readouterr().out == out


def test_the_first_week_only_tracks(own_folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*DEMO, "--mode", "json", "--seconds", "120", "--no-record"]) == 0
    out, err = capsys.readouterr()
    assert '"alert"' not in out
    assert "The first week only tracks" in err
    assert recordings(own_folders) == []
    memory = own_folders / "state" / "sensorcoach" / "watch-demo.json"
    assert json.loads(memory.read_text())["first_day"] == "2026-01-01"
    memory.write_text(memory.read_text().replace("2026-01-01", "2025-12-20", 1))
    assert main([*DEMO, "--mode", "json", "--seconds", "700", "--no-record"]) == 0
    out, err = capsys.readouterr()
    assert "The first week" not in err
    assert '"slouch_started"' not in out  # a minute of slouching is an all-day slouch, and the demo has none


def test_alerts_are_counted_over_restarts(own_folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for _ in range(3):
        assert main([*DEMO, "--training", "--mode", "json", "--seconds", "120", "--quota", "2", "--no-record"]) == 0
        told.append(capsys.readouterr().out.count('"event": "alert"'))
    assert told == [1, 1, 0]


def test_a_recordings_folder_that_cannot_be_made_does_not_stop_it(
    own_folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own_folders / "data").write_text("")
    assert main([*DEMO, "--training", "--mode", "json", "--seconds", "120"]) == 0
    out, err = capsys.readouterr()
    assert out.count('"event": "alert"') == 1
    assert err.count("Watching goes on without recording.") == 1


def test_old_recordings_go_by_the_computers_clock_and_one_that_cannot_go_stops_nothing(
    own_folders: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    short = [*DEMO, "--mode", "silent", "--seconds", "5", "--keep", "1"]
    assert main(short) == 0
    (old,) = recordings(own_folders)
    for file in old.iterdir():
        os.utime(file, (1, 1))
    old = old.rename(old.with_name("old.journal"))
    capsys.readouterr()

    def stuck(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", stuck)
        assert main(short) == 0
    err = capsys.readouterr().err
    assert f"{old} cannot be removed: Permission denied." in err
    assert "without recording" not in err
    new, _ = recordings(own_folders)
    assert (check(new).closed, check(new).problems) == (True, ())
    new = new.rename(new.with_name("new.journal"))

    assert main(short) == 0
    assert "Removed the old recording old.journal." in capsys.readouterr().err
    assert new in recordings(own_folders)  # written today, though the virtual wearer lives on another day


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["watch", "--training", "--tracking"], "exclude each other"),
        (["watch", "--speed", "max"], "for the virtual wearer"),
        ([*DEMO, "--quiet", "late"], "--quiet: alerts.quiet is 'late'; hours such as 22:00-07:00"),
        ([*DEMO, "--quota", "-3"], "--quota: alerts.quota is '-3'; a whole number"),
        ([*DEMO, "--alerts", "weather"], "--alerts: alerts.about is 'weather'; some of slouch"),
        (["watch", "status"], "No watch is running"),
        (["watch", "snooze", "soon"], "no number of minutes"),
        (["watch", "stop", "now"], "takes nothing more"),
        (["watch", "--install", "--device", "demo"], "needs no service"),
    ],
)
def test_what_cannot_be_is_one_clear_sentence(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) != 0
    out, err = capsys.readouterr()
    assert words in err
    assert (out, err.count("\n")) == ("", 1)


def test_uninstalling_what_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", "--uninstall"]) == 0
    assert capsys.readouterr().err == "There was no service to remove.\n"


def test_a_strap_is_asked_for_50_hz_and_8_g(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    air = Air([VirtualDevice(load_profiles()["polar_h10"], name="Polar H10 12345678")])
    monkeypatch.setattr(live, "Radio", air.radio)
    monkeypatch.setattr("sensorcoach.transport.ble.Radio", air.radio)
    assert main(["watch", "--device", "Polar", "--mode", "json", "--seconds", "2.5", "--training"]) == 0
    (journal,) = recordings(own_folders)
    (sensor,) = JournalReader(journal).header.sensors
    assert sensor.params == {"rate_hz": 50, "range_g": 8}
    assert check(journal).problems == ()
    assert "Polar H10 12345678 is sending." in capsys.readouterr().err
    assert not air.devices[0].connected


class Running:
    """A watch in a process of its own, in real time."""

    def __init__(self, home: Path) -> None:
        self.home = home
        command = [sys.executable, "-m", "sensorcoach", "watch", "--device", "demo", "--mode", "json"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.first = self.process.stdout.readline()

    def end(self, number: int) -> tuple[int, str]:
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=20)
        return self.process.returncode, err


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_however_it_is_ended_everything_is_saved(
    own_folders: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    running = Running(own_folders)
    code, err = running.end(getattr(signal, name))
    assert code == 0, err
    assert "Traceback" not in err
    (journal,) = recordings(own_folders)
    report = check(journal)
    assert (report.problems, report.closed) == ((), True)
    assert not list((own_folders / "state" / "sensorcoach").glob("*.sock"))
    if name == "SIGHUP":
        assert main([*DEMO, "--seconds", "5", "--mode", "silent"]) == 0
        assert "The last watch ended with its terminal" in capsys.readouterr().err


def test_a_word_with_a_running_watch(own_folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    running = Running(own_folders)
    try:
        assert main([*DEMO, "--seconds", "1"]) == 5
        assert f"Process {running.process.pid} is already watching demo" in capsys.readouterr().err
        assert main(["watch", "snooze", "30"]) == 0
        assert main(["watch", "meeting"]) == 0
        assert main(["watch", "stand"]) == 0
        assert main(["watch", "mark", "tea"]) == 0
        assert capsys.readouterr().out.splitlines() == [
            "No alerts about posture for 30 minutes.",
            "No alerts of any kind for 60 minutes.",
            "You stand: from 12° forward for 60 s it is a slouch, until tomorrow or the next word.",
            "Marked.",
        ]
        assert main(["watch", "status", "--mode", "json"]) == 0
        summary = json.loads(capsys.readouterr().out)
        assert (summary["pid"], summary["mode"], summary["link"]) == (running.process.pid, "tracking", "streaming")
        assert main(["watch", "status"]) == 0
        assert "Recording to" in capsys.readouterr().out
        socket = own_folders / "state" / "sensorcoach" / "watch-demo.sock"
        assert socket.stat().st_mode & 0o777 == 0o600
        assert main(["history"]) == 0
        assert "Reading" not in capsys.readouterr().err  # the watch keeps its day up by itself
    finally:
        assert main(["watch", "stop"]) == 0
        running.process.communicate(timeout=20)
    (journal,) = recordings(own_folders)
    assert JournalReader(journal).header.wearer == "demo"
    assert main(["history", "update"]) == 0
    assert capsys.readouterr().err == "No new recordings.\n"
    kinds = [item.kind for item in JournalReader(journal) if hasattr(item, "kind")]
    assert kinds[-4:] == ["snooze", "mute", "set_slouch", "mark"]


def test_of_several_watches_none_is_guessed(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = own_folders / "state" / "sensorcoach"
    folder.mkdir(parents=True)
    for name in ("Ann", "demo", "killed"):
        (folder / f"watch-{name}.sock").touch()
    monkeypatch.setattr("sensorcoach.cli.commands.watch._answers", lambda path: "killed" not in path.name)
    assert main(["watch", "stop"]) == 2
    assert "Several watches are running: Ann, demo. Say whose is meant: --wearer NAME" in capsys.readouterr().err


def test_a_killed_watch_is_no_obstacle_for_the_next(own_folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    running = Running(own_folders)
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.communicate(timeout=20)
    assert main([*DEMO, "--seconds", "5", "--mode", "silent"]) == 0
    assert len(recordings(own_folders)) == 2
    assert main(["recordings", "repair"]) == 0
    assert main(["recordings", "check"]) == 0
    assert capsys.readouterr().out.count("sound;") == 2
