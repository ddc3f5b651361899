import json
import os
import stat
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from sensorcoach.errors import InputError, OutputError
from sensorcoach.events import COMMANDS, Mark
from sensorcoach.recording import JournalReader, JournalWriter, Note
from sensorcoach.recording.journal_format import VERSION, decode_item, encode_header, encode_item
from sensorcoach.samples import NS, Packet, Tick

from .journals import HEADER, ITEMS, REPEATABLE, minutes, write_journal


@given(ITEMS)
@REPEATABLE
def test_every_item_survives_its_line(items):
    for item in items:
        line = encode_item(item, HEADER.default_sensor, HEADER.packable())
        assert line.endswith(b"\n")
        assert line.count(b"\n") == 1
        assert decode_item(line, HEADER) == item


@given(ITEMS)
@settings(REPEATABLE, max_examples=25)
def test_journal_gives_back_what_it_was_given(items):
    with tempfile.TemporaryDirectory() as folder:
        reader = JournalReader(write_journal(Path(folder) / "a.journal", items, segment_s=1e9))
        assert list(reader) == items
        assert reader.header == HEADER
        assert not list(reader.problems)


def test_the_generic_format_covers_every_command():
    assert {"calibrate", "set_pacer", "mark", "snooze"} <= set(COMMANDS)
    for command in COMMANDS.values():
        assert "t_ns" in command.__dataclass_fields__


@pytest.mark.parametrize("compress", [True, False])
def test_segments_turn_over_at_whole_hours_of_stream_time(tmp_path, compress):
    items = minutes(3)
    folder = write_journal(tmp_path / "a.journal", items, segment_s=60.0, compress=compress)
    ending = ".jsonl.gz" if compress else ".jsonl"
    assert sorted(os.listdir(folder)) == [f"00000{n}{ending}" for n in (1, 2, 3)]
    reader = JournalReader(folder)
    assert list(reader) == items
    assert not list(reader.problems)
    middle = JournalReader(folder / f"000002{ending}")
    assert list(middle) == [item for item in items if 60 * NS <= item.t_ns < 120 * NS]
    assert middle.header == HEADER
    assert not list(middle.problems)


def test_the_bytes_depend_on_the_items_alone(tmp_path):
    one = write_journal(tmp_path / "one.journal", minutes(2), segment_s=60.0)
    two = write_journal(tmp_path / "two.journal", minutes(2), segment_s=60.0)
    assert [p.read_bytes() for p in sorted(one.iterdir())] == [p.read_bytes() for p in sorted(two.iterdir())]


def test_batches_hold_the_same_items_in_the_same_order(tmp_path):
    items = minutes(3)
    reader = JournalReader(write_journal(tmp_path / "a.journal", items, segment_s=60.0))
    for max_items in (1, 7, 500, 10_000):
        batches = list(reader.batches(max_items))
        assert [item for batch in batches for item in batch.items()] == items
        assert max(len(b.t_ns) + len(b.ticks) + len(b.commands) for b in batches) <= max_items


def test_columns_of_a_batch(tmp_path):
    items = [Mark(5, "m"), Packet(10, "chest", "imu", b"ab"), Tick(11, 12, 0), Packet(13, "upper-back", "rr", b"")]
    (batch,) = JournalReader(write_journal(tmp_path / "a.journal", items)).batches()
    assert batch.commands == (Mark(5, "m"),)
    assert batch.t_ns.dtype == np.int64
    assert batch.t_ns.tolist() == [10, 13]
    assert batch.payloads == [b"ab", b""]
    assert [batch.streams[n] for n in batch.stream] == [("chest", "imu"), ("upper-back", "rr")]
    assert batch.ticks == (Tick(11, 12, 0),)
    assert batch.ticks_after.tolist() == [1]


def test_commands_stand_at_the_front_of_a_batch(tmp_path):
    items = [Packet(1, "chest", "imu", b"a"), Mark(2, "x"), Mark(3, "y"), Packet(4, "chest", "imu", b"b")]
    batches = list(JournalReader(write_journal(tmp_path / "a.journal", items)).batches())
    assert [len(b.commands) for b in batches] == [0, 2]
    assert [b.t_ns.tolist() for b in batches] == [[1], [4]]


def test_a_packet_of_the_first_sensor_does_not_name_it():
    assert json.loads(encode_item(Packet(1, "chest", "imu", b"\x01"), "chest")) == {"t": 1, "c": "imu", "d": "AQ=="}
    assert json.loads(encode_item(Packet(1, "back", "imu", b""), "chest")) == {"t": 1, "s": "back", "c": "imu", "d": ""}


def test_notes_are_kept_apart(tmp_path):
    with JournalWriter(tmp_path / "a.journal", HEADER) as writer:
        writer.append(Note(3, "strap changed"))
    reader = JournalReader(tmp_path / "a.journal")
    assert list(reader) == []
    assert reader.notes == [Note(3, "strap changed")]


def test_only_the_owner_may_read(tmp_path):
    folder = write_journal(tmp_path / "deep" / "a.journal", minutes(2), segment_s=60.0)
    with JournalWriter(tmp_path / "open.journal", HEADER) as writer:
        files = [*folder.iterdir(), *writer.folder.iterdir()]
        assert len(files) == 3
        assert {stat.S_IMODE(p.stat().st_mode) for p in files} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_journal_is_never_overwritten(tmp_path):
    folder = write_journal(tmp_path / "a.journal", minutes(1))
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    with pytest.raises(OutputError, match="exists already"):
        JournalWriter(folder, HEADER)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_lines_of_a_newer_minor_version_are_passed_by(tmp_path):
    path = tmp_path / "000001.jsonl"
    newer = encode_header(HEADER, 1).replace(b'"2.0"', b'"2.7"')
    path.write_bytes(
        newer
        + b'{"t":1,"k":"weather","rain":true}\n'
        + b'{"t":2,"k":"command","command":"sing","song":"x"}\n'
        + b'{"t":3,"k":"command","command":"mark","label":"kept","colour":"red"}\n'
        + b'{"t":4,"c":"imu","d":"AQ==","rssi":-70}\n'
    )
    reader = JournalReader(path)
    assert list(reader) == [Mark(3, "kept"), Packet(4, "chest", "imu", b"\x01")]
    (problem,) = reader.problems
    assert "2 lines of a kind" in problem.what


def test_a_journal_of_the_first_version_is_read(tmp_path):
    """Written out as version 1.0 wrote it: every payload as it came, and nobody named."""
    path = tmp_path / "000001.jsonl"
    path.write_bytes(
        b'{"format":"sensorcoach-journal","version":"1.0","segment":1,"created_wall_ns":5,"utc_offset_s":60,'
        b'"origin_wall_ns":4,"writer":"sensorcoach 0.1.0","sensors":[{"name":"chest","site":"chest","device_name":"D",'
        b'"address":"A","profile":{},"params":{}}]}\n{"t":1,"c":"imu","d":"AQI="}\n'
    )
    reader = JournalReader(path)
    assert list(reader) == [Packet(1, "chest", "imu", b"\x01\x02")]
    assert (reader.header.wearer, reader.header.created_wall_ns) == ("", 5)
    assert not list(reader.problems)


def test_a_newer_major_version_is_refused(tmp_path):
    path = tmp_path / "000001.jsonl"
    path.write_bytes(encode_header(HEADER, 1).replace(b'"2.0"', b'"%d.0"' % (VERSION[0] + 1)))
    with pytest.raises(InputError, match=r"version 3\.0; this sensorcoach reads up to version 2") as caught:
        JournalReader(path)
    assert "Update" in caught.value.advice


def test_the_reader_in_the_description_of_the_format_works(tmp_path, monkeypatch, capsys):
    write_journal(tmp_path / "morning.journal", minutes(2), segment_s=60.0)
    monkeypatch.chdir(tmp_path)
    text = (Path(__file__).parents[2] / "docs" / "journal-format.md").read_text(encoding="utf-8")
    exec(text.split("```python\n")[1].split("```")[0], {})
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 1200
    assert printed[13] == "1.3 chest imu " + (13).to_bytes(4, "little").hex() * 5
