from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensorcoach.dsp.spectra import (
    TAPER_POWER,
    Sampler,
    centred,
    frequencies,
    power,
    red_background,
    row_tables,
    speed_gain,
)


def test_the_mean_is_taken_out_whatever_stands_before_the_stretch():
    rows = np.random.default_rng(0).normal(size=(3, 2, 60))
    length = np.array([60, 41, 8])
    for row, n in zip(rows, length, strict=True):
        row[:, 60 - n :] = 3.0
    out = centred(rows, length)
    np.testing.assert_allclose(out, 0.0, atol=1e-12)


def test_the_taper_has_the_power_it_claims():
    tables = row_tables(120)
    for n in (40, 120):
        assert (tables.taper[n] ** 2).sum() / n == pytest.approx(TAPER_POWER, rel=1e-12)
        assert not tables.taper[n][: 120 - n].any()


def test_power_is_the_squared_spectrum_of_every_channel():
    rows = np.random.default_rng(1).normal(size=(4, 2, 100))
    expected = (np.abs(np.fft.fft(rows, 256)) ** 2)[..., :129]
    np.testing.assert_allclose(power(rows, 256), expected, rtol=1e-10)


@given(st.lists(st.integers(40, 300), min_size=1, max_size=9))
def test_a_row_does_not_depend_on_its_neighbours(lengths: list[int]):
    rows = np.random.default_rng(len(lengths)).normal(size=(len(lengths), 2, 300))
    length = np.array(lengths)
    x = np.linspace(-1.5, 1.5, 40)

    def chain(r, n):
        p = power(centred(r, n) * row_tables(300).taper[n][:, None], 512).sum(axis=1)
        log_power = np.log(Sampler(np.linspace(0.05, 1.4, 40), 5 / 512, 256)(p))
        return red_background(log_power, x).at(x)

    together = chain(rows, length)
    alone = np.vstack([chain(rows[i : i + 1], length[i : i + 1]) for i in range(len(lengths))])
    np.testing.assert_array_equal(together, alone)


def test_the_spectrum_of_an_angle_is_that_of_its_speed_over_the_gain():
    size, rate_hz, k = 64, 5.0, 7
    angle = np.cos(2 * np.pi * k / size * np.arange(size))
    speed = rate_hz * (angle - np.roll(angle, 1))
    gain = speed_gain(size, rate_hz, 1e-3)
    assert frequencies(size, rate_hz)[k] == pytest.approx(k * rate_hz / size)
    np.testing.assert_allclose(power(speed, size)[k] / gain[k] ** 2, power(angle, size)[k])
    assert gain[0] == 1e-3


def test_straight_lines_are_read_exactly():
    axis = 2.0 + 3.0 * np.arange(11) * 0.5
    places = np.array([0.0, 0.3, 2.75, 5.0])
    np.testing.assert_allclose(Sampler(places, 0.5, 10)(axis[None]), 2.0 + 3.0 * places[None], atol=1e-6)


def test_the_background_passes_under_a_peak():
    x = np.linspace(-1.7, 1.7, 44)
    bare = -2.0 * x - 0.5 * x * x
    peaked = bare + 5.0 * np.exp(-0.5 * ((x + 0.2) / 0.15) ** 2)
    rough = 0.3 * np.random.default_rng(3).normal(size=44)
    with_peak, without = red_background(np.stack([peaked + rough, bare + rough]), x).at(x)
    assert np.abs(with_peak - without).max() < 0.6
    assert (peaked - with_peak).max() > 4.0


def test_the_background_never_bends_upward():
    x = np.linspace(-1.7, 1.7, 44)
    fit = red_background((x * x)[None], x)
    assert fit.c2[0] == 0.0
