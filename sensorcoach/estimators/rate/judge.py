"""From the movement of a batch of seconds to rate, quality and tracked rate: the heart of the breathing rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ...events import SHOWN
from ...samples import FloatArray, IntArray
from .axis import ANOTHER, LN_RATE, RATE_BRPM, RATE_COUNT, SLOWEST_BRPM
from .change import contradiction
from .doubt import doubts
from .evidence import WEIGHT_TURNING, Evidence, weigh
from .front import SLOW_HZ, SlowSeries
from .gates import BoolArray
from .movement import Movement, movement
from .ramp import ramp
from .refine import EVEN, PhaseSlope, phase_slope
from .slow import WEIGHT_FIT, slow_fit
from .tracker import RateTracker, densest
from .trust import Facts, quality

AGREES: Final = (0.15, 0.3)
"""The phase is believed while it ran about as fast as the tracked rate (difference in ln). Where the depth is even, no
breath was miscounted, and the tracker may have followed a change of which the mean over 30 s has seen half: second
number. Where the depth is uneven, a difference is more likely a breath lost or gained: first number ..."""
STEADY_RAD: Final = (1.0, 0.7)
"""... and as far as it is steady: not at all with the first residual, wholly with the second."""
_PLACES: Final = np.arange(-2, 3)
"""The height at a rate is the highest so many steps around it."""
_SAME: Final = 0.06
"""Rates up to 6 % away (in ln) are the same rate; see `ANOTHER`."""
_NO_EVIDENCE: Final = -1e9


@dataclass(frozen=True, slots=True)
class Verdict:
    """One value for each second, shape (m,); nan where nothing can be said.

    Attributes
    ----------
    rate_brpm : mean rate over the trailing 30 s, shown or not
    quality : chance that it is right, 0..1
    tracked_hz : the best guess of the rate now, for the phase filter
    """

    rate_brpm: FloatArray
    quality: FloatArray
    tracked_hz: FloatArray


class Judge:
    """Keeps the tracker; everything else is worked out from the last minute of each second."""

    def __init__(self) -> None:
        self._tracker = RateTracker()

    def update(
        self, series: SlowSeries, length: IntArray, ready: BoolArray, known: BoolArray, lost: BoolArray
    ) -> Verdict:
        """Judge the next m seconds.

        Parameters
        ----------
        series : SlowSeries
            As `Gates.update` gets it.
        length : shape (m,)
            How many columns before its end each second is judged from.
        ready : shape (m,)
            Seconds that can be judged.
        known : shape (m,)
            Seconds that do not end inside a gap; those that are not `ready` make the tracker forget.
        lost : shape (m,)
            Seconds that end inside a long gap; they make it forget too.
        """
        verdict = Verdict(*(np.full(len(ready), np.nan) for _ in range(3)))
        at = np.flatnonzero(ready)
        if not len(at):
            self._track(np.empty((0, RATE_COUNT)), ready, known, lost)
            return verdict
        length = length[at]
        seen = movement(series, at, length)
        tilt, turning, log_likelihood = _evidence(seen, length)
        tracked_brpm, mass = densest(self._track(log_likelihood, ready, known, lost))
        place = np.argmin(np.abs(RATE_BRPM - tracked_brpm[:, None]), axis=1)[:, None]
        breath, height, share = _clearer(seen, tilt, turning, place)
        slope = phase_slope(breath, length - 1, tracked_brpm)
        against = doubts(breath, length - 1, tracked_brpm)
        gap = np.abs(np.log(np.maximum(slope.rate_brpm, 0.1) / tracked_brpm))
        rate_brpm = _refined(tracked_brpm, slope, gap)
        trust = quality(
            Facts(
                tracked_brpm=tracked_brpm,
                mass=mass,
                height_24s=_highest(height[1], place),
                height_12s=_highest(height[0], place),
                margin=_margin(log_likelihood, tracked_brpm),
                share=np.take_along_axis(share, place, axis=1)[:, 0],
                octave=against.octave,
                beneath=against.beneath,
                second=against.second,
                unevenness=against.unevenness,
                gap=gap,
                residual_rad=slope.residual_rad,
                cycles=length / SLOW_HZ * tracked_brpm / 60.0,
                depth_mrad=1000.0 * slope.depth_rad,
                restless_mg=seen.restless_mg,
            )
        )
        changed = contradiction(tracked_brpm, slope.recent_brpm, height[0], height[1], length / SLOW_HZ)
        trust = np.minimum(trust, 1.0 - changed)
        verdict.rate_brpm[at] = rate_brpm
        verdict.quality[at] = trust
        # the phase is nearer the truth while it can be believed; the tracker never loses its way for long
        verdict.tracked_hz[at] = np.where(trust >= SHOWN, rate_brpm, tracked_brpm) / 60.0
        return verdict

    def _track(self, log_likelihood: FloatArray, ready: BoolArray, known: BoolArray, lost: BoolArray) -> FloatArray:
        """The posterior of each ready second; the only part that goes second by second."""
        likelihood = np.exp(log_likelihood - log_likelihood.max(axis=1)[:, None])
        posterior: FloatArray = np.empty_like(likelihood)
        row = 0
        for is_ready, is_known, is_lost in zip(ready.tolist(), known.tolist(), lost.tolist(), strict=True):
            if is_ready:
                posterior[row] = self._tracker.update(likelihood[row])
                row += 1
            elif is_known or is_lost:
                self._tracker.reset()
            else:
                self._tracker.update(None)
        return posterior


def _evidence(seen: Movement, length: IntArray) -> tuple[Evidence, Evidence | None, FloatArray]:
    """What tilt and (with a gyro) turning say, and both together: log-likelihood of the rates, shape (m, rates)."""
    signals = [(seen.tilting, length - 1)]
    if seen.turning.shape[1]:
        signals.append((seen.turning, length))
    tilt, *gyro = weigh(signals)
    log_likelihood = tilt.log_likelihood + WEIGHT_FIT * slow_fit(seen.tilt * tilt.scale[..., None], length)
    turning = gyro[0] if gyro else None
    if turning is not None:
        log_likelihood += WEIGHT_TURNING * turning.log_likelihood
    return tilt, turning, log_likelihood


def _clearer(
    seen: Movement, tilt: Evidence, turning: Evidence | None, place: IntArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Of tilt and turning the one that shows the breath at `place` more clearly: its speed, heights and shares.

    Shapes (m, 2, 300), (2, m, rates) for 12 and 24 s, and (m, rates).
    """
    breath = seen.tilting * tilt.scale[..., None]
    if turning is None:
        return breath, tilt.height[:2], tilt.share
    clear = (_highest(turning.height[1], place) > _highest(tilt.height[1], place))[:, None]
    about = np.concatenate([seen.turning, np.zeros_like(seen.turning)], axis=1)
    return (
        np.where(clear[..., None], about, breath),
        np.where(clear, turning.height[:2], tilt.height[:2]),
        np.where(clear, turning.share, tilt.share),
    )


def _highest(height: FloatArray, place: IntArray) -> FloatArray:
    """Height at each rate, allowing for a peak that stands a little beside it: (m, rates) to (m,)."""
    near = np.clip(place + _PLACES, 0, RATE_COUNT - 1)
    out: FloatArray = np.take_along_axis(height, near, axis=1).max(axis=1)
    return out


def _refined(tracked_brpm: FloatArray, slope: PhaseSlope, gap: FloatArray) -> FloatArray:
    """The tracked rate, or as far as the phase is believed, how far that ran."""
    agrees = AGREES[0] + (AGREES[1] - AGREES[0]) * ramp(slope.depth_variation, EVEN[::-1])
    belief = np.where(gap < agrees, ramp(slope.residual_rad, STEADY_RAD), 0.0)
    out: FloatArray = tracked_brpm * (np.maximum(slope.rate_brpm, SLOWEST_BRPM) / tracked_brpm) ** belief
    return out


def _margin(log_likelihood: FloatArray, tracked_brpm: FloatArray) -> FloatArray:
    """How much more this second's evidence speaks for the tracked rate than for the best other one."""
    away = np.abs(LN_RATE - np.log(tracked_brpm)[:, None])
    here = np.where(away < _SAME, log_likelihood, _NO_EVIDENCE).max(axis=1)
    other = np.where(away > ANOTHER, log_likelihood, _NO_EVIDENCE).max(axis=1)
    out: FloatArray = here - other
    return out
