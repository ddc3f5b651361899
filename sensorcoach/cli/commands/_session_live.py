"""A session with a real sensor: found and recorded as `live` does it, led by words, over with the summary."""

from __future__ import annotations

import argparse

from ...coach.session import Library, make_plan
from ...coach.slouch import SlouchSettings
from ...events import StartSession
from ...runtime.headless import Sink
from ...runtime.live import LiveRun, live_headless
from ...runtime.recorder import ThreadRecorder
from ...runtime.sessions import SessionSink
from ...transport.ble import BleSource, Radio, Target
from . import live


async def lead(args: argparse.Namespace, library: Library, sink: Sink) -> int:
    """Find the sensor, then lead through the session to its summary, or until Ctrl-C."""
    radio = Radio()
    seen, profile = await live.find_sensor(args, radio)
    params = profile.resolve(use="live")
    target = Target(seen.device, profile, seen.name, sensor=args.site, site=args.site, params=params)
    source = BleSource([target], radio)
    stream = source.engine_sensors()[0].stream
    plan = make_plan(library, args.name, stream, pattern=args.pattern, asked=args.with_holds)
    folder = live._folder(args)
    recorder = None if folder is None else ThreadRecorder(folder, source.header)
    keeper = live._keeper(args, source)
    first = (*keeper.first(SlouchSettings()), StartSession(0, stream.sensor, plan.programme, plan.to_json()))
    run = LiveRun(source, recorder=recorder, first=first, heard=keeper.heard)
    with live._stop_signals() as stop:
        await live_headless(run, SessionSink(sink, run.command, stop.set), live._say, stop=stop)
    if folder is not None:
        live._say(f"Recorded to {folder}.")
    return 0
