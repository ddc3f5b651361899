"""How well a wearer's breath follows the pacer. Pure: a fold over `Breath` events and the pacer's settings.

Every number is defined in `docs/methods/following.md` and follows from events alone, so a journal gives it again.
"""

from __future__ import annotations

import cmath
import math
from collections import deque
from statistics import fmean, median
from typing import Final

import numpy as np

from ..events import TRUSTED, Breath, Followed
from ..samples import NS
from .pacer import Pacer

LAST: Final = 5
"""Scores are about so many breaths, about a minute at a slow pace."""
LEAST: Final = 3
SETTLE_S: Final = 30.0
"""Breaths that begin earlier after the pacer are not scored: the tracked rate is a mean over as long, and until it has
arrived the turns of a breath that has just become slow are not placed well."""
FREE_DEG: Final = 30.0
LOST_DEG: Final = 120.0
"""A turn of the breath this far from the pacer's, in degrees of a cycle, still counts fully, or not at all."""
FREE_TEMPO: Final = 0.1
LOST_TEMPO: Final = 0.4
"""The same for the length of a breath against the pacer's cycle (log)."""

USUAL_OF: Final = 20
"""`Breath.depth` is relative to the median of so many breaths; see `DepthScale`."""
HALVINGS: Final = 40
BASELINE_OF: Final = 12
BASELINE_LEAST: Final = 4
INFLATED: Final = 1.6
"""Effort from which the wearer is told "smooth, not deep". Unpaced breaths scatter by a quarter; in a third of
beginners slow pacing raises ventilation far enough to matter (PLOS ONE 14:e0218550)."""

COHERENCE_S: Final = 64.0
"""Window of the breath's spectrum, as long as heart coherence is usually computed over."""
POINT_S: Final = 0.25
PADDED: Final = 1024
BAND_HZ: Final = (0.04, 0.4)
PEAK_HZ: Final = 0.03
"""Half the width of a Hann window's main lobe over 64 s: the peak of a perfectly even breath falls within it."""
TOUCHING_NS: Final = NS // 2
"""Breaths whose ends are this close follow each other."""


class DepthScale:
    """Turns `Breath.depth`, relative to a median that itself moves, back into one unchanging unit.

    The estimator divides by the median of the last 20 breaths, the present one included. The depth that gives this
    quotient with the depths rebuilt so far undoes it, so that a wearer who breathes deeper and deeper does not become
    their own excuse.
    """

    __slots__ = ("_depths",)

    def __init__(self) -> None:
        self._depths: deque[float] = deque(maxlen=USUAL_OF)

    def rebuild(self, relative: float) -> float:
        """Depth of the next breath in units of the first usual one; nan while the estimator knows no usual depth."""
        if math.isnan(relative):
            return math.nan
        before = list(self._depths)[1 - USUAL_OF :]
        low, high = (relative, relative) if not before else (0.0, 4.0 * max(before) * max(relative, 1.0))
        for _ in range(HALVINGS):  # the quotient grows with the depth
            depth = 0.5 * (low + high)
            low, high = (depth, high) if depth < relative * median([*before, depth]) else (low, depth)
        depth = 0.5 * (low + high)
        self._depths.append(depth)
        return depth


class Following:
    """Give it every breath of one sensor; with a pacer set it answers with scores.

    Parameters
    ----------
    sensor : str
        Name its events carry.
    """

    def __init__(self, sensor: str) -> None:
        self._sensor = sensor
        self._pacer: Pacer | None = None
        self._settled_ns = 0
        self._scale = DepthScale()
        self._usual: deque[float] = deque(maxlen=BASELINE_OF)  # depth x rate of unpaced breaths
        self._breaths: deque[Breath] = deque(maxlen=LAST)  # trusted ones under the present pacer
        self._efforts: deque[float] = deque(maxlen=LEAST)
        self._curve: deque[tuple[int, int, int, float]] = deque(maxlen=64)  # breaths without a break between

    @property
    def pacer(self) -> Pacer | None:
        """What is being followed."""
        return self._pacer

    def set_pacer(self, pacer: Pacer | None, *, same_course: bool = False) -> None:
        """Follow another pacer, or none. `same_course`: only its pace has shifted, earlier breaths still count."""
        if not same_course:
            self._breaths.clear()
            self._efforts.clear()
            self._settled_ns = 0 if pacer is None else pacer.start_ns + round(SETTLE_S * NS)
        self._pacer = pacer

    def hear(self, breath: Breath) -> Followed | None:
        """Scores with this breath; None without a pacer, or when the breath is not trusted."""
        depth = self._scale.rebuild(breath.depth)
        if breath.quality < TRUSTED:
            self._curve.clear()
            return None
        if self._curve and abs(breath.t_inhale_ns - self._curve[-1][2]) > TOUCHING_NS:
            self._curve.clear()
        self._curve.append((breath.t_inhale_ns, breath.t_exhale_ns, breath.t_end_ns, depth))
        if self._pacer is None:
            if not math.isnan(depth):
                self._usual.append(depth * breath.rate_brpm)
            return None
        if breath.t_inhale_ns < self._settled_ns:
            return None
        self._breaths.append(breath)
        if not math.isnan(depth):
            self._efforts.append(depth * breath.rate_brpm)
        return self._scores(breath, self._pacer)

    def _scores(self, breath: Breath, pacer: Pacer) -> Followed:
        pattern, last = pacer.pattern, list(self._breaths)
        lags = [lags_s(one, pacer) for one in last]
        known = len(last) >= LEAST
        phases = [cmath.exp(2j * math.pi * inhale / pattern.cycle_s) for inhale, _ in lags]
        shares = [one.ti_s / (one.ti_s + one.te_s) for one in last]
        inhaling = (pattern.inhale_s + pattern.hold_in_s) / pattern.cycle_s
        mean_s = fmean(one.ti_s + one.te_s for one in last)
        return Followed(
            t_ns=breath.t_ns,
            sensor=self._sensor,
            lag_s=median((inhale + exhale) / 2.0 for inhale, exhale in lags) if known else math.nan,
            adherence=fmean(match(one, pacer) for one in last) if known else math.nan,
            locking=abs(sum(phases)) / len(phases) if known else math.nan,
            rate_error_brpm=60.0 / mean_s - pattern.rate_brpm if known else math.nan,
            inhale_share_error=fmean(shares) - inhaling if known else math.nan,
            effort=self._effort(),
            coherence=coherence(list(self._curve), breath.t_end_ns),
        )

    def _effort(self) -> float:
        if len(self._usual) < BASELINE_LEAST or len(self._efforts) < LEAST:
            return math.nan
        return median(self._efforts) / median(self._usual)


def lags_s(breath: Breath, pacer: Pacer) -> tuple[float, float]:
    """How far behind the pacer its inhalation and its exhalation began, s, each within half a cycle either way."""
    pattern = pacer.pattern
    turn_ns = round((pattern.inhale_s + pattern.hold_in_s) * NS)
    return (
        _wrapped_s(breath.t_inhale_ns - pacer.start_ns, pattern.cycle_s),
        _wrapped_s(breath.t_exhale_ns - pacer.start_ns - turn_ns, pattern.cycle_s),
    )


def match(breath: Breath, pacer: Pacer) -> float:
    """How well one breath went with the pacer, 0..1: its turns in time, times its length."""
    cycle_s = pacer.pattern.cycle_s
    inhale_s, exhale_s = lags_s(breath, pacer)
    off_deg = 180.0 * (abs(inhale_s) + abs(exhale_s)) / cycle_s
    off_tempo = abs(math.log((breath.ti_s + breath.te_s) / cycle_s))
    return _fade(off_deg, FREE_DEG, LOST_DEG) * _fade(off_tempo, FREE_TEMPO, LOST_TEMPO)


def coherence(breaths: list[tuple[int, int, int, float]], end_ns: int) -> float:
    """How much of the breath's spectrum lies in its one peak, 0..1; nan until 64 s without a break are there.

    Parameters
    ----------
    breaths : list of (inhale, exhale, end in ns, depth)
        In order, each beginning where the one before ended.
    end_ns : int
        End of the window.
    """
    if not breaths or breaths[0][0] > end_ns - COHERENCE_S * NS or any(math.isnan(b[3]) for b in breaths):
        return math.nan
    t_ns = end_ns - np.arange(round(COHERENCE_S / POINT_S), 0, -1) * round(POINT_S * NS)
    times = [t for inhale, exhale, _, _ in breaths for t in (inhale, exhale)] + [end_ns]
    levels = [level for _, _, _, depth in breaths for level in (0.0, depth)] + [0.0]
    piece = np.clip(np.searchsorted(times, t_ns, side="right") - 1, 0, len(times) - 2)
    t, level = np.asarray(times, np.float64), np.asarray(levels)
    share = np.clip((t_ns - t[piece]) / np.maximum(t[piece + 1] - t[piece], 1.0), 0.0, 1.0)
    curve = level[piece] + (level[piece + 1] - level[piece]) * (1.0 - np.cos(np.pi * share)) / 2.0
    power = np.abs(np.fft.rfft((curve - curve.mean()) * np.hanning(len(curve)), PADDED)) ** 2
    hz = np.arange(len(power)) / (PADDED * POINT_S)
    within = (hz >= BAND_HZ[0]) & (hz <= BAND_HZ[1])
    peak_hz = hz[within][int(power[within].argmax())]
    return float(power[within & (np.abs(hz - peak_hz) <= PEAK_HZ)].sum() / power[within].sum())


def _wrapped_s(late_ns: int, cycle_s: float) -> float:
    cycle_ns = round(cycle_s * NS)
    return ((late_ns + cycle_ns // 2) % cycle_ns - cycle_ns // 2) / NS


def _fade(off: float, free: float, lost: float) -> float:
    return min(1.0, max(0.0, (lost - off) / (lost - free)))
