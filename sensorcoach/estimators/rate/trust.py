"""Quality: the chance that a rate is within 2 brpm of the truth, from a few plain facts about the last minute.

A logistic model for most rates; for slow ones a second, stricter rule, because slow sway looks like slow breath. The
coefficients were fitted by weighted logistic regression to seconds of real recordings with a respiration belt, a key or
a pacer as reference and to simulated ones; `docs/methods/breathing_rate.md` says which and how well they hold on people
left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ...events import TRUSTED
from ...samples import FloatArray

INTERCEPT: Final = -1.0
WEIGHT_LN_ODDS: Final = 0.7
WEIGHT_HEIGHT_24S: Final = 0.26
WEIGHT_HEIGHT_12S: Final = 0.29
WEIGHT_MARGIN: Final = 3.6
WEIGHT_GAP: Final = -1.7
WEIGHT_FAST: Final = -9.0
WEIGHT_FAST_HEIGHT: Final = 4.2
WEIGHT_RESTLESS: Final = -4.0
STEEPNESS: Final = 1.2
CAUTION: Final = 0.25
"""Scale and shift of the log-odds, from how often people's rates were right: the mixture it was fitted to differs."""

FAST_BRPM: Final = 22.0
"""Above this rate chance peaks are more frequent than breath, unless they stand high."""
FAST_HEIGHT: Final = 4.0
RESTLESS_MG: Final = 7.0
"""RMS above 1.2 Hz of a person who sits, stands or lies in silence: 4-7 mg; talking 7-13, laughing from 18."""
RESTLESS_SHARE: Final = 0.25
"""A deep fast breath has harmonics above 1.2 Hz: so much of its depth (1 mrad of tilt is 1 mg) is no restlessness."""
AGREED: Final = 0.08
"""Difference in ln between the rate of the phase and the tracked one that means nothing."""

PLAIN_HEIGHT: Final = 2.5
"""A peak this high is there now; under a lower one this second's own evidence must be for the rate to be trusted ..."""
CHANCE_HEIGHT: Final = 1.0
CLEAR_MARGIN: Final = 0.1
"""... and clearly so, if the peak is one of those that chance makes (2.7 times the background)."""

SLOW_BRPM: Final = 9.5
"""Below this the slow rule holds too: each of its numbers runs from "no" to "yes"."""
SLOW_CYCLES: Final = (1.8, 2.2)
SLOW_VARIATION: Final = (0.45, 0.30)
SLOW_GAP: Final = (0.25, 0.15)
SLOW_RESIDUAL_RAD: Final = (0.60, 0.35)
SLOW_SHARE: Final = (0.30, 0.45)


@dataclass(frozen=True, slots=True)
class Facts:
    """One value a second, shape (m,).

    Attributes
    ----------
    tracked_brpm : the tracker's rate
    mass : posterior within 2 brpm of it
    height_24s, height_12s : ln of power over background there
    margin : log-likelihood of this second there, less that of the best other rate
    share : share of the movement in the long window that the rate and its second harmonic hold
    gap : |ln| of the ratio of the phase's rate to the tracked one
    residual_rad, variation : how unsteady phase and depth are
    cycles : breaths in the undisturbed stretch, at most in 60 s
    depth_mrad : amplitude of the breath's angle
    restless_mg : RMS above 1.2 Hz over the last 24 s
    """

    tracked_brpm: FloatArray
    mass: FloatArray
    height_24s: FloatArray
    height_12s: FloatArray
    margin: FloatArray
    share: FloatArray
    gap: FloatArray
    residual_rad: FloatArray
    variation: FloatArray
    cycles: FloatArray
    depth_mrad: FloatArray
    restless_mg: FloatArray


def quality(facts: Facts) -> FloatArray:
    """Chance, 0..1, that the rate of each second is within 2 brpm of the truth."""
    mass = np.clip(facts.mass, 1e-3, 0.999)
    fast = np.clip(np.log(facts.tracked_brpm / FAST_BRPM), 0.0, 0.5)
    quiet_mg = np.maximum(RESTLESS_MG, RESTLESS_SHARE * facts.depth_mrad)
    score = (
        INTERCEPT
        + WEIGHT_LN_ODDS * np.clip(np.log(mass / (1.0 - mass)), -3.0, 6.0)
        + WEIGHT_HEIGHT_24S * np.clip(facts.height_24s, -1.0, 5.0)
        + WEIGHT_HEIGHT_12S * np.clip(facts.height_12s, -1.0, 5.0)
        + WEIGHT_MARGIN * np.clip(facts.margin, -1.0, 1.0)
        + WEIGHT_GAP * np.clip(facts.gap - AGREED, 0.0, 0.3)
        + WEIGHT_FAST * fast
        + WEIGHT_FAST_HEIGHT * fast * np.clip(facts.height_24s - FAST_HEIGHT, -3.0, 1.5)
        + WEIGHT_RESTLESS * np.clip(np.log(np.maximum(facts.restless_mg, 1e-3) / quiet_mg), 0.0, 1.2)
    )
    q = 1.0 / (1.0 + np.exp(CAUTION - STEEPNESS * score))
    # what was likely before must be likely now: a rate that only the past speaks for is not trusted
    slow = facts.tracked_brpm < SLOW_BRPM  # too few cycles for a height; their own rule is stricter
    rises = (facts.height_24s > CHANCE_HEIGHT) | (facts.margin > CLEAR_MARGIN) | slow
    alive = ((facts.margin > 0.0) & rises) | (facts.height_24s > PLAIN_HEIGHT)
    q = np.where(alive, q, np.minimum(q, TRUSTED - 0.01))
    return np.where(slow, q * _slow_rule(facts), q)


def _slow_rule(facts: Facts) -> FloatArray:
    """0..1: enough breaths seen, of even depth, steady in phase, and most of the movement theirs."""
    return (
        ramp(facts.cycles, SLOW_CYCLES)
        * ramp(facts.variation, SLOW_VARIATION)
        * ramp(facts.gap, SLOW_GAP)
        * ramp(facts.residual_rad, SLOW_RESIDUAL_RAD)
        * ramp(facts.share, SLOW_SHARE)
    )


def ramp(x: FloatArray, no_yes: tuple[float, float]) -> FloatArray:
    """0 at the first of two numbers (and beyond), 1 at the second, straight between."""
    no, yes = no_yes
    out: FloatArray = np.clip((x - no) / (yes - no), 0.0, 1.0)
    return out
