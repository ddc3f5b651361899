"""The tilt filter's covariance and the rare things done to it: everything that need not be fast.

The filter's inner loop keeps the 36 different covariances in local variables, in the order of `ORDER`; here they are a
symmetric table over the eight states.
"""

from __future__ import annotations

import math
from typing import Final, TypeAlias

from ...dsp.strapdown import Turn, small_turn, turned

Vector: TypeAlias = tuple[float, float, float]
Rotation: TypeAlias = tuple[Vector, Vector, Vector]
Table: TypeAlias = list[list[float]]

X, Y, B, S, U, W = 0, 1, 2, 5, 6, 7
"""Places in the state: tilt error x y, gyro bias (three), scale of the rates, velocity x y."""
STATES: Final = 8

ORDER: Final = (
    (X, X), (X, Y), (Y, Y),
    (X, B), (X, B + 1), (X, B + 2), (X, S), (Y, B), (Y, B + 1), (Y, B + 2), (Y, S),
    (X, U), (Y, U), (X, W), (Y, W),
    (U, B), (U, B + 1), (U, B + 2), (U, S), (W, B), (W, B + 1), (W, B + 2), (W, S),
    (U, U), (U, W), (W, W),
    (B, B), (B, B + 1), (B, B + 2), (B, S), (B + 1, B + 1), (B + 1, B + 2), (B + 1, S), (B + 2, B + 2), (B + 2, S),
    (S, S), )  # fmt: skip


def packed(table: Table) -> list[float]:
    """The different covariances in the order of `ORDER`."""
    return [table[i][j] for i, j in ORDER]


def unpacked(values: list[float]) -> Table:
    """The symmetric table of covariances."""
    table = [[0.0] * STATES for _ in range(STATES)]
    for (i, j), value in zip(ORDER, values, strict=True):
        table[i][j] = table[j][i] = value
    return table


def diagonal(sigmas: list[float]) -> Table:
    """Covariance of independent states."""
    return [[s * s if i == j else 0.0 for j in range(STATES)] for i, s in enumerate(sigmas)]


def forget(table: Table, state: int, variance: float) -> None:
    """Let a state know nothing but its own `variance`."""
    for other in range(STATES):
        table[state][other] = table[other][state] = 0.0
    table[state][state] = variance


def measured(table: Table, state: int, residual: float, variance: float) -> list[float]:
    """Take one state as measured (`residual` = measured - believed); updates the table, returns the change of all
    states."""
    row = list(table[state])
    share = 1.0 / (row[state] + variance)
    gain = [c * share for c in row]
    for i in range(STATES):
        for j in range(STATES):
            table[i][j] -= gain[i] * row[j]
    return [k * residual for k in gain]


def rotation(q: Turn[float]) -> Rotation:
    """Matrix of a unit quaternion."""
    w, x, y, z = q
    return (
        (1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
        (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
        (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
    )


def unit(q: Turn[float]) -> Turn[float]:
    """The quaternion at length one."""
    w, x, y, z = q
    n = 1.0 / math.sqrt(w * w + x * x + y * y + z * z)
    return w * n, x * n, y * n, z * n


def tilted(q: Turn[float], x: float, y: float) -> Turn[float]:
    """The attitude turned about the level axes by x and y (rad)."""
    return unit(turned(small_turn(x, y, 0.0), q))


def level(acc: Vector) -> Turn[float]:
    """Attitude in which this acceleration points up, with any heading."""
    x, y, z = acc
    n = math.sqrt(x * x + y * y + z * z) or 1.0
    x, y, z = x / n, y / n, z / n
    if z < -0.999999:
        return 0.0, 1.0, 0.0, 0.0
    w = math.sqrt(0.5 * (1.0 + z))
    return w, 0.5 * y / w, -0.5 * x / w, 0.0
