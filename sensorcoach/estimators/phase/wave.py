"""The oscillator filter on three accelerometer axes, second by second, with missing rows bridged by its own
predictions."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from typing import Final

import numpy as np

from ...dsp.oscillator import END, LEVEL, PREDICTED, ROWS, STATE, bank
from ...samples import NS, FloatArray
from ..neutral import Vector
from ..tracks import GRID_STEP_NS

DEFAULT_HZ: Final = 0.25
"""The wave is drawn with an oscillator at this rate before the rate is known: 15 a minute, an adult at rest."""
BRIDGE_ROWS: Final = 25
"""Missing rows in a row that are bridged."""
REPLAY_S: Final = 20
"""When the rate jumps, the filter is run again over the last seconds at the new rate."""
REPLAY_STEPS: Final = 8
"""Steps of the ladder of rates (20 %) that count as a jump; smaller changes the oscillator follows by itself."""


class WaveFilter:
    """Three oscillator filters at one rate."""

    def __init__(self) -> None:
        self.lead_s = 0.0
        """How far to look ahead: the age of the samples."""
        self.seconds = 0
        """How many whole seconds it has been fed since its start; 0: not started."""
        self.absent: Sequence[bool] = ()
        """Which rows of the second run last are missing; empty if none."""
        self._rate = -1
        self._known = np.zeros((3, STATE + ROWS))
        self._heard: deque[FloatArray] = deque(maxlen=REPLAY_S)
        self._missing = self._missing_after = 0  # rows missing in a row, before and after the second that goes on
        self._before = np.zeros((3, 2))

    def stop(self) -> None:
        """Forget everything."""
        self.seconds = 0
        self._rate = -1
        self._heard.clear()
        self._missing = 0

    def start(self, second: FloatArray) -> None:
        """Begin with this whole second, shape (3, ROWS): its mean is the level."""
        self.stop()
        self._known[:] = 0.0
        self._known[:, LEVEL] = np.add.reduce(second, axis=-1) / ROWS
        self._heard.append(second.copy())
        self.seconds = 1

    def lead(self, rate_hz: float) -> float:
        """Use this rate (nan: the one before, or the default) from the next second on; the rate that is used, Hz."""
        filters = bank(GRID_STEP_NS / NS, self.lead_s)
        before = self._rate
        if not math.isnan(rate_hz):
            self._rate = filters.nearest(rate_hz)
        elif before < 0:
            self._rate = filters.nearest(DEFAULT_HZ)
        if before >= 0 and abs(self._rate - before) >= REPLAY_STEPS:
            self._replay()
        return float(filters.rates_hz[self._rate])

    def _replay(self) -> None:
        filters = bank(GRID_STEP_NS / NS, self.lead_s)
        known = self._known
        known[:, :STATE] = 0.0
        known[:, LEVEL] = np.add.reduce(self._heard[0], axis=-1) / ROWS
        for second in self._heard:
            known[:, STATE:] = second
            known[:, :STATE] = filters.end(self._rate, known)

    def run(self, second: FloatArray, rows: int) -> tuple[FloatArray, int]:
        """Run the second that goes on, as far as it was heard. Does not change the filter: see `keep`.

        Parameters
        ----------
        second : float array, shape (3, ROWS)
            nan where rows are missing.
        rows : int
            How many of them have come.

        Returns
        -------
        out : float array, shape (3, 3 * ROWS + STATE)
            See `oscillator.Bank.second`.
        lost : int
            First row from which on too much is missing; `ROWS` if none.
        """
        filters = bank(GRID_STEP_NS / NS, self.lead_s)
        known = self._known
        known[:, STATE:] = 0.0
        known[:, STATE : STATE + rows] = second[:, :rows]
        absent = np.isnan(known[0, STATE:])
        missing, lost = self._missing, ROWS
        self.absent = absent.tolist() if np.logical_or.reduce(absent) else ()
        if missing or self.absent:
            known[:, STATE:][:, absent] = 0.0
            for row, gone in enumerate(absent[:rows].tolist()):
                missing = missing + 1 if gone else 0
                if missing > BRIDGE_ROWS:
                    lost = min(lost, row)
                if gone:
                    # A sample equal to its prediction changes nothing but time.
                    known[:, STATE + row] = filters.second(self._rate, known)[:, PREDICTED][:, row]
        self._missing_after = missing
        return filters.second(self._rate, known), lost

    def keep(self, out: FloatArray) -> Vector:
        """Take over the state after a whole second that `run` has just made; the level (gravity) at its end."""
        self._before = self._known[:, :2].copy()
        self._known[:, :STATE] = out[:, END]
        self._heard.append(self._known[:, STATE:].copy())
        self._missing = self._missing_after
        self.seconds += 1
        x, y, z = out[:, END.start + LEVEL].tolist()
        return x, y, z

    @property
    def newest(self) -> FloatArray:
        """The whole second that was kept last, shape (3, ROWS), its gaps bridged."""
        return self._heard[-1]

    def slip_rad(self, direction: Vector) -> float:
        """By how much the phase of the fundamental, along `direction`, ran ahead of the rate over the last second."""
        (a, b), (c, d) = (_along(direction, pair) for pair in (self._before, self._known[:, :2]))
        turn = 2.0 * math.pi * float(bank(GRID_STEP_NS / NS, self.lead_s).rates_hz[self._rate])
        cosine, sine = math.cos(turn), math.sin(turn)
        a, b = cosine * a - sine * b, sine * a + cosine * b
        return math.atan2(a * d - b * c, a * c + b * d)


def _along(direction: Vector, pair: FloatArray) -> tuple[float, float]:
    """Cosine and sine part of three channels, shape (3, 2), projected on a direction."""
    (ax, bx), (ay, by), (az, bz) = pair.tolist()
    x, y, z = direction
    return x * ax + y * ay + z * az, x * bx + y * by + z * bz
