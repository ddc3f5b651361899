"""`sensorcoach export`: a recording, and what was found in it, for other programs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ...analysis.bundle import collect
from ...recording.exporters import writer_for
from ._output import spare


def run(args: argparse.Namespace) -> int:
    """Write OUT, and beside it what does not fit into one file; names what was written."""
    out = Path(args.output)
    write = writer_for(out)
    spare([args.recording], out)
    bundle, analysis = collect(args.recording, offline=args.offline)
    for problem in analysis.problems:
        print(f"note: {problem}", file=sys.stderr)
    for path in write(bundle, out):
        print(f"Written: {path}", file=sys.stderr)
    return 0
