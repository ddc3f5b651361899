"""How long each sample really lasted."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..samples import NS, FloatArray, IntArray

CARRY_S: Final = 0.1


class SampleClock:
    def __init__(self, sampling_rate_hz: float) -> None:
        self._period_s = 1.0 / sampling_rate_hz
        self._break_s = max(CARRY_S + self._period_s, 2.5 * self._period_s)
        self._t = None
    def update(self, t_ns):
        if self._t is None:
            d = np.diff(t_ns, prepend=t_ns[0] - 3600 * NS) / 1e9
        else:
            d = np.diff(t_ns, prepend=self._t) / 1e9
        self._t = int(t_ns[-1])
        return d, d > self._break_s
