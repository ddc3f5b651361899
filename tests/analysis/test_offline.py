from __future__ import annotations

import numpy as np
import pytest

import sensorcoach
from sensorcoach.analysis.offline import first_steps, following, together
from sensorcoach.analysis.smoothing import (
    FORGET,
    PASS,
    SEEN,
    Evidence,
    Guesses,
    Knower,
    Listener,
    Reading,
    smoothed,
)
from sensorcoach.estimators.rate.axis import RATE_BRPM, RATE_COUNT
from sensorcoach.estimators.rate.tracker import RateTracker, densest
from sensorcoach.estimators.tracks import GRID_STEP_NS, GridTrack
from sensorcoach.samples import NS, StreamInfo

N = 80


def speaking_for(brpm: float, seconds: int, strength: float = 1.0) -> np.ndarray:
    """Log-likelihoods of seconds that all speak for one rate."""
    row = -strength * np.minimum(np.abs(np.log(RATE_BRPM / brpm)) / 0.1, 1.0)
    return np.tile(row, (seconds, 1)).astype(np.float32)


def seen(*log_likelihoods: np.ndarray) -> Evidence:
    rows = np.concatenate(log_likelihoods)
    return Evidence(np.full(len(rows), SEEN, np.int8), rows)


def rates(posterior: np.ndarray) -> np.ndarray:
    return densest(posterior.astype(np.float64))[0]


def guesses(brpm: float, quality: float, still: np.ndarray | None = None, walking: np.ndarray | None = None) -> Guesses:
    """The same guess for every second, none where the wearer is not still."""
    still = np.ones(N, np.bool_) if still is None else still
    walking = np.zeros(N, np.bool_) if walking is None else walking
    told = np.where(still, np.array([brpm, quality])[:, None], np.nan)
    return Guesses(np.arange(N), told[0], told[1], still, walking)


def test_the_last_second_of_a_record_knows_what_the_tracker_knows():
    rng = np.random.default_rng(1)
    rows = (0.3 * rng.normal(size=(30, RATE_COUNT))).astype(np.float32)
    tracker = RateTracker()
    for row in rows:
        last = tracker.update(np.exp(row)).copy()
    np.testing.assert_allclose(smoothed(seen(rows), 1.0)[-1], last, rtol=1e-4)


def test_earlier_seconds_learn_from_later_ones():
    evidence = seen(speaking_for(15, 20, 0.0), speaking_for(22, 20))
    told = rates(smoothed(evidence, 1.0))
    assert told[0] == pytest.approx(15, abs=7)
    np.testing.assert_allclose(told[15:], 22, atol=0.7)
    turned = Evidence(evidence.steps, evidence.log_likelihood[::-1])
    np.testing.assert_allclose(rates(smoothed(turned, 1.0))[:25], 22, atol=0.7)


def test_what_lies_beyond_a_movement_is_not_known():
    apart = seen(speaking_for(12, 20), speaking_for(24, 20))
    steps = np.insert(apart.steps, 20, FORGET)
    both = smoothed(Evidence(steps, apart.log_likelihood), 1.0)
    alone = smoothed(seen(speaking_for(12, 20)), 1.0)
    np.testing.assert_array_equal(both[:20], alone)
    np.testing.assert_array_equal(both[20:], smoothed(seen(speaking_for(24, 20)), 1.0))


def test_a_short_gap_is_passed_over():
    evidence = seen(speaking_for(15, 5, 0.0), speaking_for(22, 20))
    steps = np.insert(evidence.steps, 5, PASS)
    assert rates(smoothed(Evidence(steps, evidence.log_likelihood), 1.0))[3] == pytest.approx(22, abs=0.7)


def test_less_weight_is_less_sure():
    evidence = seen(speaking_for(15, 20, 0.3))
    whole, careful = (densest(smoothed(evidence, w).astype(np.float64))[1] for w in (1.0, 0.3))
    assert (whole > careful + 0.05).all()


@pytest.mark.parametrize(
    ("live", "whole", "careful", "rate", "quality"),
    [
        ((14.0, 0.6), (14.4, 0.95), (15.0, 0.9), 14.4, 0.9),  # one breath: the exact rate, the careful quality
        ((14.0, 0.9), (14.4, 0.95), (15.0, 0.6), 14.4, 0.9),  # what live showed is not denied
        ((14.0, 0.4), (14.4, 0.95), (15.0, 0.3), 14.4, 0.3),  # what it did not show adds nothing
        ((22.0, 0.6), (14.4, 0.95), (15.0, 0.9), 14.4, 0.9),  # denied
        ((22.0, 0.9), (14.4, 0.5), (15.0, 0.2), 22.0, 0.7),  # denied by one less sure
        ((22.0, 0.6), (22.2, 0.5), (15.0, 0.3), 22.0, 0.5),  # only the careful one differs, and would not be shown
        ((22.0, 0.6), (22.2, 0.9), (15.0, 0.7), 15.0, 0.7),
    ],
)
def test_three_readings_speak_together(live, whole, careful, rate, quality):
    rates_brpm, qualities = together(guesses(*live), guesses(*whole), guesses(*careful))
    assert rates_brpm[60] == pytest.approx(rate, abs=0.01)
    assert qualities[60] == pytest.approx(quality, abs=0.01)


def test_the_quiet_after_a_movement_tells_its_first_half_minute():
    still = np.ones(N, np.bool_)
    still[20:30] = False
    live = guesses(15.0, 0.9, still)
    rate, quality = live.rate_brpm.copy(), np.where(still, 0.9, 0.0)
    rate[30:38] = np.nan  # too short to say anything
    quality[30:50] = 0.0
    rate[38:42], rate[42:50], rate[50:52] = 7.0, 14.5, 7.0
    rate, quality = following(live, rate, quality)
    assert np.isnan(rate[20:30]).all()
    assert (quality[20:30] == 0).all()
    np.testing.assert_allclose(rate[30:50], 15.0)
    np.testing.assert_allclose(quality[30:50], 0.63)
    np.testing.assert_allclose(rate[50:52], 7.0)  # sure of itself, and another breath: stays
    np.testing.assert_allclose(quality[50:], 0.9)


def test_the_second_before_a_walk_is_its_first_step():
    still, walking = np.ones(N, np.bool_), np.zeros(N, np.bool_)
    still[20:30] = still[50:60] = False
    walking[24:30] = walking[55:60] = True  # the second is shorter than the 5 s in which steps are looked for
    assert np.flatnonzero(first_steps(guesses(15.0, 0.9, still, walking))).tolist() == [19]


def breath_then_walk() -> dict[str, object]:
    """A minute of breathing at 15 brpm, half a minute of walking, a minute of breathing."""
    rng = np.random.default_rng(4)
    t = np.arange(150 * 50) / 50.0
    acc = np.zeros((len(t), 3))
    acc[:, 0] = 0.014 * np.sin(2 * np.pi * 0.25 * t)
    acc[:, 2] = 1.0
    acc += 0.003 * rng.normal(size=acc.shape)
    walk = (t > 60) & (t < 90)
    acc[walk, 2] += 0.25 * np.sin(2 * np.pi * 1.8 * t[walk])
    acc[walk, 0] += 0.06 * np.sin(2 * np.pi * 0.9 * t[walk])
    return {"t": t, "acc": 9.80665 * acc, "gyr": None}


def test_looking_ahead_fills_the_first_seconds_of_a_stretch_and_never_the_walk():
    source = breath_then_walk()
    live, both = (sensorcoach.analyze(source, offline=offline).seconds for offline in (False, True))
    shown_live, shown_both = (np.isfinite(s["breath_rate_brpm"]) for s in (live, both))
    walk = (live["t_s"] > 59.5) & (live["t_s"] <= 90)
    assert not shown_both[walk].any()
    assert shown_both[shown_live & ~walk].all()
    assert shown_both.sum() > shown_live.sum() + 10
    np.testing.assert_allclose(both["breath_rate_brpm"][shown_both], 15.0, atol=0.7)
    assert (both["breath_quality"][shown_both] >= 0.5).all()
    assert (both["breath_reason"][shown_both] == "").all()
    assert (both["breath_reason"][~shown_both] != "").all()
    trusted_live, trusted_both = (np.nan_to_num(s["breath_quality"]) >= 0.8 for s in (live, both))
    assert trusted_both[trusted_live & ~walk].all()


def test_a_record_may_be_too_short_to_say_anything():
    t_s = np.arange(0.0, 4.0, 0.02)
    source = {"t": t_s, "acc": 9.80665 * np.column_stack([0 * t_s, 0 * t_s, 1 + 0 * t_s])}
    live, both = (sensorcoach.analyze(source, offline=offline).seconds for offline in (False, True))
    assert live["breath_reason"].tolist() == both["breath_reason"].tolist() == ["settling"] * len(live)


def test_a_reading_goes_on_after_a_leap_in_time():
    t_ns = np.r_[np.arange(0, 40 * NS, GRID_STEP_NS), np.arange(200_000 * NS, 200_040 * NS, GRID_STEP_NS)]
    breath = 0.014 * np.sin(2 * np.pi * 0.25 * t_ns / NS)
    grid = GridTrack(t_ns, (), 9.80665 * np.column_stack([breath, 0 * breath, 1 + 0 * breath]), None, 0.0)
    stream = StreamInfo(has_gyro=False)
    first = Reading(stream, [Listener(), Listener()])
    first.update(grid)
    second = Reading(stream, [Knower(smoothed(j.evidence(), 1.0)) for j in first.judges if isinstance(j, Listener)])
    second.update(grid)
    assert len(first.judges) == 2
    told = second.guesses()
    assert np.count_nonzero(told.quality > 0.8) > 40
    np.testing.assert_allclose(told.rate_brpm[told.quality > 0.8], 15.0, atol=0.7)
