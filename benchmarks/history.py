"""A year of history: how long its days take to query, and how long the commands take that show it.

The year is made of chapters as a journal would give them (ten hours a day, a session every third day), without the
journals: deriving them is the engine's work, which `bulk.py` measures.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from _measure import python, run

from sensorcoach.history import Chapter, History, Identity, load_plan, read_days, weeks_of
from sensorcoach.history.chapter import COUNTS, SessionRow, Slouch
from sensorcoach.samples import NS

LAST = dt.date(2026, 6, 30)


def chapter(date: dt.date, random: np.random.Generator, minutes_a_day: int) -> Chapter:
    """One day with something in every column."""
    first = int(dt.datetime(date.year, date.month, date.day, 6, tzinfo=dt.UTC).timestamp()) // 60
    minutes = {(first + i, 7200): random.integers(0, 60, len(COUNTS)).tolist() for i in range(minutes_a_day)}
    start_ns = first * 60 * NS
    slouches = tuple(
        Slouch(start_ns + i * 3600 * NS, 7200, date.isoformat(), 300, 20_000, True, "upright") for i in range(8)
    )
    sessions: tuple[SessionRow, ...] = ()
    if date.toordinal() % 3 == 0:
        sessions = (SessionRow(start_ns, 7200, date.isoformat(), "gentle", "done", 1000, 900, "{}", ()),)
    end_ns = start_ns + minutes_a_day * 60 * NS
    return Chapter("me", "benchmark", "chest", "", start_ns, end_ns, 7200, 0, minutes, slouches, sessions)


def main() -> None:
    """Print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--minutes", type=int, default=600, help="recorded minutes of a day")
    args = parser.parse_args()
    random = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as home:
        os.environ["XDG_DATA_HOME"] = home
        path = Path(home) / "sensorcoach" / "history.sqlite3"
        began_s = time.perf_counter()
        with History(path) as history:
            for k in range(args.days):
                date = LAST - dt.timedelta(days=k)
                history.put(Identity(f"c{k}", f"h{k}"), f"{date}.journal", chapter(date, random, args.minutes))
        put_s = (time.perf_counter() - began_s) / args.days
        queries = []
        for _ in range(5):
            began_s = time.perf_counter()
            with History(path) as history:
                days = read_days(history)
            weeks = [week.to_dict(load_plan()) for week in weeks_of(days)]
            queries.append(time.perf_counter() - began_s)
        assert len(days) == args.days
        shown = run(python("-m", "sensorcoach", "history", "--since", "2000-01-01"))

        page = run(python("-m", "sensorcoach", "report", LAST.isoformat(), "-o", str(Path(home) / "day.html")))
        span = f"{LAST - dt.timedelta(days=args.days - 1)}..{LAST}"
        year = run(python("-m", "sensorcoach", "report", span, "-o", str(Path(home) / "year.html")))
        out = {
            "benchmark": "history",
            "days": args.days,
            "weeks": len(weeks),
            "file_mb": round(path.stat().st_size / 1e6, 1),
            "query_year_s": round(median(queries), 4),
            "put_day_s": round(put_s, 3),
            "history_command_s": round(shown.wall_s, 2),
            "report_day_s": round(page.wall_s, 2),
            "report_range_s": round(year.wall_s, 2),
        }
    print(json.dumps(out))


if __name__ == "__main__":
    main()
