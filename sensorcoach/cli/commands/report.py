"""`sensorcoach report`: one self-contained page about a recording, a day or a range of days."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path

from ...errors import InputError, SensorcoachError
from ...history import (
    Day,
    History,
    Plan,
    Week,
    choose_wearer,
    history_path,
    load_plan,
    read_days,
    recordings_folder,
    update,
)
from ...history.weeks import monday_of
from ...report.page import Page
from ...report.subject import days_of
from ...report.write import check_painter, write_page, write_pictures, write_tables
from ...runtime.watch.places import kept_by_watches
from ...transport.setup import setup_from_header
from ._output import spare


def run(args: argparse.Namespace) -> int:
    """Write the page and what was asked for beside it; its path goes to stdout."""
    if args.png:
        check_painter()
    days = days_of(args.subject, dt.date.today())
    out = Path(args.output) if args.output else Path(f"{_name(args.subject)}-report.html")
    spare([args.subject], out)
    page = _recording(args) if days is None else _days(*days, args)
    write_page(page, out)
    beside = write_pictures(page, out) if args.png else []
    beside += write_tables(page, out) if args.csv else []
    print(f"{page.headline} {page.more}".strip(), file=sys.stderr)
    for path in (out, *beside):
        print(path)
    return 0


def _days(since: dt.date, until: dt.date, args: argparse.Namespace) -> Page:
    from ...report.chronicle import read_day, read_range
    from ...report.day_page import day_page, range_page

    with History(history_path()) as history:
        outcome = update(history, recordings_folder(), setup_from_header, told=_tell, kept=kept_by_watches())
        for sentence in outcome.skipped:
            _tell(f"note: {sentence}")
        wearer, plan = choose_wearer(history, args.wearer), load_plan()
        if since == until:
            story = read_day(history, wearer, since, plan)
            page = None if story is None else day_page(story)
        else:
            several = read_range(history, wearer, since, until, plan)
            page = None if several is None else range_page(several)
    if page is None:
        raise InputError(
            f"The history knows nothing of {_span(since, until)}.", "To see which days it knows: sensorcoach history"
        )
    return page


def _recording(args: argparse.Namespace) -> Page:
    from ...report.gather import gather
    from ...report.recording_page import recording_page

    recording = gather(args.subject)
    for problem in recording.problems:
        _tell(f"note: {problem}")
    return recording_page(recording, _week(recording.content))


def _week(content: str) -> tuple[Week, Plan, Day | None] | None:
    """The week around a recording that the history knows; whatever keeps it from being read is no reason to stop."""
    if not content or not history_path().exists():
        return None
    try:
        with History(history_path()) as history:
            found = history.read(
                "SELECT wearer, MIN(date) AS date FROM journals JOIN minutes ON journal = id WHERE id = ?", (content,)
            )
            if found[0]["date"] is None:
                return None
            date = dt.date.fromisoformat(found[0]["date"])
            monday = monday_of(date)
            days = read_days(history, found[0]["wearer"], monday, monday + dt.timedelta(days=6))
            return Week(monday, tuple(days)), load_plan(), next((d for d in days if d.date == date), None)
    except SensorcoachError as error:
        _tell(f"note: {error.message}")
        return None


def _span(since: dt.date, until: dt.date) -> str:
    return f"{since}" if since == until else f"the days from {since} to {until}"


def _name(subject: str) -> str:
    """What the page is called where nobody said: after the recording or the days."""
    name = Path(subject).name.replace("..", "_to_").removesuffix("_")
    for suffix in (".gz", ".csv", ".journal", ".jsonl"):
        name = name.removesuffix(suffix)
    return name or "sensorcoach"


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)
