"""Double taps: heard when they are there, and nothing else taken for one."""

from __future__ import annotations

import numpy as np
import pytest

from sensorcoach.estimators.taps import Taps
from sensorcoach.events import DoubleTap
from sensorcoach.samples import NS, STANDARD_GRAVITY_MS2, SampleBlock, StreamInfo


def heard(taps_s: list[float], *, rate_hz: float = 100.0, shake_g: float = 0.02, seconds: float = 6.0) -> list[float]:
    """Onsets of the double taps told of half-sine knocks of 2 g and 15 ms that ring for 50 ms."""
    rng = np.random.default_rng(3)
    t = np.arange(0.0, seconds, 1.0 / rate_hz)
    acc = rng.normal(0.0, shake_g, (len(t), 3)) + [0.0, 1.0, 0.0]
    fine = max(1, round(2000.0 / rate_hz))  # a sensor's own filter averages over about its period
    t_fine = (t[:, None] - np.arange(fine) / (fine * rate_hz)).ravel()
    for tap_s in taps_s:
        since = t_fine - tap_s
        knock = np.where((since >= 0) & (since < 0.015), 2.0 * np.sin(np.pi * since / 0.015), 0.0)
        ring = np.where((since >= 0.015) & (since < 0.065), 0.7 * np.cos(2 * np.pi * 45 * since), 0.0)
        acc[:, 2] += (knock + ring).reshape(len(t), fine).mean(axis=1)
    block = SampleBlock("chest", np.rint(t * NS).astype(np.int64), acc * STANDARD_GRAVITY_MS2)
    events = Taps(StreamInfo(sampling_rate_hz=rate_hz)).update(block).events
    assert all(isinstance(e, DoubleTap) for e in events)
    return [e.onset_ns / NS for e in events if isinstance(e, DoubleTap)]


@pytest.mark.parametrize("rate_hz", [50.0, 100.0, 200.0])
@pytest.mark.parametrize("apart_s", [0.2, 0.3, 0.38])
def test_two_taps_are_a_double_tap(rate_hz: float, apart_s: float) -> None:
    assert heard([2.003, 2.003 + apart_s], rate_hz=rate_hz) == [pytest.approx(2.0, abs=0.05)]


@pytest.mark.parametrize("taps_s", [[2.0], [2.0, 2.8], [2.0, 2.3, 2.6], [2.0, 2.3, 2.6, 2.9, 3.2], []])
def test_one_tap_or_many_are_none(taps_s: list[float]) -> None:
    assert heard(taps_s) == []


def test_two_double_taps_are_two() -> None:
    assert len(heard([1.0, 1.3, 3.0, 3.25])) == 2


def test_walking_and_slow_sensors_are_no_taps() -> None:
    assert heard(np.arange(1.0, 5.0, 0.5).tolist()) == []
    assert heard([2.0, 2.3], shake_g=0.5) == []
    assert heard([2.0, 2.3], rate_hz=25.0) == []
