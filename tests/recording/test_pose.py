"""A taught upright pose goes with the samples into every form that can be read again; an assumed one does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sensorcoach import analyze
from sensorcoach.recording.exporters import writer_for
from sensorcoach.recording.pose import Pose, pose_in, poses_said
from sensorcoach.recording.source import load_source
from sensorcoach.transport.replay import ArraySource
from tests.packages import needs

from .bundles import small_bundle

TILTED = Pose((0.1, 0.994987, 0.0), (0.0, 0.0, -1.0))


@pytest.mark.parametrize("pose", [TILTED, Pose(TILTED.up)], ids=["with forward", "up only"])
@pytest.mark.parametrize(("form", "package"), [("csv", ""), ("csv.gz", ""), ("edf", "edfio"), ("xdf", "pyxdf")])
def test_a_pose_comes_back(tmp_path: Path, form: str, package: str, pose: Pose) -> None:
    if package:
        needs(package)
    bundle = small_bundle()
    bundle = replace(bundle, sensors=tuple(replace(sensor, pose=pose) for sensor in bundle.sensors))
    path = tmp_path / f"out.{form}"
    writer_for(path)(bundle, path)
    again = load_source(path)
    assert again.pose == pose  # type: ignore[union-attr]
    (setup,) = ArraySource(again).engine_sensors()  # type: ignore[arg-type]
    assert (setup.up, setup.forward) == (pose.up, pose.forward)


@pytest.mark.parametrize("form", ["csv", "xdf"])
def test_without_a_pose_none_is_made_up(tmp_path: Path, form: str) -> None:
    if form == "xdf":
        needs("pyxdf")
    path = tmp_path / f"out.{form}"
    writer_for(path)(small_bundle(), path)
    assert load_source(path).pose is None  # type: ignore[union-attr]


def test_each_sensor_has_its_own(tmp_path: Path) -> None:
    bundle = small_bundle(sites=("chest", "lower-back"))
    first, second = bundle.sensors
    both = replace(bundle, sensors=(replace(first, pose=TILTED), second), metadata=Pose((1.0, 0.0, 0.0)).metadata())
    path = tmp_path / "out.csv"
    writer_for(path)(both, path)
    assert load_source(tmp_path / "out_chest.csv").pose == TILTED  # type: ignore[union-attr]


def test_exported_and_analysed_again_the_angles_are_the_same(tmp_path: Path) -> None:
    from sensorcoach.analysis.bundle import collect

    path = tmp_path / "out.csv.gz"
    bundle, before = collect("lying")
    writer_for(path)(bundle, path)
    after = analyze(path)
    assert after.metadata["neutral_pose"] == before.metadata["neutral_pose"] == "given"
    for key in ("neutral_up", "forward_axis", "forward_known"):
        assert after.metadata[key] == before.metadata[key]
    n = min(len(before.seconds), len(after.seconds))
    assert np.nanmax(np.abs(before.seconds["flexion_deg"][:n] - after.seconds["flexion_deg"][:n])) < 0.2


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"neutral_pose": "first stillness, known from 3 s", "neutral_up": "0 1 0"},
        {"neutral_pose": "given"},
        {"neutral_pose": "given", "neutral_up": "0 1"},
        {"neutral_pose": "given", "neutral_up": "0 one 0"},
        {"neutral_pose": "given", "neutral_up": "0 0 0"},
        {"neutral_pose": "given", "neutral_up": "nan 1 0"},
        {"neutral_pose": "given", "neutral_up": "1e300 1e300 1e300"},
    ],
)
def test_a_pose_that_makes_no_sense_is_none(metadata: dict[str, str]) -> None:
    assert pose_in(metadata) is None


def test_an_annotation_that_is_no_pose() -> None:
    assert poses_said(TILTED.sentence("upper-back")) == ("upper-back", TILTED)
    for text in ("", "neutral_set: given", "neutral pose of chest (given): up 0 0 0", "neutral pose of chest"):
        assert poses_said(text) is None
