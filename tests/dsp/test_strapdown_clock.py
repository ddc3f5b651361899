"""The interval before each sample: raw where stamps are the sensor's, averaged where they are arrival times."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensorcoach.dsp.strapdown_clock import BREAK_S, SampleClock
from sensorcoach.samples import NS


def stamps(t_s: np.ndarray) -> np.ndarray:
    return np.unique(np.rint((t_s - t_s[0]) * NS).astype(np.int64))


def test_even_stamps_are_believed_and_lost_samples_are_long_steps() -> None:
    t = np.arange(2000) / 50.0
    t = t[np.random.default_rng(1).random(2000) > 0.05]
    dt, gaps = SampleClock(50.0).update(stamps(t))
    assert gaps.sum() == 1 + (np.diff(t) > BREAK_S).sum()
    assert gaps[0]
    np.testing.assert_allclose(dt[1:], np.diff(t), atol=1e-8)


def test_a_wrong_nominal_rate_changes_nothing() -> None:
    t = np.arange(2000) / 52.0
    dt, gaps = SampleClock(50.0).update(stamps(t))
    np.testing.assert_allclose(dt[1:], 1 / 52.0, atol=1e-8)
    assert not gaps[1:].any()


@pytest.mark.parametrize("jitter_s", [0.002, 0.004, 0.008])
def test_arrival_times_are_averaged(jitter_s: float) -> None:
    rng = np.random.default_rng(2)
    t = np.sort(np.arange(6000) / 100.0 + rng.normal(0, jitter_s, 6000))
    dt, gaps = SampleClock(100.0).update(stamps(t))
    settled = dt[200:]
    assert settled.std() < 0.35 * np.diff(t)[200:].std()
    assert settled.mean() == pytest.approx(0.01, rel=2e-3)
    assert not gaps[1:].any()


def test_a_real_gap_is_seen_among_arrival_times() -> None:
    rng = np.random.default_rng(3)
    t = np.sort(np.arange(6000) / 100.0 + rng.normal(0, 0.006, 6000))
    t = t[(t < 30.0) | (t > 30.5)]
    _, gaps = SampleClock(100.0).update(stamps(t))
    (at,) = np.flatnonzero(gaps[1:])
    assert t[at + 1] > 30.0
    assert t[at] < 30.0


@given(st.lists(st.integers(1, 400), max_size=12), st.sampled_from([0.0, 0.0015, 0.006]))
def test_any_cut_gives_the_same_bits(sizes: list[int], jitter_s: float) -> None:
    rng = np.random.default_rng(4)
    t = np.arange(1500) / 100.0 + rng.normal(0, 1.0, 1500) * np.where(np.arange(1500) > 500, jitter_s, 0.0)
    t = np.sort(t[(rng.random(1500) > 0.03) & ((np.arange(1500) < 900) | (np.arange(1500) > 940))])
    t_ns = stamps(t)
    whole = SampleClock(100.0).update(t_ns)
    clock, cuts = SampleClock(100.0), np.unique(np.minimum(np.cumsum([0, *sizes, len(t_ns)]), len(t_ns)))
    parts = [clock.update(t_ns[a:b]) for a, b in zip(cuts[:-1], cuts[1:], strict=True)]
    assert np.array_equal(whole[0], np.concatenate([p[0] for p in parts]))
    assert np.array_equal(whole[1], np.concatenate([p[1] for p in parts]))
