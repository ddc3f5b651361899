"""Orientation against motion whose truth is known by construction, against injected faults, and on real recordings."""

from __future__ import annotations

import csv
import gzip
import pickle
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensorcoach.estimators.orientation import Orientation
from sensorcoach.estimators.tracks import OrientationTrack
from sensorcoach.samples import NS, STANDARD_GRAVITY_MS2, FloatArray, SampleBlock, StreamInfo

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data"
DEG = np.pi / 180


@dataclass(frozen=True)
class Motion:
    """Samples and the true up vector in the sensor frame."""

    t: FloatArray
    acc: FloatArray
    gyr: FloatArray | None
    up: FloatArray
    rate_hz: float

    def __getitem__(self, rows: np.ndarray | slice) -> Motion:
        gyr = None if self.gyr is None else self.gyr[rows]
        return replace(self, t=self.t[rows], acc=self.acc[rows], gyr=gyr, up=self.up[rows])

    def block(self) -> SampleBlock:
        return SampleBlock("chest", np.rint(self.t * NS).astype(np.int64), self.acc, self.gyr)

    def stream(self) -> StreamInfo:
        return StreamInfo("chest", "chest", self.rate_hz, self.gyr is not None)


def moved(seconds: float, rate_hz: float = 100.0, seed: int = 0, still_s: float = 0.0) -> Motion:
    """A trunk that turns, bends and sways after `still_s`; sensor mounted askew, sensible noise.

    Attitude = turn about z, then pitch, then roll, each a sum of two sines; rates follow from the Euler kinematics.
    """
    rng = np.random.default_rng(seed)
    t = np.arange(0.0, seconds, 1.0 / rate_hz)
    since = np.maximum(t - still_s, 0.0)
    angle, speed = [], []
    for size, hz in ((0.9, 0.23), (0.35, 0.31), (0.2, 0.27)):
        w1, w2, p = 2 * np.pi * hz, 2 * np.pi * hz * 2.7, rng.uniform(0, 6)
        start = np.minimum(since, 1.0)  # the movement fades in within a second
        fade, dfade = start * start * (3 - 2 * start), np.where(since < 1.0, 6 * start * (1 - start), 0.0)
        fade, dfade = (fade, dfade) if still_s else (np.ones_like(t), np.zeros_like(t))
        x = size * (np.sin(w1 * t + p) + 0.3 * np.sin(w2 * t))
        dx = size * (w1 * np.cos(w1 * t + p) + 0.3 * w2 * np.cos(w2 * t))
        angle.append(fade * x)
        speed.append(fade * dx + dfade * x)
    (_, pitch, roll), (dyaw, dpitch, droll) = angle, speed
    up = np.column_stack([-np.sin(pitch), np.cos(pitch) * np.sin(roll), np.cos(pitch) * np.cos(roll)])
    gyr = np.column_stack(
        [
            droll - dyaw * np.sin(pitch),
            dpitch * np.cos(roll) + dyaw * np.cos(pitch) * np.sin(roll),
            -dpitch * np.sin(roll) + dyaw * np.cos(pitch) * np.cos(roll),
        ]
    )
    push = np.where(since > 0, 1.0, 0.0)[:, None] * 1.2 * np.sin(2 * np.pi * 1.7 * t[:, None] + np.arange(3))
    acc = STANDARD_GRAVITY_MS2 * up + push + rng.normal(0, 0.03, up.shape)
    gyr = gyr + rng.normal(0, 0.003, up.shape)
    mount, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    mount[:, 0] *= np.sign(np.linalg.det(mount))
    return Motion(t, acc @ mount.T, gyr @ mount.T, up @ mount.T, rate_hz)


def estimate(motion: Motion, **known: object) -> OrientationTrack:
    return Orientation(motion.stream(), **known).update(motion.block())  # type: ignore[arg-type]


def error_deg(track: OrientationTrack, truth: FloatArray) -> FloatArray:
    error: FloatArray = np.degrees(np.arccos(np.clip((track.up * truth).sum(1), -1.0, 1.0)))
    return error


def rms(x: FloatArray) -> float:
    return float(np.sqrt(np.nanmean(x * x)))


def test_one_unit_row_per_sample_and_a_sigma_always() -> None:
    motion = moved(10)
    track = estimate(motion)
    assert np.array_equal(track.t_ns, motion.block().t_ns)
    known = np.isfinite(track.up).all(1)
    np.testing.assert_allclose(np.linalg.norm(track.up[known], axis=1), 1.0, atol=1e-12)
    assert np.isfinite(track.sigma_deg).all()
    assert (np.isnan(track.up).any(1) == np.isnan(track.up).all(1)).all()


@pytest.mark.parametrize("seed", range(6))
def test_still_in_any_mounting(seed: int) -> None:
    motion = moved(20, still_s=1e9, seed=seed)
    track = estimate(motion)
    assert np.nanmax(error_deg(track, motion.up)[300:]) < 0.3
    assert np.isfinite(track.up[100:]).all()


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0, 200.0])
def test_cold_start_in_motion(rate_hz: float) -> None:
    motion = moved(30, rate_hz, seed=3)
    track = estimate(motion)
    error = error_deg(track, motion.up)
    assert rms(error[motion.t > 1]) < 2.0
    assert rms(error[motion.t > 10]) < 0.6
    assert np.isfinite(track.up[motion.t > 2]).mean() > 0.97


@pytest.mark.parametrize("rate_hz", [10.0, 12.5, 1000.0, 2000.0])
def test_odd_rates_work(rate_hz: float) -> None:
    motion = moved(12, rate_hz, seed=4)
    error = error_deg(estimate(motion), motion.up)
    assert rms(error[motion.t > 6]) < 3.0


def test_bias_of_5_deg_s_is_learnt_at_rest_and_can_be_handed_on() -> None:
    motion = moved(40, seed=5, still_s=15)
    bias = np.array([5.0, -5.0, 5.0]) * DEG
    biased = replace(motion, gyr=motion.gyr + bias)
    estimator = Orientation(biased.stream())
    error = error_deg(estimator.update(biased.block()), motion.up)
    assert rms(error[motion.t > 16]) < 0.6
    learnt, sigma = estimator.bias_rads
    np.testing.assert_allclose(learnt, bias, atol=0.3 * DEG)
    assert max(sigma) < 0.2 * DEG
    # the same device again, in motion from the start
    cold = moved(20, seed=6)
    cold = replace(cold, gyr=cold.gyr + bias)
    met = error_deg(estimate(cold, bias_rads=learnt, bias_sigma_rads=0.1 * DEG), cold.up)
    unmet = error_deg(estimate(cold), cold.up)
    assert rms(met[cold.t > 2]) < 1.0
    assert rms(unmet[cold.t > 2]) > 2 * rms(met[cold.t > 2])


def test_lost_samples_cost_little() -> None:
    motion = moved(60, 50.0, seed=7)
    whole = rms(error_deg(estimate(motion), motion.up)[500:])
    kept = motion[np.random.default_rng(1).random(len(motion.t)) > 0.05]
    assert rms(error_deg(estimate(kept), kept.up)[500:]) < whole + 0.25


def test_a_gap_is_followed_by_unknown_then_by_the_truth() -> None:
    motion = moved(60, seed=8)
    cut = motion[(motion.t < 30) | (motion.t > 30.6)]
    track = estimate(cut)
    behind = cut.t > 30.5
    assert np.isnan(track.up[behind][:10]).all()
    assert np.isfinite(track.up[cut.t > 33]).all()
    assert rms(error_deg(track, cut.up)[cut.t > 33]) < 1.0


def test_at_rest_on_a_link_that_loses_every_second_packet_up_stays_known() -> None:
    motion = moved(120.0, still_s=1000.0)
    lossy = motion[(np.arange(len(motion.t)) // 20) % 2 == 0]  # packets of 0.2 s
    known = np.isfinite(estimate(lossy).up[:, 0])
    assert known[lossy.t > 10.0].all()


def test_behind_a_gap_agreement_with_the_accelerometer_brings_up_back_sooner() -> None:
    """The same turns, pushed before the gap; behind it gravity alone, or the pushes go on."""
    waits = []
    for pushed in (False, True):
        wait_s = 0.0
        for seed in range(5):
            motion = moved(40, seed=seed)
            calm = STANDARD_GRAVITY_MS2 * motion.up if not pushed else motion.acc
            acc = np.where((motion.t > 30)[:, None], calm, motion.acc)
            cut = replace(motion, acc=acc)[(motion.t < 30) | (motion.t > 30.6)]
            known = np.isfinite(estimate(cut).up[:, 0])
            wait_s += float(cut.t[(cut.t > 30.6) & ~known][-1]) - 30.6
        waits.append(wait_s / 5)
    assert 0.2 < waits[0] < waits[1] - 0.1


def test_predicted_error_covers_the_real_one() -> None:
    motion = moved(120, seed=9)
    keep = np.ones(len(motion.t), bool)
    for start in range(10, 120, 10):
        keep &= ~((motion.t > start) & (motion.t < start + 0.5))
    cut = motion[keep]
    track = estimate(cut)
    error = error_deg(track, cut.up)
    seen = np.isfinite(error)
    assert (error[seen] <= 2 * track.sigma_deg[seen]).mean() > 0.97


def test_a_wrong_clock_is_noticed_as_a_scale() -> None:
    motion = moved(120, seed=10)
    for share in (-0.02, 0.02):
        wrong = replace(motion, t=motion.t * (1 + share))
        assert rms(error_deg(estimate(wrong), motion.up)[4000:]) < 0.8


def test_arrival_jitter_of_most_of_a_period() -> None:
    motion = moved(60, seed=11, still_s=5)
    late = np.sort(motion.t + np.random.default_rng(2).normal(0, 0.008, len(motion.t)))
    late -= late[0]
    late += np.arange(len(late)) * 1e-8
    assert rms(error_deg(estimate(replace(motion, t=late)), motion.up)[1000:]) < 1.0


def test_a_gyro_at_its_limit_says_so() -> None:
    motion = moved(30, seed=12)
    limit = 2.2
    swung = motion.gyr.copy()
    swung[1500:1560, 0] = 12.0  # beyond a gyro of 125 deg/s
    track = estimate(replace(motion, gyr=np.clip(swung, -limit, limit)))
    assert track.sigma_deg[1559] > 20
    assert np.isnan(track.up[1559]).all()


def test_long_pause_starts_anew_but_keeps_the_bias() -> None:
    motion = moved(60, seed=13, still_s=20)
    bias = np.array([3.0, 2.0, -4.0]) * DEG
    biased = replace(motion, gyr=motion.gyr + bias)
    cut = biased[(motion.t < 20) | (motion.t > 40)]
    error = error_deg(estimate(cut), cut.up)
    assert rms(error[cut.t > 42]) < 1.0
    days = replace(cut, t=cut.t + np.where(cut.t > 30, 1e6, 0.0))
    assert rms(error_deg(estimate(days), cut.up)[cut.t > 42]) < 1.0


def test_a_first_sample_upside_down_is_found_out() -> None:
    motion = moved(20, seed=14)
    acc = motion.acc.copy()
    acc[0] = -0.8 * acc[0]
    error = error_deg(estimate(replace(motion, acc=acc)), motion.up)
    assert rms(error[motion.t > 8]) < 1.5


@pytest.mark.parametrize("gyro", [True, False])
def test_senseless_samples_are_unknown_not_a_crash(gyro: bool) -> None:
    rng = np.random.default_rng(0)
    for acc in (np.zeros((400, 3)), rng.normal(0, 200.0, (400, 3))):
        nothing = Motion(np.arange(400) / 50.0, acc, rng.normal(0, 20, (400, 3)) if gyro else None, acc, 50.0)
        track = estimate(nothing)
        assert np.isnan(track.up[100:]).all()
        assert np.isfinite(track.sigma_deg).all()


def test_nothing_in_nothing_out() -> None:
    motion = moved(1)
    assert len(estimate(motion[:0])) == 0


class TestAccelerometerOnly:
    """Without a gyro: right while still, silent in motion."""

    def test_still_is_known_and_right(self) -> None:
        motion = replace(moved(20, still_s=1e9, seed=1), gyr=None)
        track = estimate(motion)
        assert np.isfinite(track.up[100:]).all()
        assert np.nanmax(error_deg(track, motion.up)) < 0.5

    def test_motion_is_unknown(self) -> None:
        motion = replace(moved(40, still_s=20, seed=2), gyr=None)
        track = estimate(motion)
        moving = motion.t > 21.5
        assert np.isfinite(track.up[moving]).mean() < 0.2
        assert rms(error_deg(track, motion.up)) < 2.0

    def test_a_device_whose_1_g_reads_0_88_g(self) -> None:
        motion = moved(20, still_s=1e9, seed=3)
        track = estimate(replace(motion, gyr=None, acc=0.88 * motion.acc))
        assert np.isfinite(track.up[200:]).all()

    def test_a_pause_starts_anew(self) -> None:
        motion = replace(moved(20, still_s=1e9, seed=4), gyr=None)
        cut = motion[(motion.t < 10) | (motion.t > 11)]
        track = estimate(cut)
        assert np.isnan(track.up[cut.t > 10.5][:40]).all()
        assert np.isfinite(track.up[cut.t > 12]).all()


WHOLE = moved(25, 100.0, seed=20, still_s=4)
_rng = np.random.default_rng(5)
_jitter = _rng.normal(0, 0.004, len(WHOLE.t)) * ((WHOLE.t > 14) & (WHOLE.t < 19))
_order = np.sort(WHOLE.t + _jitter)
_kept = (_rng.random(len(_order)) > 0.03) & ~((_order > 9) & (_order < 9.5)) & ~((_order > 11) & (_order < 11.12))
FAULTY = replace(WHOLE, t=_order)[_kept & np.r_[True, np.diff(_order) > 1e-8]]
EXPECTED = {gyro: estimate(FAULTY if gyro else replace(FAULTY, gyr=None)) for gyro in (True, False)}


@pytest.mark.parametrize("gyro", [True, False])
@given(sizes=st.lists(st.one_of(st.integers(1, 40), st.integers(100, 700)), max_size=30), saved=st.integers(0, 29))
def test_any_cut_and_a_pickle_give_the_same_bits(gyro: bool, sizes: list[int], saved: int) -> None:
    motion = FAULTY if gyro else replace(FAULTY, gyr=None)
    block, estimator = motion.block(), Orientation(motion.stream())
    cuts = np.unique(np.minimum(np.cumsum([0, *sizes, len(block)]), len(block)))
    ups, sigmas = [], []
    for k, (a, b) in enumerate(zip(cuts[:-1], cuts[1:], strict=True)):
        if k == saved:
            estimator = pickle.loads(pickle.dumps(estimator))
        track = estimator.update(block[a:b])
        ups.append(track.up)
        sigmas.append(track.sigma_deg)
    assert np.array_equal(np.concatenate(ups), EXPECTED[gyro].up, equal_nan=True)
    assert np.array_equal(np.concatenate(sigmas), EXPECTED[gyro].sigma_deg)


def test_sample_by_sample_is_the_same() -> None:
    block, estimator = FAULTY.block(), Orientation(FAULTY.stream())
    up = np.concatenate([estimator.update(block[k : k + 1]).up for k in range(len(block))])
    assert np.array_equal(up, EXPECTED[True].up, equal_nan=True)


def test_state_does_not_grow() -> None:
    motion = moved(100, 50.0, seed=21)
    block, estimator = motion.block(), Orientation(motion.stream())
    sizes = []
    for a in range(0, len(block), 50):
        estimator.update(block[a : a + 50])
        sizes.append(len(pickle.dumps(estimator)))
    assert max(sizes[50:]) < max(sizes[:50]) + 100


def _columns(path: Path) -> dict[str, FloatArray]:
    with gzip.open(path, "rt") as f:
        head, *rows = csv.reader(f)
    return {
        name: np.array([float(v) if v else np.nan for v in col])
        for name, col in zip(head, zip(*rows, strict=True), strict=True)
    }


@pytest.mark.skipif(not (REAL / "trunk_mocap").is_dir(), reason="real recordings are not here")
def test_backs_in_motion_capture_from_a_cold_start() -> None:
    errors, known = [], []
    for path in sorted((REAL / "trunk_mocap").glob("*.csv.gz")):
        d = _columns(path)
        ref = np.column_stack([d[f"ref_up{c}"] for c in "xyz"])
        scored = (d["ref_ok"] == 1) & (d["t"] > 1.0) & np.isfinite(ref).all(1)
        acc, gyr = (np.column_stack([d[f"{k}{c}"] for c in "xyz"]) for k in "ag")
        track = estimate(Motion(d["t"] - d["t"][0], acc, gyr, ref, 50.0))
        seen = scored & np.isfinite(track.up).all(1)
        u, _, vt = np.linalg.svd(track.up[seen].T @ ref[seen])  # that reference was aligned to the sensor by such a fit
        turn = u @ np.diag([1, 1, np.sign(np.linalg.det(u @ vt))]) @ vt
        errors.append(rms(error_deg(replace(track, up=track.up @ turn), ref)[seen]))
        known.append(seen.sum() / scored.sum())
    assert np.mean(errors) < 1.55
    assert np.mean(known) > 0.95


@pytest.mark.skipif(not (REAL / "broad").is_dir(), reason="real recordings are not here")
@pytest.mark.parametrize(("gap_s", "most_deg"), [(0.0, 0.4), (0.5, 0.6)])
def test_board_against_optics(gap_s: float, most_deg: float) -> None:
    """Whole, and with a gap every ten seconds."""
    errors, known = [], []
    for path in sorted((REAL / "broad").glob("*.csv.gz"))[::2]:
        d = _columns(path)
        w, x, y, z = (d[f"ref_q{c}"] for c in "wxyz")
        ref = np.column_stack([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)])
        acc, gyr = (np.column_stack([d[f"{k}{c}"] for c in "xyz"]) for k in "ag")
        motion = Motion(d["t"] - d["t"][0], acc, gyr, ref, 95.24)
        kept = motion.t % 10.0 < 10.0 - gap_s
        scored = ((d["ref_movement"] == 1) & np.isfinite(ref).all(1))[kept]
        error = error_deg(estimate(motion[kept]), ref[kept])[scored]
        errors.append(rms(error))
        known.append(np.isfinite(error).mean())
    assert np.mean(errors) < most_deg
    assert np.mean(known) > 0.85
