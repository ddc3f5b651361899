"""Heart coherence: a heart that swings with the pacer, one that does not, and beats that were not told."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable

import pytest

from sensorcoach.coach.heart_coherence import HeartRhythm
from sensorcoach.coach.host import Coach
from sensorcoach.coach.pacer import Pacer, Pattern
from sensorcoach.events import HeartCoherence, SetPacer
from sensorcoach.protocol import HeartBeats
from sensorcoach.samples import NS
from sensorcoach.simulate.heart import Heart
from sensorcoach.simulate.scenario import Scenario
from sensorcoach.simulate.sensor import VirtualSensor

SLOW = Pacer(Pattern("", 5.0, 0.0, 5.0, 0.0), 0)


def intervals(seconds: float, rr_s: Callable[[float], float]) -> list[float]:
    out, t_s = [], 0.0
    while t_s < seconds:
        out.append(rr_s(t_s))
        t_s += out[-1]
    return out


def messages(rr_s: Iterable[float], late_s: float = 0.1) -> list[HeartBeats]:
    """One a second, as straps send them: each with the beats since the last."""
    out: list[HeartBeats] = []
    waiting: list[float] = []
    t_s, second = 0.0, 1
    for rr in rr_s:
        t_s += rr
        while t_s > second:
            out.append(HeartBeats(round((second + late_s) * NS), "chest", 66, tuple(waiting)))
            waiting, second = [], second + 1
        waiting.append(round(rr * 1024) / 1024)
    return out


def scores(told: Iterable[HeartBeats], pacer: Pacer | None = SLOW) -> list[HeartCoherence]:
    rhythm = HeartRhythm("chest")
    return [score for beats in told if (score := rhythm.hear(beats, pacer)) is not None]


def swinging(hz: float, depth: float = 0.08) -> Callable[[float], float]:
    return lambda t: 0.9 + depth * math.sin(2 * math.pi * hz * t)


def test_a_heart_that_swings_with_the_pacer_is_coherent() -> None:
    told = scores(messages(intervals(120, swinging(0.1))))
    assert [score.t_ns / NS for score in told] == [pytest.approx(t, abs=1.2) for t in range(66, 120, 5)]
    assert all(score.coherence > 0.95 and score.at_pacer > 0.95 for score in told)
    assert all(score.peak_brpm == pytest.approx(6.0, abs=0.3) for score in told)


def test_one_that_swings_at_its_own_rate_is_coherent_but_not_with_the_pacer() -> None:
    for score in scores(messages(intervals(120, swinging(0.25)))):
        assert score.coherence > 0.9
        assert score.at_pacer < 0.05
        assert score.peak_brpm == pytest.approx(15.0, abs=0.5)


def test_one_that_scatters_is_not_coherent() -> None:
    dice = random.Random(5)
    told = scores(messages(intervals(300, lambda _: 0.9 + dice.gauss(0.0, 0.04))))
    assert told
    assert sum(score.at_pacer for score in told) / len(told) < 0.4


def test_without_a_pacer_nothing_is_told_and_a_new_one_begins_anew() -> None:
    told = messages(intervals(200, swinging(0.1)))
    assert scores(told, None) == []
    rhythm = HeartRhythm("chest")
    late = Pacer(SLOW.pattern, 90 * NS)
    times = [beats.t_ns / NS for beats in told if rhythm.hear(beats, late if beats.t_ns > 80 * NS else None)]
    assert times[0] == pytest.approx(90 + 64, abs=1.2)


def test_beats_that_were_not_told_make_it_wait() -> None:
    told = messages(intervals(240, swinging(0.1)))
    holed = [beats for beats in told if not 100 <= beats.t_ns / NS < 106]
    times = [score.t_ns / NS for score in scores(holed)]
    assert not any(101 < t < 106 + 63 for t in times)
    assert any(t > 106 + 64 for t in times)


def test_single_false_beats_are_bridged_many_are_not() -> None:
    def with_false(every: int) -> list[float]:
        """A beat too early, made up for by the next one."""
        out = intervals(200, swinging(0.1))
        for i in range(10, len(out) - 1, every):
            out[i], out[i + 1] = out[i] * 0.6, out[i + 1] + out[i] * 0.4
        return out

    few = scores(messages(with_false(80)))
    assert len(few) > 20
    assert all(score.at_pacer > 0.9 for score in few)
    assert scores(messages(with_false(9))) == []


def test_a_rhythm_without_any_swing_has_no_shape() -> None:
    assert scores(messages([0.9] * 200)) == []


def test_a_device_without_intervals_is_never_judged() -> None:
    assert scores(HeartBeats(second * NS, "chest", 66, ()) for second in range(300)) == []


@pytest.mark.parametrize(("rate_brpm", "with_pacer"), [(6.0, True), (15.0, False)])
def test_the_virtual_wearers_heart_follows_their_breath(rate_brpm: float, with_pacer: bool) -> None:
    table = {
        "name": "heart",
        "duration_s": 200.0,
        "breathing": [{"at_s": 0.0, "rate_brpm": rate_brpm, "variability": 0.0, "drift": 0.0, "depth": 1.9}],
    }
    scenario = Scenario.from_dict(table)
    beats_s = Heart(scenario, 4, VirtualSensor(scenario, seed=4).body.volume).beats_s
    rr_s = [b - a for a, b in zip(beats_s, beats_s[1:], strict=False) if b < 190]
    told = scores(messages(rr_s))
    assert len(told) > 15
    mean = sum(score.at_pacer for score in told) / len(told)
    assert (mean > 0.6) is with_pacer


def test_the_coach_tells_it_with_the_beats() -> None:
    coach = Coach(["chest"])
    (pacer_set,) = coach.obey(SetPacer(0, 0, 5.0, 0.0, 5.0, 0.0))
    assert pacer_set.kind == "pacer_set"
    assert coach.obey(SetPacer(0, 0, 5.0, 0.0, 5.0, 0.0)) == []  # nothing new
    told = messages(intervals(70, swinging(0.1)))
    out = coach.hear(told)
    assert [event.kind for event in out[-6:]].count("heart_coherence") == 1
    assert coach.obey(SetPacer(0, 0, 0.0, 0.0, 0.0, 0.0))[0].kind == "pacer_set"
