from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensorcoach.dsp.fir import convolve, lowpass_taps


def test_gain_is_one_at_rest_and_a_half_at_the_cutoff():
    taps = lowpass_taps(41, 1.2, 25.0)
    at = np.arange(41) - 20
    gain = [abs((taps * np.cos(2 * np.pi * f / 25.0 * at)).sum()) for f in (0.0, 1.2, 3.0, 6.0)]
    assert gain[0] == pytest.approx(1.0, abs=1e-15)
    assert gain[1] == pytest.approx(0.5, abs=0.02)
    assert max(gain[2:]) < 0.01


def test_agrees_with_numpy():
    x = np.random.default_rng(1).normal(size=(2, 300))
    taps = lowpass_taps(21, 2.0, 25.0)
    expected = np.array([np.convolve(row, taps, "valid") for row in x])
    np.testing.assert_allclose(convolve(x, taps, 20, 280), expected, atol=1e-14)
    np.testing.assert_allclose(convolve(x, taps, 22, 55, 5), expected[:, 2::5][:, :55], atol=1e-14)


@given(st.integers(20, 280), st.integers(1, 40), st.integers(1, 5))
def test_a_value_does_not_depend_on_its_neighbours(newest: int, count: int, step: int):
    x = np.random.default_rng(2).normal(size=(3, 500))
    taps = lowpass_taps(21, 2.0, 25.0)
    together = convolve(x, taps, newest, count, step)
    alone = np.hstack([convolve(x, taps, newest + i * step, 1) for i in range(count)])
    np.testing.assert_array_equal(together, alone)


def test_an_even_length_is_refused():
    with pytest.raises(ValueError, match="odd"):
        lowpass_taps(20, 1.0, 25.0)
