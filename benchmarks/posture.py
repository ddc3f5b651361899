"""How far posture deserves its alarm: orientation against other filters, and a whole simulated day.

    python benchmarks/posture.py [--data DIR] [--days N] [--figure FILE.svg]

Real recordings (DIR, by default `../shared/data` beside the repository) are optional; without them only the simulation
runs. Prints tables to stderr, one JSON line to stdout, and draws the comparison as SVG. Other filters: extra `bench`.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from pathlib import Path
from typing import Any

from _posture_day import run_angles, run_day, worst
from _posture_figure import draw
from _posture_peers import available
from _posture_sets import FAULTS, Score, broad, score, trunk_mocap

HERE = Path(__file__).resolve().parents[1]
SITES = ("chest", "upper-back")
WEARERS = 8

TARGETS = {
    ("mocap back", "none"): 1.55,
    ("mocap low back", "none"): 1.55,
    ("broad", "none"): 0.33,
    ("broad", "gap 0.5 s"): 0.60,
    ("broad", "5 % lost"): 0.50,
    ("broad", "clock +2 %"): 0.75,
    ("broad", "clock -2 %"): 0.75,
    ("broad", "bias 5 °/s"): 0.45,
    ("broad", "jitter 8 ms"): 1.0,
}
"""What this project has set itself, deg."""

Results = dict[tuple[str, str], dict[str, Score]]


def main() -> None:
    """Run everything asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared" / "data", help="folder of real recordings")
    parser.add_argument("--days", type=int, default=2, help="simulated days of 16 hours (0: none)")
    parser.add_argument("--figure", type=Path, default=Path("posture.svg"), help="where to draw the comparison")
    args = parser.parse_args()
    results = orientation(args.data)
    out: dict[str, Any] = {"benchmark": "posture"}
    if results:
        args.figure.write_text(draw(results, TARGETS), encoding="utf-8")
        say(f"Drawn in {args.figure}.")
        out["rmse_deg"] = {
            f"{name}: {fault}": {method: round(s.rmse_deg, 3) for method, s in row.items()}
            for (name, fault), row in results.items()
        }
        out["known"] = {
            f"{name}: {fault}": round(row["sensorcoach"].known, 3) for (name, fault), row in results.items()
        }
    out["angles"] = {site: angles(site) for site in SITES}
    out["days"] = [day(seed, SITES[seed % 2]) for seed in range(1, args.days + 1)]
    print(json.dumps(out))


def orientation(data: Path) -> Results:
    """Every filter on every real set: as recorded, and the board with every fault."""
    filters, results = available(), {}
    sets = trunk_mocap(data) | broad(data)
    if not sets:
        say(f"No real recordings in {data}: orientation is not compared.")
    for name, trials in sets.items():
        say(f"\n{name}: {len(trials)} trials, mean RMSE of inclination, deg (share known)")
        say(f"{'':14}" + "".join(f"{m:>18}" for m in filters) + "  target")
        for fault in FAULTS if name == "broad" else ("none",):
            row = {method: score(trials, run, fault) for method, run in filters.items()}
            results[name, fault] = row
            cells = "".join(f"{f'{s.rmse_deg:.2f} ({s.known:.2f})':>18}" for s in row.values())
            target = TARGETS.get((name, fault), math.nan)
            say(f"{fault:14}{cells}{'' if math.isnan(target) else f'  {target:.2f}'}")
    return results


def angles(site: str) -> dict[str, Any]:
    """Worst of some wearers with random mountings, after the guided calibration."""
    found = worst([run_angles(seed, site) for seed in range(1, WEARERS + 1)])
    say(f"\n{site}, worst of {WEARERS} random mountings after the guided calibration, deg:")
    say(f"  standing: mean {found.static_mean_deg:.2f}, rms {found.static_rms_deg:.2f} (target 0.3)")
    say(f"  sitting:  mean {found.sitting_mean_deg:.2f}, rms {found.sitting_rms_deg:.2f} (target 0.5)")
    say(f"  forward axis {found.forward_deg:.2f} (target 1)")
    return {key: round(value, 3) for key, value in found.plain().items()}


def day(seed: int, site: str) -> dict[str, Any]:
    """One simulated day."""
    begun = time.perf_counter()
    found = run_day(seed, site)
    spent_s = time.perf_counter() - begun
    say(f"\nday {seed}, {site}, {found.length_h:.1f} h ({spent_s:.0f} s, {found.estimated_s:.0f} of them the engine):")
    say(f"  {found.found} of {found.slouches} slouches one alarm each, {found.false_alarms} false alarms,")
    say(f"  {found.between_slip_and_notice} between the slip of the sensor and its notice")
    late = f"median {found.late_median_s:.1f}, {found.late_min_s:.1f} to {found.late_max_s:.1f}"
    say(f"  alarm after crossing and dwell, s: {late} (target 2 ± 1)")
    say(f"  slip noticed after {found.slip_noticed_after_walking_s / 60:.1f} min of walking (target 10)")
    say(f"  notes: {found.notes}")
    return {"seed": seed, "site": site} | {
        k: round(v, 2) if isinstance(v, float) else v for k, v in found.plain().items()
    }


def say(words: str) -> None:
    """For people; stdout is for the JSON line."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
