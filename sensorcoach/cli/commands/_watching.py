"""The watch itself: finding the sensor, and giving the loop everything it needs."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import os
import re
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from ...alerts.channels import Bell, Channel, DesktopNotification, Haptic, Ladder, TerminalNotification
from ...alerts.policy import posture_sensor
from ...alerts.settings import DEFAULT_ABOUT, DEFAULT_QUIET, DEFAULT_QUOTA, AlertSettings
from ...coach.slouch import SlouchSettings
from ...errors import UsageError
from ...events import Alert, Calibrate, Event, Mark, Mute, Snooze
from ...recording.journal_format import JournalHeader
from ...recording.maintenance import prune
from ...recording.segments import journal_folder
from ...runtime.calibrations import DEFAULT_WEARER, CalibrationStore, Fitting, PoseKeeper
from ...runtime.direct_recorder import DirectRecorder
from ...runtime.headless import Sink, json_sink, plain_sink, silent_sink
from ...runtime.live import LiveRecorder
from ...runtime.recorder import ThreadRecorder
from ...runtime.run import stream_end_ns
from ...runtime.watch.board import Board
from ...runtime.watch.control import ControlServer
from ...runtime.watch.legs import Legs, Plan
from ...runtime.watch.lock import InstanceLock
from ...runtime.watch.memory import WatchMemory, recall, remember
from ...runtime.watch.paced import PacedSource
from ...runtime.watch.station import REST_S, Station, WatchSource
from ...samples import NS
from ...transport.ble import LinkError
from .watch import DEMO, file_word, place, state_folder, who

PATIENT: frozenset[str] = frozenset(("not_found", "timeout", "link", "busy", "powered_off", "no_adapter", "no_service"))
"""Faults that pass: the sensor is put on, the adapter plugged in. A watch waits for that, with this pause."""
PAUSE_S = 15.0
DAY_S = 86_400.0
HANG_UP = getattr(signal, "SIGHUP", None)


def watch(args: argparse.Namespace) -> int:
    """Watch until stopped."""
    if args.training and args.tracking:
        raise UsageError("--training and --tracking exclude each other.", "Choose one.")
    if args.device != DEMO and (args.speed is not None or args.scenario is not None or args.seed is not None):
        raise UsageError("--speed, --scenario and --seed are for the virtual wearer.", "Add --device demo.")
    with InstanceLock(state_folder(), f"watch-{file_word(who(args))}", f"watching {args.device or 'a sensor'}"):
        return asyncio.run(_watch(args))


@dataclass(slots=True)
class _Watching:
    """What all streams of one watch share."""

    args: argparse.Namespace
    stop: asyncio.Event
    memory_path: Path
    memory: WatchMemory
    station: Station | None = None
    source: WatchSource | None = None
    hung_up: bool = False
    notes: set[str] = field(default_factory=set)

    def alerts_on(self, day: date) -> AlertSettings:
        """How to alert on a day; the first week only tracks, unless asked otherwise."""
        args = self.args
        if not self.memory.first_day:
            self._remember(first_day=day.isoformat())
        base = _settings(args)
        if args.training:
            return replace(base, mode="training")
        if args.tracking or self.memory.is_new(day):
            if not args.tracking:
                self.say_once("The first week only tracks: no alerts about posture. With --training there are at once.")
            return replace(base, mode="tracking")
        return replace(base, mode="all-day")

    def save(self, events: Iterable[Event]) -> None:
        """Keep how many alerts there were today."""
        used = None if self.station is None else self.station.legs.used
        if used is not None and any(isinstance(event, Alert) for event in events):
            self._remember(day=used[0].isoformat(), used=used[1])

    def hang_up(self) -> None:
        """The terminal is gone."""
        self.hung_up = True
        self._remember(hung_up=True)
        self.stop.set()

    def say_once(self, words: str) -> None:
        """Say it unless it was said before."""
        if words not in self.notes:
            self.notes.add(words)
            say(words)

    def _remember(self, **changes: Any) -> None:
        self.memory = replace(self.memory, **changes)
        remember(self.memory_path, self.memory)


async def _watch(args: argparse.Namespace) -> int:
    memory_path = state_folder() / f"watch-{file_word(who(args))}.json"
    watching = _Watching(args, asyncio.Event(), memory_path, recall(memory_path))
    _settings(args)  # what is wrong with the options is said before anything begins
    if watching.memory.hung_up:
        watching._remember(hung_up=False)
        say("The last watch ended with its terminal. To have one without a terminal: sensorcoach watch --install")
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(_signals(watching))
        try:
            await stack.enter_async_context(ControlServer(place(args), partial(_answer, watching)))
        except OSError as error:
            say(f"Other commands cannot reach this watch ({error.strerror or error}); it goes on.")
        if args.device == DEMO:
            await _demo(watching)
        else:
            await _patiently(watching)
    if not watching.hung_up:
        say("The watch has ended; everything is saved.")
    return 0


async def _demo(watching: _Watching) -> None:
    from ...transport.virtual import WALL_START_NS, open_virtual

    args = watching.args
    source = open_virtual(args.scenario or DEMO, seed=args.seed)
    header = JournalHeader((source.header,), WALL_START_NS, 0, WALL_START_NS, _writer())
    speed = 1.0 if args.speed is None else args.speed
    await _stream(
        watching,
        PacedSource(source, header, speed, end_ns=stream_end_ns(args.seconds)),
        hurried=math.isinf(speed),
        channels=_terminal(),
    )


async def _patiently(watching: _Watching) -> None:
    """Stream from a real sensor; when it cannot be had, wait for it."""
    from ...transport.ble import BleSource, Radio, Target
    from .live import find_sensor

    radio = Radio()
    while not watching.stop.is_set():
        try:
            finding = asyncio.create_task(find_sensor(watching.args, radio, watching.say_once))
            if not await _unless_stopped(finding, watching.stop):
                return
            seen, profile = finding.result()
            target = Target(seen.device, profile, seen.name, params=profile.resolve(use="watch"))
            source = BleSource([target], radio)
            channels: list[Channel] = [Haptic(source.buzz)] if profile.haptic is not None else []
            with InstanceLock(state_folder(), f"device-{file_word(seen.address)}", f"watching {target.title}"):
                await _stream(watching, source, hurried=False, channels=[*channels, *_terminal()])
            return
        except LinkError as error:
            if error.fault not in PATIENT:
                raise
            watching.say_once(f"{error} Waiting for it.")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PAUSE_S):
                await watching.stop.wait()


async def _unless_stopped(task: asyncio.Task[Any], stop: asyncio.Event) -> bool:
    """Whether the task is done; when it is to stop before that, it is cancelled."""
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if task.done():
        return True
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return False


async def _stream(watching: _Watching, source: WatchSource, *, hurried: bool, channels: Sequence[Channel]) -> None:
    args = watching.args
    slouch = SlouchSettings.preset(args.preset or "normal", "training" if args.training else "all-day")
    header = source.header.sensors[0]
    fitting = Fitting(args.wearer or DEFAULT_WEARER, header.address or header.device_name, header.site)
    keeper = PoseKeeper(CalibrationStore(user_data_path("sensorcoach") / "calibrations"), fitting, header.name)
    sensors = [sensor.name for sensor in source.header.sensors]
    board = Board(source.title, args.wearer or DEFAULT_WEARER, posture_sensor(sensors))

    def first() -> Sequence[Any]:
        commands = keeper.first(slouch)
        if keeper.problem:
            watching.say_once(keeper.problem)
        return commands

    def begin(header: JournalHeader) -> LiveRecorder:
        folder = _journal(args, header)
        recorder = DirectRecorder(folder, header) if hurried else ThreadRecorder(folder, header)
        board.recording = str(folder)
        say(f"Recording to {folder}.")
        if args.keep is not None:
            _prune(folder.parent, args.keep, header.created_wall_ns)
        return recorder

    def alerts_on(day: date) -> AlertSettings:
        settings = watching.alerts_on(day)
        board.mode = settings.mode
        return settings

    def heard(events: Iterable[Event]) -> None:
        kept = list(events)
        keeper.heard(kept)
        watching.save(kept)

    used = watching.memory.alerts_on()
    plan = Plan(slouch, alerts_on, first, None if args.no_record else begin, used)
    ladder = None if hurried else Ladder(channels, say)
    station = Station(Legs(source, plan), board, sink=_sink(args), say=say, ladder=ladder, heard=heard)
    watching.station, watching.source = station, source
    say(f"Watching {source.title}. Ctrl-C ends it; everything is saved.")
    rest = _no_rest if hurried else partial(_rest, watching.stop)
    try:
        await station.run(source, watching.stop, end_ns=stream_end_ns(args.seconds), rest=rest)
    finally:
        watching.station = None


async def _no_rest() -> None:
    await asyncio.sleep(0)


async def _rest(stop: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(REST_S):
            await stop.wait()


def _answer(watching: _Watching, request: dict[str, Any]) -> dict[str, Any]:
    """What other commands ask of this watch."""
    do, station = request.get("do"), watching.station
    if do == "stop":
        watching.stop.set()
        return {"said": "The watch has ended; everything is saved."}
    if station is None:
        raise UsageError("The watch is still looking for its sensor.", "Wear it and wake it up, and try again.")
    legs = station.legs
    if do in ("status", "view"):
        snooze_s, mute_s = legs.until()
        used = legs.used
        more = {"snooze_s": round(snooze_s), "mute_s": round(mute_s), "pid": os.getpid()}
        return station.board.summary(**more, alerts_used=used[1] if used else 0)
    if do in ("snooze", "meeting"):
        minutes = request.get("minutes")
        if not isinstance(minutes, int | float) or not 0 <= minutes <= DAY_S / 60:
            raise UsageError("That is no number of minutes.")
        legs.command(Snooze(0, minutes * 60.0) if do == "snooze" else Mute(0, minutes * 60.0))
        what = "alerts about posture" if do == "snooze" else "alerts of any kind"
        return {"said": f"No {what} for {minutes:g} minutes." if minutes else f"Again {what}."}
    if do == "mark":
        legs.command(Mark(0, str(request.get("label", ""))[:200]))
        return {"said": "Marked."}
    if do == "calibrate":
        for sensor in station.legs.sensors:
            legs.command(Calibrate(0, sensor))
        return {"said": "How you sit or stand now counts as upright, until tomorrow or the next calibration."}
    raise UsageError("This watch does not know that request.", "Is it of another version?")


def _settings(args: argparse.Namespace) -> AlertSettings:
    about = DEFAULT_ABOUT if args.alerts is None else frozenset(args.alerts.split(",")) - {""}
    quiet = DEFAULT_QUIET if args.quiet is None else "" if args.quiet == "off" else args.quiet
    quota = DEFAULT_QUOTA
    if args.quota is not None:
        if args.quota != "off" and not args.quota.isdecimal():
            raise UsageError(f"{args.quota!r} is no number of alerts.", "Give one, or off.")
        quota = 0 if args.quota == "off" else int(args.quota)
    return AlertSettings("tracking", about, quota, quiet)


def _journal(args: argparse.Namespace, header: JournalHeader) -> Path:
    """A new name made of wearer and local date and time, in the person's own folder."""
    local = datetime.fromtimestamp(header.created_wall_ns // NS + header.utc_offset_s, UTC)
    name = local.strftime("%Y-%m-%d_%H-%M-%S")
    wearer = re.sub(r"\W+", "-", args.wearer or (DEMO if args.device == DEMO else ""))
    base = recordings_folder() / (f"{wearer}_{name}" if wearer else name)
    path, count = journal_folder(base), 2
    while path.exists():
        path, count = journal_folder(base.with_name(f"{base.name}-{count}")), count + 1
    return path


def recordings_folder() -> Path:
    """The person's own recordings."""
    return user_data_path("sensorcoach") / "recordings"


def _prune(folder: Path, keep_days: float, now_ns: int) -> None:
    for name in prune(folder, older_than_s=keep_days * DAY_S, now_s=now_ns / NS):
        say(f"Removed the old recording {name.path.name}.")


def _terminal() -> list[Channel]:
    return [DesktopNotification(), TerminalNotification(sys.stderr), Bell(sys.stderr)]


def _sink(args: argparse.Namespace) -> Sink:
    if args.mode == "silent":
        return silent_sink
    return _while_there(json_sink(sys.stdout) if args.mode == "json" else plain_sink(sys.stdout))


def _while_there(sink: Sink) -> Sink:
    """A terminal that was closed must not end a watch before everything is saved."""

    def write(events: Iterable[Event]) -> None:
        try:
            sink(events)
        except BrokenPipeError:
            raise
        except OSError:
            return

    return write


def say(words: str) -> None:
    """Narration; stdout is for data."""
    with contextlib.suppress(OSError):
        print(words, file=sys.stderr, flush=True)


def _writer() -> str:
    from importlib.metadata import version

    return f"sensorcoach {version('sensorcoach')}"


def _in_loop(loop: asyncio.AbstractEventLoop, way: Callable[[], object]) -> Callable[[int, Any], None]:
    def handle(number: int, frame: Any) -> None:
        loop.call_soon_threadsafe(way)

    return handle


@contextlib.contextmanager
def _signals(watching: _Watching) -> Iterator[None]:
    """Ctrl-C, a request to end, and a closed terminal all end the watch in good order."""
    loop = asyncio.get_running_loop()
    ways: dict[int, Callable[[], object]] = {signal.SIGINT: watching.stop.set, signal.SIGTERM: watching.stop.set}
    if HANG_UP is not None:
        ways[HANG_UP] = watching.hang_up
    before = {number: signal.signal(number, _in_loop(loop, way)) for number, way in ways.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
