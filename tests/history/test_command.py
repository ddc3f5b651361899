"""`sensorcoach history` as a person types it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from sensorcoach.cli import main
from sensorcoach.history import History, Identity, history_path, recordings_folder

from .chapters import chapter, record, steady, utc_ns


@pytest.fixture
def recorded() -> Path:
    record(recordings_folder() / "desk.journal", steady(utc_ns(2026, 5, 4, 9), 7200))
    return recordings_folder()


def test_it_reads_what_is_new_and_shows_the_day(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history"]) == 0
    said = capsys.readouterr()
    assert "Reading desk.journal" in said.err
    assert "Mon 2026-05-04" in said.out
    assert "too little known" in said.out  # a minute is no share
    assert main(["history", "--json"]) == 0
    said = capsys.readouterr()
    assert said.err == "These are the days of the virtual wearer; your own begin with your own sensor.\n"
    row = json.loads(said.out)
    assert (row["date"], row["upright_share"]) == ("2026-05-04", None)
    assert row["worn_s"] > 60


def test_rebuild_mends_a_damaged_file(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "update"]) == 0
    history_path().write_bytes(b"spoiled" * 1000)
    assert main(["history"]) == 3
    assert "history rebuild" in capsys.readouterr().err
    assert main(["history", "rebuild"]) == 0
    assert main(["history", "--no-update"]) == 0
    assert "2026-05-04" in capsys.readouterr().out


def test_weeks_sessions_and_wearers(capsys: pytest.CaptureFixture[str]) -> None:
    with History(history_path()) as history:
        for k, wearer in enumerate(("ann", "ben")):
            told = chapter(
                dt.date(2026, 5, 4), upright=20, slouched=5, exercises={"inclined-plane": 1.0}, wearer=wearer
            )
            history.put(Identity(wearer, wearer), f"{k}.journal", told)
    assert main(["history"]) == 2
    assert "--wearer" in capsys.readouterr().err
    assert main(["history", "--wearer", "nobody"]) == 2
    assert main(["history", "weeks", "--wearer", "ann"]) == 0
    out = capsys.readouterr().out
    assert "1 of 2 sessions, the inclined plane on 1 of 3 days" in out
    assert "80 % of 25 min" in out
    assert main(["history", "sessions", "--wearer", "ben"]) == 0
    assert "Inclined-Plane" in capsys.readouterr().out
    assert main(["history", "weeks", "--wearer", "ann", "--json", "--since", "2026-05-10"]) == 0
    assert json.loads(capsys.readouterr().out)["monday"] == "2026-05-04"
    assert main(["history", "days", "--wearer", "ann", "--since", "2026-05-05", "--json"]) == 0
    assert capsys.readouterr().out == ""


def test_days_of_the_virtual_wearer_do_not_get_among_a_persons_own(
    recorded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with History(history_path()) as history:
        told = chapter(dt.date(2026, 5, 6), upright=20, slouched=5, wearer="Ann Lee")
        history.put(Identity("ann", "ann"), "own.journal", told)
    for whose in ([], ["--wearer", "Ann Lee"], ["--wearer", "Ann-Lee"]):
        assert main(["history", "--json", *whose]) == 0
        assert json.loads(capsys.readouterr().out)["date"] == "2026-05-06"
    assert main(["history", "--json", "--wearer", "demo"]) == 0
    assert json.loads(capsys.readouterr().out)["date"] == "2026-05-04"


def test_an_empty_history_says_how_it_fills(capsys: pytest.CaptureFixture[str]) -> None:
    for view in ("days", "weeks"):
        assert main(["history", view]) == 0
        assert "empty" in capsys.readouterr().out
    assert main(["history", "sessions"]) == 0
    assert main(["history", "--json"]) == 0


def test_what_cannot_be_shown_is_said(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "--recordings", "nowhere"]) == 3
    assert "There is no folder nowhere." in capsys.readouterr().err
    assert main(["history", "days", "--forget"]) == 2
    assert main(["history", "update"]) == 0
    assert capsys.readouterr().err.endswith("1 recording read.\n")
    assert main(["history", "update"]) == 0
    assert capsys.readouterr().err == "No new recordings.\n"
    for view in ("days", "weeks"):
        assert main(["history", view, "--since", "2030-01-01"]) == 0
        assert capsys.readouterr().out == "Nothing is known from 2030-01-01 on.\n"
