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
from .ramp import ramp

INTERCEPT: Final = -1.0
WEIGHT_LN_ODDS: Final = 0.7
WEIGHT_HEIGHT_24S: Final = 0.26
WEIGHT_HEIGHT_12S: Final = 0.29
WEIGHT_MARGIN: Final = 3.6
MARGIN_CLIP: Final = (-0.1, 1.0)
"""A second that speaks for another rate does not undo a minute that spoke for this one, however loud it is."""
WEIGHT_FAST_AND_LOW: Final = -2.7
WEIGHT_RESTLESS: Final = -4.0
WEIGHT_OCTAVE: Final = -1.7
OCTAVE: Final = -2.3
OCTAVE_CLIP: Final = (-0.7, 1.3)
OCTAVE_STRETCH_S: Final = (40.0, 60.0)
"""As much movement at twice the rate speaks against it, a tenth of the power neither for nor against. Breath: ln ratio
-3 to -6; peaks of sway that pass for breath: -1 to -3. It counts where a stretch is long enough to tell."""
STEEPNESS: Final = 1.3
CAUTION: Final = 0.2
"""Scale and shift of the log-odds, from how often people's rates were right: the mixture it was fitted to differs."""

FAST_BRPM: Final = (22.0, 27.0)
"""From the first of these rates on chance peaks are more frequent than breath, from the second on by far ..."""
FAST_HEIGHT: Final = 5.5
"""... and as much as a fast peak is lower than this, it counts against the rate: peaks of chance end at about 3."""
RESTLESS_MG: Final = 7.0
"""RMS above 1.2 Hz of a person who sits, stands or lies in silence: 4-7 mg; talking 7-13, laughing from 18."""
RESTLESS_SHARE: Final = 0.25
"""A deep fast breath has harmonics above 1.2 Hz: so much of its depth (1 mrad of tilt is 1 mg) is no restlessness."""

PLAIN_HEIGHT: Final = 2.5
"""A peak this high is there now; under a lower one this second's own evidence must be for the rate to be trusted ..."""
CHANCE_HEIGHT: Final = 1.0
CLEAR_MARGIN: Final = 0.1
"""... and clearly so, if the peak is one of those that chance makes (2.7 times the background)."""

MUCH_BENEATH: Final = (2.6, 2.0)
"""Ten times the power below a rate is a slower breath, of which it is a harmonic: box breathing has a strong third, and
of a few such breaths a spectrum sees that first. Sway beneath a breath is less than seven times as strong."""

SLOW_BRPM: Final = 9.5
"""Below this the slow rule holds too: each of its numbers runs from "no" to "yes"."""
SLOW_CYCLES: Final = (1.6, 2.0)
SLOW_GAP: Final = (0.25, 0.15)
SLOW_RESIDUAL_RAD: Final = (0.60, 0.35)
SLOW_SECOND: Final = (-0.6, -1.3)
"""A second peak half as strong as the first (speed) makes two movements; a quarter is what noise leaves."""
SLOW_UNEVENNESS: Final = (0.50, 0.30)
"""Narrow-band noise varies by .52 when watched for long, a paced breath by .1 to .3."""
SLOW_SHARE: Final = (0.30, 0.45)
SHARE_CYCLES: Final = 3.5
"""Fewer cycles have broader peaks: so much less is asked of the share that they hold."""


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
    octave, beneath, second : how strong twice the rate is, what lies below, a peak that is no harmonic (`doubt.Doubts`)
    gap : |ln| of the ratio of the phase's rate to the tracked one
    residual_rad : how unsteady the phase is
    unevenness : how unsteady the depth is over the whole stretch; 0 above `SLOW_BRPM`, and so is `second`
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
    octave: FloatArray
    beneath: FloatArray
    second: FloatArray
    unevenness: FloatArray
    gap: FloatArray
    residual_rad: FloatArray
    cycles: FloatArray
    depth_mrad: FloatArray
    restless_mg: FloatArray


def quality(facts: Facts) -> FloatArray:
    """Chance, 0..1, that the rate of each second is within 2 brpm of the truth."""
    mass = np.clip(facts.mass, 1e-3, 0.999)
    fast_and_low = ramp(facts.tracked_brpm, FAST_BRPM) * np.maximum(FAST_HEIGHT - facts.height_24s, 0.0)
    quiet_mg = np.maximum(RESTLESS_MG, RESTLESS_SHARE * facts.depth_mrad)
    stretch_s = 60.0 * facts.cycles / facts.tracked_brpm
    score = (
        INTERCEPT
        + WEIGHT_LN_ODDS * np.clip(np.log(mass / (1.0 - mass)), -3.0, 6.0)
        + WEIGHT_HEIGHT_24S * np.clip(facts.height_24s, -1.0, 5.0)
        + WEIGHT_HEIGHT_12S * np.clip(facts.height_12s, -1.0, 5.0)
        + WEIGHT_MARGIN * np.clip(facts.margin, *MARGIN_CLIP)
        + WEIGHT_FAST_AND_LOW * fast_and_low
        + WEIGHT_OCTAVE * ramp(stretch_s, OCTAVE_STRETCH_S) * np.clip(facts.octave - OCTAVE, *OCTAVE_CLIP)
        + WEIGHT_RESTLESS * np.clip(np.log(np.maximum(facts.restless_mg, 1e-3) / quiet_mg), 0.0, 1.2)
    )
    q = 1.0 / (1.0 + np.exp(CAUTION - STEEPNESS * score))
    # what was likely before must be likely now: a rate that only the past speaks for is not trusted
    slow = facts.tracked_brpm < SLOW_BRPM  # too few cycles for a height; their own rule is stricter
    rises = (facts.height_24s > CHANCE_HEIGHT) | (facts.margin > CLEAR_MARGIN) | slow
    alive = ((facts.margin > 0.0) & rises) | (facts.height_24s > PLAIN_HEIGHT)
    q = np.where(alive, q, np.minimum(q, TRUSTED - 0.01))
    return q * np.where(slow, _slow_rule(facts), ramp(facts.beneath, MUCH_BENEATH))


def _slow_rule(facts: Facts) -> FloatArray:
    """0..1: enough breaths seen, steady in phase, of even depth, and most of the movement theirs, not another's."""
    share = facts.share / np.minimum(1.0, facts.cycles / SHARE_CYCLES)
    return (
        ramp(facts.cycles, SLOW_CYCLES)
        * ramp(facts.gap, SLOW_GAP)
        * ramp(facts.residual_rad, SLOW_RESIDUAL_RAD)
        * ramp(share, SLOW_SHARE)
        * ramp(facts.second, SLOW_SECOND)
        * ramp(facts.unevenness, SLOW_UNEVENNESS)
    )
