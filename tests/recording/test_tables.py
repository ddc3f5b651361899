import csv
import errno
import gzip
import io
import json
import os
import stat
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensorcoach.errors import OutputError, UsageError
from sensorcoach.recording import open_table, read_csv, write_table

from .journals import REPEATABLE

DTYPE = np.dtype(
    [("t_s", "f8"), ("breath_rate_brpm", "f8"), ("breath_quality", "f8"), ("up_x", "f8"), ("slouching", "f8")]
    + [("activity", "U8"), ("detail", "U60"), ("count", "i4"), ("on", "?")]
)
TABLE = np.array(
    [
        (0.0105, 14.25678, 0.91249, -0.1234567, 1.0, "still", "", 3, True),
        (1.0, np.nan, np.nan, np.nan, np.nan, "", '{"a": "b, c"}', -1, False),
        (86400.123456789, -0.001, np.inf, 1.0, 0.0, "nan", "line\nfeed", 0, True),
    ],
    DTYPE,
)


def csv_text(table: np.ndarray, **metadata: object) -> str:
    stream = io.StringIO()
    write_table(table, stream, metadata=metadata)
    return stream.getvalue()


def test_csv():
    assert csv_text(TABLE, device="Polar H10", note="two\nlines", n=3) == (
        "# device: Polar H10\n# note: two lines\n# n: 3\n"
        "t_s,breath_rate_brpm,breath_quality,up_x,slouching,activity,detail,count,on\n"
        "0.0105,14.26,0.912,-0.123457,1,still,,3,1\n"
        '1.0,,,,,,"{""a"": ""b, c""}",-1,0\n'
        '86400.123456789,0.00,,1.000000,0,nan,"line\nfeed",0,1\n'
    )


def test_json_lines():
    stream = io.StringIO()
    write_table(TABLE, stream, form="jsonl", metadata={"left": "out"})
    first, second, third = map(json.loads, stream.getvalue().splitlines())
    assert list(first) == list(DTYPE.names)
    assert first["t_s"] == 0.0105
    assert first["breath_rate_brpm"] == 14.26
    assert second["breath_rate_brpm"] is None
    assert json.loads(second["detail"]) == {"a": "b, c"}
    assert (third["activity"], third["detail"], third["breath_quality"]) == ("nan", "line\nfeed", None)


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=30))
@REPEATABLE
def test_times_are_exact_to_the_nanosecond(times_ns):
    table = np.array([(t / 1e9,) for t in times_ns], [("t_s", "f8")])
    written = csv_text(table).splitlines()[1:]
    assert [round(float(text) * 1e9) for text in written] == times_ns
    assert all(len(text.partition(".")[2]) <= 9 or "e" in text for text in written)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12), max_size=8))
@REPEATABLE
def test_any_text_comes_back(texts):
    table = np.array([(text, 1.0) for text in texts], [("label", "U12"), ("depth", "f8")])
    back = list(csv.reader(io.StringIO(csv_text(table), newline="")))
    assert [row[0] for row in back[1:]] == table["label"].tolist()
    stream = io.StringIO()
    write_table(table, stream, form="jsonl")
    assert [json.loads(line)["label"] for line in stream.getvalue().split("\n")[:-1]] == table["label"].tolist()


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.jsonl", "out.jsonl.gz"])
@pytest.mark.parametrize("cut", [1, 40_000])
def test_pieces_give_the_same_file_as_the_whole(tmp_path, name, cut):
    table = np.zeros(50_000 if cut > 1 else 5, DTYPE)
    table["t_s"] = np.arange(len(table)) / 7
    write_table(table, tmp_path / name)
    with open_table(tmp_path / f"pieces_{name}", DTYPE) as sink:
        for start in range(0, len(table), cut):
            sink.write(table[start : start + cut])
    assert (tmp_path / name).read_bytes() == (tmp_path / f"pieces_{name}").read_bytes()
    opener = gzip.open if name.endswith(".gz") else open
    with opener(tmp_path / name, "rt") as file:
        assert len(file.readlines()) == len(table) + ("csv" in name)


def test_an_empty_table_has_its_header():
    assert csv_text(TABLE[:0]).count("\n") == 1


def test_what_is_written_can_be_read_as_a_recording(tmp_path):
    rng = np.random.default_rng(0)
    table = np.zeros(500, [(name, "f8") for name in ("t", "ax", "ay", "az")])
    table["t"] = np.arange(500) / 100
    for axis, mean in (("ax", 0), ("ay", 0), ("az", 9.8)):
        table[axis] = np.round(rng.normal(mean, 0.1, 500), 6)
    write_table(table, tmp_path / "a.csv.gz", metadata={"sensor": "lower-back"})
    recording = read_csv(tmp_path / "a.csv.gz")
    assert recording.stream.sensor == "lower-back"
    assert np.array_equal(recording.acc_ms2[:, 2], table["az"])
    assert np.array_equal(recording.rows_t_s, table["t"])


def test_a_file_is_whole_or_not_there(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("before")
    with pytest.raises(TypeError), open_table(path, DTYPE) as sink:  # noqa: PT012
        sink.write(TABLE)
        sink.write(None)
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["out.csv"]
    write_table(TABLE, path)
    assert path.read_text().startswith("t_s,")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["out.csv"]


def test_where_nothing_can_be_written(tmp_path):
    with pytest.raises(OutputError, match="cannot be written: there is no folder"):
        write_table(TABLE, tmp_path / "missing" / "out.csv")
    with pytest.raises(OutputError, match="is a folder"):
        write_table(TABLE, tmp_path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk():
    with pytest.raises(OutputError, match="No space left"):
        write_table(TABLE, "/dev/full")


def test_a_reader_that_has_seen_enough_is_no_fault_of_the_output():
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    with pytest.raises(BrokenPipeError):
        write_table(TABLE, Closed())


def test_unknown_forms():
    with pytest.raises(UsageError, match="no table format 'xlsx'"):
        write_table(TABLE, io.StringIO(), form="xlsx")
    with pytest.raises(UsageError, match="cannot be written to a terminal"):
        write_table(TABLE, io.StringIO(), form="parquet")


def test_parquet_asks_for_its_package(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match="needs the package pyarrow") as caught:
        write_table(TABLE, tmp_path / "out.parquet")
    assert "sensorcoach[parquet]" in caught.value.advice
    assert os.listdir(tmp_path) == []


def test_parquet(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs pyarrow")
    write_table(TABLE, tmp_path / "out.parquet", metadata={"device": "x"})
    back = parquet.read_table(tmp_path / "out.parquet")
    assert back.column_names == list(DTYPE.names)
    assert back["breath_rate_brpm"].to_pylist() == [14.25678, None, -0.001]
    assert back["activity"].to_pylist() == ["still", "", "nan"]
    assert back.schema.metadata[b"device"] == b"x"
