"""The thread that writes journals: nothing waits for it, nothing is lost by it, its failures are told once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from sensorcoach.errors import OutputError
from sensorcoach.recording.journal_format import JournalHeader, SensorHeader
from sensorcoach.recording.journal_reader import JournalReader
from sensorcoach.recording.journal_writer import JournalWriter
from sensorcoach.runtime.recorder import ThreadRecorder
from sensorcoach.samples import NS, Packet, Tick

HEADER = JournalHeader((SensorHeader("chest", "chest"),))


def items(count: int) -> list[Packet | Tick]:
    return [
        Packet(i * NS // 5, "chest", "data", bytes([i % 256])) if i % 5 else Tick(i * NS // 5, i) for i in range(count)
    ]


def test_everything_is_written_in_order(tmp_path: Path) -> None:
    with ThreadRecorder(tmp_path / "a.journal", HEADER) as recorder:
        for item in items(500):
            recorder.append(item)
    recorder.close()
    assert list(JournalReader(tmp_path / "a.journal")) == items(500)
    assert recorder.take_problems() == []


def test_a_journal_that_exists_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.journal").mkdir()
    with pytest.raises(OutputError, match="exists already"):
        ThreadRecorder(tmp_path / "a.journal", HEADER)


def test_a_failing_disk_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: JournalWriter, item: object) -> None:
        raise OutputError("No space left.", "Free some.")

    monkeypatch.setattr(JournalWriter, "append", full)
    with ThreadRecorder(tmp_path / "a.journal", HEADER) as recorder:
        for item in items(50):
            recorder.append(item)
    assert [p.message for p in recorder.take_problems()] == ["No space left."]
    assert recorder.take_problems() == []


def test_a_disk_that_hangs_costs_items_not_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free, write = threading.Event(), JournalWriter.append

    def slow(self: JournalWriter, item: Packet | Tick) -> None:
        free.wait()
        write(self, item)

    monkeypatch.setattr(JournalWriter, "append", slow)
    recorder = ThreadRecorder(tmp_path / "a.journal", HEADER, capacity=10)
    for item in items(100):
        recorder.append(item)
    assert 88 <= recorder.dropped <= 90
    free.set()
    recorder.close()
    assert len(list(JournalReader(tmp_path / "a.journal"))) == 100 - recorder.dropped
    assert ["too slow" in p.message for p in recorder.take_problems()] == [True]
