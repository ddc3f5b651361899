"""Curves that carry their first and second time derivative with them.

Position, velocity and acceleration of every part of the wearer come from one expression, so the accelerometer and the
gyroscope of the ideal sensor agree by construction: no numerical differentiation, no band limit from the sampling rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..samples import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Jet:
    """A quantity over time with its derivatives; arithmetic follows the product and chain rules.

    Attributes
    ----------
    x, v, a : float arrays of one shape
        Value, first and second derivative with respect to time in seconds.
    """

    __array_ufunc__: ClassVar[None] = None  # an array times a jet is this class's business, not numpy's

    x: FloatArray
    v: FloatArray
    a: FloatArray

    def __add__(self, other: Jet) -> Jet:
        return Jet(self.x + other.x, self.v + other.v, self.a + other.a)

    def __sub__(self, other: Jet) -> Jet:
        return Jet(self.x - other.x, self.v - other.v, self.a - other.a)

    def __neg__(self) -> Jet:
        return Jet(-self.x, -self.v, -self.a)

    def __mul__(self, other: Jet | FloatArray | float) -> Jet:
        if not isinstance(other, Jet):
            return Jet(self.x * other, self.v * other, self.a * other)
        return Jet(
            self.x * other.x,
            self.v * other.x + self.x * other.v,
            self.a * other.x + 2.0 * (self.v * other.v) + self.x * other.a,
        )

    __rmul__ = __mul__

    def __getitem__(self, rows: int | slice) -> Jet:
        return Jet(self.x[rows], self.v[rows], self.a[rows])

    def shifted(self, constant: FloatArray | float) -> Jet:
        """This curve plus a constant."""
        return Jet(self.x + constant, self.v, self.a)


def zeros(*shape: int) -> Jet:
    """A curve that stays at zero."""
    nil = np.zeros(shape)
    return Jet(nil, nil, nil)


def stack(rows: list[Jet]) -> Jet:
    """Rows of a vector-valued curve, shape (len(rows), n)."""
    return Jet(np.stack([r.x for r in rows]), np.stack([r.v for r in rows]), np.stack([r.a for r in rows]))


def along(direction: FloatArray | tuple[float, ...], curve: Jet) -> Jet:
    """A scalar curve along a fixed direction, shape (len(direction), n)."""
    d = np.asarray(direction)[:, None]
    return Jet(d * curve.x, d * curve.v, d * curve.a)


def sin_cos(angle: Jet) -> tuple[Jet, Jet]:
    """Sine and cosine of a curve in radians."""
    s, c = np.sin(angle.x), np.cos(angle.x)
    squared = angle.v * angle.v
    return (
        Jet(s, c * angle.v, c * angle.a - s * squared),
        Jet(c, -s * angle.v, -s * angle.a - c * squared),
    )
