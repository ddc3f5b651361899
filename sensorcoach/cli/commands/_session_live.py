"""A session with a real sensor: found and recorded as `live` does it, led by words, over with the summary."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from dataclasses import replace

from ...coach.session import Library
from ...cues import CuePlayer
from ...events import Command, StartSession
from ...runtime.headless import Sink
from ...runtime.live import LiveRun, live_headless
from ...runtime.recorder import ThreadRecorder
from ...runtime.sessions import SessionSink
from ..chosen import adapter, posture_commands
from ..finding import find_source
from ..places import pose_keeper, recording_folder
from ..practice import practice_of
from ..stopping import stop_signals
from ..terminal import say
from .session import plan_for, steered


async def lead(args: argparse.Namespace, library: Library, sink: Sink, cues: CuePlayer) -> int:
    """Find the sensor, then lead through the session to its summary, or until Ctrl-C."""
    source = await find_source(args, adapter(args))
    stream = source.engine_sensors()[0].stream
    plan = plan_for(args, library, stream, practice_of(args, args.dose, say))
    folder = recording_folder(args)
    recorder = None if folder is None else ThreadRecorder(folder, replace(source.header, wearer=args.wearer or ""))
    keeper = pose_keeper(args.wearer, source.header.sensors[0])
    posture = posture_commands(keeper, stream.sensor)
    if keeper.problem:
        say(keeper.problem)
    first = (*posture, StartSession(0, stream.sensor, plan.programme, plan.to_json()))
    run = LiveRun(source, recorder=recorder, first=first, heard=[keeper.heard, cues])
    cues.attach(lambda: run.position_ns, source.buzz)
    loop = asyncio.get_running_loop()
    sink = steered(args, sink, lambda command: _give(loop, run, command), patient=True)
    with stop_signals() as stop:
        await live_headless(run, SessionSink(sink, run.command, stop.set), say, stop=stop)
    if folder is not None:
        say(f"Recorded to {folder}.")
    return 0


def _give(loop: asyncio.AbstractEventLoop, run: LiveRun, command: Command) -> None:
    """From the thread that hears what is typed; the session may be over by then."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(run.command, command)
