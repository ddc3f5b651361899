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
from ...transport.ble import BleSource, Radio, Target
from ..chosen import adapter, posture_commands
from ..practice import practice_of
from . import live
from .session import plan_for, steered


async def lead(args: argparse.Namespace, library: Library, sink: Sink, cues: CuePlayer) -> int:
    """Find the sensor, then lead through the session to its summary, or until Ctrl-C."""
    source = await find_source(args)
    stream = source.engine_sensors()[0].stream
    plan = plan_for(args, library, stream, practice_of(args, args.dose, live._say))
    folder = live._folder(args)
    recorder = None if folder is None else ThreadRecorder(folder, replace(source.header, wearer=args.wearer or ""))
    keeper = live._keeper(args, source.header.sensors[0])
    first = (*posture_commands(keeper, stream.sensor), StartSession(0, stream.sensor, plan.programme, plan.to_json()))
    run = LiveRun(source, recorder=recorder, first=first, heard=[keeper.heard, cues])
    cues.attach(lambda: run.position_ns, source.buzz)
    loop = asyncio.get_running_loop()
    sink = steered(args, sink, lambda command: _give(loop, run, command))
    with live._stop_signals() as stop:
        await live_headless(run, SessionSink(sink, run.command, stop.set), live._say, stop=stop)
    if folder is not None:
        live._say(f"Recorded to {folder}.")
    return 0


def _give(loop: asyncio.AbstractEventLoop, run: LiveRun, command: Command) -> None:
    """From the thread that hears what is typed; the session may be over by then."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(run.command, command)


async def find_source(args: argparse.Namespace) -> BleSource:
    """The sensor asked for, worn where the person says."""
    radio = Radio(adapter=adapter(args))
    seen, profile = await live.find_sensor(args, radio)
    params = profile.resolve(use="live")
    return BleSource([Target(seen.device, profile, seen.name, sensor=args.site, site=args.site, params=params)], radio)
