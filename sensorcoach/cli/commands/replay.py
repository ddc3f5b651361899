"""`sensorcoach replay`: a recording through the same engine that live uses."""

from __future__ import annotations

import argparse

from ...runtime.run import Run, stream_end_ns
from ...transport.replay import open_recording
from ._output import mode, pace, run_headless


def run(args: argparse.Namespace) -> int:
    """Play the recording to its end."""
    source = open_recording(args.recording)
    chosen = mode(args)
    if chosen == "tui":
        from ...runtime.player import Player
        from ...tui.app import run as show

        player = Player(Run(source, waves=True, seekable=True), "replay", speed=args.speed or 1.0)
        if args.from_s > 0:
            player.seek(args.from_s)
        return show(player)
    run_headless(Run(source), chosen, speed=pace(args), end_ns=stream_end_ns(None))
    return 0
