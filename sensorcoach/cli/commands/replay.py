"""`sensorcoach replay`: a recording through the same engine that live uses."""

from __future__ import annotations

import argparse
import math

from ...errors import UsageError
from ...runtime.run import Run, stream_end_ns
from ...samples import NS
from ...transport.replay import open_recording
from ...transport.tap import TappedSource
from ._output import mode, pace, run_headless


def run(args: argparse.Namespace) -> int:
    """Play the recording to its end."""
    if args.lsl:
        return _stream(args)
    source = open_recording(args.recording)
    if source.duration_s is not None and args.from_s >= source.duration_s > 0:
        raise UsageError(
            f"--from {args.from_s:g} is beyond the end of {args.recording}.", f"It lasts {source.duration_s:.0f} s."
        )
    chosen = mode(args)
    if chosen == "tui":
        from ...runtime.player import Player
        from ...tui.launcher import Opened
        from ..dashboard import run as show
        from ..launching import Launch

        player = Player(Run(source, waves=True, seekable=True), "replay", speed=args.speed or 1.0)
        if args.from_s > 0:
            player.seek(args.from_s)
        return show(Opened(player), Launch(args))
    run_headless(Run(source), chosen, speed=pace(args), end_ns=stream_end_ns(None), start_ns=round(args.from_s * NS))
    return 0


def _stream(args: argparse.Namespace) -> int:
    """Play it as live streams of the Lab Streaming Layer, in real time unless told otherwise."""
    from ...runtime.lsl import LslOutlets, load_lsl

    speed = 1.0 if args.speed is None else float(args.speed)
    if args.from_s:
        raise UsageError("--lsl streams a recording from its beginning.", "Leave out --from.")
    if math.isinf(speed) or args.mode == "tui":
        raise UsageError("--lsl streams in real time and without a dashboard.", "Leave out --speed max and --mode tui.")
    lsl = load_lsl()
    recording = open_recording(args.recording)
    sensors = [setup.stream for setup in recording.sensors]
    outlets = LslOutlets(sensors, origin_s=recording.origin_s, speed=speed, lsl=lsl)
    run_headless(
        Run(TappedSource(recording, outlets.samples)),
        args.mode or "plain",
        speed=speed,
        end_ns=stream_end_ns(None),
        also=outlets.events,
    )
    return 0
