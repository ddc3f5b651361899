"""Shared by commands that show a run: which face it gets, and the loop without a dashboard."""

from __future__ import annotations

import argparse
import math
import os
import sys

from ...runtime.headless import Sink, both, json_sink, plain_sink, play, silent_sink
from ...runtime.run import Run


def on_terminal() -> bool:
    """Whether a person looks at stdout through a terminal that can draw."""
    return sys.stdout.isatty() and os.environ.get("TERM", "") not in ("dumb", "")


def mode(args: argparse.Namespace) -> str:
    """The mode asked for; by default the dashboard on a terminal and plain lines elsewhere."""
    chosen: str = args.mode or ("tui" if on_terminal() else "plain")
    return chosen


def pace(args: argparse.Namespace) -> float:
    """The speed asked for; by default real time where a person watches, else flat out."""
    if args.speed is not None:
        return float(args.speed)
    return 1.0 if sys.stdout.isatty() else math.inf


def run_headless(run: Run, chosen: str, *, speed: float, end_ns: int, also: Sink | None = None) -> None:
    """Play without a dashboard; stdout is data, stderr is narration. `also` gets the events, too."""
    for problem in run.source.problems:
        print(f"note: {problem}", file=sys.stderr)
    if chosen == "json":
        sink = json_sink(sys.stdout, run.source.origin_s)
    elif chosen == "plain":
        sink = plain_sink(sys.stdout)
    else:
        sink = silent_sink
    if also is not None:
        sink = both(sink, also)
    play(run, sink, speed=speed, end_ns=end_ns)
