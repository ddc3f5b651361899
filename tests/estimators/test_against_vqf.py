"""The orientation filter beside vqf, the best open one, on the same simulated wearers."""

from __future__ import annotations

import numpy as np
import pytest
from vqf import VQF

from sensorcoach.estimators.orientation import Orientation
from sensorcoach.simulate import Scenario, builtin_scenarios, simulate


@pytest.mark.parametrize("name", ["desk", "walk", "back"])
def test_no_worse_than_vqf(name: str) -> None:
    made = simulate(Scenario.from_toml(builtin_scenarios()[name]), with_up=True)
    assert made.gyr_rads is not None
    assert made.truth.up is not None
    up = Orientation(made.stream).update(made.block).up
    quat = VQF(1.0 / made.stream.sampling_rate_hz).updateBatch(
        np.ascontiguousarray(made.gyr_rads), np.ascontiguousarray(made.acc_ms2)
    )["quat6D"]
    w, x, y, z = quat.T
    peer = np.column_stack([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)])
    known = np.isfinite(up).all(axis=1)
    assert known.mean() > 0.95
    ours_deg, peer_deg = (rms_deg(u[known], made.truth.up[known]) for u in (up, peer))
    assert ours_deg < peer_deg + 0.1
    assert ours_deg < 1.5


def rms_deg(up: np.ndarray, true: np.ndarray) -> float:
    angle = np.degrees(np.arccos(np.clip((up * true).sum(axis=1), -1.0, 1.0)))
    return float(np.sqrt(np.mean(angle**2)))
