"""What walking tells about upright: nobody walks bent for long, so its mean direction checks a neutral pose.

People walk within 2–6° of their upright standing (Acti4: 6 ± 6°), each in their own way, and sit anyhow. It is
never taken for neutral by itself: that would teach the sensor the slouch of whoever walks stooped.
"""

from __future__ import annotations

import math
from typing import Final

from .neutral import Vector, dot

ENOUGH_S: Final = 20
"""Seconds of walking after which their mean tells upright from lying."""
SPAN_S: Final = 120

STRETCH_S: Final = 60
MOVED_DEG: Final = 8.0
"""Two stretches of a minute further than this from the first one since the calibration: the sensor has moved."""
ASTRAY_DEG: Final = 25.0
"""A first stretch further than this from neutral: the calibration is of another day or another mounting."""


class WalkingReference:
    """Fed with the direction of up in every second of walking."""

    def __init__(self) -> None:
        self._mean: Vector = (0.0, 0.0, 0.0)
        self._walked_s = 0
        self.calibrate(None)

    def calibrate(self, neutral_up: Vector | None) -> None:
        """A new neutral pose: the next minute of walking shows how this wearer walks with it."""
        self._neutral_up = neutral_up
        self._usual: Vector | None = None
        self._stretch: Vector = (0.0, 0.0, 0.0)
        self._stretch_s = 0
        self._stretches_off = 0
        self._told = False

    @property
    def up(self) -> Vector | None:
        """Mean direction over the last minutes of walking; None before `ENOUGH_S` of it."""
        return _direction(self._mean) if self._walked_s >= ENOUGH_S else None

    def add(self, up: Vector) -> float | None:
        """One more second of walking; how far the sensor has turned (deg) when that has become sure, once."""
        keep = 1.0 - 1.0 / SPAN_S
        x, y, z = self._mean
        self._mean = (keep * x + up[0], keep * y + up[1], keep * z + up[2])
        self._walked_s += 1
        x, y, z = self._stretch
        self._stretch = (x + up[0], y + up[1], z + up[2])
        self._stretch_s += 1
        if self._stretch_s < STRETCH_S:
            return None
        now = _direction(self._stretch)
        self._stretch, self._stretch_s = (0.0, 0.0, 0.0), 0
        return None if self._neutral_up is None or self._told else self._compare(now, self._neutral_up)

    def _compare(self, now: Vector, neutral_up: Vector) -> float | None:
        if self._usual is None:
            turned_deg = _angle_deg(now, neutral_up)
            self._told = turned_deg > ASTRAY_DEG
            if not self._told:
                self._usual = now
            return turned_deg if self._told else None
        turned_deg = _angle_deg(now, self._usual)
        self._stretches_off = self._stretches_off + 1 if turned_deg > MOVED_DEG else 0
        self._told = self._stretches_off >= 2
        return turned_deg if self._told else None


def _direction(total: Vector) -> Vector:
    length = math.hypot(*total)
    return total if length == 0.0 else (total[0] / length, total[1] / length, total[2] / length)


def _angle_deg(a: Vector, b: Vector) -> float:
    return math.degrees(math.acos(min(1.0, max(-1.0, dot(a, b)))))
