"""The commands as a person types them, in process, on recordings made on the spot."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sensorcoach.cli import main
from sensorcoach.cli.parser import build_parser
from sensorcoach.runtime.calibrations import CalibrationStore, Fitting, StoredCalibration


def columns(text: str) -> np.ndarray:
    """A table with leading remarks, its columns by name."""
    lines = [line for line in text.splitlines() if not line.startswith("# ")]
    return np.genfromtxt(lines, delimiter=",", names=True, dtype=None, encoding="utf-8")


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("journals") / "made"
    assert main(["record", "--speed", "max", "--seconds", "95", "--truth", "-o", str(folder)]) == 0
    return folder.with_suffix(".journal")


def test_demo_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """One simulated minute of sentences, with a breath among them, and a good exit code."""
    assert main(["demo"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any("Breathing 1" in line and line < "00:15" for line in lines)
    assert any("leaned" in line for line in lines)
    assert lines[-1].startswith("01:00")


def test_replay_says_the_same_at_every_speed(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = []
    for speed in ("500", "max"):
        assert main(["replay", str(journal), "--mode", "json", "--speed", speed]) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1]
    lines = [json.loads(line) for line in outputs[0].splitlines()]
    assert all({"event", "t_s", "sensor"} <= line.keys() for line in lines)
    seconds = [line["t_s"] for line in lines if line["event"] == "second"]
    assert seconds == [float(k) for k in range(1, len(seconds) + 1)]
    assert len(seconds) >= 94


def test_replay_from_somewhere_says_the_rest_of_the_same(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for form in ("plain", "json"):
        assert main(["replay", str(journal), "--mode", form]) == 0
        whole = capsys.readouterr().out.splitlines()
        assert main(["replay", str(journal), "--mode", form, "--from", "60"]) == 0
        rest = capsys.readouterr().out.splitlines()
        assert rest == whole[-len(rest) :]
        assert 0 < len(rest) < len(whole)
    assert main(["replay", str(journal), "--from", "3000"]) == 2
    assert "beyond the end" in capsys.readouterr().err


def test_demo_and_its_recording_say_the_same(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--seconds", "90", "--speed", "max", "--mode", "json"]) == 0
    live = capsys.readouterr().out.splitlines()
    assert main(["replay", str(journal), "--mode", "json", "--speed", "max"]) == 0
    replayed = capsys.readouterr().out.splitlines()
    assert live[:-1] == replayed[: len(live) - 1]  # the last line says where it was ended


def test_analyze_agrees_with_replay(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", str(journal), "--format", "jsonl"]) == 0
    table = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert main(["replay", str(journal), "--mode", "json", "--speed", "max"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"second"' in line]
    assert len(table) == len(rows)
    for a, b in zip(table, rows, strict=True):
        assert a["t_s"] == b["t_s"]
        for key in ("breath_rate_brpm", "flexion_deg", "breath_quality"):
            assert (a[key] is None) == (b[key] is None)
            assert a[key] is None or abs(a[key] - b[key]) < 0.006


def test_analyze_counts_angles_from_a_pose_that_calibrate_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    still = tmp_path / "still.csv"
    still.write_text("\n".join(["t,ax,ay,az", *(f"{k / 25},0,9.81,0" for k in range(500))]), encoding="utf-8")
    tilt = np.radians(20)
    up, forward = (0.0, float(np.cos(tilt)), float(np.sin(tilt))), (0.0, -float(np.sin(tilt)), float(np.cos(tilt)))
    fitting = Fitting("me", "x", "chest")
    kept = CalibrationStore(tmp_path).save(StoredCalibration(fitting, up, forward, 9.0, 0))
    assert main(["analyze", str(still), "--calibration", str(kept)]) == 0
    told = capsys.readouterr()
    assert "# neutral_up: 0.0000 0.9397 0.3420" in told.out
    assert columns(told.out)["flexion_deg"][-1] == pytest.approx(20, abs=0.1)
    assert "angles" not in told.err
    CalibrationStore(tmp_path).make_void(fitting, "sensor_moved")
    assert main(["analyze", str(still), "--calibration", str(kept)]) == 0
    assert "moved on the body" in capsys.readouterr().err
    assert main(["analyze", str(still), "--calibration", str(tmp_path / "none.json")]) == 3
    assert "There is no calibration" in capsys.readouterr().err


def test_analyze_says_why_there_are_no_angles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{k / 25},0,0,9.81" for k in range(500)]  # face up: whoever wears this lies on the back
    (tmp_path / "flat.csv").write_text("\n".join(["t,ax,ay,az", *rows]), encoding="utf-8")
    assert main(["analyze", str(tmp_path / "flat.csv")]) == 0
    told = capsys.readouterr()
    assert "# neutral_pose: none found (no upright stillness" in told.out
    assert "--calibration" in told.err


@pytest.mark.parametrize("table", ["seconds", "breaths", "events", "samples"])
def test_every_table_as_csv(table: str, journal: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert main(["analyze", str(journal), "--table", table, "-o", str(out)]) == 0
    lines = out.read_text(encoding="utf-8").splitlines()
    meta = [line for line in lines if line.startswith("# ")]
    assert any(line.startswith("# neutral_pose: given") for line in meta)
    assert lines[len(meta)].startswith("t_")
    assert len(lines) > len(meta) + 10
    assert out.stat().st_mode & 0o777 == 0o600


def test_truth_lies_beside_the_segments(journal: Path) -> None:
    lines = (journal / "truth_breaths.csv").read_text(encoding="utf-8").splitlines()
    assert sum(not line.startswith("#") for line in lines) > 20


def test_what_the_demo_shows_is_right(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rate and lean against the simulator's truth: the whole way from physics through packets to rows."""
    assert main(["analyze", str(journal)]) == 0
    ours = columns(capsys.readouterr().out)
    truth = columns((journal / "truth_seconds.csv").read_text(encoding="utf-8"))[: len(ours)]
    shown = np.isfinite(ours["breath_rate_brpm"])
    assert shown.mean() > 0.6
    assert np.abs(ours["breath_rate_brpm"] - truth["breath_rate_brpm"])[shown].max() < 2.5
    known = np.isfinite(ours["flexion_deg"])
    assert known.mean() > 0.9
    assert np.sqrt(np.mean((ours["flexion_deg"] - truth["flexion_deg"])[known] ** 2)) < 1.5


def test_devices_lists_and_checks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["devices"]) == 0
    out = capsys.readouterr().out
    assert "Polar H10" in out
    assert main(["devices", "check"]) == 2
    assert main(["devices", "check", "/no/such.toml"]) == 4


def test_help_of_everything(capsys: pytest.CaptureFixture[str]) -> None:
    for argv in ([], ["demo"], ["replay"], ["record"], ["analyze"], ["devices"], ["recordings"], ["doctor"]):
        with pytest.raises(SystemExit) as stop:
            build_parser().parse_args([*argv, "--help"])
        assert stop.value.code == 0
        assert "usage: sensorcoach" in capsys.readouterr().out
    assert main([]) == 0
    assert "demo" in capsys.readouterr().out


def test_doctor_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["doctor"])
    out = capsys.readouterr().out
    assert code == int("LOOK" in out)
    assert out.count("LOOK") == out.count("→")
    assert "Python" in out
