"""Recordings that come as samples instead of packets: from a CSV file, or as arrays from Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast, get_args

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..samples import DEFAULT_SENSOR, FloatArray, IntArray, SampleBlock, Site, StreamInfo
from .plausibility import LARGEST_ACC_MS2, LARGEST_GYR_RADS, check_acceleration, check_gyro, usable
from .pose import Pose, pose_in
from .problems import Problem, ProblemLog
from .timing import Rows, check_times, measure_rate_hz, spread_batches

FEWEST_SAMPLES: Final = 3
"""With fewer there is no rate to be found."""

BLOCK_S: Final = 600.0
"""Stream time per block in bulk analysis."""


@dataclass(frozen=True, slots=True, eq=False)
class ArrayRecording:
    """Samples that passed every check, and what they were in the input.

    Attributes
    ----------
    name : str
        The file as it was named, or "The source".
    t_ns : int64 array, shape (k,), ns
        Strictly increasing; same origin as the input's `t`.
    acc_ms2 : float array, shape (k, 3), m/s²
    gyr_rads : float array, shape (k, 3), rad/s, or None
    rows_t_s : float array, shape (n,), s
        `t` of every input row, as it was given.
    kept : bool array, shape (n,)
        Which input rows the k samples are.
    sampling_rate_hz : float
    problems : tuple of Problem
        What was left out, mended or looks odd.
    metadata : mapping of str to str
        The leading `# key: value` lines of a CSV file.
    """

    name: str
    t_ns: IntArray
    acc_ms2: FloatArray
    gyr_rads: FloatArray | None
    rows_t_s: FloatArray
    kept: NDArray[np.bool_]
    sampling_rate_hz: float
    problems: tuple[Problem, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def stream(self) -> StreamInfo:
        """The sensor, as the metadata name it (`sensor`, `site`) or by default."""
        site = self.metadata.get("site", "")
        return StreamInfo(
            sensor=self.metadata.get("sensor") or DEFAULT_SENSOR,
            site=cast("Site", site) if site in get_args(Site) else "chest",
            sampling_rate_hz=self.sampling_rate_hz,
            has_gyro=self.gyr_rads is not None,
        )

    @property
    def pose(self) -> Pose | None:
        """The calibrated upright pose that came with it."""
        return pose_in(self.metadata)

    def blocks(self, block_s: float = BLOCK_S) -> Iterator[SampleBlock]:
        """The samples in blocks of at most about `block_s`, without copying."""
        whole = SampleBlock(self.stream.sensor, self.t_ns, self.acc_ms2, self.gyr_rads)
        rows = max(1, round(block_s * self.sampling_rate_hz))
        for start in range(0, len(whole), rows):
            yield whole[start : start + rows]

    def at_rows(self, values: NDArray[Any]) -> NDArray[Any]:
        """Per-sample `values`, shape (k, …), laid out on the input rows: (n, …), nan where a row was left out."""
        if len(values) == len(self.kept):
            return values
        out = np.full((len(self.kept), *values.shape[1:]), np.nan)
        out[self.kept] = values
        return out


def from_arrays(source: Mapping[str, Any]) -> ArrayRecording:
    """The recording in `{"t": (n,) s, "acc": (n, 3) m/s², "gyr": (n, 3) rad/s or None}`.

    Raises
    ------
    InputError
        For anything that is no such thing, or fails the checks of `settle`.
    """
    needs = "Needed are t (n,) in s, acc (n, 3) in m/s² and, if there is a gyro, gyr (n, 3) in rad/s."
    problems = ProblemLog()
    if missing := [key for key in ("t", "acc") if source.get(key) is None]:
        raise InputError(f"The source has no {' and no '.join(missing)}.", needs)
    arrays = {}
    for key, value in source.items():
        if key not in ("t", "acc", "gyr"):
            problems.add("", 0, f"{key!r} is not used; known are t, acc and gyr")
            continue
        if value is None:
            continue
        try:
            if np.iscomplexobj(value):
                raise TypeError
            arrays[key] = np.asarray(value, np.float64)
        except (TypeError, ValueError):
            raise InputError(f"{key} does not hold plain numbers.", needs) from None
    n = arrays["t"].shape[0] if arrays["t"].ndim else 0
    for key, wanted in (("t", (n,)), ("acc", (n, 3)), ("gyr", (n, 3))):
        if key in arrays and arrays[key].shape != wanted:
            raise InputError(f"{key} has the shape {arrays[key].shape} where {wanted} is needed.", needs)
    return settle(Rows("The source"), arrays["t"], arrays["acc"], arrays.get("gyr"), problems)


def settle(
    rows: Rows,
    t_s: FloatArray,
    acc_ms2: FloatArray,
    gyr_rads: FloatArray | None,
    problems: ProblemLog,
    metadata: Mapping[str, str] | None = None,
) -> ArrayRecording:
    """Check raw columns and make the recording of what is usable.

    Left out and reported: rows with missing or impossible numbers, rows that repeat the time before; a gyro that is
    stuck, broken or in °/s. Mended and reported: samples that share arrival times. Only reported: samples that never
    change, odd scales.

    Raises
    ------
    InputError
        When there is too little, times run backwards or start anew, have another unit than s or leap by days, the rate
        is too low, or the acceleration is not in m/s² with gravity.
    """
    n = len(t_s)
    check_acceleration(rows, acc_ms2, problems)
    gyr_rads = check_gyro(rows, t_s, acc_ms2, gyr_rads, problems)
    kept = np.isfinite(t_s) & usable(acc_ms2, LARGEST_ACC_MS2)
    if gyr_rads is not None:
        kept &= usable(gyr_rads, LARGEST_GYR_RADS)
    if dropped := n - int(kept.sum()):
        rows.report(problems, int(np.argmin(kept)), f"left out: {_rows(dropped)} with missing or impossible numbers")
    _enough(rows, kept)
    at = np.flatnonzero(kept)
    t_ns, repeats = check_times(rows, t_s[at], at)
    if repeats.any():
        first, count = int(at[repeats][0]), int(repeats.sum())
        spread_ns = spread_batches(t_ns, repeats)
        if spread_ns is not None:
            rows.report(problems, first, f"spread evenly: {_rows(count)} with the time of the row before")
            t_ns = spread_ns
        else:
            rows.report(problems, first, f"left out: {_rows(count)} with the time of the row before")
            t_ns, at = t_ns[~repeats], at[~repeats]
            kept[:] = False
            kept[at] = True
            _enough(rows, kept)
    rate_hz = measure_rate_hz(rows, t_ns, at)
    if len(at) < n:
        acc_ms2 = acc_ms2[at]
        gyr_rads = None if gyr_rads is None else gyr_rads[at]
    return ArrayRecording(rows.name, t_ns, acc_ms2, gyr_rads, t_s, kept, rate_hz, tuple(problems), dict(metadata or {}))


def _rows(count: int) -> str:
    return f"{count} row{'s' * (count > 1)}"


def _enough(rows: Rows, kept: NDArray[np.bool_]) -> None:
    count = int(kept.sum())
    if count < FEWEST_SAMPLES:
        among = "" if count == len(kept) else f" in {_rows(len(kept))}"
        amount = "no usable sample" if count == 0 else f"only {count} usable sample{'s' * (count > 1)}"
        raise InputError(
            f"{rows.name} holds {amount}{among}.", "A recording of a minute or more is needed to see breathing."
        )
