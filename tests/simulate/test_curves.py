from __future__ import annotations

import numpy as np
import pytest

from sensorcoach.simulate.curves import MINIMUM_JERK, PASSIVE, Bumps, Eased, SmoothNoise
from sensorcoach.simulate.jet import Jet, sin_cos

T = np.linspace(0.02, 11.7, 4001)
H = 1e-5

CURVES = {
    "eased": Eased([1.0, 4.0], [2.0, 3.0], [0.5, 3.0, -2.0], [MINIMUM_JERK, PASSIVE]),
    "eased vector": Eased([1.0, 4.0], [2.0, 3.0], [[0.0, 1.0], [3.0, 2.0], [1.0, 1.0]]),
    "bumps": Bumps(np.array([1.0, 5.0]), np.array([2.0, 0.8]), np.array([[1.0, -2.0], [0.5, 3.0]])),
    "noise": SmoothNoise(3, "test", 0.7, rms=(1.0, 2.0)),
}


@pytest.mark.parametrize("name", CURVES)
def test_derivatives_are_those_of_the_value(name: str) -> None:
    curve = CURVES[name]
    here, before, after = curve.at(T), curve.at(T - H), curve.at(T + H)
    np.testing.assert_allclose((after.x - before.x) / (2 * H), here.v, atol=1e-5)
    np.testing.assert_allclose((after.v - before.v) / (2 * H), here.a, atol=2e-3)


def test_products_and_sines_follow_the_chain_rule() -> None:
    a, b = CURVES["noise"].at(T)[0], CURVES["eased"].at(T)

    def value(t: np.ndarray) -> Jet:
        x, y = CURVES["noise"].at(t)[0], CURVES["eased"].at(t)
        return sin_cos(x * y + x * 0.5)[0] - sin_cos(-y)[1]

    here = sin_cos(a * b + a * 0.5)[0] - sin_cos(-b)[1]
    np.testing.assert_allclose((value(T + H).x - value(T - H).x) / (2 * H), here.v, atol=1e-4)
    np.testing.assert_allclose((value(T + H).v - value(T - H).v) / (2 * H), here.a, atol=1e-2)


@pytest.mark.parametrize("shape", [MINIMUM_JERK, PASSIVE])
def test_steps_rise_from_level_to_level_without_overshoot(shape: int) -> None:
    step = Eased([1.0], [2.0], [0.0, 1.0], [shape]).at(np.linspace(0.0, 4.0, 801))
    assert step.x[0] == 0.0
    assert step.x[-1] == pytest.approx(1.0, abs=1e-12)
    assert step.v.min() > -1e-12


def test_exhalation_is_fastest_in_its_first_half() -> None:
    t = np.linspace(0.0, 1.0, 1001)
    assert t[Eased([0.0], [1.0], [1.0, 0.0], [PASSIVE]).at(t).v.argmin()] == pytest.approx(0.4, abs=0.01)


def test_noise_has_the_strength_asked_for() -> None:
    t = np.arange(0.0, 20_000.0, 0.0917)
    assert SmoothNoise(1, "a", 0.5, rms=2.0).at(t).x.std() == pytest.approx(2.0, rel=0.03)
    assert SmoothNoise(1, "a", 0.5, bend_rms=3.0).at(t).a.std() == pytest.approx(3.0, rel=0.03)


def test_noise_is_the_same_however_it_is_asked_for() -> None:
    t = np.arange(0.0, 3000.0, 0.31)
    whole = SmoothNoise(1, "a", 0.5, rms=1.0).at(t).x
    backwards = SmoothNoise(1, "a", 0.5, rms=1.0)
    parts = [backwards.at(t[i : i + 777]).x for i in reversed(range(0, len(t), 777))]
    np.testing.assert_array_equal(whole, np.concatenate(parts[::-1], axis=1))


def test_noises_of_different_names_and_seeds_are_independent() -> None:
    t = np.arange(0.0, 5000.0, 0.5)
    a = SmoothNoise(1, "a", 0.5, rms=1.0).at(t).x[0]
    for other in (SmoothNoise(1, "b", 0.5, rms=1.0), SmoothNoise(2, "a", 0.5, rms=1.0)):
        assert abs(np.corrcoef(a, other.at(t).x[0])[0, 1]) < 0.05
