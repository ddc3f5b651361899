"""Weeks against the plan, streaks, and how the newest week compares with those before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from .days import Day, add_up
from .plan import Plan

PRACTISED_FROM_S: Final = 120
"""So much paced breathing makes a day count as practised."""
FORGIVEN_DAYS: Final = 1
"""So many days without anything do not end a streak; they do not lengthen it either."""
TREND_JUDGED_S: Final = 7200
"""Least judged time on both sides of a comparison of posture."""
TREND_BREATH_S: Final = 1800
"""Least trusted time on both sides of a comparison of breathing."""
TREND_WEEKS: Final = 4
"""A week is compared with this many before it."""


@dataclass(frozen=True, slots=True)
class Week:
    """A week from Monday on. `days` are those with anything on them."""

    monday: dt.date
    days: tuple[Day, ...]

    @property
    def together(self) -> Day:
        """All days of it as if they were one."""
        return Day(self.monday, add_up(self.days), tuple(s for day in self.days for s in day.sessions))

    @property
    def inclined_plane_days(self) -> int:
        """Days on which the inclined plane was practised."""
        return sum(day.inclined_plane for day in self.days)

    def posture_days(self, plan: Plan) -> tuple[int, int]:
        """Days that met the posture goal, and days that could be judged."""
        met = [day.goal_met(plan) for day in self.days]
        return met.count(True), met.count(True) + met.count(False)

    def kept(self, plan: Plan) -> bool:
        """Whether the sessions of the plan were done."""
        return self.together.sessions_done >= plan.sessions_per_week

    def to_dict(self, plan: Plan) -> dict[str, Any]:
        """JSON-ready: sums, and what was done of what was planned."""
        met, judged = self.posture_days(plan)
        sums = self.together.to_dict()
        del sums["date"], sums["inclined_plane"]
        year, number, _ = self.monday.isocalendar()
        return {
            "week": f"{year}-W{number:02d}",
            "monday": self.monday.isoformat(),
            **sums,
            "sessions_planned": plan.sessions_per_week,
            "inclined_plane_days": self.inclined_plane_days,
            "inclined_plane_days_planned": plan.inclined_plane_days_per_week,
            "posture_goal_days": met,
            "posture_judged_days": judged,
        }


def monday_of(date: dt.date) -> dt.date:
    """The Monday of its week."""
    return date - dt.timedelta(days=date.weekday())


def weeks_of(days: Sequence[Day]) -> list[Week]:
    """Weeks that have any of these days, oldest first."""
    gathered: dict[dt.date, list[Day]] = {}
    for day in days:
        gathered.setdefault(monday_of(day.date), []).append(day)
    return [Week(monday, tuple(gathered[monday])) for monday in sorted(gathered)]


def active(day: Day, plan: Plan) -> bool:
    """Whether the day counts for a streak: practised, or upright as planned."""
    practised = day.sessions_done > 0 or day.counts["paced_s"] >= PRACTISED_FROM_S
    return practised or day.goal_met(plan) is True


def day_streak(days: Sequence[Day], plan: Plan, today: dt.date) -> int:
    """Active days up to today with no more than `FORGIVEN_DAYS` missing between two of them.

    Today adds to it as soon as it is active, and never ends it: it is not over.
    """
    done = {day.date for day in days if active(day, plan)}
    count, missed, date = 0, 0, today
    if today not in done:
        date -= dt.timedelta(days=1)
    while missed <= FORGIVEN_DAYS:
        if date in done:
            count, missed = count + 1, 0
        else:
            missed += 1
        date -= dt.timedelta(days=1)
    return count


def week_streak(weeks: Sequence[Week], plan: Plan, today: dt.date) -> int:
    """Weeks in a row with their sessions done. The running week adds to it once it is done, and never ends it."""
    if plan.sessions_per_week == 0:
        return 0
    kept = {week.monday for week in weeks if week.kept(plan)}
    monday = monday_of(today)
    count = int(monday in kept)
    monday -= dt.timedelta(weeks=1)
    while monday in kept:
        count += 1
        monday -= dt.timedelta(weeks=1)
    return count


@dataclass(frozen=True, slots=True)
class Trend:
    """How a week compares with the weeks before it; None where either side knows too little.

    `upright_change` is a difference of shares, `breath_change_brpm` one of mean rates.
    """

    upright_change: float | None
    breath_change_brpm: float | None


def trend(weeks: Sequence[Week]) -> Trend:
    """The newest of these weeks against the up to `TREND_WEEKS` before it."""
    if len(weeks) < 2:
        return Trend(None, None)
    newest = weeks[-1]
    first = newest.monday - dt.timedelta(weeks=TREND_WEEKS)
    before = [day for week in weeks[:-1] if week.monday >= first for day in week.days]
    now, then = newest.together, Day(first, add_up(before))
    upright = breath = None
    if min(now.judged_s, then.judged_s) >= TREND_JUDGED_S:
        upright = (now.upright_share or 0.0) - (then.upright_share or 0.0)
    if min(now.counts["breath_s"], then.counts["breath_s"]) >= TREND_BREATH_S:
        breath = (now.breath_rate_brpm or 0.0) - (then.breath_rate_brpm or 0.0)
    return Trend(upright, breath)
