"""`sensorcoach session` as a person types it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from sensorcoach.cli import dashboard, finding, main, places
from sensorcoach.cli.commands import session
from sensorcoach.coach.session import plan, timetable
from sensorcoach.errors import OutputError
from sensorcoach.history import recordings_folder
from sensorcoach.profiles import load_profiles
from sensorcoach.recording.maintenance import check
from sensorcoach.runtime.headless import Sink
from sensorcoach.runtime.recorder import ThreadRecorder
from sensorcoach.runtime.sessions import SessionRun
from sensorcoach.samples import NS
from sensorcoach.transport.virtual_device import VirtualDevice
from sensorcoach.transport.virtual_radio import Air
from sensorcoach.tui.launcher import Opened


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def test_the_list_has_one_name_a_line_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["session", "--list"]) == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert {"gentle-beginner", "desk-break", "breathing-only", "full", "cat-cow"} <= set(names)
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in names)
    assert len(set(names)) == len(names)


def test_json_lines_end_with_the_summary(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["session", "desk-break", "--device", "demo", "--mode", "json", "--speed", "max"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all({"event", "t_s", "sensor"} <= line.keys() for line in lines)
    assert [k for k, line in enumerate(lines) if line["event"] == "session_summary"] == [len(lines) - 1]
    end = lines[-1]
    assert end["done"] == 1.0
    assert end["keep"]
    assert end["to_try"]
    assert all(score["meaning"] for score in end["scores"])
    assert not any(line["event"] == "pose" for line in lines)


def test_a_paced_session_can_be_followed_from_its_text_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """Every breath of the pacer, every repetition and its verdict, and what to do next stand in the plain lines."""
    assert main(["session", "desk-break", "--mode", "plain", "--speed", "max"]) == 0
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert all(re.match(r"\d\d:\d\d  \S", line) for line in lines)
    assert out.count("Breathe in") == 6
    assert out.count("Breathe out") == 6
    assert [f"{n}. " in out for n in (1, 2, 3)] == [True] * 3
    assert "wellness aid, not a medical device" in out
    assert "Keep:" in lines[-1]
    assert "Try:" in lines[-1]


def test_the_recording_of_a_session_replays_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = str(tmp_path / "mine")
    assert main(["session", "desk-break", "--mode", "json", "--speed", "max", "--record", name]) == 0
    live = capsys.readouterr().out.splitlines()
    assert main(["replay", name + ".journal", "--mode", "json", "--speed", "max"]) == 0
    assert capsys.readouterr().out.splitlines()[: len(live)] == live


def test_wearers_and_sites(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["session", "desk-break", "--speed", "max", "--wearer", "stopper", "--mode", "json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["ended"] == "stopped"
    assert main(["session", "gentle-beginner", "--speed", "max", "--site", "upper-back", "--mode", "plain"]) == 0
    assert "takes its place" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["session"], "Which session"),
        (["session", "gentle"], "gentle-beginner"),
        (["session", "desk-break", "--wearer", "nobody"], "good"),
        (["session", "desk-break", "--variant", "seated"], "no variant"),
        (["session", "gentle-beginner", "--variant", "seatd"], "seated"),
    ],
)
def test_mistakes_are_one_clear_sentence(argv: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    shown = capsys.readouterr()
    assert words in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""


def test_another_variant_and_another_dose(capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["session", "cat-cow", "--variant", "seated", "--dose", "less", "--speed", "max", "--mode", "json"]
    assert main(argv) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    said = " ".join(line["text"] for line in lines if line["event"] == "cue_spoken")
    assert "A little less of everything, as you asked." in said
    assert "on the knees" in said
    (exercise,) = lines[-1]["exercises"]
    assert (exercise["title"], exercise["dose"]) == ("Cat and cow, seated", "4 breaths at 14°")
    assert lines[-1]["next_time"] == ""  # nobody's practice


def test_another_pattern_and_holds_only_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["session", "breathing-only", "--pattern", "box", "--speed", "max"]) == 2
    assert "only on request" in capsys.readouterr().err
    assert main(["session", "breathing-only", "--pattern", "box", "--with-holds", "--speed", "max"]) == 0
    out = capsys.readouterr().out
    assert "Stop when dizzy" in out
    assert out.index("Stop when dizzy") < out.index("Breathe in, 4.") < out.index("Hold, 4.") < out.index("Rest, 4.")


def test_who_interrupts_still_gets_the_summary(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(run: SessionRun, sink: Sink, **_: object) -> None:
        sink(run.advance(60 * NS))
        raise KeyboardInterrupt

    monkeypatch.setattr(session, "play", interrupted)
    assert main(["session", "desk-break", "--mode", "json"]) == 0
    end = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (end["event"], end["ended"]) == ("session_summary", "cut")


def test_exercises_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "config" / "sensorcoach" / "exercises"
    folder.mkdir(parents=True)
    mine = 'name = "sigh"\ntitle = "Sigh"\nabout = "One minute."\nsafety = "Softly."\n'
    mine += '[[step]]\nkind = "breathe"\nseconds = 30\npattern = "my-own"\n'
    (folder / "sigh.toml").write_text(mine, encoding="utf-8")
    assert main(["session", "--list"]) == 3
    assert "sigh.toml" in capsys.readouterr().err
    pattern = '[[pattern]]\nname = "my-own"\nparts_s = [3, 0, 6, 0]\n'
    (folder.parent / "patterns.toml").write_text(pattern, encoding="utf-8")
    assert main(["session", "sigh", "--mode", "plain", "--speed", "max"]) == 0
    assert "Breathe out, 6." in capsys.readouterr().out


@pytest.fixture
def blink(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session of two sentences, and a strap in the simulated air."""
    folder = tmp_path / "config" / "sensorcoach" / "exercises"
    folder.mkdir(parents=True)
    (folder / "blink.toml").write_text(
        'name = "blink"\ntitle = "Blink"\nabout = "Blink."\nsafety = "Softly."\n'
        "[limits]\nseconds = [1, 9]\n[grow]\nseconds = { by = 1, to = 5 }\n"
        '[[step]]\nkind = "move"\nseconds = 1\nsay = "Blink."\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(timetable, "speech_s", lambda text: 0.05)
    monkeypatch.setattr(plan, "ASK_S", 0.2)
    monkeypatch.setattr(plan, "LAST_ASK_S", 0.2)
    air = Air([VirtualDevice(load_profiles()["polar_h10"], name="Polar H10 12345678")])
    monkeypatch.setattr(finding, "Radio", air.radio)
    monkeypatch.setattr(places, "user_data_path", lambda name: tmp_path / "data")


def test_a_session_with_a_real_sensor_is_led_recorded_and_counts(
    blink: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """Over the simulated radio, in real time."""
    record = str(recordings_folder() / "mine")
    assert main(["session", "blink", "--device", "polar", "--mode", "json", "--record", record]) == 0
    out, err = capsys.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    assert lines[-1]["event"] == "session_summary"
    assert lines[-1]["ended"] == "done"
    assert lines[-1]["next_time"] == "The same again."
    assert "Recorded to" in err
    assert main(["replay", record + ".journal", "--mode", "json", "--speed", "max"]) == 0
    replayed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [r for r in replayed if r["event"] == "session_summary"] == [lines[-1]]
    assert main(["history", "sessions"]) == 0
    assert "Blink, 1 s" in capsys.readouterr().out


def test_the_sensor_used_last_is_taken_unless_something_of_the_virtual_wearer_is_asked_for(
    blink: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["session", "blink", "--mode", "plain", "--no-record"]) == 0
    assert "This is a rehearsal" in capsys.readouterr().err  # nothing was ever connected
    assert main(["session", "blink", "--device", "polar", "--mode", "silent", "--no-record"]) == 0
    capsys.readouterr()
    assert main(["session", "blink", "--mode", "plain", "--no-record"]) == 0
    assert "Found Polar H10 12345678" in capsys.readouterr().err
    assert main(["session", "blink", "--mode", "plain", "--no-record", "--speed", "max"]) == 0
    assert "This is a rehearsal" in capsys.readouterr().err


def test_a_session_with_a_real_sensor_is_steered_by_typing(
    blink: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, theirs = os.pipe()
    os.write(theirs, b"nonsense\nq\n")
    monkeypatch.setattr(session, "terminal", lambda: ours)
    assert main(["session", "blink", "--device", "polar", "--mode", "plain", "--no-record"]) == 0
    os.close(theirs)
    out, err = capsys.readouterr()
    assert "'nonsense' is not understood" in err
    assert "0 % done" in out.splitlines()[-1]


def test_a_rehearsal_on_the_dashboard_leaves_the_disk_to_a_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    recorders: list[object] = []

    def show(opened: Opened, launch: object) -> int:
        recorder = opened.feed._run._recorder  # type: ignore[attr-defined]
        recorders.append(recorder)
        recorder._problems.put(OutputError("The disk is full.", "Free some space."))
        return 0

    monkeypatch.setattr(dashboard, "run", show)
    assert main(["session", "desk-break", "--mode", "tui", "--record", str(tmp_path / "a")]) == 0
    assert [type(recorder) for recorder in recorders] == [ThreadRecorder]
    assert "The disk is full." in capsys.readouterr().err
    assert check(tmp_path / "a.journal").closed
