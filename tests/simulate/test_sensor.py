from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensorcoach.errors import UsageError
from sensorcoach.samples import NS, STANDARD_GRAVITY_MS2
from sensorcoach.simulate import Reading, Scenario, VirtualSensor, iter_blocks, simulate
from sensorcoach.simulate.sensor import PAGE

from .scenes import BREATHING, BUSY, IDEAL_SENSOR, QUIET_WEARER, scenario

FAULTY = "[sensor]\nsampling_rate_hz = 200\njitter_ms = 1\nloss_rate = 0.1\ngaps_s = [[20, 1.5]]\nclock_ppm = 300\n"
LONG = scenario(FAULTY, BUSY)
WHOLE = VirtualSensor(LONG).read(0, VirtualSensor(LONG).sample_count)


def same(a: Reading, b: Reading) -> None:
    for name in ("index", "t_ns", "true_ns", "acc_ms2", "gyr_rads", "up", "received"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, len(WHOLE)), min_size=1, max_size=6))
def test_any_cut_in_any_order_gives_the_same_samples(cuts: list[int]) -> None:
    assert len(WHOLE) > 2 * PAGE
    sensor = VirtualSensor(LONG)
    edges = sorted({0, len(WHOLE), *cuts})
    for start, stop in reversed(list(pairwise(edges))):
        same(sensor.read(start, stop), WHOLE[start:stop])


@pytest.mark.parametrize("block_s", [0.7, 10.0, 1e6])
def test_blocks_are_the_whole_recording_cut(block_s: float) -> None:
    recording = simulate(LONG)
    blocks = list(iter_blocks(LONG, block_s))
    np.testing.assert_array_equal(np.concatenate([b.t_ns for b in blocks]), recording.t_ns)
    np.testing.assert_array_equal(np.concatenate([b.acc_ms2 for b in blocks]), recording.acc_ms2)
    assert all(len(b) for b in blocks)


def test_seeds_decide_everything() -> None:
    first, again, other = simulate(LONG), simulate(LONG), simulate(LONG, seed=99)
    np.testing.assert_array_equal(first.acc_ms2, again.acc_ms2)
    np.testing.assert_array_equal(first.truth.breaths, again.truth.breaths)
    assert other.seed == 99
    assert not np.array_equal(first.truth.breaths, other.truth.breaths)


def test_stamps_increase_and_lost_samples_are_missing() -> None:
    recording = simulate(LONG)
    assert (np.diff(recording.t_ns) > 0).all()
    lost = 1 - len(recording.t_ns) / len(WHOLE)
    assert lost == pytest.approx(0.1 + 0.9 * 1.5 / 60, abs=0.025)
    assert not ((recording.true_ns >= 20 * NS) & (recording.true_ns < 21.5 * NS)).any()
    runs = np.diff(np.flatnonzero(np.diff(WHOLE.received.astype(int))))
    assert (runs % 10 == 0).mean() > 0.95  # whole packets are lost


def test_a_fast_clock_counts_more_seconds() -> None:
    recording = simulate(scenario("[sensor]\nclock_ppm = 20000", BREATHING, duration_s=100))
    assert len(recording.t_ns) == 5100
    assert recording.t_ns[-1] / recording.true_ns[-1] == pytest.approx(1.02)
    assert recording.sensor_s(np.array([50.0]))[0] == pytest.approx(51.0)


def test_bias_noise_scale_resolution_and_range() -> None:
    still = "[[breathing]]\nrate_brpm = 0\n" + QUIET_WEARER
    ideal = simulate(scenario(IDEAL_SENSOR, still))
    faults = IDEAL_SENSOR + "acc_bias_mg = [10, -20, 30]\ngyr_bias_dps = [1, 2, -3]\nacc_scale = 0.9\n"
    real = simulate(scenario(faults, still))
    expected = ideal.acc_ms2 * 0.9 + np.array([10, -20, 30]) * 1e-3 * STANDARD_GRAVITY_MS2
    np.testing.assert_allclose(real.acc_ms2, expected, atol=1e-9)
    assert real.gyr_rads is not None
    np.testing.assert_allclose(np.degrees(real.gyr_rads), np.tile([1.0, 2.0, -3.0], (3000, 1)), atol=1e-9)
    noisy = simulate(scenario("[sensor]\nacc_noise_ug_rthz = 200\ngyr_noise_dps_rthz = 0.05\n", still))
    assert noisy.gyr_rads is not None
    assert noisy.acc_ms2.std(axis=0) == pytest.approx([200e-6 * 5 * STANDARD_GRAVITY_MS2] * 3, rel=0.1)
    assert np.degrees(noisy.gyr_rads).std(axis=0) == pytest.approx([0.25] * 3, rel=0.1)
    coarse = simulate(scenario(IDEAL_SENSOR.replace("acc_resolution_mg = 0", "acc_resolution_mg = 7.8"), BREATHING))
    steps = coarse.acc_ms2 / (7.8e-3 * STANDARD_GRAVITY_MS2)
    np.testing.assert_allclose(steps, np.rint(steps), atol=1e-9)
    clipped = simulate(scenario("[sensor]\nacc_range_g = 2\ngyr_range_dps = 50\n", BUSY))
    assert clipped.gyr_rads is not None
    assert np.abs(clipped.acc_ms2).max() == pytest.approx(2 * STANDARD_GRAVITY_MS2)
    assert np.abs(clipped.gyr_rads).max() == pytest.approx(np.radians(50))


def test_without_a_gyro_there_is_none() -> None:
    recording = simulate(scenario("[sensor]\ngyro = false", BREATHING))
    assert recording.gyr_rads is None
    assert recording.block.gyr_rads is None
    assert not recording.stream.has_gyro


def test_flat_mountings_look_out_of_the_skin() -> None:
    for site, forward in (("chest", 1.0), ("upper-back", -1.0), ("lower-back", -1.0)):
        calibration = simulate(scenario(f"[sensor]\nsite = '{site}'")).truth.calibration
        assert calibration["up"] == pytest.approx((0, 1, 0), abs=1e-12)
        assert calibration["forward"] == pytest.approx((0, 0, forward), abs=1e-12)


def test_random_mountings_point_anywhere() -> None:
    mounted = scenario("[sensor]\nmounting = 'random'")
    ups = np.array([VirtualSensor(mounted, seed=s).neutral()[0] for s in range(60)])
    np.testing.assert_allclose(np.linalg.norm(ups, axis=1), 1.0)
    assert np.linalg.norm(ups.mean(axis=0)) < 0.35
    assert ups.std(axis=0).min() > 0.4


def test_reading_outside_is_refused() -> None:
    sensor = VirtualSensor(scenario(BREATHING))
    for start, stop in ((-1, 5), (5, 4), (0, 3001)):
        with pytest.raises(UsageError, match="not within"):
            sensor.read(start, stop)
    assert len(sensor.read(7, 7)) == 0


def test_loops_go_on_with_fresh_noise() -> None:
    loop = Scenario.from_toml("duration_s = 60\nloop = true\n[wearer]\nsway = 0.1\n" + BREATHING)
    sensor = VirtualSensor(loop)
    n = sensor.sample_count
    first, second = sensor.read(0, n), sensor.read(n, 2 * n)
    assert (np.diff(np.concatenate([first.t_ns, second.t_ns])) > 0).all()
    assert not np.array_equal(first.acc_ms2, second.acc_ms2)
    assert np.corrcoef(first.up[:, 2], second.up[:, 2])[0, 1] > 0.95


def test_a_sensor_taken_off_lies_still() -> None:
    off = '[[sensor_event]]\nat_s = 20\nkind = "off"\nduration_s = 30\n'
    recording = simulate(scenario(off, BREATHING))
    t = recording.t_ns / NS
    table = recording.acc_ms2[(t > 24) & (t < 46)] / STANDARD_GRAVITY_MS2 * 1e3
    assert table.std(axis=0).max() < 1.5
    hands = np.linalg.norm(recording.acc_ms2[(t > 20) & (t < 23)], axis=1) / STANDARD_GRAVITY_MS2 * 1e3
    assert hands.std() > 30


def test_a_fidget_is_felt_and_leaves_another_pose() -> None:
    text = IDEAL_SENSOR + QUIET_WEARER + '[[breathing]]\nrate_brpm = 0\n[[activity]]\nat_s = 30\nkind = "fidget"\n'
    recording = simulate(scenario(text), with_up=True)
    assert recording.truth.up is not None
    before, after = recording.truth.up[1000], recording.truth.up[2500]
    assert 0.2 < np.degrees(np.arccos(before @ after)) < 5
    assert recording.acc_ms2[1500:1600].std(axis=0).max() > 0.05
