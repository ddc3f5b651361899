"""The tables of the history file, and how an older file becomes a newer one."""

from __future__ import annotations

from typing import Final

from .chapter import COUNTS

_COUNT_COLUMNS: Final = ",\n    ".join(f"{name} INTEGER NOT NULL" for name in COUNTS)
_SUMS: Final = ", ".join(f"SUM({name})" for name in COUNTS)

MIGRATIONS: Final = (
    f"""
CREATE TABLE journals (
    id TEXT PRIMARY KEY,
    header TEXT NOT NULL,
    name TEXT NOT NULL,
    derivation INTEGER NOT NULL,
    wearer TEXT NOT NULL,
    device TEXT NOT NULL,
    sensors TEXT NOT NULL,
    writer TEXT NOT NULL,
    start_wall_ns INTEGER NOT NULL,
    end_wall_ns INTEGER NOT NULL,
    utc_offset_s INTEGER NOT NULL,
    problems INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE minutes (
    journal TEXT NOT NULL REFERENCES journals ON DELETE CASCADE,
    minute_utc INTEGER NOT NULL,
    utc_offset_s INTEGER NOT NULL,
    date TEXT NOT NULL,
    {_COUNT_COLUMNS},
    PRIMARY KEY (journal, minute_utc, utc_offset_s)
) WITHOUT ROWID;
CREATE INDEX minutes_by_date ON minutes (date);
CREATE TABLE slouches (
    journal TEXT NOT NULL REFERENCES journals ON DELETE CASCADE,
    number INTEGER NOT NULL,
    onset_wall_ns INTEGER NOT NULL,
    utc_offset_s INTEGER NOT NULL,
    date TEXT NOT NULL,
    duration_s INTEGER NOT NULL,
    peak_mdeg INTEGER NOT NULL,
    trusted INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (journal, number)
) WITHOUT ROWID;
CREATE INDEX slouches_by_date ON slouches (date);
CREATE TABLE sessions (
    journal TEXT NOT NULL REFERENCES journals ON DELETE CASCADE,
    number INTEGER NOT NULL,
    start_wall_ns INTEGER NOT NULL,
    utc_offset_s INTEGER NOT NULL,
    date TEXT NOT NULL,
    programme TEXT NOT NULL,
    ended TEXT NOT NULL,
    done_permille INTEGER NOT NULL,
    active_s INTEGER NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (journal, number)
) WITHOUT ROWID;
CREATE INDEX sessions_by_date ON sessions (date);
CREATE TABLE exercises (
    journal TEXT NOT NULL,
    session INTEGER NOT NULL,
    number INTEGER NOT NULL,
    exercise TEXT NOT NULL,
    title TEXT NOT NULL,
    share_permille INTEGER NOT NULL,
    feel TEXT NOT NULL,
    PRIMARY KEY (journal, session, number),
    FOREIGN KEY (journal, session) REFERENCES sessions ON DELETE CASCADE
) WITHOUT ROWID;
CREATE TABLE notes (
    journal TEXT NOT NULL REFERENCES journals ON DELETE CASCADE,
    number INTEGER NOT NULL,
    wall_ns INTEGER NOT NULL,
    utc_offset_s INTEGER NOT NULL,
    date TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (journal, number)
) WITHOUT ROWID;
CREATE INDEX notes_by_date ON notes (date);
CREATE TABLE days (
    wearer TEXT NOT NULL,
    date TEXT NOT NULL,
    {_COUNT_COLUMNS},
    PRIMARY KEY (wearer, date)
) WITHOUT ROWID;
""",
)
"""Scripts that lead from version n (`user_version`) to n + 1. Never changed once released; a change is one more."""

CHOSEN_MINUTES: Final = """
SELECT * FROM (
    SELECT m.*, ROW_NUMBER() OVER (
        PARTITION BY m.minute_utc, m.utc_offset_s ORDER BY m.worn_s DESC, m.journal
    ) AS place
    FROM minutes AS m JOIN journals AS j ON j.id = m.journal
    WHERE j.wearer = :wearer AND m.date = :date
) WHERE place = 1
"""
"""A wearer's minutes of a day. Where two recordings tell of the same minute (a copy, two programs at once) the one that
knows more of it counts, so that no hour is counted twice."""

SUM_DAY: Final = f"""
INSERT INTO days (wearer, date, {", ".join(COUNTS)})
SELECT :wearer, :date, {_SUMS} FROM ({CHOSEN_MINUTES}) HAVING COUNT(*) > 0
"""

CONTENT_TABLES: Final = ("journals", "minutes", "slouches", "sessions", "exercises", "notes", "days")
