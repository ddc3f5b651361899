"""The rate tracker told the whole record: evidence kept from a first reading, posteriors given back in a second.

The tracker (`estimators/rate/tracker.py`) is a hidden Markov filter: what it says of a second knows the seconds before.
The forward-backward algorithm (Rabiner 1989, doi 10.1109/5.18626) gives, from the same evidence, the posterior that
knows the seconds after it too. It replaces the filter's in a second reading, in which everything else, from the
rate of the phase to the quality, is worked out as live does it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..estimators.breath_rate import BreathRate
from ..estimators.rate.axis import LN_RATE
from ..estimators.rate.front import SlowSeries
from ..estimators.rate.gates import BoolArray
from ..estimators.rate.judge import Judge, Verdict
from ..estimators.rate.tracker import DRIFT, PRIOR, RESTART, RateTracker
from ..estimators.tracks import GridTrack
from ..events import REASONS
from ..samples import NS, FloatArray, IntArray, StreamInfo

Float32Array = NDArray[np.float32]

FORGET, PASS, SEEN = range(3)
"""What a second did to the tracker: it forgot everything, only drifted (a short gap), or saw evidence."""
STILL_REASONS: Final = ("", "settling", "weak_signal")
"""With these a second lies in an undisturbed stretch; all others end it."""


def _transition() -> FloatArray:
    """Chance of every rate (column) a second after every rate (row), as the tracker has it."""
    drift = np.exp(-0.5 * ((LN_RATE[:, None] - LN_RATE) / DRIFT) ** 2)
    out: FloatArray = (1.0 - RESTART) * drift / drift.sum(axis=1)[:, None] + RESTART * PRIOR
    return out


_TRANSITION: Final = _transition()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one tracker went through, from a start of the estimator to the next.

    Attributes
    ----------
    steps : shape (seconds,)
        `FORGET`, `PASS` or `SEEN`.
    log_likelihood : shape (seconds seen, rates)
    """

    steps: NDArray[np.int8]
    log_likelihood: Float32Array


@dataclass(frozen=True, slots=True)
class Guesses:
    """The best guess of each second, shown or not, in the order of time.

    Attributes
    ----------
    second : shape (n,)
    rate_brpm, quality : shape (n,); nan where there is none
    still, walking : shape (n,), whether the second lies in an undisturbed stretch, or in a walk
    """

    second: IntArray
    rate_brpm: FloatArray
    quality: FloatArray
    still: BoolArray
    walking: BoolArray


def smoothed(evidence: Evidence, weight: float) -> Float32Array:
    """Posterior of each second seen given all of its stretch, shape (seconds seen, rates).

    `weight`: what the evidence counts, 1 for as much as it does in the tracker.
    """
    tracker = RateTracker()
    steps = evidence.steps.tolist()
    likelihood = np.empty_like(evidence.log_likelihood)
    out = np.empty_like(likelihood)
    row = 0
    for step in steps:
        if step == SEEN:
            seen = evidence.log_likelihood[row]
            likelihood[row] = np.exp(weight * (seen - seen.max()))
            out[row] = tracker.update(likelihood[row])
            row += 1
        elif step == PASS:
            tracker.update(None)
        else:
            tracker.reset()
    after = np.ones(len(LN_RATE))
    for step in reversed(steps):
        if step == FORGET:
            after = np.ones(len(LN_RATE))
            continue
        if step == SEEN:
            row -= 1
            both = out[row] * after
            out[row] = both / both.sum()
            after = after * likelihood[row]
        after = _TRANSITION @ after
        after /= after.sum()
    return out


class _Speaking(Judge):
    """A judge whose verdicts are kept whole: the estimator passes on only what is to be shown."""

    def __init__(self) -> None:
        super().__init__()
        self.rate_brpm: list[FloatArray] = []

    def update(
        self, series: SlowSeries, length: IntArray, ready: BoolArray, known: BoolArray, lost: BoolArray
    ) -> Verdict:
        verdict = super().update(series, length, ready, known, lost)
        self.rate_brpm.append(verdict.rate_brpm.copy())
        return verdict


class Listener(_Speaking):
    """Judges as live does, and keeps the evidence."""

    def __init__(self) -> None:
        super().__init__()
        self._steps: list[NDArray[np.int8]] = []
        self._log_likelihood: list[Float32Array] = []

    def evidence(self) -> Evidence:
        """All there was so far."""
        return Evidence(np.concatenate(self._steps), np.concatenate(self._log_likelihood))

    def _track(self, log_likelihood: FloatArray, ready: BoolArray, known: BoolArray, lost: BoolArray) -> FloatArray:
        self._steps.append(np.where(ready, SEEN, np.where(known | lost, FORGET, PASS)).astype(np.int8))
        self._log_likelihood.append(log_likelihood.astype(np.float32))
        return super()._track(log_likelihood, ready, known, lost)


class Knower(_Speaking):
    """Judges from posteriors that were worked out before."""

    def __init__(self, posterior: Float32Array) -> None:
        super().__init__()
        self._posterior = posterior
        self._row = 0

    def _track(self, log_likelihood: FloatArray, ready: BoolArray, known: BoolArray, lost: BoolArray) -> FloatArray:
        first, self._row = self._row, self._row + len(log_likelihood)
        return self._posterior[first : self._row].astype(np.float64)


class Reading:
    """One reading of a sensor's record by the estimator, with judges of one's own."""

    def __init__(self, stream: StreamInfo, judges: Iterable[_Speaking]) -> None:
        self._estimator = _Judged(stream, iter(judges))
        self._parts: list[FloatArray] = []

    def update(self, grid: GridTrack) -> None:
        """Read on."""
        track = self._estimator.update(grid)
        self._parts.append(np.stack([track.t_ns // NS, track.quality, 60.0 * track.tracked_hz, track.reason]))

    @property
    def judges(self) -> Sequence[_Speaking]:
        """Those that were needed: one more after every long gap."""
        return self._estimator.judges

    def guesses(self) -> Guesses:
        """What was said of all seconds read."""
        second, quality, tracked_brpm, reason = np.concatenate(self._parts, axis=1)
        said = np.concatenate([part for judge in self.judges for part in judge.rate_brpm])
        still = np.isin(reason, [REASONS.index(name) for name in STILL_REASONS])
        rate_brpm = np.where(np.isfinite(said), said, tracked_brpm)  # within a short gap the tracked rate is held
        return Guesses(second.astype(np.int64), rate_brpm, quality, still, reason == REASONS.index("walking"))


class _Judged(BreathRate):
    """The estimator with other judges than its own."""

    def __init__(self, stream: StreamInfo, waiting: Iterator[_Speaking]) -> None:
        super().__init__(stream)
        self._waiting = waiting
        self.judges: list[_Speaking] = []

    def _start(self, row: int, channels: int) -> None:
        super()._start(row, channels)
        judge = next(self._waiting)
        self.judges.append(judge)
        self._judge = judge
