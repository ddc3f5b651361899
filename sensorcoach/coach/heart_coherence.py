"""How much the heart's rhythm swings with the paced breath, from the intervals between beats. Pure.

At a slow, even pace the heart speeds up with each breath in and slows down with each breath out (respiratory sinus
arrhythmia). The share of the tachogram's power that lies in one peak is what HeartMath calls coherence (McCraty & Zayas
2014, Front Psychol 5:1090); it is taken over 64 s there, too. Here it is a share, 0..1, instead of peak over the rest
squared, and it is also told for the pacer's own frequency. Definitions: `docs/methods/following.md`.
"""

from __future__ import annotations

import math
from collections import deque
from statistics import median
from typing import Final

import numpy as np

from ..events import HeartCoherence
from ..protocol.heart import HeartBeats
from ..samples import NS, FloatArray
from .pacer import Pacer

WINDOW_S: Final = 64.0
POINT_S: Final = 0.25
PADDED: Final = 1024
BAND_HZ: Final = (0.04, 0.4)
PEAK_HZ: Final = 0.03
"""Half the width of a Hann window's main lobe over 64 s: a heart that swings evenly falls wholly within it."""
EVERY_NS: Final = 5 * NS
"""As often as HeartMath's score is renewed."""

SHORTEST_S, LONGEST_S = 0.3, 2.0
"""200 to 30 beats a minute."""
OFF: Final = 0.25
"""An interval that differs from the last five's median by more than this share is no normal beat."""
NEIGHBOURS: Final = 5
MOST_OFF: Final = 3
"""So many of the 70 or so intervals in a window may be bridged; with more nothing is told."""
DRIFT: Final = 0.002
"""Intervals are rounded to about a millisecond, always the same way by some straps."""
LEAST_S: Final = 0.002
"""A rhythm that varies less (root mean square) than straps can tell, in steps of a millisecond, has no shape."""
LATE_S: Final = 3.0
"""Beats come told within a second or two; when the clock runs further ahead of them, some were not told."""


class HeartRhythm:
    """Give it every `HeartBeats` of one sensor; with a pacer it answers every 5 s, once 64 s are known.

    Parameters
    ----------
    sensor : str
        Name its events carry.
    """

    def __init__(self, sensor: str) -> None:
        self._sensor = sensor
        self._beats: deque[tuple[float, float, bool]] = deque()  # when it came (s of its own clock), interval, normal
        self._recent: deque[float] = deque(maxlen=NEIGHBOURS)
        self._clock_s = 0.0  # sum of the intervals
        self._least_late_s = math.inf
        self._paced_ns: int | None = None
        self._told_ns = 0

    def hear(self, beats: HeartBeats, pacer: Pacer | None) -> HeartCoherence | None:
        """The score, when one is due; None without a pacer, or while not enough is known."""
        self._take(beats)
        if pacer is None:
            self._paced_ns = None
            return None
        if self._paced_ns is None:
            self._paced_ns = max(beats.t_ns, pacer.start_ns)
        since_s = min((beats.t_ns - self._paced_ns) / NS, self._known_s)
        if since_s < WINDOW_S or beats.t_ns - self._told_ns < EVERY_NS:
            return None
        if sum(not normal for _, _, normal in self._beats) > MOST_OFF:
            return None
        self._told_ns = beats.t_ns
        curve_s = self._curve_s()
        if float(np.sqrt((curve_s * curve_s).mean())) < LEAST_S:
            return None
        coherence, at_pacer, peak_hz = _shares(curve_s, 1.0 / pacer.pattern.cycle_s)
        return HeartCoherence(beats.t_ns, self._sensor, coherence, at_pacer, 60.0 * peak_hz)

    @property
    def _known_s(self) -> float:
        return self._beats[-1][0] - self._beats[0][0] if self._beats else 0.0

    def _take(self, beats: HeartBeats) -> None:
        """Put the intervals after those known, or begin anew when some are missing."""
        if not beats.rr_s:
            return
        late_s = beats.t_ns / NS - (self._clock_s + sum(beats.rr_s))
        if late_s - self._least_late_s > LATE_S:
            self._beats.clear()
            self._recent.clear()
            self._least_late_s = late_s
        self._least_late_s = min(self._least_late_s + DRIFT * sum(beats.rr_s), late_s)
        for rr_s in beats.rr_s:
            self._clock_s += rr_s
            usual_s = median(self._recent) if self._recent else rr_s
            normal = SHORTEST_S <= rr_s <= LONGEST_S and abs(rr_s - usual_s) <= OFF * usual_s
            self._beats.append((self._clock_s, rr_s, normal))
            self._recent.append(rr_s)
        while len(self._beats) > 1 and self._clock_s - self._beats[1][0] >= WINDOW_S:
            self._beats.popleft()

    def _curve_s(self) -> FloatArray:
        """The intervals of the last 64 s as a curve, straightened; s, four points a second."""
        normal = [(at_s, rr_s) for at_s, rr_s, is_normal in self._beats if is_normal]
        at_s, rr_s = (np.array(column) for column in zip(*normal, strict=True))
        count = round(WINDOW_S / POINT_S)
        curve = np.interp(self._clock_s - np.arange(count - 1, -1, -1) * POINT_S, at_s, rr_s)
        line = np.linspace(-1.0, 1.0, count)
        return np.asarray(curve - curve.mean() - line * ((line * curve).sum() / (line * line).sum()))


def _shares(curve: FloatArray, pacer_hz: float) -> tuple[float, float, float]:
    """Share of the power in its highest peak, share around the pacer's rate, and where the peak is (Hz)."""
    power = np.abs(np.fft.rfft(curve * np.hanning(len(curve)), PADDED)) ** 2
    hz = np.arange(len(power)) / (PADDED * POINT_S)
    within = (hz >= BAND_HZ[0]) & (hz <= BAND_HZ[1])
    total = float(power[within].sum())
    peak_hz = float(hz[within][int(power[within].argmax())])

    def share(of_hz: float) -> float:
        return float(power[within & (np.abs(hz - of_hz) <= PEAK_HZ)].sum()) / total

    return share(peak_hz), share(pacer_hz), peak_hz
