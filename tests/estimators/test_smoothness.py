"""Smoothness against the published properties of the measure, and the movements it is told of."""

from __future__ import annotations

import numpy as np
import pytest

from sensorcoach.estimators.smoothness import RATE_HZ, Smoothness, spectral_arc_length
from sensorcoach.estimators.tracks import OrientationTrack
from sensorcoach.events import Movement
from sensorcoach.samples import NS, StreamInfo


def minimum_jerk(seconds: float) -> np.ndarray:
    """Speed of a movement of length one."""
    s = np.arange(0.0, seconds, 1.0 / RATE_HZ) / seconds
    return 30.0 * (s**2 - 2.0 * s**3 + s**4) / seconds


def test_a_minimum_jerk_movement_is_as_smooth_as_can_be_at_any_size() -> None:
    """Balasubramanian et al. 2015, figure 2: the value depends neither on amplitude nor on duration."""
    values = [spectral_arc_length(gain * minimum_jerk(seconds)) for gain in (1.0, 40.0) for seconds in (1.0, 2.0, 5.0)]
    assert values == [pytest.approx(-1.41, abs=0.05)] * len(values)


def test_more_submovements_and_more_shaking_are_less_smooth() -> None:
    one = spectral_arc_length(minimum_jerk(2.0))
    two = spectral_arc_length(np.concatenate([minimum_jerk(1.0)] * 2))
    four = spectral_arc_length(np.concatenate([minimum_jerk(0.6)] * 4))
    t = np.arange(0.0, 2.0, 1.0 / RATE_HZ)
    shaking = spectral_arc_length(np.abs(minimum_jerk(2.0) * (1.0 + 0.8 * np.sin(2 * np.pi * 5.0 * t))))
    assert one > two > four
    assert shaking < one - 0.5


def track(angle_deg: np.ndarray, rate_hz: float) -> OrientationTrack:
    a = np.radians(angle_deg)
    t_ns = np.rint(np.arange(len(a)) / rate_hz * NS).astype(np.int64)
    up = np.column_stack([np.sin(a), np.zeros_like(a), np.cos(a)])
    return OrientationTrack(t_ns, (), up, np.full(len(a), 1.0))


def swing(seconds: float, swing_deg: float, rate_hz: float) -> np.ndarray:
    """Rest, a minimum-jerk swing, rest."""
    t = np.arange(0.0, seconds + 4.0, 1.0 / rate_hz)
    s = np.clip((t - 2.0) / seconds, 0.0, 1.0)
    return swing_deg * (10 * s**3 - 15 * s**4 + 6 * s**5)


@pytest.mark.parametrize("rate_hz", [50.0, 104.0, 200.0])
def test_a_movement_has_its_size_speed_and_time(rate_hz: float) -> None:
    found = Smoothness(StreamInfo(sampling_rate_hz=rate_hz)).update(track(swing(3.0, 45.0, rate_hz), rate_hz)).events
    (one,) = found
    assert isinstance(one, Movement)
    assert one.swing_deg == pytest.approx(45.0, abs=2.0)
    assert one.peak_dps == pytest.approx(1.875 * 15.0, rel=0.05)
    assert one.smoothness == pytest.approx(-1.5, abs=0.1)
    assert 2.0 <= one.onset_ns / NS < 2.6
    assert one.t_ns / NS == pytest.approx(5.2, abs=0.4)


def test_what_cannot_be_judged_is_not() -> None:
    rate_hz = 100.0
    small = Smoothness(StreamInfo()).update(track(swing(1.5, 7.0, rate_hz), rate_hz)).events
    assert [np.isnan(e.smoothness) for e in small if isinstance(e, Movement)] == [True]
    accelerometer = StreamInfo(has_gyro=False)
    large = Smoothness(accelerometer).update(track(swing(3.0, 45.0, rate_hz), rate_hz)).events
    assert [np.isnan(e.smoothness) for e in large if isinstance(e, Movement)] == [True]
    breath = 1.0 * np.sin(2 * np.pi * 0.2 * np.arange(0, 30, 1 / rate_hz))
    assert Smoothness(StreamInfo()).update(track(breath, rate_hz)).events == ()
