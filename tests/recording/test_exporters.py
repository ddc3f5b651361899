"""What is exported, read with the readers of others and with our own."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sensorcoach.errors import OutputError, UsageError
from sensorcoach.recording import ArrayRecording, load_source
from sensorcoach.recording.exporters import writer_for
from sensorcoach.recording.exporters.streams import StreamSpec
from sensorcoach.recording.exporters.xdf import write_streams

from ..packages import needs
from .bundles import EVENTS, small_bundle
from .foreign import movement


def export(folder: Path, name: str, **made: object) -> list[Path]:
    path = folder / name
    written = writer_for(path)(small_bundle(**made), path)  # type: ignore[arg-type]
    assert written[0] == path or made
    assert all(p.stat().st_mode & 0o777 == 0o600 for p in written)
    return written


def test_csv_read_again_is_the_same_recording(tmp_path: Path) -> None:
    samples, seconds, breaths, events = export(tmp_path, "out.csv.gz", sites=("upper-back",))
    assert [p.name for p in (seconds, breaths, events)] == [f"out_{n}.csv.gz" for n in ("seconds", "breaths", "events")]
    ours = small_bundle(sites=("upper-back",)).sensors[0]
    again = load_source(samples)
    assert isinstance(again, ArrayRecording)
    assert again.problems == ()
    assert again.stream.site == again.stream.sensor == "upper-back"
    assert np.array_equal(again.t_ns, np.rint(ours.t_s * 1e9).astype(np.int64))
    assert np.allclose(again.acc_ms2, ours.acc_ms2, atol=5e-7)
    assert again.gyr_rads is not None


def test_several_sensors_are_several_files(tmp_path: Path) -> None:
    written = export(tmp_path, "out.csv", sites=("chest", "lower-back"), gyro=False)
    assert [p.name for p in written[:2]] == ["out_chest.csv", "out_lower-back.csv"]
    again = load_source(written[1])
    assert isinstance(again, ArrayRecording)
    assert again.stream.site == "lower-back"
    assert again.gyr_rads is None


def test_parquet_through_pyarrow(tmp_path: Path) -> None:
    parquet = needs("pyarrow.parquet")
    samples, seconds, *_ = export(tmp_path, "out.parquet")
    bundle = small_bundle()
    table = parquet.read_table(samples)
    assert table.column_names == ["t", "ax", "ay", "az", "gx", "gy", "gz"]
    assert np.array_equal(table["t"].to_numpy(), bundle.sensors[0].t_s)
    assert np.array_equal(table["az"].to_numpy(), bundle.sensors[0].acc_ms2[:, 2])
    assert table.schema.metadata[b"sensor"] == b"chest"
    rates = parquet.read_table(seconds)["breath_rate_brpm"]
    assert rates.null_count == int(np.isnan(bundle.seconds["breath_rate_brpm"]).sum()) > 0


def require_pyedflib() -> Any:
    """An EDF library that shares no code with the one we use; there are no wheels of it from Python 3.13 on."""
    if sys.version_info >= (3, 13):
        return pytest.importorskip("pyedflib", reason="pyedflib has no wheel for this Python")
    return needs("pyedflib")


def test_edf_as_other_programs_write_it(tmp_path: Path) -> None:
    """Signals in g and °/s at different rates among others, labelled in another style."""
    needs("edfio")
    pyedflib = require_pyedflib()
    _, acc, gyr = movement(20.0)
    path = tmp_path / "lab.edf"
    signals = [("ECG", "uV", 250, np.zeros(5000), 3000.0)]
    signals += [(f"ACC_{'XYZ'[i]}", "g", 50, acc[:, i] / 9.80665, 4.0) for i in range(3)]
    signals += [(f"Gyro {'xyz'[i]}", "deg/s", 25, np.degrees(gyr[::2, i]), 500.0) for i in range(3)]
    writer = pyedflib.EdfWriter(str(path), len(signals), file_type=pyedflib.FILETYPE_EDFPLUS)
    for i, (label, unit, rate_hz, _, largest) in enumerate(signals):
        ends = {"physical_max": largest, "physical_min": -largest, "digital_max": 32767, "digital_min": -32768}
        writer.setSignalHeader(i, {"label": label, "dimension": unit, "sample_frequency": rate_hz, **ends})
    writer.writeSamples([values for *_, values, _ in signals])
    writer.close()
    again = load_source(path)
    assert isinstance(again, ArrayRecording)
    assert again.problems == ()
    assert again.sampling_rate_hz == pytest.approx(50.0)
    assert np.abs(again.acc_ms2 - acc).max() < 0.002
    assert again.gyr_rads is not None
    assert np.abs(again.gyr_rads - gyr)[:-1].max() < 0.005


@pytest.mark.parametrize(("form", "package"), [("edf", "edfio"), ("xdf", "pyxdf"), ("parquet", "pyarrow")])
def test_what_to_install(form: str, package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    path = tmp_path / f"out.{form}"

    def there_and_back() -> None:
        writer_for(path)(small_bundle(), path)
        load_source(path)

    with pytest.raises(UsageError, match=rf"needs the package {package}.*sensorcoach\[{form}\]"):
        there_and_back()


def test_edf_through_pyedflib(tmp_path: Path) -> None:
    """An independent reader: values, times, units, unknown values, annotations, start."""
    needs("edfio")
    pyedflib = require_pyedflib()
    (path,) = export(tmp_path, "out.edf")
    bundle = small_bundle()
    with pyedflib.EdfReader(str(path)) as file:
        labels = file.getSignalLabels()
        assert labels[:7] == ["acc x", "acc y", "acc z", "gyr x", "gyr y", "gyr z", "breath rate"]
        assert file.getStartdatetime().isoformat() == "2026-05-04T10:30:08"
        assert [file.getPhysicalDimension(i) for i in (0, 3, 6)] == ["m/s^2", "rad/s", "1/min"]
        acc_z, rate = file.readSignal(2), file.readSignal(6)
        grid = 3.0 + np.arange(len(acc_z)) / 50.0
        sensor = bundle.sensors[0]
        known = acc_z > file.getPhysicalMinimum(2) + 0.01
        in_gap = (grid > 8.31) & (grid < 9.29)
        assert not known[in_gap | (grid < 3.28) | (grid > 15.3)].any()
        assert known[(grid > 3.31) & (grid < 8.29) | (grid > 9.31) & (grid < 15.27)].all()
        assert np.abs(acc_z - np.interp(grid, sensor.t_s, sensor.acc_ms2[:, 2]))[known].max() < 2e-4
        assert file.getSampleFrequency(6) == 1
        expected = bundle.seconds["breath_rate_brpm"]
        assert np.allclose(np.where(rate < -0.5, np.nan, rate)[: len(expected)], expected, atol=0.002, equal_nan=True)
        onset, _, text = file.readAnnotations()
    assert np.allclose(onset, [0.0, 0.0, 4.5])
    assert list(text) == ["activity_changed: still", "notice: odd", "slouch_started"]


@pytest.mark.parametrize("form", ["edf", "xdf"])
def test_read_again_with_our_importers(form: str, tmp_path: Path) -> None:
    needs({"edf": "edfio", "xdf": "pyxdf"}[form])
    (path,) = export(tmp_path, f"out.{form}", sites=("upper-back", "chest"))
    ours = small_bundle(sites=("upper-back",)).sensors[0]
    again = load_source(path)
    assert isinstance(again, ArrayRecording)
    assert [p.what.partition(" in this")[0] for p in again.problems] == ["1 more sensor"]
    assert again.sampling_rate_hz == pytest.approx(50.0, rel=0.01)
    t_s = again.t_ns / 1e9 + (3.0 if form == "edf" else 0.0)
    assert np.diff(t_s).max() == pytest.approx(1.02, abs=0.03)
    assert again.gyr_rads is not None
    for i in range(3):
        assert np.abs(again.acc_ms2[:, i] - np.interp(t_s, ours.t_s, ours.acc_ms2[:, i])).max() < 3e-4
        assert np.abs(again.gyr_rads[:, i] - np.interp(t_s, ours.t_s, ours.gyr_rads[:, i])).max() < 3e-4
    assert again.metadata["site"] == "upper-back"


def test_the_gyroscope_of_another_sensor_is_not_borrowed(tmp_path: Path) -> None:
    needs("pyxdf")
    bundle = small_bundle(sites=("chest", "upper-back"))
    bare = replace(bundle.sensors[0], gyr_rads=None, stream=replace(bundle.sensors[0].stream, has_gyro=False))
    path = tmp_path / "out.xdf"
    writer_for(path)(replace(bundle, sensors=(bare, bundle.sensors[1])), path)
    again = load_source(path)
    assert isinstance(again, ArrayRecording)
    assert again.stream.site == "chest"
    assert again.gyr_rads is None


def test_streams_as_other_programs_write_them(tmp_path: Path) -> None:
    """Bare channels of type ACC in milli-g, angular rates in °/s in a stream of their own, stamps running backwards."""
    needs("pyxdf")
    t, acc, gyr = movement()
    path = tmp_path / "lab.xdf"
    late = t + np.where(np.arange(len(t)) % 25 < 12, 0.03, 0.0)
    streams = [
        (StreamSpec("Band", "ACC", ("", "", ""), ("", "", ""), 50.0, "float32"), 900.0 + late, acc),
        (StreamSpec("Band 2", "GYRO", ("X", "Y", "Z"), ("deg/s",) * 3, 50.0, "float32"), 900.0 + t, np.degrees(gyr)),
    ]
    with path.open("wb") as file:
        write_streams(file, streams)
    again = load_source(path)
    assert isinstance(again, ArrayRecording)
    assert "smoothed" in str(again.problems[0])
    assert again.t_ns[0] / 1e9 == pytest.approx(900.0, abs=0.03)
    assert np.diff(again.t_ns).min() > 10_000_000
    assert again.gyr_rads is not None
    assert np.abs(again.gyr_rads - gyr)[again.kept.nonzero()[0][:500]].max() < 0.05


def test_xdf_through_pyxdf(tmp_path: Path) -> None:
    """Everything arrives as it was: with the defaults that others use, and time stamps exact without smoothing."""
    pyxdf = needs("pyxdf")
    (path,) = export(tmp_path, "out.xdf", seconds=45.0)
    bundle = small_bundle(45.0)
    pyxdf.load_xdf(str(path))
    streams, header = pyxdf.load_xdf(str(path), dejitter_timestamps=False)
    assert header["info"]["version"] == ["1.0"]
    motion, numbers, words, events = streams
    assert [s["info"]["name"][0] for s in streams] == [
        "sensorcoach chest motion",
        "sensorcoach chest seconds",
        "sensorcoach chest words",
        "sensorcoach events",
    ]
    sensor = bundle.sensors[0]
    assert np.array_equal(motion["time_stamps"], sensor.t_s)
    assert np.array_equal(motion["time_series"][:, :3], sensor.acc_ms2.astype(np.float32))
    assert motion["footer"]["info"]["sample_count"] == [str(len(sensor.t_s))]
    assert np.array_equal(numbers["time_stamps"], bundle.seconds["t_s"])
    assert np.allclose(numbers["time_series"][:, 0], bundle.seconds["breath_rate_brpm"], equal_nan=True)
    assert words["time_series"][0] == ["still", "inhale", ""]
    assert events["time_stamps"].tolist() == [t for t, _, _ in EVENTS]
    assert [json.loads(e[0]) for e in events["time_series"]] == [
        {"event": name, "t_s": t, **detail} for t, name, detail in EVENTS
    ]


def test_xdf_chunks_are_as_the_specification_says(tmp_path: Path) -> None:
    """Walk over a file without any reader: every byte belongs to a chunk, boundaries carry the known bytes."""
    data = export(tmp_path, "out.xdf", seconds=45.0)[0].read_bytes()
    assert data[:4] == b"XDF:"
    at, tags = 4, []
    while at < len(data):
        width = data[at]
        assert width in (1, 4)
        length = int.from_bytes(data[at + 1 : at + 1 + width], "little")
        at += 1 + width
        tags.append(int.from_bytes(data[at : at + 2], "little"))
        if tags[-1] == 5:
            assert data[at + 2 : at + length].hex() == "43a546dccbf5410fb30ed5467383cbe4"
        at += length
    assert at == len(data)
    assert tags[:5] == [1, 2, 2, 2, 2]
    assert tags[-4:] == [6, 6, 6, 6]
    assert tags.count(5) >= 5


def test_names_that_say_no_form_and_places_that_take_no_file(tmp_path: Path) -> None:
    for name in ("out", "out.txt", "out.xdf.gz", "out.h5"):
        with pytest.raises(UsageError, match="names no form"):
            writer_for(Path(name))
    for form in ("csv", "xdf"):
        path = tmp_path / "no" / f"out.{form}"
        with pytest.raises(OutputError, match="cannot be written"):
            writer_for(path)(small_bundle(), path)
