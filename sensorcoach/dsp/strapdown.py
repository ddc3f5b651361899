"""Strapdown sums: what a stretch of gyro and accelerometer samples says on its own, before anybody knows the attitude.

Within a short window the rotation since its start and the velocity gained, both in the frame of that start, depend on
the samples alone ("preintegration", Forster et al., IEEE Trans. Robotics 33(1), 2017). So they can be computed for
thousands of windows side by side, and the sequential filter behind them takes only a few steps a second.

Every function takes floats (live, a few samples) or arrays (bulk, many windows) and uses only + - * / and square
roots, which IEEE 754 rounds alike in both: the results are bit-identical.
"""

from __future__ import annotations

from typing import Final, TypeAlias, TypeVar

from ..samples import FloatArray

N = TypeVar("N", float, FloatArray)

Axes: TypeAlias = tuple[N, N, N]

Turn: TypeAlias = tuple[N, N, N, N]
"""Quaternion w, x, y, z that takes vectors from the later frame into the earlier one."""

Step: TypeAlias = tuple[N, N, N, N, N, N, N, N, N, N, N]
"""What one sample adds: turn since the sample before (4), acceleration (3), dt, |acceleration|² dt, |rate|² dt,
hidden turn."""

Sums: TypeAlias = tuple[N, N, N, N, N, N, N, N, N, N, N, N, N, N]
"""Since the start of the window, in its frame: turn (4), newest acceleration (3, m/s²), velocity gained with gravity
(3, m/s), duration (s), integrals of |acceleration|² and |rate|², turn that a gyro at its limit may have hidden
(rad)."""

LARGEST_TURN_RAD: Final = 3.6
"""Largest rotation that `small_turn` renders (to 1e-5)."""


def small_turn(x: N, y: N, z: N) -> Turn[N]:
    """Turn by a rotation vector (rad), by the series of cosine and sinc of the half angle."""
    h = (x * x + y * y + z * z) * 0.25
    cosine = 1.0 + h * (-1 / 2 + h * (1 / 24 + h * (-1 / 720 + h * (1 / 40320 + h * (-1 / 3628800)))))
    sinc = 1.0 + h * (-1 / 6 + h * (1 / 120 + h * (-1 / 5040 + h * (1 / 362880 + h * (-1 / 39916800)))))
    half = 0.5 * sinc
    return cosine, x * half, y * half, z * half


def turned(p: Turn[N], q: Turn[N]) -> Turn[N]:
    """First p, then q in the frame p leads to."""
    a, b, c, d = p
    w, x, y, z = q
    return (
        a * w - b * x - c * y - d * z,
        a * x + b * w + c * z - d * y,
        a * y - b * z + c * w + d * x,
        a * z + b * y - c * x + d * w,
    )


def outward(q: Turn[N], a: Axes[N]) -> Axes[N]:
    """A vector of the later frame as seen in the earlier one."""
    w, x, y, z = q
    ax, ay, az = a
    s, t, u = 2.0 * (y * az - z * ay), 2.0 * (z * ax - x * az), 2.0 * (x * ay - y * ax)
    return ax + w * s + y * u - z * t, ay + w * t + z * s - x * u, az + w * u + x * t - y * s


def inward(q: Turn[N], a: Axes[N]) -> Axes[N]:
    """A vector of the earlier frame as seen in the later one."""
    w, x, y, z = q
    ax, ay, az = a
    s, t, u = 2.0 * (y * az - z * ay), 2.0 * (z * ax - x * az), 2.0 * (x * ay - y * ax)
    return ax - w * s + y * u - z * t, ay - w * t + z * s - x * u, az - w * u + x * t - y * s


def cross(a: Axes[N], b: Axes[N]) -> Axes[N]:
    """Vector product."""
    x, y, z = a
    u, v, w = b
    return y * w - z * v, z * u - x * w, x * v - y * u


def bend(slope: N, slope_before: N, interval: N, interval_before: N) -> N:
    """Derivative at a sample from the slopes of the two intervals around it (the parabola through three samples)."""
    return (slope_before * interval + slope * interval_before) / (interval + interval_before)


def step(dt: N, rate: Axes[N], late: Axes[N], acc: Axes[N], hidden: N) -> Step[N]:
    """One sample.

    Parameters
    ----------
    dt : s since the sample before.
    rate : rad/s, mean over dt by the trapezoid.
    late : rad, what the interval before turned more than its trapezoid: known only now that one more sample is there.
    acc : m/s², at the sample.
    hidden : rad, turn that a gyro at its limit may have missed.
    """
    p, q, r = rate
    x, y, z = acc
    c, i, j, k = small_turn(p * dt + late[0], q * dt + late[1], r * dt + late[2])
    return (c, i, j, k, x, y, z, dt, (x * x + y * y + z * z) * dt, (p * p + q * q + r * r) * dt, hidden)


def begun(one: N, acc: Axes[N]) -> Sums[N]:
    """Empty sums; `acc` is the last acceleration before the window, `one` a 1.0 of the right shape."""
    zero = one - one
    x, y, z = acc
    return (one, zero, zero, zero, x, y, z, zero, zero, zero, zero, zero, zero, zero)


def added(sums: Sums[N], new: Step[N]) -> Sums[N]:
    """The sums with one more sample: rotations are chained, acceleration integrated by the trapezoid in the turning
    frame."""
    w, x, y, z, px, py, pz, sx, sy, sz, t, a2, w2, hidden = sums
    c, i, j, k, ax, ay, az, dt, a2dt, w2dt, hide = new
    w, x, y, z = turned((w, x, y, z), (c, i, j, k))
    ax, ay, az = outward((w, x, y, z), (ax, ay, az))
    half = 0.5 * dt
    sx, sy, sz = sx + (px + ax) * half, sy + (py + ay) * half, sz + (pz + az) * half
    return (w, x, y, z, ax, ay, az, sx, sy, sz, t + dt, a2 + a2dt, w2 + w2dt, hidden + hide)
