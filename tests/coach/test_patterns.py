"""Breathing patterns as data, and which of them are given only on request."""

from __future__ import annotations

import pytest

from sensorcoach.coach.patterns import (
    CAUTION,
    find_pattern,
    on_request,
    parse_patterns,
    scaled,
    shipped_patterns,
)
from sensorcoach.errors import InputError, UsageError

KNOWN = shipped_patterns()


def test_all_patterns_of_the_plan_are_there() -> None:
    assert {"resonance", "equal", "long-exhale", "longer-exhale", "box", "4-7-8", "cyclic-sigh", "pilates"} <= set(
        KNOWN
    )
    assert KNOWN["pilates"].pattern.inhale_s == 5.0
    assert KNOWN["long-exhale"].pattern.parts_s == (4, 0, 6, 0)
    assert KNOWN["longer-exhale"].pattern.parts_s == (3, 0, 7, 0)


def test_resonance_comes_in_tenths_of_a_breath() -> None:
    for tenth in range(45, 66):
        assert find_pattern(f"resonance@{tenth / 10}", KNOWN).rate_brpm == pytest.approx(tenth / 10)
    for wrong in ("resonance@4.4", "resonance@6.6", "resonance@5.55", "resonance@nan", "resonance@six", "box@5"):
        with pytest.raises(UsageError):
            find_pattern(wrong, KNOWN, asked=True)


@pytest.mark.parametrize("name", ["box", "4-7-8", "4-2-6-0", "2-0-3-0"])
def test_holds_and_quick_breaths_only_on_request(name: str) -> None:
    with pytest.raises(UsageError, match="only on request") as refused:
        find_pattern(name, KNOWN)
    assert CAUTION in str(refused.value)
    assert on_request(find_pattern(name, KNOWN, asked=True))


def test_what_is_offered_unasked_is_slow_and_without_holds() -> None:
    unasked = [entry.pattern for entry in KNOWN.values() if not on_request(entry.pattern)]
    assert len(unasked) >= 5
    assert all(p.cycle_s >= 8.0 and p.hold_in_s == p.hold_out_s == 0.0 for p in unasked)


@pytest.mark.parametrize("wrong", ["boxx", "0-0-4-0", "4-0-0-0", "30-0-30-0", "4-4-4", ""])
def test_impossible_patterns_are_refused(wrong: str) -> None:
    with pytest.raises(UsageError):
        find_pattern(wrong, KNOWN, asked=True)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[pattern]]\nname = 'x'\nparts_s = [4, 0, 6]", "parts_s"),
        ("[[pattern]]\nname = 'x'\nparts_s = [4, 0, 6, -1]", "parts_s"),
        ("[[pattern]]\nname = 'x'\nparts_s = [4, 0, 6, 0]\nspeed = 1", "speed"),
        ("[[pattern]]\nname = 'x'\nparts_s = [4, 0, 6, 0]\nrates_brpm = [6, 5, 0.1]", "rates_brpm"),
        ("[[pattern]\n", "TOML"),
    ],
)
def test_wrong_files_are_refused_by_key(text: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint) as refused:
        parse_patterns(text, "mine.toml")
    assert "mine.toml" in str(refused.value)


def test_scaling_keeps_proportions() -> None:
    slow = scaled(KNOWN["long-exhale"].pattern, 5.0)
    assert slow.cycle_s == pytest.approx(12.0)
    assert slow.inhale_s / slow.exhale_s == pytest.approx(4 / 6)
