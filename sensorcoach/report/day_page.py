"""The page about one day, and the page about several, from the history alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any, Final

import numpy as np

from ..coach.slouch import SlouchSettings
from ..coach.wording import span_words
from ..history import Day, Week, trend, trend_sentences
from ..history.chapter import COUNTS
from ..history.days import BREATH_AT_LEAST_S, JUDGED_AT_LEAST_S, add_up
from .bars import Hour, draw_days, draw_hours
from .chronicle import DayStory, RangeStory, day_timeline
from .measures import (
    Measure,
    breath_lengths,
    breathing_rate,
    degrees,
    lean,
    on_foot,
    paced,
    percent,
    sessions_done,
    slouches,
    upright,
    worn,
)
from .page import Grid, Page, Section
from .plan_section import plan_section
from .session_section import session_sections
from .shares import breath_parts, draw_shares, posture_parts, share_rows
from .timeline import draw_timeline

MOST_ROWS: Final = 40

_NOTES: Final = (
    "Minutes and days are counted by the clock on the wall, as your recordings kept it: through midnight, daylight"
    " saving time and travel.",
    "Breathing and posture count only where they were sure (quality 0.8 or better) and you were at rest. Time not worn"
    " or not known counts neither way.",
    "One sensor cannot tell rounding the back from leaning at the hips; the angle is that of the segment that carries"
    " it.",
    "A posture goal is this program's own or yours (your settings); there is no medical threshold behind it.",
)


def day_page(story: DayStory) -> Page:
    """Everything about a day."""
    day = story.day
    said = [dict(session.detail, event="session_summary") for session in day.sessions]
    longest_s = max((s.end_s - s.start_s for s in story.slouches), default=0.0)
    measures = _measures(day, longest_s)
    if day.sessions:
        measures.append(sessions_done(day.sessions_done, sum(s.active_s for s in day.sessions)))
    by_key = {measure.key: measure for measure in measures}
    timeline = day_timeline(story)
    description = "; ".join(f"{m.name}: {m.value} {m.basis}" for m in measures[:4] if m.value)
    hours = _hours(story)
    sections = [Section("The day", figure=draw_timeline(timeline, f"{description}."), behind=_hours_grid(story))]
    if hours:
        lead = "How many minutes of each hour could be judged, and how they were."
        grid = Grid(
            ("Hour", "Upright", "Slouched"), [(f"{h}:00", span_words(up), span_words(down)) for h, up, down in hours]
        )
        sections.append(Section("Hour by hour", lead, draw_hours(hours), behind=grid))
    shares = [("Breathing", breath_parts(day.counts)), ("Posture", posture_parts(day.counts))]
    sections.append(_known(shares))
    if story.slouches:
        rows = [
            (str(i), s.word, span_words(s.end_s - s.start_s), degrees(s.value))
            for i, s in enumerate(story.slouches[:MOST_ROWS], 1)
        ]
        more = len(story.slouches) - len(rows)
        notes = [f"And {more} more."] if more > 0 else []
        sections.append(
            Section("Lasting slouches", grid=Grid(("Slouch", "Began", "Lasted", "At most"), rows), notes=notes)
        )
    sections += session_sections(said)
    sections.append(plan_section(story.week, story.plan, day))
    return Page(
        title=f"{day.date:%A} {day.date.day} {day.date:%B %Y}",
        when=" · ".join((story.wearer, *story.devices)),
        headline=_headline(by_key),
        more=_more(day, by_key),
        tiles=measures[:4],
        measures=measures,
        sections=sections,
        notes=[*_NOTES, f"Made by sensorcoach {version('sensorcoach')} on this computer."],
        tables={"minutes": story.minutes},
    )


def range_page(story: RangeStory) -> Page:
    """Everything about several days."""
    together = Day(story.since, add_up(story.days), tuple(s for day in story.days for s in day.sessions))
    measures = _measures(together, 0.0)
    met = [day.goal_met(story.plan) for day in story.days]
    measures += [
        Measure(
            "goal",
            "Posture goal",
            f"{met.count(True)} {'day' if met.count(True) == 1 else 'days'}",
            f"of {met.count(True) + met.count(False)} that could be judged",
            f"Days upright for at least {percent(story.plan.upright_share)} of the judged time; a day counts from"
            f" {span_words(JUDGED_AT_LEAST_S)} judged on.",
        ),
        sessions_done(together.sessions_done, sum(s.active_s for s in together.sessions)),
    ]
    by_key = {measure.key: measure for measure in measures}
    figure = draw_days(story.days, story.since, story.until, story.plan)
    sections = [Section("Day by day", figure=figure, behind=_days_grid(story.days))]
    shares = [("Breathing", breath_parts(together.counts)), ("Posture", posture_parts(together.counts))]
    inside = [week for week in story.weeks if week.monday + dt.timedelta(days=6) >= story.since]
    if len(inside) == 1:
        sections.append(plan_section(inside[0], story.plan))
    else:
        sections.append(_weeks_section(inside, story))
    sections.append(_known(shares))
    n = len(story.days)
    more = [f"Data on {n} of {(story.until - story.since).days + 1} days.", *trend_sentences(trend(story.weeks))]
    return Page(
        title=f"{_day_words(story.since)} to {_day_words(story.until)}",
        when=story.wearer,
        headline=_headline(by_key),
        more=" ".join(more),
        tiles=[by_key["upright"], by_key["goal"], by_key["rate"], by_key["sessions"]],
        measures=measures,
        sections=sections,
        notes=[*_NOTES, f"Made by sensorcoach {version('sensorcoach')} on this computer."],
        tables={"days": _days_table(story.days)},
    )


def _measures(day: Day, longest_s: float) -> list[Measure]:
    counts = day.counts
    settings = SlouchSettings()
    why = "too little time at rest with a confirmed upright pose"
    slouched = slouches(
        counts,
        JUDGED_AT_LEAST_S,
        threshold_deg=settings.threshold_deg,
        longest_s=longest_s,
        why_not=why,
    )
    if not longest_s and slouched.value not in ("", "0"):
        judged_s = counts["upright_s"] + counts["slouched_s"]
        slouched = replace(slouched, basis=f"in {span_words(judged_s)} judged")
    return [
        upright(counts, JUDGED_AT_LEAST_S, why),
        slouched,
        breathing_rate(counts, BREATH_AT_LEAST_S, "hardly ever sure enough to be told"),
        worn(counts),
        *breath_lengths(counts),
        *lean(counts),
        *on_foot(counts),
        *paced(counts),
    ]


def _headline(by_key: dict[str, Measure]) -> str:
    share, rate, time = by_key["upright"], by_key["rate"], by_key["worn"]
    if share.value:
        return f"You were upright for {share.value} {share.basis}."
    if rate.value:
        return f"You breathed {rate.value} times a minute, and posture could not be judged."
    return f"Worn for {time.value}, and too little could be known to put a number on it."


def _more(day: Day, by_key: dict[str, Measure]) -> str:
    said = []
    count, rate = by_key["slouches"], by_key["rate"]
    if count.value not in ("", "0"):
        said.append(f"{count.value} lasting {'slouch' if count.value == '1' else 'slouches'}, {count.basis}.")
    if rate.value and by_key["upright"].value:
        said.append(f"You breathed {rate.value} times a minute.")
    if day.sessions_done:
        said.append(f"{day.sessions_done} {'session' if day.sessions_done == 1 else 'sessions'} done.")
    return " ".join(said)


def _known(shares: list[tuple[str, Any]]) -> Section:
    rows = [(name, parts) for name, parts in shares if parts]
    lead = "Only what was sure went into the numbers. Hatched was not judged or could not be known."
    grid = Grid(("", "What", "Time", "Share"), share_rows(rows))
    return Section("What was known, and what was not", lead, draw_shares(rows), behind=grid)


def _hours(story: DayStory) -> list[Hour]:
    """Judged seconds by hours of the clock on the wall, from the first such hour to the last."""
    minutes = story.minutes
    hour = (minutes["minute_utc"] * 60 + minutes["utc_offset_s"]) // 3600 % 24
    up = np.bincount(hour, minutes["upright_s"], 24).astype(int).tolist()
    down = np.bincount(hour, minutes["slouched_s"], 24).astype(int).tolist()
    used = [h for h in range(24) if up[h] + down[h] >= 60]
    return [(h, up[h], down[h]) for h in range(used[0], used[-1] + 1)] if used else []


def _hours_grid(story: DayStory) -> Grid:
    minutes = story.minutes
    hour = (minutes["minute_utc"] * 60 + minutes["utc_offset_s"]) // 3600 % 24
    rows = []
    for h in sorted(set(hour.tolist())):
        part = Day(story.day.date, {name: int(minutes[name][hour == h].sum()) for name in COUNTS})
        rate, judged_s = part.breath_rate_brpm, part.judged_s
        rows.append(
            (
                f"{h}:00",
                span_words(part.worn_s),
                "not known" if rate is None else f"{rate:.1f}",
                percent(part.counts["upright_s"] / judged_s) if judged_s >= 60 else "not known",
                str(part.counts["slouches"]),
                span_words(part.counts["walking_s"] + part.counts["running_s"]),
            )
        )
    return Grid(("Hour", "Worn", "Breaths a minute", "Upright", "Lasting slouches", "On foot"), rows)


def _days_grid(days: Sequence[Day]) -> Grid:
    rows = [
        (
            _day_words(day.date),
            span_words(day.worn_s),
            "not known" if day.upright_share is None else f"{percent(day.upright_share)} of {span_words(day.judged_s)}",
            str(day.counts["slouches"]) if day.judged_s else "not known",
            "not known" if day.breath_rate_brpm is None else f"{day.breath_rate_brpm:.1f}",
            str(day.sessions_done),
        )
        for day in days
    ]
    return Grid(("Day", "Worn", "Upright", "Slouches", "Breaths a minute", "Sessions"), rows)


def _weeks_section(weeks: Sequence[Week], story: RangeStory) -> Section:
    rows = []
    for week in weeks:
        met, judged = week.posture_days(story.plan)
        rows.append(
            (
                _day_words(week.monday),
                f"{week.together.sessions_done} of {story.plan.sessions_per_week}",
                f"{week.inclined_plane_days} of {story.plan.inclined_plane_days_per_week} days",
                f"{met} of {judged} days judged",
            )
        )
    grid = Grid(("Week from", "Sessions", "Inclined plane", "Posture goal met"), rows)
    return Section("The weeks against your plan", grid=grid)


def _days_table(days: Sequence[Day]) -> Any:
    dtype = np.dtype(
        [("date", "U10"), *((name, "i8") for name in COUNTS), ("sessions", "i8"), ("inclined_plane", "i8")]
    )
    return np.array(
        [
            (d.date.isoformat(), *(d.counts[name] for name in COUNTS), d.sessions_done, int(d.inclined_plane))
            for d in days
        ],
        dtype,
    )


def _day_words(date: dt.date) -> str:
    return f"{date:%a} {date.day} {date:%b %Y}"
