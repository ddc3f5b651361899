"""Doses grow slowly, shrink at once, and stay within limits."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping

import pytest

from sensorcoach.coach.session import Plan, Practice, load_library, make_plan
from sensorcoach.coach.session.library import check_dose
from sensorcoach.coach.session.progress import (
    EASY_DAYS,
    OUTCOMES,
    Past,
    base_dose,
    less,
    lowest,
    more,
    next_dose,
    wished,
)
from sensorcoach.samples import StreamInfo

LIBRARY = load_library()
PLANE = LIBRARY.exercises["inclined-plane"]
CHEST = StreamInfo("chest", "chest", 50.0, True)
BASE = {"reps": 8.0, "hold_s": 5.0}
MONDAY = dt.date(2026, 5, 4)


def past(*feels: str, apart_days: int = 3, title: str = PLANE.title, programme: str = "full") -> list[Past]:
    """One exercise, session after session. `rise` is a session after which there was more discomfort."""
    return [
        Past(
            MONDAY + dt.timedelta(days=apart_days * k),
            programme,
            PLANE.name,
            title,
            1.0,
            "" if feel == "rise" else feel,
            2.0 if feel == "rise" else 0.0,
        )
        for k, feel in enumerate(feels)
    ]


def now(practice: list[Past], base: Mapping[str, float] = BASE) -> Mapping[str, float]:
    return next_dose(PLANE, base, practice, "full", PLANE.title).now


@pytest.mark.parametrize("feels", [[], ["easy"], ["easy", "easy"], ["easy", "right", "easy", "easy"], ["right"] * 5])
def test_a_dose_stays_until_it_was_easy_three_times(feels: list[str]) -> None:
    assert now(past(*feels)) == BASE


def test_three_easy_sessions_add_one_step_and_an_unanswered_one_says_nothing() -> None:
    grown = next_dose(PLANE, BASE, past("easy", "", "easy", "easy"), "full", PLANE.title)
    assert (grown.now, grown.before, grown.why) == ({"reps": 9.0, "hold_s": 5.0}, BASE, "easy")


def test_easy_sessions_of_one_day_count_once_and_growth_waits_a_week() -> None:
    assert now(past(*["easy"] * 6, apart_days=0)) == BASE
    daily = [now(past(*["easy"] * days, apart_days=1))["reps"] for days in range(1, 12)]
    assert daily == [8, 8, 9, 9, 9, 9, 9, 9, 9, 10, 10]


def test_half_a_session_is_not_called_easy() -> None:
    halves = [Past(p.date, p.programme, p.exercise, p.title, 0.5, p.feel, p.rise) for p in past(*["easy"] * 4)]
    assert now(halves) == BASE


def test_it_grows_in_order_and_ends() -> None:
    doses = [BASE]
    for _ in range(20):
        doses.append(more(PLANE, doses[-1]))
    assert [d["reps"] for d in doses[:6]] == [8, 9, 10, 11, 12, 12]
    assert [d["hold_s"] for d in doses[4:7]] == [5, 6, 7]
    assert doses[-1] == {"reps": 12.0, "hold_s": 10.0}


@pytest.mark.parametrize("outcome", ["too much", "rise"])
def test_what_was_too_much_takes_a_quarter_away_at_once(outcome: str) -> None:
    fell = next_dose(PLANE, BASE, past("easy", "easy", outcome), "full", PLANE.title)
    assert (fell.now, fell.why) == ({"reps": 6.0, "hold_s": 5.0}, outcome)
    assert now(past("easy", "easy", outcome, "easy"))["reps"] == 6.0


def test_pain_takes_it_to_its_lowest_in_every_variant() -> None:
    assert now(past("right", "pain")) == lowest(PLANE, BASE) == {"reps": 3.0, "hold_s": 2.0}
    assert now(past("pain", title="Inclined plane, low")) == lowest(PLANE, BASE)


def test_other_programmes_do_not_make_it_grow_but_make_it_shrink() -> None:
    assert now(past(*["easy"] * 5, programme="gentle-beginner")) == BASE
    assert now(past("too much", programme="gentle-beginner"))["reps"] == 6.0
    assert now(past("too much", title="Inclined plane, low")) == BASE


@pytest.mark.parametrize("name", sorted(LIBRARY.exercises))
@pytest.mark.parametrize("feel", [f for f in OUTCOMES if f])
def test_it_never_leaves_the_limits(name: str, feel: str) -> None:
    exercise = LIBRARY.exercises[name]
    for programme in LIBRARY.programmes.values():
        for item in (i for i in programme.items if i.exercise == name):
            base = base_dose(exercise, exercise.variant(item.variant), item)
            dose = base
            for _ in range(30):
                dose = {"easy": more, "pain": lowest}.get(feel, less)(exercise, dose)
                check_dose(exercise, dose)
            assert set(dose) == set(base)


def test_a_person_may_ask_for_another_dose() -> None:
    dose = next_dose(PLANE, BASE, past(*["easy"] * EASY_DAYS), "full", PLANE.title)
    reps = {wish: wished(PLANE, BASE, dose, wish)["reps"] for wish in ("auto", "plan", "same", "less", "more")}
    assert reps == {"auto": 9, "plan": 8, "same": 8, "less": 6, "more": 10}


def planned(practice: Practice) -> Plan:
    return make_plan(LIBRARY, "full", CHEST, practice=practice)


def test_a_plan_has_the_dose_and_says_why_in_one_sentence() -> None:
    plan = planned(Practice(past(*["easy"] * 3), MONDAY))
    (step,) = (s.step for s in plan.steps if s.exercise == PLANE.name and s.step.kind == "reps")
    assert step.reps == 11
    assert plan.notes == (
        "A little more than last time, because it felt easy on 3 days: Inclined plane, 11 instead of 10 repetitions.",
    )
    assert plan.ahead == ()
    assert planned(Practice(past(*["easy"] * 3), MONDAY, "plan")).notes == (
        "The numbers of the programme, as you asked.",
    )
    assert planned(Practice()) == make_plan(LIBRARY, "full", CHEST)


def test_a_plan_that_counts_knows_what_comes_next_and_survives_its_text() -> None:
    plan = planned(Practice(past("easy", "easy"), MONDAY + dt.timedelta(days=6), counts=True))
    ahead = {a.outcome: a.words for a in plan.ahead if a.exercise == PLANE.name}
    assert ahead["easy"] == "Inclined plane, 11 instead of 10 repetitions"
    assert ahead["too much"] == "Inclined plane, 7 instead of 10 repetitions"
    assert "" not in ahead
    assert Plan.from_json(plan.to_json()) == plan


def test_an_unknown_rise_is_no_rise() -> None:
    (one,) = past("right")
    assert Past(one.date, one.programme, one.exercise, one.title, 1.0, "right", math.nan).outcome == ""
