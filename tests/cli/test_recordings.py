"""`recordings`: what there is, is it sound, mend it, let old ones go."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from sensorcoach.cli import main
from sensorcoach.cli.launching import Launch
from sensorcoach.cli.own import own_recordings
from sensorcoach.history import History, history_path, identify, recordings_folder
from sensorcoach.recording import JournalHeader, JournalReader, JournalWriter, SensorHeader
from sensorcoach.recording.glance import LARGE_BYTES
from sensorcoach.recording.journal_format import Item
from sensorcoach.recording.maintenance import journals_in, prune
from sensorcoach.samples import NS, Tick
from sensorcoach.transport.replay import samples
from sensorcoach.transport.virtual import virtual_header

from ..history.chapters import chapter
from ..recording.journals import HEADER, minutes, noise, write_journal

DAY_S = 86_400.0
NOW_S = 1_767_258_000.0


def folder_of(home: Path) -> Path:
    folder = home / "data" / "sensorcoach" / "recordings"
    folder.mkdir(parents=True)
    return folder


def aged(folder: Path, name: str, days: float) -> Path:
    """A journal that was last written so many days ago."""
    path = write_journal(folder / f"{name}.journal", minutes(1))
    for file in path.iterdir():
        os.utime(file, (NOW_S - days * DAY_S,) * 2)
    return path


def keep(path: Path, header: JournalHeader, items: Sequence[Item]) -> Path:
    with JournalWriter(path, header) as writer:
        for item in items:
            writer.append(item)
    return path


def names(journals: list[Path]) -> list[str]:
    return sorted(path.stem for path in journals)


def test_old_ones_go_by_age(tmp_path: Path) -> None:
    for name, days in (("a", 40), ("b", 31), ("c", 29)):
        aged(tmp_path, name, days)
    removed = prune(tmp_path, older_than_s=30 * DAY_S, now_s=NOW_S, dry=True)
    assert names([k.path for k in removed]) == ["a", "b"]
    assert names([k.path for k in journals_in(tmp_path)]) == ["a", "b", "c"]
    prune(tmp_path, older_than_s=30 * DAY_S, now_s=NOW_S)
    assert names([k.path for k in journals_in(tmp_path)]) == ["c"]


def test_the_oldest_go_until_the_rest_fits(tmp_path: Path) -> None:
    for name, days in (("new", 1), ("old", 9), ("older", 10)):
        aged(tmp_path, name, days)
    sizes = [kept.size_bytes for kept in journals_in(tmp_path)]
    removed = prune(tmp_path, most_bytes=sizes[1] + sizes[2], now_s=NOW_S)
    assert names([k.path for k in removed]) == ["older"]
    assert prune(tmp_path, most_bytes=sizes[1] + sizes[2], now_s=NOW_S) == []


def test_what_is_being_written_is_never_touched(tmp_path: Path) -> None:
    with JournalWriter(tmp_path / "now.journal", HEADER) as writer:
        writer.append(Tick(NS, NS))
        writer.flush()
        (kept,) = journals_in(tmp_path)
        assert kept.busy
        assert prune(tmp_path, older_than_s=1.0, most_bytes=0, now_s=NOW_S * 10) == []
    assert len(prune(tmp_path, older_than_s=1.0, now_s=NOW_S * 10)) == 1


def test_nothing_else_in_the_folder_is_touched(tmp_path: Path) -> None:
    aged(tmp_path, "a", 100)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "b.journal").write_text("a file of that name")
    prune(tmp_path, older_than_s=1.0, most_bytes=0, now_s=NOW_S)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.journal", "notes.txt"]


def test_the_list_has_own_ones_and_samples(own_folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recordings"]) == 0
    out = capsys.readouterr().out
    assert "None of your own yet" in out
    assert "desk" in out
    write_journal(folder_of(own_folders) / "monday.journal", minutes(1))
    assert main(["recordings", "list"]) == 0
    assert "monday" in capsys.readouterr().out.split("Samples")[0]


def own_lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert main(["recordings", "list"]) == 0
    lines = capsys.readouterr().out.split("Samples")[0].splitlines()[1:]
    return [re.sub(r"\d+ kB", "99 kB", line) for line in lines]  # that depends on zlib


def test_each_says_when_how_long_who_and_where(own_folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = folder_of(own_folders)
    one = (replace(HEADER.sensors[0], site="chest"),)
    keep(folder / "2023-11-14_23-13-20.journal", replace(HEADER, sensors=one, wearer=""), minutes(1))
    keep(folder / "ann_2023-11-14_23-13-21.journal", replace(HEADER, sensors=one), minutes(5))
    keep(folder / "both.journal", HEADER, minutes(2))
    assert own_lines(capsys) == [
        "  2023-11-14_23-13-20      2023-11-14 23:13         60 s     99 kB  chest",
        "  ann_2023-11-14_23-13-21  2023-11-14 23:13        5 min     99 kB  Ann, chest",
        "  both                     2023-11-14 23:13        2 min     99 kB",
        "    Ann, chest and upper-back",
    ]
    both, ann, mine = list(Launch().recordings())[:3]
    assert mine.about == "2023-11-14 23:13, 60 s, chest"
    assert ann.about == "2023-11-14 23:13, 5 min, Ann, chest"
    assert (both.title, both.name) == ("both", str(folder / "both.journal"))


def test_the_virtual_wearer_has_no_date_and_no_name(own_folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sensor = SensorHeader("chest", "chest", profile={"name": "virtual"})
    keep(folder_of(own_folders) / "try.journal", virtual_header((sensor,), "Ann"), minutes(1))
    (line,) = own_lines(capsys)
    assert line.split() == ["try", "virtual", "wearer", "60", "s", "99", "kB", "chest"]


def test_nothing_false_is_said_of_what_cannot_be_seen(own_folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = folder_of(own_folders)
    strange = replace(
        HEADER, sensors=(replace(HEADER.sensors[0], site=""),), created_wall_ns=0, wearer="\x1b[31mRed" * 9
    )
    cut = keep(folder / "cut.journal", strange, minutes(1)) / "000001.jsonl.gz"
    cut.write_bytes(cut.read_bytes()[:-9])
    (folder / "none.journal").mkdir()
    with JournalWriter(folder / f"{'long' * 9}.journal", HEADER) as writer:
        writer.append(Tick(NS, NS))
        writer.flush()
        lines = own_lines(capsys)
    assert all(len(line) <= 80 and line.isprintable() for line in lines)
    about = {own.name: own.about for own in own_recordings(folder)}
    assert about["none"] == "cannot be read"
    assert about["cut"] == ("[31mRed" * 9)[:40]
    assert "    Ann, chest and upper-back, being written" in lines
    assert f"  {'long' * 9}" in lines


def test_the_length_of_a_long_one_is_taken_from_the_history(own_folders: Path) -> None:
    folder = folder_of(own_folders)
    path = keep(folder / "long.journal", HEADER, noise(300))
    assert (path / "000001.jsonl.gz").stat().st_size > LARGE_BYTES
    told = chapter(dt.date(2026, 5, 4), upright=60, slouched=30)
    with History(history_path()) as history:
        history.put(identify(JournalReader(path)), "long.journal", told)
    assert [own.length for own in own_recordings(folder)] == ["1 h 30 min"]
    with History(history_path()) as history:
        history.put(identify(JournalReader(path)), "long.journal", replace(told, problems=1))
    assert [own.length for own in own_recordings(folder)] == ["5 min"]
    other = keep(folder / "other.journal", replace(HEADER, wearer="Eve"), noise(300))
    os.utime(other / "000001.jsonl.gz", (NOW_S, NOW_S))
    assert [own.length for own in own_recordings(folder, most_unpacked=1)] == ["5 min", ""]
    shutil.rmtree(other)
    history_path().write_bytes(b"no history")
    assert [own.length for own in own_recordings(folder)] == ["5 min"]


def test_damage_is_found_and_mended(own_folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_journal(folder_of(own_folders) / "monday.journal", minutes(2), segment_s=60.0, compress=False)
    segment = path / "000001.jsonl"
    segment.write_bytes(segment.read_bytes()[:-30] + b"###\n")
    assert main(["recordings", "check", "monday"]) == 1
    assert "monday.journal: 1 problem;" in capsys.readouterr().out
    assert main(["recordings", "repair", "monday"]) == 0
    assert "rewrote 000001.jsonl" in capsys.readouterr().out
    assert main(["recordings", "check"]) == 0
    assert "monday.journal: sound;" in capsys.readouterr().out


def test_what_has_no_header_is_no_case_for_repair_and_holds_nothing_up(
    own_folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_of(own_folders)
    path = write_journal(folder / "beheaded.journal", minutes(1), compress=False)
    segment = path / "000001.jsonl"
    segment.write_bytes(segment.read_bytes().split(b"\n", 1)[1])
    write_journal(folder / "plain.journal", minutes(1), compress=False)
    assert main(["recordings", "check"]) == 1
    said = capsys.readouterr()
    assert "no journal header in its first line" in said.out
    assert said.err == "What cannot be read at all cannot be mended either.\n"
    assert main(["recordings", "repair"]) == 1
    out = capsys.readouterr().out
    assert "no journal header" in out
    assert "plain.journal: compressed 000001.jsonl." in out


def test_pruning_by_hand(own_folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = folder_of(own_folders)
    aged(folder, "a", 0)
    assert main(["recordings", "prune", "--larger-than", "0.000001", "--dry-run"]) == 0
    assert "1 would be removed" in capsys.readouterr().err
    assert main(["recordings", "prune", "--older-than", "1"]) == 0
    assert "1 removed" in capsys.readouterr().err
    assert journals_in(folder) == []


@pytest.mark.parametrize(
    "arguments",
    [["prune"], ["prune", "a", "--older-than", "3"], ["list", "--older-than", "3"], ["check", "nobody"], ["list", "a"]],
)
def test_what_makes_no_sense_is_said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recordings", *arguments]) in (2, 3)
    assert capsys.readouterr().err.count("\n") == 1


def test_what_is_lost_is_not_called_mended(own_folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_journal(folder_of(own_folders) / "a.journal", [*minutes(1), Tick(2 * 3600 * NS, NS)])
    next(iter(sorted(path.iterdir()))).unlink()
    assert main(["recordings", "check"]) == 1
    assert "Mend what can be mended" in capsys.readouterr().err
    assert main(["recordings", "repair"]) == 0
    assert "what is lost cannot be mended" in capsys.readouterr().out


def test_own_recordings_go_by_the_name_that_the_list_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = recordings_folder()
    folder.mkdir(parents=True)
    shutil.copytree(next(path for path in samples() if path.stem == "paced"), folder / "mine.journal")
    monkeypatch.chdir(tmp_path)
    assert main(["recordings", "list"]) == 0
    assert "mine" in capsys.readouterr().out
    assert main(["analyze", "mine", "-o", "out.csv"]) == 0
    assert len((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()) > 400
    assert main(["report", "mine"]) == 0
    assert (tmp_path / "mine-report.html").exists()
    assert main(["replay", "nobody", "--mode", "silent"]) != 0
    assert "There is no recording called nobody" in capsys.readouterr().err
