"""The direction in which gravity swings with the breath, in the sensor frame: any mounting, learnt slowly, its sign
kept.

A sensor on the chest turns a little with every breath, so gravity swings along one line across itself. That line is the
principal axis of the breathing wave in the plane across gravity (the constrained PCA of Schipper et al., Physiol. Meas.
42, 045004, 2021), followed here by one power step a second. The axis about which the sensor turns belongs to the body,
not to gravity (Bates et al., BSN 2010): it is what is remembered when the wearer takes another posture.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from ...samples import FloatArray
from ..neutral import Vector, cross, dot

MEMORY_S: Final = 20.0
"""Time constant of the covariance: a few breaths."""
REMEMBERED_S: Final = 5.0
"""The axis from before a change of posture weighs as much as this much fresh signal."""
LEAST_SPLAY: Final = 0.3
"""Sine of the angle between gravity and the remembered axis of turning below which it says nothing."""


class BreathingAxis:
    """Tracks the unit vector along which the wave of the three accelerometer axes is largest, across gravity."""

    def __init__(self) -> None:
        self.direction: Vector | None = None
        self._pivot: Vector | None = None  # about which the sensor turns with an inhalation: up x direction
        self._power = 0.0
        self._moments: tuple[float, ...] = (0.0,) * 6  # xx yy zz xy xz yz
        self._weight_s = 0.0

    def restart(self) -> None:
        """The sensor may hang differently from here on: keep the axis of turning only."""
        self.direction = None
        self._moments = (0.0,) * 6
        self._weight_s = 0.0

    def flip(self) -> None:
        """Call the other way in."""
        if self.direction is not None and self._pivot is not None:
            self.direction = _scaled(self.direction, -1.0)
            self._pivot = _scaled(self._pivot, -1.0)

    def learn(self, wave: FloatArray, level: Vector) -> bool:
        """Take in a second.

        Parameters
        ----------
        wave : float array, shape (3, n)
            The oscillating part of the acceleration.
        level : Vector
            The part that does not oscillate: gravity.

        Returns
        -------
        bool
            Whether the sign of the direction carries on from before (False: chosen anew, either way may be in).
        """
        size = math.sqrt(dot(level, level))
        if size == 0.0:
            return self.direction is not None
        up = _scaled(level, 1.0 / size)
        carried = self.direction is not None or self._recall(up)
        (xx, xy, xz), (_, yy, yz), (_, _, zz) = np.add.reduce(wave[:, None] * wave, axis=-1).tolist()
        fresh = [moment / wave.shape[1] for moment in (xx, yy, zz, xy, xz, yz)]
        self._weight_s = min(self._weight_s + 1.0, MEMORY_S)
        share = 1.0 / self._weight_s
        self._moments = tuple([old + share * (new - old) for old, new in zip(self._moments, fresh, strict=True)])
        start = self.direction or _across(_largest_column(self._moments), up)
        # One step of the power iteration; it cannot turn the vector by more than 90 degrees, so the sign carries on.
        turned = start and (_across(_apply(self._moments, start), up) or _across(start, up))
        if turned:
            self.direction, self._pivot = turned, cross(up, turned)
            self._power = dot(turned, _apply(self._moments, turned))
        return carried

    def _recall(self, up: Vector) -> bool:
        """Start from the remembered axis of turning, if it says where gravity will swing."""
        direction = self._pivot and _across(cross(self._pivot, up), up, least=LEAST_SPLAY)
        if not direction:
            return False
        x, y, z = self.direction = direction
        squares = (x * x, y * y, z * z, x * y, x * z, y * z)
        self._moments = tuple(self._power * square for square in squares)
        self._weight_s = REMEMBERED_S
        return True


def _largest_column(m: tuple[float, ...]) -> Vector:
    columns: tuple[Vector, ...] = ((m[0], m[3], m[4]), (m[3], m[1], m[5]), (m[4], m[5], m[2]))
    return max(columns, key=lambda c: dot(c, c))


def _apply(m: tuple[float, ...], v: Vector) -> Vector:
    x, y, z = v
    return (m[0] * x + m[3] * y + m[4] * z, m[3] * x + m[1] * y + m[5] * z, m[4] * x + m[5] * y + m[2] * z)


def _across(v: Vector, up: Vector, least: float = 0.0) -> Vector | None:
    """Unit vector of the part of `v` across `up`; None where that is no longer than `least`."""
    along = dot(v, up)
    x, y, z = v[0] - along * up[0], v[1] - along * up[1], v[2] - along * up[2]
    length = math.sqrt(x * x + y * y + z * z)
    return (x / length, y / length, z / length) if length > least else None


def _scaled(v: Vector, by: float) -> Vector:
    return (v[0] * by, v[1] * by, v[2] * by)
