"""A watch in legs: one engine and one journal a day, each of which replays to the same lines; nothing stops it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from sensorcoach.alerts.settings import AlertSettings
from sensorcoach.coach.slouch import SlouchSettings
from sensorcoach.engine.engine import Item
from sensorcoach.errors import OutputError
from sensorcoach.events import Alert, Calibrate, Event, Link, Mark, NeutralSet, SetAlerts, SetSlouch, Snooze, to_dict
from sensorcoach.recording.journal_format import JournalHeader
from sensorcoach.recording.journal_reader import JournalReader
from sensorcoach.runtime.direct_recorder import DirectRecorder
from sensorcoach.runtime.headless import play
from sensorcoach.runtime.run import Run
from sensorcoach.runtime.watch.legs import RETRY_NS, Legs, Plan
from sensorcoach.samples import NS, Packet, Tick
from sensorcoach.transport.replay import open_recording
from sensorcoach.transport.virtual import WALL_START_NS, VirtualSource, open_virtual

TRAINING = AlertSettings("training", quota=0, quiet="")
SLOUCH = SlouchSettings.preset("normal", "training")


class Streams:
    def __init__(self, source: VirtualSource) -> None:
        self.header = JournalHeader((source.header,), WALL_START_NS, 0, WALL_START_NS)
        self.engine_sensors = source.engine_sensors


class Bench:
    """Legs with a folder of journals."""

    def __init__(self, folder: Path, *, record: bool = True, **plan: object) -> None:
        self.source = open_virtual("demo")
        self.journals: list[Path] = []
        self.headers: list[JournalHeader] = []
        self.full = False
        self._folder = folder
        options = {"slouch": SLOUCH, "alerts": lambda day: TRAINING, "record": self._open if record else None}
        self.legs = Legs(Streams(self.source), Plan(**(options | plan)))  # type: ignore[arg-type]

    def _open(self, header: JournalHeader) -> DirectRecorder:
        if self.full:
            raise OutputError("The disk is full.", "Free some space.")
        self.journals.append(self._folder / f"{len(self.journals)}.journal")
        self.headers.append(header)
        return DirectRecorder(self.journals[-1], header)

    def items(self, seconds: int) -> list[Item]:
        out: list[Item] = []
        while got := self.source.read(seconds * NS, 10_000):
            out += got
        return out

    def close(self) -> list[Event]:
        events = self.legs.finish()
        for recorder in self.legs.retired():
            recorder.close()
        return events


def later(items: Sequence[Item], wall_ns: int, offset_s: int = 0) -> list[Item]:
    """With ticks whose wall clock stood at `wall_ns` at stream zero."""
    return [Tick(i.t_ns, wall_ns + i.t_ns, offset_s) if isinstance(i, Tick) else i for i in items]


def lines(events: Sequence[Event]) -> list[str]:
    return [json.dumps(to_dict(event)) for event in events]


def replayed(path: Path) -> list[str]:
    found: list[Event] = []
    play(Run(open_recording(path)), found.extend, speed=float("inf"), end_ns=2**62)
    return lines(found)


def per_leg(events: Sequence[Event]) -> list[list[Event]]:
    out: list[list[Event]] = [[]]
    for event in events:
        out[-1].append(event)
        if isinstance(event, Link) and event.state == "ended":
            out.append([])
    return out[:-1]


BEFORE_MIDNIGHT_NS = WALL_START_NS + 15 * 3600 * NS - 150 * NS  # 23:57:30


def test_midnight_begins_a_new_leg_and_both_replay_to_what_was_said(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.legs.take(later(bench.items(300), BEFORE_MIDNIGHT_NS))
    events = bench.legs.advance() + bench.close()
    first, second = per_leg(events)
    assert [lines(first), lines(second)] == [replayed(path) for path in bench.journals]
    assert [h.created_wall_ns for h in bench.headers] == [BEFORE_MIDNIGHT_NS, BEFORE_MIDNIGHT_NS + 150 * NS]
    assert [e.text for e in first if isinstance(e, Alert)] == [
        "You have leaned 19° forward for 5 s. Let the chest rise."
    ]
    poses = [e for e in second if isinstance(e, NeutralSet)]
    assert [pose.source for pose in poses] == ["stored"]  # to be confirmed by the next upright rest
    assert [e.about for e in second if isinstance(e, Alert)] == ["slouch"]


def test_the_day_is_the_local_one(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.legs.take(later(bench.items(60), BEFORE_MIDNIGHT_NS, offset_s=-3600))
    assert bench.legs.day == date(2026, 1, 1)
    bench.close()
    assert len(bench.journals) == 1


def test_how_items_are_handed_over_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    whole, pieces = Bench(tmp_path / "a"), Bench(tmp_path / "b")
    items = later(whole.items(260), BEFORE_MIDNIGHT_NS)
    items.insert(400, Mark(0, "tea"))
    whole.legs.take(items)
    expected = whole.legs.advance() + whole.close()
    found: list[Event] = []
    for item in items:
        pieces.legs.take([item])
        found += pieces.legs.advance()
    assert lines(found + pieces.close()) == lines(expected)
    for mine, theirs in zip(pieces.journals, whole.journals, strict=True):
        assert list(JournalReader(mine)) == list(JournalReader(theirs))


def test_a_leg_begins_with_the_first_packet_and_knows_how_it_is_to_judge(tmp_path: Path) -> None:
    bench = Bench(tmp_path, first=lambda: (Calibrate(0, "chest", (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), "stored"),))
    ticks: list[Item] = [Tick(s * NS, WALL_START_NS + s * NS) for s in range(100)]
    bench.legs.take(ticks)
    assert bench.legs.advance() == []
    assert bench.journals == []
    bench.legs.take([Packet(100 * NS, "chest", "control", b"\x01\x00")])
    bench.close()
    commands = [item for item in JournalReader(bench.journals[0]) if not isinstance(item, Packet | Tick)]
    assert [type(c) for c in commands] == [SetSlouch, SetAlerts, Calibrate]
    assert bench.headers[0].origin_wall_ns == WALL_START_NS + 99 * NS
    packet = next(item for item in JournalReader(bench.journals[0]) if isinstance(item, Packet))
    assert packet.t_ns == NS


def test_answers_to_the_set_up_are_heard_by_every_leg(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    items = later(bench.items(200), BEFORE_MIDNIGHT_NS)
    items.insert(5, Packet(0, "chest", "control", b"\x01\x00"))
    bench.legs.take(items)
    bench.close()
    for path in bench.journals:
        assert [i.t_ns for i in JournalReader(path) if isinstance(i, Packet) and i.channel == "control"] == [0]


def test_a_snooze_outlasts_midnight(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    items = later(bench.items(300), BEFORE_MIDNIGHT_NS)
    at = next(i for i, item in enumerate(items) if isinstance(item, Tick) and item.t_ns == 100 * NS)
    bench.legs.take(items[:at])
    bench.legs.advance()
    bench.legs.command(Snooze(0, 600.0))
    bench.legs.take(items[at:])
    second = per_leg(bench.legs.advance() + bench.close())[1]
    assert [e for e in second if isinstance(e, Alert)] == []
    (snooze,) = (i for i in JournalReader(bench.journals[1]) if isinstance(i, Snooze))
    assert 545.0 < snooze.duration_s < 552.0


def test_a_disk_that_takes_nothing_is_told_of_once_and_tried_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.full = True
    items = bench.items(700)
    at = next(i for i, item in enumerate(items) if isinstance(item, Tick) and item.t_ns == 650 * NS)
    bench.legs.take(items[:100])
    (problem,) = bench.legs.problems()
    assert str(problem) == "The disk is full. Free some space. Watching goes on without recording."
    bench.legs.take(items[100 : at - 600])
    assert RETRY_NS == 600 * NS
    assert len([e for e in bench.legs.advance() if isinstance(e, Alert)]) == 2
    bench.full = False
    bench.legs.take(items[at - 600 :])
    events = bench.legs.advance() + bench.close()
    assert bench.legs.problems() == []
    assert len(bench.journals) == 1
    assert replayed(bench.journals[0]) == lines(per_leg(events)[-1])


def test_alerts_of_an_earlier_run_count(tmp_path: Path) -> None:
    used = (date(2026, 1, 1), 5)
    bench = Bench(tmp_path, used=used, alerts=lambda day: replace(TRAINING, quota=5))
    bench.legs.take(bench.items(100))
    assert [e for e in bench.legs.advance() + bench.close() if isinstance(e, Alert)] == []
    assert bench.legs.used == used


def test_nothing_is_kept_where_nothing_is_to_be_recorded(tmp_path: Path) -> None:
    bench = Bench(tmp_path, record=False)
    bench.legs.take(bench.items(100))
    assert len([e for e in bench.legs.advance() if isinstance(e, Alert)]) == 1
    assert not bench.legs.recording
    assert list(tmp_path.iterdir()) == []
