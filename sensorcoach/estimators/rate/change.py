"""Has the wearer begun to breathe at another pace?

The rate is a mean over 30 s, and the evidence for it reaches back a minute: for a quarter of a minute after a change
the old pace is still the likeliest. The last 12 s know better. They are too short to say which pace is the new one,
but long enough to say that it is not the old one.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ...samples import FloatArray
from .axis import ANOTHER, LN_RATE, RATE_BRPM
from .evidence import LONGEST_BELOW_BRPM
from .gates import BoolArray
from .ramp import ramp
from .tracker import NEAR_BRPM

RECENT_S: Final = 12
SLOPE_DIFFERS: Final = (0.35, 0.55)
"""|ln| of the phase's rate over the last 12 s to the tracked rate. Where the rate is right, 99 % lie below .3."""
OTHER_PEAK: Final = (1.6, 2.4)
"""By how much (ln of power) another rate stands higher than the tracked one in the spectrum of the last 12 s."""
OTHER_OCTAVE: Final = (0.8, 1.4)
"""The same for half the tracked rate, over 12 or 24 s: after a change to a slow pace its second harmonic passes for the
old one. A harmonic stands lower than its fundamental; where the rate is right, 99 % of the halves lie below .3."""
AGE_S: Final = (24.0, 40.0)
"""Where the stretch is younger there is no older pace that could outlive itself."""
APART_BRPM: Final = 60.0 / RECENT_S
"""Rates nearer than this 12 s cannot tell apart; it is also the slowest rate of which they hold a whole breath."""
NEAR: Final = 0.12
"""Within this (ln), or within `NEAR_BRPM`, a peak is that of the tracked rate."""
_OCTAVE: Final = float(np.log(2.0))
_NO_HEIGHT: Final = -1e9


def contradiction(
    tracked_brpm: FloatArray,
    recent_brpm: FloatArray,
    height_12s: FloatArray,
    height_24s: FloatArray,
    stretch_s: FloatArray,
) -> FloatArray:
    """0..1 for each second, by how much the last 12 s contradict the tracked rate.

    Parameters
    ----------
    tracked_brpm : shape (m,)
    recent_brpm : shape (m,)
        Slope of the phase over the last 12 s.
    height_12s, height_24s : shape (m, rates)
        ln of power over background. Below `LONGEST_BELOW_BRPM` they have too few breaths, and are not asked.
    stretch_s : shape (m,)
        How long the undisturbed stretch is.
    """
    turned = np.abs(np.log(np.maximum(recent_brpm, 0.1) / tracked_brpm))
    off = LN_RATE - np.log(tracked_brpm)[:, None]
    off_brpm = np.abs(RATE_BRPM - tracked_brpm[:, None])
    near = (np.abs(off) < NEAR) | (off_brpm < NEAR_BRPM)
    other = (np.abs(off) > ANOTHER) & (off_brpm > APART_BRPM) & (RATE_BRPM >= APART_BRPM)
    half = np.abs(off + _OCTAVE) < ANOTHER
    halves = np.maximum(_higher(height_12s, half, near), _higher(height_24s, half, near))
    of_peaks = ramp(_higher(height_12s, other, near), OTHER_PEAK) + ramp(halves, OTHER_OCTAVE)
    contradicted = ramp(turned, SLOPE_DIFFERS) + np.where(tracked_brpm > LONGEST_BELOW_BRPM, of_peaks, 0.0)
    out: FloatArray = ramp(stretch_s, AGE_S) * np.minimum(contradicted, 1.0)
    return out


def _higher(height: FloatArray, there: BoolArray, here: BoolArray) -> FloatArray:
    """How much higher the highest peak is there than here; far lower if `there` is off the axis."""
    highest = np.where(there, height, _NO_HEIGHT).max(axis=1)
    out: FloatArray = highest - np.where(here, height, _NO_HEIGHT).max(axis=1)
    return out
