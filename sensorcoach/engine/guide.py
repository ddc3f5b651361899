"""A guided calibration in the stream: rows of up five times a second, from the very filter that is used afterwards."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from ..coach.calibrating import Calibrating
from ..estimators.neutral import Vector
from ..estimators.tracks import ANGLE_STEP_NS, OrientationTrack
from ..events import Event, StartCalibration
from ..samples import NS

OLDEST_NS: Final = NS // 4
"""A row is told from the newest sample before it, unless that is older than this."""

_UNKNOWN: Final[Vector] = (math.nan, math.nan, math.nan)


class Guide:
    """Feeds a `Calibrating` with rows at absolute multiples of 0.2 s after the command that began it."""

    def __init__(self, command: StartCalibration, *, has_gyro: bool) -> None:
        self._calibrating = Calibrating(
            command.sensor, command.t_ns, slouch=command.slouch == "yes", held_bows=not has_gyro
        )
        self._next_ns = (command.t_ns // ANGLE_STEP_NS + 1) * ANGLE_STEP_NS
        self._newest: tuple[int, Vector, float] = (-OLDEST_NS, _UNKNOWN, math.nan)

    @property
    def over(self) -> bool:
        """Done or given up."""
        return self._calibrating.over

    def update(self, track: OrientationTrack) -> list[Event]:
        """What the rows say that became complete with these samples."""
        events: list[Event] = []
        if not len(track):
            return events
        end_ns = int(track.t_ns[-1])
        at = np.arange(self._next_ns, end_ns + 1, ANGLE_STEP_NS, dtype=np.int64)
        for t_ns, i in zip(at.tolist(), (np.searchsorted(track.t_ns, at, side="right") - 1).tolist(), strict=True):
            if self.over:
                break
            newest_ns, up, sigma_deg = self._sample(track, i) if i >= 0 else self._newest
            if t_ns - newest_ns > OLDEST_NS:
                up, sigma_deg = _UNKNOWN, math.nan
            events += self._calibrating.update(t_ns, up, sigma_deg)
        self._next_ns = max(self._next_ns, (end_ns // ANGLE_STEP_NS + 1) * ANGLE_STEP_NS)
        self._newest = self._sample(track, -1)
        return events

    @staticmethod
    def _sample(track: OrientationTrack, i: int) -> tuple[int, Vector, float]:
        x, y, z = track.up[i].tolist()
        return int(track.t_ns[i]), (x, y, z), float(track.sigma_deg[i])
