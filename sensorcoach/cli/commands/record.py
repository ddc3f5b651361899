"""`sensorcoach record`: everything that sensors (or the virtual wearer's) send into a journal, undecoded."""

from __future__ import annotations

import argparse
import asyncio
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from ...errors import OutputError, UsageError
from ...recording.journal_writer import JournalWriter
from ...recording.segments import journal_folder
from ...runtime.headless import play, silent_sink
from ...runtime.record import RecordOnly
from ...runtime.run import stream_end_ns
from ...simulate.truth import build_truth
from ...transport.together import together
from ...transport.virtual import VirtualSource, open_virtual, virtual_header
from ..wanted import DEMO, Wanted, parse_wanted, refuse_profile_for_demo

TRUTH_TABLES = ("seconds", "breaths", "slouches", "neutrals")
FOR_DEMO = ("scenario", "seed", "speed", "truth")


def run(args: argparse.Namespace) -> int:
    """Write the journal; Ctrl-C ends it and keeps what was recorded."""
    wanted = parse_wanted(args.device or (DEMO,))
    folder = journal_folder(args.output)
    if not folder.parent.is_dir():
        raise OutputError(f"{folder.parent} is no folder.", "Make it first, or choose another place.")
    refuse_profile_for_demo(args)
    if wanted[0].is_demo:
        return _virtual(args, wanted, folder)
    for option in FOR_DEMO:
        if getattr(args, option) not in (None, False):
            raise UsageError(f"--{option} is for the virtual wearer.", "Leave it out, or use --device demo.")
    from .live import stream

    return asyncio.run(stream(argparse.Namespace(site=None, **vars(args)), wanted, folder, "silent"))


def _virtual(args: argparse.Namespace, wanted: Sequence[Wanted], folder: Path) -> int:
    sources = [open_virtual(args.scenario or DEMO, seed=args.seed, site=w.site) for w in wanted]
    source = together(sources)
    speed = 1.0 if args.speed is None else args.speed
    seconds = args.seconds
    if seconds is None and math.isinf(speed):
        seconds = sources[0].virtual.scenario.duration_s
    length = "until Ctrl-C" if seconds is None else f"for {seconds:g} s"
    header = virtual_header(source.headers, args.wearer or "")
    with JournalWriter(folder, header) as journal:
        print(f"Recording the virtual wearer {length} to {folder} …", file=sys.stderr)
        interrupted = False
        try:
            play(RecordOnly(source, journal), silent_sink, speed=speed, end_ns=stream_end_ns(seconds))
        except KeyboardInterrupt:
            interrupted = True
    if args.truth:
        _write_truth(sources[0], folder)
    print(f"Recorded to {folder}{' (stopped early)' if interrupted else ''}.", file=sys.stderr)
    return 0


def _write_truth(source: VirtualSource, folder: Path) -> None:
    """What the wearer truly did, for the whole scenario, beside the segments."""
    truth = build_truth(source.virtual, None)
    for table in TRUTH_TABLES:
        text = truth.to_csv_text(table, scenario=source.virtual.scenario.name, seed=source.virtual.seed)
        (folder / f"truth_{table}.csv").write_text(text, encoding="utf-8")
