"""The wearer's own upright pose, and the angles of the trunk away from it.

A sensor can be stuck on anyhow, and upper spines differ by 21–35° between people (Donaldson 2021), so no angle means
anything before one pose has been called upright. Two directions in the sensor frame make the body frame:
`up` (true up while standing tall) and `forward` (where the chest points). Body axes: x forward, y left, z up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..errors import UsageError
from ..samples import FloatArray, Site

Vector = tuple[float, float, float]

LEAST_ANGLE_DEG: Final = 10.0
"""Forward nearer to vertical than this says nothing about where forward is."""

CALIBRATE_ADVICE: Final = "Calibrate again: stand tall, then make three bows."


def unit(vector: Sequence[float] | FloatArray, name: str) -> Vector:
    """`vector` with length one; `UsageError` where it is no direction (not three numbers, not finite, zero)."""
    try:
        x, y, z = (float(v) for v in vector)
    except (TypeError, ValueError):
        raise UsageError(f"Calibration: {name} must be three numbers, got {vector!r}.", CALIBRATE_ADVICE) from None
    length = math.hypot(x, y, z)
    if not math.isfinite(length) or length < 1e-9:
        raise UsageError(f"Calibration: {name} = ({x:g}, {y:g}, {z:g}) is no direction.", CALIBRATE_ADVICE)
    return x / length, y / length, z / length


def dot(a: Vector, b: Vector) -> float:
    """Scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector, b: Vector) -> Vector:
    """Vector product."""
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


@dataclass(frozen=True, slots=True)
class Neutral:
    """The upright pose: unit vectors in the sensor frame, `forward` perpendicular to `up`.

    Make one with `from_vectors`, which checks and straightens what it is given.
    """

    up: Vector
    forward: Vector

    @classmethod
    def from_vectors(cls, up: Sequence[float] | FloatArray, forward: Sequence[float] | FloatArray) -> Neutral:
        """Neutral pose from any two directions that are not parallel.

        Parameters
        ----------
        up, forward : three numbers each
            Sensor frame, any length; `forward` need not be perpendicular to `up`.

        Raises
        ------
        UsageError
            A vector is not finite or zero, or the two are within `LEAST_ANGLE_DEG` of parallel.
        """
        z, ahead = unit(up, "up"), unit(forward, "forward")
        along = dot(ahead, z)
        level = (ahead[0] - along * z[0], ahead[1] - along * z[1], ahead[2] - along * z[2])
        if math.hypot(*level) < math.sin(math.radians(LEAST_ANGLE_DEG)):
            raise UsageError(
                "Calibration: up and forward point the same way, so left and right cannot be told.", CALIBRATE_ADVICE
            )
        return cls(z, unit(level, "forward"))

    @property
    def left(self) -> Vector:
        """Unit vector to the wearer's left, sensor frame."""
        return cross(self.up, self.forward)

    def angles(self, up: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Where the trunk leans.

        Parameters
        ----------
        up : float array, shape (n, 3)
            Unit vectors to true up, sensor frame; nan rows give nan.

        Returns
        -------
        flexion_deg, lateral_deg, inclination_deg : float arrays, shape (n,)
            Forward + (-180..180; not defined near an inclination of 90° to the side), left + (-90..90),
            total angle from neutral (0..180). Elementwise, so a row never depends on its neighbours.
        """
        # Leaning forward sends true up backward in the body frame, leaning left sends it right: hence the signs.
        x, y, z = (up[:, 0] * v[0] + up[:, 1] * v[1] + up[:, 2] * v[2] for v in (self.forward, self.left, self.up))
        flexion = np.degrees(np.arctan2(-x, z))
        lateral = np.degrees(np.arcsin(np.clip(-y, -1.0, 1.0)))
        inclination = np.degrees(np.arctan2(np.sqrt(x * x + y * y), z))
        return flexion, lateral, inclination


FACE_AXIS: Final = 2
"""Sensor axis out of the flat face of the device, away from the body: z on every trunk-worn device met so far."""


def guess_forward(up: Vector, site: Site) -> Vector:
    """The best guess of forward when nobody bowed: the most level sensor axis, the one out of the device's face first.

    A device lies flat on the body, so its face looks forward on a chest and backward on a back.
    """
    # The face may tilt by 45° (chests slope by 20–35°) before an edge of the device is the better guess.
    axis = FACE_AXIS if abs(up[FACE_AXIS]) <= math.sqrt(0.5) else min((0, 1), key=lambda k: abs(up[k]))
    sign = 1.0 if site == "chest" else -1.0
    x, y, z = (sign if k == axis else 0.0 for k in range(3))
    return x, y, z
