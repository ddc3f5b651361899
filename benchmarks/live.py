"""What live costs: the engine fed packet by packet at 100 Hz, and the dashboard at 120 × 40 on top of it."""

from __future__ import annotations

import argparse
import json
import time

from _measure import in_terminal, python

from sensorcoach.runtime.run import Run
from sensorcoach.samples import NS
from sensorcoach.transport.virtual import open_virtual


def engine_share(stream_s: int) -> float:
    """CPU seconds for a second of stream, fed in tenths of a second as a radio would."""
    run = Run(open_virtual("demo"), waves=True)
    run.advance(30 * NS)
    start_s = time.process_time()
    for tenth in range(300, 300 + stream_s * 10):
        run.advance(tenth * NS // 10)
    return (time.process_time() - start_s) / stream_s


def main() -> None:
    """Print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the dashboard runs")
    args = parser.parse_args()
    demo = python("-m", "sensorcoach", "demo", "--mode", "tui")
    short, _, _ = in_terminal(demo, columns=120, rows=40, seconds=5.0)
    long, _, _ = in_terminal(demo, columns=120, rows=40, seconds=5.0 + args.seconds)
    print(
        json.dumps(
            {
                "benchmark": "live",
                "engine_percent_of_core": round(100 * engine_share(300), 2),
                "dashboard_percent_of_core": round(100 * (long.cpu_s - short.cpu_s) / args.seconds, 1),
                "dashboard_peak_mb": round(long.peak_mb),
            }
        )
    )


if __name__ == "__main__":
    main()
