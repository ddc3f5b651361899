"""How long until something is there: `sensorcoach --help` against a bare Python, and the dashboard's first frame."""

from __future__ import annotations

import json
import statistics

from _measure import in_terminal, python, run

REPEATS = 7


def main() -> None:
    """Print one JSON line."""
    bare = statistics.median(run(python("-c", "pass")).cpu_s for _ in range(REPEATS))
    shown = statistics.median(run(python("-m", "sensorcoach", "--help")).cpu_s for _ in range(REPEATS))
    command = python("-m", "sensorcoach", "demo", "--mode", "tui")
    frames = [in_terminal(command, columns=120, rows=40, seconds=4.0)[1] for _ in range(3)]
    print(
        json.dumps(
            {
                "benchmark": "startup",
                "help_cpu_over_bare_s": round(shown - bare, 3),
                "bare_cpu_s": round(bare, 3),
                "first_frame_s": round(statistics.median(frames), 2),
            }
        )
    )


if __name__ == "__main__":
    main()
