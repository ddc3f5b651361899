import gzip
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensorcoach.errors import InputError
from sensorcoach.recording import ArrayRecording, load_source, read_csv

from .journals import REPEATABLE

RATE_HZ = 50


def rows(n: int = 200) -> list[str]:
    """Lines of a sound file without gyro, with a header."""
    noise = np.random.default_rng(2).normal(0, 0.05, (n, 3))
    return ["t,ax,ay,az"] + [f"{i / RATE_HZ:.2f},{x:.4f},{y:.4f},{9.8 + z:.4f}" for i, (x, y, z) in enumerate(noise)]


def write(folder: Path, lines: list[str] | bytes, name: str = "in.csv") -> Path:
    path = folder / name
    content = lines if isinstance(lines, bytes) else ("\n".join(lines) + "\n").encode()
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        load_source(path)
    assert "\n" not in str(caught.value)
    assert str(path) in caught.value.message
    return str(caught.value)


@pytest.mark.parametrize("name", ["in.csv", "in.csv.gz", "named_otherwise"])
def test_a_sound_file(tmp_path, name):
    recording = load_source(write(tmp_path, rows(), name))
    assert isinstance(recording, ArrayRecording)
    assert recording.problems == ()
    assert recording.t_ns.tolist() == [i * 20_000_000 for i in range(200)]
    assert recording.sampling_rate_hz == pytest.approx(RATE_HZ)
    assert recording.gyr_rads is None


@pytest.mark.parametrize("separator", [";", "\t"])
def test_commas_that_do_not_separate_are_decimal_points(tmp_path, separator):
    lines = [line.replace(",", separator).replace(".", ",") for line in rows()]
    recording = load_source(write(tmp_path, lines))
    assert recording.problems == ()
    assert np.array_equal(recording.acc_ms2, load_source(write(tmp_path, rows(), "b.csv")).acc_ms2)


def test_numbers_come_exactly_as_written(tmp_path):
    lines = rows(50)
    recording = read_csv(write(tmp_path, lines))
    expected = np.array([[float(v) for v in line.split(",")] for line in lines[1:]])
    assert np.array_equal(recording.rows_t_s, expected[:, 0])
    assert np.array_equal(recording.acc_ms2, expected[:, 1:])


def test_metadata_other_columns_any_order_and_separators(tmp_path):
    lines = ["# sensor: upper-back", "#site:upper-back", "# made: 2026-01-02 03:04", "# just a remark", ""]
    lines += ["label;AZ;gx; t ;gy;ax;gz;ay", *(f"word {i};9.8;{i % 7 / 50};{i / 50};0;0.{i};0;0" for i in range(100))]
    recording = read_csv(write(tmp_path, lines))
    assert recording.metadata == {"sensor": "upper-back", "site": "upper-back", "made": "2026-01-02 03:04"}
    assert (recording.stream.sensor, recording.stream.site) == ("upper-back", "upper-back")
    assert recording.t_ns[1] == 20_000_000
    assert recording.gyr_rads[:8, 0].tolist() == [0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0]
    assert recording.acc_ms2[3].tolist() == [0.3, 0.0, 9.8]


@pytest.mark.parametrize("newline", [b"\r\n", b"\n"])
@pytest.mark.parametrize("last", [b"", b"end"])
def test_byte_order_mark_quotes_blank_lines_and_line_ends(tmp_path, newline, last):
    lines = [line.encode() for line in rows(100)]
    lines[50] = b'"' + b'","'.join(lines[50].split(b",")) + b'"'
    lines.insert(20, b"")
    lines.insert(30, b"# a remark")
    lines.insert(40, b"   ")
    content = b"\xef\xbb\xbf" + newline.join(lines) + (newline if last else b"")
    recording = read_csv(write(tmp_path, content))
    assert len(recording.t_ns) == 100
    assert recording.problems == ()
    lines[60] = b"0.1,0,0,9.8"  # line 61
    assert "line 61 " in refused(write(tmp_path, newline.join(lines)))


def test_unknown_values_become_rows_left_out(tmp_path):
    lines = rows()
    for number, field in ((10, ""), (11, "NaN"), (12, "n/a"), (13, "inf")):
        lines[number - 1] = lines[number - 1].rpartition(",")[0] + "," + field
    recording = read_csv(write(tmp_path, lines))
    assert np.flatnonzero(~recording.kept).tolist() == [8, 9, 10, 11]
    assert len(recording.rows_t_s) == 200
    assert [str(p) for p in recording.problems] == [
        "in.csv, line 10: left out: 4 rows with missing or impossible numbers"
    ]


def test_faults_deep_in_a_file_have_the_right_line_number(tmp_path):
    lines = rows(60_000)
    lines.insert(5, "# remark")
    lines[59_000] = "x" + lines[59_000]
    assert "line 59001 holds 'x" in refused(write(tmp_path, lines))
    lines[59_000] = lines[30_000]
    assert "t runs backwards at line 59001 " in refused(write(tmp_path, lines))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n\n  \n", "is empty"),
        (b"# key: value\n", "is empty"),
        (b"t,ax,ay,az\n", "has a header but no samples"),
        ("t,ax,ay,az\n0,0,0,9.8\n".encode("utf-16"), "is text in UTF-16"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is a binary file"),
        (bytes(range(128, 256)) * 20, "is a binary file"),
        (gzip.compress(b"t,ax,ay,az\n", mtime=0)[:10], "cannot be unpacked"),
        (b"\x1f\x8bgarbage", "cannot be unpacked"),
        (b"time,x,y,z\n1,2,3,4\n", "has the columns time, x, y, z"),
        (b"t,ax,ay\n1,2,3\n", "has the columns t, ax, ay, but no az."),
        (b"t,ax,ay,az,gx,gy\n", "has the columns t, ax, ay, az, gx, gy, but no gz."),
        (b"t,ax,ay,az,gz\n", "has the columns t, ax, ay, az, gz, but no gx, gy."),
        (b"t,ax,ay,az,t\n", "has the column t more than once"),
        (b"0,1,2,9\n0.1,1,2,9\n", "no line with the names of its columns"),
        (b"hello world\n", "has the columns hello world"),
        (b"{}", "no journal header"),
        (b'{"data": [1, 2]}', "no journal header"),
        (b"t,ax,ay,az\n0,0,0,9.8\n0.1,zero,0,9.8\n0.2,0,0,9.8\n", "line 3 holds 'zero' in column ax"),
        (b"t,ax,ay,az\n0,0,0,9.8\n0.1,0,0\n0.2,0,0,9.8\n", "line 3 has 3 columns where the header has 4"),
        (b"t,ax,ay,az\n0,0,0,9.8\n0.1,\x00\x1b,0,9.8\n0.2,0,0,9.8\n", "is a binary file"),
        (b"t,ax,ay,az\n0,0,0,9.8\n0.1,0,0,9.8\n", "only 2 usable samples"),
        (b"t ax ay az\n0 0 0 9.8\n", "has its columns separated by spaces"),
    ],
)
def test_one_clear_sentence_for_each_bad_file(tmp_path, content, message):
    assert message in refused(write(tmp_path, content))


def test_the_needed_columns_are_named(tmp_path):
    said = refused(write(tmp_path, ["Host timestamp;sensor timestamp [ns];X [mg];Y [mg];Z [mg]", "1;2;3;4;5"]))
    assert "has the columns host timestamp, sensor timestamp [ns], x [mg]" in said
    assert "Needed are t, ax, ay, az in s and m/s² and, if there is a gyro, gx, gy, gz in rad/s." in said


def test_very_many_columns_are_not_all_listed(tmp_path):
    said = refused(write(tmp_path, [",".join(f"column{i}" for i in range(500)), "1"]))
    assert "and 488 more" in said
    assert len(said) < 400


def test_files_that_are_none(tmp_path):
    assert "does not exist" in refused(tmp_path / "nothing.csv")
    assert "without journal segments" in refused(tmp_path)
    assert "neither a file nor a folder" in refused(Path("/dev/null")) if Path("/dev/null").exists() else True


def test_a_file_cut_within_its_last_line(tmp_path):
    lines = "\n".join(rows())
    for cut in range(1, 25):
        recording = read_csv(write(tmp_path, lines[:-cut].encode()))
        whole = lines[:-cut].count("\n")
        assert len(recording.rows_t_s) in (whole, whole - 1)
        assert len(recording.rows_t_s) + len(recording.problems) in (whole, whole + 1)


def test_a_truncated_gzip_gives_what_it_has(tmp_path):
    packed = gzip.compress("\n".join(rows(5000)).encode())
    path = tmp_path / "in.csv.gz"
    path.write_bytes(packed[: len(packed) // 2])
    recording = read_csv(path)
    assert 1500 < len(recording.t_ns) < 3500
    assert "cut short" in " ".join(str(p) for p in recording.problems)


def test_several_recordings_in_one_file_name_the_column_that_splits_them(tmp_path):
    lines = ["t,ax,ay,az,activity,seg"]
    for seg in range(3):
        lines += [f"{i / 50:.2f},0.1,0.{i % 10},9.8,{'sitting' if seg < 2 else 'lying'},{seg}" for i in range(100)]
    said = refused(write(tmp_path, lines))
    assert "holds 3 recordings one after another: t starts anew at line 102. Split it at column seg." in said
    without = [line.rpartition(",")[0] for line in lines]
    assert "Split it where t starts anew." in refused(write(tmp_path, without))


@given(st.binary(max_size=400))
@REPEATABLE
def test_random_bytes_never_do_more_than_refuse(noise):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "in.csv"
        path.write_bytes(noise)
        with pytest.raises(InputError):
            read_csv(path)


@given(st.lists(st.tuples(st.integers(12, 1500), st.binary(min_size=1, max_size=12)), min_size=1, max_size=3))
@REPEATABLE
def test_overwritten_bytes_are_refused_or_read(writes):
    content = bytearray("\n".join(rows(60)).encode())
    for at, written in writes:
        content[at : at + len(written)] = written[: len(content) - at]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "in.csv"
        path.write_bytes(content)
        try:
            recording = read_csv(path)
        except InputError:
            return
        assert (np.diff(recording.t_ns) > 0).all()
        assert np.isfinite(recording.acc_ms2).all()
        assert len(recording.kept) == len(recording.rows_t_s)


SHARED = Path(__file__).parents[2].parent / "shared" / "data"


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the real recordings in ../shared/data")
@pytest.mark.parametrize("folder", ["broad", "mscardio", "sternum_imu", "thorax_paced", "trunk_mocap", "two_imu_belt"])
def test_real_recordings_load(folder):
    for path in sorted((SHARED / folder).glob("*.csv.gz")):
        recording = load_source(path)
        assert recording.kept.all(), path
        gyro_faults = [p for p in recording.problems if "gyro is not used" in p.what]
        assert bool(gyro_faults) == (folder == "sternum_imu"), path
        assert len(recording.problems) == len(gyro_faults), path


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the real recordings in ../shared/data")
@pytest.mark.parametrize("folder", ["respeck", "respeck_bent"])
def test_real_files_of_many_segments_are_refused(folder):
    for path in sorted((SHARED / folder).glob("*.csv.gz"))[:4]:
        assert "Split it at column seg." in refused(path)
