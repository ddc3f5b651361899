"""Walking and running as sums of harmonics of the stride, and riding in a vehicle as coloured vibration.

Harmonics are set in g so that the bands match chest-worn recordings: walking 0.18 g in 0.6-2 Hz and 0.25 g in 2-12 Hz
(norm over three axes), vertical SD 0.2-0.25 g; running about 1 g. Even multiples of the stride are vertical and
fore-aft, odd ones lateral (Menz et al. 2003, Gait & Posture 18:35).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..samples import STANDARD_GRAVITY_MS2, FloatArray
from .curves import Eased, SmoothNoise
from .jet import Jet, sin_cos, stack
from .scenario import ActivityPart

X, Y, Z = 0, 1, 2


@dataclass(frozen=True, slots=True)
class _Style:
    cadence_spm: float
    lean_deg: float
    harmonics: tuple[tuple[int, int, float, float], ...]
    """(axis, multiple of the stride frequency, amplitude in g, phase in rad)."""
    rotations: tuple[tuple[int, int, float, float], ...]
    """(flexion, lateral or yaw, multiple of the stride frequency, amplitude in degrees, phase in rad)."""


STYLES: Final[Mapping[str, _Style]] = {
    "walk": _Style(
        110.0,
        4.0,
        (
            *((Z, 2, 0.23, 0.0), (Z, 4, 0.17, 0.5), (Z, 6, 0.11, 1.1), (Z, 8, 0.08, 1.8), (Z, 10, 0.05, 2.6)),
            *((X, 2, 0.10, 1.3), (X, 4, 0.12, 2.2), (X, 6, 0.08, 2.9), (X, 8, 0.05, 0.4)),
            *((Y, 1, 0.06, 0.8), (Y, 3, 0.10, 0.2), (Y, 5, 0.06, 1.7), (Y, 7, 0.04, 0.9)),
        ),
        ((0, 2, 0.6, 0.9), (1, 1, 1.5, 0.0), (2, 1, 3.5, 1.2)),
    ),
    "run": _Style(
        165.0,
        8.0,
        (
            *((Z, 2, 1.30, 0.0), (Z, 4, 0.50, 0.6), (Z, 6, 0.25, 1.2), (Z, 8, 0.15, 2.0)),
            *((X, 2, 0.30, 1.3), (X, 4, 0.25, 2.0), (X, 6, 0.15, 2.8)),
            *((Y, 1, 0.20, 0.7), (Y, 3, 0.20, 0.1), (Y, 5, 0.10, 1.5)),
        ),
        ((0, 2, 1.0, 0.9), (1, 1, 2.0, 0.0), (2, 1, 6.0, 1.2)),
    ),
}

SPEED_MS: Final[Mapping[str, float]] = {"walk": 1.3, "run": 2.8, "vehicle": 9.0}
"""Speeds, for the pull in a bend."""

WALK_TILT_DEG: Final = 1.2
"""Slow wandering of the trunk while walking, per axis: makes the 15-25 mg below 0.6 Hz that walkers show."""


class Gait:
    """One bout of walking or running.

    `at(t)` gives trunk angles (flexion, lateral, yaw; rad) and the displacement of the hips (forward, left, up; m).
    """

    def __init__(self, part: ActivityPart, seed: int, index: int) -> None:
        style = STYLES[part.kind]
        self._style = style
        self._stride_hz = (part.cadence_spm or style.cadence_spm) / 120.0
        # Faster steps are harder steps: acceleration grows with the square of the cadence at a given stride shape.
        self._gain = part.intensity * (self._stride_hz * 120.0 / style.cadence_spm) ** 2 * STANDARD_GRAVITY_MS2
        self._start_s = part.at_s
        ramp = min(1.2, part.duration_s / 3)
        self._envelope = Eased([part.at_s, part.at_s + part.duration_s - ramp], [ramp, ramp], [0.0, 1.0, 0.0])
        name = f"gait {index}"
        self._timing = SmoothNoise(seed, name + " timing", 0.9, rms=0.012)
        self._strength = SmoothNoise(seed, name + " strength", 0.8, rms=0.10)
        self._tilt = SmoothNoise(seed, name + " tilt", 1.6, rms=(np.radians(WALK_TILT_DEG),) * 3)

    def at(self, t_s: FloatArray) -> tuple[Jet, Jet]:
        """Trunk angles and hip displacement, each of shape (3, n)."""
        envelope = self._envelope.at(t_s)
        turn = 2 * np.pi
        stride = self._timing.at(t_s)[0] * turn + _clock(
            (t_s - self._start_s) * (turn * self._stride_hz), turn * self._stride_hz
        )
        strength = self._strength.at(t_s)[0].shifted(1.0) * envelope
        waves: dict[tuple[int, float], Jet] = {}

        def wave(multiple: int, phase: float) -> Jet:
            if (multiple, phase) not in waves:
                waves[multiple, phase] = sin_cos((stride * float(multiple)).shifted(phase))[0] * strength
            return waves[multiple, phase]

        hips: list[Jet] = [envelope * 0.0] * 3
        for axis, multiple, amplitude_g, phase in self._style.harmonics:
            metres = -amplitude_g * self._gain / (turn * self._stride_hz * multiple) ** 2
            hips[axis] = hips[axis] + wave(multiple, phase) * metres
        tilt = self._tilt.at(t_s)
        angles = [tilt[axis] * envelope for axis in range(3)]
        angles[0] = angles[0] + envelope * np.radians(self._style.lean_deg)
        for axis, multiple, amplitude_deg, phase in self._style.rotations:
            angles[axis] = angles[axis] + wave(multiple, phase) * np.radians(amplitude_deg)
        return stack(angles), stack(hips)


class Ride:
    """One ride in a vehicle: road vibration near 5 Hz, body bounce near 1 Hz, slow braking and bends, all seated."""

    def __init__(self, part: ActivityPart, seed: int, index: int) -> None:
        name = f"ride {index}"
        g = STANDARD_GRAVITY_MS2 * part.intensity
        ramp = min(4.0, part.duration_s / 3)
        self._envelope = Eased([part.at_s, part.at_s + part.duration_s - ramp], [ramp, ramp], [0.0, 1.0, 0.0])
        self._hips = (
            SmoothNoise(seed, name + " road", 0.07, bend_rms=(0.015 * g, 0.015 * g, 0.035 * g)),
            SmoothNoise(seed, name + " bounce", 0.32, bend_rms=(0.01 * g, 0.015 * g, 0.025 * g)),
            SmoothNoise(seed, name + " traffic", 3.0, bend_rms=(0.05 * g, 0.04 * g, 0.005 * g)),
        )
        self._tilt = SmoothNoise(seed, name + " tilt", 0.5, rms=np.radians((0.3, 0.4, 0.2)) * part.intensity)

    def at(self, t_s: FloatArray) -> tuple[Jet, Jet]:
        """Trunk angles and hip displacement, each of shape (3, n)."""
        envelope = self._envelope.at(t_s)
        hips = self._hips[0].at(t_s) + self._hips[1].at(t_s)
        # Braking and bends are felt as acceleration; the way travelled meanwhile must not be scaled by the envelope.
        traffic = self._hips[2].at(t_s).a * envelope.x
        shaken = hips * envelope
        return self._tilt.at(t_s) * envelope, Jet(shaken.x, shaken.v, shaken.a + traffic)


def _clock(phase: FloatArray, rate: float) -> Jet:
    return Jet(phase, np.full(len(phase), rate), np.zeros(len(phase)))
