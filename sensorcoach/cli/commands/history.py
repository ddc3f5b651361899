"""`sensorcoach history`: days, weeks and sessions against the plan, as plain text or JSON lines."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from ...coach.wording import share_words, span_words
from ...errors import InputError, UsageError
from ...history import (
    DEMO_WEARER,
    Day,
    Exercise,
    History,
    Outcome,
    Plan,
    Session,
    Week,
    choose_wearer,
    history_path,
    load_plan,
    read_days,
    read_sessions,
    rebuild,
    recordings_folder,
    set_aside,
    update,
    week_sentences,
    weeks_of,
)
from ...runtime.watch.places import kept_by_watches
from ...transport.setup import setup_from_header

SHOWN_DAYS: Final = 14
SHOWN_WEEKS: Final = 8
NOT_KNOWN: Final = "not known"
NOT_TOLD: Final = "not told"
TOO_LITTLE: Final = "too little known"


def run(args: argparse.Namespace) -> int:
    """Bring the history up to date, then show what was asked for; remarks go to stderr."""
    folder = Path(args.recordings) if args.recordings else recordings_folder()
    if args.recordings and not folder.is_dir():
        raise InputError(f"There is no folder {folder}.", "Name one that holds recordings, or leave out --recordings.")
    if args.forget and args.view != "rebuild":
        raise UsageError("--forget is for sensorcoach history rebuild.")
    if args.view == "rebuild":
        return _rebuild(folder, forget=args.forget)
    with History(history_path()) as history:
        if args.view == "update" or not args.no_update:
            outcome = update(history, folder, setup_from_header, told=_tell, kept=kept_by_watches())
            _narrate(outcome, kept=False)
        if args.view == "update":
            if not outcome.read:
                _tell("No new recordings.")
            return 0
        wearer = choose_wearer(history, args.wearer)
        if wearer == DEMO_WEARER and args.wearer is None:
            _tell("These are the days of the virtual wearer; your own begin with your own sensor.")
        if args.view == "sessions":
            return _sessions(read_sessions(history, wearer, args.since), as_json=args.json)
        days, plan = read_days(history, wearer), load_plan()
    return _weeks(days, plan, args) if args.view == "weeks" else _days(days, plan, args)


def _rebuild(folder: Path, *, forget: bool) -> int:
    try:
        history = History(history_path())
    except InputError as error:
        _tell(f"{error.message} It is kept as {set_aside(history_path()).name}.")
        history = History(history_path())
    with history:
        _narrate(rebuild(history, folder, setup_from_header, forget=forget, told=_tell), kept=True)
    return 0


def _narrate(outcome: Outcome, *, kept: bool) -> None:
    for sentence in outcome.skipped:
        _tell(f"note: {sentence}")
    if outcome.kept and kept:
        _tell(
            f"note: No longer there: {_recordings(len(outcome.kept))}; what the history knows of them stays."
            " To drop it: sensorcoach history rebuild --forget"
        )
    if outcome.read:
        _tell(f"{_recordings(len(outcome.read))} read.")


def _recordings(count: int) -> str:
    return f"{count} recording{'s' * (count != 1)}"


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _days(days: Sequence[Day], plan: Plan, args: argparse.Namespace) -> int:
    shown = [day for day in days if args.since is None or day.date >= args.since]
    if args.since is None:
        shown = shown[-SHOWN_DAYS:]
    if args.json:
        return _json(day.to_dict() for day in shown)
    if not days:
        print("The history is empty. It fills from recordings: sensorcoach live, watch or session make them.")
        return 0
    if not shown:
        print(f"Nothing is known from {args.since} on.")
        return 0
    print("\n".join(week_sentences(days, plan, dt.date.today())))
    print()
    head = ("Day", "Worn", "Upright", "Slouches", "Breaths a min", "Paced", "Sessions")
    _table(head, [_day_row(day) for day in shown])
    return 0


def _day_row(day: Day) -> tuple[str, ...]:
    return (f"{day.date:%a %Y-%m-%d}", *_sums(day), str(day.sessions_done))


def _sums(day: Day) -> tuple[str, str, str, str, str]:
    upright = TOO_LITTLE if day.judged_s else NOT_KNOWN
    if day.upright_share is not None:
        upright = f"{share_words(day.upright_share)} of {span_words(day.judged_s)}"
    rate = NOT_KNOWN if day.breath_rate_brpm is None else f"{day.breath_rate_brpm:.1f}"
    slouches = str(day.counts["slouches"]) if day.judged_s else NOT_KNOWN
    return span_words(day.worn_s), upright, slouches, rate, span_words(day.counts["paced_s"])


def _weeks(days: Sequence[Day], plan: Plan, args: argparse.Namespace) -> int:
    weeks = weeks_of(days)
    shown = [week for week in weeks if args.since is None or week.monday + dt.timedelta(days=6) >= args.since]
    if args.since is None:
        shown = shown[-SHOWN_WEEKS:]
    if args.json:
        return _json(week.to_dict(plan) for week in shown)
    if not weeks:
        print("The history is empty. It fills from recordings: sensorcoach live, watch or session make them.")
        return 0
    if not shown:
        print(f"Nothing is known from {args.since} on.")
        return 0
    print("\n".join(week_sentences(days, plan, dt.date.today())))
    print()
    head = (
        "Week from",
        "Worn",
        "Upright",
        "Slouches",
        "Breaths a min",
        "Paced",
        "Sessions",
        "Inclined plane",
        "Posture",
    )
    _table(head, [_week_row(week, plan) for week in shown])
    return 0


def _week_row(week: Week, plan: Plan) -> tuple[str, ...]:
    met, judged = week.posture_days(plan)
    return (
        f"{week.monday:%a %Y-%m-%d}",
        *_sums(week.together),
        f"{week.together.sessions_done} of {plan.sessions_per_week}",
        f"{week.inclined_plane_days} of {plan.inclined_plane_days_per_week} days",
        f"goal on {met} of {judged} days",
    )


def _sessions(sessions: Sequence[Session], *, as_json: bool) -> int:
    if as_json:
        return _json({"date": s.date.isoformat(), **s.detail} for s in sessions)
    if not sessions:
        print("No session yet. Begin one: sensorcoach session")
        return 0
    rows = [
        (
            f"{s.date:%a %Y-%m-%d}",
            s.programme,
            NOT_KNOWN if s.done is None else share_words(s.done),
            span_words(s.active_s),
            _discomfort(s),
            "; ".join(_exercise(e) for e in s.exercises if e.counts) or "nothing finished",
        )
        for s in sessions
    ]
    _table(("Day", "Session", "Done", "Active", "Discomfort", "Exercises"), rows)
    return 0


def _discomfort(session: Session) -> str:
    """`from 2 to 1`, as far as it was told."""
    before, after = session.discomfort
    if before is None and after is None:
        return NOT_TOLD
    if before is None or after is None:
        return f"{before:g} before" if before is not None else f"{after:g} after"
    return f"{before:g}, unchanged" if before == after else f"from {before:g} to {after:g}"


def _exercise(exercise: Exercise) -> str:
    """`Cat and cow, 6 breaths at 18°, felt easy`."""
    felt = f"felt {exercise.feel}" if exercise.feel not in ("", "pain") else "hurt" if exercise.feel else ""
    return ", ".join(part for part in (exercise.title, exercise.dose, felt) if part)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns set apart by two spaces and nothing else: a screen reader reads it line by line."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def _json(rows: Any) -> int:
    for row in rows:
        print(json.dumps(row, ensure_ascii=False))
    return 0
