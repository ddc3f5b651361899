"""`sensorcoach analyze`: a recording into one table, as CSV, JSON lines or Parquet."""

from __future__ import annotations

import argparse
import sys

from ...analysis import Analysis
from ...analysis import analyze as analyze_recording
from ...recording.tables import write_table


def run(args: argparse.Namespace) -> int:
    """Write the table asked for to OUT or stdout; remarks go to stderr."""
    result: Analysis = analyze_recording(args.recording, offline=args.offline)
    for problem in result.problems:
        print(f"note: {problem}", file=sys.stderr)
    metadata = result.metadata | {"table": args.table, "passed_over": "; ".join(result.problems) or "nothing"}
    table = getattr(result, args.table)
    write_table(table, args.output or sys.stdout, form=args.format, metadata=metadata)
    if args.output:
        print(f"{len(table)} rows written to {args.output}", file=sys.stderr)
    return 0
