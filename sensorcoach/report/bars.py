"""Bars over hours and over days: what was judged, how much of it upright, how long the sensor was worn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from ..coach.wording import span_words
from ..history import Day, Plan
from .scales import Scale, nice_bounds, ticks
from .svg import Figure
from .timeline import LEFT, RIGHT, WIDTH

_HEIGHT: Final = 110.0
_WORN_HEIGHT: Final = 54.0
_RATE_HEIGHT: Final = 90.0

_UPRIGHT_KEY: Final = (
    ("inclined", "with the inclined plane"),
    ("session", "session"),
    ("f-ok", "goal met"),
    ("f-unsure", "not met"),
)

Hour = tuple[int, int, int]
"""Hour of the day, upright s, slouched s."""


def draw_hours(hours: Sequence[Hour]) -> Figure:
    """Judged minutes of every hour, upright below and slouched on top."""
    told = "; ".join(f"{h}:00 {span_words(up)} upright, {span_words(down)} slouched" for h, up, down in hours)
    figure = Figure("hours", "Posture hour by hour", f"Minutes that could be judged. {told}.", WIDTH, 0.0)
    top = 24.0
    y = Scale(0.0, 60.0, top + _HEIGHT, top)
    figure.text(0.0, 12.0, "Judged minutes", "name")
    _key(figure, 12.0, (("f-slouch", "slouched"), ("f-ok", "upright")))
    for value in (0, 15, 30, 45, 60):
        figure.line(LEFT, y(value), WIDTH - RIGHT, y(value), "base" if value == 0 else "grid")
        figure.text(LEFT - 7.0, y(value) + 3.8, str(value), anchor="end")
    slot = (WIDTH - RIGHT - LEFT) / max(len(hours), 8)
    width = min(slot * 0.66, 40.0)
    for i, (hour, up, down) in enumerate(hours):
        middle = LEFT + (i + 0.5) * slot
        figure.rect(middle - width / 2, y(up / 60), width, y(0) - y(up / 60), "f-ok")
        figure.rect(middle - width / 2, y((up + down) / 60), width, y(up / 60) - y((up + down) / 60), "f-slouch")
        if slot > 28 or hour % 2 == 0:
            figure.text(middle, y.start + 16.0, str(hour), anchor="middle")
    figure.height = y.start + 24.0
    return figure


def draw_days(days: Sequence[Day], since: dt.date, until: dt.date, plan: Plan) -> Figure:
    """Rows over the days: share upright, hours worn and judged, breathing rate; a dot where a session was done."""
    judged = [day for day in days if day.upright_share is not None]
    told = f"{len(judged)} of {(until - since).days + 1} days could be judged; the goal was met on "
    told += f"{sum(day.goal_met(plan) is True for day in days)} of them."
    figure = Figure("days", "Day by day", told, WIDTH, 0.0)
    n = (until - since).days + 1
    slot = (WIDTH - RIGHT - LEFT) / max(n, 7)
    width = min(max(slot * 0.64, 1.0), 34.0)
    middles = {day.date: LEFT + ((day.date - since).days + 0.5) * slot for day in days}
    end = _draw_upright(figure, days, middles, width, plan, 0.0)
    end = _draw_worn(figure, days, middles, width, end + 16.0)
    end = _draw_rates(figure, days, middles, end + 16.0)
    for k in range(n):
        date = since + dt.timedelta(days=k)
        if n <= 16 or date.weekday() == 0:
            label = f"{date:%a} {date.day}" if n <= 16 else f"{date.day} {date:%b}"
            figure.text(LEFT + (k + 0.5) * slot, end + 16.0, label, anchor="middle")
    figure.height = end + 24.0
    return figure


def _draw_upright(
    figure: Figure, days: Sequence[Day], middles: dict[dt.date, float], width: float, plan: Plan, top: float
) -> float:
    figure.text(0.0, top + 12.0, "Upright", "name")
    figure.text(60.0, top + 12.0, "share of the time that could be judged")
    _key(
        figure,
        top + 12.0,
        (("f-pacer", "inclined plane"), ("f-breath", "session"), ("f-ok", "goal met"), ("f-unsure", "not met")),
    )
    top += 36.0
    y = Scale(0.0, 1.0, top + _HEIGHT, top)
    for value in (0.0, 0.25, 0.5, 0.75, 1.0):
        figure.line(LEFT, y(value), WIDTH - RIGHT, y(value), "base" if value == 0.0 else "grid")
        figure.text(LEFT - 7.0, y(value) + 3.8, f"{100 * value:.0f}", anchor="end")
    for day in days:
        middle = middles[day.date]
        if day.upright_share is not None:
            style = "f-ok" if day.goal_met(plan) else "f-unsure"
            figure.rect(middle - width / 2, y(day.upright_share), width, y(0.0) - y(day.upright_share), style)
            if width > 24.0:
                figure.text(middle, y(0.0) - 5.0, f"{100 * day.upright_share:.0f}", "on-dark", anchor="middle")
        if day.sessions_done:
            _session_mark(figure, middle, top - 9.0, inclined=day.inclined_plane)
    figure.line(LEFT, y(plan.upright_share), WIDTH - RIGHT, y(plan.upright_share), "s-limit")
    return y.start


def _draw_worn(figure: Figure, days: Sequence[Day], middles: dict[dt.date, float], width: float, top: float) -> float:
    figure.text(0.0, top + 12.0, "Worn", "name")
    figure.text(42.0, top + 12.0, "hours; the stronger part could be judged")
    top += 24.0
    most = max(max(day.worn_s for day in days) / 3600.0, 1.0)
    _, high = nice_bounds(0.0, most, 2.0, 2.0)
    y = Scale(0.0, high, top + _WORN_HEIGHT, top)
    for value in (0.0, high / 2, high):
        figure.line(LEFT, y(value), WIDTH - RIGHT, y(value), "base" if value == 0.0 else "grid")
        figure.text(LEFT - 7.0, y(value) + 3.8, f"{value:g}", anchor="end")
    for day in days:
        left = middles[day.date] - width / 2
        figure.rect(left, y(day.worn_s / 3600), width, y(0.0) - y(day.worn_s / 3600), "f-still")
        figure.rect(left, y(day.judged_s / 3600), width, y(0.0) - y(day.judged_s / 3600), "f-moving")
    return y.start


def _draw_rates(figure: Figure, days: Sequence[Day], middles: dict[dt.date, float], top: float) -> float:
    known = [(middles[day.date], day.breath_rate_brpm) for day in days if day.breath_rate_brpm is not None]
    figure.text(0.0, top + 12.0, "Breathing", "name")
    figure.text(72.0, top + 12.0, "breaths a minute, mean of the day")
    if not known:
        figure.text(LEFT, top + 34.0, "not known on any of these days")
        return top + 44.0
    top += 24.0
    rates = [rate for _, rate in known]
    low, high = nice_bounds(max(min(rates) - 1.0, 0.0), max(rates) + 1.0, 2.0, 6.0)
    y = Scale(low, high, top + _RATE_HEIGHT, top)
    for value in ticks(low, high, 4):
        figure.line(LEFT, y(value), WIDTH - RIGHT, y(value), "grid")
        figure.text(LEFT - 7.0, y(value) + 3.8, f"{value:g}", anchor="end")
    figure.line(LEFT, y.start, WIDTH - RIGHT, y.start, "base")
    for middle, rate in known:
        figure.circle(middle, y(rate), 3.6, "f-breath")
    return y.start


def _key(figure: Figure, y: float, entries: Sequence[tuple[str, str]]) -> None:
    """Right-aligned squares with words."""
    right = WIDTH - RIGHT
    for style, word in entries:
        figure.text(right, y, word, anchor="end")
        left = right - len(word) * 6.1 - 16.0
        if style in ("session", "inclined"):
            _session_mark(figure, left + 5.0, y - 4.0, inclined=style == "inclined")
        else:
            figure.rect(left, y - 9.0, 10.0, 10.0, style, radius=2.0)
        right = left - 14.0


def _session_mark(figure: Figure, x: float, y: float, *, inclined: bool) -> None:
    """A dot for a session, a wedge for one with the inclined plane: told apart by their shape."""
    if inclined:
        figure.polygon(((x - 5.5, y + 4.0), (x + 5.5, y + 4.0), (x + 5.5, y - 5.0)), "f-pacer")
    else:
        figure.circle(x, y, 4.0, "f-breath")
