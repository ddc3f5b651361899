"""The watch itself: finding the sensor, and giving the loop everything it needs."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import signal
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from ...alerts.channels import Bell, Channel, DesktopNotification, Haptic, Ladder, TerminalNotification
from ...alerts.policy import posture_sensor
from ...alerts.settings import AlertSettings
from ...coach.slouch import Mode, Profile
from ...errors import OutputError, UsageError
from ...events import Event, SetSlouch
from ...history import DEFAULT_WEARER, history_path
from ...recording.journal_format import JournalHeader
from ...recording.maintenance import prune
from ...runtime.direct_recorder import DirectRecorder
from ...runtime.headless import Sink, json_sink, plain_sink, silent_sink
from ...runtime.live import LiveRecorder
from ...runtime.recorder import ThreadRecorder
from ...runtime.run import stream_end_ns
from ...runtime.watch.board import Board
from ...runtime.watch.chronicle import ChronicledRecorder
from ...runtime.watch.control import ControlServer
from ...runtime.watch.frugal import give_memory_back
from ...runtime.watch.legs import Legs, Plan
from ...runtime.watch.lock import InstanceLock
from ...runtime.watch.memory import recall
from ...runtime.watch.paced import PacedSource
from ...runtime.watch.places import state_folder
from ...runtime.watch.station import REST_S, Station, WatchSource
from ...samples import NS
from ...settings import Settings
from ...settings.apply import slouch_profiles, slouch_settings
from ...settings.table import ALERTS_MODE, RECORDING_KEEP_DAYS, RECORDING_MAX_GB
from ...transport.ble import LinkError
from ..chosen import adapter, watch_settings
from ..places import new_recording, pose_keeper
from ..stopping import on_signals
from ..terminal import say
from ..wanted import refuse_profile_for_demo
from ._watch_state import Watching
from .watch import DEMO, file_word, place, who

PATIENT: frozenset[str] = frozenset(("not_found", "timeout", "link", "busy", "powered_off", "no_adapter", "no_service"))
"""Faults that pass: the sensor is put on, the adapter plugged in. A watch waits for that, with this pause."""
PAUSE_S = 15.0
DAY_S = 86_400.0
HANG_UP = getattr(signal, "SIGHUP", None)


def watch(args: argparse.Namespace) -> int:
    """Watch until stopped."""
    if args.training and args.tracking:
        raise UsageError("--training and --tracking exclude each other.", "Choose one.")
    refuse_profile_for_demo(args)
    if args.device != DEMO and (args.speed is not None or args.scenario is not None or args.seed is not None):
        raise UsageError("--speed, --scenario and --seed are for the virtual wearer.", "Add --device demo.")
    give_memory_back()
    with InstanceLock(state_folder(), f"watch-{file_word(who(args))}", f"watching {args.device or 'a sensor'}"):
        return asyncio.run(_watch(args))


async def _watch(args: argparse.Namespace) -> int:
    memory_path = state_folder() / f"watch-{file_word(who(args))}.json"
    # What is wrong with options or settings is said before anything begins.
    watching = Watching(args, asyncio.Event(), memory_path, recall(memory_path), watch_settings(args))
    if watching.memory.hung_up:
        watching.remember(hung_up=False)
        say("The last watch ended with its terminal. To have one without a terminal: sensorcoach watch --install")
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(on_signals(_ways(watching)))
        try:
            await stack.enter_async_context(ControlServer(place(args), watching.answer))
        except OSError as error:
            say(f"Other commands cannot reach this watch ({error.strerror or error}); it goes on.")
        if args.device == DEMO:
            await _demo(watching)
        else:
            await _patiently(watching)
    if not watching.hung_up:
        say("The watch has ended; everything is saved.")
    return 0


async def _demo(watching: Watching) -> None:
    from ...transport.virtual import open_virtual, virtual_header

    args = watching.args
    source = open_virtual(args.scenario or DEMO, seed=args.seed)
    header = virtual_header([source.header])
    speed = 1.0 if args.speed is None else args.speed
    await _stream(
        watching,
        PacedSource(source, header, speed, end_ns=stream_end_ns(args.seconds)),
        hurried=math.isinf(speed),
        channels=_terminal(),
    )


async def _patiently(watching: Watching) -> None:
    """Stream from a real sensor; when it cannot be had, wait for it."""
    from ...transport.ble import BleSource, Radio, Target
    from ..finding import find_sensor, site_of

    radio = Radio(adapter=adapter(watching.args))
    while not watching.stop.is_set():
        try:
            finding = asyncio.create_task(find_sensor(watching.args, radio, watching.say_once))
            if not await _unless_stopped(finding, watching.stop):
                return
            seen, profile = finding.result()
            target = Target(seen.device, profile, seen.name, site=site_of(seen), params=profile.resolve(use="watch"))
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


async def _stream(watching: Watching, source: WatchSource, *, hurried: bool, channels: Sequence[Channel]) -> None:
    args = watching.args
    settings = watching.settings
    dwell: Mode = "training" if settings[ALERTS_MODE] == "training" else "all-day"
    slouch = slouch_settings(settings, dwell)
    header = source.header.sensors[0]
    wearer = args.wearer or (DEMO if args.device == DEMO else "")
    keeper = pose_keeper(args.wearer, header)
    sensors = [sensor.name for sensor in source.header.sensors]
    sensor = posture_sensor(sensors)
    board = Board(source.title, wearer or DEFAULT_WEARER, sensor)

    def first() -> Sequence[Any]:
        commands = keeper.first(slouch)
        if keeper.problem:
            watching.say_once(keeper.problem)
        return commands

    def judged(profile: Profile) -> SetSlouch:
        """What counts as a slouch while sitting (by the wearer's own threshold, where there is one) or standing."""
        own = [c for c in keeper.first(slouch) if isinstance(c, SetSlouch)] if profile == "sit" else []
        return own[0] if own else slouch_profiles(settings, dwell).command(0, sensor, profile)

    def begin(header: JournalHeader) -> LiveRecorder:
        header = replace(header, wearer=wearer)
        folder = new_recording(wearer, datetime.fromtimestamp(header.created_wall_ns // NS + header.utc_offset_s, UTC))
        writing = DirectRecorder(folder, header) if hurried else ThreadRecorder(folder, header)
        recorder = ChronicledRecorder(writing, folder, header, history_path())
        board.recording = str(folder)
        say(f"Recording to {folder}.")
        _prune(folder.parent, settings)
        return recorder

    def alerts_on(day: date) -> AlertSettings:
        alerts = watching.alerts_on(day)
        board.mode = alerts.mode
        return alerts

    def heard(events: Iterable[Event]) -> None:
        kept = list(events)
        keeper.heard(kept)
        watching.save(kept)

    used = watching.memory.alerts_on()
    plan = Plan(slouch, alerts_on, first, None if args.no_record else begin, used)
    ladder = None if hurried else Ladder(channels, say)
    station = Station(Legs(source, plan), board, sink=_sink(args), say=say, ladder=ladder, heard=heard)
    watching.station, watching.judged = station, judged
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


def _prune(folder: Path, settings: Settings) -> None:
    """Remove old recordings as the settings say; what cannot be removed keeps nobody from recording."""
    keep_days, max_gb = settings[RECORDING_KEEP_DAYS], settings[RECORDING_MAX_GB]
    older_than_s = None if keep_days is None else keep_days * DAY_S
    most_bytes = None if max_gb is None else round(max_gb * 1e9)
    if older_than_s is None and most_bytes is None:
        return
    try:
        # By the computer's clock, as files are dated: a virtual wearer lives on a day of its own.
        for kept in prune(folder, older_than_s=older_than_s, most_bytes=most_bytes, now_s=time.time()):
            say(f"Removed the old recording {kept.path.name}.")
    except OutputError as error:
        say(str(error))


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


def _ways(watching: Watching) -> dict[int, Callable[[], object]]:
    """Ctrl-C, a request to end, and a closed terminal all end the watch in good order."""
    ways: dict[int, Callable[[], object]] = {signal.SIGINT: watching.stop.set, signal.SIGTERM: watching.stop.set}
    if HANG_UP is not None:
        ways[HANG_UP] = watching.hang_up
    return ways
