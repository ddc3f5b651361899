"""Stored calibrations: kept for their owner alone, read strictly, checked, and void once the sensor has moved."""

from __future__ import annotations

import json
import os
import stat
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sensorcoach.coach.slouch import SlouchSettings
from sensorcoach.errors import InputError, OutputError
from sensorcoach.events import Calibrate, CalibrationDone, Notice, SetSlouch
from sensorcoach.runtime.calibrations import CalibrationStore, Fitting, PoseKeeper, StoredCalibration, adopt

ANN = Fitting("Ann", "F0:F1:F2:F3:F4:F5", "chest")
POSE = StoredCalibration(ANN, (0.6, 0.8, 0.0), (0.0, 0.0, 1.0), 10.25, 1_767_258_000)
SETTINGS = SlouchSettings.preset("normal", "all-day")


@pytest.fixture
def store(tmp_path: Path) -> CalibrationStore:
    return CalibrationStore(tmp_path / "calibrations")


def test_what_was_kept_comes_back(store: CalibrationStore) -> None:
    assert store.load(ANN) is None
    for pose in (POSE, replace(POSE, threshold_deg=None), replace(POSE, void="sensor_moved")):
        store.save(pose)
        assert store.load(ANN) == pose


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are a matter of POSIX")
def test_only_its_owner_may_read_it(store: CalibrationStore) -> None:
    before = os.umask(0)
    try:
        path = store.save(POSE)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_wearers_sensors_and_mountings_have_files_of_their_own(store: CalibrationStore) -> None:
    fittings = [
        ANN,
        replace(ANN, wearer="ann"),
        replace(ANN, wearer="Ann/../../etc"),
        replace(ANN, wearer="Änn"),
        replace(ANN, device="F0"),
        replace(ANN, mounting="clip"),
        replace(ANN, wearer="", mounting="Annchest"),
        replace(ANN, wearer="x" * 500),
    ]
    paths = [store.save(replace(POSE, fitting=f)) for f in fittings]
    assert len({str(p).lower() for p in paths}) == len(fittings)
    assert {p.parent for p in paths} == {paths[0].parent}
    assert all(len(p.name) < 100 for p in paths)
    assert [found.fitting for f in fittings if (found := store.load(f))] == fittings


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"up": [0.6, 0.8]}, "'up' is no list of three numbers"),
        ({"up": [0.6, 0.8, True]}, "'up' is no list"),
        ({"up": [0.6, 0.9, 0.0]}, "'up' has not length one"),
        ({"forward": [0.6, 0.8, 0.0]}, "right angle"),
        ({"threshold_deg": "12"}, "'threshold_deg' is no number"),
        ({"threshold_deg": 90}, "slouch threshold of 90"),
        ({"made_wall_s": 1.5}, "no Unix time"),
        ({"void": "whatever"}, "'void' cannot be 'whatever'"),
        ({"wearer": 7}, "'wearer' is no text"),
        ({"wearer": "Bob"}, "another wearer"),
        ({"version": 2}, "version 2"),
        ({"format": "toml"}, "no calibration"),
        ({"extra": 1}, "'extra' should not be there"),
    ],
)
def test_anything_odd_is_refused_with_the_file_and_a_cure(
    store: CalibrationStore, change: dict[str, Any], said: str
) -> None:
    path = store.save(POSE)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(InputError, match=said) as caught:
        store.load(ANN)
    assert str(path) in str(caught.value)
    assert "sensorcoach calibrate" in caught.value.advice


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"up": NaN}'])
def test_damaged_files_are_refused(store: CalibrationStore, content: bytes) -> None:
    store.save(POSE).write_bytes(content)
    with pytest.raises(InputError, match=r"damaged|cannot be read"):
        store.load(ANN)


def test_a_missing_key_is_named(store: CalibrationStore) -> None:
    path = store.save(POSE)
    table = json.loads(path.read_text())
    del table["forward"]
    path.write_text(json.dumps(table))
    with pytest.raises(InputError, match="'forward' should be there"):
        store.load(ANN)


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        CalibrationStore(tmp_path / "file" / "calibrations").save(POSE)


def test_a_stored_pose_goes_into_the_engine_as_stored(store: CalibrationStore) -> None:
    store.save(POSE)
    keeper = PoseKeeper(store, ANN, "chest")
    pose, slouch = keeper.first(SETTINGS)
    assert pose == Calibrate(0, "chest", POSE.up, POSE.forward, "stored")
    assert slouch == SetSlouch(0, "chest", 10.25, 60.0)
    assert keeper.problem == ""
    store.save(replace(POSE, threshold_deg=None))
    assert len(keeper.first(SETTINGS)) == 1


def test_a_pose_becomes_void_when_the_sensor_has_moved(store: CalibrationStore) -> None:
    keeper = PoseKeeper(store, ANN, "chest")
    keeper.heard([Notice(5, "chest", "sensor_moved", "", "")])  # nothing stored: nothing to do
    store.save(POSE)
    keeper.heard([Notice(5, "lower-back", "sensor_moved", "", ""), Notice(5, "chest", "pose_differs", "", "")])
    assert keeper.first(SETTINGS)
    keeper.heard([Notice(5, "chest", "sensor_moved", "", "")])
    assert keeper.first(SETTINGS) == ()
    assert keeper.problem == (
        "The stored upright pose is not used: the sensor moved on the body since. "
        "Calibrate again: sensorcoach calibrate."
    )


def test_a_damaged_calibration_does_not_stop_a_live_run(store: CalibrationStore) -> None:
    store.save(POSE).write_text("{")
    keeper = PoseKeeper(store, ANN, "chest")
    assert keeper.first(SETTINGS) == ()
    assert "damaged" in keeper.problem


def test_what_was_just_found_holds_at_once() -> None:
    done = CalibrationDone(7, "chest", POSE.up, POSE.forward, 9.0, 0.3, 0.99)
    assert adopt(done, SETTINGS) == (Calibrate(7, "chest", POSE.up, POSE.forward), SetSlouch(7, "chest", 9.0, 60.0))
    assert len(adopt(replace(done, threshold_deg=float("nan")), SETTINGS)) == 1
