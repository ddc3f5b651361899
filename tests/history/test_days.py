"""Days, weeks, streaks, trends, the plan: shares of what is known."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sensorcoach.errors import UsageError
from sensorcoach.history import (
    Chapter,
    Day,
    History,
    Identity,
    Plan,
    day_streak,
    load_plan,
    read_days,
    read_sessions,
    trend,
    week_sentences,
    week_streak,
    weeks_of,
)
from sensorcoach.settings import settings_path

from .chapters import chapter

MONDAY = dt.date(2026, 5, 4)
PLAN = Plan()


def on(day: int) -> dt.date:
    return MONDAY + dt.timedelta(days=day)


@pytest.fixture
def read(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Chapters put into a history and read back as days."""

    def _read(*chapters: Chapter) -> list[Day]:
        with History(tmp_path / "h.sqlite3") as history:
            for k, one in enumerate(chapters):
                history.put(Identity(f"c{k}", f"h{k}"), f"{k}.journal", one)
            return read_days(history)

    return _read


def test_a_share_is_of_the_judged_time(read) -> None:  # type: ignore[no-untyped-def]
    (day,) = read(chapter(MONDAY, upright=30, slouched=10, paced=60))
    assert day.worn_s == 100 * 60
    assert day.judged_s == 40 * 60
    assert day.upright_share == 0.75
    assert day.goal_met(PLAN) is True
    assert day.to_dict()["upright_share"] == 0.75


def test_too_little_judged_is_no_share_and_meets_no_goal_nor_misses_it(read) -> None:  # type: ignore[no-untyped-def]
    (day,) = read(chapter(MONDAY, upright=1, slouched=8))
    assert day.upright_share is None
    assert day.goal_met(PLAN) is None
    assert day.breath_rate_brpm is None
    assert weeks_of([day])[0].posture_days(PLAN) == (0, 0)


def test_sessions_and_the_inclined_plane(read) -> None:  # type: ignore[no-untyped-def]
    days = read(
        chapter(on(0), exercises={"inclined-plane": 1.0, "cat-cow": 0.2}),
        chapter(on(1), exercises={"inclined_plane": 0.4}),
        chapter(on(2), exercises={"cat-cow": 1.0}, done=0.3),
    )
    assert [day.inclined_plane for day in days] == [True, False, False]
    assert [day.sessions_done for day in days] == [1, 1, 0]
    (week,) = weeks_of(days)
    said = week.to_dict(PLAN)
    assert (said["sessions"], said["inclined_plane_days"], said["week"]) == (2, 1, "2026-W19")
    assert week.kept(PLAN)


def test_a_single_missed_day_is_forgiven_and_two_are_not(read) -> None:  # type: ignore[no-untyped-def]
    days = read(*(chapter(on(k), upright=20) for k in (0, 2, 3, 6, 8, 9)))
    assert day_streak(days, PLAN, on(9)) == 3  # 6, 8, 9; two missed before
    assert day_streak(days, PLAN, on(10)) == 3  # today is not over
    assert day_streak(days, PLAN, on(11)) == 3  # one day missed
    assert day_streak(days, PLAN, on(12)) == 0
    assert day_streak(days, PLAN, on(3)) == 3


def test_the_running_week_never_ends_a_streak(read) -> None:  # type: ignore[no-untyped-def]
    days = read(*(chapter(on(k), exercises={"a": 1.0}) for k in (0, 1, 7, 8, 14)))
    weeks = weeks_of(days)
    assert week_streak(weeks, PLAN, on(15)) == 2
    assert week_streak(weeks, PLAN, on(22)) == 0
    assert week_streak(weeks, Plan(sessions_per_week=0), on(15)) == 0


def test_a_trend_needs_enough_on_both_sides(read) -> None:  # type: ignore[no-untyped-def]
    days = read(*(chapter(on(k), upright=60 + k * 5, slouched=60) for k in (0, 1, 7, 8)))
    change = trend(weeks_of(days)).upright_change
    assert change == pytest.approx((95 + 100) / 315 - 125 / 245)
    assert trend(weeks_of(days)).breath_change_brpm is None
    assert trend(weeks_of(days[:2])).upright_change is None
    assert any("more than in the weeks before" in said for said in week_sentences(days, PLAN, on(9)))


def test_sessions_of_a_wearer_in_order(tmp_path: Path) -> None:
    with History(tmp_path / "h.sqlite3") as history:
        for k in (2, 0, 1):
            history.put(Identity(f"c{k}", "h"), f"{k}.journal", chapter(on(k), exercises={"a": 0.7}))
        found = read_sessions(history, since=on(1))
    assert [session.date for session in found] == [on(1), on(2)]
    assert found[0].exercises[0].share == 0.7


def test_the_plan_comes_from_the_settings() -> None:
    assert load_plan() == Plan(2, 3, 0.7)
    settings_path().parent.mkdir(parents=True)
    settings_path().write_text("[plan]\nsessions_per_week = 3\nupright_percent = 60\n")
    assert load_plan() == Plan(3, 3, 0.6)


@pytest.mark.parametrize("said", ["sessions_per_week = 20", "upright_percent = 100", "sessions_per_week = 2.5"])
def test_a_plan_that_cannot_be(said: str) -> None:
    settings_path().parent.mkdir(parents=True)
    settings_path().write_text(f"[plan]\n{said}\n")
    with pytest.raises(UsageError):
        load_plan()
