import gzip
import os

import pytest

from sensorcoach.errors import InputError
from sensorcoach.events import Mark
from sensorcoach.recording import JournalReader
from sensorcoach.recording.maintenance import check, repair
from sensorcoach.samples import NS

from .journals import HEADER, minutes, write_journal


def test_check_counts_what_is_there(tmp_path):
    report = check(write_journal(tmp_path / "a.journal", minutes(3), segment_s=60.0))
    assert (report.segments, report.packets, report.ticks, report.commands) == (3, 1800, 180, 3)
    assert report.header == HEADER
    assert (report.first_ns, report.last_ns) == (0, 179 * NS + 9 * NS // 10)
    assert report.closed
    assert report.problems == ()
    assert report.size_bytes == sum(p.stat().st_size for p in (tmp_path / "a.journal").iterdir())


def test_repair_keeps_every_readable_line_and_the_damaged_files(tmp_path):
    items = minutes(5)
    folder = write_journal(tmp_path / "a.journal", items, segment_s=60.0, compress=False)
    spoil = {n: folder / f"00000{n}.jsonl" for n in range(1, 6)}
    spoil[1].write_bytes(spoil[1].read_bytes().partition(b"\n")[2])  # no header
    spoil[2].write_bytes(spoil[2].read_bytes().replace(b'"k":"command"', b'"k":"comm\xff', 1))
    packed = gzip.compress(spoil[3].read_bytes())
    spoil[3].unlink()
    (folder / "000003.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    spoil[5].write_bytes(spoil[5].read_bytes()[:-7])
    (folder / ".000002.jsonl.gz.part").write_bytes(b"half")
    (folder / "truth.csv").write_text("t_s\n")
    damaged = check(folder)
    before = list(JournalReader(folder))
    assert damaged.problems
    assert not damaged.closed

    done = repair(folder)

    assert len(done) == 1 + 4 + 5
    after = check(folder)
    assert after.problems == ()
    assert after.closed
    assert list(JournalReader(folder)) == before
    assert set(before) < set(items)
    assert Mark(90 * NS, "minute 1") not in before
    assert len(os.listdir(folder / "damaged")) == 4
    assert (folder / "truth.csv").exists()
    assert repair(folder) == ()


def test_repair_does_nothing_to_a_sound_journal(tmp_path):
    folder = write_journal(tmp_path / "a.journal", minutes(2), segment_s=60.0)
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    assert repair(folder) == ()
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_repair_finishes_an_interrupted_compression(tmp_path):
    items = minutes(1)
    folder = write_journal(tmp_path / "a.journal", items, compress=False)
    (folder / "000001.jsonl.gz").write_bytes(gzip.compress((folder / "000001.jsonl").read_bytes())[:100])
    repair(folder)
    assert os.listdir(folder) == ["000001.jsonl.gz"]
    assert list(JournalReader(folder)) == items


def test_repairing_twice_damaged_files_keeps_both(tmp_path):
    folder = write_journal(tmp_path / "a.journal", minutes(1), compress=False)
    for _ in range(2):
        repair(folder)
        plain = gzip.decompress((folder / "000001.jsonl.gz").read_bytes())
        (folder / "000001.jsonl.gz").write_bytes(gzip.compress(plain + b"torn"))
    repair(folder)
    assert len(os.listdir(folder / "damaged")) == 2


def test_without_any_header_there_is_nothing_to_go_by(tmp_path):
    (tmp_path / "000001.jsonl").write_text('{"t":1,"c":"imu","d":""}\n')
    with pytest.raises(InputError, match="no journal header"):
        repair(tmp_path)
    assert os.listdir(tmp_path) == ["000001.jsonl"]
