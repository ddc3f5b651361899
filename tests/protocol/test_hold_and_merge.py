"""Devices that send on change, and devices that send two streams."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sensorcoach.protocol.hold import HoldBase
from sensorcoach.protocol.merge import Merger
from sensorcoach.samples import NS

MS = 1_000_000


def test_the_last_value_is_held_until_the_next() -> None:
    t_ns, source, until, gaps = HoldBase(10.0).stamp(np.array([100, 200, 510, 590]) * MS)
    assert (t_ns // MS).tolist() == [100, 200, 300, 400, 510, 590]
    assert source.tolist() == [0, 1, 1, 1, 2, 3]
    assert until.tolist() == [0, 1, 2, 2, 2, 3]
    assert gaps == []


def test_a_long_silence_is_a_gap() -> None:
    t_ns, _, _, gaps = HoldBase(10.0).stamp(np.array([NS, 20 * NS]))
    assert t_ns.tolist() == [NS, 20 * NS]
    assert gaps == [(NS, 20 * NS, -1)]


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=30), st.integers(0, 30))
def test_holding_is_the_same_for_any_cut(arrivals: list[int], cut: int) -> None:
    arrival = np.array(arrivals)
    whole_ns, source, _, _ = HoldBase(10.0).stamp(arrival)
    assert (np.diff(whole_ns) > 0).all()
    assert whole_ns[0] >= 0
    cut = min(cut, len(arrival))
    if not 0 < cut < len(arrival):
        return
    base = HoldBase(10.0)
    first, rest = base.stamp(arrival[:cut]), base.stamp(arrival[cut:])
    np.testing.assert_array_equal(np.concatenate([first[0], rest[0]]), whole_ns)
    np.testing.assert_array_equal(np.concatenate([first[1], rest[1] + cut]), source)


def series(t_ms: list[int], place: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.array(t_ms) * MS, np.array(t_ms, float)[:, None] * np.ones(3), np.full(len(t_ms), place)


def test_each_acceleration_gets_the_nearest_rate_once_it_is_known() -> None:
    merger = Merger()
    merger.add_acc(*series([0, 20, 40, 60]))
    assert len(merger.take()[0]) == 0
    merger.add_gyro(*series([1, 22, 39]))
    t_ns, acc, gyr, _ = merger.take()
    assert (t_ns // MS).tolist() == [0, 20]
    assert acc[:, 0].tolist() == [0, 20]
    assert gyr[:, 0].tolist() == [1, 22]
    merger.add_gyro(*series([61]))
    assert merger.take()[2][:, 0].tolist() == [39, 61]
    assert merger.dropped == 0


def test_an_acceleration_without_a_rate_near_it_is_left_out() -> None:
    merger = Merger()
    merger.add_acc(*series([0, 100, 500, 980]))
    merger.add_gyro(*series([0, 90, 1000]))
    assert (merger.take()[0] // MS).tolist() == [0, 100, 980]
    assert merger.dropped == 1


def test_waiting_does_not_grow_without_end() -> None:
    merger = Merger()
    for second in range(300):
        merger.add_acc(*series(list(range(second * 1000, second * 1000 + 1000, 100))))
        merger.take()
    assert merger.dropped == 3000 - 601
    merger.add_gyro(*series([299_900]))
    assert len(merger.take()[0]) == 2


@given(
    st.lists(st.integers(1, 150), min_size=1, max_size=40),
    st.lists(st.integers(1, 150), min_size=1, max_size=40),
    st.lists(st.booleans(), min_size=80, max_size=80),
)
def test_merging_is_the_same_for_any_cut(acc_steps: list[int], gyro_steps: list[int], order: list[bool]) -> None:
    acc_ms, gyro_ms = np.cumsum(acc_steps).tolist(), np.cumsum(gyro_steps).tolist()
    whole = Merger()
    whole.add_acc(*series(acc_ms))
    whole.add_gyro(*series(gyro_ms))
    expected = whole.take()
    merger, parts = Merger(), []
    for is_acc in [*order, *[True] * 40, *[False] * 40]:
        if is_acc and acc_ms:
            merger.add_acc(*series([acc_ms.pop(0)]))
        elif not is_acc and gyro_ms:
            merger.add_gyro(*series([gyro_ms.pop(0)]))
        parts.append(merger.take())
    for k in range(3):
        np.testing.assert_array_equal(np.concatenate([p[k] for p in parts]), expected[k])
