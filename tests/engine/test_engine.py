"""The engine's own promises: order, silence, commands, bulk equals one by one, saved states."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensorcoach.engine import Engine, SensorSetup
from sensorcoach.engine.engine import Item
from sensorcoach.errors import UsageError
from sensorcoach.events import Calibrate, Event, Gap, Link, Mark, NeutralSet, Second, Wave
from sensorcoach.samples import NS, IntArray, Packet, SampleBlock, Tick

from ..signals import worn

STREAM, BLOCK = worn(seconds=60, rate_hz=50, gyro=True, seed=5)


class RowDecoder:
    """Each packet is the index of ten rows of `BLOCK`: decoding without a format."""

    def receive(self, packets: Sequence[Packet]) -> list[SampleBlock]:
        return self.receive_placed(packets)[0]

    def receive_placed(self, packets: Sequence[Packet]) -> tuple[list[SampleBlock], IntArray]:
        rows = np.concatenate([np.arange(int(p.payload), int(p.payload) + 10) for p in packets])
        places = np.repeat(np.arange(len(packets)), 10)[rows < len(BLOCK)]
        rows = rows[rows < len(BLOCK)]
        assert BLOCK.gyr_rads is not None
        block = SampleBlock("chest", BLOCK.t_ns[rows], BLOCK.acc_ms2[rows], BLOCK.gyr_rads[rows])
        return [block] if len(rows) else [], places

    def take_events(self) -> list[Event]:
        return []


def journal_items(silence: tuple[float, float] | None = None) -> list[Item]:
    """Packets at the time of their last sample, a tick each second, and a silence without packets."""
    items: list[Item] = []
    next_tick = 0
    for start in range(0, len(BLOCK), 10):
        t_ns = int(BLOCK.t_ns[min(start + 9, len(BLOCK) - 1)])
        while next_tick * NS <= t_ns:
            items.append(Tick(next_tick * NS, 1_700_000_000 * NS + next_tick * NS))
            next_tick += 1
        if silence is None or not silence[0] <= t_ns / NS < silence[1]:
            items.append(Packet(t_ns, "chest", "imu", str(start).encode()))
    return items


def engine(**kwargs: bool) -> Engine:
    return Engine([SensorSetup(STREAM, RowDecoder())], **kwargs)


def one_by_one(items: Sequence[Item], **kwargs: bool) -> list[Event]:
    e = engine(**kwargs)
    return [event for item in items for event in e.feed(item)]


def test_bulk_gives_what_feeding_one_by_one_gives() -> None:
    items = journal_items(silence=(30.0, 41.5))
    items.insert(200, Mark(items[199].t_ns, "here"))
    items.insert(150, Calibrate(items[149].t_ns, "chest"))
    assert repr(engine(waves=True).feed_many(items)) == repr(one_by_one(items, waves=True))


@settings(max_examples=10, deadline=None, derandomize=True)
@given(cuts=st.lists(st.integers(0, 400), max_size=8))
def test_any_grouping_of_items_gives_the_same_events(cuts: list[int]) -> None:
    items = journal_items(silence=(20.0, 26.0))
    edges = [0, *sorted(min(c, len(items)) for c in cuts), len(items)]
    e = engine()
    grouped = [ev for a, b in zip(edges[:-1], edges[1:], strict=True) for ev in e.feed_many(items[a:b])]
    assert repr(grouped) == repr(engine().feed_many(items))


def test_a_row_for_every_second_in_order_even_in_silence() -> None:
    events = one_by_one(journal_items(silence=(30.0, 41.5)))
    rows = [e for e in events if isinstance(e, Second)]
    assert [r.t_ns // NS for r in rows] == list(range(1, len(rows) + 1))
    silent = [r for r in rows if 33 <= r.t_ns / NS <= 38]
    assert {r.breath_reason for r in silent} == {"no_data"}
    assert all(np.isnan(r.breath_rate_brpm) and np.isnan(r.flexion_deg) for r in silent)
    links = [(e.state, round(e.t_ns / NS)) for e in events if isinstance(e, Link)]
    assert links == [("silent", 33), ("streaming", 42)]


def test_silence_is_told_before_the_sensor_is_heard_again() -> None:
    """The rows of a silence come with the ticks, not when the next packet brings the truth."""
    items = journal_items(silence=(30.0, 200.0))
    last = items[-1].t_ns
    rows = [e for e in one_by_one([*items, Tick(last + 20 * NS, 0)]) if isinstance(e, Second)]
    assert rows[-1].t_ns >= last + 16 * NS


def test_times_of_events_never_run_backwards() -> None:
    times = [e.t_ns for e in one_by_one(journal_items())]
    assert times == sorted(times)


def test_a_gap_has_its_length() -> None:
    gaps = [e for e in one_by_one(journal_items()) if isinstance(e, Gap)]
    long = [g for g in gaps if g.t_ns - g.onset_ns > NS]
    assert len(long) == 1
    assert (long[0].t_ns - long[0].onset_ns) / NS == pytest.approx(1.7, abs=0.1)
    assert long[0].lost == pytest.approx(85, abs=4)


def test_a_given_neutral_pose_is_announced_before_any_angle() -> None:
    e = Engine([SensorSetup(STREAM, RowDecoder(), up=(0.0, 0.0, 2.0), forward=(1.0, 0.0, 0.3))])
    events = e.feed_many(journal_items())
    first = next(i for i, event in enumerate(events) if isinstance(event, NeutralSet))
    neutral = events[first]
    assert isinstance(neutral, NeutralSet)
    assert neutral.source == "given"
    assert neutral.up == pytest.approx((0.0, 0.0, 1.0))
    assert not any(isinstance(event, Second) and np.isfinite(event.flexion_deg) for event in events[:first])


def test_a_saved_engine_continues_with_the_same_events() -> None:
    items = journal_items(silence=(30.0, 36.0))
    e = engine()
    head = e.feed_many(items[:170])
    resumed = Engine.restore(e.save())
    assert repr(head + resumed.feed_many(items[170:])) == repr(engine().feed_many(items))


def test_waves_hold_every_grid_point_once() -> None:
    waves = [e for e in one_by_one(journal_items(), waves=True) if isinstance(e, Wave)]
    assert {len(w.breath) for w in waves} == {5}
    assert [w.t_ns for w in waves] == [waves[0].t_ns + i * NS // 5 for i in range(len(waves))]


def test_strangers_are_refused() -> None:
    with pytest.raises(UsageError, match="not announced"):
        engine().feed(Packet(0, "lower-back", "imu", b"0"))
    with pytest.raises(UsageError, match="same name"):
        Engine([SensorSetup(STREAM), SensorSetup(STREAM)])
