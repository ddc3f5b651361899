"""Movements of the trunk, one by one, and how smooth each was.

Smoothness is the spectral arc length of the speed of turning (SPARC): Balasubramanian, Melendez-Calderon, Roby-Brami
and Burdet 2015, J NeuroEng Rehabil 12:112, with the constants of that paper. It does not depend on how fast or how far
one moves, so it rewards control, not hurry. A single minimum-jerk movement has about -1.4 (a quick or a slow one), two
movements in one -1.8 and less, a shaking one -3 and less.
"""

from __future__ import annotations

import math
from typing import ClassVar, Final

import numpy as np

from ..events import Event, Movement
from ..samples import NS, FloatArray, IntArray, StreamInfo
from .base import Estimator, register
from .tracks import GRID_STEP_NS, OrientationTrack, Track

RATE_HZ: Final = 25.0
BEGINS_DPS: Final = 6.0
ENDS_DPS: Final = 3.0
"""Breathing turns the chest by up to 2°/s at rest."""
REST_ROWS: Final = 10
"""0.4 s below `ENDS_DPS` end a movement."""
LONGEST_ROWS: Final = 500
"""After 20 s without rest it is no single movement: told without a smoothness, and another one begins."""
LONGEST_GAP_NS: Final = 86_400 * NS
"""A longer jump in time is a new recording: rows restart after it instead of filling days."""
LEAST_RATE_HZ: Final = 40.0
LEAST_SWING_DEG: Final = 5.0
"""Smaller ones are fidgets, not told."""
JUDGED_SWING_DEG: Final = 10.0
"""Smaller ones drown in the breath, so their smoothness is not judged."""

CUTOFF_HZ: Final = 10.0
LEAST_AMPLITUDE: Final = 0.05
PAD_LEVEL: Final = 4
"""Constants of SPARC: highest frequency, share of the mean below which the spectrum is noise, zero padding (2^4)."""


@register
class Smoothness(Estimator):
    """Tells each movement 0.4 s after it came to rest.

    The speed is that of the true up vector in the sensor frame: it needs no estimate of the gyro's bias, and does not
    see turning about the vertical. Accelerometer-only devices: movements are told, smoothness is not judged.

    Sensors slower than 40 Hz have no new sample at every step: nothing is told from them.

    Gaps and unknown directions end a movement unseen.
    """

    name: ClassVar[str] = "smoothness"
    inputs: ClassVar[tuple[str, ...]] = ("orientation",)
    optional: ClassVar[bool] = True

    def __init__(self, stream: StreamInfo) -> None:
        super().__init__(stream)
        self._next = -1  # index of the next grid row; -1 before the first sample
        self._t: IntArray = np.empty(0, np.int64)  # samples at the last grid row and at the end
        self._up: FloatArray = np.empty((0, 3))
        self._speeds: list[float] = []  # of the movement that goes on, deg/s
        self._onset_ns = 0
        self._from: tuple[float, ...] = ()  # up before it began
        self._slow = 0  # rows since it was last fast

    def update(self, orientation: OrientationTrack) -> Track:
        """Movements that came to rest with these samples."""
        if not len(orientation) or self.stream.sampling_rate_hz < LEAST_RATE_HZ:
            return Track(np.empty(0, np.int64), ())
        t = np.concatenate([self._t, orientation.t_ns])
        up = np.concatenate([self._up, orientation.up])
        if self._next < 0:
            self._next = int(-(-t[0] // GRID_STEP_NS))
        elif orientation.t_ns[0] - self._t[-1] > LONGEST_GAP_NS:
            self._speeds = []
            self._next = int(-(-orientation.t_ns[0] // GRID_STEP_NS))
            t, up = orientation.t_ns, orientation.up
        at = np.arange(self._next - 1, int(t[-1] // GRID_STEP_NS) + 1, dtype=np.int64) * GRID_STEP_NS
        newest = np.searchsorted(t, at, side="right") - 1
        self._next = max(self._next, int(t[-1] // GRID_STEP_NS) + 1)
        events: list[Event] = []
        if len(at) > 1:
            self._walk(at, t, up, newest, events)
        first = max(int(newest[-1]), 0)
        keep = [first] if first == len(t) - 1 else [first, len(t) - 1]
        self._t, self._up = t[keep], up[keep]
        return Track(at[1:], tuple(events))

    def _walk(self, at: IntArray, t: IntArray, up: FloatArray, newest: IntArray, events: list[Event]) -> None:
        """Rows `at[1:]`; speed is between the samples at the ends of each step."""
        here, before = np.maximum(newest[1:], 0), np.maximum(newest[:-1], 0)
        step = up[here] - up[before]
        chord = np.sqrt(step[:, 0] * step[:, 0] + step[:, 1] * step[:, 1] + step[:, 2] * step[:, 2])
        span_s = (t[here] - t[before]) / NS
        known = (newest[:-1] >= 0) & (at[1:] - t[here] <= GRID_STEP_NS) & (at[:-1] - t[before] <= GRID_STEP_NS)
        known &= span_s > 0.0
        turn_deg = np.degrees(2.0 * np.arcsin(np.minimum(0.5 * chord, 1.0)))
        speed = np.where(known, turn_deg / np.where(known, span_s, 1.0), np.nan)
        if not self._speeds and not (speed >= BEGINS_DPS).any():
            return
        for row, dps in enumerate(speed.tolist()):
            if self._speeds:
                self._go_on(int(at[row + 1]), dps, up[here[row]], events)
            elif dps >= BEGINS_DPS:
                self._speeds, self._slow = [dps], 0
                self._onset_ns, self._from = int(at[row]), tuple(up[before[row]].tolist())

    def _go_on(self, t_ns: int, dps: float, up: FloatArray, events: list[Event]) -> None:
        if math.isnan(dps):
            self._speeds = []
            return
        self._speeds.append(dps)
        self._slow = self._slow + 1 if dps < ENDS_DPS else 0
        if self._slow < REST_ROWS and len(self._speeds) < LONGEST_ROWS:
            return
        speeds = self._speeds[: len(self._speeds) - self._slow]
        chord = math.dist(self._from, up.tolist())
        swing_deg = math.degrees(2.0 * math.asin(min(0.5 * chord, 1.0)))
        if swing_deg >= LEAST_SWING_DEG:
            judged = self.stream.has_gyro and swing_deg >= JUDGED_SWING_DEG and self._slow == REST_ROWS
            value = spectral_arc_length(speeds) if judged else math.nan
            events.append(Movement(t_ns, self.stream.sensor, self._onset_ns, swing_deg, max(speeds), value))
        self._speeds = []


def spectral_arc_length(speeds: list[float] | FloatArray) -> float:
    """Smoothness of one movement, dimensionless, below -1; nearer to zero is smoother.

    Parameters
    ----------
    speeds : sequence of float, at 25 Hz
        Speed from rest to rest, any unit, not negative.
    """
    padded = 2 ** (math.ceil(math.log2(max(len(speeds), 2))) + PAD_LEVEL)
    spectrum = np.abs(np.fft.rfft(speeds, padded))
    spectrum /= spectrum[0]
    spectrum = spectrum[: int(CUTOFF_HZ * padded / RATE_HZ) + 1]
    last = int(np.flatnonzero(spectrum >= LEAST_AMPLITUDE)[-1])
    if last == 0:
        return -1.0
    heights = np.diff(spectrum[: last + 1])
    return -float(np.sqrt(1.0 / last**2 + heights * heights).sum())
