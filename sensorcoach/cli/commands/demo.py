"""`sensorcoach demo`: the virtual wearer on the dashboard, or one simulated minute as lines."""

from __future__ import annotations

import argparse

from ...runtime.run import Run, stream_end_ns
from ...transport.virtual import open_virtual
from ..terminal import on_terminal
from ._output import mode, pace, run_headless

PIPED_SECONDS = 60.0


def run(args: argparse.Namespace) -> int:
    """Show the virtual wearer until stopped."""
    source = open_virtual(args.scenario, seed=args.seed)
    chosen = mode(args)
    seconds = args.seconds
    if seconds is None and not on_terminal():
        seconds = PIPED_SECONDS
    end_ns = stream_end_ns(seconds)
    if chosen == "tui":
        from ...runtime.player import Player
        from ...tui.launcher import Opened
        from ..dashboard import run as show
        from ..launching import Launch

        player = Player(Run(source, waves=True), "demo", speed=args.speed or 1.0, end_ns=end_ns)
        return show(Opened(player), Launch(args))
    run_headless(Run(source), chosen, speed=pace(args), end_ns=end_ns)
    return 0
