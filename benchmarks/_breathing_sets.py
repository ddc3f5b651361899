"""Recordings with a known breathing rate: the virtual wearer, and real people where their files are present."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sensorcoach.samples import NS, FloatArray
from sensorcoach.simulate import Scenario, simulate

WINDOW_S = 30
"""Every method is judged on the trailing 30 s, against the mean rate over the same 30 s."""
DOUBLE_PRESS = 0.55
"""A key pressed sooner than this share of the median breath after the last press was pressed twice for one breath."""

SLOWEST_BRPM = 3.7
"""Slower breathing is nothing this project claims: it stands in a row of its own."""

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Recording:
    """One recording and its reference.

    Attributes
    ----------
    kind : str
        The row of the table it belongs to.
    rate_brpm : float
        The rate it was made with; nan where it was not made with one.
    t_s, acc, gyr : float arrays, shapes (n,), (n, 3), (n, 3) or None
    ends_s : float array, shape (k,)
        Ends of the windows that are scored.
    truth_brpm : float array, shape (k,)
        Mean rate over each window; nan where nobody breathes.
    walking : bool array, shape (k,)
        Whether the wearer walks at the end of the window.
    onsets_s : mapping of phase to float array, or None
        When inhalations and exhalations began, where that is known to a tenth of a second.
    """

    kind: str
    rate_brpm: float
    t_s: FloatArray
    acc: FloatArray
    gyr: FloatArray | None
    ends_s: FloatArray
    truth_brpm: FloatArray
    walking: BoolArray
    onsets_s: dict[str, FloatArray] | None = None


def simulated(kind: str, rate_brpm: float, toml: str, seed: int, step_s: int) -> Recording:
    """One scenario, lived by one virtual wearer."""
    lived = simulate(Scenario.from_toml(toml), seed=seed)
    seconds, breaths = lived.truth.seconds, lived.truth.breaths
    at = np.arange(WINDOW_S - 1, len(seconds), step_s)
    at = at[seconds["t_s"][at] <= lived.t_ns[-1] / NS]  # a second is told with the first sample after it
    return Recording(
        kind,
        rate_brpm,
        lived.t_ns / NS,
        lived.acc_ms2,
        lived.gyr_rads,
        seconds["t_s"][at],
        seconds["breath_rate_brpm"][at],
        seconds["activity"][at] == "walking",
        {"inhale": breaths["t_inhale_s"], "exhale": breaths["t_exhale_s"]},
    )


def real(data: Path, step_s: int) -> Iterator[tuple[str, Iterator[Recording]]]:
    """Name of each real set and its recordings; a set that is absent has none."""
    for folder, read in READERS.items():
        yield folder, (read(path, _columns(path), step_s) for path in sorted((data / folder).glob("*.csv.gz")))


def _paced(path: Path, d: dict[str, FloatArray], step_s: int) -> Recording:
    """A phone on the thorax of someone lying, who breathes with a metronome (Paoli 2021); short files from 15 s on."""
    first_s = WINDOW_S if d["t"][-1] >= 2 * WINDOW_S else WINDOW_S // 2
    ends_s = np.arange(first_s, d["t"][-1], step_s)
    brpm = 60.0 * d["ref_rate_hz"][0]
    kind = "paced, lying, 3" if brpm < SLOWEST_BRPM else "paced, lying, 3.75–30"
    return _recording(kind, brpm, d, ends_s, np.full(len(ends_s), brpm))


def _belt(path: Path, d: dict[str, FloatArray], step_s: int) -> Recording:
    """An abdomen and a back against a respiration belt whose peaks were labelled by hand."""
    activity, site = path.name.split("_")[1], "back" if "trunk" in path.name else "abdomen"
    return _against_breaths(f"belt {activity}, {site}", d, d["t"][d["ref_breath_peak"] == 1], step_s, activity)


def _key(path: Path, d: dict[str, FloatArray], step_s: int) -> Recording:
    """A sternum against a key that the wearer held down while inhaling."""
    onsets_s = d["t"][np.flatnonzero(np.diff(d["ref_inhale"]) > 0) + 1]
    least_s = DOUBLE_PRESS * float(np.median(np.diff(onsets_s)))
    kept = [float(onsets_s[0])]
    for onset_s in onsets_s[1:]:
        if onset_s - kept[-1] >= least_s:
            kept.append(float(onset_s))
    posture = path.name.split("_")[1].partition(".")[0]
    return _against_breaths(f"sternum {posture}", d, np.array(kept), step_s, posture)


READERS: dict[str, Callable[[Path, dict[str, FloatArray], int], Recording]] = {
    "thorax_paced": _paced,
    "sternum_imu": _key,
    "two_imu_belt": _belt,
}
"""Folder of each real set."""


def _against_breaths(
    kind: str, d: dict[str, FloatArray], breaths_s: FloatArray, step_s: int, activity: str
) -> Recording:
    """Windows that hold at least three reference breaths; the rate is that from the first to the last of them."""
    ends_s, truth = [], []
    last_s = breaths_s[-1] + 5.0 if len(breaths_s) else 0.0
    for end_s in np.arange(WINDOW_S, min(last_s, d["t"][-1]), step_s):
        inside = breaths_s[(breaths_s > end_s - WINDOW_S) & (breaths_s <= end_s)]
        if len(inside) >= 3:
            ends_s.append(end_s)
            truth.append(60.0 * (len(inside) - 1) / (inside[-1] - inside[0]))
    return _recording(kind, np.nan, d, np.array(ends_s), np.array(truth), activity in ("walk", "run"))


def _recording(
    kind: str, brpm: float, d: dict[str, FloatArray], ends_s: FloatArray, truth: FloatArray, walking: bool = False
) -> Recording:
    acc = np.column_stack([d["ax"], d["ay"], d["az"]])
    gyr = np.column_stack([d["gx"], d["gy"], d["gz"]]) if "gx" in d else None
    return Recording(kind, brpm, d["t"], acc, gyr, ends_s, truth, np.full(len(ends_s), walking))


def _columns(path: Path) -> dict[str, FloatArray]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        names = next(rows)
        table = np.array([[float(cell) if cell else np.nan for cell in row] for row in rows])
    return {name: table[:, i] for i, name in enumerate(names)}
