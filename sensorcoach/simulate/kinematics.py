"""From how the wearer moves to what an ideal sensor at that place feels.

The trunk's orientation is R = Rz(heading) Rx(-lateral) Ry(flexion), body axes forward, left, up. With this order the
vector up in body axes is (-sin f cos l, -sin l, cos f cos l): flexion and lateral bend are read off it exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..samples import STANDARD_GRAVITY_MS2, FloatArray
from .body import Motion
from .jet import Jet, sin_cos


@dataclass(frozen=True, slots=True, eq=False)
class Felt:
    """Ideal readings in sensor axes, each of shape (3, n).

    Attributes
    ----------
    force_ms2 : specific force (acceleration minus gravity)
    rate_rads : angular rate
    up : unit vector up
    """

    force_ms2: FloatArray
    rate_rads: FloatArray
    up: FloatArray


def feel(motion: Motion, mounting: FloatArray) -> Felt:
    """Specific force, rate and up at a sensor mounted with `mounting` (3, 3: body axes to sensor axes)."""
    flexion, lateral, heading = motion.trunk[0], motion.trunk[1], motion.trunk[2]
    sf, cf = sin_cos(flexion)
    sl, cl = sin_cos(-lateral)
    sh, ch = sin_cos(heading)

    # Place of the sensor: hip axis to skin, turned by the trunk, carried by the hips.
    x, y, z = motion.skin_m[0], motion.skin_m[1], motion.skin_m[2]
    x, z = cf * x + sf * z, cf * z - sf * x
    y, z = cl * y - sl * z, sl * y + cl * z
    x, y, z = x + motion.hips[0], y + motion.hips[1], z + motion.hips[2]
    x, y = ch * x - sh * y, sh * x + ch * y

    # Its acceleration plus the reaction to gravity, back in body axes.
    fx, fy = ch.x * x.a + sh.x * y.a, ch.x * y.a - sh.x * x.a
    fz = z.a + STANDARD_GRAVITY_MS2
    fy, fz = cl.x * fy + sl.x * fz, cl.x * fz - sl.x * fy
    fx, fz = cf.x * fx - sf.x * fz, sf.x * fx + cf.x * fz

    wy, wz = heading.v * sl.x, heading.v * cl.x
    wx = -lateral.v
    wx, wz = cf.x * wx - sf.x * wz, sf.x * wx + cf.x * wz
    rate = np.stack([wx, wy + flexion.v, wz])
    up = np.stack([-sf.x * cl.x, sl.x, cf.x * cl.x])

    skin = motion.skin_rad
    return Felt(
        _mounted(mounting, rotated(-skin.x, np.stack([fx, fy, fz]))),
        _mounted(mounting, rotated(-skin.x, rate) + _body_rate(skin)),
        _mounted(mounting, rotated(-skin.x, up)),
    )


def rotated(rotation: FloatArray, vector: FloatArray) -> FloatArray:
    """Turn vectors by rotation vectors (rad), both of shape (3, n): Rodrigues' formula."""
    a, b = _coefficients(rotation)[:2]
    once = _cross(rotation, vector)
    return np.asarray(vector + a * once + b * _cross(rotation, once))


def rotation_matrix(rotation: FloatArray) -> FloatArray:
    """Matrix that turns by a rotation vector of shape (3,)."""
    return np.asarray(rotated(np.repeat(rotation[:, None], 3, axis=1), np.eye(3)))


def _body_rate(rotation: Jet) -> FloatArray:
    """Angular rate of a frame with this rotation vector, in its own axes: the right Jacobian times the derivative."""
    _, b, c = _coefficients(rotation.x)
    once = _cross(rotation.x, rotation.v)
    return np.asarray(rotation.v - b * once + c * _cross(rotation.x, once))


def _coefficients(rotation: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """sin θ/θ, (1-cos θ)/θ², (θ-sin θ)/θ³, by their series where θ is small."""
    square = rotation[0] ** 2 + rotation[1] ** 2 + rotation[2] ** 2
    small = square < 1e-4
    angle = np.sqrt(np.where(small, 1.0, square))
    sine, cosine = np.sin(angle), np.cos(angle)
    return (
        np.where(small, 1.0 - square / 6.0 * (1.0 - square / 20.0), sine / angle),
        np.where(small, 0.5 - square / 24.0 * (1.0 - square / 30.0), (1.0 - cosine) / angle**2),
        np.where(small, 1.0 / 6.0 - square / 120.0 * (1.0 - square / 42.0), (angle - sine) / angle**3),
    )


def _cross(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.stack([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


def _mounted(mounting: FloatArray, vector: FloatArray) -> FloatArray:
    return np.stack([row[0] * vector[0] + row[1] * vector[1] + row[2] * vector[2] for row in mounting])
