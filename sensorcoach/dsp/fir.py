"""Linear-phase FIR filters applied tap by tap, so that a value never depends on how many are computed at once.

A dot product (BLAS) over a block may add in another order for another block length. A loop over the taps with
elementwise arithmetic over the outputs cannot: every output sees the same additions in the same order.
"""

from __future__ import annotations

import numpy as np

from ..samples import FloatArray

KAISER_BETA = 4.0
"""Kaiser window shape: stop band near -45 dB, transition about 2.6 / length of the filter (Kaiser 1974)."""


def lowpass_taps(length: int, cutoff_hz: float, sampling_rate_hz: float) -> FloatArray:
    """Windowed-sinc low-pass with gain exactly one at 0 Hz.

    Parameters
    ----------
    length : int
        Odd number of taps; the delay is `(length - 1) / 2` samples.
    cutoff_hz, sampling_rate_hz : float
        Frequency of half amplitude, and rate of the input.

    Returns
    -------
    float array, shape (length,)
    """
    if length % 2 == 0:
        raise ValueError(f"a symmetric filter needs an odd number of taps, not {length}")
    at = np.arange(length) - (length - 1) / 2
    taps = np.sinc(2.0 * cutoff_hz / sampling_rate_hz * at) * np.kaiser(length, KAISER_BETA)
    out: FloatArray = taps / taps.sum()
    return out


def convolve(x: FloatArray, taps: FloatArray, newest: int, count: int, step: int = 1) -> FloatArray:
    """Filter rows of `x` with symmetric taps at `count` places, `step` samples apart.

    Parameters
    ----------
    x : float array, shape (channels, n)
    taps : float array, shape (odd,)
        Symmetric; see `lowpass_taps`.
    newest : int
        Column of the newest sample that the first output uses; at least `len(taps) - 1`.
    count, step : int

    Returns
    -------
    float array, shape (channels, count)
        Column i belongs to the time of column `newest + i * step - (len(taps) - 1) // 2` of the input.
    """
    half = (len(taps) - 1) // 2

    def column(back: int) -> FloatArray:
        first = newest - back
        return x[:, first : first + (count - 1) * step + 1 : step]

    out: FloatArray = taps[half] * column(half)
    for k in range(half):
        out += taps[k] * (column(k) + column(2 * half - k))
    return out
