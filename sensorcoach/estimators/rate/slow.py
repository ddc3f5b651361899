"""Slow breathing from few breaths: least-squares fits of a straight line plus a wave and its second harmonic.

A tapered spectrum needs three or four cycles before a slow peak parts from sway and trend. A fit of the whole model
does not: its line takes the drift, and from two cycles on it says how much of the movement one slow rate explains.
Fitted are the differences of the tilt, in which red sway has about the same power everywhere (a line is a constant).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from ...samples import FloatArray, IntArray
from .axis import RATE_BRPM, RATE_COUNT
from .front import SLOW_HZ
from .ramp import ramp

TOP_BRPM: Final = 12.0
"""Rates above this are fitted no more; towards it the fit loses its say."""
CYCLES: Final = 3.0
"""Each rate is fitted to its last three cycles: more would ask a free breath to keep time."""
FEWEST_CYCLES: Final = (1.2, 1.7)
"""Below the first number of cycles a fit says nothing, from the second on it has its full say."""
CHANCE: Final = 0.7
"""What sway alone explains, in the units of `slow_fit`."""
MOST_EXPLAINED: Final = 0.97
WEIGHT_FIT: Final = 0.75
"""Weight of a second's fit in the log-likelihood of the rates."""

_EVERY: Final = 4
"""Four samples at 5 Hz are averaged into one."""
_HZ: Final = SLOW_HZ / _EVERY
_COUNT: Final = int(np.searchsorted(RATE_BRPM, TOP_BRPM)) // 2 + 1
_FITTED_BRPM: Final = RATE_BRPM[: 2 * _COUNT : 2]
"""Every second rate is fitted, the others are read between."""
_VOICE: Final = np.clip(np.log(TOP_BRPM / RATE_BRPM[: 2 * _COUNT - 1]) / 0.15, 0.0, 1.0)


@lru_cache(maxsize=128)
def _basis(steps: int, width: int) -> tuple[FloatArray, FloatArray]:
    """Orthonormal waves (rates, 4, width), right-aligned, for at most `steps` differences; how many each rate uses."""
    used = np.minimum(steps, np.rint(60.0 * CYCLES / _FITTED_BRPM * _HZ)).astype(np.int64)
    waves = np.zeros((_COUNT, 4, width))
    for i, (count, brpm) in enumerate(zip(used.tolist(), _FITTED_BRPM.tolist(), strict=True)):
        angle = 2.0 * np.pi * brpm / 60.0 * np.arange(count) / _HZ
        model = [np.ones(count), np.cos(angle), np.sin(angle), np.cos(2.0 * angle), np.sin(2.0 * angle)]
        waves[i, :, width - count :] = np.linalg.qr(np.stack(model, axis=1))[0].T[1:]
    return waves, used.astype(np.float64)


def slow_fit(tilt: FloatArray, length: IntArray) -> FloatArray:
    """-ln of the share of the movement that each slow rate leaves unexplained, less `CHANCE`: shape (m, rates).

    The second harmonic counts at most as much as the fundamental, or half the true rate would explain as much.
    """
    m, _, samples = tilt.shape
    thin = tilt.reshape(m, 2, samples // _EVERY, _EVERY)
    thin = thin[..., 0] + thin[..., 1] + thin[..., 2] + thin[..., 3]
    steps = length // _EVERY - 1
    move = np.diff(thin, axis=-1)
    width = move.shape[-1]
    move *= np.arange(width) >= (width - steps)[:, None, None]
    backward = move[..., ::-1]
    sums, squares = np.cumsum(backward, axis=-1), np.cumsum(backward * backward, axis=-1)
    explained = np.empty((m, _COUNT))
    for count in np.unique(steps).tolist():
        at = np.flatnonzero(steps == count)
        waves, used = _basis(int(count), width)
        parts = np.zeros((4, len(at), _COUNT))
        total = np.zeros((len(at), _COUNT))
        last = used.astype(np.int64) - 1
        for axis in range(2):
            rows = move[at, axis]
            for j in range(4):
                part = np.add.reduce(waves[:, j] * rows[:, None], axis=-1)
                parts[j] += part * part
            s = sums[at, axis][:, last]
            total += squares[at, axis][:, last] - s * s / used
        first, second = parts[0] + parts[1], parts[2] + parts[3]
        explained[at] = (first + np.minimum(first, second)) / (total + 1e-30)
    cycles = (steps / _HZ)[:, None] * _FITTED_BRPM / 60.0
    explained *= ramp(cycles, FEWEST_CYCLES)
    height = np.maximum(-np.log(1.0 - np.minimum(explained, MOST_EXPLAINED)) - CHANCE, 0.0)
    out = np.zeros((m, RATE_COUNT))
    out[:, : 2 * _COUNT - 1 : 2] = height
    out[:, 1 : 2 * _COUNT - 2 : 2] = 0.5 * (height[:, 1:] + height[:, :-1])
    out[:, : 2 * _COUNT - 1] *= _VOICE
    return out
