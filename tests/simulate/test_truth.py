from __future__ import annotations

import csv

import numpy as np
import pytest

from sensorcoach.events import ACTIVITIES, PHASES
from sensorcoach.simulate import Scenario, builtin_scenarios, simulate
from sensorcoach.simulate.kinematics import rotation_matrix

from .scenes import BREATHING, BUSY, scenario

DAY = simulate(scenario(BUSY), with_up=True)


def activity(second: int) -> str:
    return str(DAY.truth.seconds["activity"][second - 1])


def test_one_row_for_every_second() -> None:
    np.testing.assert_array_equal(DAY.truth.seconds["t_s"], np.arange(1.0, 61.0))
    assert set(DAY.truth.seconds["activity"]) <= set(ACTIVITIES)
    assert set(DAY.truth.seconds["breath_phase"]) <= set(PHASES)
    assert DAY.truth.up is not None
    assert DAY.truth.up.shape == DAY.acc_ms2.shape
    assert simulate(scenario(BUSY)).truth.up is None


def test_activities_have_their_names() -> None:
    named = {17: "moving", 25: "walking", 33: "running", 40: "vehicle", 50: "lying"}
    assert {second: activity(second) for second in named} == named


def test_bending_is_the_whole_way_down_and_up() -> None:
    poses = (
        '[[posture]]\npose = "sit"\n[[posture]]\nat_s = 20\npose = "bend"\n[[posture]]\nat_s = 25\npose = "upright"\n'
    )
    seconds = simulate(scenario(poses, BREATHING)).truth.seconds
    bending = seconds["t_s"][seconds["activity"] == "bending"]
    assert (bending.min(), bending.max()) == (21, 27)
    assert not seconds["slouching"].any()


def test_slouches_are_where_the_pose_is_beyond_the_threshold() -> None:
    poses = '[[posture]]\npose = "upright"\n[[posture]]\nat_s = 10\npose = "slouch"\nflexion_deg = 24\nover_s = 20\n'
    poses += '[[posture]]\nat_s = 45\npose = "upright"\nover_s = 2\n'
    truth = simulate(scenario(poses, BREATHING)).truth
    (row,) = truth.slouches
    assert (row["t_start_s"], row["t_end_s"], row["peak_deg"]) == pytest.approx((20.0, 46.0, 24.0), abs=0.02)
    np.testing.assert_array_equal(truth.seconds["t_s"][truth.seconds["slouching"] == 1], np.arange(21.0, 47.0))


def test_a_small_lean_or_a_lying_wearer_is_no_slouch() -> None:
    for pose in ("lean_back", "lie_front", "bend"):
        assert not len(simulate(scenario(f'[[posture]]\npose = "{pose}"', BREATHING)).truth.slouches)


def test_angles_are_unknown_while_the_sensor_is_off() -> None:
    off = '[[sensor_event]]\nat_s = 20\nkind = "off"\nduration_s = 20\n'
    seconds = simulate(scenario(off, BREATHING)).truth.seconds
    gone = (seconds["t_s"] > 20) & (seconds["t_s"] < 40)
    assert np.isnan(seconds["flexion_deg"][gone]).all()
    assert np.isfinite(seconds["flexion_deg"][~gone]).all()
    assert set(seconds["activity"][gone]) == {"off"}


def test_a_slip_turns_the_neutral_pose() -> None:
    slip = '[[sensor_event]]\nat_s = 20\nkind = "slip"\nturn_deg = [0, 25, 0]\nduration_s = 4\n'
    neutrals = simulate(scenario(slip, BREATHING)).truth.neutrals
    np.testing.assert_array_equal(neutrals["t_s"], [0.0, 24.0])
    ups = np.array([[row["up_x"], row["up_y"], row["up_z"]] for row in neutrals])
    assert np.degrees(np.arccos(ups[0] @ ups[1])) == pytest.approx(25.0)


@pytest.mark.parametrize("name", builtin_scenarios())
def test_true_up_of_the_samples_is_the_angles_of_the_seconds(name: str) -> None:
    """Seen from the neutral pose, `up` shows the trunk's angles but for the skin's own small turn."""
    recording = simulate(Scenario.from_toml(builtin_scenarios()[name]), with_up=True)
    truth = recording.truth
    assert truth.up is not None
    tall, forward = (np.array(truth.calibration[side]) for side in ("up", "forward"))
    at = np.searchsorted(recording.true_ns, np.rint(truth.seconds["t_s"] * 1e9).astype(np.int64)).clip(
        max=len(truth.up) - 1
    )
    worn_as_before = truth.seconds["t_s"] < (truth.neutrals["t_s"][1] - 3 if len(truth.neutrals) > 1 else np.inf)
    rows = worn_as_before & (np.abs(recording.true_ns[at] / 1e9 - truth.seconds["t_s"]) < 0.03)
    inclination = np.degrees(np.arccos(np.clip(truth.up[at[rows]] @ tall, -1, 1)))
    assert np.abs(inclination - truth.seconds["inclination_deg"][rows]).max() < 4.5
    still = rows & (truth.seconds["activity"] == "still")
    up = truth.up[at[still]]
    flexion = np.degrees(np.arctan2(-up @ forward, up @ tall))
    assert np.median(np.abs(flexion - truth.seconds["flexion_deg"][still])) < 1.5


@pytest.mark.parametrize("table", ["seconds", "breaths", "slouches", "neutrals"])
def test_tables_survive_as_csv(table: str) -> None:
    text = DAY.truth.to_csv_text(table, scenario="busy", seed=1)
    lines = text.splitlines()
    assert lines[:2] == ["# scenario: busy", "# seed: 1"]
    rows = list(csv.DictReader(lines[2:]))
    array = getattr(DAY.truth, table)
    assert len(rows) == len(array)
    for name in array.dtype.names:
        if array.dtype[name].kind == "f":
            read = [float(row[name]) if row[name] else np.nan for row in rows]
            np.testing.assert_allclose(read, array[name], atol=6e-7)
        else:
            assert [row[name] for row in rows] == [str(v) for v in array[name]]


def test_unknown_values_are_empty_cells() -> None:
    off = '[[sensor_event]]\nat_s = 5\nkind = "off"\nduration_s = 20\n'
    text = simulate(scenario(off, "[[breathing]]\nrate_brpm = 0")).truth.to_csv_text("seconds")
    assert text.splitlines()[15].startswith("15,,,,,,off,0")


def test_rotation_matrices_are_rotations() -> None:
    for vector in ([0.3, -1.2, 2.0], [1e-5, 2e-5, 0.0], [0.0, 0.0, 0.0]):
        matrix = rotation_matrix(np.array(vector))
        np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), atol=1e-14)
        assert np.linalg.det(matrix) == pytest.approx(1.0)
