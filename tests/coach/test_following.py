"""Scores against the pacer, on breaths made by hand."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import median

import numpy as np
import pytest

from sensorcoach.coach.adaptive import AdaptivePacer
from sensorcoach.coach.finder import Trial, most_comfortable
from sensorcoach.coach.following import INFLATED, SETTLE_S, DepthScale, Following, coherence
from sensorcoach.coach.pacer import RESONANCE, Pacer, Pattern
from sensorcoach.events import Breath, Followed
from sensorcoach.samples import NS

PACER = Pacer(RESONANCE, 100 * NS)


def breath(
    at_s: float, inhale_s: float = 5.0, exhale_s: float = 5.0, depth: float = 1.0, quality: float = 0.9
) -> Breath:
    at, turn, end = (round(t * NS) for t in (at_s, at_s + inhale_s, at_s + inhale_s + exhale_s))
    return Breath(end, "chest", at, turn, end, depth, quality)


def follow(*, lag_s: float = 0.0, inhale_s: float = 5.0, exhale_s: float = 5.0, count: int = 16) -> list[Followed]:
    following = Following("chest")
    following.set_pacer(PACER)
    breaths = [breath(100 + lag_s + k * (inhale_s + exhale_s), inhale_s, exhale_s) for k in range(count)]
    return [f for f in map(following.hear, breaths) if f is not None]


def test_a_perfect_follower_scores_full_marks() -> None:
    last = follow()[-1]
    assert last.adherence == pytest.approx(1.0)
    assert last.locking == pytest.approx(1.0)
    assert last.lag_s == pytest.approx(0.0, abs=1e-6)
    assert last.rate_error_brpm == pytest.approx(0.0, abs=1e-6)
    assert last.inhale_share_error == pytest.approx(0.0, abs=1e-6)
    assert last.coherence > 0.9


@pytest.mark.parametrize("lag_s", [-2.0, -0.4, 0.6, 2.5])
def test_a_steady_lag_is_told_and_costs_only_when_long(lag_s: float) -> None:
    last = follow(lag_s=lag_s)[-1]
    assert last.lag_s == pytest.approx(lag_s, abs=1e-6)
    assert last.locking == pytest.approx(1.0)
    assert (last.adherence == 1.0) == (abs(lag_s) <= 10.0 / 12.0)


def test_breathing_past_the_pacer_is_no_following() -> None:
    scores = follow(inhale_s=2.4, exhale_s=3.6, count=30)
    assert scores[-1].adherence < 0.1
    assert scores[-1].rate_error_brpm == pytest.approx(4.0)
    assert min(s.locking for s in scores[5:]) < 0.5


def test_an_inhalation_that_is_too_long_shows_as_share() -> None:
    assert follow(inhale_s=6.0, exhale_s=4.0)[-1].inhale_share_error == pytest.approx(0.1)


def test_nothing_is_scored_before_the_rate_has_settled_or_without_trust() -> None:
    scores = follow()
    assert scores[0].t_ns >= PACER.start_ns + round(SETTLE_S * NS)
    assert math.isnan(scores[0].adherence)
    following = Following("chest")
    following.set_pacer(PACER)
    assert following.hear(breath(140.0, quality=0.7)) is None
    following.set_pacer(None)
    assert following.hear(breath(150.0)) is None


def relative(depths: list[float]) -> list[float]:
    """As the estimator tells them: over the median of the last twenty, the present one included."""
    return [d / median(depths[max(0, k - 19) : k + 1]) for k, d in enumerate(depths)]


def test_depths_are_rebuilt_in_one_unit() -> None:
    depths = [1.0, 1.1, 0.9, *np.linspace(1.0, 3.0, 60)]
    scale = DepthScale()
    rebuilt = [scale.rebuild(r) for r in relative(depths)]
    assert np.asarray(rebuilt) / rebuilt[0] == pytest.approx(np.asarray(depths) / depths[0], rel=0.02)


@pytest.mark.parametrize(("paced_depth", "inflated"), [(1.0, False), (2.3, False), (5.0, True)])
def test_effort_knows_that_slower_breaths_may_be_deeper(paced_depth: float, inflated: bool) -> None:
    """At 6 instead of 15 a minute 2.5 times the depth moves the same air; the double of that is too much."""
    depths = [1.0] * 12 + [paced_depth] * 20
    following = Following("chest")
    last = None
    for k, depth in enumerate(relative(depths)):
        if k == 12:
            following.set_pacer(PACER)
        one = breath(4.0 * k + 52.0, 1.6, 2.4, depth) if k < 12 else breath(100.0 + 10.0 * (k - 12), depth=depth)
        last = following.hear(one) or last
    assert last is not None
    assert (last.effort >= INFLATED) == inflated
    assert last.effort == pytest.approx(paced_depth * 6 / 15, rel=0.1)


def test_coherence_tells_even_from_uneven_breaths() -> None:
    rng = np.random.default_rng(1)
    uneven_s = np.cumsum([100.0, *rng.uniform(2.5, 9.0, 30)])
    even_s = np.arange(100.0, 270.0, 10.0)

    def curve(starts_s: np.ndarray) -> list[tuple[int, int, int, float]]:
        return [(round(a * NS), round((a + b) / 2 * NS), round(b * NS), 1.0) for a, b in pairwise(starts_s.tolist())]

    even, uneven = curve(even_s), curve(uneven_s)
    assert coherence(even, even[-1][2]) > 0.95
    assert coherence(uneven, uneven[-1][2]) < 0.85
    assert math.isnan(coherence(even[-3:], even[-1][2]))


def followed(adherence: float, t_s: float = 0.0, rate_error_brpm: float = 0.0) -> Followed:
    return Followed(round(t_s * NS), "chest", 0.0, adherence, 1.0, rate_error_brpm, 0.0, 1.0, 0.9)


def test_the_adaptive_pacer_meets_leads_and_arrives() -> None:
    state = AdaptivePacer.meet(RESONANCE, 10 * NS, 14.0)
    assert state.pacer.pattern.rate_brpm == pytest.approx(14.0)
    rates, t_s = [14.0], 10.0
    while state.mood != "arrived":
        t_s += state.pacer.pattern.cycle_s
        before = state.pacer.at(round(t_s * NS))
        state = state.after(followed(0.9, t_s))
        after = state.pacer.at(round(t_s * NS))
        assert after.phase == before.phase
        assert after.level == pytest.approx(before.level, abs=1e-6)
        rates.append(state.pacer.pattern.rate_brpm)
    assert all(b < a for a, b in pairwise(rates))
    assert max(a / b for a, b in pairwise(rates)) < 1.04
    assert state.pacer.pattern == RESONANCE or state.pacer.pattern.cycle_s == pytest.approx(10.0)
    assert 120.0 < t_s < 300.0


def test_the_adaptive_pacer_waits_and_comes_back_but_never_past_the_start() -> None:
    state = AdaptivePacer.meet(RESONANCE, 0, 12.0)
    for k in range(8):
        state = state.after(followed(0.9, 5.0 * k))
    led = state.pacer.pattern.rate_brpm
    waiting = state.after(followed(0.45, 60.0))
    assert (waiting.mood, waiting.pacer) == ("waiting", state.pacer)
    for k in range(40):
        state = state.after(followed(0.1, 60.0 + 6.0 * k, rate_error_brpm=4.0))
    assert state.mood == "meeting"
    assert led < state.pacer.pattern.rate_brpm <= 12.0


def test_the_adaptive_pacer_comes_down_to_someone_slower() -> None:
    state = AdaptivePacer.meet(RESONANCE, 0, 14.0)
    for k in range(12):
        rate = state.pacer.pattern.rate_brpm
        state = state.after(followed(0.1, 10.0 * k, rate_error_brpm=7.0 - rate))
    assert state.pacer.pattern.rate_brpm == pytest.approx(7.0, abs=0.6)


def test_the_adaptive_pacer_without_a_known_rate_begins_at_the_goal() -> None:
    assert AdaptivePacer.meet(RESONANCE, 0, math.nan).pacer.pattern.rate_brpm == pytest.approx(6.0)
    slow = Pattern("slow", 6.0, 0.0, 6.0, 0.0)
    assert AdaptivePacer.meet(slow, 0, 4.0).pacer.pattern.rate_brpm == pytest.approx(5.0)


def test_the_most_comfortable_rate_is_the_one_kept_best_with_least_effort() -> None:
    trials = [
        Trial(6.5, 12, 0.8, 0.95, 1.0),
        Trial(6.0, 11, 0.95, 0.95, 1.0),
        Trial(5.5, 10, 1.0, 0.95, 1.8),
        Trial(5.0, 9, 0.95, 0.95, 1.0, too_much=True),
        Trial(4.5, 2, 1.0, 1.0, 1.0),
    ]
    best = most_comfortable(trials)
    assert best is not None
    assert best.rate_brpm == 6.0
    assert most_comfortable(trials[-1:]) is None
