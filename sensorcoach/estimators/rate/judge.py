"""From the movement of a batch of seconds to rate, quality and tracked rate: the heart of the breathing rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ...events import SHOWN
from ...samples import FloatArray, IntArray
from .axis import LN_RATE, RATE_BRPM, SLOWEST_BRPM
from .change import contradiction
from .doubt import doubts
from .evidence import WEIGHT_TURNING, Evidence, weigh
from .front import SLOW_HZ, SlowSeries
from .gates import BoolArray
from .movement import movement
from .refine import EVEN, phase_slope
from .slow import WEIGHT_FIT, slow_fit
from .tracker import RateTracker, densest
from .trust import Facts, quality, ramp

AGREES: Final = (0.15, 0.3)
"""The phase is believed while it ran about as fast as the tracked rate (difference in ln). Where the depth is even, no
breath was miscounted, and the tracker may have followed a change of which the mean over 30 s has seen half: second
number. Where the depth is uneven, a difference is more likely a breath lost or gained: first number ..."""
STEADY_RAD: Final = (1.0, 0.7)
"""... and as far as it is steady: not at all with the first residual, wholly with the second."""
_NEAR: Final = np.arange(-2, 3)
_SAME: Final = 0.06
_OTHER: Final = 0.18
"""Rates up to 6 % away are the same rate, from 18 % on another."""
_NO_EVIDENCE: Final = -1e9


@dataclass(frozen=True, slots=True)
class Verdict:
    """One value for each second; nan where nothing can be said."""

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
        """Judge the next seconds, each from the `length` columns before its end.

        Parameters
        ----------
        ready : seconds that can be judged
        known : seconds that do not end inside a gap; those that are not `ready` make the tracker forget
        lost : seconds that end inside a long gap; they make it forget too
        """
        verdict = Verdict(*(np.full(len(ready), np.nan) for _ in range(3)))
        at = np.flatnonzero(ready)
        length = length[at]
        seen = movement(series, at, length)
        signals = [(seen.tilting, length - 1)]
        if seen.turning.shape[1]:
            signals.append((seen.turning, length))
        tilt, *gyro = weigh(signals)
        turning = gyro[0] if gyro else None
        log_likelihood = tilt.log_likelihood + WEIGHT_FIT * slow_fit(seen.tilt * tilt.scale[..., None], length)
        if turning is not None:
            log_likelihood += WEIGHT_TURNING * turning.log_likelihood
        posterior = self._track(log_likelihood, ready, known, lost)
        if not len(at):
            return verdict
        tracked, mass = densest(posterior)
        clear, height_24s, height_12s, share = _clearer(tilt, turning, tracked)
        breath = seen.tilting * tilt.scale[..., None]
        if turning is not None:
            about = np.concatenate([seen.turning, np.zeros_like(seen.turning)], axis=1)
            breath = np.where(clear[:, None, None], about, breath)
        slope = phase_slope(breath, length - 1, tracked)
        against = doubts(breath, length - 1, tracked)
        gap = np.abs(np.log(np.maximum(slope.rate_brpm, 0.1) / tracked))
        agrees = AGREES[0] + (AGREES[1] - AGREES[0]) * ramp(slope.depth_variation, EVEN[::-1])
        belief = np.where(gap < agrees, ramp(slope.residual_rad, STEADY_RAD), 0.0)
        rate = tracked * (np.maximum(slope.rate_brpm, SLOWEST_BRPM) / tracked) ** belief
        verdict.rate_brpm[at] = rate
        trust = quality(
            Facts(
                tracked_brpm=tracked,
                mass=mass,
                height_24s=height_24s,
                height_12s=height_12s,
                margin=_margin(log_likelihood, tracked),
                share=share,
                octave=against.octave,
                beneath=against.beneath,
                second=against.second,
                unevenness=against.unevenness,
                gap=gap,
                residual_rad=slope.residual_rad,
                cycles=length / SLOW_HZ * tracked / 60.0,
                depth_mrad=1000.0 * slope.depth,
                restless_mg=seen.restless_mg,
            )
        )
        short = tilt.height[:2] if turning is None else np.where(clear[:, None], turning.height[:2], tilt.height[:2])
        changed = contradiction(tracked, slope.recent_brpm, short[0], short[1], length / SLOW_HZ)
        trust = np.minimum(trust, 1.0 - changed)
        verdict.quality[at] = trust
        # the phase is nearer the truth while it can be believed; the tracker never loses its way for long
        verdict.tracked_hz[at] = np.where(trust >= SHOWN, rate, tracked) / 60.0
        return verdict

    def _track(self, log_likelihood: FloatArray, ready: BoolArray, known: BoolArray, lost: BoolArray) -> FloatArray:
        """The posterior of each ready second; the only part that goes second by second."""
        likelihood = np.exp(log_likelihood - log_likelihood.max(axis=1, initial=_NO_EVIDENCE)[:, None])
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


def _clearer(
    tilt: Evidence, turning: Evidence | None, tracked_brpm: FloatArray
) -> tuple[BoolArray, FloatArray, FloatArray, FloatArray]:
    """Where turning shows the breath more clearly than tilt; and of the clearer: heights over 24 s and 12 s, share."""
    place = np.argmin(np.abs(RATE_BRPM - tracked_brpm[:, None]), axis=1)
    near = np.clip(place[:, None] + _NEAR, 0, len(RATE_BRPM) - 1)

    def read(e: Evidence) -> tuple[FloatArray, FloatArray, FloatArray]:
        height_12s, height_24s = (np.take_along_axis(e.height[i], near, axis=1).max(axis=1) for i in (0, 1))
        return height_24s, height_12s, np.take_along_axis(e.share, place[:, None], axis=1)[:, 0]

    of_tilt = read(tilt)
    if turning is None:
        return np.zeros(len(place), np.bool_), *of_tilt
    of_turning = read(turning)
    clear = of_turning[0] > of_tilt[0]
    high, short, share = (np.where(clear, a, b) for a, b in zip(of_turning, of_tilt, strict=True))
    return clear, high, short, share


def _margin(log_likelihood: FloatArray, tracked_brpm: FloatArray) -> FloatArray:
    """How much more this second's evidence speaks for the tracked rate than for the best other one."""
    away = np.abs(LN_RATE - np.log(tracked_brpm)[:, None])
    here = np.where(away < _SAME, log_likelihood, _NO_EVIDENCE).max(axis=1)
    other = np.where(away > _OTHER, log_likelihood, _NO_EVIDENCE).max(axis=1)
    out: FloatArray = here - other
    return out
