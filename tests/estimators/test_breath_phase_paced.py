"""Breath with holds after a pacer: holds are found where they are, and never put where they are not."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from sensorcoach.dsp.grid import Grid
from sensorcoach.estimators.breath_phase import BreathPhaseEstimator
from sensorcoach.estimators.breath_rate import BreathRate
from sensorcoach.estimators.phase.schedule import Schedule
from sensorcoach.estimators.phase.turns import EXHALE, HOLD_IN, HOLD_OUT, INHALE, UNKNOWN
from sensorcoach.estimators.tracks import GRID_STEP_NS, GridTrack, PhaseTrack, RateTrack
from sensorcoach.events import PHASES, REASONS, Breath, BreathPhase, SetPacer
from sensorcoach.samples import NS, STANDARD_GRAVITY_MS2, FloatArray, StreamInfo
from sensorcoach.simulate import Scenario, simulate

STREAM = StreamInfo("chest", "chest", 50.0, False)
DELAY_S = 0.06
BOX = (4.0, 4.0, 4.0, 4.0)
LONG_HOLD = (4.0, 7.0, 8.0, 0.0)


def pacer(parts_s: tuple[float, ...], start_s: float = 0.0) -> SetPacer:
    return SetPacer(0, round(start_s * NS), *parts_s)


def volume(t_s: FloatArray, parts_s: tuple[float, ...]) -> FloatArray:
    """Lung volume 0..1, in four parts."""
    inhale_s, hold_s, exhale_s, _ = parts_s
    since_s = np.mod(t_s, sum(parts_s))
    rise = np.cos(np.pi * np.clip(since_s / inhale_s, 0.0, 1.0))
    fall = np.cos(np.pi * np.clip((since_s - inhale_s - hold_s) / exhale_s, 0.0, 1.0))
    return (fall - rise) / 2.0


def worn(curve: FloatArray, *, outwards: bool = True, seed: int = 1) -> GridTrack:
    """An upright chest that looks up by 30 mrad with each breath, and sways."""
    rng = np.random.default_rng(seed)
    sway = np.convolve(rng.standard_normal(len(curve) + 400), np.hanning(401) / 14.0, "valid") * 0.004
    angle = (0.03 * curve + sway) * (1.0 if outwards else -1.0)
    acc = np.stack([0.0 * angle, np.cos(angle), np.sin(angle)], axis=1) + 0.003 * rng.standard_normal((len(angle), 3))
    rows = np.arange(1, len(angle) + 1, dtype=np.int64) * GRID_STEP_NS
    return GridTrack(rows, (), acc * STANDARD_GRAVITY_MS2, None, DELAY_S)


def times(seconds: float) -> FloatArray:
    return np.arange(1, round(seconds * 25) + 1) / 25.0 - DELAY_S


def rates(seconds: int, brpm: float | None) -> RateTrack:
    """A rate that is known from 10 s on, or never."""
    k = np.arange(seconds + 1)
    known = (k >= 10) & (brpm is not None)
    shown = np.where(known, brpm or 0.0, np.nan)
    reason = np.where(known, 0, REASONS.index("weak_signal")).astype(np.int8)
    return RateTrack(k * NS, (), shown, np.where(known, 0.95, np.nan), reason, shown / 60.0)


def run(grid: GridTrack, rate: RateTrack, heard: SetPacer | None) -> PhaseTrack:
    estimator = BreathPhaseEstimator(STREAM)
    if heard is not None:
        estimator.on_command(heard)
    return estimator.update(grid, rate)


def part_of(grid: GridTrack, rows: slice) -> GridTrack:
    return GridTrack(grid.t_ns[rows], (), grid.acc_ms2[rows], None, DELAY_S)


def seconds_of(rate: RateTrack, seconds: slice) -> RateTrack:
    return RateTrack(*(getattr(rate, f)[seconds] if f != "events" else () for f in RateTrack.__match_args__))


def turns(track: PhaseTrack, after_s: float = 0.0) -> list[tuple[str, float]]:
    return [(e.phase, e.onset_ns / NS) for e in track.events if isinstance(e, BreathPhase) and e.t_ns > after_s * NS]


@pytest.mark.parametrize("parts_s", [BOX, LONG_HOLD, (5.0, 0.0, 5.0, 4.0)], ids=["box", "4-7-8", "hold out"])
@pytest.mark.parametrize("late_s", [-0.8, 0.0, 1.6])
def test_holds_and_turns_come_when_they_come(parts_s: tuple[float, ...], late_s: float) -> None:
    """Also for a wearer who is ahead of the pacer, or behind; and though no rate is known."""
    track = run(worn(volume(times(120.0) - late_s, parts_s)), rates(120, None), pacer(parts_s))
    begins_s = dict(zip(PHASES, np.cumsum([0.0, *parts_s[:3]]), strict=False))
    found = turns(track, 40.0)
    cycle_s = sum(parts_s)
    assert len(found) >= np.floor(79.0 / cycle_s) * sum(part > 0.0 for part in parts_s)
    off_s = [(onset_s - begins_s[phase] - late_s + cycle_s / 2) % cycle_s - cycle_s / 2 for phase, onset_s in found]
    assert np.abs(off_s).max() < 0.6
    breaths = [e for e in track.events if isinstance(e, Breath)]
    assert len(breaths) >= 3
    assert min(b.quality for b in breaths) > 0.8
    assert np.median([b.ti_s for b in breaths]) == pytest.approx(parts_s[0] + parts_s[1], abs=0.3)


def test_simulated_box_breathing() -> None:
    """The whole chain, at measured levels of sway, heart and noise, from a wearer who drifts against the pacer."""
    names = ("inhale_s", "hold_in_s", "exhale_s", "hold_out_s")
    part = dict(zip(names, BOX, strict=True)) | {"variability": 0.02, "drift": 0.01}
    lived = simulate(
        Scenario.from_dict({"duration_s": 180.0, "seed": 7, "sensor": {"gyro": False}, "breathing": [part]})
    )
    grid = Grid(lived.stream.sampling_rate_hz)
    t_ns, rows = grid.update(lived.block)
    track = GridTrack(t_ns, (), rows[:, :3], None, grid.delay_s)
    phases = run(track, BreathRate(lived.stream).update(track), pacer(BOX))
    truth = lived.truth.breaths
    for phase, column in (("inhale", "t_inhale_s"), ("hold_in", "t_hold_in_s"), ("exhale", "t_exhale_s")):
        told = np.array([onset_s for name, onset_s in turns(phases) if name == phase])
        late = [np.abs(told - t_s).min() for t_s in truth[column][truth[column] > 40.0]]
        assert np.median(late) < 0.7, phase
        assert np.mean(np.array(late) < 2.0) > 0.85, phase


def test_the_wave_stands_still_in_a_hold() -> None:
    t_s = times(100.0)
    track = run(worn(volume(t_s, BOX)), rates(100, 3.75), pacer(BOX))
    since_s = np.mod(t_s, 16.0)
    late = t_s > 50.0
    top, bottom = (np.nanmedian(track.signal[late & (since_s > at_s) & (since_s < at_s + 2.0)]) for at_s in (5.0, 13.0))
    assert top == pytest.approx(0.5, abs=0.2)
    assert bottom == pytest.approx(-0.5, abs=0.2)


@pytest.mark.parametrize("brpm", [5.0, 7.5, 15.0])
def test_a_pacer_that_is_not_followed_changes_nothing(brpm: float) -> None:
    part_s = 30.0 / brpm
    grid, rate = worn(volume(times(100.0), (part_s, 0.0, part_s, 0.0))), rates(100, brpm)
    alone, paced = run(grid, rate, None), run(grid, rate, pacer(BOX))
    assert len(alone.events) > 5
    assert paced.signal.tobytes() == alone.signal.tobytes()
    assert repr(paced.events) == repr(alone.events)


def test_the_same_pace_without_holds_has_none() -> None:
    track = run(worn(volume(times(150.0), (8.0, 0.0, 8.0, 0.0))), rates(150, 3.75), pacer(BOX))
    assert len(turns(track)) > 10
    assert not [phase for phase, _ in turns(track) if phase.startswith("hold")]


def test_no_breath_no_phases() -> None:
    assert not run(worn(np.zeros(3000)), rates(120, None), pacer(BOX)).events


def test_a_sensor_that_is_stuck_breathes_not() -> None:
    grid = worn(np.zeros(2000))
    grid.acc_ms2[:] = (0.0, 9.80665, 0.0)
    assert not run(grid, rates(80, None), pacer(BOX)).events


def test_a_wearer_who_stops_is_not_led_on() -> None:
    """The breath is held for good at the top of the fifth cycle: soon nothing is told."""
    curve = volume(np.minimum(times(130.0), 70.0), BOX)
    told = turns(run(worn(curve), rates(130, None), pacer(BOX)), 40.0)
    assert told
    assert max(onset_s for _, onset_s in told) < 84.5


def test_a_pacer_shows_which_way_is_in() -> None:
    """Even holds and a device worn back to front: the face says the wrong thing, the pacer's shape the right one."""
    track = run(worn(volume(times(200.0), LONG_HOLD), outwards=False), rates(200, None), pacer(LONG_HOLD))
    off_s = [(onset_s + 9.5) % 19.0 - 9.5 for phase, onset_s in turns(track, 120.0) if phase == "inhale"]
    assert len(off_s) >= 3
    assert np.abs(off_s).max() < 0.6


def test_without_the_pacer_it_ends() -> None:
    grid, rate = worn(volume(times(120.0), BOX)), rates(120, None)
    estimator = BreathPhaseEstimator(STREAM)
    estimator.on_command(pacer(BOX))
    assert estimator.update(part_of(grid, slice(0, 1500)), seconds_of(rate, slice(0, 61))).events
    estimator.on_command(SetPacer(60 * NS, 0, 0.0, 0.0, 0.0, 0.0))
    assert not estimator.update(part_of(grid, slice(1500, None)), seconds_of(rate, slice(61, None))).events


def test_the_breath_in_which_the_pacer_stops_does_not_count() -> None:
    """Its depth would be measured from the pattern's level first, and from gravity then."""
    grid, rate = worn(volume(times(140.0), BOX)), rates(140, 3.75)
    rate.quality[:] *= 0.7  # shown, but not trusted: no habit is learnt that goes on by itself
    estimator, stop = BreathPhaseEstimator(STREAM), 100
    estimator.on_command(pacer(BOX))
    first = estimator.update(part_of(grid, slice(0, 25 * stop)), seconds_of(rate, slice(0, stop + 1)))
    assert turns(first, 60.0)
    estimator.on_command(SetPacer(stop * NS, 0, 0.0, 0.0, 0.0, 0.0))
    then = estimator.update(part_of(grid, slice(25 * stop, None)), seconds_of(rate, slice(stop + 1, None)))
    assert turns(then, 110.0)
    assert not [e for e in then.events if isinstance(e, Breath) and e.t_inhale_ns < stop * NS]


def test_any_cut_gives_the_same_bits() -> None:
    grid, rate = worn(volume(times(90.0), BOX)), rates(90, 3.75)
    grid.acc_ms2[1500:1510] = np.nan
    whole = run(grid, rate, pacer(BOX))
    estimator = BreathPhaseEstimator(STREAM)
    estimator.on_command(pacer(BOX))
    cuts = [0, *np.cumsum(np.random.default_rng(5).integers(1, 30, 400)).tolist()]
    edges = [*(cut for cut in cuts if cut < len(grid)), len(grid)]
    parts, heard = [], -1
    for start, end in zip(edges[:-1], edges[1:], strict=True):
        now = int(grid.t_ns[end - 1])
        fresh = (rate.t_ns > heard) & (rate.t_ns <= now)
        heard = now
        parts.append(
            estimator.update(
                GridTrack(grid.t_ns[start:end], (), grid.acc_ms2[start:end], None, DELAY_S),
                RateTrack(*(getattr(rate, f)[fresh] if f != "events" else () for f in RateTrack.__match_args__)),
            )
        )
        estimator = pickle.loads(pickle.dumps(estimator))
    assert {"hold_in", "hold_out"} <= {phase for phase, _ in turns(whole)}
    for name in ("signal", "phase", "rate_now_brpm"):
        assert np.concatenate([getattr(p, name) for p in parts]).tobytes() == getattr(whole, name).tobytes(), name
    assert repr(tuple(e for p in parts for e in p.events)) == repr(whole.events)
    assert len(pickle.dumps(estimator)) < 50_000


def test_schedule_goes_on_from_any_phase() -> None:
    schedule = Schedule(0, LONG_HOLD, (0.0, 0.0, 1.0), 0.9, 0.03, 0.0, 0.0, 0)
    rows = round(19.0 * 25)
    seen, phase, row = [], UNKNOWN, 0
    while row < 2 * rows:
        row, phase, turn = schedule.scan(0, phase, row, 2 * rows)
        if turn is not None:
            seen.append((turn.phase, turn.onset_ns / NS))
    assert seen == [(HOLD_IN, 4.0), (EXHALE, 11.0), (INHALE, 19.0), (HOLD_IN, 23.0), (EXHALE, 30.0)]


def test_a_schedule_that_slides_back_repeats_nothing() -> None:
    later = Schedule(NS // 2, BOX, (0.0, 0.0, 1.0), 0.9, 0.03, 0.0, 0.0, 0)
    assert later.scan(4 * NS, HOLD_IN, 0, 25) == (25, HOLD_IN, None)
    row, phase, turn = later.scan(8 * NS, EXHALE, 0, 25)
    assert (row, phase, turn) == (25, EXHALE, None)
    row, phase, turn = later.scan(8 * NS, INHALE, 0, 25)
    assert (row, phase) == (0, HOLD_IN)
    assert turn is not None
    assert turn.onset_ns == round(4.5 * NS)
    assert later.scan(9 * NS, HOLD_OUT, 0, 25)[1:] == (HOLD_OUT, None)
