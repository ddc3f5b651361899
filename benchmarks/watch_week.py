"""A week through the watch at full speed, with all going wrong that can: memory, errors, replay, history, alerts.

`--days 7` is the week; the test suite runs an hour of it.
"""

from __future__ import annotations

import argparse
import asyncio
import errno
import json
import os
import sys
import tempfile
import time
import zlib
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from _week import DAY_S, LENGTHS_S, SLOUCH_S, Fault, FaultyStream, schedule, slouch_times, working_day

from sensorcoach.alerts.settings import AlertSettings
from sensorcoach.coach.slouch import SlouchSettings
from sensorcoach.events import Alert, Calibrate, Command, Event, Link, SlouchStarted, to_dict
from sensorcoach.history import History, rebuild, update
from sensorcoach.recording import journal_writer
from sensorcoach.recording.journal_format import JournalHeader
from sensorcoach.recording.maintenance import repair
from sensorcoach.runtime.direct_recorder import DirectRecorder
from sensorcoach.runtime.headless import play
from sensorcoach.runtime.run import Run
from sensorcoach.runtime.watch.board import Board
from sensorcoach.runtime.watch.chronicle import ChronicledRecorder
from sensorcoach.runtime.watch.frugal import give_memory_back
from sensorcoach.runtime.watch.legs import Legs, Plan
from sensorcoach.runtime.watch.station import Station
from sensorcoach.samples import NS
from sensorcoach.transport.replay import open_recording
from sensorcoach.transport.setup import setup_from_header
from sensorcoach.transport.virtual import WALL_START_NS

PIECE = 12
"""Items handed over at once while something goes wrong: about a second's worth."""


@dataclass
class Lines:
    """Check sums of the lines that one leg printed, in a file, so that they do not count as memory.

    `whole` unless its process was killed.
    """

    path: Path
    whole: bool = True

    def add(self, sums: array[int]) -> None:
        """Some more lines."""
        with self.path.open("ab") as file:
            sums.tofile(file)

    def sums(self) -> array[int]:
        """All of them."""
        return array("I", self.path.read_bytes())


@dataclass
class Week:
    """What a run of the watch came to."""

    folder: Path
    legs: list[Lines] = field(default_factory=list)
    journals: list[Path] = field(default_factory=list)
    alerts_s: list[float] = field(default_factory=list)
    slouches_s: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    rss_mb: list[float] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def history(self) -> Path:
        """The history that was kept as the week went on."""
        return self.folder / "history.sqlite3"


class _Disk:
    """Stands in for `os` in the journal writer: a disk that can be full."""

    def __init__(self) -> None:
        self.full = False

    def write(self, file: int, data: Any) -> int:
        """Refuse while full."""
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return os.write(file, data)

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)


@contextmanager
def faulty_disk() -> Iterator[_Disk]:
    """The journal writer's disk."""
    disk = _Disk()
    setattr(journal_writer, "os", disk)  # noqa: B010
    try:
        yield disk
    finally:
        setattr(journal_writer, "os", os)  # noqa: B010


class _Life:
    """One process: a station, until it is killed or ends."""

    def __init__(self, week: Week, stream: FaultyStream) -> None:
        self._week = week
        self._new_lines()
        self._neutral = stream.source.virtual.neutral()
        self._recorder: DirectRecorder | None = None
        header = JournalHeader((stream.source.header,), WALL_START_NS, 0, WALL_START_NS)
        settings = AlertSettings("training", quota=0, quiet="")
        source = _Streams(header, stream)
        slouch = SlouchSettings.preset("normal", "training")
        plan = Plan(slouch, lambda day: settings, first=self._pose, record=self._record)
        board = Board("virtual", "me", stream.sensor)
        self.station = Station(Legs(source, plan), board, sink=self._sink, say=week.said.append)

    def _pose(self) -> list[Command]:
        """As stored by a calibration: after a restart it is to be confirmed by the first upright rest."""
        up, forward = ((float(x), float(y), float(z)) for x, y, z in self._neutral)
        return [Calibrate(0, "chest", up, forward, "stored")]

    def _new_lines(self) -> None:
        self._lines = Lines(self._week.folder / f"{len(self._week.legs):04d}.sums")

    def kill(self) -> None:
        """As kill -9 leaves it: what the system did not get is lost."""
        if self._recorder is not None:
            os.close(self._recorder._writer._file)
            self._recorder._writer._file = -1
        self._lines.whole = False
        self._week.legs.append(self._lines)

    def _record(self, header: JournalHeader) -> ChronicledRecorder:
        path = self._week.folder / f"{len(self._week.journals):04d}.journal"
        self._week.journals.append(path)
        self._recorder = DirectRecorder(path, header)
        return ChronicledRecorder(self._recorder, path, header, self._week.history)

    def _sink(self, events: Iterable[Event]) -> None:
        week, sums = self._week, array("I")
        for event in events:
            sums.append(zlib.crc32(json.dumps(to_dict(event)).encode()))
            if isinstance(event, Alert) and event.about == "slouch":
                week.alerts_s.append(self._wall_s(event))
            if isinstance(event, SlouchStarted) and event.trusted:
                week.slouches_s.append(self._wall_s(event))
            if isinstance(event, Link) and event.state == "ended":
                self._lines.add(sums)
                week.legs.append(self._lines)
                self._new_lines()
                sums = array("I")
        self._lines.add(sums)

    def _wall_s(self, event: Event) -> float:
        """Time of the whole run: every leg begins at zero."""
        legs = self.station.legs
        return (legs.heard_ns - (legs.leg_ns - event.t_ns)) / NS if legs.leg_ns >= event.t_ns else event.t_ns / NS


class _Streams:
    def __init__(self, header: JournalHeader, stream: FaultyStream) -> None:
        self.header = header
        self.engine_sensors = stream.source.engine_sensors


async def live(seconds: int, folder: Path, *, hours: float = 24.0) -> Week:
    """Let the watch run."""
    week = Week(folder, faults=schedule(seconds))
    asyncio.get_running_loop().set_exception_handler(lambda _, said: week.errors.append(str(said)))
    stream = FaultyStream(working_day(hours=hours), week.faults, seconds)
    full_until_s = -1.0
    with faulty_disk() as disk:
        life = _Life(week, stream)
        for minute, (items, faults) in enumerate(stream.minutes()):
            for fault in faults:
                if fault.kind == "disk_full":
                    full_until_s = 60 * minute + fault.length_s
            disk.full = 60 * minute < full_until_s
            step = PIECE if faults else len(items)  # as a radio would bring it, where it matters
            for first in range(0, len(items), max(step, 1)):
                life.station.take(items[first : first + step])
            if any(f.kind == "kill" for f in faults):
                life.kill()
                life = _Life(week, stream)
            await asyncio.sleep(0)
            if minute % 60 == 59:
                week.rss_mb.append(_rss_mb())
        disk.full = False
        life.station._tell(life.station.legs.finish())
        closed = await asyncio.gather(*life.station._closing, return_exceptions=True)
        week.errors += [repr(error) for error in closed if isinstance(error, BaseException)]
    return week


def history_differences(week: Week) -> tuple[int, int]:
    """Chapters that the watch did not put itself, and rows in which its history and one made anew differ."""
    with History(week.history) as grown, History(week.folder / "anew.sqlite3") as anew:
        missing = len(update(grown, week.folder, setup_from_header).read)
        rebuild(anew, week.folder, setup_from_header)
        return missing, len(set(grown.content()) ^ set(anew.content()))


def differences(week: Week) -> int:
    """Lines that a replay of the journals prints otherwise; what a killed process could not write counts as none."""
    wrong = 0
    for lines, path in zip(week.legs, week.journals, strict=True):
        found = array("I")

        def keep(events: Iterable[Event], found: array[int] = found) -> None:
            found.extend(zlib.crc32(json.dumps(to_dict(event)).encode()) for event in events)

        play(Run(open_recording(path)), keep, speed=float("inf"), end_ns=2**62)
        if not lines.whole:  # its replay ends where the journal does, and says so
            found = found[:-1]
        expected = lines.sums() if lines.whole else lines.sums()[: len(found)]
        wrong += sum(a != b for a, b in zip(found, expected, strict=False)) + abs(len(found) - len(expected))
    return wrong


def missed_after(week: Week, seconds: int) -> list[str]:
    """Kinds of faults after which the next planned slouch was not flagged."""
    planned = [day + s for day in range(0, seconds, DAY_S) for s in slouch_times() if day + s + SLOUCH_S < seconds]
    out = []
    for fault in week.faults:
        over_s = fault.at_s + fault.length_s
        following = next((s for s in planned if s > over_s + 30), None)
        if following is not None and not any(following < t < following + SLOUCH_S + 10 for t in week.slouches_s):
            out.append(fault.kind)
    return out


def _rss_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


def main() -> None:
    """Print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=float, default=7.0)
    args = parser.parse_args()
    seconds = round(args.days * DAY_S)
    give_memory_back()  # as the command does
    with tempfile.TemporaryDirectory() as name:
        started_s = time.perf_counter()
        week = asyncio.run(live(seconds, Path(name)))
        live_s = time.perf_counter() - started_s
        wrong = differences(week)
        replay_s = time.perf_counter() - started_s - live_s
        missing, rows = history_differences(week)
        for path in week.journals:
            repair(path)  # compresses what a killed process left as it was
        size_mb = sum(f.stat().st_size for path in week.journals for f in path.iterdir()) / 1e6
        print(
            json.dumps(
                {
                    "benchmark": "watch_week",
                    "days": args.days,
                    "live_s": round(live_s),
                    "replay_s": round(replay_s),
                    "kinds_of_faults": len(LENGTHS_S),
                    "faults": len(week.faults),
                    "legs": len(week.legs),
                    "lines": sum(len(leg.sums()) for leg in week.legs),
                    "lines_replayed_otherwise": wrong,
                    "unhandled_errors": len(week.errors),
                    "chapters_read_afterwards": missing,
                    "history_rows_otherwise_than_rebuilt": rows,
                    "rss_mb_after_an_hour": round(week.rss_mb[0], 1),
                    "rss_mb_most_later": round(max(week.rss_mb), 1),
                    "rss_mb_by_day": [round(mb, 1) for mb in week.rss_mb[23::24]],
                    "journal_mb_a_day": round(size_mb / args.days, 1),
                    "alerts": len(week.alerts_s),
                    "slouch_not_flagged_after": missed_after(week, seconds),
                }
            )
        )
    sys.exit(bool(wrong or rows or week.errors))


if __name__ == "__main__":
    main()
