"""The history file: SQLite in write-ahead mode, readable by its owner alone; nothing in it that no journal says.

Not thread-safe: one thread owns a `History` (the writer thread, where there is one). Several processes may have the
same file open; a reader never waits for a writer.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from platformdirs import user_data_path

from ..errors import InputError, OutputError
from .chapter import DERIVATION, Chapter
from .clock import MINUTE_NS, local_date
from .identity import Identity
from .schema import CHOSEN_MINUTES, CONTENT_TABLES, MIGRATIONS, SUM_DAY

FILE_NAME: Final = "history.sqlite3"
BUSY_S: Final = 10.0
"""How long to wait for another process that writes: a chapter takes well under a second."""

_REBUILD: Final = "It can be made anew from the recordings: sensorcoach history rebuild"


def set_aside(path: Path) -> Path:
    """Rename a history that cannot be read, so that a new one can take its place; returns where it is now."""
    aside = path.with_name(path.name + ".damaged")
    try:
        path.replace(aside)
        for companion in ("-wal", "-shm"):
            path.with_name(path.name + companion).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path} cannot be renamed: {error.strerror or error}.", "Remove it by hand.") from None
    return aside


def history_path() -> Path:
    """Where a person's history lies."""
    return user_data_path("sensorcoach") / FILE_NAME


@dataclass(frozen=True, slots=True)
class Known:
    """A chapter that is kept: which journal it is of."""

    identity: Identity
    name: str
    derivation: int
    wearer: str

    @property
    def current(self) -> bool:
        """Whether this version would derive the same."""
        return self.derivation == DERIVATION


class History:
    """What happened on which day.

    Parameters
    ----------
    path : Path
        The file; made where it does not exist.

    Raises
    ------
    InputError
        The file is no history, or a newer sensorcoach wrote it.
    OutputError
        The system does not let it be made or written.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        with self._guard():
            self._make_file()
            self._db = sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was put is on the disk."""
        self._db.close()

    def known(self) -> list[Known]:
        """Journals that have a chapter, by name."""
        rows = self.read("SELECT id, header, name, derivation, wearer FROM journals ORDER BY name, id")
        return [Known(Identity(r["id"], r["header"]), r["name"], r["derivation"], r["wearer"]) for r in rows]

    def put(self, identity: Identity, name: str, chapter: Chapter) -> None:
        """Keep a chapter, in place of what this journal said when it was shorter; all of it or nothing."""
        with self._guard(), self._transaction():
            older = "SELECT id FROM journals WHERE id = ? OR (name = ? AND header = ?)"
            rows = self._db.execute(older, (identity.content, name, identity.header)).fetchall()
            dates = self._drop([row["id"] for row in rows])
            self._insert(identity, name, chapter)
            dates |= {(chapter.wearer, date) for date in self._dates(identity.content)}
            self._sum_days(dates)

    def rename(self, content: str, name: str) -> None:
        """The journal of this content is now called `name`."""
        with self._guard(), self._transaction():
            self._db.execute("UPDATE journals SET name = ? WHERE id = ?", (name, content))

    def forget(self, contents: Iterable[str]) -> None:
        """Drop the chapters of these journals."""
        with self._guard(), self._transaction():
            self._sum_days(self._drop(list(contents)))

    def read(self, sql: str, parameters: dict[str, Any] | tuple[Any, ...] = ()) -> list[sqlite3.Row]:
        """Rows of a query."""
        with self._guard():
            return self._db.execute(sql, parameters).fetchall()

    def chosen_minutes(self, wearer: str, date: str) -> list[sqlite3.Row]:
        """The minutes of one day, each once, in order."""
        sql = CHOSEN_MINUTES + " ORDER BY minute_utc, utc_offset_s"
        return self.read(sql, {"wearer": wearer, "date": date})

    def content(self) -> Iterator[str]:
        """Every row as text in a fixed order: two histories with the same lines have the same content."""
        for table in CONTENT_TABLES:
            columns = [row["name"] for row in self.read(f"PRAGMA table_info({table})")]
            order = ", ".join(str(i + 1) for i in range(len(columns)))
            for row in self.read(f"SELECT * FROM {table} ORDER BY {order}"):
                yield f"{table} {tuple(row)!r}"

    def _make_file(self) -> None:
        if self.path.exists():
            return
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Made before SQLite opens it: the files beside it take over its permissions.
        with contextlib.suppress(FileExistsError):
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")  # loses at most the newest chapters, which journals still tell
        self._db.execute("PRAGMA foreign_keys = ON")
        if self._version() > len(MIGRATIONS):
            raise InputError(f"{self.path} was written by a newer sensorcoach.", "Update sensorcoach to read it.")
        while (version := self._version()) < len(MIGRATIONS):
            with self._transaction():
                if self._version() != version:
                    continue  # another process was quicker
                for statement in MIGRATIONS[version].split(";"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {version + 1}")

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    def _insert(self, identity: Identity, name: str, chapter: Chapter) -> None:
        key = identity.content
        head = (chapter.wearer, chapter.device, chapter.sensors, chapter.writer)
        span = (chapter.start_wall_ns, chapter.end_wall_ns, chapter.utc_offset_s, chapter.problems)
        self._many("journals", [(key, identity.header, name, DERIVATION, *head, *span)])
        self._many(
            "minutes",
            [
                (key, minute, offset_s, local_date(minute * MINUTE_NS, offset_s), *counts)
                for (minute, offset_s), counts in sorted(chapter.minutes.items())
            ],
        )
        self._many(
            "slouches",
            [
                (key, i, s.onset_wall_ns, s.utc_offset_s, s.date, s.duration_s, s.peak_mdeg, int(s.trusted), s.reason)
                for i, s in enumerate(chapter.slouches)
            ],
        )
        for i, s in enumerate(chapter.sessions):
            row = (s.start_wall_ns, s.utc_offset_s, s.date, s.programme, s.ended, s.done_permille, s.active_s, s.detail)
            self._many("sessions", [(key, i, *row)])
            self._many(
                "exercises",
                [(key, i, j, e.exercise, e.title, e.share_permille, e.feel) for j, e in enumerate(s.exercises)],
            )
        self._many(
            "notes",
            [(key, i, n.wall_ns, n.utc_offset_s, n.date, n.kind, n.text) for i, n in enumerate(chapter.notes)],
        )

    def _many(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            self._db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)

    def _drop(self, contents: list[str]) -> set[tuple[str, str]]:
        """Delete chapters; the days that lose something by it."""
        touched: set[tuple[str, str]] = set()
        for key in contents:
            row = self._db.execute("SELECT wearer FROM journals WHERE id = ?", (key,)).fetchone()
            if row is not None:
                touched |= {(row["wearer"], date) for date in self._dates(key)}
                self._db.execute("DELETE FROM journals WHERE id = ?", (key,))
        return touched

    def _dates(self, content: str) -> set[str]:
        rows = self._db.execute("SELECT DISTINCT date FROM minutes WHERE journal = ?", (content,)).fetchall()
        return {row["date"] for row in rows}

    def _sum_days(self, days: Iterable[tuple[str, str]]) -> None:
        for wearer, date in sorted(days):
            which = {"wearer": wearer, "date": date}
            self._db.execute("DELETE FROM days WHERE wearer = :wearer AND date = :date", which)
            self._db.execute(SUM_DAY, which)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Every way in which the file can fail, as a sentence."""
        try:
            yield
        except (sqlite3.OperationalError, OSError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise OutputError(
                f"The history {self.path} cannot be used: {reason}.",
                "Check the folder, its permissions and the free space.",
            ) from None
        except sqlite3.DatabaseError as error:
            raise InputError(f"{self.path} is damaged or no history ({error}).", _REBUILD) from None
