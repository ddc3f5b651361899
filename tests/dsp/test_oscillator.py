"""The second-at-once oscillator filter is the sample-by-sample Kalman filter."""

from __future__ import annotations

import numpy as np
import pytest

from sensorcoach.dsp import oscillator
from sensorcoach.dsp.oscillator import END, FASTEST_HZ, FLOW, PREDICTED, RATES, ROWS, SLOWEST_HZ, STATE, WAVE, bank
from sensorcoach.samples import FloatArray

STEP_S = 0.04


def textbook(
    samples: FloatArray, rate_hz: float, lead_s: float
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Wave, flow and predictions of one channel, and the last state: the steady-state filter written out."""
    turn = 2.0 * np.pi * rate_hz
    move = np.eye(STATE)
    for i in (0, 2):
        angle = turn * (1 + i / 2) * STEP_S
        move[i : i + 2, i : i + 2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    move[4, 5], move[5, 5] = STEP_S, oscillator.SLOPE_DECAY
    pace = rate_hz / oscillator.REFERENCE_HZ
    kicks = np.array([1.0, 1.0, oscillator.HARMONIC_KICK, oscillator.HARMONIC_KICK]) * oscillator.KICK * pace
    noise = np.diag([*kicks, oscillator.LEVEL_DRIFT * STEP_S * pace, oscillator.SLOPE_DRIFT * STEP_S])
    row = np.array([1.0, 0.0, 1.0, 0.0, 1.0, 0.0])
    spread = np.eye(STATE)
    for _ in range(30_000):
        gain = spread @ row / (row @ spread @ row + oscillator.NOISE)
        spread = move @ (spread - np.outer(gain, row @ spread)) @ move.T + noise
    state = np.zeros(STATE)
    wave, flow, predicted = [], [], []
    for y in samples:
        state = move @ state
        predicted.append(row @ state)
        state = state + gain * (y - row @ state)
        a, b, c, d = state[:4]
        one, two = turn * lead_s, 2 * turn * lead_s
        wave.append(a * np.cos(one) - b * np.sin(one) + c * np.cos(two) - d * np.sin(two))
        flow.append(-turn * (a * np.sin(one) + b * np.cos(one)) - 2 * turn * (c * np.sin(two) + d * np.cos(two)))
    return np.array(wave), np.array(flow), np.array(predicted), state


@pytest.mark.parametrize("rate", [0, 60, RATES - 1])
def test_a_second_at_once_is_the_filter_sample_by_sample(rate: int) -> None:
    filters = bank(STEP_S, 0.06)
    samples = np.random.default_rng(1).standard_normal(3 * ROWS)
    wave, flow, predicted, last = textbook(samples, float(filters.rates_hz[rate]), 0.06)
    state = np.zeros((1, STATE))
    for k in range(3):
        rows = slice(k * ROWS, (k + 1) * ROWS)
        known = np.hstack([state, samples[None, rows]])
        out = filters.second(rate, known)
        np.testing.assert_allclose(out[0, WAVE], wave[rows], atol=1e-6)
        np.testing.assert_allclose(out[0, FLOW], flow[rows], atol=1e-5)
        np.testing.assert_allclose(out[0, PREDICTED], predicted[rows], atol=1e-6)
        np.testing.assert_array_equal(filters.end(rate, known), out[:, END])
        state = out[:, END]
    np.testing.assert_allclose(state[0], last, atol=1e-6)


def test_part_of_a_second_gives_the_same_bits() -> None:
    filters = bank(STEP_S, 0.06)
    known = np.random.default_rng(2).standard_normal((3, STATE + ROWS))
    whole = filters.second(40, known)
    for heard in range(1, ROWS):
        part = known.copy()
        part[:, STATE + heard :] = 0.0
        out = filters.second(40, part)
        for columns in (WAVE, FLOW, PREDICTED):
            assert out[:, columns][:, :heard].tobytes() == whole[:, columns][:, :heard].tobytes()


def test_channels_do_not_mix() -> None:
    filters = bank(STEP_S, 0.0)
    known = np.random.default_rng(3).standard_normal((3, STATE + ROWS))
    together = filters.second(80, known)
    for channel in range(3):
        alone = filters.second(80, known[channel : channel + 1])
        assert alone.tobytes() == together[channel : channel + 1].tobytes()


@pytest.mark.parametrize("brpm", [4.0, 6.0, 15.0, 40.0])
def test_a_sinusoid_is_followed_without_delay(brpm: float) -> None:
    """With the lead it is even ahead of its samples: the wave is that of now, the samples are `lead` old."""
    lead_s, rate_hz = 0.1, brpm / 60.0
    filters = bank(STEP_S, lead_s)
    rate = filters.nearest(rate_hz)
    known = np.zeros((1, STATE + ROWS))
    seconds = round(8 / rate_hz)
    t = np.arange(seconds * ROWS) * STEP_S
    x = np.sin(2 * np.pi * rate_hz * (t - lead_s))
    for k in range(seconds):
        known[0, STATE:] = x[k * ROWS : (k + 1) * ROWS]
        out = filters.second(rate, known)
        known[:, :STATE] = out[:, END]
    now = t[-ROWS:]
    np.testing.assert_allclose(out[0, WAVE], np.sin(2 * np.pi * rate_hz * now), atol=0.1)
    np.testing.assert_allclose(out[0, FLOW] / (2 * np.pi * rate_hz), np.cos(2 * np.pi * rate_hz * now), atol=0.1)


def test_the_nearest_rate() -> None:
    filters = bank(STEP_S, 0.06)
    assert filters.nearest(1e-3) == 0
    assert filters.nearest(10.0) == RATES - 1
    half_step = 0.5 * np.log(FASTEST_HZ / SLOWEST_HZ) / (RATES - 1)
    for hz in (0.07, 0.25, 0.8):
        assert abs(np.log(filters.rates_hz[filters.nearest(hz)] / hz)) < 1.001 * half_step
