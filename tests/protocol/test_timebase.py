"""Sample times: true rate, loss, wraps, resets, jitter, stalls, and sensors that stay together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensorcoach.profiles.model import Counter, DeviceTime
from sensorcoach.protocol.timebase import TimeBase
from sensorcoach.samples import NS, FloatArray, IntArray

LATENCY_S = 0.004


@dataclass
class Link:
    """A device with a clock of its own behind a radio that delays."""

    true_hz: float
    size: int
    seconds: float
    clock_error: float = 0.0
    tick_ns: int = 1000
    bits: int = 32
    marks: str = "last"
    jitter_s: float = 0.02
    seed: int = 0

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)
        packets = int(self.seconds * self.true_hz / self.size)
        self.true_s: FloatArray = ((np.arange(packets * self.size) + 1) / self.true_hz).reshape(packets, self.size)
        ends = self.true_s[:, -1]
        arrival = np.maximum.accumulate(ends + LATENCY_S + rng.exponential(self.jitter_s, packets))
        self.arrival_ns = np.rint(arrival * NS).astype(np.int64)
        marked = self.true_s[:, -1 if self.marks == "last" else 0] * (1 + self.clock_error)
        self.ticks = np.floor(marked * NS / self.tick_ns).astype(np.uint64).astype(f"u{self.bits // 8}")
        self.keep = np.ones(packets, np.bool_)

    def lose(self, share: float) -> None:
        self.keep = np.random.default_rng(self.seed + 1).random(len(self.keep)) >= share
        self.keep[0] = True

    def clock(self) -> DeviceTime:
        return DeviceTime(0, "", f"u{self.bits}", self.tick_ns, "last" if self.marks == "last" else "first")

    def stamped(self, base: TimeBase, with_clock: bool = True) -> tuple[FloatArray, FloatArray]:
        """Times given and true times, s."""
        counts = np.full(int(self.keep.sum()), self.size)
        ticks = self.ticks[self.keep] if with_clock else None
        t_ns = base.stamp(self.arrival_ns[self.keep], counts, ticks).t_ns
        assert (np.diff(t_ns) > 0).all()
        assert t_ns[0] >= 0
        return t_ns / NS, self.true_s[self.keep].reshape(-1)


def rate_error(given_s: FloatArray, true_s: FloatArray, start_s: float, end_s: float) -> float:
    a, b = np.searchsorted(true_s, [start_s, end_s])
    return float((given_s[b] - given_s[a]) / (true_s[b] - true_s[a]) - 1)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("link", "nominal_hz"),
    [
        (Link(101.7, 10, 150, clock_error=-5e-5), 100),
        (Link(203.0, 36, 150, clock_error=2e-5, tick_ns=1, bits=64), 200),
        (Link(52.6, 4, 150, tick_ns=1_000_000, marks="first"), 52),
        (Link(97.5, 10, 150, clock_error=0.01), 100),
        (Link(60.3, 1, 150), 60),
    ],
    ids=["us", "ns-36", "ms-first", "poor-clock", "single"],
)
def test_true_rate_after_a_minute_with_clock(link: Link, nominal_hz: float, seed: int) -> None:
    link.seed = seed
    link.__post_init__()
    link.lose(0.02)
    base = TimeBase(nominal_hz, link.clock())
    given_s, true_s = link.stamped(base)
    assert abs(rate_error(given_s, true_s, 60, 120)) < 1e-3
    assert base.sampling_rate_hz == pytest.approx(link.true_hz, rel=1e-3)
    late = given_s - true_s
    assert np.abs(late[true_s > 60] - LATENCY_S).max() < 0.02
    missing = int((~link.keep).sum()) * link.size
    assert abs(base.lost_samples - missing) <= link.size * 0.1 + 1


@pytest.mark.parametrize(("true_hz", "size"), [(51.3, 3), (49.1, 1), (12.4, 1)])
def test_true_rate_after_a_minute_by_arrival(true_hz: float, size: int) -> None:
    link = Link(true_hz, size, 150)
    given_s, true_s = link.stamped(TimeBase({51.3: 50, 49.1: 50, 12.4: 12.5}[true_hz]), with_clock=False)
    assert abs(rate_error(given_s, true_s, 60, 120)) < 1e-3
    assert np.abs((given_s - true_s)[true_s > 60] - LATENCY_S).max() < 0.03


def test_two_sensors_with_different_clocks_stay_together() -> None:
    late = []
    for seed, error, hz in ((1, 0.002, 201.0), (2, -0.003, 99.2)):
        link = Link(hz, 20, 400, clock_error=error, seed=seed)
        given_s, true_s = link.stamped(TimeBase(round(hz, -2), link.clock()))
        late.append(np.interp(np.arange(30, 390), true_s, given_s - true_s))
    assert np.abs(late[0] - late[1]).max() < 0.05


@pytest.mark.parametrize(("bits", "tick_ns"), [(16, 8_000_000), (32, 100), (16, 1_000_000)])
def test_wraps_are_no_gaps(bits: int, tick_ns: int) -> None:
    link = Link(50.0, 2, 1300, bits=bits, tick_ns=tick_ns)
    base = TimeBase(50.0, link.clock())
    given_s, true_s = link.stamped(base)
    assert (base.lost_samples, base.clock_resets, base.repeated) == (0, 0, 0)
    assert np.abs((given_s - true_s)[true_s > 60] - LATENCY_S).max() < 0.02


def test_coarse_ticks_are_no_gaps() -> None:
    link = Link(100.0, 1, 100, bits=16, tick_ns=8_000_000)
    base = TimeBase(100.0, link.clock())
    given_s, true_s = link.stamped(base)
    assert (base.lost_samples, base.repeated) == (0, 0)
    assert np.abs((given_s - true_s)[true_s > 30] - LATENCY_S).max() < 0.02


def test_a_gap_longer_than_the_wrap_has_the_right_length() -> None:
    link = Link(50.0, 2, 1500, bits=16, tick_ns=8_000_000)
    link.keep[5000:25000] = False  # 800 s; the counter wraps after 524 s
    base = TimeBase(50.0, link.clock())
    given_s, true_s = link.stamped(base)
    assert np.diff(given_s).max() == pytest.approx(800.02, abs=0.1)
    assert base.lost_samples == pytest.approx(40_000, abs=3)
    assert np.abs((given_s - true_s)[-100:] - LATENCY_S).max() < 0.05


@pytest.mark.parametrize("jump_s", [-3600.0, 7200.0, -0.7123])
def test_a_clock_that_is_set_anew_makes_no_gap(jump_s: float) -> None:
    link = Link(100.0, 10, 200, bits=64, tick_ns=1)
    offset = np.uint64(10_000 * NS)
    link.ticks = link.ticks + offset
    half = len(link.ticks) // 2
    link.ticks[half:] = (link.ticks[half:].astype(np.int64) + int(jump_s * NS)).astype(np.uint64)
    base = TimeBase(100.0, link.clock())
    given_s, true_s = link.stamped(base)
    assert base.clock_resets == 1
    assert np.abs(given_s - true_s)[true_s > 30].max() < 0.15  # one packet's jitter, then steered away
    assert np.abs((given_s - true_s)[true_s > 170] - LATENCY_S).max() < 0.03


def test_a_stalled_radio_is_no_gap() -> None:
    for with_clock in (True, False):
        link = Link(50.0, 3, 120)
        held = (link.arrival_ns > 80 * NS) & (link.arrival_ns < 81 * NS + NS // 2)
        link.arrival_ns[held] = 81 * NS + NS // 2
        base = TimeBase(50.0, link.clock() if with_clock else None)
        given_s, true_s = link.stamped(base, with_clock)
        assert base.lost_samples == 0
        assert np.abs((given_s - true_s)[true_s > 60] - LATENCY_S).max() < 0.03


def test_without_a_clock_a_loss_is_found_within_seconds() -> None:
    link = Link(50.0, 3, 200, jitter_s=0.01)
    link.keep[2000:2002] = False
    base = TimeBase(50.0)
    t_ns = base.stamp(link.arrival_ns[link.keep], np.full(int(link.keep.sum()), 3))
    assert base.lost_samples == 6
    (onset_ns, end_ns, lost), *others = t_ns.gaps
    assert not others
    assert lost == 6
    assert end_ns - onset_ns == pytest.approx(7 * NS / 50, rel=0.01)
    assert 0 <= onset_ns / NS - 2000 * 3 / 50 < 4
    late = t_ns.t_ns / NS - link.true_s[link.keep].reshape(-1)
    assert np.abs(late[-3000:] - LATENCY_S).max() < 0.03


def test_without_a_clock_a_counter_tells_the_loss_at_once() -> None:
    link = Link(50.0, 5, 100)
    counters = np.arange(len(link.keep)).astype(np.uint16)
    link.keep[500:503] = False
    base = TimeBase(50.0, None, Counter(0, "u16", "packets"))
    stamps = base.stamp(link.arrival_ns[link.keep], np.full(int(link.keep.sum()), 5), None, counters[link.keep])
    assert base.lost_samples == 15
    assert len(stamps.gaps) == 1
    assert stamps.gaps[0][0] / NS == pytest.approx(500 * 5 / 50, abs=0.05)


def test_the_first_sample_is_never_before_zero() -> None:
    base = TimeBase(25.0)
    t_ns = base.stamp(np.array([0]), np.array([36])).t_ns
    assert t_ns[0] == 0
    assert np.diff(t_ns).min() > 0


@given(
    packets=st.lists(
        st.tuples(st.integers(-(2**62), 2**62), st.integers(1, 40), st.integers(0, 2**64 - 1)), min_size=1, max_size=40
    ),
    bits=st.sampled_from([8, 16, 32, 64]),
    cut=st.integers(0, 40),
)
@settings(max_examples=200, deadline=None)
def test_wild_clocks_give_rising_times_for_any_cut(packets: list[tuple[int, int, int]], bits: int, cut: int) -> None:
    arrival = np.array([p[0] for p in packets])
    counts = np.array([p[1] for p in packets])
    ticks = np.array([p[2] % 2**bits for p in packets], dtype=f"u{bits // 8}")

    def stamped(edges: list[int]) -> IntArray:
        base = TimeBase(100.0, DeviceTime(0, "", f"u{bits}", 1000, "last"))
        pieces = zip(edges, edges[1:], strict=False)
        return np.concatenate([base.stamp(arrival[i:j], counts[i:j], ticks[i:j]).t_ns for i, j in pieces])

    whole = stamped([0, len(packets)])
    np.testing.assert_array_equal(whole, stamped([0, min(cut, len(packets)), len(packets)]))
    if np.abs(arrival).max() < 2**60:
        assert (np.diff(whole) > 0).all()
