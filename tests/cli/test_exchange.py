"""`import`, `export` and `data` as a person types them; foreign files straight into `analyze`."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from sensorcoach.cli import main
from sensorcoach.recording import ArrayRecording, load_source

from ..packages import needs
from ..recording.foreign import movement, phyphox, sensor_logger, write


@pytest.fixture
def phone(tmp_path: Path) -> Path:
    """A folder as Sensor Logger leaves it."""
    t, acc, gyr = movement(30.0)
    write(tmp_path / "TotalAcceleration.csv", sensor_logger(t, acc))
    write(tmp_path / "Gyroscope.csv", sensor_logger(t, gyr))
    write(tmp_path / "Accelerometer.csv", sensor_logger(t, acc - acc.mean(axis=0)))
    return tmp_path


def test_import_gives_a_file_that_is_analysed_alike(phone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = phone / "mine.csv.gz"
    assert main(["import", str(phone / "TotalAcceleration.csv"), "-o", str(out), "--sensor", "upper-back"]) == 0
    said = capsys.readouterr().err
    assert "angular rates are taken from Gyroscope.csv" in said
    assert "1500 samples at 50 Hz, with gyroscope" in said
    assert out.stat().st_mode & 0o777 == 0o600
    tables = []
    for path in (out, phone / "TotalAcceleration.csv"):
        assert main(["analyze", str(path)]) == 0
        lines = capsys.readouterr().out.splitlines()
        tables.append([line.rpartition(",") for line in lines if not line.startswith("#")])
    assert [row[0].split(",")[:4] for row in tables[0]] == [row[0].split(",")[:4] for row in tables[1]]
    assert {row[2] for row in tables[0][1:]} == {"upper-back"}
    assert {row[2] for row in tables[1][1:]} == {"chest"}


@pytest.mark.parametrize(("unit", "factor"), [("g", 9.80665), ("mg", 0.00980665)])
def test_import_takes_other_units_when_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], unit: str, factor: float
) -> None:
    t, acc, gyr = movement()
    data = np.column_stack([t, acc / factor, np.degrees(gyr)])
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    np.savetxt(path, data, "%.6f", ",", header="t,ax,ay,az,gx,gy,gz", comments="")
    assert main(["import", str(path), "-o", str(out)]) == 3
    said = capsys.readouterr().err
    assert f"look like {unit}; multiply by {factor}." in said
    assert f"--acc-unit {unit}" in said
    assert main(["import", str(path), "-o", str(out), "--acc-unit", unit, "--gyro-unit", "deg/s"]) == 0
    assert "with gyroscope" in capsys.readouterr().err
    found = load_source(out)
    assert isinstance(found, ArrayRecording)
    assert np.allclose(found.acc_ms2, acc, atol=0.02 * factor / 9.8 + 1e-4)
    assert found.gyr_rads is not None
    assert np.allclose(found.gyr_rads, gyr, atol=1e-6)


def test_import_says_when_it_was_told_the_wrong_unit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    t, acc, gyr = movement()
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    np.savetxt(path, np.column_stack([t, acc, gyr]), "%.6f", ",", header="t,ax,ay,az,gx,gy,gz", comments="")
    assert main(["import", str(path), "-o", str(out), "--gyro-unit", "deg/s"]) == 0
    note, result = capsys.readouterr().err.splitlines()
    assert note.startswith("note: in.csv: the gyro is not used: its readings are some 57 times too small")
    assert note.endswith("import without --gyro-unit deg/s")
    assert "accelerometer only" in result
    assert main(["import", str(path), "-o", str(out)]) == 0
    assert "with gyroscope" in capsys.readouterr().err


def test_units_are_for_plain_csv(phone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    total = str(phone / "TotalAcceleration.csv")
    assert main(["import", total, "-o", str(phone / "out.csv"), "--acc-unit", "g"]) == 2
    assert "has units of its own" in capsys.readouterr().err


def test_import_takes_several_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    t, acc, gyr = movement()
    one = write(tmp_path / "a.csv", phyphox(t, acc))
    other = write(tmp_path / "b.csv", phyphox(t, gyr, "Gyroscope {} (rad/s)"))
    out = tmp_path / "out.csv"
    assert main(["import", str(other), str(one), "-o", str(out)]) == 0
    assert capsys.readouterr().err.startswith("600 samples")
    head = [line for line in out.read_text(encoding="utf-8").splitlines() if line.startswith("# ")]
    assert "# format: phyphox" in head
    assert "# passed_over: nothing" in head


def test_import_refuses(phone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    total = str(phone / "TotalAcceleration.csv")
    assert main(["import", str(phone / "Accelerometer.csv"), "-o", str(phone / "out.csv")]) == 3
    assert "without gravity" in capsys.readouterr().err
    assert main(["import", total, "-o", str(phone / "out.edf")]) == 2
    assert "sensorcoach export" in capsys.readouterr().err
    assert main(["import", "desk", "-o", str(phone / "out.csv")]) == 3
    assert main(["import", str(phone / "none.csv"), total, "-o", str(phone / "out.csv")]) == 3
    assert "does not exist" in capsys.readouterr().err
    assert not (phone / "out.csv").exists()


@pytest.mark.parametrize(("form", "package"), [("csv", "numpy"), ("edf", "edfio"), ("xdf", "pyxdf")])
def test_a_journal_exported_and_read_back_shows_the_same_breathing(
    form: str, package: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    needs(package)
    out = tmp_path / f"out.{form}"
    assert main(["export", "paced", "-o", str(out)]) == 0
    assert f"Written: {out}" in capsys.readouterr().err
    rates = []
    for path in ("paced", str(out)):
        assert main(["analyze", path]) == 0
        lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("# ")]
        rates.append(np.genfromtxt(lines, delimiter=",", names=True, usecols=(0, 1)))
    ours, theirs = rates
    shift = round(theirs["t_s"][0] - ours["t_s"][0])
    assert len(theirs) >= len(ours) - 2
    aligned = ours["breath_rate_brpm"][shift : shift + len(theirs)]
    theirs = theirs["breath_rate_brpm"][: len(aligned)]
    both = np.isfinite(aligned) & np.isfinite(theirs)
    assert both.sum() > 0.97 * np.isfinite(aligned).sum() > 100
    assert np.abs(aligned - theirs)[both].max() < 0.25


def test_export_needs_a_known_ending(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "desk", "-o", str(tmp_path / "out.mat")]) == 2
    assert ".parquet" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["import", "export", "data"])
def test_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    assert f"usage: sensorcoach {command}" in capsys.readouterr().out


def test_data_where_export_erase(
    own_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["data"]) == 0
    assert "nothing yet" in capsys.readouterr().out
    assert main(["data", "erase", "--yes"]) == 0
    assert "nothing to erase" in capsys.readouterr().err
    diary = own_folders / "data" / "sensorcoach" / "diary.txt"
    diary.parent.mkdir(parents=True)
    diary.write_text("x" * 5000)
    assert main(["data", "where"]) == 0
    assert f"{diary.parent}  recordings and history: 1 file, 5 kB" in capsys.readouterr().out
    assert main(["data", "export"]) == 0
    (archive,) = tmp_path.glob("sensorcoach-data-*.zip")
    assert zipfile.ZipFile(archive).namelist() == ["sensorcoach/data/diary.txt"]
    for typed, left in (("", True), ("yes\n", True), ("erase\n", False)):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        assert main(["data", "erase"]) == int(left)
        assert diary.exists() == left
    capsys.readouterr()
    assert main(["data", "where", "-o", "x.zip"]) == 2
