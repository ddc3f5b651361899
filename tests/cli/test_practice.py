"""From what the history knows of a wearer to the doses of their next session."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from dataclasses import replace

import pytest

from sensorcoach.cli import main
from sensorcoach.cli.practice import practice_of
from sensorcoach.coach.session import load_library, make_plan
from sensorcoach.history import History, Identity, history_path, recordings_folder
from sensorcoach.history.chapter import Chapter, ExerciseRow, SessionRow
from sensorcoach.samples import StreamInfo

from ..history.chapters import chapter

CHEST = StreamInfo("chest", "chest", 50.0, True)


def desk_break(day: int, feel: str, *, after: float = 2.0, share: float = 1.0, wearer: str = "me") -> Chapter:
    """A desk break of a day in May, with what was said of its first exercise."""
    told = chapter(dt.date(2026, 5, day), wearer=wearer)
    detail = {
        "discomfort_before": 2.0,
        "discomfort_after": after,
        "exercises": [{"exercise": "desk-reset", "dose": "3 × 3 s at 14°"}],
    }
    rows = (ExerciseRow("desk-reset", "Desk reset", round(1000 * share), feel),)
    date = f"2026-05-{day:02d}"
    row = SessionRow(told.start_wall_ns, 0, date, "desk-break", "done", 1000, 180, json.dumps(detail), rows)
    return replace(told, sessions=(row,))


def keep(*chapters: Chapter) -> None:
    with History(history_path()) as history:
        for k, told in enumerate(chapters):
            history.put(Identity(f"{told.wearer}{k}", f"{told.wearer}{k}"), f"{told.wearer}{k}.journal", told)


def asked(wearer: str | None = None, record: str | None = None, no_record: bool = False) -> argparse.Namespace:
    return argparse.Namespace(wearer=wearer, record=record, no_record=no_record)


def reps(wearer: str | None = None) -> tuple[int, tuple[str, ...]]:
    practice = practice_of(asked(wearer), "auto", pytest.fail)
    plan = make_plan(load_library(), "desk-break", CHEST, practice=practice)
    return next(s.step.reps for s in plan.steps if s.step.kind == "reps"), plan.notes


def test_without_a_history_it_begins_with_the_programmes_dose() -> None:
    assert reps() == (3, ())


def test_what_was_easy_grows_for_that_wearer_alone() -> None:
    keep(*(desk_break(day, "easy", wearer="ann") for day in (4, 6, 8)))
    number, notes = reps("ann")
    assert number == 4
    assert notes == (
        "A little more than last time, because it felt easy on 3 days: Desk reset, 4 instead of 3 repetitions.",
    )
    assert reps() == (3, ())


def test_sessions_of_the_virtual_wearer_never_count() -> None:
    keep(*(desk_break(day, "easy", wearer="demo") for day in (4, 6, 8)))
    assert reps() == (3, ())


def test_more_discomfort_afterwards_takes_away() -> None:
    keep(desk_break(4, "easy", after=4.0))
    number, notes = reps()
    assert number == 2
    assert "more discomfort afterwards" in notes[0]


def test_a_session_counts_when_the_history_will_find_it() -> None:
    assert practice_of(asked(), "auto", pytest.fail).counts
    assert practice_of(asked(record=str(recordings_folder() / "mine")), "auto", pytest.fail).counts
    assert not practice_of(asked(record="elsewhere"), "auto", pytest.fail).counts
    assert not practice_of(asked(no_record=True), "auto", pytest.fail).counts


def test_a_damaged_history_keeps_nobody_from_a_session() -> None:
    history_path().parent.mkdir(parents=True, exist_ok=True)
    history_path().write_bytes(b"spoiled" * 1000)
    said: list[str] = []
    assert practice_of(asked(), "auto", said.append).past == []
    assert "damaged" in said[0]
    assert "own doses" in said[0]


def test_the_history_tells_sessions_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    keep(desk_break(4, "easy"), desk_break(6, "pain", after=5.0))
    assert main(["history", "sessions", "--no-update"]) == 0
    head, first, second = capsys.readouterr().out.splitlines()
    assert "Discomfort" in head
    assert "2, unchanged" in first
    assert first.endswith("Desk reset, 3 × 3 s at 14°, felt easy")
    assert "from 2 to 5" in second
    assert second.endswith("hurt")
