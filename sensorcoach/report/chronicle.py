"""What the history knows of a day or of a range of days, read once, with everything a page about it needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..analysis.tables import Table
from ..coach.slouch import SlouchSettings
from ..events import REASONS
from ..history import Day, History, Plan, Week, read_days, weeks_of
from ..history.chapter import ACTIVITY_COUNTS, COUNTS
from ..history.clock import local_time
from ..history.derive import LASTING_S
from ..history.weeks import TREND_WEEKS, monday_of
from ..samples import NS
from .timeline import Span, Timeline

MINUTE_S: Final = 60.0
LEAST_S: Final = 10
"""Seconds of a minute that must be known for it to have a value in the figure."""

_SEATED: Final = ("still", "moving", "vehicle", "bending")


@dataclass(frozen=True, slots=True, eq=False)
class DayStory:
    """One day with its minutes.

    Attributes
    ----------
    minutes : structured array
        One row a minute, in order: `minute_utc`, `utc_offset_s` and the counts of `history.chapter.COUNTS`.
    slouches : sequence of Span
        Trusted and lasting; seconds of Unix time, `value` the furthest lean.
    marks : sequence of (seconds of Unix time, text)
    week : Week
        The one around it.
    """

    day: Day
    plan: Plan
    week: Week
    minutes: Table
    slouches: Sequence[Span]
    marks: Sequence[tuple[float, str]]
    devices: Sequence[str]
    wearer: str


@dataclass(frozen=True, slots=True, eq=False)
class RangeStory:
    """Several days. `weeks` ends with the range and begins early enough to compare."""

    since: dt.date
    until: dt.date
    days: Sequence[Day]
    weeks: Sequence[Week]
    plan: Plan
    wearer: str


def read_day(history: History, wearer: str, date: dt.date, plan: Plan) -> DayStory | None:
    """The story of a day; None where the history knows nothing of it."""
    monday = monday_of(date)
    days = read_days(history, wearer, monday, monday + dt.timedelta(days=6))
    day = next((d for d in days if d.date == date), None)
    if day is None:
        return None
    rows = history.chosen_minutes(wearer, date.isoformat())
    dtype = np.dtype([("minute_utc", "i8"), ("utc_offset_s", "i8"), *((name, "i8") for name in COUNTS)])
    minutes = np.array([tuple(row[name] for name in dtype.names or ()) for row in rows], dtype)
    of_day = "JOIN journals AS j ON j.id = x.journal WHERE j.wearer = ? AND x.date = ?"
    which = (wearer, date.isoformat())
    sql = f"SELECT x.* FROM slouches AS x {of_day} AND trusted AND duration_s >= {LASTING_S} ORDER BY onset_wall_ns"
    slouches = [
        Span(
            s["onset_wall_ns"] / NS,
            s["onset_wall_ns"] / NS + s["duration_s"],
            local_time(s["onset_wall_ns"], s["utc_offset_s"]).strftime("%H:%M"),
            s["peak_mdeg"] / 1000,
        )
        for s in history.read(sql, which)
    ]
    notes = history.read(f"SELECT x.* FROM notes AS x {of_day} AND kind = 'mark' ORDER BY wall_ns", which)
    devices = history.read(
        "SELECT DISTINCT device, sensors FROM journals AS j JOIN minutes AS x ON j.id = x.journal"
        " WHERE j.wearer = ? AND x.date = ? ORDER BY device, sensors",
        which,
    )
    return DayStory(
        day,
        plan,
        Week(monday, tuple(days)),
        minutes,
        slouches,
        [(n["wall_ns"] / NS, n["text"]) for n in notes],
        [f"{d['device']} ({d['sensors'].replace('-', ' ')})" for d in devices],
        wearer,
    )


def read_range(history: History, wearer: str, since: dt.date, until: dt.date, plan: Plan) -> RangeStory | None:
    """The story of a range; None where the history knows nothing of it."""
    first = monday_of(since) - dt.timedelta(weeks=TREND_WEEKS)
    days = read_days(history, wearer, first, until)
    inside = [day for day in days if day.date >= since]
    return RangeStory(since, until, inside, weeks_of(days), plan, wearer) if inside else None


def day_timeline(story: DayStory) -> Timeline:
    """The minutes of a day as curves; the axis is elapsed time, its ticks are the clock on the wall.

    So an hour that daylight saving time repeats or leaves out, or a flight, is neither squeezed nor doubled.
    """
    known = story.minutes
    first, last = int(known["minute_utc"].min()), int(known["minute_utc"].max()) + 1
    n = last - first
    at = known["minute_utc"] - first
    columns = {name: np.bincount(at, known[name], n).astype(np.float64) for name in COUNTS}
    there = np.bincount(at, minlength=n) > 0
    breath_s, angle_s = columns["breath_s"], columns["angle_s"]
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.where(breath_s >= LEAST_S, columns["breath_mbrpm"] / breath_s / 1000, np.nan)
        lean = np.where(angle_s >= LEAST_S, columns["angle_mdeg"] / angle_s / 1000, np.nan)
    activity = _most(columns, ("absent_s", *ACTIVITY_COUNTS), ("", *(name[:-2] for name in ACTIVITY_COUNTS)))
    activity = np.where(there, activity, "")
    names = [name for name in REASONS if name]
    keys = ("breath_unsure_s", *(f"no_breath_{name}_s" for name in names))
    reason = np.where(there, _most(columns, keys, ("unsure", *names)), "no_data")
    start_s = first * MINUTE_S
    return Timeline(
        start_s=start_s,
        end_s=start_s + n * MINUTE_S,
        step_s=MINUTE_S,
        t_s=np.asarray(start_s + np.arange(1, n + 1) * MINUTE_S, np.float64),
        activity=activity,
        rate_brpm=rate,
        rate_trusted=np.isfinite(rate),
        reason=reason,
        flexion_deg=np.where(np.isin(activity, _SEATED), lean, np.nan),
        flexion_trusted=np.isfinite(lean),
        slouches=story.slouches,
        marks=story.marks,
        clock=_clock(known, start_s, start_s + n * MINUTE_S),
        axis_words="time of day",
        threshold_deg=SlouchSettings().threshold_deg,
    )


def _most(columns: dict[str, NDArray[np.float64]], keys: Sequence[str], words: Sequence[str]) -> NDArray[np.str_]:
    """The word of the largest of these columns, minute by minute."""
    largest = np.argmax([columns[key] for key in keys], axis=0)
    return np.asarray(np.array(words)[largest], np.str_)


def _clock(minutes: Table, start_s: float, end_s: float) -> list[tuple[float, str]]:
    """Ticks at whole hours of local time, with the offset that held then."""
    hours = (end_s - start_s) / 3600.0
    step_s = next((s for s in (900, 1800, 3600, 7200, 10800) if hours * 3600 / s <= 12), 14400)
    out: list[tuple[float, str]] = []
    for minute, offset_s in zip(minutes["minute_utc"].tolist(), minutes["utc_offset_s"].tolist(), strict=True):
        at_s = minute * MINUTE_S
        tick_s = at_s + (-(at_s + offset_s)) % step_s
        if not out or tick_s > out[-1][0]:
            out.append((tick_s, local_time(round(tick_s * NS), offset_s).strftime("%H:%M")))
    return [(t, word) for t, word in out if t <= end_s]
