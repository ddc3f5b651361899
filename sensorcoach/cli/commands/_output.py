"""Shared by commands that show a run: which face it gets, and the loop without a dashboard."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterable
from pathlib import Path

from ...errors import UsageError
from ...runtime.headless import SaidFrom, Sink, both, json_sink, plain_sink, play, silent_sink, since, voice_for
from ...runtime.run import Run
from ..terminal import on_terminal


def mode(args: argparse.Namespace) -> str:
    """The mode asked for; by default the dashboard on a terminal and plain lines elsewhere."""
    chosen: str = args.mode or ("tui" if on_terminal() else "plain")
    return chosen


def pace(args: argparse.Namespace) -> float:
    """The speed asked for; by default real time where a person watches, else flat out."""
    if args.speed is not None:
        return float(args.speed)
    return 1.0 if sys.stdout.isatty() else math.inf


def spare(recordings: Iterable[str], out: str | Path) -> None:
    """Refuse to write over a recording that is about to be read: it is the only copy of what was measured.

    Raises
    ------
    UsageError
        `out` is one of them, by whatever name.
    """
    out = Path(out)
    if out.exists() and any(Path(given).exists() and out.samefile(given) for given in recordings):
        raise UsageError(f"{out} is the recording itself; it would be overwritten.", "Give another name with -o.")


def run_headless(
    run: Run, chosen: str, *, speed: float, end_ns: int, start_ns: int = 0, also: Sink | None = None
) -> None:
    """Play without a dashboard; stdout is data, stderr is narration. `also` gets the events, too.

    What comes before `start_ns` is heard, as it would have been, and not said.
    """
    for problem in run.source.problems:
        print(f"note: {problem}", file=sys.stderr)
    if chosen == "json":
        sink = since(json_sink(sys.stdout, run.source.origin_s), start_ns)
    elif chosen == "plain":
        voice = voice_for([sensor.stream.sensor for sensor in run.source.sensors])
        sink = plain_sink(sys.stdout, SaidFrom(voice, start_ns))
    else:
        sink = silent_sink
    if also is not None:
        sink = both(sink, also)
    play(run, sink, speed=speed, end_ns=end_ns, start_ns=start_ns)
