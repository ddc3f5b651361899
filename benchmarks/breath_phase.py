"""Onsets, holds and depth of single breaths: simulated wearers, and real people where their files are present.

    python benchmarks/breath_phase.py [--wearers N] [--only TEXT] [--data DIR]

For scale, two simple methods on the accelerometer axis that moves most with the breath, each with the better of both
signs: zero crossings of its low-passed slope, causal; and `scipy.signal.find_peaks` on the whole record, which may look
ahead. Prints a table to stderr, one JSON line to stdout.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from pathlib import Path

import numpy as np
from _phase_cases import LENGTH_S, Case, cases
from _phase_score import HEAD, Told, best_sign, line, scores
from _phase_sets import real
from scipy.signal import butter, find_peaks, sosfilt

from sensorcoach.dsp.grid import Grid
from sensorcoach.estimators.breath_phase import BreathPhaseEstimator
from sensorcoach.estimators.breath_rate import BreathRate
from sensorcoach.estimators.tracks import GridTrack, PhaseTrack
from sensorcoach.events import Breath, BreathPhase
from sensorcoach.samples import NS, SampleBlock, StreamInfo
from sensorcoach.simulate import Scenario, simulate

HERE = Path(__file__).resolve().parents[1]
FIRST_S = 30.0
"""Turns before are not scored: peers need a window, and the first breath is a column of its own."""


def main() -> None:
    """Run everything asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wearers", type=int, default=4, help="simulated wearers a case")
    parser.add_argument("--only", default="", help="only cases whose name contains this")
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared" / "data", help="folder of real recordings")
    args = parser.parse_args()
    begun = time.perf_counter()
    say(f"{'ours, then peers with the better sign':34}{HEAD}")
    out: dict[str, dict[str, float]] = {}
    for case in cases():
        if args.only not in case.name:
            continue
        ours, crossings, peaks = [], [], []
        for wearer in range(args.wearers):
            grid, stream, breaths = wear(case, 100 * wearer + 7)
            ours.append((told(run(grid, stream, case), grid.delay_s), breaths))
            crossings.append((best_sign(zero_crossings(grid), breaths, FIRST_S), breaths))
            peaks.append((best_sign(peaks_of(grid), breaths, FIRST_S), breaths))
        out[case.name] = found = scores(ours, FIRST_S, LENGTH_S)
        found["crossings_f1"], found["peaks_f1"] = (scores(x, FIRST_S, LENGTH_S)["f1"] for x in (crossings, peaks))
        say(f"{case.name:34}{line(found)}  {found['crossings_f1']:.2f} {found['peaks_f1']:.2f}")
    people = real(args.data, run_real) if not args.only else {}
    for name, row in people.items():
        say(f"{name:40}" + "  ".join(f"{key} {value:.2f}" for key, value in row.items()))
    say(f"{time.perf_counter() - begun:.0f} s")
    print(json.dumps({"benchmark": "breath_phase", "simulated": plain(out), "real": plain(people)}))


def wear(case: Case, seed: int) -> tuple[GridTrack, StreamInfo, np.ndarray]:
    """One virtual wearer on the grid, and the breaths as they were."""
    lived = simulate(Scenario.from_dict(case.table), seed=seed)
    return on_grid(lived.stream, lived.block), lived.stream, lived.truth.breaths


def on_grid(stream: StreamInfo, block: SampleBlock) -> GridTrack:
    """A whole recording on the 25 Hz grid."""
    grid = Grid(stream.sampling_rate_hz)
    t_ns, rows = grid.update(block)
    return GridTrack(t_ns, (), rows[:, :3], rows[:, 3:] if block.gyr_rads is not None else None, grid.delay_s)


def run(grid: GridTrack, stream: StreamInfo, case: Case | None = None) -> PhaseTrack:
    """Rate and phase of a whole recording."""
    estimator = BreathPhaseEstimator(stream)
    if case is not None and case.pacer is not None:
        estimator.on_command(case.pacer)
    return estimator.update(grid, BreathRate(stream).update(grid))


def run_real(stream: StreamInfo, block: SampleBlock) -> Told:
    """The same for a recording of a person."""
    grid = on_grid(stream, block)
    return told(run(grid, stream), grid.delay_s)


def told(track: PhaseTrack, delay_s: float) -> Told:
    """What was said, as plain arrays."""
    turns = [e for e in track.events if isinstance(e, BreathPhase)]
    breaths = [e for e in track.events if isinstance(e, Breath)]
    return Told(
        phase=np.array([e.phase for e in turns], dtype="U8"),
        known_s=np.array([e.t_ns / NS for e in turns]),
        dated_s=np.array([e.onset_ns / NS for e in turns]),
        sigma_s=np.array([e.uncertainty_s for e in turns]),
        breaths=np.array(
            [(b.t_inhale_ns / NS, b.ti_s, b.te_s, b.depth) for b in breaths],
            dtype=[(name, "f8") for name in ("t_s", "ti_s", "te_s", "depth")],
        ),
        t_s=track.t_ns / NS,
        state=track.phase,
    )


def zero_crossings(grid: GridTrack) -> Told:
    """Turns where the slope of the low-passed axis changes sign; the corner of 0.5 Hz fits 6 to 25 brpm."""
    x = sosfilt(butter(2, 0.5, output="sos", fs=25.0), main_axis(grid))
    rising = np.diff(x) > 0
    return turns_at(grid, np.flatnonzero(rising[1:] & ~rising[:-1]), np.flatnonzero(~rising[1:] & rising[:-1]))


def peaks_of(grid: GridTrack) -> Told:
    """Turns at the peaks of the low-passed axis; prominence of a half and distance of 1.5 s, as is often seen."""
    x = sosfilt(butter(2, 1.0, output="sos", fs=25.0), main_axis(grid))
    peaks = [find_peaks(y, prominence=0.5 * x.std(), distance=37)[0] for y in (-x, x)]
    return turns_at(grid, *peaks)


def main_axis(grid: GridTrack) -> np.ndarray:
    """The axis with most power from 0.05 to 1 Hz, gaps filled."""
    acc = np.where(np.isfinite(grid.acc_ms2), grid.acc_ms2, np.nanmean(grid.acc_ms2, axis=0))
    acc = acc - acc[:25].mean(0)
    band = sosfilt(butter(2, (0.05, 1.0), "band", output="sos", fs=25.0), acc, axis=0)
    axis: np.ndarray = band[:, int(band[250:].std(0).argmax())]
    return axis


def turns_at(grid: GridTrack, inhale: np.ndarray, exhale: np.ndarray) -> Told:
    """Rows of turns as something told."""
    rows = np.concatenate([inhale, exhale])
    order = np.argsort(rows)
    t_s = grid.t_ns[rows[order]] / NS
    phase = np.array(["inhale"] * len(inhale) + ["exhale"] * len(exhale), dtype="U8")[order]
    none = np.empty(0)
    empty = np.empty(0, dtype=[(name, "f8") for name in ("t_s", "ti_s", "te_s", "depth")])
    return Told(phase, t_s, t_s, np.full(len(t_s), np.nan), empty, none, none)


def plain(rows: dict[str, dict[str, float]]) -> dict[str, dict[str, float | None]]:
    """Scores as JSON knows them."""
    return {
        name: {key: None if math.isnan(value) else round(value, 3) for key, value in row.items()}
        for name, row in rows.items()
    }


def say(words: str) -> None:
    """A line for people."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
