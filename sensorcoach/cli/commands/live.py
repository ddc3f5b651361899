"""`sensorcoach live`: real sensors (or the virtual wearer) on the dashboard or as lines, recorded on the way."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from ...cues import CuePlayer
from ...errors import UsageError
from ...events import Command, Event
from ...runtime.headless import Sink, json_sink, plain_sink, silent_sink, voice_for
from ...runtime.live import LiveFeed, LiveRun, live_headless
from ...runtime.recorder import ThreadRecorder
from ...runtime.run import stream_end_ns
from ...transport.ble import BleSource, Radio
from ..chosen import adapter, posture_commands
from ..finding import find_targets
from ..places import pose_keeper, recording_folder
from ..stopping import stop_signals
from ..terminal import say
from ..wanted import DEMO, Wanted, parse_wanted, refuse_profile_for_demo
from ._cues import cue_player, first_pacer
from ._output import mode


def run(args: argparse.Namespace) -> int:
    """Stream until stopped."""
    refuse_profile_for_demo(args)
    wanted = parse_wanted(args.device or (), args.site)
    if args.place:
        return _place(args, wanted)
    chosen = mode(args)
    first = first_pacer(args, say)
    remarks: deque[str] = deque()
    with cue_player(args, chosen, remarks) as cues:
        if wanted and wanted[0].is_demo:
            return _demo(args, wanted, chosen, first, cues, remarks)
        return asyncio.run(stream(args, wanted, recording_folder(args), chosen, first, cues, remarks))


async def stream(
    args: argparse.Namespace,
    wanted: Sequence[Wanted],
    folder: Path | None,
    chosen: str,
    first: Sequence[Command] = (),
    cues: CuePlayer | None = None,
    remarks: deque[str] | None = None,
) -> int:
    """Find, stream and show, all on one event loop: some systems tie what a scan finds to the loop that found it."""
    radio = Radio(adapter=adapter(args))
    source = BleSource(await find_targets(args, wanted, radio), radio)
    recorder = None if folder is None else ThreadRecorder(folder, replace(source.header, wearer=args.wearer or ""))
    end_ns = stream_end_ns(args.seconds)
    keepers = [pose_keeper(args.wearer, header) for header in source.header.sensors]
    poses = zip(keepers, source.header.sensors, strict=True)
    first = [*(command for keeper, header in poses for command in posture_commands(keeper, header.name)), *first]
    for problem in (keeper.problem for keeper in keepers if keeper.problem):
        say(problem)
    heard: list[Callable[[Sequence[Event]], None]] = [keeper.heard for keeper in keepers]
    if cues is not None:
        cues.attach(lambda: live.position_ns, source.buzz)
        heard.append(cues)
    live = LiveRun(source, waves=chosen == "tui", recorder=recorder, first=first, heard=heard)
    code = 0
    if chosen == "tui":
        from ..dashboard import show
        from ..launching import Launch
        from ..over_radio import over

        feed = LiveFeed(live, end_ns=end_ns, recording=folder.name if folder else None)
        opened = over(feed, source.header.sensors[0], args.wearer, remarks=remarks)
        code = await show(opened, Launch(args, cues))
    else:
        with stop_signals() as stop:
            sensors = [header.name for header in source.header.sensors]
            await live_headless(live, _sink(chosen, sensors), say, end_ns=end_ns, stop=stop)
    for missed in live.problems():  # of the recording's very end; on the dashboard nobody could read it any more
        say(str(missed))
    lost = live.lost_packets
    if lost:
        say(f"{lost} packet{'s were' if lost != 1 else ' was'} lost on the way.")
    if folder is not None:
        say(f"Recorded to {folder}.")
    return code


def _place(args: argparse.Namespace, wanted: Sequence[Wanted]) -> int:
    """Only tell what can be seen from where one sensor is worn."""
    from .wear import place

    if len(wanted) > 1:
        raise UsageError("--place is for one sensor at a time.", "Name one with --device.")
    return place(argparse.Namespace(**{**vars(args), "device": wanted[0].name if wanted else None}))


def _demo(
    args: argparse.Namespace,
    wanted: Sequence[Wanted],
    chosen: str,
    first: Sequence[Command],
    cues: CuePlayer,
    remarks: deque[str],
) -> int:
    """The virtual wearer in real time, through everything but the radio."""
    from ...runtime.headless import play
    from ...runtime.player import Player
    from ...runtime.run import Run
    from ...transport.together import together
    from ...transport.virtual import open_virtual, virtual_header

    source = together([open_virtual(DEMO, site=w.site) for w in wanted])
    folder, end_ns = recording_folder(args), stream_end_ns(args.seconds)
    header = virtual_header(source.headers, args.wearer or DEMO)
    code = 0
    with contextlib.ExitStack() as stack:
        recorder = None if folder is None else stack.enter_context(ThreadRecorder(folder, header))
        run = Run(source, waves=chosen == "tui", recorder=recorder, first=first, heard=[cues])
        cues.attach(lambda: run.position_ns)
        if chosen == "tui":
            from ...tui.launcher import Opened
            from ..dashboard import run as show
            from ..launching import Launch

            player = Player(run, "demo", end_ns=end_ns, recording=folder.name if folder else None)
            code = show(Opened(player, wearer=args.wearer or "", remarks=remarks), Launch(args, cues))
        else:
            with contextlib.suppress(KeyboardInterrupt):
                play(run, _sink(chosen, [h.name for h in source.headers]), speed=1.0, end_ns=end_ns)
    if recorder is not None:
        for problem in recorder.take_problems():
            say(str(problem))
        say(f"Recorded to {recorder.folder}.")
    return code


def _sink(chosen: str, sensors: Sequence[str]) -> Sink:
    if chosen == "json":
        return json_sink(sys.stdout)
    return plain_sink(sys.stdout, voice_for(sensors)) if chosen == "plain" else silent_sink
