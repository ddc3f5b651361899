from __future__ import annotations

import csv
import gzip
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensorcoach.dsp.grid import Grid
from sensorcoach.estimators.breath_rate import BreathRate
from sensorcoach.estimators.rate.axis import LN_RATE, RATE_BRPM, RATE_COUNT
from sensorcoach.estimators.rate.change import contradiction
from sensorcoach.estimators.rate.doubt import doubts
from sensorcoach.estimators.rate.judge import STEADY_RAD
from sensorcoach.estimators.rate.movement import beating
from sensorcoach.estimators.rate.refine import phase_slope
from sensorcoach.estimators.rate.tracker import PRIOR, RateTracker, densest
from sensorcoach.estimators.rate.trust import Facts, quality
from sensorcoach.estimators.tracks import GRID_STEP_NS, GridTrack, RateTrack
from sensorcoach.events import REASONS, SHOWN, TRUSTED
from sensorcoach.samples import NS, STANDARD_GRAVITY_MS2, SampleBlock, StreamInfo

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"


def mounted(acc: np.ndarray, seed: int) -> np.ndarray:
    """Rows turned by a random fixed rotation."""
    q, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    return acc @ (q * np.sign(np.linalg.det(q))).T


def upward(acc: np.ndarray) -> np.ndarray:
    """Unit vector of the mean of the rows."""
    mean = acc.mean(axis=0)
    return mean / np.linalg.norm(mean)


def breathing(brpm: float, *, seconds: int = 90, depth_mg: float = 14.0, noise_mg: float = 3.0, seed: int = 0):
    """Acceleration (m/s²) at 25 Hz of a still chest that breathes evenly, with a heart and a little sway."""
    rng = np.random.default_rng(seed)
    t = np.arange(seconds * 25) / 25.0
    wave = np.sin(2 * np.pi * brpm / 60.0 * t) + 0.2 * np.sin(4 * np.pi * brpm / 60.0 * t + 1.0)
    sway = np.cumsum(rng.normal(size=(len(t), 2)), axis=0)
    sway = 2.0 * sway / sway.std()
    acc = np.zeros((len(t), 3))
    acc[:, 0] = depth_mg * wave + sway[:, 0] + 2.0 * np.cos(2 * np.pi * 1.2 * t)
    acc[:, 1] = 0.3 * depth_mg * wave + sway[:, 1]
    acc[:, 2] = 1000.0
    acc += noise_mg * rng.normal(size=acc.shape)
    return mounted(acc, seed) * STANDARD_GRAVITY_MS2 / 1000.0


def grid(acc: np.ndarray, gyr: np.ndarray | None = None, first_row: int = 0) -> GridTrack:
    t_ns = (first_row + np.arange(len(acc), dtype=np.int64)) * GRID_STEP_NS
    return GridTrack(t_ns, (), acc, gyr, 0.06)


def part(track: GridTrack, first: int, last: int) -> GridTrack:
    gyr = None if track.gyr_rads is None else track.gyr_rads[first:last]
    return replace(track, t_ns=track.t_ns[first:last], acc_ms2=track.acc_ms2[first:last], gyr_rads=gyr)


def run(track: GridTrack) -> RateTrack:
    return BreathRate(StreamInfo(has_gyro=track.gyr_rads is not None)).update(track)


def rows_of(tracks: list[RateTrack]) -> np.ndarray:
    return np.concatenate(
        [
            np.stack([r.t_ns.astype(float), r.rate_brpm, r.quality, r.reason.astype(float), r.tracked_hz])
            for r in tracks
        ],
        axis=1,
    )


def eventful(gyro: bool) -> GridTrack:
    """Breathing with a walk, a posture step and gaps of many lengths."""
    acc = breathing(13.0, seconds=150, seed=5)
    t = np.arange(len(acc)) / 25.0
    walk = (t > 70) & (t < 80)
    acc[walk] += 2.5 * np.sin(2 * np.pi * 1.9 * t[walk])[:, None] * upward(acc)
    acc[t > 110] += np.array([2.0, -1.0, 0.5])
    gyr = 0.01 * np.sin(2 * np.pi * 13.0 / 60.0 * t)[:, None] * np.ones(3) if gyro else None
    for first, rows in ((330, 1), (500, 20), (700, 50), (1000, 51), (1400, 130), (3100, 49), (3300, 26)):
        acc[first : first + rows] = np.nan
        if gyr is not None:
            gyr[first : first + rows] = np.nan
    return grid(acc, gyr, first_row=7)


@settings(max_examples=12)
@given(st.booleans(), st.lists(st.integers(0, 3750), max_size=12), st.integers(0, 12))
def test_any_cut_and_any_resumption_give_the_same_bits(gyro: bool, cuts: list[int], resume_after: int):
    track = eventful(gyro)
    expected = rows_of([run(track)])
    estimator = BreathRate(StreamInfo(has_gyro=gyro))
    out = []
    edges = [0, *sorted(min(c, len(track)) for c in cuts), len(track)]
    for i, (first, last) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
        out.append(estimator.update(part(track, first, last)))
        if i == resume_after:
            estimator = pickle.loads(pickle.dumps(estimator))
    np.testing.assert_array_equal(rows_of(out), expected)


@pytest.mark.parametrize("gyro", [False, True])
def test_row_by_row_gives_the_same_bits(gyro: bool):
    track = part(eventful(gyro), 0, 2300)
    estimator = BreathRate(StreamInfo(has_gyro=gyro))
    out = [estimator.update(part(track, i, i + 1)) for i in range(len(track))]
    np.testing.assert_array_equal(rows_of(out), rows_of([run(track)]))


def test_rows_stand_on_whole_seconds_and_inputs_stay_as_they_were():
    track = eventful(True)
    before = track.acc_ms2.copy()
    out = run(track)
    np.testing.assert_array_equal(out.t_ns, np.arange(1, 151) * NS)
    np.testing.assert_array_equal(track.acc_ms2, before)


@pytest.mark.parametrize(
    ("brpm", "by_s"), [(4.5, 45), (6.0, 32), (10.0, 15), (12.0, 15), (15.0, 15), (20.0, 15), (26.0, 17), (36.0, 17)]
)
def test_even_breathing_is_trusted_soon_and_right(brpm: float, by_s: int):
    out = run(grid(breathing(brpm)))
    trusted = out.quality >= TRUSTED
    assert out.t_ns[np.flatnonzero(trusted)[0]] <= by_s * NS
    late = out.t_ns >= 50 * NS
    assert trusted[late].all()
    np.testing.assert_allclose(out.rate_brpm[late], brpm, atol=0.4)
    np.testing.assert_allclose(60.0 * out.tracked_hz[late], brpm, rtol=0.03)
    assert (out.reason[trusted] == REASONS.index("")).all()


def test_a_large_slow_drift_does_not_hide_a_small_breath():
    """As after standing up: 300 mg that die away with a time constant of 25 s, over a breath of 2 mg."""
    acc = breathing(17.0, seconds=120, depth_mg=2.0, noise_mg=1.0)
    t = np.arange(len(acc)) / 25.0
    across = np.cross(upward(acc), [1.0, 0.0, 0.0])
    drift = 0.3 * STANDARD_GRAVITY_MS2 * np.exp(-t / 25.0)[:, None] * across / np.linalg.norm(across)
    late = slice(45, None)
    still, drifting = run(grid(acc)), run(grid(acc + drift))
    assert (np.abs(60.0 * still.tracked_hz[late] - 17.0) < 1.0).mean() > 0.9
    assert (np.abs(60.0 * drifting.tracked_hz[late] - 17.0) < 1.0).mean() > 0.9


def test_sway_along_one_direction_does_not_drown_a_breath_along_the_other():
    rng = np.random.default_rng(8)
    t = np.arange(120 * 25) / 25.0
    acc = np.zeros((len(t), 3))
    kernel = np.exp(-np.arange(100) / 12.0)
    acc[:, 0] = 3.0 * np.convolve(rng.normal(size=len(t) + 99), kernel, "valid")  # about 7 mg, to 1 Hz and beyond
    acc[:, 1] = 4.0 * np.sin(2 * np.pi * 14.0 / 60.0 * t) + rng.normal(size=len(t))
    acc[:, 2] = 1000.0
    out = run(grid(mounted(acc, 3) * STANDARD_GRAVITY_MS2 / 1000.0))
    late = slice(40, None)
    np.testing.assert_allclose(60.0 * out.tracked_hz[late], 14.0, atol=1.0)
    assert (out.quality[late] >= TRUSTED).mean() > 0.8


def breath_speed(rate_brpm: np.ndarray, depth: np.ndarray, slip_rad: np.ndarray) -> np.ndarray:
    """Angular rate at 5 Hz, (1, 2, 300), of a breath along the first of two directions."""
    angle = depth * np.sin(2.0 * np.pi * np.cumsum(rate_brpm) / 60.0 / 5.0 + slip_rad)
    return np.stack([np.gradient(angle) * 5.0, np.zeros(300)])[None]


def test_a_rate_that_changes_evenly_is_steady_and_a_lost_breath_is_not():
    t = np.arange(300) / 5.0
    none, even, length = np.zeros(300), np.ones(300), np.array([300])
    rising = 14.0 * np.exp(0.4 * (t - 45.0) / 60.0)
    change = phase_slope(breath_speed(rising, even, none), length, np.array([15.0]))
    assert change.rate_brpm[0] == pytest.approx(14.0, abs=0.2)  # the mean of the last 30 s
    assert change.residual_rad[0] < 0.15  # about one slope it would be 0.33
    faint = 1.0 - 0.9 * np.exp(-(((t - 50.0) / 3.0) ** 2))
    lost = breath_speed(np.full(300, 14.0), faint, 0.5 * np.pi * np.tanh(t - 50.0))  # half a breath
    assert phase_slope(lost, length, np.array([14.0])).residual_rad[0] > STEADY_RAD[1]


def test_the_mean_rate_weighs_every_moment_of_its_span_alike():
    slower = np.where(np.arange(300) < 250, 32.0, 28.0)  # for the last 10 s
    mean = phase_slope(breath_speed(slower, np.ones(300), np.zeros(300)), np.array([300]), np.array([30.7]))
    assert mean.rate_brpm[0] == pytest.approx(slower[-150:].mean(), abs=0.1)  # least squares would find 0.3 more


@pytest.mark.parametrize(("before", "after"), [(10.0, 14.0), (16.0, 11.0)])
def test_after_a_sudden_change_the_mean_rate_is_shown_and_not_the_newest(before: float, after: float):
    n, change = 120 * 25, 70
    t = np.arange(n) / 25.0
    breaths = np.cumsum(np.where(t < change, before, after)) / 60.0 / 25.0
    acc = np.random.default_rng(0).normal(0.0, 2.0, (n, 3))
    acc[:, 0] += 14.0 * np.sin(2.0 * np.pi * breaths)
    acc[:, 2] += 1000.0
    out = run(grid(acc * STANDARD_GRAVITY_MS2 / 1000.0))
    at_s = out.t_ns / NS
    half = (at_s > change + 2) & (at_s < change + 30)
    truth = 2.0 * (np.interp(at_s, t, breaths) - np.interp(at_s - 30.0, t, breaths))
    shown = np.isfinite(out.rate_brpm[half])
    assert shown.mean() > 0.9  # the last 12 s may contradict for a second
    np.testing.assert_allclose(out.rate_brpm[half][shown], truth[half][shown], atol=0.8)


def test_the_mounting_does_not_matter():
    straight = run(grid(breathing(14.0)))
    turned = run(grid(mounted(breathing(14.0), seed=9)))
    late = straight.t_ns > 20 * NS
    np.testing.assert_allclose(turned.rate_brpm[late], straight.rate_brpm[late], atol=0.02)
    np.testing.assert_allclose(turned.quality[late], straight.quality[late], atol=0.02)


def test_nothing_is_trusted_where_nobody_breathes():
    for seed in range(6):
        acc = breathing(15.0, depth_mg=0.0, seconds=150, seed=seed)
        assert not (run(grid(acc)).quality >= TRUSTED).any()


def test_a_silent_sensor_shows_nothing():
    for constant in (0.0, 1.0):
        acc = np.zeros((60 * 25, 3))
        acc[:, 2] = constant * STANDARD_GRAVITY_MS2
        out = run(grid(acc, np.zeros_like(acc)))
        assert np.isnan(out.rate_brpm).all()


def test_a_row_without_a_rate_says_why():
    out = run(eventful(False))
    shown = out.quality >= SHOWN
    np.testing.assert_array_equal(shown, np.isfinite(out.rate_brpm))
    np.testing.assert_array_equal(shown, out.reason == REASONS.index(""))
    assert set(out.reason) >= {REASONS.index(r) for r in ("", "settling", "walking", "posture_change", "no_data")}
    assert shown.sum() > 60


def test_walking_is_never_shown():
    acc = breathing(14.0, seconds=120)
    t = np.arange(len(acc)) / 25.0
    walk = t > 60
    acc[walk] += 2.0 * np.sin(2 * np.pi * 1.8 * t[walk])[:, None] * upward(acc)
    acc[walk] += np.array([0.5, 0.3, 0.5]) * np.sin(2 * np.pi * 0.9 * t[walk])[:, None]
    out = run(grid(acc))
    walking = out.t_ns > 62 * NS
    assert np.isnan(out.rate_brpm[walking]).all()
    assert (out.reason[out.t_ns > 66 * NS] == REASONS.index("walking")).all()


def test_the_first_step_takes_the_rate_away():
    acc = breathing(12.0, seconds=70)
    t = np.arange(len(acc)) / 25.0
    walk = t > 60.4
    acc[walk] += 2.0 * np.sin(2 * np.pi * 1.8 * (t[walk] - 60.4))[:, None] * upward(acc)
    out = run(grid(acc))
    assert out.quality[60] >= TRUSTED
    assert np.isnan(out.rate_brpm[61:]).all()


def test_a_twitch_hides_its_second_and_breaks_nothing():
    acc = breathing(12.0, seconds=70)
    acc[60 * 25 - 20 : 60 * 25 - 16] += 0.9 * upward(acc)
    out = run(grid(acc))
    assert np.isnan(out.rate_brpm[60])
    assert np.isfinite(out.rate_brpm[[59, 61, 62, 63, 64]]).all()
    assert np.isfinite(out.tracked_hz[60])


@pytest.mark.parametrize("brpm", [(14.0, 6.0), (18.0, 10.0), (10.0, 18.0), (12.0, 20.0)])
def test_after_a_change_of_pace_the_old_rate_is_not_trusted_on(brpm: tuple[float, float]):
    t = np.arange(150 * 25) / 25.0
    turns = np.cumsum(np.where(t < 80.0, *brpm)) / 60.0 / 25.0
    acc = breathing(12.0, seconds=150, depth_mg=0.0)
    acc[:, 0] += 0.014 * STANDARD_GRAVITY_MS2 * (np.sin(2 * np.pi * turns) + 0.2 * np.sin(4 * np.pi * turns + 1.0))
    out = run(grid(acc))
    second = np.arange(150)
    truth = np.interp(second - 80.0, [0.0, 30.0], brpm)
    trusted = out.rate_brpm[(out.quality >= TRUSTED) & (second > 92)]  # until then the mean has hardly changed
    mean = truth[(out.quality >= TRUSTED) & (second > 92)]
    assert ((np.abs(trusted - mean) < 2.0) | (np.abs(trusted - brpm[1]) < 2.0)).all()
    assert (out.quality[[75, 145]] >= TRUSTED).all()


def test_movement_that_is_over_is_no_restlessness():
    acc = breathing(15.0, seconds=90)
    t = np.arange(len(acc)) / 25.0
    walk = (t > 50) & (t < 60)
    acc[walk] += 2.5 * np.sin(2 * np.pi * 1.9 * t[walk])[:, None] * upward(acc)
    out = run(grid(acc))
    assert (out.quality[74:] >= TRUSTED).all()


def test_a_slow_swing_of_the_trunk_is_movement():
    """A walk of which only the tilt is left, as in acceleration made from logged orientation."""
    acc = breathing(14.0, seconds=120)
    t = np.arange(len(acc)) / 25.0
    walk = t > 60
    acc[walk] += np.array([1.0, 0.3, 0.0]) * np.sin(2 * np.pi * 0.95 * t[walk])[:, None]
    out = run(grid(acc))
    assert np.isnan(out.rate_brpm[out.t_ns > 62 * NS]).all()


def test_a_short_gap_repeats_the_row_before_and_a_long_one_says_no_data():
    acc = breathing(14.0, seconds=120)
    acc[1490:1535] = np.nan
    acc[2240:2400] = np.nan
    out = run(grid(acc))
    rows = rows_of([out])[1:]
    np.testing.assert_array_equal(rows[:, 60], rows[:, 59])
    np.testing.assert_array_equal(rows[:, 61], rows[:, 59])
    assert (out.quality[60:75] >= TRUSTED).all()
    assert (out.reason[92:96] == REASONS.index("no_data")).all()
    assert np.isnan(out.tracked_hz[92:96]).all()
    assert out.reason[98] == REASONS.index("settling")
    assert (out.quality[112:] >= TRUSTED).all()


def test_a_jump_in_time_starts_anew():
    estimator = BreathRate(StreamInfo(has_gyro=False))
    first = estimator.update(grid(breathing(14.0)))
    second = estimator.update(grid(breathing(9.9, seed=3), first_row=10_000_000))
    assert second.t_ns[0] == 400_000 * NS
    np.testing.assert_array_equal(rows_of([second])[1:], rows_of([run(grid(breathing(9.9, seed=3)))])[1:])
    assert len(first) == 90


def test_turning_about_gravity_is_seen_by_the_gyro_alone():
    acc = breathing(15.0, depth_mg=0.0, seconds=90)
    t = np.arange(len(acc)) / 25.0
    gyr = 0.012 * np.cos(2 * np.pi * 17.0 / 60.0 * t)[:, None] * upward(acc)
    gyr += 0.002 * np.random.default_rng(4).normal(size=gyr.shape)
    with_gyro, without = run(grid(acc, gyr)), run(grid(acc))
    assert np.abs(60.0 * with_gyro.tracked_hz[60:] - 17.0).max() < 1.0
    assert with_gyro.quality[60:].mean() > without.quality[60:].mean() + 0.3


def test_a_strong_heart_is_not_taken_for_talking():
    """Bursts at an even pace are a heart, bursts at any moment, or from some moment on, are not."""
    t = np.arange(120 * 5) / 25.0  # 24 s
    starts = np.random.default_rng(4).uniform(0.0, 24.0, 30)
    heart, voice = t % (60.0 / 68.0) < 0.2, ((t[:, None] - starts) % 24.0 < 0.2).any(axis=1)
    quiet = 0.002 + 0.001 * np.random.default_rng(5).random(len(t))
    power = np.stack([quiet + 0.02 * when for when in (heart, voice, t > 15.0)])
    power = power.reshape(3, 120, 5).mean(axis=-1)
    for stretch in (120, 60):
        inside = np.tile(np.arange(120) >= 120 - stretch, (3, 1)).astype(np.float64)
        share = beating(power * inside, inside)
        assert share[0] > 0.5
        assert (share[1:] == 0.0).all()


def test_beats_cost_no_quality_where_restlessness_does():
    t = np.arange(60 * 25) / 25.0
    starts = np.random.default_rng(4).uniform(0.0, 60.0, 68)
    heart, voice = t % (60.0 / 68.0) < 0.2, ((t[:, None] - starts) % 60.0 < 0.2).any(axis=1)
    burst = 0.06 * STANDARD_GRAVITY_MS2 * np.sin(2 * np.pi * 7.0 * t)
    acc = breathing(14, seconds=60, depth_mg=2.0, seed=3)
    after = [run(grid(acc + (burst * when)[:, None] * upward(acc))).quality[-15:] for when in (heart, voice)]
    assert (after[0] >= TRUSTED).all()
    assert (np.nan_to_num(after[1]) < TRUSTED).mean() > 0.7


def test_memory_does_not_grow():
    estimator = BreathRate(StreamInfo(has_gyro=False))
    track = grid(breathing(14.0, seconds=600))
    estimator.update(part(track, 0, 25 * 120))
    early = len(pickle.dumps(estimator))
    estimator.update(part(track, 25 * 120, len(track)))
    assert abs(len(pickle.dumps(estimator)) - early) < 2000


def test_the_tracker_spreads_when_it_sees_nothing_and_forgets_on_demand():
    tracker = RateTracker()
    np.testing.assert_allclose(tracker.update(None).sum(), 1.0)
    sharp = np.exp(-0.5 * ((LN_RATE - np.log(12.0)) / 0.03) ** 2)
    for _ in range(5):
        tracker.update(sharp)
    rate, mass = densest(tracker.update(sharp)[None])
    assert rate[0] == pytest.approx(12.0, rel=0.01)
    assert mass[0] > 0.99
    for _ in range(60):
        blind = tracker.update(None).copy()
    assert densest(blind[None])[1][0] < 0.9
    tracker.reset()
    np.testing.assert_array_equal(tracker.update(np.ones(RATE_COUNT)).argmax(), PRIOR.argmax())


def test_the_axis_has_whole_octaves():
    np.testing.assert_allclose(RATE_BRPM[26:] / RATE_BRPM[:-26], 2.0)


def good_facts(**changed: float) -> Facts:
    usual = {
        "tracked_brpm": 14.0,
        "mass": 0.97,
        "height_24s": 3.0,
        "height_12s": 2.5,
        "margin": 0.2,
        "share": 0.7,
        "octave": -3.5,
        "beneath": -1.0,
        "second": -3.0,
        "gap": 0.02,
        "residual_rad": 0.2,
        "unevenness": 0.2,
        "cycles": 14.0,
        "depth_mrad": 5.0,
        "restless_mg": 5.0,
    }
    return Facts(**{k: np.array([v]) for k, v in (usual | changed).items()})


@pytest.mark.parametrize(
    "worse",
    [
        {"mass": 0.5},
        {"height_24s": 0.5},
        {"height_12s": 0.0},
        {"margin": -0.3},
        {"tracked_brpm": 34.0},
        {"restless_mg": 15.0},
        {"octave": -1.5},
        {"beneath": 2.3},
    ],
)
def test_worse_facts_mean_less_quality(worse: dict[str, float]):
    assert quality(good_facts(**worse))[0] < quality(good_facts())[0]


def test_a_fast_rate_needs_a_high_peak():
    assert quality(good_facts(tracked_brpm=24.0, height_24s=2.0))[0] < SHOWN < quality(good_facts(height_24s=2.0))[0]
    assert quality(good_facts(tracked_brpm=30.0, height_24s=5.5))[0] >= TRUSTED


def test_how_loudly_one_second_disagrees_means_nothing():
    assert quality(good_facts(margin=-0.8))[0] == quality(good_facts(margin=-0.1))[0]


@pytest.mark.parametrize(
    "worse",
    [
        {"cycles": 1.5},
        {"unevenness": 0.55},
        {"second": -0.5},
        {"gap": 0.3},
        {"residual_rad": 0.7},
        {"share": 0.2},
    ],
)
def test_slow_rates_need_every_point_of_the_slow_rule(worse: dict[str, float]):
    slow = {"tracked_brpm": 6.0, "cycles": 5.0}
    assert quality(good_facts(**slow))[0] >= TRUSTED
    assert quality(good_facts(**(slow | worse)))[0] == 0.0


def test_few_cycles_need_not_hold_as_much_of_the_movement():
    assert quality(good_facts(tracked_brpm=6.0, cycles=5.0, share=0.3))[0] == 0.0
    assert quality(good_facts(tracked_brpm=6.0, cycles=2.1, share=0.3))[0] >= TRUSTED


def test_a_short_stretch_cannot_tell_what_stands_at_twice_the_rate():
    few = {"tracked_brpm": 14.0, "cycles": 14.0 / 60.0 * 40.0}
    assert quality(good_facts(octave=-1.5, **few))[0] == quality(good_facts(octave=-4.0, **few))[0]


def test_the_past_alone_is_not_trusted():
    assert quality(good_facts(mass=0.999, height_24s=2.0, margin=-0.01))[0] < TRUSTED


def test_a_peak_that_chance_makes_is_not_trusted_unless_clearly_the_best():
    assert quality(good_facts(mass=0.999, height_24s=0.9, margin=0.05, height_12s=5.0))[0] < TRUSTED
    assert quality(good_facts(mass=0.999, height_24s=0.9, margin=0.35, height_12s=5.0))[0] >= TRUSTED


def doubted(brpm: float, angle: np.ndarray):
    """The doubts about a rate, from 60 s of an angle at 5 Hz along one direction."""
    speed = np.zeros((1, 2, 300))
    speed[0, 0, 1:] = 5.0 * np.diff(angle)
    return doubts(speed, np.array([299]), np.array([brpm]))


def test_doubts_are_small_for_an_even_wave_and_tell_how_strong_its_second_harmonic_is():
    turn = 2 * np.pi * 6.0 / 60.0 * np.arange(300) / 5.0
    found = doubted(6.0, np.sin(turn) + 0.3 * np.sin(2 * turn + 1.0) + 0.1 * np.sin(3 * turn))
    assert found.octave[0] == pytest.approx(np.log(0.09), abs=0.1)
    assert found.second[0] < -4.0
    assert found.unevenness[0] < 0.2  # the ends of the filter, mostly


def test_a_second_slow_wave_and_a_swelling_one_are_doubted():
    t = np.arange(300) / 5.0
    slow = np.sin(2 * np.pi * 5.0 / 60.0 * t)
    assert doubted(15.0, slow + 0.2 * np.sin(2 * np.pi * 15.0 / 60.0 * t)).beneath[0] > 2.0
    other = doubted(5.0, slow + 0.3 * np.sin(2 * np.pi * 13.0 / 60.0 * t))
    assert other.second[0] == pytest.approx(2.0 * np.log(0.3 * 13.0 / 5.0), abs=0.3)
    swelling = doubted(5.0, slow * (1.0 + 0.9 * np.cos(2 * np.pi * t / 40.0)))
    assert swelling.unevenness[0] > 0.4


def test_doubts_about_slow_rates_are_not_sought_in_fast_ones():
    found = doubted(15.0, np.random.default_rng(3).normal(size=300))
    assert (found.second[0], found.unevenness[0]) == (0.0, 0.0)


def contradicted(
    brpm: float = 14.0,
    recent: float | None = None,
    peak_brpm: float = 14.0,
    *,
    window_s: int = 12,
    stretch_s: float = 60.0,
) -> float:
    """How far the last seconds contradict `brpm`, with a peak 1 high there and one 4 high at `peak_brpm`."""
    flat = np.maximum(np.zeros(RATE_COUNT), np.abs(RATE_BRPM / brpm - 1.0) < 0.05)
    peaked = np.maximum(flat, 4.0 * (np.abs(RATE_BRPM / peak_brpm - 1.0) < 0.02))
    heights = (peaked[None], flat[None]) if window_s == 12 else (flat[None], peaked[None])
    one = np.ones(1)
    return float(contradiction(brpm * one, (recent or brpm) * one, *heights, stretch_s * one)[0])


def test_the_last_seconds_contradict_another_pace_and_no_more():
    assert contradicted() == 0.0
    assert contradicted(recent=14.0 * np.exp(0.34)) == 0.0
    assert contradicted(recent=14.0 * np.exp(-0.56)) == 1.0
    assert contradicted(peak_brpm=22.0) == 1.0
    assert contradicted(peak_brpm=15.5) == 0.0, "that is the same peak"
    assert contradicted(peak_brpm=17.5) == 0.0, "12 s cannot tell so near a rate"
    assert contradicted(peak_brpm=22.0, window_s=24) == 0.0
    assert contradicted(peak_brpm=7.0, window_s=24) == 1.0, "its second harmonic passed for the rate"
    assert contradicted(7.0, peak_brpm=14.0) == 0.0, "too few breaths for a height"


def test_a_short_stretch_has_no_older_pace():
    assert contradicted(peak_brpm=22.0, stretch_s=24.0) == 0.0
    assert contradicted(peak_brpm=22.0, stretch_s=32.0) == pytest.approx(0.5)


def read(path: Path) -> dict[str, np.ndarray]:
    with gzip.open(path, "rt") as f:
        head, *body = csv.reader(f)
    return {n: np.array([float(v or "nan") for v in c]) for n, c in zip(head, zip(*body, strict=True), strict=True)}


@pytest.mark.skipif(not (REAL / "sternum_imu").is_dir(), reason="the real recordings are not here")
@pytest.mark.parametrize("posture", ["sitting", "standing", "supine"])
def test_a_real_sternum_is_trusted_and_right(posture: str):
    d = read(REAL / "sternum_imu" / f"B1_{posture}.csv.gz")
    t_ns = np.rint(d["t"] * NS).astype(np.int64)
    acc, gyr = (np.column_stack([d[c] for c in names]) for names in (("ax", "ay", "az"), ("gx", "gy", "gz")))
    resampler = Grid(50.0)
    at, x = resampler.update(SampleBlock("chest", t_ns, acc, gyr))
    out = run(GridTrack(at, (), x[:, :3], x[:, 3:], resampler.delay_s))
    breaths = d["t"][np.flatnonzero(np.diff(d["ref_inhale"]) > 0) + 1]
    late = (out.t_ns > 30 * NS) & (out.t_ns < breaths[-1] * NS)
    assert (out.quality[late] >= TRUSTED).mean() > 0.9
    for t, rate in zip(out.t_ns[late] / NS, out.rate_brpm[late], strict=True):
        inside = breaths[(breaths > t - 30.0) & (breaths <= t)]
        if np.isfinite(rate):
            assert abs(rate - 60.0 * (len(inside) - 1) / (inside[-1] - inside[0])) < 2.0
