"""The rate to show: how far the phase of the breath ran in the last 30 s, and how steadily."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ...dsp.spectra import centred, row_tables
from ...samples import FloatArray, IntArray
from .change import RECENT_S
from .front import SLOW_HZ

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
BAND: Final = (0.6, 1.6)
"""Pass band around the tracked rate: neither half nor twice the rate."""
MOST_CHANGE: Final = 0.2
"""The rate may change evenly by so much (ln) within the span without being called unsteady ..."""
EVEN: Final = (0.25, 0.35)
"""... if the depth varies less than this: where it varies more, a bend of the phase is a breath lost or gained."""
_SIZE: Final = 512
_RECENT: Final = RECENT_S * SLOW_HZ
_RECENT_RAMP: Final = np.arange(_RECENT) - (_RECENT - 1) / 2
_SLOPE: Final = LONGEST_SLOPE_S * SLOW_HZ
_BIN_HZ: Final = SLOW_HZ / _SIZE * np.arange(_SIZE // 2 + 1)
_INTEGRAL: Final = np.maximum(2.0 * SLOW_HZ * np.sin(np.pi / _SIZE * np.arange(_SIZE // 2 + 1)), 1e-3)
"""From the speed back to the angle; a constant turn of phase does not matter."""


@dataclass(frozen=True, slots=True)
class PhaseSlope:
    """One value a second.

    Attributes
    ----------
    rate_brpm : mean rate over the last 30 s by how far the phase ran
    residual_rad : standard deviation of the phase about its slope, or about a slope that changes evenly
    depth_variation : standard deviation of the envelope over its mean
    depth : mean of the envelope, rad
    recent_brpm : rate over the last 12 s by the slope of the phase
    """

    rate_brpm: FloatArray
    residual_rad: FloatArray
    depth_variation: FloatArray
    depth: FloatArray
    recent_brpm: FloatArray


def phase_slope(speed: FloatArray, length: IntArray, tracked_brpm: FloatArray) -> PhaseSlope:
    """Refine `tracked_brpm`, shape (m,), from angular rates, shape (m, 2, 300); see `rate.evidence.weigh`."""
    span_s = np.clip(60.0 * SLOPE_CYCLES / tracked_brpm, SLOPE_S, LONGEST_SLOPE_S)
    span = np.rint(span_s * SLOW_HZ).astype(np.int64)
    rows = centred(speed, np.minimum(length, span + LEAD_S * SLOW_HZ))
    spectrum = np.fft.rfft(rows, _SIZE)
    hz = tracked_brpm[:, None] / 60.0
    spectrum *= ((BAND[0] * hz < _BIN_HZ) & (BAND[1] * hz > _BIN_HZ))[:, None] / _INTEGRAL
    x, y = spectrum[:, 0], spectrum[:, 1]
    xx = np.add.reduce(x.real * x.real + x.imag * x.imag, axis=1)
    yy = np.add.reduce(y.real * y.real + y.imag * y.imag, axis=1)
    xy = np.add.reduce(x.real * y.real + x.imag * y.imag, axis=1)
    angle = 0.5 * np.arctan2(2.0 * xy, xx - yy)
    main = np.zeros((len(length), _SIZE), np.complex128)
    main[:, : _SIZE // 2 + 1] = np.cos(angle)[:, None] * x + np.sin(angle)[:, None] * y
    analytic = np.fft.ifft(main)[:, speed.shape[-1] - _SLOPE : speed.shape[-1]]
    length = np.minimum(length, span)
    ones = row_tables(_SLOPE).ones[length]
    ramp = row_tables(_SLOPE).ramp[length] / SLOW_HZ

    depth = np.sqrt(analytic.real**2 + analytic.imag**2)
    mean = np.add.reduce(depth * ones, axis=1) / length
    deviation = (depth - mean[:, None]) * ones
    variation = np.sqrt(np.add.reduce(deviation * deviation, axis=1) / length) / (mean + 1e-15)

    phase = _unwrapped(np.arctan2(analytic.imag, analytic.real)) * ones
    phase = (phase - (np.add.reduce(phase, axis=1) / length)[:, None]) * ones
    end = np.minimum(np.rint(60.0 * END_CYCLES * SLOW_HZ / tracked_brpm), length // 2)
    side = np.sign(ramp) * (2.0 * SLOW_HZ * np.abs(ramp) > (length - 2.0 * end)[:, None])
    ran = np.add.reduce(phase * side, axis=1) / end
    slope = np.add.reduce(phase * ramp, axis=1) / np.add.reduce(ramp * ramp, axis=1)
    recent = np.add.reduce(phase[:, -_RECENT:] * _RECENT_RAMP, axis=1) / float(_RECENT_RAMP @ _RECENT_RAMP) * SLOW_HZ
    recent = np.where(length >= _RECENT, recent, slope)
    rest = phase - slope[:, None] * ramp
    straight = np.sqrt(np.add.reduce(rest * rest, axis=1) / length)
    bend = (ramp * ramp - (np.add.reduce(ramp * ramp, axis=1) / length)[:, None]) * ones
    most = MOST_CHANGE * np.abs(slope) * SLOW_HZ / length
    bent = np.clip(np.add.reduce(rest * bend, axis=1) / np.add.reduce(bend * bend, axis=1), -most, most)
    rest -= bent[:, None] * bend
    smooth = np.sqrt(np.add.reduce(rest * rest, axis=1) / length)
    residual = smooth + (straight - smooth) * np.clip((variation - EVEN[0]) / (EVEN[1] - EVEN[0]), 0.0, 1.0)
    brpm = 60.0 / (2.0 * np.pi)
    return PhaseSlope(brpm * SLOW_HZ * ran / (length - end), residual, variation, mean, brpm * recent)


def _unwrapped(phase: FloatArray) -> FloatArray:
    """Rows of angles without their jumps of 2π."""
    step = np.diff(phase, axis=1)
    turns = np.cumsum(np.rint(step / (2.0 * np.pi)), axis=1)
    out = phase.copy()
    out[:, 1:] -= 2.0 * np.pi * turns
    return out
