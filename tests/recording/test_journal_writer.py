import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sensorcoach.errors import OutputError
from sensorcoach.recording import JournalReader, JournalWriter, journal_folder
from sensorcoach.recording import journal_writer as module
from sensorcoach.samples import NS, Packet, Tick

from .journals import HEADER, minutes


class Disk:
    """Stands between the writer and the system: room for so many more bytes, and a count of what was synced."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.room = 10**9
        self.truncates = True
        self.synced_sizes: list[int] = []
        self._real = {name: getattr(os, name) for name in ("write", "fsync", "ftruncate")}
        for name in self._real:
            monkeypatch.setattr(module.os, name, getattr(self, name))

    def write(self, file: int, data: bytes) -> int:
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = self._real["write"](file, data[: self.room])
        self.room -= written
        return written

    def fsync(self, file: int) -> None:
        self._real["fsync"](file)
        if os.fstat(file).st_mode & 0o100000:
            self.synced_sizes.append(os.fstat(file).st_size)

    def ftruncate(self, file: int, size: int) -> None:
        if not self.truncates:
            raise OSError(errno.EIO, "Input/output error")
        self._real["ftruncate"](file, size)


@pytest.fixture
def disk(monkeypatch):
    return Disk(monkeypatch)


def packet(second: float, size: int = 10) -> Packet:
    return Packet(round(second * NS), "chest", "imu", bytes(size))


def on_disk(folder: Path) -> list:
    return list(JournalReader(folder))


def test_lines_reach_the_system_every_second_and_the_disk_every_ten(tmp_path, disk):
    writer = JournalWriter(tmp_path / "a.journal", HEADER)
    path = tmp_path / "a.journal" / "000001.jsonl"
    header_size = path.stat().st_size
    assert disk.synced_sizes == [header_size]
    sizes = []
    for tenth in range(256):
        writer.append(packet(tenth / 10))
        sizes.append(path.stat().st_size)
    assert sizes[9] == header_size
    assert sizes[10] > header_size
    assert [b > a for a, b in zip(sizes, sizes[1:], strict=False)] == [t % 10 == 0 for t in range(1, 256)]
    assert disk.synced_sizes == [header_size, sizes[100], sizes[200]]
    writer.close()


def test_a_burst_does_not_wait_for_the_second(tmp_path):
    writer = JournalWriter(tmp_path / "a.journal", HEADER)
    for _ in range(300):
        writer.append(packet(0.5, 1000))
    assert len(on_disk(writer.folder)) > 100
    writer.close()


def test_ticks_alone_flush(tmp_path):
    writer = JournalWriter(tmp_path / "a.journal", HEADER)
    items = [packet(0.0), Tick(NS // 2, 0, 0), Tick(3 * NS // 2, 0, 0)]
    for item in items:
        writer.append(item)
    assert on_disk(writer.folder) == items
    writer.close()


def test_a_killed_process_loses_no_packet_older_than_a_second(tmp_path):
    script = (
        "import os, signal, sys\n"
        "from tests.recording.journals import HEADER, minutes\n"
        "from sensorcoach.recording import JournalWriter\n"
        "writer = JournalWriter(sys.argv[1], HEADER, segment_s=20.0)\n"
        "for item in minutes(2)[:903]:\n"
        "    writer.append(item)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    folder = tmp_path / "a.journal"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script, str(folder)], cwd=root, check=False)
    assert done.returncode != 0
    given = minutes(2)[:903]
    kept = on_disk(folder)
    assert kept == given[: len(kept)]
    assert given[len(kept)].t_ns > given[-1].t_ns - NS


def test_a_full_disk_is_told_and_nothing_is_lost_when_there_is_room_again(tmp_path, disk):
    items = minutes(1)
    writer = JournalWriter(tmp_path / "a.journal", HEADER)
    disk.room = 5000
    told = []
    for item in items:
        if item.t_ns == 40 * NS:
            disk.room = 10**9
        try:
            writer.append(item)
        except OutputError as error:
            told.append((item.t_ns / NS, error))
    assert told
    assert all(b - a >= 1.0 for (a, _), (b, _) in zip(told, told[1:], strict=False))
    assert "No space left" in told[0][1].message
    assert "Free some space" in told[0][1].advice
    writer.close()
    reader = JournalReader(writer.folder)
    assert list(reader) == items
    assert not list(reader.problems)


def test_a_full_disk_leaves_whole_lines_even_where_truncating_fails(tmp_path, disk):
    items = minutes(1)
    writer = JournalWriter(tmp_path / "a.journal", HEADER)
    disk.room, disk.truncates = 5000, False
    failures = 0
    for item in items:
        if item.t_ns == 40 * NS:
            disk.room = 10**9
        try:
            writer.append(item)
        except OutputError:
            failures += 1
    assert failures
    writer.close()
    reader = JournalReader(writer.folder)
    got = list(reader)
    assert set(items) == set(got)  # what was written before the torn line may come twice
    (problem,) = reader.problems
    assert "not readable as JSON" in problem.what


def test_the_oldest_lines_go_when_the_disk_stays_full(tmp_path, disk, monkeypatch):
    monkeypatch.setattr(module, "HELD_BYTES", 20_000)
    items = minutes(2)
    writer = JournalWriter(tmp_path / "a.journal", HEADER)
    disk.room = 0
    for item in items:
        if item.t_ns == 100 * NS:
            disk.room = 10**9
        try:
            writer.append(item)
        except OutputError:
            continue
    writer.close()
    reader = JournalReader(writer.folder)
    got = list(reader)
    assert got == items[-len(got) :]
    assert len(got) < len(items)
    (note,) = reader.notes
    assert note.text.startswith(f"{len(items) - len(got)} lines before this one are lost")


def test_a_full_disk_at_the_turn_of_the_hour(tmp_path, disk):
    items = minutes(3)
    writer = JournalWriter(tmp_path / "a.journal", HEADER, segment_s=60.0)
    failures = 0
    for item in items:
        if item.t_ns == 59 * NS:
            disk.room = 0
        elif item.t_ns == 70 * NS:
            disk.room = 10**9
        try:
            writer.append(item)
        except OutputError:
            failures += 1
    writer.close()
    assert failures
    reader = JournalReader(writer.folder)
    assert list(reader) == items
    assert not list(reader.problems)
    assert len(reader.segments) == 3


def test_a_disk_full_from_the_start(tmp_path, disk):
    disk.room = 10
    with pytest.raises(OutputError, match="No space left"):
        JournalWriter(tmp_path / "a.journal", HEADER)
    assert not (tmp_path / "a.journal").exists()


def test_a_folder_that_may_not_be_written(tmp_path, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(OutputError, match="Permission denied"):
        JournalWriter(tmp_path / "a.journal", HEADER)


def test_no_room_to_compress_keeps_the_plain_segment(tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.shutil, "copyfileobj", refuse)
    items = minutes(2)
    with JournalWriter(tmp_path / "a.journal", HEADER, segment_s=60.0) as writer:
        for item in items:
            writer.append(item)
    assert sorted(os.listdir(writer.folder)) == ["000001.jsonl", "000002.jsonl"]
    assert on_disk(writer.folder) == items


def test_a_closed_journal_takes_nothing_more(tmp_path):
    writer = JournalWriter(tmp_path / "a.journal", HEADER)
    writer.close()
    writer.close()
    with pytest.raises(OutputError, match="is closed"):
        writer.append(packet(1))


def test_the_suffix_may_be_left_out():
    assert journal_folder("x/morning") == Path("x/morning.journal")
    assert journal_folder("morning.journal") == Path("morning.journal")
    assert journal_folder("a.b") == Path("a.b.journal")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_folders_it_makes_on_the_way_are_for_their_owner_alone(tmp_path):
    JournalWriter(tmp_path / "recordings" / "ann_2026-05-04.journal", HEADER).close()
    assert stat.S_IMODE((tmp_path / "recordings").stat().st_mode) == 0o700
