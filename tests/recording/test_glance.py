"""A journal at a glance says what reading it would say, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from sensorcoach.recording import JournalWriter, Note
from sensorcoach.recording.glance import LARGE_BYTES, Glance, glance
from sensorcoach.recording.maintenance import check
from sensorcoach.samples import NS, Packet, Tick

from .journals import HEADER, minutes, noise, write_journal


@pytest.mark.parametrize("compress", [True, False])
@pytest.mark.parametrize("segment_s", [60.0, 3600.0])
def test_it_says_what_a_check_says(tmp_path: Path, compress: bool, segment_s: float) -> None:
    path = write_journal(tmp_path / "a.journal", minutes(3)[7:], segment_s=segment_s, compress=compress)
    report = check(path)
    assert glance(path) == Glance(HEADER, (report.last_ns - report.first_ns) / NS)
    assert report.last_ns > 179 * NS


def test_one_that_is_being_written(tmp_path: Path) -> None:
    with JournalWriter(tmp_path / "a.journal", HEADER, segment_s=10.0) as writer:
        assert glance(writer.folder) == Glance(HEADER, None)
        for second in range(10):
            writer.append(Tick(second * NS, NS))
        writer.flush()
        assert glance(writer.folder).length_s == 9.0
        segment = writer.folder / "000001.jsonl"
        with segment.open("ab") as file:
            file.write(b'{"t":99000000')  # half a line
        assert glance(writer.folder).length_s == 9.0


def test_a_segment_that_has_just_begun_is_passed_by(tmp_path: Path) -> None:
    path = write_journal(tmp_path / "a.journal", minutes(2), segment_s=60.0, compress=False)
    first = (path / "000001.jsonl").read_bytes()
    (path / "000003.jsonl").write_bytes(first[: first.index(b"\n") + 1])
    assert glance(path).length_s == pytest.approx(119.9)


def test_the_last_lines_of_a_long_segment_are_found(tmp_path: Path) -> None:
    items = [Packet(n * NS, "chest", "imu", bytes(range(256)) * 16) for n in range(60)]
    path = write_journal(tmp_path / "a.journal", [*items, Note(60 * NS, "the end")], compress=False)
    assert (path / "000001.jsonl").stat().st_size > 200_000
    assert glance(path).length_s == 60.0


def test_others_are_asked_before_much_is_unpacked(tmp_path: Path) -> None:
    small = write_journal(tmp_path / "small.journal", minutes(1))
    assert glance(small, lambda reader: 7.0).length_s == pytest.approx(59.9)
    large = write_journal(tmp_path / "large.journal", noise(300))
    assert (large / "000001.jsonl.gz").stat().st_size > LARGE_BYTES
    assert glance(large, lambda reader: 7.0).length_s == 7.0
    assert glance(large).length_s == 300.0
    assert glance(large, unpack=False) == Glance(HEADER, None)
    assert glance(large, lambda reader: 7.0, unpack=False).length_s == 7.0
    assert glance(small, unpack=False).length_s == pytest.approx(59.9)


def test_of_a_damaged_one_nothing_false_is_said(tmp_path: Path) -> None:
    gone = write_journal(tmp_path / "gone.journal", minutes(3), segment_s=60.0)
    (gone / "000001.jsonl.gz").unlink()
    cut = write_journal(tmp_path / "cut.journal", minutes(1))
    segment = cut / "000001.jsonl.gz"
    segment.write_bytes(segment.read_bytes()[:-20])
    spoiled = write_journal(tmp_path / "spoiled.journal", minutes(1), compress=False)
    with (spoiled / "000001.jsonl").open("ab") as file:
        file.write(b"###\n")
    for path in (gone, cut, spoiled):
        assert glance(path, lambda reader: 1.0) == Glance(HEADER, None)


def test_what_is_no_journal(tmp_path: Path) -> None:
    folder = tmp_path / "a.journal"
    folder.mkdir()
    assert glance(folder) == Glance()
    (folder / "000001.jsonl").write_bytes(b"")
    assert glance(folder) == Glance()
    (folder / "000001.jsonl").write_bytes(b'{"t":1}\n')
    assert glance(folder) == Glance()
