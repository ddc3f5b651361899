"""A session inside the engine: the same in any grouping, saved and restored, and from its journal."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensorcoach.coach.session import load_library, make_plan
from sensorcoach.coach.session.rehearsal import rehearse
from sensorcoach.engine import Engine
from sensorcoach.engine.engine import Item
from sensorcoach.events import (
    ControlSession,
    CueSpoken,
    Event,
    Followed,
    Notice,
    PacerSet,
    Pose,
    SessionState,
    SessionStep,
    SessionSummary,
    SetPacer,
    StartSession,
)
from sensorcoach.recording import JournalReader, JournalWriter
from sensorcoach.recording.journal_format import JournalHeader
from sensorcoach.samples import NS, Packet, StreamInfo
from sensorcoach.simulate.sensor import VirtualSensor
from sensorcoach.transport.rehearsal import RehearsedSource
from sensorcoach.transport.virtual import WALL_START_NS


@cache
def rehearsed() -> tuple[RehearsedSource, tuple[Item, ...]]:
    """A desk break with a pause, a silence of the sensor, and answers."""
    plan = make_plan(load_library(), "desk-break", StreamInfo("chest", "chest", 50.0))
    script = rehearse(plan)
    commands = [*script.commands, ControlSession(30 * NS, "pause"), ControlSession(35 * NS, "resume")]
    source = RehearsedSource(VirtualSensor(script.scenario), sorted(commands, key=lambda c: c.t_ns))
    items: list[Item] = []
    until_ns = 0
    while not source.ended:
        until_ns += 10 * NS
        items += source.read(until_ns, 10**6)
    silent = [i for i in items if not (isinstance(i, Packet) and 80 * NS < i.t_ns < 92 * NS)]
    return source, tuple(silent)


@cache
def expected() -> str:
    source, items = rehearsed()
    engine = Engine(source.engine_sensors())
    return repr([e for item in items for e in engine.feed(item)] + engine.finish())


def test_the_session_runs_pauses_and_ends() -> None:
    source, items = rehearsed()
    engine = Engine(source.engine_sensors())
    events = engine.feed_many(items)
    states = [(e.state, e.reason) for e in events if isinstance(e, SessionState)]
    assert states == [
        ("running", "wearer"),
        ("paused", "wearer"),
        ("running", "wearer"),
        ("paused", "sensor"),
        ("running", "sensor"),
        ("ended", "done"),
    ]
    assert sum(isinstance(e, SessionSummary) for e in events) == 1
    times = [e.t_ns for e in events if isinstance(e, CueSpoken | SessionStep | SessionState | PacerSet)]
    assert times == sorted(times)


def test_bulk_gives_what_one_by_one_gives() -> None:
    source, items = rehearsed()
    engine = Engine(source.engine_sensors())
    assert repr(engine.feed_many(items) + engine.finish()) == expected()


@settings(max_examples=6, deadline=None, derandomize=True)
@given(at=st.integers(0, 10**6))
def test_a_saved_session_goes_on_as_if_never_interrupted(at: int) -> None:
    source, items = rehearsed()
    cut = at % len(items)
    engine = Engine(source.engine_sensors())
    head = engine.feed_many(items[:cut])
    again = Engine.restore(engine.save())
    assert repr(head + again.feed_many(items[cut:]) + again.finish()) == expected()


def test_the_journal_alone_gives_the_session_again(tmp_path: Path) -> None:
    source, items = rehearsed()
    header = JournalHeader((source.header,), WALL_START_NS, 0, WALL_START_NS)
    with JournalWriter(tmp_path / "made.journal", header) as journal:
        for item in items:
            journal.append(item)  # type: ignore[arg-type]
    reader = JournalReader(tmp_path / "made.journal")
    engine = Engine(source.engine_sensors())
    assert repr(engine.feed_many(reader) + engine.finish()) == expected()


def test_without_a_session_nothing_of_it_is_computed() -> None:
    source, items = rehearsed()
    engine = Engine(source.engine_sensors())
    events = engine.feed_many([i for i in items if not isinstance(i, StartSession | ControlSession)])
    assert not any(isinstance(e, Pose | PacerSet | SessionState) for e in events)


def test_a_pacer_outside_a_session_is_scored_too() -> None:
    source, items = rehearsed()
    engine = Engine(source.engine_sensors())
    plain = [i for i in items if not isinstance(i, StartSession | ControlSession)]
    first: list[Event] = engine.feed(SetPacer(0, 0, 2.0, 0.0, 2.3, 0.0))
    assert any(isinstance(e, Followed) for e in first + engine.feed_many(plain))


@pytest.mark.parametrize(("sensor", "plan"), [("chest", "no plan"), ("upper-back", "{}")])
def test_a_session_that_cannot_be_is_told_and_changes_nothing(sensor: str, plan: str) -> None:
    source, _ = rehearsed()
    engine = Engine(source.engine_sensors())
    (notice,) = engine.feed(StartSession(0, sensor, "x", plan))
    assert isinstance(notice, Notice)
    assert notice.code == "no_session"


def test_a_stream_that_ends_ends_the_session_with_its_summary() -> None:
    source, items = rehearsed()
    engine = Engine(source.engine_sensors())
    engine.feed_many(items[: len(items) // 3])
    end = engine.finish()[-1]
    assert isinstance(end, SessionSummary)
    assert end.ended == "cut"
