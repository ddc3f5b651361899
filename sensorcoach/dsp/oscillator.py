"""A breath as a stochastic oscillator: a Kalman filter that runs a whole second in one product.

The wave is modelled as a fundamental, its second harmonic, and a wandering level with a slope:

    x_t   = a_t + c_t + level_t + noise
    (a, b) turns by 2π f dt a step, (c, d) by 4π f dt; both get small random kicks: size, shape and rate may drift
    level grows by slope · dt; the slope decays

(state-space oscillators: Matsuda & Komaki, Neural Computation 29, 2017; steady-state filter and its Riccati equation:
Anderson & Moore, Optimal Filtering, 1979). The rate f is given from outside and constant within a second. The
derivative of the wave is an exact function of the state, so the flow costs no further filter and no further delay, and
turning the pairs a little further looks ahead in time by as much as the samples are old.

For a given rate the steady-state filter is linear and time-invariant. The wave, the flow and the one-step predictions
of a second's 25 samples, and the state at its end, are therefore fixed linear functions of the state at its start and
of those samples. `bank()` holds these functions for a ladder of rates; the filter then costs one small product a second
instead of 25 updates, and the part of a second that has been heard so far gives the very same numbers, because later
samples have weight zero in earlier outputs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from ..samples import FloatArray

ROWS: Final = 25
"""Samples in a second."""
HARMONICS: Final = 2
LEVEL: Final = 2 * HARMONICS
STATE: Final = LEVEL + 2
"""Cosine and sine part of the fundamental, the same of its harmonics, level, slope (per second)."""

WAVE: Final = slice(0, ROWS)
FLOW: Final = slice(ROWS, 2 * ROWS)
PREDICTED: Final = slice(2 * ROWS, 3 * ROWS)
END: Final = slice(3 * ROWS, 3 * ROWS + STATE)
"""Columns of what `Bank.second` makes: the wave, its derivative per second, one-step predictions, state at the end."""

SLOWEST_HZ: Final = 3.0 / 60.0
FASTEST_HZ: Final = 54.0 / 60.0
RATES: Final = 128
"""The ladder of rates: steps of 2.3 %, well under what the oscillator follows by itself."""
_LOG_STEP: Final = math.log(FASTEST_HZ / SLOWEST_HZ) / (RATES - 1)

REFERENCE_HZ: Final = 0.2
"""Process noises grow with the rate, so that the filter's memory counts in breaths; they are stated at 12 a minute."""
KICK: Final = 1e-3
"""Variance a step by which the fundamental is kicked, relative to that of the wave; memory of about 1.5 breaths."""
HARMONIC_KICK: Final = 0.05
"""Each harmonic is kicked by this much of the one below."""
LEVEL_DRIFT: Final = 0.06
"""Variance a second by which the level wanders: sway half as large as the breath, within some breaths."""
SLOPE_DRIFT: Final = 1e-5
SLOPE_DECAY: Final = 0.99
NOISE: Final = 0.25
"""Variance of a sample's noise: heart beats, tremor and sensor noise of half the wave's standard deviation."""


@dataclass(frozen=True, slots=True, eq=False)
class Bank:
    """The filter for every rate of the ladder.

    Attributes
    ----------
    rates_hz : float array, shape (RATES,)
    weights : float array, shape (RATES, STATE + ROWS, 3 * ROWS + STATE)
        What a second makes of the state before it and of its samples; see `second`.
    end_weights : float array, shape (RATES, STATE + ROWS, STATE)
        The last columns of `weights`.
    """

    rates_hz: FloatArray
    weights: FloatArray
    end_weights: FloatArray

    def nearest(self, rate_hz: float) -> int:
        """Index of the rate of the ladder that is nearest on a logarithmic scale."""
        return max(0, min(RATES - 1, round(math.log(rate_hz / SLOWEST_HZ) / _LOG_STEP)))

    def second(self, rate: int, known: FloatArray) -> FloatArray:
        """Run a second.

        Parameters
        ----------
        rate : int
            Index into `rates_hz`.
        known : float array, shape (channels, STATE + ROWS)
            For each channel the state before the second, then its samples; zero where they are not heard yet.

        Returns
        -------
        float array, shape (channels, 3 * ROWS + STATE)
            Column slices `WAVE`, `FLOW`, `PREDICTED`, `END`. `END`, and columns of samples not heard yet, mean nothing.
        """
        # Unoptimised, this adds term after term in C: no order of additions that depends on a BLAS or on the data.
        out: FloatArray = np.einsum("ck,kj->cj", known, self.weights[rate])
        return out

    def end(self, rate: int, known: FloatArray) -> FloatArray:
        """The state after a whole second only, shape (channels, STATE); see `second`."""
        out: FloatArray = np.einsum("ck,kj->cj", known, self.end_weights[rate])
        return out


@lru_cache(maxsize=4)
def bank(step_s: float, lead_s: float) -> Bank:
    """The filters for samples `step_s` apart, looking ahead by `lead_s` (the age of the samples)."""
    rates_hz = SLOWEST_HZ * np.exp(_LOG_STEP * np.arange(RATES))
    move = _transition(rates_hz, step_s)
    gain = _steady_gain(move, _process_noise(rates_hz, step_s))
    wave, flow = _readout(rates_hz, lead_s)
    measured = _measured()
    # Drive the filter with unit start states and unit samples: what comes out are the weights.
    state = np.zeros((RATES, STATE, STATE + ROWS))
    state[:, :, :STATE] = np.eye(STATE)
    weights = np.empty((RATES, 3 * ROWS + STATE, STATE + ROWS))
    for row in range(ROWS):
        state = move @ state
        predicted = measured @ state
        surprise = -predicted
        surprise[:, STATE + row] += 1.0
        state = state + gain[:, :, None] * surprise[:, None, :]
        weights[:, WAVE][:, row] = (wave[:, None, :] @ state)[:, 0]
        weights[:, FLOW][:, row] = (flow[:, None, :] @ state)[:, 0]
        weights[:, PREDICTED][:, row] = predicted
    weights[:, END] = state
    weights = np.ascontiguousarray(np.swapaxes(weights, 1, 2))
    return Bank(rates_hz, weights, np.ascontiguousarray(weights[..., END]))


def _measured() -> FloatArray:
    """What a sample is of the state: the cosine parts and the level."""
    row = np.zeros(STATE)
    row[0 : LEVEL + 1 : 2] = 1.0
    return row


def _transition(rates_hz: FloatArray, step_s: float) -> FloatArray:
    move = np.zeros((len(rates_hz), STATE, STATE))
    for harmonic in range(HARMONICS):
        first = 2 * harmonic
        angle = 2.0 * np.pi * (harmonic + 1) * rates_hz * step_s
        move[:, first, first] = move[:, first + 1, first + 1] = np.cos(angle)
        move[:, first, first + 1] = -np.sin(angle)
        move[:, first + 1, first] = np.sin(angle)
    move[:, LEVEL, LEVEL] = 1.0
    move[:, LEVEL, LEVEL + 1] = step_s
    move[:, LEVEL + 1, LEVEL + 1] = SLOPE_DECAY
    return move


def _process_noise(rates_hz: FloatArray, step_s: float) -> FloatArray:
    """Diagonals of the process noise, shape (rates, STATE); the wave has variance one."""
    pace = rates_hz / REFERENCE_HZ
    noise = np.empty((len(rates_hz), STATE))
    for harmonic in range(HARMONICS):
        kick = KICK * HARMONIC_KICK**harmonic * pace
        noise[:, 2 * harmonic] = noise[:, 2 * harmonic + 1] = kick
    noise[:, LEVEL] = LEVEL_DRIFT * step_s * pace
    noise[:, LEVEL + 1] = SLOPE_DRIFT * step_s
    return noise


def _steady_gain(move: FloatArray, process_noise: FloatArray) -> FloatArray:
    """Gains of the steady-state filter, shape (rates, STATE), by the structure-preserving doubling algorithm.

    Each round doubles the number of samples that the Riccati recursion has seen (Anderson & Moore, section 6.7).
    """
    measured = _measured()
    back = np.swapaxes(move, 1, 2)
    seen = np.broadcast_to(np.outer(measured, measured) / NOISE, move.shape)
    spread = process_noise[:, :, None] * np.eye(STATE)
    for _ in range(16):
        forth = np.swapaxes(back, 1, 2)
        inner = np.linalg.inv(np.eye(STATE) + seen @ spread)
        spread_next = spread + forth @ spread @ inner @ back
        seen = seen + back @ inner @ seen @ forth
        back = back @ inner @ back
        spread = spread_next
    covariance = spread @ measured
    gain: FloatArray = covariance / ((covariance @ measured) + NOISE)[:, None]
    return gain


def _readout(rates_hz: FloatArray, lead_s: float) -> tuple[FloatArray, FloatArray]:
    """Row vectors that read wave and flow from the state, `lead_s` ahead of it; each of shape (rates, STATE)."""
    wave = np.zeros((len(rates_hz), STATE))
    flow = np.zeros((len(rates_hz), STATE))
    for harmonic in range(HARMONICS):
        first = 2 * harmonic
        turn = 2.0 * np.pi * (harmonic + 1) * rates_hz
        wave[:, first], wave[:, first + 1] = np.cos(turn * lead_s), -np.sin(turn * lead_s)
        flow[:, first], flow[:, first + 1] = -turn * np.sin(turn * lead_s), -turn * np.cos(turn * lead_s)
    return wave, flow
