"""Small signals for tests that must not hang on the simulator: breathing on a tilted sensor, a walk, a gap, a lean."""

from __future__ import annotations

import numpy as np

from sensorcoach.samples import NS, STANDARD_GRAVITY_MS2, SampleBlock, StreamInfo


def worn(
    *, seconds: float, rate_hz: float, gyro: bool, seed: int, breath_brpm: float = 14.0
) -> tuple[StreamInfo, SampleBlock]:
    """A chest sensor, mounted askew: still, breathing; a walk from 50 to 65 % of the time, a lean, gaps, jitter.

    The trunk pitches about one axis, so that acceleration and angular rate agree exactly but for noise.
    """
    rng = np.random.default_rng(seed)
    t = np.arange(0.0, seconds, 1.0 / rate_hz)
    t += rng.normal(0.0, 0.02 / rate_hz, len(t))
    t = np.sort(t - t.min())
    walking = (t > 0.5 * seconds) & (t < 0.65 * seconds)
    lean_rad = np.radians(18.0) / (1.0 + np.exp(-(t - 0.75 * seconds) * 1.5))
    breath_hz = breath_brpm / 60.0
    pitch = np.radians(1.2) * np.sin(2 * np.pi * breath_hz * t) + lean_rad
    rate = np.gradient(pitch, t)
    acc = STANDARD_GRAVITY_MS2 * np.column_stack([-np.sin(pitch), np.zeros_like(t), np.cos(pitch)])
    step = np.where(walking, 1.0, 0.0)
    acc[:, 2] += step * 3.0 * np.sin(2 * np.pi * 1.9 * t)
    acc[:, 0] += step * 1.0 * np.sin(2 * np.pi * 1.9 * t + 1.0)
    acc += rng.normal(0.0, 0.03, acc.shape)
    gyr = np.column_stack([np.zeros_like(t), rate, np.zeros_like(t)]) + rng.normal(0.0, 0.002, acc.shape) + 0.005
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    if np.linalg.det(turn) < 0:
        turn[:, 0] *= -1
    keep = rng.random(len(t)) > 0.01
    keep &= ~((t > 0.3 * seconds) & (t < 0.3 * seconds + 1.7))
    keep &= ~((t > 0.35 * seconds) & (t < 0.35 * seconds + 0.15))
    t_ns = np.rint(t[keep] * NS).astype(np.int64)
    distinct = np.r_[True, np.diff(t_ns) > 0]
    block = SampleBlock(
        "chest", t_ns[distinct], (acc @ turn.T)[keep][distinct], (gyr @ turn.T)[keep][distinct] if gyro else None
    )
    return StreamInfo("chest", "chest", rate_hz, gyro), block
