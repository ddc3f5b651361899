import gzip
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sensorcoach.errors import InputError
from sensorcoach.recording import JournalReader, load_source
from sensorcoach.recording.journal_format import Item, decode_item, encode_header, encode_item
from sensorcoach.recording.problems import MOST_LISTED
from sensorcoach.samples import Packet, Tick

from .journals import HEADER, REPEATABLE, minutes, write_journal

ITEMS = minutes(1, rate=2)
HEAD = encode_header(HEADER, 1)
LINES = [encode_item(item, "chest") for item in ITEMS]
WHOLE = HEAD + b"".join(LINES)


def read(content: bytes, name: str = "000001.jsonl") -> tuple[list[Item], list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        reader = JournalReader(path)
        return list(reader), [str(p) for p in reader.problems]


def whole_lines(content: bytes) -> list[Item]:
    """What the lines of a cut file hold, found in the plainest way."""
    found = []
    for line in content.split(b"\n")[1:]:
        try:
            found.append(decode_item(line, HEADER))
        except ValueError:
            continue
    return found


@given(st.integers(len(HEAD) - 1, len(WHOLE)))
@example(len(HEAD) - 1)
@example(len(HEAD))
@example(len(WHOLE) - 1)
@REPEATABLE
def test_cut_anywhere_every_whole_line_is_read(cut):
    items, problems = read(WHOLE[:cut])
    complete = WHOLE[:cut].count(b"\n") - 1
    assert items[: max(complete, 0)] == ITEMS[: max(complete, 0)]
    assert len(items) - max(complete, 0) in (0, 1)  # one more where only the line feed is missing
    torn = cut > len(HEAD) and WHOLE[cut - 1 : cut + 1] != b"}\n" and WHOLE[cut - 1 : cut] != b"\n"
    assert len(problems) == torn
    assert all("cut off" in problem for problem in problems)


@given(st.integers(0, len(HEAD) - 2))
@REPEATABLE
def test_cut_within_the_only_header(cut):
    with pytest.raises(InputError, match="is empty" if cut == 0 else "no journal header"):
        read(WHOLE[:cut])


PACKED = gzip.compress(WHOLE, mtime=0)


@given(st.integers(500, len(PACKED) - 1))
@REPEATABLE
def test_a_truncated_gzip_gives_everything_that_can_be_unpacked(cut):
    items, problems = read(PACKED[:cut], "000001.jsonl.gz")
    assert items == ITEMS[: len(items)]
    assert problems
    assert "cut short" in problems[-1]
    if cut > len(PACKED) - 9:  # only the checksum is missing
        assert items == ITEMS


def test_a_spoiled_gzip_gives_what_stands_before_the_fault():
    items = minutes(30)
    packed = bytearray(gzip.compress(HEAD + b"".join(encode_item(i, "chest") for i in items), mtime=0))
    middle = len(packed) // 2
    packed[middle : middle + 200] = bytes(200)
    got, problems = read(bytes(packed), "000001.jsonl.gz")
    assert len(got) > len(items) // 4
    same = sum(a == b for a, b in zip(got, items, strict=False))
    assert same > len(items) // 4
    assert any("damaged" in problem for problem in problems)


def test_gzip_members_one_after_another_are_one_file():
    parts = gzip.compress(HEAD + LINES[0]) + gzip.compress(b"".join(LINES[1:]))
    assert read(parts, "000001.jsonl.gz") == (ITEMS, [])


@given(st.lists(st.tuples(st.integers(len(HEAD), len(WHOLE) - 1), st.binary(min_size=1, max_size=30)), max_size=4))
@REPEATABLE
def test_overwritten_bytes_cost_only_their_lines(writes):
    content = bytearray(WHOLE)
    for at, written in writes:
        content[at : at + len(written)] = written[: len(content) - at]
    items, _ = read(bytes(content))
    assert items == [item for item in whole_lines(bytes(content)) if item is not None]


@given(st.binary(max_size=300))
@REPEATABLE
def test_random_bytes_are_refused_or_reported(noise):
    items, _ = read(WHOLE + noise)
    assert items[: len(ITEMS)] == ITEMS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "000001.jsonl"
        path.write_bytes(noise)
        with pytest.raises(InputError):
            JournalReader(path)
        with pytest.raises(InputError):
            load_source(path)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"[1,2]", "not a JSON object"),
        (b"[" * 100_000, "not readable as JSON"),
        (b'{"t":1', "not readable as JSON"),
        (b"\xff\xfe", "not readable as JSON"),
        (b'{"t":1.5,"c":"imu","d":""}', "no whole number"),
        (b'{"t":99999999999999999999,"c":"imu","d":""}', "no whole number"),
        (b'{"c":"imu","d":""}', "no whole number"),
        (b'{"t":1,"c":"imu","d":"A"}', "not base64"),
        (b'{"t":1,"c":"imu","d":"\\u00e9"}', "not base64"),
        (b'{"t":1,"c":7,"d":""}', "without channel"),
        (b'{"t":1,"c":"imu","z":5,"r":[2,3]}', "without channel"),
        (b'{"t":1,"c":"imu","z":"AQIDBA=="}', "where its rows are"),
        (b'{"t":1,"c":"imu","z":"AQIDBA==","r":[2,true]}', "where its rows are"),
        (b'{"t":1,"c":"imu","z":"AQIDBA==","r":[2,3]}', "too short for its rows"),
        (b'{"t":1,"c":"imu","z":"AQIDBA==","r":[-2,1]}', "too short for its rows"),
        (b'{"t":1,"c":"imu","z":"AQIDBA==","r":[0,0]}', "too short for its rows"),
        (b'{"t":1,"d":""}', "without channel"),
        (b'{"t":1,"s":"knee","c":"imu","d":""}', "the header does not name"),
        (b'{"t":1,"s":["chest"],"c":"imu","d":""}', "the header does not name"),
        (b'{"t":1,"k":"tick","w":"x","o":0}', "no whole number"),
        (b'{"t":1,"k":"command","command":"snooze"}', "'duration_s' is missing"),
        (b'{"t":1,"k":"command","command":"snooze","duration_s":"x"}', "'duration_s' is not"),
        (b'{"t":1,"k":"command","command":"snooze","duration_s":NaN}', "'duration_s' is not"),
        (b'{"t":1,"k":"command","command":"calibrate","sensor":"chest","up":[1,2]}', "'up' is not"),
        (b'{"t":1}', "neither a packet"),
        (b"", "not readable as JSON"),
    ],
)
def test_a_bad_line_is_skipped_and_named(line, what):
    items, problems = read(HEAD + LINES[0] + line + b"\n" + LINES[1])
    assert items == ITEMS[:2]
    (problem,) = problems
    assert problem.startswith("000001.jsonl, line 3: skipped: ")
    assert what in problem


def test_faults_in_a_row_are_one_problem():
    _, problems = read(HEAD + b"x\n" * 50 + LINES[0])
    assert problems == ["000001.jsonl, line 2: skipped: not readable as JSON (lines 2 to 51)"]


def test_a_header_with_numbers_beyond_all_bounds_is_none(tmp_path):
    path = tmp_path / "000001.jsonl"
    path.write_bytes(encode_header(HEADER, 1).replace(b"2.5", b"1e999") + LINES[0])
    with pytest.raises(InputError, match="no journal header"):
        JournalReader(path)


def test_the_list_of_problems_is_bounded():
    _, problems = read(HEAD + (b"x\n" + LINES[0]) * 3 * MOST_LISTED)
    assert len(problems) == MOST_LISTED + 1
    assert f"{2 * MOST_LISTED} more" in problems[-1]


def test_a_line_without_end_does_not_fill_the_memory():
    items, problems = read(HEAD + LINES[0] + b"\0" * (9 << 20) + b"\n" + LINES[1])
    assert items == ITEMS[:2]
    assert problems == ["000001.jsonl, line 3: skipped: not readable as JSON"]


def test_missing_and_spoiled_segments_are_reported_and_the_rest_is_read(tmp_path):
    items = minutes(6)
    folder = write_journal(tmp_path / "a.journal", items, segment_s=60.0)
    (folder / "000002.jsonl.gz").unlink()
    (folder / "000003.jsonl.gz").unlink()
    (folder / "000005.jsonl.gz").write_bytes(b"")
    (folder / "truth.csv").write_text("t_s,rate\n")
    (folder / "notes.jsonl.bak").write_text("?")
    reader = JournalReader(folder)
    assert list(reader) == [i for i in items if i.t_ns // 60_000_000_000 in (0, 3, 5)]
    said = [str(p) for p in reader.problems]
    assert said[0] == "000004.jsonl.gz: segments 2 to 3 are missing before this one"
    assert any(p.startswith("000005.jsonl.gz: ") for p in said)


def test_a_lost_header_is_replaced_by_that_of_another_segment(tmp_path):
    items = minutes(2)
    folder = write_journal(tmp_path / "a.journal", items, segment_s=60.0, compress=False)
    first = folder / "000001.jsonl"
    first.write_bytes(first.read_bytes().partition(b"\n")[2])
    reader = JournalReader(folder)
    assert reader.header == HEADER
    assert list(reader) == items
    assert [(p.file, p.line) for p in reader.problems] == [("000001.jsonl", 1)]


def test_a_segment_of_another_journal_is_noticed(tmp_path):
    folder = write_journal(tmp_path / "a.journal", minutes(2), segment_s=60.0, compress=False)
    second = folder / "000002.jsonl"
    second.write_bytes(second.read_bytes().replace(b"AA:BB", b"CC:DD", 1))
    reader = JournalReader(folder)
    list(reader)
    assert ["differs" in p.what for p in reader.problems] == [True]


def test_both_forms_of_a_segment_count_once(tmp_path):
    items = minutes(1)
    folder = write_journal(tmp_path / "a.journal", items, compress=False)
    (folder / "000001.jsonl.gz").write_bytes(gzip.compress((folder / "000001.jsonl").read_bytes()))
    assert list(JournalReader(folder)) == items


def test_a_segment_compressed_while_reading_is_still_found(tmp_path):
    items = minutes(2)
    folder = write_journal(tmp_path / "a.journal", items, segment_s=60.0, compress=False)
    reader = JournalReader(folder)
    second = folder / "000002.jsonl"
    (folder / "000002.jsonl.gz").write_bytes(gzip.compress(second.read_bytes()))
    second.unlink()
    assert list(reader) == items


def test_reading_again_starts_anew():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "000001.jsonl"
        path.write_bytes(WHOLE + b"torn")
        reader = JournalReader(path)
        assert list(reader) == list(reader) == ITEMS
        assert len(list(reader.problems)) == 1


def test_folders_that_are_no_journals(tmp_path):
    with pytest.raises(InputError, match="without journal segments"):
        JournalReader(tmp_path)
    with pytest.raises(InputError, match="does not exist"):
        JournalReader(tmp_path / "nothing.journal")
    (tmp_path / "000001.jsonl").write_bytes(b"")
    with pytest.raises(InputError, match="is empty"):
        JournalReader(tmp_path)


def test_a_journal_without_packets_is_refused_as_a_source(tmp_path):
    ticks = [Tick(n, n, 0) for n in range(5)]
    folder = write_journal(tmp_path / "a.journal", ticks)
    with pytest.raises(InputError, match="no packet"):
        load_source(folder)
    folder = write_journal(tmp_path / "b.journal", [*ticks, Packet(9, "chest", "imu", b"")])
    assert isinstance(load_source(folder), JournalReader)
    assert isinstance(load_source(folder / "000001.jsonl.gz"), JournalReader)


def test_the_advice_knows_the_suffix(tmp_path):
    write_journal(tmp_path / "night.journal", minutes(1))
    with pytest.raises(InputError) as caught:
        load_source(tmp_path / "night")
    assert caught.value.advice == f"Did you mean {tmp_path / 'night.journal'}?"
