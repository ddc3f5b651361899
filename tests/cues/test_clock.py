"""Stream time from late, uneven steps."""

from __future__ import annotations

import random

import pytest

from sensorcoach.cues.clock import CueClock
from sensorcoach.samples import NS

MS = 1_000_000


def test_it_runs_on_between_steps_and_late_packets_do_not_hold_it_back() -> None:
    clock, dice = CueClock(), random.Random(3)
    for number in range(300):
        true_ns = number * 180 * MS
        clock.step(true_ns, 5 * NS + true_ns + round(dice.expovariate(1 / 20)) * MS)
        if number > 30:
            asked_ns = true_ns + 150 * MS
            assert clock.now_ns(5 * NS + asked_ns) == pytest.approx(asked_ns, abs=15 * MS)


def test_a_silent_stream_stands_still() -> None:
    clock = CueClock()
    clock.step(10 * NS, 0)
    assert clock.now_ns(NS) == 11 * NS
    assert clock.now_ns(60 * NS) == round(11.5 * NS)


def test_a_jump_is_followed_at_once() -> None:
    clock = CueClock()
    clock.step(10 * NS, 0)
    clock.step(100 * NS, NS)
    assert clock.now_ns(NS) == 100 * NS
    clock.step(20 * NS, 2 * NS)
    assert clock.now_ns(2 * NS) == 20 * NS


def test_a_drift_of_the_sensor_is_followed() -> None:
    """500 ppm over ten minutes is 0.3 s; the clock keeps within what drifts in twenty seconds."""
    clock = CueClock()
    for second in range(600):
        clock.step(round(second * 0.9995 * NS), second * NS)
    assert clock.now_ns(599 * NS) == pytest.approx(599 * 0.9995 * NS, abs=15 * MS)


def test_before_the_first_step_nothing_is_known() -> None:
    assert CueClock().now_ns(7 * NS) == 0
