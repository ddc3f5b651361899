"""Doses grow slowly, shrink at once, and stay within limits."""

from __future__ import annotations

import pytest

from sensorcoach.coach.session import load_library
from sensorcoach.coach.session.library import check_dose
from sensorcoach.coach.session.progress import next_dose

PLANE = load_library().exercises["inclined-plane"]


@pytest.mark.parametrize("feels", [[], ["easy"], ["easy", "easy"], ["easy", "right", "easy"], ["right"] * 5, [""]])
def test_a_dose_stays_until_it_was_easy_three_times(feels: list[str]) -> None:
    assert next_dose(PLANE, {}, feels) == {}
    assert next_dose(PLANE, {"reps": 10}, feels) == {"reps": 10}


def test_three_easy_sessions_add_a_little() -> None:
    assert next_dose(PLANE, {}, ["easy"] * 3) == {"reps": 9.0, "hold_s": pytest.approx(5.5)}


def test_too_much_and_pain_take_away_at_once() -> None:
    assert next_dose(PLANE, {}, ["easy", "easy", "too much"]) == {"reps": 6.0, "hold_s": 3.75}
    low = {key: PLANE.limits[key][0] for key in ("reps", "hold_s")}
    assert next_dose(PLANE, {"reps": 12}, ["right", "pain"]) == low


def test_it_never_leaves_the_limits() -> None:
    dose: dict[str, float] = {}
    for feels in (["easy"] * 3, ["too much"]):
        for _ in range(20):
            dose = next_dose(PLANE, dose, feels)
            check_dose(PLANE, dose)
    assert dose["reps"] == PLANE.limits["reps"][0]
