"""What Home starts, opened for real: over the simulated radio, the virtual wearer, and files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from sensorcoach.cli import finding, main
from sensorcoach.cli.commands import home
from sensorcoach.cli.dashboard import dashboard
from sensorcoach.cli.launching import Launch
from sensorcoach.cli.places import pose_keeper
from sensorcoach.coach.slouch import SlouchSettings
from sensorcoach.cues import CueSettings, player
from sensorcoach.errors import InputError, OutputError, UsageError
from sensorcoach.events import CalibrationDone, CalibrationStep, Event, Notice, SessionStep, StartCalibration
from sensorcoach.profiles import load_profiles
from sensorcoach.recording.journal_format import SensorHeader
from sensorcoach.recording.journal_reader import JournalReader
from sensorcoach.runtime.recorder import ThreadRecorder
from sensorcoach.transport.virtual_device import VirtualDevice
from sensorcoach.transport.virtual_radio import Air
from sensorcoach.tui.launcher import Opened, Wanted


async def heard(opened: Opened, until: type[Event]) -> list[Event]:
    """What the feed says up to the first event of this kind."""
    events: list[Event] = []
    async for batch in opened.feed.batches():
        events += batch
        if any(isinstance(event, until) for event in batch):
            break
    return events


async def test_the_virtual_wearer() -> None:
    opened = await Launch().open(Wanted("live", demo=True), print)
    assert (opened.place, opened.feed.kind, opened.plan) == ("live", "demo", None)


async def test_a_rehearsal_has_its_plan_and_says_what_it_is() -> None:
    opened = await Launch().open(Wanted("session", "desk-break", demo=True), print)
    assert opened.place == "session"
    assert opened.plan is not None
    assert opened.feed.title == "Rehearsal: Desk break"
    opened.feed.set_speed(float("inf"))
    steps = [e for e in await heard(opened, SessionStep) if isinstance(e, SessionStep)]
    assert steps[0].steps == len(opened.plan.steps)


async def test_the_virtual_wearer_knows_what_to_do_in_a_calibration() -> None:
    opened = await Launch().open(Wanted("calibrate", demo=True), print)
    assert opened.place == "calibrate"
    assert opened.keep_pose is None
    opened.feed.set_speed(float("inf"))
    opened.feed.command(StartCalibration(0, opened.feed.sensor))
    events = await heard(opened, CalibrationDone)
    assert not any(isinstance(e, CalibrationStep) and e.state == "refused" for e in events)


async def test_a_recording() -> None:
    launch = Launch()
    assert "desk" in [choice.name for choice in launch.recordings()]
    opened = await launch.open(Wanted("replay", "desk"), print)
    assert opened.feed.duration_s == pytest.approx(480.0, abs=0.1)
    with pytest.raises(InputError, match="no recording called"):
        await launch.open(Wanted("replay", "nothing"), print)


async def test_sessions_are_those_that_can_be_done() -> None:
    launch = Launch()
    names = [choice.name for choice in launch.sessions()]
    assert {"breathing-only", "desk-break", "cat-cow"} <= set(names)
    with pytest.raises(UsageError):
        await launch.open(Wanted("session", "no-such", demo=True), print)


@pytest.fixture
def air(monkeypatch: pytest.MonkeyPatch) -> Air:
    """The air instead of a radio."""
    air = Air([VirtualDevice(load_profiles()["polar_h10"], name="Polar H10 12345678")])
    monkeypatch.setattr(finding, "Radio", air.radio)
    return air


async def test_a_sensor_is_found_recorded_remembered_and_told_of(air: Air) -> None:
    launch = Launch(argparse.Namespace(wearer="Ann"))
    assert launch.sensor == ""
    said: list[str] = []
    opened = await launch.open(Wanted("live"), said.append)
    assert said == ["Looking for a sensor …", "Found Polar H10 12345678."]
    assert launch.sensor == "Polar H10 12345678"
    assert (opened.feed.kind, opened.wearer) == ("live", "Ann")
    assert opened.feed.recording is not None
    assert any(isinstance(event, Notice) for event in await heard(opened, Notice))
    await opened.feed.closed()
    (remark,) = launch.farewell()
    folder = Path(remark.removeprefix("Recorded to ").rstrip("."))
    assert JournalReader(folder).header.wearer == "Ann"


async def test_what_a_recording_misses_is_told_when_the_screen_is_free(
    air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: ThreadRecorder) -> None:
        self._problems.put(OutputError("The disk is full.", "Free some space."))

    launch = Launch()
    opened = await launch.open(Wanted("live"), print)
    close = ThreadRecorder.close
    monkeypatch.setattr(ThreadRecorder, "close", lambda self: (close(self), full(self)))
    await heard(opened, Notice)
    await opened.feed.closed()
    problem, recorded = launch.farewell()
    assert problem == "The disk is full. Free some space."
    assert recorded.startswith("Recorded to ")


async def test_a_pose_that_does_not_hold_any_more_is_told_of(air: Air) -> None:
    first = await Launch().open(Wanted("calibrate"), print)
    assert first.keep_pose is not None
    first.keep_pose(CalibrationDone(0, "chest", (0.0, 0.0, 1.0), (1.0, 0.0, 0.0), 11.0, 0.3, 0.9))
    keeper = pose_keeper(None, again_header(first))
    keeper.heard([Notice(0, "chest", "sensor_moved", "It moved.", "")])
    again = await Launch().open(Wanted("live"), print)
    assert [words.partition(":")[0] for words in again.remarks] == ["The stored upright pose is not used"]


async def test_cues_of_the_feed_before_end_with_it() -> None:
    cues = player(CueSettings(bell=True), say=print)
    launch = Launch(cues=cues)
    await launch.open(Wanted("live", demo=True), print)
    assert cues._closed


async def test_a_session_with_a_sensor_begins_at_once(air: Air) -> None:
    opened = await Launch().open(Wanted("session", "desk-break"), print)
    steps = [event for event in await heard(opened, SessionStep) if isinstance(event, SessionStep)]
    assert steps[0].title == "Before we begin"
    await opened.feed.closed()


async def test_a_calibration_is_kept_for_the_next_time(air: Air) -> None:
    opened = await Launch().open(Wanted("calibrate"), print)
    assert opened.feed.recording is None
    assert opened.keep_pose is not None
    done = CalibrationDone(0, "chest", (0.0, 0.0, 1.0), (1.0, 0.0, 0.0), 11.0, 0.3, 0.9)
    assert opened.keep_pose(done) == "It is kept for the next time."
    again = await Launch().open(Wanted("live"), print)
    assert again.feed.recording is not None
    keeper = pose_keeper(None, again_header(again))
    assert len(keeper.first(SlouchSettings())) == 2


def again_header(opened: Opened) -> SensorHeader:
    return opened.feed._run.source.header.sensors[0]  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize("terminal", [True, False])
def test_without_a_command_it_is_home_on_a_terminal_and_help_elsewhere(
    terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown: list[object] = []
    monkeypatch.setattr(sys.modules["sensorcoach.cli.main"], "on_terminal", lambda: terminal)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: terminal)
    monkeypatch.setattr(home, "run", lambda args: shown.append(args) or 0)
    assert main([]) == 0
    assert len(shown) == terminal
    assert ("usage:" in capsys.readouterr().out) is not terminal


def test_the_dashboard_takes_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENSORCOACH_DASHBOARD_THEME", "light")
    monkeypatch.setenv("SENSORCOACH_DASHBOARD_LARGE_NUMBERS", "on")
    monkeypatch.setenv("SENSORCOACH_DASHBOARD_CURVE_S", "45")
    monkeypatch.setenv("SENSORCOACH_PACER_PATTERN", "long-exhale")
    app = dashboard(None, Launch())
    assert (app.theme, app.large, app.curve_s) == ("sensorcoach-light", True, 45.0)
    parts: Sequence[tuple[float, ...]] = [pattern.parts_s for pattern in app.patterns]
    assert parts[0] == (4.0, 0.0, 6.0, 0.0)
    assert len(set(parts)) == len(parts) == 3
    assert [room.name for room in app.rooms] == ["history", "devices", "settings"]
