"""Days, weeks and sessions as lines for the history screen: every share with what it is a share of."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..coach.wording import share_words, span_words
from ..history import Day, Plan, Session, Week, week_sentences, weeks_of
from ..history.clock import local_time
from .draw.spans import Line, Span, bar, line, pad, wrap
from .score_words import score_words

WIDE: Final = 96
NORMAL: Final = 64
"""Columns from which a row has room for more."""
BAR: Final = 12
NOT_KNOWN: Final = "not known"
EMPTY: Final = (
    "Nothing here yet. Your history fills from recordings: live, watch and every session make them.\n"
    "Begin with three minutes: the desk break."
)
NO_SESSION: Final = "No session yet. Three minutes are enough for the first one: the desk break."


@dataclass(frozen=True, slots=True)
class HistoryBook:
    """What the history knows of one wearer.

    Attributes
    ----------
    wearer : str
    days : tuple of Day
        Oldest first.
    plan : Plan
    today : date
    """

    wearer: str
    days: tuple[Day, ...]
    plan: Plan
    today: dt.date

    @property
    def sessions(self) -> tuple[Session, ...]:
        """Of all days, oldest first."""
        return tuple(session for day in self.days for session in day.sessions)

    @property
    def weeks(self) -> list[Week]:
        """Oldest first."""
        return weeks_of(self.days)


def head_lines(book: HistoryBook, width: int, sentences: int) -> list[Line]:
    """The newest week against the plan, how it compares, streaks: so many of the sentences."""
    said = week_sentences(book.days, book.plan, book.today)[:sentences]
    return [part for i, words in enumerate(said) for part in wrap(words, width, "text" if i == 0 else "muted")]


def day_line(day: Day, book: HistoryBook, width: int) -> Line:
    """One day: upright share of what could be judged, slouches, breathing, practice."""
    parts: list[Span] = [(_date(day.date, book.today), "strong"), *_upright(day, book.plan, width)]
    if width >= NORMAL:
        slouches = day.counts["slouches"]
        words = f"{slouches:3d} slouch{'' if slouches == 1 else 'es'}" if day.judged_s else ""
        parts.append((f"{words:<14}", "text"))
    if width >= WIDE:
        rate = day.breath_rate_brpm
        words = "breathing not known" if rate is None else f"{rate:4.1f} breaths a minute"
        parts.append((f"{words:<23}", "muted" if rate is None else "text"))
    done = day.sessions_done
    if done:
        parts.append((f"● {done} session{'' if done == 1 else 's'}", "breath"))
    return pad(line(*parts), width)


def _upright(day: Day, plan: Plan, width: int) -> list[Span]:
    cells = 0 if width < NORMAL else BAR if width >= WIDE else BAR - 4
    room = cells + (29 if cells else 21)
    share = day.upright_share
    if share is None:
        said = "too little to judge" if day.judged_s else "posture not known" if day.worn_s else "not worn"
        return [("○ ", "muted"), (said.ljust(room), "muted")]
    sign, role = ("✓ ", "ok") if day.goal_met(plan) else ("· ", "text")
    words = f" {share_words(share):>5} {'upright ' if cells else ''}of {span_words(day.judged_s)}"
    return [(sign, role), *(bar(share, cells, "breath") if cells else ()), (words.ljust(room - cells), "text")]


def week_line(week: Week, plan: Plan, width: int) -> Line:
    """One week against the plan."""
    together, (met, judged) = week.together, week.posture_days(plan)
    kept = week.kept(plan)
    done = f"{together.sessions_done} of {plan.sessions_per_week} sessions"
    parts: list[Span] = [
        (f"{_span_of(week.monday)}  ", "strong"),
        ("✓ " if kept else "· ", "ok" if kept else "text"),
        (f"{done:<17}", "text"),
    ]
    if width >= NORMAL:
        plane = f"inclined plane {week.inclined_plane_days} of {plan.inclined_plane_days_per_week} days"
        parts.append((f"{plane:<30}", "text"))
    if width >= WIDE:
        parts.append(
            (f"posture goal {met} of {judged} judged days" if judged else "posture: too little to judge", "text")
        )
    return pad(line(*parts), width)


def session_line(session: Session, book: HistoryBook, width: int) -> Line:
    """One session."""
    at = local_time(session.start_wall_ns, session.utc_offset_s)
    done = NOT_KNOWN if session.done is None else share_words(session.done)
    parts: list[Span] = [
        (f"{_date(at.date(), book.today)}{at:%H:%M}  ", "strong"),
        ("✓ " if session.counts else "· ", "ok" if session.counts else "text"),
        (f"{plain(session.programme)[:18]:<18} {done:>5}", "text"),
    ]
    if width >= NORMAL:
        parts.append((f"  {span_words(session.active_s):>8} active", "muted"))
    if width >= WIDE:
        names = ", ".join(e.title for e in session.exercises if e.counts)
        parts.append((f"  {names}", "muted"))
    return pad(line(*parts), width)


def day_detail(day: Day, plan: Plan, width: int) -> list[Line]:
    """Everything about one day, each number with its basis."""
    counts = day.counts
    rows = [("worn", span_words(day.worn_s))]
    if day.upright_share is None:
        rows.append(("posture", f"too little to judge ({span_words(day.judged_s)}, least 10 min)"))
    else:
        rows.append(
            ("upright", f"{share_words(day.upright_share)} of the {span_words(day.judged_s)} that could be judged")
        )
        goal = "met" if day.goal_met(plan) else "not met"
        rows.append(("your goal", f"{share_words(plan.upright_share)}, {goal}"))
    if day.judged_s:
        rows.append(("slouches", f"{counts['slouches']}, together {span_words(counts['slouched_s'])}"))
    rate = day.breath_rate_brpm
    trusted = f"from {span_words(counts['breath_s'])} of {span_words(day.breath_asked_s)}"
    rows.append(("breathing", NOT_KNOWN if rate is None else f"{rate:.1f} breaths a minute, {trusted}"))
    rows.append(("paced", span_words(counts["paced_s"])))
    walked = counts["walking_s"] + counts["running_s"]
    rows.append(("on foot", span_words(walked)))
    said = ", ".join(plain(session.programme) for session in day.sessions) or "none"
    rows.append(("sessions", said))
    return _pairs(rows, width)


def week_detail(week: Week, plan: Plan, width: int) -> list[Line]:
    """Everything about one week."""
    met, judged = week.posture_days(plan)
    together = week.together
    rows = [
        ("sessions", f"{together.sessions_done} of {plan.sessions_per_week} planned"),
        ("inclined plane", f"on {week.inclined_plane_days} of {plan.inclined_plane_days_per_week} planned days"),
        (
            "posture goal",
            f"met on {met} of {judged} days that could be judged" if judged else "no day could be judged",
        ),
    ]
    return [*_pairs(rows, width), (), *day_detail(together, plan, width)]


def session_detail(session: Session, width: int) -> list[Line]:
    """What the coach said at its end: one thing to keep, one to try, exercises, scores with their meaning."""
    said = session.detail
    ended = {"done": "finished", "stopped": "stopped by you", "cut": "cut short"}.get(session.ended, session.ended)
    done = NOT_KNOWN if session.done is None else share_words(session.done)
    rows = [("done", f"{done}, {span_words(session.active_s)} active, {ended}")]
    rows += [(word, str(said[key])) for key, word in (("keep", "keep"), ("to_try", "try")) if said.get(key)]
    before, after = said.get("discomfort_before"), said.get("discomfort_after")
    if isinstance(before, int | float) and isinstance(after, int | float):
        rows.append(("discomfort", f"{before:g} before, {after:g} after (your own, of 10)"))
    out = [*_pairs(rows, width), ()]
    for exercise in session.exercises:
        share = "" if exercise.share is None else share_words(exercise.share)
        sign, role = ("✓", "ok") if exercise.counts else ("·", "text")
        felt = f", felt {exercise.feel}" if exercise.feel else ""
        out.append(line((f"{sign} ", role), (f"{exercise.title} ", "text"), (f"{share}{felt}", "muted")))
    scores = said.get("scores")
    if isinstance(scores, Sequence) and scores:
        out += [(), line(("scores", "strong"))]
        titles = {e.exercise: e.title for e in session.exercises}
        out += [part for score in scores if isinstance(score, Mapping) for part in _score(score, titles, width)]
    return out


def _score(score: Mapping[str, Any], titles: Mapping[str, str], width: int) -> list[Line]:
    value, unit = score.get("value"), str(score.get("unit") or "")
    number = float(value) if isinstance(value, int | float) else math.nan
    name, told, meaning = score_words(str(score.get("name") or ""), number, unit, str(score.get("meaning") or ""))
    exercise = str(score.get("exercise") or "")
    head = line(
        (f"{titles.get(exercise, plain(exercise))}: " if exercise else "", "muted"),
        (f"{name} ", "text"),
        (told or "not judged", "breath" if told else "muted"),
    )
    return [head, *(line(("  ", "text"), *part) for part in wrap(meaning, width - 2, "muted"))]


def _pairs(rows: Sequence[tuple[str, str]], width: int) -> list[Line]:
    room = max(len(name) for name, _ in rows) + 2
    out: list[Line] = []
    for name, words in rows:
        parts = wrap(words, width - room)
        out += [
            line((name.ljust(room) if i == 0 else " " * room, "muted"), *part) for i, part in enumerate(parts or [()])
        ]
    return out


def _date(date: dt.date, today: dt.date) -> str:
    """With the day of the week, or in another year with the year; 12 cells."""
    told = f"{date:%a} {date.day:2d} {date:%b}" if date.year == today.year else f"{date.day:2d} {date:%b %Y}"
    return f"{told:<12}"


def _span_of(monday: dt.date) -> str:
    sunday = monday + dt.timedelta(days=6)
    begin = f"{monday.day}" if monday.month == sunday.month else f"{monday.day} {monday:%b}"
    return f"{f'{begin}–{sunday.day} {sunday:%b}':<13}"


def plain(name: object) -> str:
    """A name from a file as people write it."""
    return str(name).replace("_", " ").replace("-", " ").strip()
