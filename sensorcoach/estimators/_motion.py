"""What the last seconds of acceleration look like: numbers per second that tell resting, moving and stepping apart.

Everything is computed row by row over windows of fixed shape, so a second's numbers never depend on its neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..samples import STANDARD_GRAVITY_MS2, FloatArray
from ._bounce import bounce

WINDOW_ROWS: Final = 100
"""4 s of the 25 Hz grid: two to four strides, needed to see that steps repeat."""
SHORT_ROWS: Final = 50
"""2 s: how much moves now."""

LAGS: Final = range(8, 40)
"""0.32–1.6 s: from quick running steps (3.1 Hz) to a slow stride of two steps (0.65 Hz)."""

LIGHTEST_ROW: Final = SHORT_ROWS // 20
"""5th percentile: a flight phase lasts longer, a single sample may be noise."""

MOST_MISSING: Final = 0.25
"""Share of a window that may be missing: a dropout of half a second costs nothing, a whole second is unknown."""

FAINT_G: Final = 0.02
"""Vertical scatter below which nobody walks, and steps are not looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """One row a second, shape (n,) unless said; nan where samples are missing in the window.

    Attributes
    ----------
    up : float array, shape (n, 3)
        Direction of the mean acceleration over 2 s: true up while nothing accelerates for long.
    scatter_g : total standard deviation over 2 s, all axes together, in g
    vertical_g : standard deviation along up over 2 s, in g
    lightest_g : acceleration along up at the lightest moments of 2 s (5th percentile), in g; 1 at rest, 0 in the air
    steps_g : standard deviation over 4 s of that part of the vertical acceleration which repeats with the steps, in g
    steps_share : share of the variance over 4 s of the vertical acceleration that repeats so, 0..1
    sway_g : standard deviation over 4 s of the horizontal acceleration, in g
    rhythm_hz : frequency of the steps over 4 s; 0 where nothing of the kind is there
    ahead, along : float arrays, shape (n, 3)
        How the acceleration along each axis goes with the upward one at that frequency, see `bounce`; 0 without steps.
    """

    up: FloatArray
    scatter_g: FloatArray
    vertical_g: FloatArray
    lightest_g: FloatArray
    steps_g: FloatArray
    steps_share: FloatArray
    sway_g: FloatArray
    rhythm_hz: FloatArray
    ahead: FloatArray
    along: FloatArray


def motion(x: FloatArray) -> Motion:
    """Numbers of the windows `x`, shape (3, n, `WINDOW_ROWS`), m/s², contiguous; nan where a sample is missing."""
    up, vertical, sway = _split(np.ascontiguousarray(x[:, :, -SHORT_ROWS:]))
    vertical_g = _deviation(vertical)
    scatter_g = np.sqrt(vertical_g * vertical_g + sway * sway)
    lightest_g = STANDARD_GRAVITY_MS2 + np.sort(vertical, axis=1)[:, LIGHTEST_ROW]
    up_long, vertical, sway_long = _split(x)
    size = _deviation(vertical)
    share = np.where(np.isnan(size), np.nan, 0.0)
    lively = np.flatnonzero(size >= FAINT_G * STANDARD_GRAVITY_MS2)
    share[lively] = _repeating_share(vertical[lively])
    rhythm, ahead, along = np.zeros(len(up)), np.zeros((len(up), 3)), np.zeros((len(up), 3))
    stepping = np.flatnonzero(share > 0.0)
    if len(stepping):
        rhythm[stepping], ahead[stepping], along[stepping] = bounce(x[:, stepping], up_long[stepping])
    g = STANDARD_GRAVITY_MS2
    return Motion(
        up,
        scatter_g / g,
        vertical_g / g,
        lightest_g / g,
        size * np.sqrt(share) / g,
        share,
        sway_long / g,
        rhythm,
        ahead,
        along,
    )


def _split(x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean direction (n, 3), vertical acceleration about its mean (n, rows), and deviation of the rest (n,).

    Missing samples count as the mean, up to `MOST_MISSING`; with more of them everything is nan.
    """
    known = ~np.isnan(x[0])
    count = np.count_nonzero(known, axis=1)
    share = np.where(count >= (1.0 - MOST_MISSING) * x.shape[2], count / x.shape[2], np.nan)
    mean = np.where(known, x, 0.0).mean(axis=2) / share
    length = np.sqrt(mean[0] ** 2 + mean[1] ** 2 + mean[2] ** 2)
    # A mean without length (free fall, or a sensor that sends zeros) has no direction: nan, hence unknown.
    up = mean / np.where(length > 0.1 * STANDARD_GRAVITY_MS2, length, np.nan)
    off = np.where(known, x - mean[:, :, None], 0.0 * mean[:, :, None])
    vertical = off[0] * up[0][:, None] + off[1] * up[1][:, None] + off[2] * up[2][:, None]
    rest = (off[0] ** 2 + off[1] ** 2 + off[2] ** 2 - vertical * vertical).mean(axis=1)
    return np.ascontiguousarray(up.T), vertical, np.sqrt(np.maximum(rest, 0.0))


def _deviation(x: FloatArray) -> FloatArray:
    """Root mean square of each row."""
    out: FloatArray = np.sqrt((x * x).mean(axis=1))
    return out


def _repeating_share(x: FloatArray) -> FloatArray:
    """Share of each row's variance that repeats after one of `LAGS`.

    Where a signal is a repeating part plus noise, its autocorrelation at the repeat is the share of the former.
    """
    power = np.cumsum(x * x, axis=1)
    best = np.zeros(len(x))
    for lag in LAGS:
        product = (x[:, lag:] * x[:, :-lag]).sum(axis=1)
        early, late = power[:, -1 - lag], power[:, -1] - power[:, lag - 1]
        best = np.maximum(best, product / np.sqrt(np.maximum(early * late, 1e-12)))
    return best
