"""Real recordings with an optical reference, and what a radio does to them."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from _posture_peers import Filter

from sensorcoach.samples import FloatArray

SKIPPED_S = 1.0
"""Trials of body-worn sensors begin in motion: their first second is not scored."""


@dataclass(frozen=True)
class Trial:
    """One recording and its reference, row by row.

    Attributes
    ----------
    t_s, acc, gyr : float arrays, shapes (n,), (n, 3), (n, 3)
    up : float array, shape (n, 3)
        Reference, sensor frame.
    scored : bool array, shape (n,)
    mount : bool
        Take out one fixed rotation before scoring: the reference was itself fitted to the sensor.
    """

    name: str
    t_s: FloatArray
    acc: FloatArray
    gyr: FloatArray
    up: FloatArray
    scored: np.ndarray[tuple[int], np.dtype[np.bool_]]
    mount: bool

    def rows(self, keep: FloatArray | np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Trial:
        """The same with some rows lost."""
        return Trial(
            self.name, self.t_s[keep], self.acc[keep], self.gyr[keep], self.up[keep], self.scored[keep], self.mount
        )


def trunk_mocap(data: Path) -> dict[str, list[Trial]]:
    """Trunk sensors against optical markers, ten seconds each, from a cold start."""
    out: dict[str, list[Trial]] = {}
    for path in sorted((data / "trunk_mocap").glob("*.csv.gz")):
        d = _columns(path)
        up = np.column_stack([d[f"ref_up{c}"] for c in "xyz"])
        scored = (d["ref_ok"] == 1) & (d["t"] > SKIPPED_S) & np.isfinite(up).all(axis=1)
        place = "low back" if "low_back" in path.name else "back"
        out.setdefault(f"mocap {place}", []).append(Trial(path.stem, *_signals(d), up, scored, True))
    return out


def broad(data: Path) -> dict[str, list[Trial]]:
    """A sensor on a board moved by hand (BROAD, Laidig et al. 2021), slow trials, at 95 Hz."""
    trials = []
    for path in sorted((data / "broad").glob("*.csv.gz")):
        d = _columns(path)
        w, x, y, z = (d[f"ref_q{k}"] for k in "wxyz")
        up = np.column_stack([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)])
        scored = (d["ref_movement"] == 1) & np.isfinite(up).all(axis=1)
        trials.append(Trial(path.stem, *_signals(d), up, scored, False))
    return {"broad": trials} if trials else {}


def _gaps(length_s: float) -> Callable[[Trial, np.random.Generator], Trial]:
    return lambda trial, rng: trial.rows((trial.t_s - trial.t_s[0]) % 10.0 < 10.0 - length_s)


def _changed(trial: Trial, t_s: FloatArray | None = None, gyr: FloatArray | None = None) -> Trial:
    return Trial(
        trial.name,
        trial.t_s if t_s is None else t_s,
        trial.acc,
        trial.gyr if gyr is None else gyr,
        trial.up,
        trial.scored,
        trial.mount,
    )


def _jitter(trial: Trial, rng: np.random.Generator) -> Trial:
    """Stamps scattered by 8 ms, in order still: arrival times taken for sample times."""
    return _changed(trial, t_s=np.sort(trial.t_s + rng.normal(0.0, 0.008, len(trial.t_s))))


FAULTS: Mapping[str, Callable[[Trial, np.random.Generator], Trial]] = {
    "none": lambda trial, rng: trial,
    "clock +2 %": lambda trial, rng: _changed(trial, t_s=trial.t_s * 1.02),
    "clock -2 %": lambda trial, rng: _changed(trial, t_s=trial.t_s * 0.98),
    "gap 0.1 s": _gaps(0.1),
    "gap 0.5 s": _gaps(0.5),
    "gap 2 s": _gaps(2.0),
    "5 % lost": lambda trial, rng: trial.rows(rng.random(len(trial.t_s)) >= 0.05),
    "bias 5 °/s": lambda trial, rng: _changed(trial, gyr=trial.gyr + np.radians(5.0)),
    "jitter 8 ms": _jitter,
}
"""Gaps come every ten seconds."""


@dataclass(frozen=True)
class Score:
    """Mean over the trials of the root mean square angle to the reference, and the share of scored rows known."""

    rmse_deg: float
    known: float


def score(trials: list[Trial], run: Filter, fault: str) -> Score:
    """One filter on one set with one fault, always the same random numbers."""
    errors, known = [], []
    for i, trial in enumerate(trials):
        spoilt = FAULTS[fault](trial, np.random.default_rng(i))
        error_deg, share = _error(run(spoilt.t_s, spoilt.acc, spoilt.gyr), spoilt)
        errors.append(error_deg)
        known.append(share)
    return Score(float(np.nanmean(errors)), float(np.mean(known)))


def _error(up: FloatArray, trial: Trial) -> tuple[float, float]:
    known = trial.scored & np.isfinite(up).all(axis=1)
    if not known.any():
        return float("nan"), 0.0
    a, b = up[known], trial.up[known]
    if trial.mount:
        u, _, vt = np.linalg.svd(a.T @ b)
        a = a @ (u @ np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt))]) @ vt)
    angle = np.degrees(np.arccos(np.clip((a * b).sum(axis=1), -1.0, 1.0)))
    return float(np.sqrt(np.mean(angle**2))), float(known.sum() / trial.scored.sum())


def _columns(path: Path) -> dict[str, FloatArray]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        names = file.readline().strip().split(",")
        table = np.genfromtxt(file, delimiter=",")
    return {name: table[:, i] for i, name in enumerate(names)}


def _signals(d: Mapping[str, FloatArray]) -> tuple[FloatArray, FloatArray, FloatArray]:
    return d["t"], np.column_stack([d["ax"], d["ay"], d["az"]]), np.column_stack([d["gx"], d["gy"], d["gz"]])
