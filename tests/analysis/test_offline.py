from __future__ import annotations

import numpy as np
import pytest

import sensorcoach
from sensorcoach.analysis.offline import Guesses, _together

N = 80


def guesses(brpm: float, quality: float, still: np.ndarray | None = None) -> Guesses:
    """The same guess for every second."""
    still = np.ones(N, np.bool_) if still is None else still
    return Guesses(np.full(N, brpm), np.where(still, quality, np.nan), still)


@pytest.mark.parametrize(
    ("ahead", "back", "rate", "quality"),
    [
        ((14.0, 0.9), (15.0, 0.6), 14.4, 0.9),  # they agree: a trusted rate stays trusted
        ((14.0, 0.7), (15.0, 0.3), 14.3, 0.5),  # neither is trusted: the mean of both
        ((14.0, 0.9), (22.0, 0.2), 14.0, 0.49),  # they differ: the surer one, for less
        ((14.0, 0.1), (22.0, 0.9), 22.0, 0.56),
    ],
)
def test_two_directions_speak_together(ahead: tuple[float, float], back: tuple[float, float], rate, quality):
    rates, qualities = _together(guesses(*ahead), guesses(*back))
    assert rates[60] == pytest.approx(rate, abs=0.01)
    assert qualities[60] == pytest.approx(quality, abs=0.01)


def test_what_follows_a_movement_tells_the_seconds_after_it_and_none_in_it():
    still = np.ones(N, np.bool_)
    still[30:40] = False
    ahead = Guesses(np.full(N, np.nan), np.full(N, np.nan), still)
    rates, qualities = _together(ahead, guesses(15.0, 0.9, still))
    assert np.isnan(qualities[30:40]).all()
    np.testing.assert_allclose(rates[41:], 15.0)
    np.testing.assert_allclose(qualities[41:], 0.7 * 0.9)


def breath_then_walk() -> dict[str, object]:
    """A minute of breathing at 15 brpm, half a minute of walking, a minute of breathing."""
    rng = np.random.default_rng(4)
    t = np.arange(150 * 50) / 50.0
    acc = np.zeros((len(t), 3))
    acc[:, 0] = 0.014 * np.sin(2 * np.pi * 0.25 * t)
    acc[:, 2] = 1.0
    acc += 0.003 * rng.normal(size=acc.shape)
    walk = (t > 60) & (t < 90)
    acc[walk, 2] += 0.25 * np.sin(2 * np.pi * 1.8 * t[walk])
    acc[walk, 0] += 0.06 * np.sin(2 * np.pi * 0.9 * t[walk])
    return {"t": t, "acc": 9.80665 * acc, "gyr": None}


def test_looking_ahead_fills_the_first_seconds_of_a_stretch_and_never_the_walk():
    source = breath_then_walk()
    live, both = (sensorcoach.analyze(source, offline=offline).seconds for offline in (False, True))
    shown_live, shown_both = (np.isfinite(s["breath_rate_brpm"]) for s in (live, both))
    assert not shown_both[62:90].any()
    assert shown_both[shown_live].all()
    assert shown_both.sum() > shown_live.sum() + 10
    np.testing.assert_allclose(both["breath_rate_brpm"][shown_both], 15.0, atol=0.5)
    assert (both["breath_reason"][shown_both] == "").all()
    assert (both["breath_reason"][~shown_both] != "").all()
