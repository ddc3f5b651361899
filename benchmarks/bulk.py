"""A day of 100 Hz × 6 axes from a journal, everything estimated; beside it NeuroKit2 on one 50 Hz breathing channel.

The journal is made first by the virtual wearer (packets of 10 samples) and kept for the next run with --keep FOLDER.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from _measure import python, run

NEUROKIT = """
import sys, warnings, numpy, neurokit2
warnings.simplefilter("ignore")
n = int(float(sys.argv[1]) * 3600 * 50)
t = numpy.arange(n) / 50
phase = numpy.cumsum(2 * numpy.pi * (14 + 4 * numpy.sin(2 * numpy.pi * t / 600)) / 60 / 50)
neurokit2.rsp_process(numpy.sin(phase) + 0.1 * numpy.random.default_rng(0).normal(size=n), sampling_rate=50)
"""


def main() -> None:
    """Print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--two", action="store_true", help="two sensors, on the upper and the lower back")
    parser.add_argument("--keep", type=Path, help="folder in which the journal is kept")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or Path(temporary)
        journal = folder / f"bulk-{args.hours:g}h{'-two' * args.two}.journal"
        if not journal.is_dir():
            print(f"making {journal.name} …", file=sys.stderr)
            what = ["--speed", "max", "--seconds", str(args.hours * 3600), "-o", str(journal)]
            worn = ["--device", "demo@upper-back", "--device", "demo@lower-back"] if args.two else []
            run(python("-m", "sensorcoach", "record", *worn, *what))
        ours = run(python("-m", "sensorcoach", "analyze", str(journal), "-o", str(Path(temporary) / "seconds.csv")))
    out = {
        "benchmark": "bulk",
        "hours": args.hours,
        "sensors": 1 + args.two,
        "cpu_s": round(ours.cpu_s, 1),
        "wall_s": round(ours.wall_s, 1),
        "times_real_time": round(args.hours * 3600 / ours.cpu_s),
        "peak_mb": round(ours.peak_mb),
    }
    if find_spec("neurokit2") and not args.two:
        peer = run(python("-c", NEUROKIT, str(args.hours)))
        out |= {
            "neurokit2_cpu_s": round(peer.cpu_s, 1),
            "neurokit2_peak_mb": round(peer.peak_mb),
            "cpu_ratio": round(ours.cpu_s / peer.cpu_s, 2),
        }
    print(json.dumps(out))


if __name__ == "__main__":
    main()
