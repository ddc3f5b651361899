"""Keeping up with the folder of recordings; making everything anew gives the same."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sensorcoach.history import History, derive, identify, read_days, rebuild, recorded_s, update, wearers
from sensorcoach.recording import JournalReader
from sensorcoach.recording.journal_writer import compress_segment
from sensorcoach.samples import NS
from sensorcoach.transport.setup import setup_from_header

from .chapters import record, steady, utc_ns

WEARER = "demo"
MORNING = utc_ns(2026, 5, 4, 7)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two recordings of the same day, one in a folder within, and one over midnight."""
    (tmp_path / "recordings" / "ann").mkdir(parents=True)
    record(tmp_path / "recordings" / "b.journal", steady(MORNING, 7200))
    record(tmp_path / "recordings" / "ann" / "a.journal", steady(utc_ns(2026, 5, 4, 8), 7200))
    record(tmp_path / "recordings" / "c.journal", steady(utc_ns(2026, 5, 4, 21, 59, 30), 7200))
    return tmp_path / "recordings"


def test_update_reads_what_is_new_and_nothing_twice(folder: Path, tmp_path: Path) -> None:
    told: list[str] = []
    with History(tmp_path / "h.sqlite3") as history:
        first = update(history, folder, setup_from_header, told=told.append)
        assert first.read == ("ann/a.journal", "b.journal", "c.journal")
        assert len(told) == 3
        assert update(history, folder, setup_from_header).read == ()
        assert [day.date.day for day in read_days(history, WEARER)] == [4, 5]


def test_rebuild_gives_the_same_content_as_updates_one_by_one(folder: Path, tmp_path: Path) -> None:
    with History(tmp_path / "one.sqlite3") as grown, History(tmp_path / "two.sqlite3") as fresh:
        aside = tmp_path / "aside"
        aside.mkdir()
        for name in ("c.journal", "b.journal"):
            shutil.move(folder / name, aside / name)
        for name in ("c.journal", "b.journal", None):
            update(grown, folder, setup_from_header)
            if name:
                shutil.move(aside / name, folder / name)
        before = list(grown.content())
        rebuild(grown, folder, setup_from_header)
        rebuild(fresh, folder, setup_from_header)
        assert before == list(grown.content()) == list(fresh.content())


def test_a_journal_is_known_by_its_content(folder: Path, tmp_path: Path) -> None:
    with History(tmp_path / "h.sqlite3") as history:
        update(history, folder, setup_from_header)
        shutil.move(folder / "b.journal", folder / "renamed.journal")
        shutil.copytree(folder / "renamed.journal", folder / "same again.journal")
        assert update(history, folder, setup_from_header).read == ()
        assert [known.name for known in history.known()] == ["ann/a.journal", "c.journal", "renamed.journal"]


def test_a_name_can_say_who_wore_it(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    record(folder / "b.journal", steady(MORNING), sensor="strap")
    with History(tmp_path / "h.sqlite3") as history:
        update(history, folder, setup_from_header)
        shutil.move(folder / "b.journal", folder / "ann_2026-05-04_09-00-00.journal")
        assert update(history, folder, setup_from_header).read == ("ann_2026-05-04_09-00-00.journal",)
        assert len(read_days(history, "ann")) == 1
        assert wearers(history) == ["ann"]


def test_what_the_virtual_wearer_does_under_a_persons_name_is_not_theirs(tmp_path: Path) -> None:
    """Trying a session or a watch with a client beside one leaves the client's days as they are."""
    folder = tmp_path / "recordings"
    record(folder / "ann_2026-05-04_09-00-00.journal", steady(MORNING), wearer="ann")
    record(folder / "hers.journal", steady(MORNING), wearer="ann", sensor="strap", seconds=40)
    with History(tmp_path / "h.sqlite3") as history:
        update(history, folder, setup_from_header)
        assert wearers(history) == ["ann", WEARER]
        (day,) = read_days(history, "ann")
        assert day.worn_s <= 40
        # A history of an older version, where it stood among hers, is put right by the next update.
        for known in history.known():
            if known.wearer == WEARER:
                reader = JournalReader(folder / known.name)
                told = derive(reader, [setup_from_header(sensor, "") for sensor in reader.header.sensors])
                history.put(known.identity, known.name, replace(told, wearer="ann"))
        assert wearers(history) == ["ann"]
        assert len(update(history, folder, setup_from_header).read) == 1
        assert wearers(history) == ["ann", WEARER]


def test_the_length_of_a_recording_is_that_of_its_stream_whatever_the_clock(tmp_path: Path) -> None:
    def set_back(t_ns: int) -> tuple[int, int]:
        return (MORNING + t_ns - (3600 * NS if t_ns > 30 * NS else 0), 0)

    folder = tmp_path / "recordings"
    record(folder / "a.journal", set_back)
    with History(tmp_path / "h.sqlite3") as history:
        update(history, folder, setup_from_header)
        (seconds,) = recorded_s(history).values()
    assert seconds == pytest.approx(70, abs=2)


def test_compression_changes_no_identity(tmp_path: Path) -> None:
    path = record(tmp_path / "a.journal", steady(MORNING), seconds=20, compress=False)
    plain = identify(JournalReader(path))
    compress_segment(path, 1)
    assert list(path.glob("*.gz"))
    assert identify(JournalReader(path)) == plain


def test_a_recording_that_grew_is_read_again_in_place_of_the_shorter(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    record(folder / "a.journal", steady(MORNING), seconds=70, compress=False)
    segment = folder / "a.journal" / "000001.jsonl"
    whole = segment.read_bytes()
    with History(tmp_path / "h.sqlite3") as history:
        segment.write_bytes(b"".join(whole.splitlines(keepends=True)[:150]))
        update(history, folder, setup_from_header)
        before = read_days(history, WEARER)[0].worn_s
        segment.write_bytes(whole)
        assert update(history, folder, setup_from_header).read == ("a.journal",)
        assert len(history.known()) == 1
        assert read_days(history, WEARER)[0].worn_s > before + 20


def test_days_of_a_pruned_recording_stay_until_told_otherwise(folder: Path, tmp_path: Path) -> None:
    with History(tmp_path / "h.sqlite3") as history:
        update(history, folder, setup_from_header)
        shutil.rmtree(folder / "c.journal")
        assert update(history, folder, setup_from_header).kept == ("c.journal",)
        assert rebuild(history, folder, setup_from_header).kept == ("c.journal",)
        assert len(read_days(history, WEARER)) == 2
        assert rebuild(history, folder, setup_from_header, forget=True).kept == ()
        assert len(read_days(history, WEARER)) == 1


def test_what_is_no_journal_is_left_out_with_a_sentence(folder: Path, tmp_path: Path) -> None:
    (folder / "empty.journal").mkdir()
    (folder / "odd.journal").mkdir()
    (folder / "odd.journal" / "000001.jsonl").write_text('{"what": "is this"}\n')
    with History(tmp_path / "h.sqlite3") as history:
        outcome = update(history, folder, setup_from_header)
    assert len(outcome.read) == 3
    assert len(outcome.skipped) == 2
    assert all("left out" in sentence for sentence in outcome.skipped)


def test_a_flight_and_the_end_of_summer_time(tmp_path: Path) -> None:
    """The hour that comes twice counts twice, and a day that a flight makes longer is one day."""
    start = utc_ns(2026, 10, 25, 0, 59, 40)
    record(tmp_path / "r" / "dst.journal", lambda t: (start + t, 7200 if t < 20_000_000_000 else 3600))
    landed = utc_ns(2026, 6, 1, 21, 59, 40)
    record(tmp_path / "r" / "flight.journal", lambda t: (landed + t, 7200 if t < 40_000_000_000 else -14400))
    with History(tmp_path / "h.sqlite3") as history:
        update(history, tmp_path / "r", setup_from_header)
        days = {day.date.isoformat(): day.worn_s for day in read_days(history, WEARER)}
        dst = history.chosen_minutes(WEARER, "2026-10-25")
    assert {(row["minute_utc"] * 60 + row["utc_offset_s"]) // 60 % 1440 for row in dst} == {179, 120}  # 02:59, 02:00
    assert set(days) == {"2026-10-25", "2026-06-01", "2026-06-02"}  # midnight came, and went again
    assert days["2026-06-02"] <= 20
