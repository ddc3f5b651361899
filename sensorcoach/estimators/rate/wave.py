"""The breath as one wave: band-passed about its rate, along the direction in which it is largest."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...dsp.spectra import centred, frequencies, speed_gain
from ...samples import FloatArray, IntArray
from .front import SLOW_HZ

ComplexArray = NDArray[np.complex128]

BAND: Final = (0.6, 1.6)
"""Pass band around the rate: neither half nor twice the rate."""
STILL_RADS: Final = 1e-3
"""Where a speed is turned into an angle, nothing is divided by less than this angular frequency (0.0002 Hz)."""
_SIZE: Final = 512
_BIN_HZ: Final = frequencies(_SIZE, SLOW_HZ)
_TO_SPEED: Final = speed_gain(_SIZE, SLOW_HZ, STILL_RADS)
_TINY_RAD: Final = 1e-15


def analytic(speed: FloatArray, length: IntArray, brpm: FloatArray) -> ComplexArray:
    """Analytic signal of the angle, rad, shape (m, n); it rings on before the stretch.

    A constant turn of its phase (a quarter, and half a sample) is left as it is.

    Parameters
    ----------
    speed : shape (m, 2, n), rad/s
        At 5 Hz, n at most 300, the newest last.
    length : shape (m,)
        How many samples at the end to look at.
    brpm : shape (m,)
        Rate about which to band-pass.
    """
    spectrum = np.fft.rfft(centred(speed, length), _SIZE)
    hz = brpm[:, None] / 60.0
    spectrum *= ((BAND[0] * hz < _BIN_HZ) & (BAND[1] * hz > _BIN_HZ))[:, None] / _TO_SPEED
    x, y = spectrum[:, 0], spectrum[:, 1]
    xx, yy, xy = (np.add.reduce(a.real * b.real + a.imag * b.imag, axis=1) for a, b in ((x, x), (y, y), (x, y)))
    direction = 0.5 * np.arctan2(2.0 * xy, xx - yy)
    main = np.zeros((len(length), _SIZE), np.complex128)
    main[:, : _SIZE // 2 + 1] = np.cos(direction)[:, None] * x + np.sin(direction)[:, None] * y
    out: ComplexArray = np.fft.ifft(main)[:, : speed.shape[-1]]
    return out


def depth_of(wave: ComplexArray, inside: FloatArray, length: IntArray) -> tuple[FloatArray, FloatArray]:
    """Mean of the envelope, and its standard deviation over that mean, of the `length` samples that are `inside`."""
    depth = np.sqrt(wave.real**2 + wave.imag**2)
    mean = np.add.reduce(depth * inside, axis=1) / length
    deviation = (depth - mean[:, None]) * inside
    return mean, np.sqrt(np.add.reduce(deviation * deviation, axis=1) / length) / (mean + _TINY_RAD)
