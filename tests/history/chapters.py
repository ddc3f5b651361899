"""Journals and chapters for the tests of this room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from sensorcoach.history import Chapter
from sensorcoach.history.chapter import COUNTS, ExerciseRow, SessionRow
from sensorcoach.recording import JournalHeader, JournalWriter, SensorHeader
from sensorcoach.samples import NS, SampleBlock, Tick
from sensorcoach.transport.virtual import open_virtual

Clock = Callable[[int], tuple[int, int]]
"""From stream time (ns) to Unix time (ns) and the offset of local time (s)."""


def utc_ns(*when: int) -> int:
    """Unix time of a moment given as year, month, day, hour, minute, second (UTC)."""
    return round(dt.datetime(*when, tzinfo=dt.UTC).timestamp()) * NS  # type: ignore[misc, arg-type]


def header(start_ns: int = utc_ns(2026, 1, 1, 9), offset_s: int = 0) -> JournalHeader:
    return JournalHeader((SensorHeader("chest", "chest", "Test sensor"),), start_ns, offset_s, start_ns, "test")


def steady(start_ns: int, offset_s: int = 0) -> Clock:
    return lambda t_ns: (start_ns + t_ns, offset_s)


def record(
    folder: Path,
    clock: Clock,
    *,
    seconds: int = 70,
    scenario: str = "desk",
    compress: bool = True,
    wearer: str = "",
    sensor: str = "virtual",
) -> Path:
    """A journal of the virtual wearer whose ticks tell the time of `clock`; with another `sensor` it passes as real."""
    source = open_virtual(scenario)
    wall_ns, offset_s = clock(0)
    worn = replace(source.header, profile=source.header.profile | {"name": sensor})  # type: ignore[operator]
    head = JournalHeader((worn,), wall_ns, offset_s, wall_ns, "test", wearer=wearer)
    with JournalWriter(folder, head, compress=compress) as writer:
        while items := source.read(seconds * NS, 10_000):
            for item in items:
                if isinstance(item, Tick):
                    wall_ns, offset_s = clock(item.t_ns)
                    item = Tick(item.t_ns, wall_ns, offset_s)
                if not isinstance(item, SampleBlock):
                    writer.append(item)
    return folder


def counts(**given: int) -> list[int]:
    """One minute; what is not given is zero."""
    assert set(given) <= set(COUNTS)
    return [given.get(name, 0) for name in COUNTS]


def chapter(
    date: dt.date,
    *,
    upright: int = 0,
    slouched: int = 0,
    paced: int = 0,
    exercises: Mapping[str, float] | None = None,
    wearer: str = "me",
    done: float = 1.0,
) -> Chapter:
    """A day at noon UTC with so many minutes of each."""
    first = utc_ns(date.year, date.month, date.day, 12) // (60 * NS)
    kinds = [{"upright_s": 60}] * upright + [{"slouched_s": 60}] * slouched + [{"paced_s": 60}] * paced
    minutes = {(first + i, 0): counts(worn_s=60, still_s=60, **kind) for i, kind in enumerate(kinds or [{}])}
    sessions: tuple[SessionRow, ...] = ()
    if exercises is not None:
        rows = tuple(ExerciseRow(name, name.title(), round(1000 * share), "right") for name, share in exercises.items())
        start_ns = first * 60 * NS
        sessions = (SessionRow(start_ns, 0, date.isoformat(), "gentle", "done", round(1000 * done), 600, "{}", rows),)
    start_ns = first * 60 * NS
    return Chapter(wearer, "Test sensor", "chest", "test", start_ns, start_ns, 0, 0, minutes, (), sessions, ())
