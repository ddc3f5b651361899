"""Counting repetitions and timing holds on tilts made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sensorcoach.estimators.repetition import RepetitionEstimator, tilt_deg
from sensorcoach.estimators.tracks import AngleTrack
from sensorcoach.events import Hold, Pose, Repetition
from sensorcoach.samples import NS, StreamInfo

STEP_S = 0.2


def path(*corners: tuple[float, float], breath_deg: float = 0.0, seed: int = 0) -> np.ndarray:
    """Tilt every 0.2 s on smooth ways between (time, tilt) corners, with a breath and sway on top."""
    times, tilts = zip(*corners, strict=True)
    t = np.arange(0.0, times[-1], STEP_S)
    piece = np.clip(np.searchsorted(times, t, side="right") - 1, 0, len(times) - 2)
    start, end = np.take(times, piece), np.take(times, piece + 1)
    s = (t - start) / (end - start)
    smooth = 10 * s**3 - 15 * s**4 + 6 * s**5
    tilt = np.take(tilts, piece) + (np.take(tilts, piece + 1) - np.take(tilts, piece)) * smooth
    sway = np.random.default_rng(seed).normal(0.0, 0.2, len(t)) if breath_deg else 0.0
    return tilt + 0.5 * breath_deg * np.sin(2 * np.pi * 0.22 * t) + sway


def events(tilt: np.ndarray) -> list[Pose | Repetition | Hold]:
    n = len(tilt)
    t_ns = np.arange(n, dtype=np.int64) * round(STEP_S * NS)
    one = np.ones(n)
    track = AngleTrack(t_ns, (), tilt, 0.0 * one, np.abs(tilt), one, tilt, tilt, 0.0 * one, np.abs(tilt))
    return list(RepetitionEstimator(StreamInfo()).update(track).events)  # type: ignore[arg-type]


def reps(tilt: np.ndarray) -> list[Repetition]:
    return [e for e in events(tilt) if isinstance(e, Repetition)]


def held_reps(count: int, rest: float, far: float, hold_s: float, lead: tuple[tuple[float, float], ...]) -> list:
    corners = list(lead)
    for _ in range(count):
        t = corners[-1][0]
        corners += [(t + 3, far), (t + 3 + hold_s, far), (t + 7 + hold_s, rest), (t + 11 + hold_s, rest)]
    return corners


@pytest.mark.parametrize("breath_deg", [0.0, 2.0, 4.0])
@pytest.mark.parametrize(("rest", "far"), [(-85.0, -45.0), (-85.0, -76.0), (80.0, 62.0), (0.0, -14.0)])
@pytest.mark.parametrize("count", [1, 3, 8])
def test_repetitions_with_holds_are_counted_after_getting_into_position(
    count: int, rest: float, far: float, breath_deg: float
) -> None:
    lead = ((0.0, 0.0), (5.0, 0.0), (10.0, rest), (20.0, rest))
    found = reps(path(*held_reps(count, rest, far, 5.0, lead), breath_deg=breath_deg))
    real = [r for r in found if r.range_deg >= 0.6 * abs(far - rest)]
    assert len(real) == count
    assert [r.far_deg for r in real] == [pytest.approx(far, abs=1.0 + 0.6 * breath_deg)] * count


@pytest.mark.parametrize("cycles", [1, 2, 5])
def test_swinging_through_the_middle_counts_once_a_cycle(cycles: int) -> None:
    """Cat and cow from the middle: to one end, through to the other, back to the middle."""
    corners = [(0.0, 80.0), (6.0, 80.0)]
    for _ in range(cycles):
        t = corners[-1][0]
        corners += [(t + 4, 92.0), (t + 8, 68.0)]
    t = corners[-1][0]
    corners += [(t + 3, 80.0), (t + 10, 80.0)]
    assert len(reps(path(*corners, breath_deg=1.5))) == cycles


def test_breath_alone_and_one_change_of_position_are_no_repetition() -> None:
    assert reps(path((0.0, -85.0), (120.0, -85.0), breath_deg=4.0)) == []
    assert reps(path((0.0, 0.0), (10.0, 0.0), (15.0, -85.0), (60.0, -85.0), breath_deg=2.0)) == []


def test_a_repetition_is_told_on_the_way_back() -> None:
    (one,) = reps(path((0.0, 0.0), (5.0, 0.0), (8.0, 40.0), (13.0, 40.0), (17.0, 0.0), (25.0, 0.0)))
    assert 5.0 <= one.onset_ns / NS <= 6.5
    assert 8.0 <= one.far_ns / NS <= 13.0
    assert 15.0 <= one.t_ns / NS <= 16.5
    assert (one.rest_deg, one.far_deg) == (pytest.approx(0.0, abs=0.5), pytest.approx(40.0, abs=0.5))


def test_holds_have_their_length() -> None:
    tilt = path((0.0, 0.0), (10.0, 0.0), (12.0, 8.0), (32.0, 8.0), (34.0, 0.0), (40.0, 0.0), breath_deg=2.0)
    holds = [e for e in events(tilt) if isinstance(e, Hold)]
    lengths = [(h.end_ns - h.onset_ns) / NS for h in holds]
    # The band of 3° is entered 0.88 s before a minimum-jerk way of 8° in 2 s is over.
    assert lengths[1] == pytest.approx(20.0 + 2 * 0.88, abs=0.5)
    assert holds[1].tilt_deg == pytest.approx(8.0, abs=1.0)


def test_unknown_rows_are_left_out_and_long_ones_start_anew() -> None:
    tilt = path((0.0, 0.0), (5.0, 0.0), (8.0, 40.0), (13.0, 40.0), (17.0, 0.0), (25.0, 0.0))
    short, long = tilt.copy(), tilt.copy()
    short[45:50] = np.nan
    long[45:65] = np.nan
    assert len(reps(short)) == 1
    assert len(reps(long)) == 0
    assert sum(isinstance(e, Pose) for e in events(long)) == len(long)


def test_the_sign_of_tilt_survives_upright_and_the_floor() -> None:
    flexion = np.array([-85.0, -10.0, 0.5, 10.0, 95.0, 2.0])
    lateral = np.array([0.0, 0.0, 1.0, 5.0, 0.0, 30.0])
    inclination = np.array([85.0, 10.0, 1.1, 11.2, 95.0, 30.1])
    tilt = tilt_deg(flexion, lateral, inclination)
    assert tilt[:5].tolist() == [-85.0, -10.0, 0.5, 11.2, 95.0]
    assert np.isnan(tilt[5])


def test_tilt_does_not_hop_about_upright() -> None:
    """A sensor worn 3° to the side, a bow of 12°: the way through upright has no jump."""
    flexion = np.arange(-12.0, 12.01, 0.1)
    lateral = np.full_like(flexion, 3.0)
    tilt = tilt_deg(flexion, lateral, np.hypot(flexion, lateral))
    known = ~np.isnan(tilt)
    assert known.mean() > 0.98
    assert np.abs(np.diff(tilt[known])).max() < 0.25
