"""The ideal sensor against Newton, with derivatives taken numerically from positions and orientations alone."""

from __future__ import annotations

import numpy as np
import pytest

from sensorcoach.samples import NS, STANDARD_GRAVITY_MS2, FloatArray
from sensorcoach.simulate import VirtualSensor, simulate
from sensorcoach.simulate.body import Motion
from sensorcoach.simulate.kinematics import feel, rotation_matrix

from .scenes import BREATHING, BUSY, IDEAL_SENSOR, QUIET_WEARER, angle_deg, scenario

OFF = '\n[[sensor_event]]\nat_s = 50\nkind = "off"\nduration_s = 8\n'
SENSOR = VirtualSensor(scenario(BUSY, OFF, "[sensor]\nsite = 'chest'\nmounting_deg = [30, -50, 70]"))


def axis_matrix(axis: int, angle: float) -> FloatArray:
    vector = np.zeros(3)
    vector[axis] = angle
    return rotation_matrix(vector)


def trunk_matrix(motion: Motion, i: int) -> FloatArray:
    flexion, lateral, heading = motion.trunk.x[:, i]
    return axis_matrix(2, heading) @ axis_matrix(0, -lateral) @ axis_matrix(1, flexion)


def orientation(motion: Motion, i: int) -> FloatArray:
    """Sensor axes to world."""
    return trunk_matrix(motion, i) @ rotation_matrix(motion.skin_rad.x[:, i]) @ SENSOR.mounting.T


def place(motion: Motion, i: int) -> FloatArray:
    flexion, lateral, heading = motion.trunk.x[:, i]
    lean = axis_matrix(0, -lateral) @ axis_matrix(1, flexion)
    return axis_matrix(2, heading) @ (motion.hips.x[:, i] + lean @ motion.skin_m.x[:, i])


@pytest.mark.parametrize("t_s", [3.3, 10.7, 14.9, 17.1, 25.37, 33.21, 46.4, 51.4, 56.9])
def test_acceleration_and_rate_are_those_of_the_path(t_s: float) -> None:
    h = 2e-4
    motion = SENSOR.body.at(t_s + h * np.array([-1.0, 0.0, 1.0]))
    felt = feel(motion, SENSOR.mounting)
    before, here, after = (place(motion, i) for i in range(3))
    force = (before - 2 * here + after) / h**2 + np.array([0.0, 0.0, STANDARD_GRAVITY_MS2])
    axes = orientation(motion, 1)
    np.testing.assert_allclose(felt.force_ms2[:, 1], axes.T @ force, atol=2e-3)
    turned = axes.T @ (orientation(motion, 2) - orientation(motion, 0)) / (2 * h)
    rate = np.array([turned[2, 1] - turned[1, 2], turned[0, 2] - turned[2, 0], turned[1, 0] - turned[0, 1]]) / 2
    np.testing.assert_allclose(felt.rate_rads[:, 1], rate, atol=1e-4)
    np.testing.assert_allclose(felt.up[:, 1], axes[2], atol=1e-12)


@pytest.mark.parametrize("site", ["chest", "upper-back", "lower-back"])
def test_gyro_integrates_to_the_true_orientation(site: str) -> None:
    ideal = IDEAL_SENSOR + f"sampling_rate_hz = 200\nsite = '{site}'\nmounting = 'random'"
    recording = simulate(scenario(ideal, BUSY), with_up=True)
    assert recording.gyr_rads is not None
    assert recording.truth.up is not None
    step_s = np.diff(recording.t_ns) / NS
    turn = (recording.gyr_rads[1:] + recording.gyr_rads[:-1]) / 2 * step_s[:, None]
    up = recording.truth.up[0]
    guess = [up]
    for vector in turn:
        up = rotation_matrix(-vector) @ up
        guess.append(up)
    assert angle_deg(np.array(guess), recording.truth.up).max() < 0.2


def test_a_still_wearer_feels_one_g_along_the_true_up() -> None:
    still = scenario(IDEAL_SENSOR + "mounting = 'random'", QUIET_WEARER, "[[breathing]]\nrate_brpm = 0\n")
    recording = simulate(still, with_up=True)
    np.testing.assert_allclose(np.linalg.norm(recording.acc_ms2, axis=1), STANDARD_GRAVITY_MS2, rtol=1e-12)
    assert recording.truth.up is not None
    np.testing.assert_allclose(recording.acc_ms2 / STANDARD_GRAVITY_MS2, recording.truth.up, atol=1e-12)


def test_a_breathing_wearer_feels_one_g_on_average() -> None:
    recording = simulate(scenario(BREATHING))
    assert np.linalg.norm(recording.acc_ms2, axis=1).mean() == pytest.approx(9.81, abs=0.02)


def test_a_bend_pulls_to_its_inside() -> None:
    """Half a circle to the left in 20 s: on average 0.2 m/s² to the left for a walker, with the gyro turning left."""
    walk = '[[activity]]\nkind = "walk"\nduration_s = 20\n'
    recordings = [
        simulate(scenario(IDEAL_SENSOR, walk, f"turn_deg = {turn}", "[[breathing]]\nrate_brpm = 15"))
        for turn in (0, 180)
    ]
    straight, bend = (r.acc_ms2[:1000, 0].mean() for r in recordings)
    assert bend - straight == pytest.approx(1.3 * np.pi / 20, rel=0.05)
    gyr = recordings[1].gyr_rads
    assert gyr is not None
    assert np.degrees(gyr[:1000, 1].sum() / 50) == pytest.approx(180, abs=5)


def test_breathing_leaves_the_mean_angle_unbiased() -> None:
    recording = simulate(scenario(IDEAL_SENSOR, QUIET_WEARER, BREATHING, duration_s=240), with_up=True)
    assert recording.truth.up is not None
    forward = np.array(recording.truth.calibration["forward"])
    assert np.degrees(recording.truth.up @ forward).mean() == pytest.approx(0.0, abs=0.06)


def test_flexion_and_lateral_are_read_off_up() -> None:
    """Held poses, in the axes the neutral pose gives: forward and left are positive."""
    poses = '[[posture]]\npose = "upright"\n[[posture]]\nat_s = 5\npose = "lean_forward"\n'
    poses += '[[posture]]\nat_s = 20\npose = "lean_left"\n'
    recording = simulate(
        scenario(
            IDEAL_SENSOR + "mounting = 'random'", QUIET_WEARER + "breath = 0\n", "[[breathing]]\nrate_brpm = 0", poses
        ),
        with_up=True,
    )
    assert recording.truth.up is not None
    tall = np.array(recording.truth.calibration["up"])
    forward = np.array(recording.truth.calibration["forward"])
    left = np.cross(tall, forward)
    for second, flexion_deg, lateral_deg in ((15, 15.0, 0.0), (30, 2.0, 13.0)):
        up = recording.truth.up[second * 50]
        assert np.degrees(np.arctan2(-up @ forward, up @ tall)) == pytest.approx(flexion_deg, abs=1e-6)
        assert np.degrees(np.arcsin(-up @ left)) == pytest.approx(lateral_deg, abs=1e-6)
        row = recording.truth.seconds[second - 1]
        assert (row["flexion_deg"], row["lateral_deg"]) == pytest.approx((flexion_deg, lateral_deg))
