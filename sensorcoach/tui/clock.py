"""The stream clock a screen can draw with: smooth between packets, never ahead by more than it can make good."""

from __future__ import annotations

import math
from typing import Final

SNAP_S: Final = 1.0
"""A difference beyond this (at normal speed) is a seek or a stall and is followed at once."""
CATCH_UP_S: Final = 0.5
"""Time in which smaller differences die away."""


class StreamClock:
    """Turns a position that moves in steps (packets arrive a few times a second) into one that flows.

    Between steps it runs on at the feed's speed; what differs is made good gently. It stands still when the feed does.
    """

    def __init__(self) -> None:
        self._now_s = 0.0
        self._wall_s: float | None = None

    def read(self, position_s: float, wall_s: float, speed: float, *, running: bool) -> float:
        """Stream time to draw, s.

        Parameters
        ----------
        position_s : float, s
            Stream time as the feed reports it.
        wall_s : float, s
            Any monotonic clock.
        speed : float
            Times real time.
        running : bool
            Whether the feed plays.
        """
        elapsed_s = 0.0 if self._wall_s is None else wall_s - self._wall_s
        self._wall_s = wall_s
        if not running or math.isinf(speed):
            self._now_s = position_s
            return self._now_s
        predicted_s = self._now_s + elapsed_s * speed
        error_s = position_s - predicted_s
        if abs(error_s) > SNAP_S * max(1.0, speed):
            self._now_s = position_s
        else:
            mended_s = predicted_s + error_s * min(1.0, elapsed_s / CATCH_UP_S)
            self._now_s = max(mended_s, self._now_s)
        return self._now_s
