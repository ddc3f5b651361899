"""The sensor's own faults are told, once, in words; a sound sensor hears nothing; no cut of the stream matters."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensorcoach.dsp.grid import Grid
from sensorcoach.engine import Engine, SensorChain
from sensorcoach.engine.selfcheck import RATE_WINDOW_NS, SelfCheck
from sensorcoach.estimators.tracks import GridTrack
from sensorcoach.events import Notice
from sensorcoach.profiles.model import Check
from sensorcoach.samples import NS, STANDARD_GRAVITY_MS2, SampleBlock, StreamInfo
from sensorcoach.transport.replay import open_recording, samples

from ..signals import worn

CODES = ("gravity_off", "axis_stuck_x", "axis_stuck_y", "axis_stuck_z", "axis_clipped", "rate_off")


class Watch:
    """A grid and the check behind it."""

    def __init__(self, stream: StreamInfo, check: Check | None = None) -> None:
        self.grid = Grid(stream.sampling_rate_hz)
        self.check = SelfCheck(stream, check)

    def update(self, block: SampleBlock) -> list[Notice]:
        t_ns, rows = self.grid.update(block)
        return self.check.update(block, GridTrack(t_ns, (), rows[:, :3], None, self.grid.delay_s))


def told(stream: StreamInfo, block: SampleBlock, check: Check | None = None) -> list[tuple[str, int]]:
    return [(n.code, n.t_ns) for n in Watch(stream, check).update(block)]


def still(seconds: float, *, rate_hz: float = 50.0, gain: float = 1.0, seed: int = 5) -> tuple[StreamInfo, SampleBlock]:
    rng = np.random.default_rng(seed)
    t_ns = np.arange(1, round(seconds * rate_hz) + 1) * round(NS / rate_hz)
    acc = np.array([0.0, 0.0, STANDARD_GRAVITY_MS2 * gain]) + rng.normal(0.0, 0.02, (len(t_ns), 3))
    return StreamInfo("chest", "chest", rate_hz, has_gyro=False), SampleBlock("chest", t_ns, acc)


def shaken(seconds: float, amplitude_ms2: float = 4.0) -> tuple[StreamInfo, SampleBlock]:
    stream, block = still(seconds)
    swing = amplitude_ms2 * np.sin(2 * np.pi * 1.7 * block.t_ns / NS)
    return stream, replace(block, acc_ms2=block.acc_ms2 + swing[:, None] * np.array([0.6, 0.3, 1.0]))


def faulty() -> tuple[StreamInfo, SampleBlock]:
    """Everything that can be wrong, one after the other, with sound stretches and a gap between."""
    stream, block = shaken(400.0, 16.0)
    t_s = block.t_ns / NS
    acc = block.acc_ms2.copy()
    quiet = still(400.0)[1].acc_ms2
    acc[t_s < 100] = quiet[t_s < 100]
    acc[t_s < 30] *= 1.3
    acc[(t_s > 60) & (t_s < 90)] *= 0.05
    acc[(t_s > 120) & (t_s < 160), 1] = 0.37
    acc[t_s > 180, 2] = np.minimum(acc[t_s > 180, 2], 2.0 * STANDARD_GRAVITY_MS2)
    keep = ~((t_s > 170) & (t_s < 173)) & ((t_s < 240) | (np.arange(len(t_s)) % 3 > 0))
    return stream, SampleBlock("chest", block.t_ns[keep], acc[keep])


FAULTY = faulty()
WHOLE = Watch(FAULTY[0]).update(FAULTY[1])


def test_every_fault_is_told_once_until_it_clears() -> None:
    codes = [n.code for n in WHOLE]
    assert codes == ["gravity_off", "gravity_off", "axis_stuck_y", "axis_clipped", "rate_off"]
    assert WHOLE[0].t_ns == 10 * NS
    assert "1.30 times" in WHOLE[0].message
    assert "no gravity" in WHOLE[1].message
    assert "2.0 g" in WHOLE[3].message
    assert "33.3 samples a second instead of 50" in WHOLE[4].message
    assert WHOLE[4].t_ns == 300 * NS
    assert all(n.advice.endswith(".") for n in WHOLE)


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(0, len(FAULTY[1])), max_size=30), saved=st.integers(0, 30))
def test_any_cut_tells_the_same(cuts: list[int], saved: int) -> None:
    edges = [0, *sorted(cuts), len(FAULTY[1])]
    watch, parts = Watch(FAULTY[0]), []
    for number, (a, b) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
        if number == saved:
            watch = pickle.loads(pickle.dumps(watch))
        said = watch.update(FAULTY[1][a:b])
        assert all(n.t_ns <= FAULTY[1].t_ns[b - 1] for n in said)
        parts += said
    assert parts == WHOLE


def test_sample_by_sample_tells_the_same() -> None:
    watch = Watch(FAULTY[0])
    assert [n for i in range(len(FAULTY[1])) for n in watch.update(FAULTY[1][i : i + 1])] == WHOLE


@pytest.mark.parametrize("gain", [0.87, 1.0, 1.13])
def test_a_sound_sensor_hears_nothing(gain: float) -> None:
    assert told(*still(200.0, gain=gain)) == []
    assert told(*shaken(200.0)) == []


@pytest.mark.parametrize("gain", [0.83, 1.17])
def test_gravity_beyond_the_tolerance(gain: float) -> None:
    assert told(*still(30.0, gain=gain)) == [("gravity_off", 10 * NS)]
    assert told(*still(30.0, gain=gain), Check(rest_tolerance=0.2)) == []


def test_moving_says_nothing_about_gravity() -> None:
    stream, block = shaken(60.0)
    assert told(stream, replace(block, acc_ms2=1.3 * block.acc_ms2)) == []


def test_an_axis_that_is_only_quiet_is_not_stuck() -> None:
    stream, block = shaken(60.0)
    acc = block.acc_ms2.copy()
    acc[:, 0] = np.round(block.t_ns / NS / 7) * 0.06  # coarse steps, several seconds apart
    assert told(stream, replace(block, acc_ms2=acc)) == []
    acc[:, 0] = 0.06
    assert told(stream, replace(block, acc_ms2=acc)) == [("axis_stuck_x", 10 * NS)]


def test_a_held_value_does_not_clip() -> None:
    """Sensors that send only changes repeat all three axes."""
    stream, block = still(60.0, gain=2.5)
    acc = np.repeat(block.acc_ms2[::10], 10, axis=0)
    assert "axis_clipped" not in [code for code, _ in told(stream, replace(block, acc_ms2=acc))]


@pytest.mark.parametrize(("true_hz", "wrong"), [(45.5, False), (54.0, False), (44.0, True), (56.0, True), (5.0, True)])
def test_rate_within_a_tenth(true_hz: float, wrong: bool) -> None:
    _, block = still(95.0, rate_hz=true_hz)
    assert told(StreamInfo("chest", "chest", 50.0, has_gyro=False), block) == (
        [("rate_off", 2 * RATE_WINDOW_NS)] if wrong else []
    )


def test_gaps_are_not_a_wrong_rate() -> None:
    stream, block = still(200.0)
    t_s = block.t_ns / NS
    keep = (t_s % 1.0 < 0.6) & ~((t_s > 40) & (t_s < 95))
    assert told(stream, SampleBlock("chest", block.t_ns[keep], block.acc_ms2[keep])) == []


def test_the_chain_tells_it_and_the_profile_sets_the_bounds() -> None:
    stream, block = still(30.0, gain=1.2)
    assert "gravity_off" in [e.code for e in SensorChain(stream).update(block) if isinstance(e, Notice)]
    lax = SensorChain(stream, check=Check(rest_tolerance=0.3)).update(block)
    assert "gravity_off" not in [e.code for e in lax if isinstance(e, Notice)]


def test_sample_recordings_and_worn_sensors_are_sound() -> None:
    stream, block = worn(seconds=150, rate_hz=50.0, gyro=True, seed=1)
    assert told(stream, block) == []
    for path in samples():
        source = open_recording(path)
        engine = Engine(source.engine_sensors())
        events = engine.feed_many(source.read(10**13, 10**7))
        assert not [e for e in events if isinstance(e, Notice) and e.code in CODES], path.stem
