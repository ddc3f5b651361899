"""Calibration from holding and bowing: forward for any mounting, and the reason when it did not work."""

from __future__ import annotations

import numpy as np
import pytest

from sensorcoach.coach.calibration import (
    Forward,
    Hold,
    Refusal,
    find_forward,
    hold_tall,
    personal_threshold,
)
from sensorcoach.estimators.neutral import Neutral

RATE_HZ = 5.0


def mounting(seed: int) -> Neutral:
    rng = np.random.default_rng(seed)
    return Neutral.from_vectors(rng.normal(size=3), rng.normal(size=3))


def leaning(neutral: Neutral, flexion_deg: np.ndarray, lateral_deg: np.ndarray | float = 0.0) -> np.ndarray:
    forward, left, up = (np.array(v) for v in (neutral.forward, neutral.left, neutral.up))
    f = np.radians(flexion_deg)[:, None]
    s = np.radians(np.broadcast_to(lateral_deg, np.shape(flexion_deg)))[:, None]
    return np.cos(s) * (np.cos(f) * up - np.sin(f) * forward) - np.sin(s) * left


def bows(count: int = 3, depth_deg: float = 45.0) -> np.ndarray:
    """Flexion over `count` bows of 4 s each, upright between them."""
    t_s = np.arange(0, 4 * count + 2, 1 / RATE_HZ)
    return depth_deg * np.where(t_s < 4 * count, np.sin(np.pi * t_s / 4) ** 2, 0.0)


def sway(n: int, seed: int, size_deg: float) -> np.ndarray:
    return size_deg * np.random.default_rng(seed).normal(size=n)


def stance(n: int, seed: int) -> np.ndarray:
    """To the side: a slow wander about a stance that is not quite the one held before."""
    rng = np.random.default_rng(seed)
    rows = round(1.5 * RATE_HZ)
    slow = np.convolve(rng.normal(size=n + rows - 1), np.ones(rows) / np.sqrt(rows), mode="valid")
    return 0.4 * slow + rng.choice([-0.8, 0.8])


@pytest.mark.parametrize("seed", range(12))
def test_three_bows_find_forward_within_a_degree_for_any_mounting(seed: int) -> None:
    neutral = mounting(seed)
    flexion = bows()
    found = find_forward(neutral.up, leaning(neutral, flexion, stance(len(flexion), seed)))
    assert isinstance(found, Forward)
    assert np.degrees(np.arccos(min(1.0, np.dot(found.neutral.forward, neutral.forward)))) < 1.0
    assert found.bows == 3
    assert found.deepest_deg == pytest.approx(45, abs=2)
    assert found.explained > 0.95


@pytest.mark.parametrize(
    ("flexion", "lateral", "code"),
    [
        (bows(3, 12.0), 0.0, "too_small"),
        (bows(2), 0.0, "too_few"),
        (bows(1), 0.0, "too_few"),
        (bows(), 35.0 * np.sin(np.pi * np.arange(len(bows())) / (2 * RATE_HZ)), "not_straight"),
        (bows() * np.where(np.arange(len(bows())) < 20, 1, -1), 0.0, "both_ways"),
        (np.full(len(bows()), np.nan), 0.0, "unknown"),
    ],
)
def test_bows_that_tell_nothing_are_refused_with_a_reason(flexion: np.ndarray, lateral: object, code: str) -> None:
    neutral = mounting(1)
    refused = find_forward(neutral.up, leaning(neutral, flexion, lateral))  # type: ignore[arg-type]
    assert isinstance(refused, Refusal)
    assert refused.code == code
    assert refused.message
    assert refused.advice


def test_no_rows_at_all_are_refused() -> None:
    refused = find_forward((0.0, 0.0, 1.0), np.empty((0, 3)))
    assert isinstance(refused, Refusal)
    assert refused.code == "unknown"


def test_standing_tall_gives_up_and_its_sway() -> None:
    neutral = mounting(4)
    t_s = np.arange(0, 10, 1 / RATE_HZ)
    up = leaning(neutral, sway(len(t_s), 1, 0.3), sway(len(t_s), 2, 0.3))
    up[7] = np.nan
    held = hold_tall(t_s, up)
    assert isinstance(held, Hold)
    assert np.degrees(np.arccos(min(1.0, np.dot(held.up, neutral.up)))) < 0.3
    assert 0.1 < held.sway_deg < 0.5


@pytest.mark.parametrize(
    ("seconds", "flexion", "code"),
    [
        (2, lambda t: 0 * t, "too_short"),
        (10, lambda t: 0.4 * t, "drifting"),
        (10, lambda t: 5 * np.sin(2 * np.pi * t), "moving"),
        (10, lambda t: np.where(t < 5, np.nan, 0.0), "unknown"),
    ],
)
def test_a_hold_that_was_none_is_refused_with_a_reason(seconds: float, flexion: object, code: str) -> None:
    t_s = np.arange(0, seconds, 1 / RATE_HZ)
    refused = hold_tall(t_s, leaning(mounting(2), flexion(t_s)))  # type: ignore[operator]
    assert isinstance(refused, Refusal)
    assert refused.code == code
    assert refused.advice


@pytest.mark.parametrize(("slouch_deg", "threshold_deg"), [(8, 6), (20, 10), (40, 20), (70, 30)])
def test_the_personal_threshold_is_halfway_to_ones_own_slouch(slouch_deg: float, threshold_deg: float) -> None:
    neutral = mounting(3)
    assert personal_threshold(neutral, leaning(neutral, np.full(25, float(slouch_deg)))) == pytest.approx(threshold_deg)


@pytest.mark.parametrize(
    ("slouch_deg", "code"), [(4.0, "sees_too_little"), (-10.0, "sees_too_little"), (np.nan, "unknown")]
)
def test_a_slouch_the_sensor_does_not_see_sets_no_threshold(slouch_deg: float, code: str) -> None:
    neutral = mounting(3)
    refused = personal_threshold(neutral, leaning(neutral, np.full(25, slouch_deg)))
    assert isinstance(refused, Refusal)
    assert refused.code == code
