"""What the history says in sentences: for the command line and for reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from .days import Day
from .plan import Plan
from .weeks import Trend, Week, day_streak, trend, week_streak, weeks_of

TOLD_UPRIGHT: Final = 0.02
TOLD_BREATH_BRPM: Final = 0.5
"""Smaller changes are noise and are not told."""


def week_sentences(days: Sequence[Day], plan: Plan, today: dt.date) -> list[str]:
    """The newest week against the plan, how it compares, and streaks."""
    weeks = weeks_of(days)
    if not weeks:
        return []
    newest = weeks[-1]
    when = "This week" if newest.monday + dt.timedelta(days=7) > today else f"In the week from {newest.monday}"
    said = [
        f"{when}: {newest.together.sessions_done} of {plan.sessions_per_week} sessions, the inclined plane on"
        f" {newest.inclined_plane_days} of {plan.inclined_plane_days_per_week} days."
    ]
    met, judged = newest.posture_days(plan)
    if judged:
        goal = f"{100 * plan.upright_share:.0f} % upright"
        said.append(f"Posture goal ({goal}) met on {met} of {judged} days that could be judged.")
    return said + trend_sentences(trend(weeks)) + streak_sentences(days, weeks, plan, today)


def trend_sentences(change: Trend) -> list[str]:
    """What changed enough to be told."""
    said = []
    if change.upright_change is not None and abs(change.upright_change) >= TOLD_UPRIGHT:
        more = "more" if change.upright_change > 0 else "less"
        said.append(f"Upright {abs(change.upright_change) * 100:.0f} points {more} than in the weeks before.")
    if change.breath_change_brpm is not None and abs(change.breath_change_brpm) >= TOLD_BREATH_BRPM:
        slower = "slower" if change.breath_change_brpm < 0 else "faster"
        said.append(f"Breathing {abs(change.breath_change_brpm):.1f} a minute {slower} than in the weeks before.")
    return said


def streak_sentences(days: Sequence[Day], weeks: Sequence[Week], plan: Plan, today: dt.date) -> list[str]:
    """Streaks worth a word."""
    row, kept = day_streak(days, plan, today), week_streak(weeks, plan, today)
    said = [f"{row} days in your streak; a single missed day is forgiven."] if row > 1 else []
    return said + ([f"{kept} weeks in a row with your sessions done."] if kept > 1 else [])
