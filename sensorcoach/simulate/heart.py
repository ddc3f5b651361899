"""Heart beats as felt on the chest: short bursts after each beat, at a rate that follows the breath."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..samples import STANDARD_GRAVITY_MS2, FloatArray
from .curves import Eased, SmoothNoise, bump, generator
from .jet import Jet, along, sin_cos, zeros
from .places import PLACES
from .scenario import Scenario

RSA: Final = 0.04
"""Share by which the rate rises at the top of a normal breath (respiratory sinus arrhythmia)."""

BURSTS: Final = ((0.0, 0.24, 9.0, 1.0), (0.36, 0.17, 12.0, 0.45))
"""(start as a share of the beat, length s, frequency Hz, relative strength): closing of the mitral and of the aortic
valve in the seismocardiogram (Inan et al. 2015, IEEE J Biomed Health Inform 19:1414)."""

PEAK_MG: Final = 30.0
"""Peak acceleration of the first burst on the chest."""
PEAK_DEG: Final = 0.010
"""Peak rotation of the same burst: about half a degree per second, as gyrocardiography reports."""

DIRECTION: Final = (0.80, 0.22, 0.56)
TURN_AXIS: Final = (0.50, 0.80, 0.33)

_GRID_S: Final = 0.25


class Heart:
    """Displacement (m) and turn (rad) of the skin with each beat, body axes."""

    def __init__(self, scenario: Scenario, seed: int, volume: Eased) -> None:
        gain = scenario.wearer.heart * PLACES[scenario.sensor.site].heart
        grid = np.arange(0.0, scenario.duration_s + 2.0, _GRID_S)
        slow = SmoothNoise(seed, "heart rate", 12.0, rms=0.03).at(grid).x[0]
        rate_hz = scenario.wearer.heart_rate_bpm / 60.0 * (1.0 + slow + RSA * volume.at(grid).x)
        phase = np.concatenate([[0.0], np.cumsum(rate_hz[:-1] * _GRID_S)])
        self.beats_s = np.interp(np.arange(int(phase[-1]) + 1), phase, grid)
        self._strength = 1.0 + 0.1 * generator(seed, "heart strength").standard_normal(len(self.beats_s))
        self._period = np.diff(self.beats_s, append=self.beats_s[-1] + 60.0 / scenario.wearer.heart_rate_bpm)
        self._m = gain * PEAK_MG * 1e-3 * STANDARD_GRAVITY_MS2 * np.array(DIRECTION)
        self._rad = gain * np.radians(PEAK_DEG) * np.array(TURN_AXIS)

    def at(self, t_s: FloatArray) -> tuple[Jet, Jet]:
        """Displacement and rotation vector, each of shape (3, n)."""
        beat = np.searchsorted(self.beats_s, t_s, side="right") - 1
        since = t_s - self.beats_s[beat]
        pulse, turn = zeros(len(t_s)), zeros(len(t_s))
        for start, length_s, frequency_hz, strength in BURSTS:
            burst = _burst(since - start * self._period[beat], length_s, frequency_hz) * (
                strength * self._strength[beat]
            )
            pulse = pulse + burst * (2.0 * np.pi * frequency_hz) ** -2
            turn = turn + burst
        return along(self._m, pulse), along(self._rad, turn)


def _burst(since_s: FloatArray, length_s: float, frequency_hz: float) -> Jet:
    """A sine under a smooth window."""
    f, df, ddf = bump(np.clip(since_s / length_s, 0.0, 1.0))
    window = Jet(f, df / length_s, ddf / length_s**2)
    angle = 2.0 * np.pi * frequency_hz
    clock = Jet(angle * since_s, np.full(len(since_s), angle), np.zeros(len(since_s)))
    return sin_cos(clock)[0] * window
