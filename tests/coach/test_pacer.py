from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensorcoach.coach.pacer import FASTEST_BRPM, LONG_EXHALE, PATTERNS, RESONANCE, SLOWEST_BRPM, Pacer, Pattern
from sensorcoach.samples import NS

BOX = Pattern("box", 4.0, 4.0, 4.0, 4.0)

breaths_s = st.floats(0.5, 20.0)
holds_s = st.one_of(st.just(0.0), st.floats(0.2, 20.0))
patterns = st.builds(Pattern, st.just("any"), breaths_s, holds_s, breaths_s, holds_s)
times_ns = st.integers(-(10**14), 10**14)


@pytest.mark.parametrize(
    ("t_s", "phase", "share", "level", "remaining_s"),
    [
        (0.0, "inhale", 0.0, 0.0, 4.0),
        (2.0, "inhale", 0.5, 0.5, 2.0),
        (4.0, "hold_in", 0.0, 1.0, 4.0),
        (7.0, "hold_in", 0.75, 1.0, 1.0),
        (10.0, "exhale", 0.5, 0.5, 2.0),
        (13.0, "hold_out", 0.25, 0.0, 3.0),
        (16.0, "inhale", 0.0, 0.0, 4.0),
        (-1.0, "hold_out", 0.75, 0.0, 1.0),
    ],
)
def test_a_box_is_walked_round(t_s: float, phase: str, share: float, level: float, remaining_s: float) -> None:
    point = Pacer(BOX, start_ns=0).at(round(t_s * NS))
    assert point.phase == phase
    assert (point.share_of_phase, point.level, point.remaining_s) == pytest.approx(
        (share, level, remaining_s), abs=1e-9
    )


def test_parts_of_no_length_are_left_out() -> None:
    phases = {Pacer(RESONANCE, start_ns=0).at(t).phase for t in range(0, 20 * NS, NS // 7)}
    assert phases == {"inhale", "exhale"}


@given(patterns, times_ns, times_ns)
def test_a_point_is_within_its_bounds(pattern: Pattern, start_ns: int, t_ns: int) -> None:
    point = Pacer(pattern, start_ns).at(t_ns)
    length_s = dict(zip(("inhale", "hold_in", "exhale", "hold_out"), pattern.parts_s, strict=True))[point.phase]
    assert length_s > 0.0
    assert 0.0 <= point.share_of_phase <= 1.0
    assert 0.0 <= point.level <= 1.0
    assert 0.0 <= point.remaining_s <= length_s + 1e-6


@given(patterns, patterns, times_ns, st.integers(0, 10**12))
def test_a_change_of_pattern_keeps_phase_and_level(
    before: Pattern, after: Pattern, start_ns: int, later_ns: int
) -> None:
    t_ns = start_ns + later_ns
    old = Pacer(before, start_ns).at(t_ns)
    new = Pacer(before, start_ns).changed(after, t_ns).at(t_ns)
    # Times are whole nanoseconds, so the share may move by one of them.
    assert new.level == pytest.approx(old.level, abs=1e-6)
    if new.phase == old.phase:
        assert new.share_of_phase == pytest.approx(old.share_of_phase, abs=1e-6)
    else:
        # Only where the part is left out, or where one nanosecond lies between two parts.
        assert min(old.share_of_phase, 1.0 - old.share_of_phase) < 1e-6 or old.phase.startswith("hold")


@given(patterns, times_ns)
def test_many_levels_equal_single_ones(pattern: Pattern, start_ns: int) -> None:
    pacer = Pacer(pattern, start_ns)
    t_ns = start_ns + np.arange(0, 60 * NS, NS // 3, dtype=np.int64)
    np.testing.assert_allclose(pacer.levels(t_ns), [pacer.at(int(t)).level for t in t_ns], atol=1e-6)


def test_no_jitter_piles_up_over_a_day() -> None:
    day_ns = 86_400 * NS
    assert Pacer(RESONANCE, start_ns=0).at(day_ns).share_of_phase == 0.0
    assert Pacer(RESONANCE, start_ns=0).at(day_ns + 2 * NS).share_of_phase == pytest.approx(0.4)


def test_another_pace_keeps_the_proportions_and_the_limits() -> None:
    slower = LONG_EXHALE.at_rate(5.0)
    assert slower.parts_s == pytest.approx((4.8, 0.0, 7.2, 0.0))
    assert LONG_EXHALE.at_rate(99.0).rate_brpm == pytest.approx(FASTEST_BRPM)
    assert LONG_EXHALE.at_rate(0.1).rate_brpm == pytest.approx(SLOWEST_BRPM)


def test_what_is_offered_unasked_is_gentle() -> None:
    for pattern in PATTERNS:
        assert pattern.cycle_s >= 8.0
        assert pattern.hold_in_s == pattern.hold_out_s == 0.0


def test_the_command_carries_the_pattern() -> None:
    command = Pacer(BOX, start_ns=3).command(t_ns=7)
    assert (command.t_ns, command.start_ns) == (7, 3)
    assert (command.inhale_s, command.hold_in_s, command.exhale_s, command.hold_out_s) == BOX.parts_s


@pytest.mark.parametrize(
    "parts_s", [(0, 0, 5, 0), (5, 0, 0, 0), (5, -1, 5, 0), (math.nan, 0, 5, 0), (5, math.inf, 5, 0)]
)
def test_impossible_patterns_are_refused(parts_s: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="breathing pattern"):
        Pattern("no", *parts_s)
