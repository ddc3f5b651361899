"""The file: permissions, versions, damage, and that nothing is counted twice."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import sys
from pathlib import Path

import pytest

from sensorcoach.errors import InputError, OutputError
from sensorcoach.history import History, Identity, read_days, set_aside

from .chapters import chapter

DAY = dt.date(2026, 5, 4)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "own" / "history.sqlite3"


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are those of POSIX")
def test_only_its_owner_may_read_it_and_what_lies_beside_it(path: Path) -> None:
    old = os.umask(0)
    try:
        with History(path) as history:
            history.put(Identity("a", "h"), "a.journal", chapter(DAY, upright=20))
            modes = {p.name: p.stat().st_mode & 0o777 for p in path.parent.iterdir()}
    finally:
        os.umask(old)
    assert set(modes.values()) == {0o600}
    assert len(modes) == 3  # with the files of the write-ahead mode
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_file_of_a_newer_version_is_refused(path: Path) -> None:
    with History(path):
        pass
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(InputError, match="newer"):
        History(path)


def test_a_damaged_file_says_how_to_make_it_anew_and_can_be_set_aside(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database at all " * 100)
    with pytest.raises(InputError, match="history rebuild"):
        History(path)
    assert set_aside(path).read_bytes().startswith(b"no database")
    with History(path) as history:
        assert history.known() == []


def test_a_folder_in_its_place_is_a_sentence(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(OutputError, match="cannot be used"):
        History(path)


def test_a_journal_that_grew_replaces_what_it_said_before(path: Path) -> None:
    with History(path) as history:
        history.put(Identity("short", "h"), "a.journal", chapter(DAY, upright=20))
        history.put(Identity("longer", "h"), "a.journal", chapter(DAY, upright=30))
        assert [known.identity.content for known in history.known()] == ["longer"]
        assert read_days(history)[0].worn_s == 1800


def test_minutes_that_two_recordings_tell_of_count_once(path: Path) -> None:
    with History(path) as history:
        history.put(Identity("a", "h1"), "a.journal", chapter(DAY, upright=20))
        history.put(Identity("b", "h2"), "b.journal", chapter(DAY, slouched=30))
        (day,) = read_days(history)
        assert day.worn_s == 30 * 60
        history.forget(["a"])
        (day,) = read_days(history)
        assert (day.worn_s, day.counts["slouched_s"]) == (1800, 1800)
        history.forget(["b"])
        assert read_days(history) == []


def test_wearers_are_kept_apart(path: Path) -> None:
    with History(path) as history:
        history.put(Identity("a", "h1"), "a.journal", chapter(DAY, upright=20, wearer="ann"))
        history.put(Identity("b", "h2"), "b.journal", chapter(DAY, upright=30, wearer="ben"))
        assert [read_days(history, name)[0].worn_s for name in ("ann", "ben")] == [1200, 1800]


def test_the_order_of_putting_does_not_matter(tmp_path: Path) -> None:
    days = {f"c{k}": chapter(DAY + dt.timedelta(days=k // 2), upright=10 + k, exercises={"a": 1.0}) for k in range(6)}
    contents = []
    for n, keys in enumerate((list(days), list(days)[::-1])):
        with History(tmp_path / f"{n}.sqlite3") as history:
            for key in keys:
                history.put(Identity(key, key), f"{key}.journal", days[key])
            contents.append(list(history.content()))
    assert contents[0] == contents[1]
    assert len(contents[0]) > 90


def test_a_reader_does_not_wait_for_a_writer(path: Path) -> None:
    with History(path) as writer, History(path) as reader:
        writer.put(Identity("a", "h"), "a.journal", chapter(DAY, upright=20))
        writer._db.execute("BEGIN IMMEDIATE")
        assert len(read_days(reader)) == 1
        writer._db.execute("ROLLBACK")
