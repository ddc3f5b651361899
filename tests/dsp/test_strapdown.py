"""Strapdown sums: right, and the same for one sample as for a thousand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensorcoach.dsp.strapdown import LARGEST_TURN_RAD, added, begun, inward, outward, small_turn, step, turned

angle = st.floats(-2.0, 2.0)


@given(angle, angle, angle)
def test_small_turn_is_the_exact_quaternion(x: float, y: float, z: float) -> None:
    size = math.sqrt(x * x + y * y + z * z)
    if size > LARGEST_TURN_RAD:
        return
    sinc = math.sin(size / 2) / size if size > 1e-9 else 0.5
    np.testing.assert_allclose(small_turn(x, y, z), (math.cos(size / 2), x * sinc, y * sinc, z * sinc), atol=1e-5)


@given(angle, angle, angle)
def test_inward_undoes_outward(x: float, y: float, z: float) -> None:
    n = math.sqrt(1.0 + x * x + y * y + z * z)
    q = (1.0 / n, x / n, y / n, z / n)
    np.testing.assert_allclose(inward(q, outward(q, (1.0, 2.0, 3.0))), (1.0, 2.0, 3.0), atol=1e-12)


def test_quarter_turn_about_z_takes_x_outward_to_y() -> None:
    q = turned(small_turn(0.0, 0.0, math.pi / 4), small_turn(0.0, 0.0, math.pi / 4))
    np.testing.assert_allclose(outward(q, (1.0, 0.0, 0.0)), (0.0, 1.0, 0.0), atol=1e-6)


def test_gravity_of_a_turning_sensor_adds_up_in_the_frame_of_the_start() -> None:
    """A sensor that spins about x reads turning gravity; seen from the window's start it is g times the time, up."""
    dt, rate = 0.01, 3.0
    sums = begun(1.0, (0.0, 0.0, 9.81))
    for k in range(1, 101):
        a = rate * k * dt
        acc = (0.0, 9.81 * math.sin(a), 9.81 * math.cos(a))
        sums = added(sums, step(dt, (rate, 0.0, 0.0), (0.0, 0.0, 0.0), acc, 0.0))
    np.testing.assert_allclose(sums[7:10], (0.0, 0.0, 9.81), atol=1e-6)
    assert sums[10] == pytest.approx(1.0)
    assert sums[12] == pytest.approx(rate * rate)


def test_floats_and_arrays_agree_to_the_last_bit() -> None:
    rng = np.random.default_rng(0)
    steps = rng.normal(size=(20, 11, 50))
    many = begun(np.ones(50), tuple(rng.normal(size=(3, 50))))
    ones = [tuple(float(v[k]) for v in many) for k in range(50)]
    for dt, *rest in steps:
        a, b, c, d, e, f, g, h, i, j = rest
        many = added(many, step(np.abs(dt), (a, b, c), (d, e, f), (g, h, i), j))
        for k in range(50):
            a1, b1, c1, d1, e1, f1, g1, h1, i1, j1 = (float(r[k]) for r in rest)
            ones[k] = added(ones[k], step(abs(float(dt[k])), (a1, b1, c1), (d1, e1, f1), (g1, h1, i1), j1))
    assert [tuple(float(v[k]) for v in many) for k in range(50)] == ones
