"""`sensorcoach analyze`: a recording into one table, as CSV, JSON lines or Parquet."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ...analysis import Analysis
from ...analysis import analyze as analyze_recording
from ...recording.tables import write_table
from ...runtime.calibrations import VOID_WORDS, read_calibration
from ._output import spare

NO_POSE = (
    "there are no angles: nobody stood or sat upright and still for five seconds. "
    "Give the wearer's own pose with --calibration FILE."
)


def run(args: argparse.Namespace) -> int:
    """Write the table asked for to OUT or stdout; remarks go to stderr."""
    if args.output:
        spare([args.recording], args.output)
    calibration = None if args.calibration is None else _pose(Path(args.calibration))
    result: Analysis = analyze_recording(args.recording, calibration=calibration, offline=args.offline)
    if result.metadata["neutral_pose"].startswith("none"):
        print(f"note: {NO_POSE}", file=sys.stderr)
    for problem in result.problems:
        print(f"note: {problem}", file=sys.stderr)
    metadata = result.metadata | {"table": args.table, "passed_over": "; ".join(result.problems) or "nothing"}
    table = getattr(result, args.table)
    write_table(table, args.output or sys.stdout, form=args.format, metadata=metadata)
    if args.output:
        print(f"{len(table)} row{'s' * (len(table) != 1)} written to {args.output}", file=sys.stderr)
    return 0


def _pose(file: Path) -> dict[str, tuple[float, float, float]]:
    """The upright pose that `calibrate` kept in a file."""
    found = read_calibration(file)
    if found.void:
        print(f"note: {VOID_WORDS[found.void]}, so angles measured from this pose may be wrong", file=sys.stderr)
    return {"up": found.up, "forward": found.forward}
