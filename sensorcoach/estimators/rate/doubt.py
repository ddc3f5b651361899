"""What speaks against a breath: as much movement at twice the rate, a second peak, a depth that comes and goes.

A breath is one wave with weak harmonics, of even depth for minutes. Sway is noise. The peaks that chance makes in broad
noise have nearly as much beside and above them; sway of a narrow band swells and fades (the envelope of such noise
varies by .52 of its mean, Rice 1944); and where both are there, the smaller one betrays the larger.

Everything here looks at the whole undisturbed stretch, up to a minute: the longer noise is watched, the less it keeps
up appearances.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ...dsp.spectra import centred, frequencies, power, row_tables, speed_gain
from ...samples import FloatArray, IntArray
from .front import SLOW_HZ
from .gates import LONGEST, BoolArray
from .trust import SLOW_BRPM
from .wave import STILL_RADS, analytic, depth_of

NEAR: Final = (0.8, 1.25)
"""The breath's peak is looked for so near the tracked rate."""
HALF_WIDTH: Final = 1.5
"""Half the width of a peak, in cycles over the stretch: the main lobe of the taper."""
LOWEST_HZ: Final = 0.045
AROUND: Final = (0.35, 3.4)
"""A second peak is looked for from a third of the rate to its third harmonic, but not at the harmonics."""
BENEATH: Final = 0.75
"""Up to this share of the rate lies what may be a slower breath, of which the rate is a harmonic."""
_TINY_POWER: Final = 1e-30
_SIZE: Final = 1024
_BIN_HZ: Final = frequencies(_SIZE, SLOW_HZ)
_TO_SPEED_SQ: Final = speed_gain(_SIZE, SLOW_HZ, STILL_RADS) ** 2


@dataclass(frozen=True, slots=True)
class Doubts:
    """One value a second, shape (m,); the last two only for rates below `SLOW_BRPM`, 0 above.

    Attributes
    ----------
    octave : ln power of the angle at twice the rate over that at the rate
    beneath : ln power of the angle at the highest point below the rate over that at the rate
    second : ln power of the speed at the highest peak that is no harmonic over that at the rate
    unevenness : standard deviation of the depth of the wave over its mean
    """

    octave: FloatArray
    beneath: FloatArray
    second: FloatArray
    unevenness: FloatArray


def doubts(speed: FloatArray, length: IntArray, tracked_brpm: FloatArray) -> Doubts:
    """Look at the whole stretch: angular rates, shape (m, 2, 300), as `refine.phase_slope` gets them."""
    rows = centred(speed, length) * row_tables(LONGEST).taper[length][:, None]
    both = power(rows, _SIZE)
    fast = both[:, 0] + both[:, 1]
    angle = fast / _TO_SPEED_SQ
    hz = tracked_brpm[:, None] / 60.0
    top = np.argmax(np.where((NEAR[0] * hz < _BIN_HZ) & (NEAR[1] * hz > _BIN_HZ), angle, 0.0), axis=1)
    width = HALF_WIDTH * SLOW_HZ / length[:, None]
    once, twice = (np.add.reduce(np.where(_around(k, top, width), angle, 0.0), axis=1) for k in (1.0, 2.0))
    below = (np.maximum(AROUND[0] * hz, LOWEST_HZ) < _BIN_HZ) & (BENEATH * hz > _BIN_HZ)
    lower = np.where(below, angle, 0.0).max(axis=1)
    second, uneven = np.zeros(len(length)), np.zeros(len(length))
    slow = np.flatnonzero(tracked_brpm < SLOW_BRPM)
    if len(slow):
        second[slow] = _second(fast[slow], hz[slow], top[slow], width[slow])
        uneven[slow] = _unevenness(speed[slow], length[slow], tracked_brpm[slow])
    return Doubts(_ln_ratio(twice, once), _ln_ratio(lower, angle[np.arange(len(top)), top]), second, uneven)


def _around(harmonic: float, top: IntArray, width: FloatArray) -> BoolArray:
    """The bins of a harmonic of the peak at bin `top`."""
    out: BoolArray = np.abs(_BIN_HZ - harmonic * _BIN_HZ[top][:, None]) < width
    return out


def _second(fast: FloatArray, hz: FloatArray, top: IntArray, width: FloatArray) -> FloatArray:
    """The highest peak between the harmonics, over the one at `top`."""
    between = (np.maximum(AROUND[0] * hz, LOWEST_HZ) < _BIN_HZ) & (AROUND[1] * hz > _BIN_HZ)
    for harmonic in (1.0, 2.0, 3.0):
        between &= ~_around(harmonic, top, width)
    other = np.where(between, fast, 0.0).max(axis=1)
    return _ln_ratio(other, fast[np.arange(len(top)), top])


def _unevenness(speed: FloatArray, length: IntArray, brpm: FloatArray) -> FloatArray:
    """How unsteady the depth is."""
    _, variation = depth_of(analytic(speed, length, brpm), row_tables(LONGEST).ones[length], length)
    return variation


def _ln_ratio(a: FloatArray, b: FloatArray) -> FloatArray:
    out: FloatArray = np.log((a + _TINY_POWER) / (b + _TINY_POWER))
    return out
