"""What every registered estimator promises, checked without naming any of them."""

from __future__ import annotations

import pickle
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sensorcoach.dsp.grid import Grid
from sensorcoach.estimators.base import Estimator, registry
from sensorcoach.estimators.tracks import GridTrack, Track
from sensorcoach.events import ActivityChanged, Event
from sensorcoach.samples import NS, SampleBlock, StreamInfo

from ..signals import worn

RATE_HZ = 50.0
KINDS = registry()
STREAMS = {
    "gyro": worn(seconds=150, rate_hz=RATE_HZ, gyro=True, seed=1),
    "acc-only": worn(seconds=150, rate_hz=RATE_HZ, gyro=False, seed=2),
    "slow": worn(seconds=150, rate_hz=12.5, gyro=False, seed=3),
}


class Pipeline:
    """Grid and estimators, as the engine chains them, keeping every row."""

    def __init__(self, stream: StreamInfo) -> None:
        self.stream = stream
        self.grid = Grid(stream.sampling_rate_hz)
        self.estimators: dict[str, Estimator] = {name: kind(stream) for name, kind in KINDS.items()}

    def update(self, block: SampleBlock) -> dict[str, Track]:
        t_ns, rows = self.grid.update(block)
        gyr = rows[:, 3:] if self.stream.has_gyro else None
        tracks: dict[str, Any] = {"block": block, "grid": GridTrack(t_ns, (), rows[:, :3], gyr, self.grid.delay_s)}
        for name, estimator in self.estimators.items():
            tracks[name] = estimator.update(*(tracks[i] for i in estimator.inputs))
        return tracks


def joined(parts: list[dict[str, Track]], name: str) -> tuple[dict[str, np.ndarray], list[Event]]:
    tracks = [p[name] for p in parts]
    events = [e for t in tracks for e in t.events]
    arrays = {}
    for field in fields(tracks[0]):
        values = [getattr(t, field.name) for t in tracks]
        if isinstance(values[0], np.ndarray):
            arrays[field.name] = np.concatenate(values)
    return arrays, events


def assert_same(a: list[dict[str, Track]], b: list[dict[str, Track]]) -> None:
    for name in KINDS:
        (arrays_a, events_a), (arrays_b, events_b) = joined(a, name), joined(b, name)
        assert arrays_a.keys() == arrays_b.keys()
        for key, values in arrays_a.items():
            np.testing.assert_array_equal(values, arrays_b[key], err_msg=f"{name}.{key}")
            assert values.tobytes() == arrays_b[key].tobytes(), f"{name}.{key}: same numbers, other bits"
        assert repr(events_a) == repr(events_b), name


def cut(block: SampleBlock, at: list[int]) -> list[SampleBlock]:
    edges = [0, *sorted(a % len(block) for a in at), len(block)]
    return [block[slice(a, b)] for a, b in zip(edges[:-1], edges[1:], strict=True)]


WHOLE = {}
for _name, (_stream, _block) in STREAMS.items():
    WHOLE[_name] = [Pipeline(_stream).update(_block)]


@pytest.mark.parametrize("name", STREAMS)
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(cuts=st.lists(st.integers(0, 10**6), max_size=60))
def test_any_cut_gives_the_same_bits(name: str, cuts: list[int]) -> None:
    stream, block = STREAMS[name]
    pipeline = Pipeline(stream)
    assert_same(WHOLE[name], [pipeline.update(b) for b in cut(block, cuts)])


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("size", [1, 7, 36])
def test_packets_of_a_fixed_size_give_the_same_bits(name: str, size: int) -> None:
    stream, block = STREAMS[name]
    head = block[slice(0, round(45 * stream.sampling_rate_hz))]
    pipeline = Pipeline(stream)
    parts = [pipeline.update(b) for b in cut(head, list(range(size, len(head), size)))]
    assert_same([Pipeline(stream).update(head)], parts)


@pytest.mark.parametrize("name", STREAMS)
@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(at=st.integers(1, 10**6))
def test_a_saved_state_continues_as_if_never_interrupted(name: str, at: int) -> None:
    stream, block = STREAMS[name]
    first, second = cut(block, [at])
    pipeline = Pipeline(stream)
    parts = [pipeline.update(first)]
    resumed = pickle.loads(pickle.dumps(pipeline))
    parts.append(resumed.update(second))
    assert_same(WHOLE[name], parts)


@pytest.mark.parametrize("name", STREAMS)
def test_inputs_are_neither_changed_nor_kept(name: str) -> None:
    stream, block = STREAMS[name]
    gyr = None if block.gyr_rads is None else block.gyr_rads.copy()
    mine = SampleBlock(block.sensor, block.t_ns.copy(), block.acc_ms2.copy(), gyr)
    pipeline = Pipeline(stream)
    half = len(mine) // 2
    parts = [pipeline.update(mine[slice(0, half)])]
    np.testing.assert_array_equal(mine.acc_ms2, block.acc_ms2)
    mine.acc_ms2[: half - 1] = 1e9  # what is done to old input later must not matter
    parts.append(pipeline.update(mine[slice(half, None)]))
    assert_same(WHOLE[name], parts)


@pytest.mark.parametrize("name", STREAMS)
def test_nothing_is_said_about_the_future_or_too_late(name: str) -> None:
    """An event stamped t leaves with the first sample whose time is not older than t."""
    stream, block = STREAMS[name]
    pipeline = Pipeline(stream)
    before_ns = -1
    for part in cut(block, list(range(9, len(block), 9))):
        if not len(part):
            continue
        now_ns = int(part.t_ns[-1])
        for kind, track in pipeline.update(part).items():
            if kind == "block":
                continue
            for event in track.events:
                assert before_ns < event.t_ns <= now_ns, (kind, event)
            if len(track):
                assert before_ns < track.t_ns[0], kind
                assert track.t_ns[-1] <= now_ns, kind
        before_ns = now_ns


@pytest.mark.parametrize("name", STREAMS)
def test_state_does_not_grow_with_the_stream(name: str) -> None:
    stream, block = STREAMS[name]
    pipeline = Pipeline(stream)
    length_ns = int(block.t_ns[-1]) + NS // 25
    length_ns -= length_ns % (NS // 25)
    sizes = []
    for lap in range(8):
        again = SampleBlock(block.sensor, block.t_ns + lap * length_ns, block.acc_ms2, block.gyr_rads)
        pipeline.update(again)
        sizes.append(len(pickle.dumps(pipeline)))
    assert max(sizes[2:]) <= 1.1 * max(sizes[:2]) + 2000, sizes


def test_every_estimator_is_found_and_ordered() -> None:
    assert {"orientation", "trunk_angle", "activity", "breath_rate", "breath_phase"} <= KINDS.keys()
    known = {"block", "grid"}
    for name, kind in KINDS.items():
        assert set(kind.inputs) <= known, name
        known.add(name)


def test_the_signal_is_rich_enough_to_prove_something() -> None:
    """Walking, a gap and breathing are in it: otherwise the tests above would compare silence with silence."""
    activity = joined(WHOLE["gyro"], "activity")[1]
    assert any(isinstance(e, ActivityChanged) and e.activity == "walking" for e in activity)
    arrays, _ = joined(WHOLE["gyro"], "breath_rate")
    assert np.isfinite(arrays["rate_brpm"]).sum() > 20
    assert len(joined(WHOLE["gyro"], "breath_phase")[1]) > 10
