"""Hidden Markov filter over the breathing rate: what was likely a second ago, drifted a little, times what is seen."""

from __future__ import annotations

from typing import Final

import numpy as np

from ...samples import FloatArray
from .axis import LN_RATE, RATE_BRPM, RATE_COUNT

PRIOR_BRPM: Final = 15.0
PRIOR_SPREAD: Final = 0.35
PRIOR_FLOOR: Final = 0.05
"""Before anything is seen: log-normal about 15 brpm, nowhere below 5 % of its peak: no rate is ruled out."""
DRIFT: Final = 0.012
"""Standard deviation of the change of rate within a second, in ln."""
RESTART: Final = 0.005
"""Chance a second that the rate becomes anything (someone sighs, speaks, starts to pace)."""
NEAR_BRPM: Final = 2.0
"""How near a rate must be to count as right; what quality speaks of."""


def _prior() -> FloatArray:
    p = np.maximum(np.exp(-0.5 * ((LN_RATE - np.log(PRIOR_BRPM)) / PRIOR_SPREAD) ** 2), PRIOR_FLOOR)
    out: FloatArray = p / p.sum()
    return out


def _drift_weights() -> tuple[float, float, float]:
    step = float(LN_RATE[1] - LN_RATE[0])
    one, two = (float(np.exp(-0.5 * (k * step / DRIFT) ** 2)) for k in (1, 2))
    total = 1.0 + 2.0 * (one + two)
    return 1.0 / total, one / total, two / total


PRIOR: Final = _prior()
_STAY, _ONE, _TWO = _drift_weights()
_JUMP: Final = RESTART * PRIOR


class RateTracker:
    """Carries the posterior from second to second."""

    def __init__(self) -> None:
        self._padded = np.zeros(RATE_COUNT + 4)  # two zeros on either side, so that drift needs no special ends
        self.reset()

    def reset(self) -> None:
        """Forget: only the prior is left."""
        self._padded[2:-2] = PRIOR

    def update(self, likelihood: FloatArray | None) -> FloatArray:
        """One second on; the posterior, shape (rates,), not to be kept.

        `likelihood`, shape (rates,), up to a factor; None where nothing was seen.
        """
        p = self._padded
        ahead = (p[1:-3] + p[3:-1]) * _ONE
        ahead += (p[:-4] + p[4:]) * _TWO
        ahead += p[2:-2] * _STAY
        ahead *= 1.0 - RESTART
        ahead += _JUMP
        if likelihood is not None:
            ahead *= likelihood
        posterior = p[2:-2]
        np.divide(ahead, np.add.reduce(ahead), out=posterior)
        return posterior


_SMOOTH: Final = 3
_AROUND: Final = 5
"""The posterior is densest where most of it lies within 3 steps (8 %); the rate is the mean (in ln) over 5."""
_OFFSETS: Final = np.arange(2 * _AROUND + 1)
_LN_RATE_PADDED: Final = np.pad(LN_RATE, _AROUND)


def densest(posterior: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Where each posterior is densest (brpm), and its mass within `NEAR_BRPM` of there: (m, rates) to (m,) each."""
    m = len(posterior)
    pad = np.zeros((m, RATE_COUNT + 2 * _AROUND))
    pad[:, _AROUND:-_AROUND] = posterior
    density = np.zeros((m, RATE_COUNT))
    for k in range(-_SMOOTH, _SMOOTH + 1):
        density += pad[:, _AROUND + k : _AROUND + k + RATE_COUNT]
    at = np.argmax(density, axis=1)[:, None] + _OFFSETS
    around = np.take_along_axis(pad, at, axis=1)
    rate = np.exp(np.add.reduce(around * _LN_RATE_PADDED[at], axis=1) / np.add.reduce(around, axis=1))
    near = np.abs(RATE_BRPM - rate[:, None]) < NEAR_BRPM
    return rate, np.add.reduce(np.where(near, posterior, 0.0), axis=1)
