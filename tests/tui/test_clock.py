from __future__ import annotations

import math

import pytest

from sensorcoach.tui.clock import StreamClock

FRAME_S = 1 / 15


def test_steps_become_a_flow() -> None:
    clock = StreamClock()
    shown = []
    for frame in range(300):
        wall_s = frame * FRAME_S
        arrived_s = math.floor(wall_s / 0.2) * 0.2
        shown.append(clock.read(arrived_s, wall_s, 1.0, running=True))
    steps = [b - a for a, b in zip(shown[30:], shown[31:], strict=False)]
    assert min(steps) >= 0.0
    assert max(steps) < 1.6 * FRAME_S
    assert shown[-1] == pytest.approx(299 * FRAME_S, abs=0.2)


def test_it_never_runs_back_but_for_a_seek() -> None:
    clock = StreamClock()
    clock.read(10.0, 0.0, 1.0, running=True)
    assert clock.read(9.9, 0.1, 1.0, running=True) >= 10.0
    assert clock.read(2.0, 0.2, 1.0, running=True) == 2.0


def test_it_stands_still_with_the_feed() -> None:
    clock = StreamClock()
    clock.read(10.0, 0.0, 1.0, running=True)
    assert [clock.read(10.1, wall, 1.0, running=False) for wall in (0.1, 5.0, 60.0)] == [10.1] * 3


@pytest.mark.parametrize("speed", [0.25, 4.0, 32.0])
def test_it_keeps_pace_at_any_speed(speed: float) -> None:
    clock = StreamClock()
    for frame in range(150):
        shown_s = clock.read(frame * FRAME_S * speed, frame * FRAME_S, speed, running=True)
    assert shown_s == pytest.approx(149 * FRAME_S * speed, rel=0.01)


def test_flat_out_it_shows_what_there_is() -> None:
    clock = StreamClock()
    clock.read(0.0, 0.0, math.inf, running=True)
    assert clock.read(500.0, 0.1, math.inf, running=True) == 500.0
