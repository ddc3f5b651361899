"""The rates that are weighed, and the one frequency axis on which their spectra are read.

26 steps an octave, so that the second harmonic of a rate stands exactly 26 places on.
"""

from __future__ import annotations

from typing import Final

import numpy as np

STEPS_AN_OCTAVE: Final = 26
RATE_COUNT: Final = 97
SLOWEST_BRPM: Final = 3.5
RATE_BRPM: Final = SLOWEST_BRPM * 2.0 ** (np.arange(RATE_COUNT) / STEPS_AN_OCTAVE)
"""Candidate rates, 3.5 to 45.2 brpm, 2.7 % apart."""
RATE_HZ: Final = RATE_BRPM / 60.0
LN_RATE: Final = np.log(RATE_BRPM)
ANOTHER: Final = 0.18
"""From 18 % (in ln) on, a rate is another rate."""

BELOW: Final = 10
AXIS_HZ: Final = SLOWEST_BRPM / 60.0 * 2.0 ** (np.arange(-BELOW, RATE_COUNT + STEPS_AN_OCTAVE) / STEPS_AN_OCTAVE)
"""The common axis: the rates, ten steps below (0.045 Hz) and their second harmonics (1.5 Hz)."""
RATES: Final = slice(BELOW, BELOW + RATE_COUNT)
FIT: Final = slice(4, None, 3)
"""Every third point from 0.05 Hz on carries the fit of the background."""
AXIS_X: Final = np.log(AXIS_HZ) - np.log(AXIS_HZ[FIT]).mean()
