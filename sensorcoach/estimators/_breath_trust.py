"""Quality: the chance that the rate is within 2 brpm, from five plain features, and a stricter rule for slow rates."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..samples import FloatArray

FEATURES: Final = ("ln_odds", "height_24s", "height_12s", "fast", "linearity")
INTERCEPT: Final = -2.63
WEIGHTS: Final = (0.98, 0.71, 0.47, -17.62, 1.58)
CAUTION: Final = 0.9
"""Taken off the log-odds because few people were there to fit on."""
SLOW_RULE_BRPM: Final = 9.5


def features(mass: FloatArray, height_24s: FloatArray, height_12s: FloatArray, rate: FloatArray, linearity: FloatArray) -> FloatArray:
    mass = np.clip(mass, 1e-3, 0.999)
    return np.stack([
        np.clip(np.log(mass / (1.0 - mass)), -3.0, 6.0),
        np.clip(height_24s, -1.0, 5.0),
        np.clip(height_12s, -1.0, 5.0),
        np.clip(np.log(rate / 25.0), 0.0, 0.2),
        linearity,
    ])


def quality(feature: FloatArray, rate_brpm: FloatArray, cycles: FloatArray, variation: FloatArray, gap: FloatArray) -> FloatArray:
    score = INTERCEPT - CAUTION + sum(w * f for w, f in zip(WEIGHTS, feature, strict=True))
    q = 1.0 / (1.0 + np.exp(-score))
    guard = np.clip((cycles - 2) / .6, 0, 1) * np.clip((.5 - variation) / .15, 0, 1) * np.clip((.25 - gap) / .1, 0, 1)
    return np.where(rate_brpm < SLOW_RULE_BRPM, q * guard, q)
