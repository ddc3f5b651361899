from __future__ import annotations

import math

import numpy as np
import pytest

from sensorcoach.samples import NS
from sensorcoach.tui.trace import CAPACITY, HIDDEN, POINT_STEP_S, TRUSTED, UNSURE, BreathTrace

from .feeds import breath_value


def filled(seconds: float, *, depth: float = 1.0, tier: int = TRUSTED, trace: BreathTrace | None = None) -> BreathTrace:
    trace = trace or BreathTrace()
    start_s = max(trace.newest_s, 0.0)
    for step in range(1, round(seconds * 5) + 1):
        t_s = start_s + step / 5
        points = tuple(depth * breath_value(t_s - POINT_STEP_S * k) for k in reversed(range(5)))
        trace.append(round(t_s * NS), points, tier)
        if step % 5 == 0:
            trace.rescale()
    return trace


def test_the_curve_is_what_came_in() -> None:
    trace = filled(30.0)
    t_s = np.array([20.0, 21.3, 27.77])
    level, tier = trace.sample(t_s)
    low, high = trace.range
    expected = (np.array([breath_value(t) for t in t_s]) - low) / (high - low)
    np.testing.assert_allclose(level, expected, atol=0.01)
    assert set(tier) == {TRUSTED}


def test_outside_what_is_known_there_is_no_curve() -> None:
    level, tier = filled(30.0).sample(np.array([-1.0, 30.5]))
    assert np.isnan(level).all()
    assert set(tier) == {HIDDEN}


def test_gaps_are_not_bridged() -> None:
    trace = filled(5.0)
    trace.append(8 * NS, (0.0,) * 5, TRUSTED)
    level, _ = trace.sample(np.array([4.9, 6.0, 7.9]))
    assert np.isfinite(level).tolist() == [True, False, True]


def test_hidden_points_are_not_drawn() -> None:
    assert math.isnan(filled(10.0, tier=HIDDEN).level_at(9.0))
    assert math.isfinite(filled(10.0, tier=UNSURE).level_at(9.0))


def test_an_ordinary_breath_fills_the_range() -> None:
    trace = filled(60.0)
    level, _ = trace.sample(np.arange(40.0, 59.0, 0.04))
    assert level.min() == pytest.approx(0.0, abs=0.06)
    assert level.max() == pytest.approx(1.0, abs=0.06)


def test_the_scale_grows_quickly_and_shrinks_slowly() -> None:
    usual_high = filled(60.0).range[1]
    deep = filled(15.0, depth=3.0, trace=filled(60.0))
    assert deep.range[1] > 2.2 * usual_high
    shallow = filled(15.0, depth=0.33, trace=filled(60.0))
    assert shallow.range[1] > 0.6 * usual_high


def test_one_sigh_leaves_the_scale_alone() -> None:
    trace = filled(60.0)
    before = trace.range
    filled(3.0, depth=3.0, trace=trace)
    filled(7.5, trace=trace)
    assert trace.range == pytest.approx(before, abs=0.25)


def test_noise_is_not_blown_up() -> None:
    low, high = filled(60.0, depth=0.01).range
    assert high - low >= 0.4


def test_memory_is_bounded_and_the_newest_is_kept() -> None:
    trace = filled(400.0)
    assert len(trace) <= 2 * CAPACITY
    assert math.isfinite(trace.level_at(399.0))
    assert math.isfinite(trace.level_at(400.0 - CAPACITY * POINT_STEP_S + 1.0))


def test_time_that_runs_back_starts_anew() -> None:
    trace = filled(30.0)
    trace.append(5 * NS, (0.1,) * 5, TRUSTED)
    assert len(trace) == 5
    assert trace.newest_s == pytest.approx(5.0)
