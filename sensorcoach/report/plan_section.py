"""What was done of what the week should hold."""

from __future__ import annotations

from typing import Final

from ..history import Day, Plan, Week
from .measures import percent
from .page import Grid, Section
from .svg import Figure
from .timeline import RIGHT, WIDTH

_ROW: Final = 30.0
_NAME_WIDTH: Final = 190.0
_WORDS_WIDTH: Final = 130.0


def plan_section(week: Week, plan: Plan, day: Day | None = None) -> Section:
    """The week against the plan: bars, and the same as a table."""
    rows = plan_rows(week, plan)
    lead = f"The week from {week.monday:%A} {week.monday.day} {week.monday:%B}."
    if day is not None and day.sessions_done:
        lead += f" On this day: {day.sessions_done} of its sessions."
    grid = Grid(
        ("", "Done", "Planned"), [(name, _days(done, unit), _days(aim, unit)) for name, done, aim, unit in rows]
    )
    return Section("The week against your plan", lead, _draw(rows), behind=grid)


def plan_rows(week: Week, plan: Plan) -> list[tuple[str, int, int, str]]:
    """Name, done, planned, unit. Posture is planned for the days that could be judged: others count neither way."""
    met, judged = week.posture_days(plan)
    goal = f"Upright {percent(plan.upright_share)} of the time"
    return [
        ("Sessions", week.together.sessions_done, plan.sessions_per_week, ""),
        ("Inclined plane", week.inclined_plane_days, plan.inclined_plane_days_per_week, "day"),
        (goal, met, judged, "day"),
    ]


def _days(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}" if unit else str(number)


def _draw(rows: list[tuple[str, int, int, str]]) -> Figure:
    told = "; ".join(f"{name}: {done} of {_days(aim, unit)}" for name, done, aim, unit in rows)
    figure = Figure("plan", "The week against your plan", f"{told}.", WIDTH, _ROW * len(rows) + 4.0)
    left, right = _NAME_WIDTH, WIDTH - RIGHT - _WORDS_WIDTH
    for i, (name, done, aim, unit) in enumerate(rows):
        y = _ROW * i
        figure.text(0.0, y + 19.0, name, "strong")
        slots = max(aim, done, 1)
        width = min((right - left) / slots, 70.0)
        for slot in range(slots):
            style = "f-ok" if slot < done else "f-faint"
            figure.rect(left + slot * width, y + 8.0, width - 4.0, 14.0, style, radius=4.0)
        words = f"{done} of {_days(aim, unit)}" if aim else "no day could be judged" if unit else str(done)
        figure.text(WIDTH - RIGHT, y + 19.0, words, "strong", anchor="end")
    return figure
