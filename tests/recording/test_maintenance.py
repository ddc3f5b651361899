import gzip
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensorcoach.errors import InputError, OutputError
from sensorcoach.events import Mark
from sensorcoach.recording import JournalReader, JournalWriter
from sensorcoach.recording.maintenance import check, repair
from sensorcoach.samples import NS

from .journals import HEADER, REPEATABLE, minutes, write_journal

ITEMS = minutes(1, rate=2)


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


def test_a_journal_that_is_being_written_can_be_checked_but_not_repaired(tmp_path):
    items = minutes(1)
    with JournalWriter(tmp_path / "a.journal", HEADER, segment_s=20.0) as writer:
        for item in items:
            writer.append(item)
        writer.flush()
        report = check(writer.folder)
        assert report.packets == 600
        assert not report.closed
        with pytest.raises(OutputError, match="is being written right now"):
            repair(writer.folder)
    assert list(JournalReader(writer.folder)) == items
    assert repair(writer.folder) == ()


@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.sampled_from(["cut", "spoil", "head"]), st.floats(0.0, 1.0), st.booleans()),
        max_size=3,
    )
)
@settings(REPEATABLE, max_examples=25)
def test_whatever_happened_repair_keeps_what_could_be_read_and_leaves_a_sound_journal(faults):
    with tempfile.TemporaryDirectory() as place:
        folder = write_journal(Path(place) / "a.journal", ITEMS, segment_s=20.0, compress=False)
        for number, kind, where, packed in faults:
            path = folder / f"00000{number}.jsonl"
            if not path.exists():
                continue
            content = path.read_bytes()
            at = round(where * len(content))
            if packed:
                path.unlink()
                path, content = path.with_name(path.name + ".gz"), gzip.compress(content, mtime=0)
                at = round(where * len(content))
            spoiled = {"cut": content[:at], "spoil": content[:at] + b"\xff{" + content[at + 2 :], "head": content[at:]}
            path.write_bytes(spoiled[kind])
        try:
            before = list(JournalReader(folder))
        except InputError:
            return
        repair(folder)
        assert list(JournalReader(folder)) == before
        assert all("of a kind this version does not know" in p.what for p in check(folder).problems)
        assert repair(folder) == ()


def test_without_any_header_there_is_nothing_to_go_by(tmp_path):
    (tmp_path / "000001.jsonl").write_text('{"t":1,"c":"imu","d":""}\n')
    with pytest.raises(InputError, match="no journal header"):
        repair(tmp_path)
    assert os.listdir(tmp_path) == ["000001.jsonl"]
