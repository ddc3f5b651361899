"""How large the wave and its flow usually are, and how the flow leans: short, tall inhalations or even ones."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from ...dsp.oscillator import FLOW, ROWS, WAVE
from ...samples import FloatArray

MEMORY_S: Final = 12.0
"""Time constant of the usual power."""
CLIP: Final = 4.0
"""The power of one second counts at most this many times the usual."""
UNIT_MEMORY_S: Final = 5.0
"""Time constant with which the unit follows the usual depth, so that the curve on a screen does not jump."""
RMS_TO_DEPTH: Final = 2.0 * math.sqrt(2.0)
"""Peak to peak of a sinusoid of RMS one."""

LEAN_BREATHS: Final = 8.0
"""Time constant of the lean, in breaths."""
USUALLY_INWARD: Final = 0.485
"""Share of the time for which the flow goes in, before it is known: as at rest."""
LEAN: Final = 0.6
EVEN: Final = 0.51
"""The lean is the first of these times what the flow's positive share lacks to the second. From simulated chests: of
inhalations that take 1/4, 1/3, 2/5 and 1/2 of a breath, the filter shows 0.42, 0.44, 0.46 and 0.51."""
MOST_LEAN: Final = 0.1

_WAVE_AND_FLOW: Final = slice(WAVE.start, FLOW.stop)


class Scale:
    """Running RMS of wave (g) and flow (g/s), and the unit in which the wave is shown."""

    def __init__(self) -> None:
        self.flow = math.nan
        self.unit = math.nan
        self._wave_power = self._flow_power = 0.0
        self._seconds = 0
        self._inhaled = self._known = 0.0  # time for which the flow went in, and all time, as shares of the memory
        self.lean = 0.0
        """By how much of a breath the flow is early where an inhalation begins, and late where it ends; see `turns`."""

    def flip(self) -> None:
        """In and out change places."""
        self._inhaled = self._known - self._inhaled
        self._lean()

    def learn(self, curve: FloatArray, usual_depth: float, rate_hz: float) -> None:
        """Take in a second.

        Parameters
        ----------
        curve : float array
            As `oscillator.Bank.second` makes it, for one channel.
        usual_depth : float
            Of the wearer's breaths, g; nan while it is not known.
        rate_hz : float
            Of the breath; nan while it is not known.
        """
        squares = (curve * curve)[_WAVE_AND_FLOW].reshape(2, ROWS)
        wave, flow = (np.add.reduce(squares, axis=-1) / ROWS).tolist()
        if self._seconds:
            share = max(1.0 / MEMORY_S, 1.0 / (self._seconds + 1))
            wave = self._wave_power + share * (min(wave, CLIP * self._wave_power) - self._wave_power)
            flow = self._flow_power + share * (min(flow, CLIP * self._flow_power) - self._flow_power)
        self._seconds += 1
        if not math.isnan(rate_hz):
            inhaled = np.count_nonzero(curve[FLOW] > 0.0) / ROWS
            share = rate_hz / LEAN_BREATHS
            self._inhaled += share * (inhaled - self._inhaled)
            self._known += share * (1.0 - self._known)
            self._lean()
        self._wave_power, self._flow_power = wave, flow
        self.flow = math.sqrt(flow)
        target = RMS_TO_DEPTH * math.sqrt(wave) if math.isnan(usual_depth) else usual_depth
        self.unit = target if math.isnan(self.unit) else self.unit + (target - self.unit) / UNIT_MEMORY_S

    def _lean(self) -> None:
        inhaled = self._inhaled + (1.0 - self._known) * USUALLY_INWARD
        self.lean = max(-MOST_LEAN, min(MOST_LEAN, LEAN * (EVEN - inhaled)))
