"""The shape of the usual breath, and holds that nobody paces: found where they are a habit, and nowhere else."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest

from sensorcoach.dsp.grid import Grid
from sensorcoach.estimators.breath_phase import BreathPhaseEstimator
from sensorcoach.estimators.breath_rate import BreathRate
from sensorcoach.estimators.phase.pattern_fit import POINTS, levels
from sensorcoach.estimators.phase.shape import BreathShape
from sensorcoach.estimators.phase.turns import EXHALE, HOLD_IN, HOLD_OUT, INHALE
from sensorcoach.estimators.tracks import GridTrack, PhaseTrack, RateTrack
from sensorcoach.events import PHASES, Breath
from sensorcoach.samples import NS
from sensorcoach.simulate import Scenario, simulate

from .test_breath_phase_paced import STREAM, rates, run, times, turns, volume, worn

HELD_IN = (1.5, 2.0, 2.0, 0.0)
HELD_OUT = (2.0, 0.0, 2.0, 2.0)


def shape_of(parts_s: tuple[float, ...], *, breaths: int = 12, noise: float = 0.1, seed: int = 1) -> BreathShape:
    """What is known of a breath after so many, with noise of so much of its depth."""
    rng = np.random.default_rng(seed)
    period_s = sum(parts_s)
    points = levels(np.arange(round(breaths * period_s * POINTS)) / POINTS, parts_s, passive=True)
    points = points + noise * rng.standard_normal(len(points))
    shape = BreathShape()
    for end in range(POINTS, len(points) + 1, 2 * POINTS):
        shape.learn(points[:end], period_s, 2.0)
    return shape


@pytest.mark.parametrize("parts_s", [HELD_IN, HELD_OUT, (3.0, 3.0, 3.0, 3.0)], ids=["top", "bottom", "box"])
def test_a_habit_of_holding_is_known(parts_s: tuple[float, ...]) -> None:
    shares = shape_of(parts_s).parts
    assert shares is not None
    assert sum(shares) == pytest.approx(1.0)
    assert np.array(shares) == pytest.approx(np.array(parts_s) / sum(parts_s), abs=0.1)
    assert [share == 0.0 for share in shares] == [part == 0.0 for part in parts_s]


@pytest.mark.parametrize("inhaled", [0.25, 0.33, 0.4, 0.5])
@pytest.mark.parametrize("period_s", [2.5, 5.0, 12.0])
def test_breath_without_holds_has_none_and_leans_as_it_inhales(inhaled: float, period_s: float) -> None:
    shape = shape_of((inhaled * period_s, 0.0, (1.0 - inhaled) * period_s, 0.0), noise=0.05)
    assert shape.parts is None
    lacks = 0.5 - inhaled
    assert shape.lean == pytest.approx(0.2 * lacks + 0.96 * lacks**2, abs=0.04)  # the unusual is half believed


def test_few_breaths_are_no_habit() -> None:
    shape = shape_of(HELD_IN, breaths=3)
    assert shape.parts is None
    assert math.isnan(shape.lean)


def test_in_and_out_change_places() -> None:
    shape = shape_of(HELD_IN)
    shape.flip()
    assert shape.parts is None
    points = -levels(np.arange(round(12 * 5.5 * POINTS)) / POINTS, HELD_IN, passive=True)
    shape.learn(points, 5.5, 2.0)
    assert shape.parts is not None
    assert shape.parts[HOLD_IN] == 0.0
    assert shape.parts[HOLD_OUT] > 0.25


def test_nothing_comes_of_nothing() -> None:
    shape = BreathShape()
    for _ in range(20):
        shape.learn(np.zeros(200), 5.0, 2.0)
    assert shape.parts is None
    assert math.isnan(shape.lean)


@pytest.mark.parametrize("parts_s", [HELD_IN, HELD_OUT], ids=["top", "bottom"])
def test_holds_and_turns_come_when_they_come(parts_s: tuple[float, ...]) -> None:
    period_s = sum(parts_s)
    track = run(worn(volume(times(150.0), parts_s)), rates(150, 60.0 / period_s), None)
    begins_s = dict(zip(PHASES, np.cumsum([0.0, *parts_s[:3]]), strict=False))
    found = turns(track, 60.0)
    assert len(found) >= 3 * np.floor(88.0 / period_s)
    assert {phase for phase, _ in found} == {PHASES[i] for i, part in enumerate(parts_s) if part}
    off_s = [(onset_s - begins_s[phase] + period_s / 2) % period_s - period_s / 2 for phase, onset_s in found]
    assert np.median(np.abs(off_s)) < 0.3
    assert np.abs(off_s).max() < 0.8
    late = [b for b in track.events if isinstance(b, Breath) and b.t_ns > 60 * NS]
    assert np.median([b.ti_s for b in late]) == pytest.approx(parts_s[0] + parts_s[1], abs=0.4)


def simulated(breathing: dict[str, float], *, seed: int, sway: float = 1.0) -> PhaseTrack:
    table = {
        "duration_s": 120.0,
        "sensor": {"gyro": False},
        "wearer": {"sway": sway},
        "breathing": [breathing],
    }
    lived = simulate(Scenario.from_dict(table), seed=seed)
    grid = Grid(50.0)
    t_ns, rows = grid.update(lived.block)
    track = GridTrack(t_ns, (), rows, None, grid.delay_s)
    return BreathPhaseEstimator(lived.stream).update(track, BreathRate(lived.stream).update(track))


def test_a_simulated_wearer_who_holds() -> None:
    track = simulated({"rate_brpm": 10.0, "hold_in_s": 2.5}, seed=3)
    late = track.phase[60 * 25 :]
    assert 0.25 < np.mean(late == HOLD_IN) < 0.55
    assert np.mean(late == HOLD_OUT) < 0.02


@pytest.mark.parametrize("sway", [1.0, 2.0])
def test_a_simulated_wearer_who_does_not(sway: float) -> None:
    track = simulated({"rate_brpm": 10.0}, seed=5, sway=sway)
    assert np.mean(np.isin(track.phase, (INHALE, EXHALE))) > 0.5
    assert np.mean(np.isin(track.phase, (HOLD_IN, HOLD_OUT))) < 0.03


def test_a_habit_survives_a_movement_but_is_found_again_first() -> None:
    volume_ = volume(times(180.0), HELD_IN)
    grid, rate = worn(volume_), rates(180, 60.0 / sum(HELD_IN))
    grid.acc_ms2[90 * 25 : 92 * 25] += 5.0 * np.random.default_rng(0).standard_normal((50, 3))
    track = run(grid, rate, None)
    held = track.phase == HOLD_IN
    assert held[60 * 25 : 90 * 25].mean() > 0.2
    assert not held[93 * 25 : 100 * 25].any()
    assert held[130 * 25 :].mean() > 0.2


def test_another_rate_is_another_breath() -> None:
    """Holds end with the rate they belong to."""
    t = times(150.0)
    curve = np.where(t < 80.3, volume(t, HELD_IN), volume(t - 80.3, (1.2, 0.0, 1.8, 0.0)))
    k = np.arange(151)
    brpm = np.where(k < 85, 60.0 / sum(HELD_IN), 20.0)
    rate = rates(150, 10.0)
    shown = np.where(np.isnan(rate.rate_brpm), np.nan, brpm)
    track = run(worn(curve), RateTrack(rate.t_ns, (), shown, rate.quality, rate.reason, shown / 60.0), None)
    held = np.isin(track.phase, (HOLD_IN, HOLD_OUT))
    assert held[60 * 25 : 80 * 25].mean() > 0.2
    assert not held[90 * 25 :].any()


def test_any_cut_gives_the_same_bits() -> None:
    grid, rate = worn(volume(times(90.0), HELD_IN)), rates(90, 60.0 / sum(HELD_IN))
    whole = run(grid, rate, None)
    assert (whole.phase == HOLD_IN).any()
    rng = np.random.default_rng(4)
    estimator = BreathPhaseEstimator(STREAM)
    parts, start, second = [], 0, 0
    while start < len(grid):
        end = min(len(grid), start + int(rng.integers(1, 40)))
        until = int(np.searchsorted(rate.t_ns, grid.t_ns[end - 1], side="right"))
        piece = GridTrack(grid.t_ns[start:end], (), grid.acc_ms2[start:end], None, grid.delay_s)
        here = slice(second, until)
        known = RateTrack(
            rate.t_ns[here], (), rate.rate_brpm[here], rate.quality[here], rate.reason[here], rate.tracked_hz[here]
        )
        parts.append(estimator.update(piece, known))
        if rng.random() < 0.1:
            estimator = pickle.loads(pickle.dumps(estimator))
        start, second = end, until
    assert np.array_equal(np.concatenate([p.signal for p in parts]), whole.signal, equal_nan=True)
    assert np.array_equal(np.concatenate([p.phase for p in parts]), whole.phase)
    assert repr([e for p in parts for e in p.events]) == repr(list(whole.events))  # a depth may be nan
