"""The history that a watch keeps as it goes is the one that its journals give."""

from __future__ import annotations

from pathlib import Path

import pytest

from sensorcoach.alerts.settings import AlertSettings
from sensorcoach.coach.slouch import SlouchSettings
from sensorcoach.errors import OutputError
from sensorcoach.history import DEMO_WEARER, History, read_days, rebuild, update
from sensorcoach.recording.journal_format import JournalHeader
from sensorcoach.runtime.direct_recorder import DirectRecorder
from sensorcoach.runtime.live import LiveRecorder
from sensorcoach.runtime.watch.chronicle import ChronicledRecorder
from sensorcoach.runtime.watch.legs import Legs, Plan
from sensorcoach.samples import NS, Tick
from sensorcoach.transport.setup import setup_from_header
from sensorcoach.transport.virtual import WALL_START_NS, open_virtual

BEFORE_MIDNIGHT_NS = WALL_START_NS + 15 * 3600 * NS - 130 * NS
TRAINING = AlertSettings("training", quota=0, quiet="")
SLOUCH = SlouchSettings.preset("normal", "training")


class Watch:
    """Two days of the virtual wearer, 130 s of the first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "recordings"
        self.history = folder / "history.sqlite3"
        self.source = open_virtual("demo")
        self.header = JournalHeader((self.source.header,), WALL_START_NS, 0, WALL_START_NS)
        self.engine_sensors = self.source.engine_sensors
        self.recorders: list[LiveRecorder] = []
        self.legs = Legs(self, Plan(SLOUCH, lambda day: TRAINING, record=self.open))

    def open(self, header: JournalHeader) -> ChronicledRecorder:
        path = self.folder / f"{len(self.recorders)}.journal"
        self.recorders.append(ChronicledRecorder(DirectRecorder(path, header), path, header, self.history))
        return self.recorders[-1]

    def run(self, seconds: int) -> None:
        items = []
        while got := self.source.read(seconds * NS, 10_000):
            items += got
        self.legs.take(Tick(i.t_ns, BEFORE_MIDNIGHT_NS + i.t_ns) if isinstance(i, Tick) else i for i in items)
        self.legs.advance()

    def end(self) -> list[OutputError]:
        self.legs.finish()
        problems = self.legs.problems()
        for recorder in self.legs.retired():
            recorder.close()
            problems += recorder.take_problems()
        return problems

    def anew(self) -> list[str]:
        with History(self.folder.parent / "anew.sqlite3") as history:
            rebuild(history, self.folder, setup_from_header)
            return list(history.content())


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    return Watch(tmp_path)


def test_what_is_kept_on_the_way_is_what_a_rebuild_gives(watch: Watch) -> None:
    watch.run(100)
    chronicle = watch.legs.chronicle
    assert chronicle is not None
    early = chronicle.so_far()
    assert chronicle.keep(early)
    with History(watch.history) as history:
        (day,) = read_days(history, DEMO_WEARER)
        assert 90 <= day.worn_s <= 100
        assert update(history, watch.folder, setup_from_header, kept=[chronicle.folder]).read == ()
    watch.run(300)
    assert watch.end() == []
    assert not chronicle.keep(early)  # what is over is not put back to what it was
    with History(watch.history) as history:
        assert update(history, watch.folder, setup_from_header).read == ()
        assert list(history.content()) == watch.anew()
        assert [round(day.worn_s, -1) for day in read_days(history, DEMO_WEARER)] == [130, 170]


def test_looking_at_a_day_that_goes_on_changes_nothing(watch: Watch, tmp_path: Path) -> None:
    other = Watch(tmp_path / "other")
    for seconds in range(3, 296, 4):  # in the middle of a slouch, too
        watch.run(seconds)
        chronicle = watch.legs.chronicle
        assert chronicle is not None
        chronicle.so_far()
    other.run(295)
    assert watch.end() == other.end() == []
    with History(watch.history) as one, History(other.history) as two:
        assert list(one.content()) == list(two.content())


def test_a_journal_that_misses_something_is_left_to_be_read(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    watch.run(60)
    monkeypatch.setattr(DirectRecorder, "lost", 1)
    watch.run(80)
    watch.end()
    with History(watch.history) as history:
        assert update(history, watch.folder, setup_from_header).read == ("0.journal",)


def test_a_disk_that_was_full_for_a_while_costs_nothing(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(file: int, data: object) -> int:
        raise OSError(28, "No space left on device")

    watch.run(60)
    with monkeypatch.context() as full:
        full.setattr("sensorcoach.recording.journal_writer.os.write", refuse)
        watch.run(80)
    watch.run(100)
    (problem,) = watch.end()
    assert "No space left" in problem.message
    with History(watch.history) as history:
        assert update(history, watch.folder, setup_from_header).read == ()
        assert list(history.content()) == watch.anew()


def test_a_history_that_cannot_be_used_is_told_of_and_the_journal_is_whole(watch: Watch) -> None:
    watch.history.write_bytes(b"no history at all, but longer than the head of an SQLite file" * 20)
    watch.run(30)
    chronicle = watch.legs.chronicle
    assert chronicle is not None
    for _ in range(3):
        assert not chronicle.keep(chronicle.so_far())
    (problem,) = watch.end()  # told once
    assert "is damaged or no history" in problem.message
    assert "history rebuild" in problem.advice
    assert watch.anew()
