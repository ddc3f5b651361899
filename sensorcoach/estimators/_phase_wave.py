"""The oscillator filter on three accelerometer axes, second by second, with missing rows bridged by its own
predictions."""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np

from ..dsp.oscillator import END, LEVEL, PREDICTED, ROWS, STATE, bank
from ..samples import NS, FloatArray
from ._phase_axis import Vector
from .tracks import GRID_STEP_NS

DEFAULT_HZ: Final = 0.25
"""The wave is drawn with an oscillator at this rate before the rate is known: 15 a minute, an adult at rest."""
BRIDGE_ROWS: Final = 25
"""Missing rows in a row that are bridged."""
REPLAY_S: Final = 20
"""When the rate jumps, the filter is run again over the last seconds at the new rate."""
REPLAY_STEPS: Final = 8
"""Steps of the ladder of rates (20 %) that count as a jump; smaller changes the oscillator follows by itself."""


class WaveFilter:
    """Three oscillator filters at one rate.

    Parameters
    ----------
    lead_s : float
        How far to look ahead: the age of the samples.
    """

    def __init__(self, lead_s: float) -> None:
        self.lead_s = lead_s
        self.seconds = 0
        """How many whole seconds it has been fed since its start; 0: not started."""
        self._rate = -1
        self._known = np.zeros((3, STATE + ROWS))
        self._heard: deque[FloatArray] = deque(maxlen=REPLAY_S)
        self._missing = 0  # rows missing at the end of the last second

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
        """Use this rate (nan: the one before, or the default) from the next second on; the rate that is used."""
        filters = bank(GRID_STEP_NS / NS, self.lead_s)
        before = self._rate
        if rate_hz == rate_hz:
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
        known[:, STATE : STATE + rows] = second[:, :rows]
        known[:, STATE + rows :] = 0.0
        out = np.empty(0)
        missing = self._missing
        lost = ROWS
        if missing or np.isnan(known).any():
            absent = np.isnan(known[0, STATE : STATE + rows])
            known[:, STATE : STATE + rows][:, absent] = 0.0
            for row in range(rows):
                missing = missing + 1 if absent[row] else 0
                if missing > BRIDGE_ROWS:
                    lost = min(lost, row)
                if absent[row]:
                    # A sample equal to its prediction changes nothing but time.
                    known[:, STATE + row] = filters.second(self._rate, known)[:, PREDICTED][:, row]
        if rows == ROWS:
            self._after = missing
        out = filters.second(self._rate, known)
        return out, lost

    def keep(self, out: FloatArray) -> Vector:
        """Take over the state after a whole second that `run` has just made; the level (gravity) at its end."""
        self._heard.append(self._known[:, STATE:].copy())
        self._known[:, :STATE] = out[:, END]
        self._missing = self._after
        self.seconds += 1
        x, y, z = out[:, END.start + LEVEL].tolist()
        return x, y, z
