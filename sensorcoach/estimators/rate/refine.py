"""The rate to show: how far the phase of the breath ran in the last 30 s, and how steadily."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ...dsp.spectra import row_tables
from ...samples import FloatArray, IntArray
from .change import RECENT_S
from .front import SLOW_HZ
from .ramp import ramp
from .wave import analytic, depth_of

SLOPE_S: Final = 30
SLOPE_CYCLES: Final = 3.0
LONGEST_SLOPE_S: Final = 50
"""The phase is read over 30 s, for slow breathing over three breaths, at most 50 s."""
END_CYCLES: Final = 1.5
"""How far it ran is the difference between its means over so many breaths at either end. A mean rate over 30 s weighs
every moment alike; the least-squares slope weighs the middle most and is wrong when the rate wanders. One whole breath
would be the mean over all ways of counting breaths in the span; half a breath more averages noise."""
LEAD_S: Final = 10
"""So much more before it is band-passed with it, to keep one edge of the filter outside."""
MOST_CHANGE: Final = 0.2
"""The rate may change evenly by so much (ln) within the span without being called unsteady ..."""
EVEN: Final = (0.25, 0.35)
"""... if the depth varies less than this: where it varies more, a bend of the phase is a breath lost or gained."""

_SPAN: Final = LONGEST_SLOPE_S * SLOW_HZ
_RECENT: Final = RECENT_S * SLOW_HZ
_RECENT_RAMP: Final = np.arange(_RECENT) - (_RECENT - 1) / 2
_RECENT_RAMP_SQ: Final = float(np.add.reduce(_RECENT_RAMP * _RECENT_RAMP))
_BRPM: Final = 60.0 / (2.0 * np.pi)
"""One rad/s."""


@dataclass(frozen=True, slots=True)
class PhaseSlope:
    """One value a second, shape (m,).

    Attributes
    ----------
    rate_brpm : mean rate over the last 30 s by how far the phase ran
    residual_rad : standard deviation of the phase about its slope, or about a slope that changes evenly
    depth_variation : standard deviation of the envelope over its mean
    depth_rad : mean of the envelope
    recent_brpm : rate over the last 12 s by the slope of the phase
    """

    rate_brpm: FloatArray
    residual_rad: FloatArray
    depth_variation: FloatArray
    depth_rad: FloatArray
    recent_brpm: FloatArray


def phase_slope(speed: FloatArray, length: IntArray, tracked_brpm: FloatArray) -> PhaseSlope:
    """Refine `tracked_brpm`, shape (m,), from angular rates, shape (m, 2, 300); see `rate.evidence.weigh`."""
    span_s = np.clip(60.0 * SLOPE_CYCLES / tracked_brpm, SLOPE_S, LONGEST_SLOPE_S)
    span = np.rint(span_s * SLOW_HZ).astype(np.int64)
    wave = analytic(speed, np.minimum(length, span + LEAD_S * SLOW_HZ), tracked_brpm)[:, -_SPAN:]
    length = np.minimum(length, span)
    inside = row_tables(_SPAN).ones[length]
    at_s = row_tables(_SPAN).ramp[length] / SLOW_HZ
    depth, variation = depth_of(wave, inside, length)

    phase = _unwrapped(np.arctan2(wave.imag, wave.real)) * inside
    phase = (phase - (np.add.reduce(phase, axis=1) / length)[:, None]) * inside
    end = np.minimum(np.rint(60.0 * END_CYCLES * SLOW_HZ / tracked_brpm), length // 2)
    side = np.sign(at_s) * (2.0 * SLOW_HZ * np.abs(at_s) > (length - 2.0 * end)[:, None])
    ran = np.add.reduce(phase * side, axis=1) / end
    slope = np.add.reduce(phase * at_s, axis=1) / np.add.reduce(at_s * at_s, axis=1)
    recent = np.add.reduce(phase[:, -_RECENT:] * _RECENT_RAMP, axis=1) / _RECENT_RAMP_SQ * SLOW_HZ
    recent = np.where(length >= _RECENT, recent, slope)
    straight, bent = _residuals(phase, slope, at_s, inside, length)
    residual = bent + (straight - bent) * ramp(variation, EVEN)
    return PhaseSlope(_BRPM * SLOW_HZ * ran / (length - end), residual, variation, depth, _BRPM * recent)


def _residuals(
    phase: FloatArray, slope: FloatArray, at_s: FloatArray, inside: FloatArray, length: IntArray
) -> tuple[FloatArray, FloatArray]:
    """RMS of the phase about a straight line, and about one that bends by at most `MOST_CHANGE`; rad, shape (m,)."""
    rest = phase - slope[:, None] * at_s
    straight = np.sqrt(np.add.reduce(rest * rest, axis=1) / length)
    bend = (at_s * at_s - (np.add.reduce(at_s * at_s, axis=1) / length)[:, None]) * inside
    most = MOST_CHANGE * np.abs(slope) * SLOW_HZ / length
    best = np.clip(np.add.reduce(rest * bend, axis=1) / np.add.reduce(bend * bend, axis=1), -most, most)
    rest -= best[:, None] * bend
    return straight, np.sqrt(np.add.reduce(rest * rest, axis=1) / length)


def _unwrapped(phase: FloatArray) -> FloatArray:
    """Rows of angles without their jumps of 2π."""
    step = np.diff(phase, axis=1)
    turns = np.cumsum(np.rint(step / (2.0 * np.pi)), axis=1)
    out = phase.copy()
    out[:, 1:] -= 2.0 * np.pi * turns
    return out
