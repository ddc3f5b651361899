"""Files of phone apps and of Movesense: units, axes, clocks, joined gyroscopes, and what is refused."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sensorcoach.errors import InputError
from sensorcoach.recording import ArrayRecording, load_source
from sensorcoach.recording.source import load_together
from sensorcoach.samples import STANDARD_GRAVITY_MS2

from .foreign import RATE_HZ, movement, movesense, phyphox, polar, sensor_logger, write

T, ACC, GYR = movement()
MG = ACC / STANDARD_GRAVITY_MS2 * 1000.0


def load(path: Path) -> ArrayRecording:
    recording = load_source(path)
    assert isinstance(recording, ArrayRecording)
    return recording


def notes(recording: ArrayRecording) -> str:
    return "\n".join(map(str, recording.problems))


FILES: dict[str, Callable[[], str]] = {
    "polar": lambda: polar(MG, T),
    "phyphox": lambda: phyphox(T, ACC),
    "phyphox tabs": lambda: phyphox(T, ACC, separator="\t"),
    "phyphox german": lambda: phyphox(T, ACC, separator=";", comma=True),
    "phyphox custom": lambda: phyphox(T, ACC, "{} (m/s^2)"),
    "sensor logger": lambda: sensor_logger(T, ACC),
    "movesense": lambda: json.dumps(movesense(T, ACC, None)),
    "movesense lines": lambda: "\n".join(json.dumps({"Body": m}) for m in movesense(T, ACC, None)),
    "movesense wrapped": lambda: json.dumps(
        {"info": "x" * 2000, "data": [{"acc": m} for m in movesense(T, ACC, None)]}
    ),
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", FILES)
def test_acceleration_in_si_whatever_the_file_is_called(name: str, packed: bool, tmp_path: Path) -> None:
    content = FILES[name]().encode()
    recording = load(write(tmp_path / "whatever", gzip.compress(content) if packed else content))
    assert recording.problems == ()
    assert recording.gyr_rads is None
    assert recording.sampling_rate_hz == pytest.approx(RATE_HZ, rel=1e-4)
    assert np.allclose(recording.acc_ms2, ACC, atol=1e-5)
    assert np.allclose(recording.t_ns / 1e9, T, atol=2e-6)
    assert recording.kept.all()


BESIDE: dict[str, tuple[str, str, Callable[[], str], Callable[[], str]]] = {
    "polar": (
        "Polar_Sense_1_ACC.txt",
        "Polar_Sense_1_GYRO.txt",
        FILES["polar"],
        lambda: polar(np.degrees(GYR), T, "dps"),
    ),
    "phyphox": (
        "Accelerometer.csv",
        "Gyroscope.csv",
        FILES["phyphox"],
        lambda: phyphox(T, GYR, "Gyroscope {} (rad/s)"),
    ),
    "sensor logger": ("TotalAcceleration.csv", "Gyroscope.csv", FILES["sensor logger"], lambda: sensor_logger(T, GYR)),
}


@pytest.mark.parametrize("name", BESIDE)
def test_the_gyroscope_file_is_joined(name: str, tmp_path: Path) -> None:
    acc_name, gyr_name, acc, gyr = BESIDE[name]
    acc_path, gyr_path = write(tmp_path / acc_name, acc()), write(tmp_path / gyr_name, gyr())
    found = load(acc_path)
    assert gyr_name in notes(found)
    (tmp_path / "apart").mkdir()
    moved = gyr_path.rename(tmp_path / "apart" / gyr_name)
    assert load(acc_path).gyr_rads is None
    named = load_together([moved, acc_path])
    assert named.problems == ()
    for recording in (found, named):
        assert recording.gyr_rads is not None
        assert np.allclose(recording.gyr_rads, GYR, atol=1e-5)
    with pytest.raises(InputError, match="angular rates only"):
        load_together([moved])


def test_a_broken_gyroscope_file_costs_only_itself(tmp_path: Path) -> None:
    write(tmp_path / "Gyroscope.csv", "time,seconds_elapsed,z,y,x\n")
    recording = load(write(tmp_path / "TotalAcceleration.csv", FILES["sensor logger"]()))
    assert recording.gyr_rads is None
    assert "Gyroscope.csv beside it is not used" in notes(recording)


def test_rates_on_another_clock_are_brought_to_the_samples_but_not_across_a_gap(tmp_path: Path) -> None:
    shifted = np.arange(0.007, 12.0, 0.01)
    rates = np.column_stack([np.interp(shifted, T, GYR[:, i]) for i in range(3)])
    hole = (shifted > 5.0) & (shifted < 5.5)
    acc = write(tmp_path / "TotalAcceleration.csv", FILES["sensor logger"]())
    write(tmp_path / "Gyroscope.csv", sensor_logger(shifted[~hole], rates[~hole]))
    recording = load(acc)
    assert np.array_equal(~recording.kept, (T >= 5.0) & (T <= 5.5))
    assert recording.gyr_rads is not None
    assert np.allclose(recording.gyr_rads, GYR[recording.kept], atol=0.01)


def test_a_file_with_both_is_read_whole(tmp_path: Path) -> None:
    recording = load(write(tmp_path / "m.json", movesense(T, ACC, GYR)))
    assert recording.gyr_rads is not None
    assert np.allclose(recording.gyr_rads, GYR, atol=1e-9)
    lines = phyphox(T, ACC).splitlines()
    rates = phyphox(T, GYR, "Gyroscope {} (rad/s)").splitlines()
    both = "\n".join(f"{a},{g.partition(',')[2]}" for a, g in zip(lines, rates, strict=True))
    recording = load(write(tmp_path / "both.csv", both))
    assert recording.gyr_rads is not None
    assert np.allclose(recording.gyr_rads, GYR, atol=1e-9)


def test_when_a_recording_was_made_is_kept(tmp_path: Path) -> None:
    assert load(write(tmp_path / "p", FILES["polar"]())).metadata["start"] == "2026-05-04T10:30:00.430000"
    assert load(write(tmp_path / "s", FILES["sensor logger"]())).metadata["start"] == "2026-05-04T10:30:00.000+00:00"


def test_polar_sensor_clock_set_anew_is_bridged_by_the_phones(tmp_path: Path) -> None:
    ns = [599_628_000_000_000_000 + round(1e9 * s) for s in T]
    jumped = [n + (250_000_000_000_000_000 if i >= 300 else 0) for i, n in enumerate(ns)]
    for clock in (jumped, jumped[300:] + jumped[:300]):
        recording = load(write(tmp_path / "p", polar(MG, T, sensor_ns=clock)))
        assert "a clock was set here" in notes(recording)
        steps = np.diff(recording.t_ns) / 1e9
        assert steps.min() > 0.0
        assert steps.max() < 0.3


def test_polar_phone_clock_set_anew_changes_nothing(tmp_path: Path) -> None:
    lines = polar(MG, T).splitlines()
    lines[301:] = [line.replace("T10:", "T11:") for line in lines[301:]]
    recording = load(write(tmp_path / "p", "\n".join(lines)))
    assert np.allclose(recording.t_ns / 1e9, T, atol=2e-6)


def test_polar_without_a_sensor_clock_goes_by_the_phones(tmp_path: Path) -> None:
    recording = load(write(tmp_path / "p", polar(MG, T, sensor_ns=[0] * len(T))))
    assert "spread evenly" in notes(recording)
    assert recording.sampling_rate_hz == pytest.approx(RATE_HZ, rel=0.02)


def test_movesense_with_a_lost_message_has_a_gap(tmp_path: Path) -> None:
    messages = movesense(T, ACC, None)
    del messages[20:23]
    steps = np.diff(load(write(tmp_path / "m.json", messages)).t_ns) / 1e9
    assert steps.max() == pytest.approx(0.62, abs=0.002)
    assert np.sort(steps)[-2] == pytest.approx(0.02, abs=0.001)


REFUSED: dict[str, tuple[str, Callable[[], str], str]] = {
    "without gravity": ("Accelerometer.csv", lambda: sensor_logger(T, ACC - ACC.mean(axis=0)), "without gravity"),
    "linear": ("a.csv", lambda: phyphox(T, ACC, "Linear Acceleration {} (m/s^2)"), "without gravity"),
    "orientation": ("o.csv", lambda: "time,seconds_elapsed,qz,qy,qx,qw\n1,2,3,4,5,6\n", "no accelerometer"),
    "iphone in g": ("AccelerometerUncalibrated.csv", lambda: sensor_logger(T, ACC / 9.80665), "look like g"),
    "two axes": ("a.csv", lambda: '"Time (s)","Acceleration x (m/s^2)","Acceleration y (m/s^2)"\n0,1,2\n', "lacks"),
    "rates only": ("a.csv", lambda: phyphox(T, GYR, "Gyroscope {} (rad/s)"), "angular rates only"),
    "no axis": ("a.txt", lambda: "Phone timestamp;sensor timestamp [ns];X [mg];Y [mg]\n1;2;3;4\n", "no column z [mg]"),
    "one message": ("m.json", lambda: json.dumps(movesense(T[:10], ACC[:10], None)), "too few messages"),
    "cut json": ("m.json", lambda: json.dumps(movesense(T, ACC, None))[:-40], "no whole JSON document"),
    "odd message": ("m.json", lambda: '[{"Timestamp": 1, "ArrayAcc": [{"x": "y"}]}]', "none of Movesense's"),
    "no time": ("m.json", lambda: '[{"ArrayAcc": [{"x": 1, "y": 1, "z": 1}]}]', "no acceleration"),
    "zip": ("a.zip", lambda: "PK\x03\x04rest", "zip archive"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_reason(name: str, tmp_path: Path) -> None:
    file, content, clue = REFUSED[name]
    path = write(tmp_path / file, content())
    with pytest.raises(InputError, match=clue.replace("[", r"\[")) as caught:
        load_source(path)
    assert str(path) in caught.value.message
    assert "\n" not in str(caught.value)


def test_files_that_do_not_belong_together(tmp_path: Path) -> None:
    one, other = write(tmp_path / "a", FILES["polar"]()), write(tmp_path / "b", FILES["phyphox"]())
    with pytest.raises(InputError, match="same app"):
        load_together([one, other])
    with pytest.raises(InputError, match="both hold acceleration"):
        load_together([one, one])
    with pytest.raises(InputError, match="no app that is known"):
        load_together([write(tmp_path / "c", "t,ax,ay,az\n0,0,0,9.8\n"), one])
