"""Whether who steps vaults or bounces: at which moment of a step the trunk is fastest.

Who walks vaults over a stiff leg, highest in the middle of the step and slowest there; who runs bounces on a bent one,
lowest in the middle of the step and slowest there (Cavagna, Saibene & Margaria 1964; Cavagna & Kaneko 1977). So at the
rhythm of the steps the forward acceleration of a walker comes a quarter of a period before the upward one, and that of
a runner a quarter behind, also of a runner who hardly leaves the ground.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..samples import FloatArray

ROW_S: Final = 0.04
"""Of the 25 Hz grid."""
RHYTHMS_HZ: Final = tuple(k / 10 for k in range(10, 36))
"""Where the rhythm of the steps is looked for: from a slow stroll to a sprint."""


def bounce(x: FloatArray, up: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """How the acceleration along each sensor axis goes with the upward one, at the rhythm of the steps.

    Parameters
    ----------
    x : float array, shape (3, n, rows), m/s²
        Windows of acceleration; a missing sample (nan) counts as the mean.
    up : float array, shape (n, 3)
        Direction of up in each.

    Returns
    -------
    rhythm_hz : float array, shape (n,)
        Frequency at which the upward acceleration is largest.
    ahead, along : float arrays, shape (n, 3)
        Per upward acceleration at that frequency: the part a quarter of a period ahead of it, and the part along
        with it.
    """
    row = np.arange(x.shape[2], dtype=np.float64)
    t = row * ROW_S
    taper = np.sin(np.pi * (row + 0.5) / len(row)) ** 2
    known = ~np.isnan(x)
    mean = np.where(known, x, 0.0).sum(axis=2) / np.count_nonzero(known, axis=2)
    still = np.where(known, x - mean[:, :, None], 0.0)
    upward = still[0] * up[:, :1] + still[1] * up[:, 1:2] + still[2] * up[:, 2:]
    powers = []
    for f in RHYTHMS_HZ:
        c, s = _parts(upward, taper, f * t)
        powers.append(c * c + s * s)
    best = np.argmax(powers, axis=0)
    ahead, along = np.zeros((len(up), 3)), np.zeros((len(up), 3))
    for k in np.unique(best).tolist():
        rows = np.flatnonzero(best == k)
        cycles = RHYTHMS_HZ[k] * t
        c, s = _parts(upward[rows], taper, cycles)
        power = powers[k][rows]
        for i, axis in enumerate(still):
            p, q = _parts(axis[rows], taper, cycles)
            along[rows, i] = (p * c + q * s) / power
            ahead[rows, i] = (p * s - q * c) / power
    return np.array(RHYTHMS_HZ)[best], ahead, along


def _parts(x: FloatArray, taper: FloatArray, cycles: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Cosine and sine part of each row at one frequency."""
    turn = 2.0 * np.pi * cycles
    return (x * (taper * np.cos(turn))).sum(axis=1), (x * (taper * np.sin(turn))).sum(axis=1)
