"""`sensorcoach record`: everything a device sends into a journal, undecoded."""

from __future__ import annotations

import argparse
import math
import sys
from importlib.metadata import version
from pathlib import Path

from ...errors import OutputError, UsageError
from ...recording.journal_format import JournalHeader
from ...recording.journal_writer import JournalWriter
from ...recording.segments import journal_folder
from ...runtime.headless import play, silent_sink
from ...runtime.record import RecordOnly
from ...runtime.run import stream_end_ns
from ...simulate.truth import build_truth
from ...transport.virtual import WALL_START_NS, VirtualSource, open_virtual

TRUTH_TABLES = ("seconds", "breaths", "slouches", "neutrals")


def run(args: argparse.Namespace) -> int:
    """Write the journal; Ctrl-C ends it and keeps what was recorded."""
    if args.device != "demo":
        raise UsageError(f"There is no device {args.device!r} to record from.", "Use --device demo.")
    source = open_virtual(args.scenario, seed=args.seed)
    seconds = args.seconds
    if seconds is None and math.isinf(args.speed):
        seconds = source.virtual.scenario.duration_s
    folder = journal_folder(args.output)
    if not folder.parent.is_dir():
        raise OutputError(f"{folder.parent} is no folder.", "Make it first, or choose another place.")
    length = "until Ctrl-C" if seconds is None else f"for {seconds:g} s"
    print(f"Recording the virtual wearer {length} to {folder} …", file=sys.stderr)
    header = JournalHeader((source.header,), WALL_START_NS, 0, WALL_START_NS, f"sensorcoach {version('sensorcoach')}")
    with JournalWriter(folder, header) as journal:
        interrupted = False
        try:
            play(RecordOnly(source, journal), silent_sink, speed=args.speed, end_ns=stream_end_ns(seconds))
        except KeyboardInterrupt:
            interrupted = True
    if args.truth:
        _write_truth(source, folder)
    print(f"Recorded to {folder}{' (stopped early)' if interrupted else ''}.", file=sys.stderr)
    return 0


def _write_truth(source: VirtualSource, folder: Path) -> None:
    """What the wearer truly did, for the whole scenario, beside the segments."""
    truth = build_truth(source.virtual, None)
    for table in TRUTH_TABLES:
        text = truth.to_csv_text(table, scenario=source.virtual.scenario.name, seed=source.virtual.seed)
        (folder / f"truth_{table}.csv").write_text(text, encoding="utf-8")
