"""The phase between forward and upward acceleration at the rhythm of steps."""

from __future__ import annotations

import numpy as np
import pytest

from sensorcoach.estimators._bounce import bounce

T_S = np.arange(100) / 25


def _steps(hz: float, share: float, lead_deg: float) -> np.ndarray:
    """Forward (x), left (y) and upward (z) acceleration of steps, shape (3, rows)."""
    turn = 2 * np.pi * hz * T_S
    return np.stack([share * np.cos(turn + np.radians(lead_deg)), 0.3 * np.cos(0.5 * turn), 9.8 + np.cos(turn)])


@pytest.mark.parametrize(("lead_deg", "ahead", "along"), [(90, 0.4, 0.0), (-90, -0.4, 0.0), (180, 0.0, -0.4)])
def test_the_lead_of_the_forward_acceleration_is_found(lead_deg: float, ahead: float, along: float) -> None:
    x = _steps(2.1, 0.4, lead_deg)[:, None, :]
    rhythm_hz, early, even = bounce(x, np.array([[0.0, 0.0, 1.0]]))
    assert rhythm_hz[0] == pytest.approx(2.1)
    assert early[0, 0] == pytest.approx(ahead, abs=0.02)
    assert even[0] == pytest.approx([along, 0.0, 1.0], abs=0.02)


def test_missing_samples_and_neighbours_change_nothing_else() -> None:
    rng = np.random.default_rng(2)
    x = np.stack([_steps(hz, 0.3, -80) + 0.1 * rng.normal(size=(3, 100)) for hz in (1.6, 2.0, 2.7)], axis=1)
    x[:, 1, 40:48] = np.nan
    up = np.tile([0.0, 0.0, 1.0], (3, 1))
    together = bounce(x, up)
    assert together[0] == pytest.approx([1.6, 2.0, 2.7])
    assert together[1][:, 0] == pytest.approx(-0.3 * np.sin(np.radians(80)), abs=0.06)
    for k in range(3):
        alone = bounce(np.ascontiguousarray(x[:, k : k + 1]), up[k : k + 1])
        for one, all_ in zip(alone, together, strict=True):
            assert np.array_equal(one[0], all_[k])
