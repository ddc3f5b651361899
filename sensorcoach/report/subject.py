"""What a report is asked about: a recording, a day, or a range of days."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from ..errors import UsageError

MOST_DAYS: Final = 400
_DAY: Final = r"\d{4}-\d{1,2}-\d{1,2}|today|yesterday"
_SUBJECT: Final = re.compile(rf"({_DAY})(?:\.\.({_DAY})?)?")


def days_of(subject: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    """First and last day that is meant (`2026-05-04..` goes on to today); None where the words name a recording.

    Raises
    ------
    UsageError
        It looks like days, but there are no such days.
    """
    match = _SUBJECT.fullmatch(subject)
    if match is None:
        return None
    since = _day(match[1], today)
    until = _day(match[2], today) if match[2] else today if subject.endswith("..") else since
    if not 0 <= (until - since).days < MOST_DAYS:
        raise UsageError(f"{subject} is no range of days.", f"Write FROM..TO, at most {MOST_DAYS} days.")
    return since, until


def _day(text: str, today: dt.date) -> dt.date:
    if text == "today":
        return today
    if text == "yesterday":
        return today - dt.timedelta(days=1)
    try:
        return dt.date(*map(int, text.split("-")))
    except ValueError:
        raise UsageError(f"There is no day {text}.", "Write days as 2026-05-04.") from None
