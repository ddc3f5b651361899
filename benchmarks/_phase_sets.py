"""People whose breaths are known one by one, each only as well as its reference: see the rows' names."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
from _phase_score import Told, flipped

from sensorcoach.samples import NS, SampleBlock, StreamInfo

NEAR = 0.3
"""A turn belongs to the reference's when it is this near, in breaths, after the file's own median lag is taken off."""
LONGEST_LAG_S = 1.5
FIRST_S = 30.0

Run = Callable[[StreamInfo, SampleBlock], Told]


def real(data: Path, run: Run) -> dict[str, dict[str, float]]:
    """Scores by set and kind; empty where there are no files.

    A key that was pressed while inhaling (sternum) and hand-labelled peaks of a belt (abdomen, back) lag by an unknown
    time: what is scored is how constant the lag is. The sign is judged by which of both labels lags less.
    """
    rows: dict[str, list[tuple[float, ...]]] = {}
    for path in sorted((data / "sternum_imu").glob("*.csv.gz")):
        d = columns(path)
        t_s = d["t"][np.flatnonzero(np.diff(d["ref_inhale"]) > 0) + 1]
        kind = path.name.split("_")[1].partition(".")[0]
        rows.setdefault(f"sternum {kind}, key", []).append(score(ask(d, run, "chest"), "inhale", thinned(t_s)))
    for path in sorted((data / "two_imu_belt").glob("*.csv.gz")):
        activity = path.name.split("_")[1]
        if activity in ("sit", "stand"):
            d = columns(path)
            site = "back" if "trunk" in path.name else "abdomen"
            found = ask(d, run, "upper-back" if site == "back" else "chest")
            rows.setdefault(f"belt {activity}, {site}", []).append(
                score(found, "exhale", d["t"][d["ref_breath_peak"] == 1])
            )
    names = ("found", "precision", "lag_s", "spread_s", "within_half_s", "covered", "sign_right")
    return {
        kind: dict(zip(names, np.nanmean(np.array(values), axis=0).tolist(), strict=True))
        for kind, values in rows.items()
    }


def score(told: Told, phase: str, true_s: np.ndarray) -> tuple[float, ...]:
    """Share of reference breaths found where phases are told; of those told that are one; lag; its spread (half the
    distance from the 16th to the 84th percentile); share within 0.5 s of the lag; share of time told; sign right."""
    covered = told.state < 4
    true_s = true_s[true_s > FIRST_S]
    if len(true_s) < 5:
        return (np.nan,) * 7
    row = np.clip(np.searchsorted(told.t_s, true_s), 0, len(covered) - 1)
    period_s = float(np.median(np.diff(true_s)))
    inside = true_s[covered[row]]
    share = float(covered[told.t_s > FIRST_S].mean())
    if len(inside) < 5:
        return (np.nan,) * 5 + (share, np.nan)
    best: list[tuple[float, float, np.ndarray, int]] = []
    for one in (told, flipped(told)):
        at = one.dated_s[(one.phase == phase) & (one.known_s > FIRST_S)]
        late = at[np.abs(at[:, None] - inside).argmin(0)] - inside if len(at) else np.full(len(inside), np.inf)
        lags = np.arange(-LONGEST_LAG_S, LONGEST_LAG_S, 0.05)
        hits = [int(np.sum(np.abs(late - lag) < NEAR * period_s)) for lag in lags]
        spreads = [float(np.median(np.abs(late - lag))) for lag in lags]
        lag = float(lags[int(np.argmin(spreads))])
        best.append((min(spreads), lag, late, len(at) if max(hits) else 0))
    mine, other = best
    _, lag, late, said = mine if abs(mine[1]) + mine[0] <= abs(other[1]) + other[0] else other
    near = np.abs(late - lag) < NEAR * period_s
    rest = late[near] - lag
    wide = (np.percentile(rest, 84) - np.percentile(rest, 16)) / 2 if near.sum() > 4 else np.nan
    return (
        float(near.mean()),
        float(near.sum() / max(1, said)),
        lag,
        float(wide),
        float(np.mean(np.abs(late - lag) < 0.5)),
        share,
        float(mine[0] + abs(mine[1]) <= other[0] + abs(other[1])),
    )


def thinned(t_s: np.ndarray) -> np.ndarray:
    """Without second presses for the same breath: sooner than 0.55 of the median."""
    least_s = 0.55 * float(np.median(np.diff(t_s)))
    kept = [float(t_s[0])]
    for t in t_s[1:].tolist():
        if t - kept[-1] >= least_s:
            kept.append(t)
    return np.array(kept)


def ask(d: dict[str, np.ndarray], run: Run, site: str) -> Told:
    """Run a recording."""
    t_ns = np.rint(d["t"] * NS).astype(np.int64)
    acc = np.column_stack([d["ax"], d["ay"], d["az"]])
    ok = np.isfinite(acc).all(1) & np.r_[True, np.diff(t_ns) > 0]
    rate_hz = float(1.0 / np.median(np.diff(d["t"])))
    block = SampleBlock("sensor", t_ns[ok], acc[ok], None)
    return run(StreamInfo("sensor", site, rate_hz, False), block)  # type: ignore[arg-type]


def columns(path: Path) -> dict[str, np.ndarray]:
    """A csv.gz as arrays; empty cells are nan."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = csv.reader(file)
        names = next(rows)
        table = np.array([[float(cell) if cell else np.nan for cell in row] for row in rows])
    return {name: table[:, i] for i, name in enumerate(names)}
