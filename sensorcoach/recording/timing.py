"""Checks of the times of samples: order, unit, repeats, leaps, rate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..samples import NS, FloatArray, IntArray
from .problems import ProblemLog

SLOWEST_HZ: Final = 8.0
"""Steps and the faster breaths need it; the slowest sensors in use give 10 Hz."""

LONGEST_GAP_S: Final = 86_400.0

BATCH_SHARE: Final = 0.1
"""Share of rows that repeat a time from which repeats are samples that arrived together, not lines written twice."""

_LATEST_S: Final = 9e9  # beyond this ns do not fit into int64 (the year 2255 in Unix time)
_UNITS: Final = (("milliseconds", 1e3), ("microseconds", 1e6), ("nanoseconds", 1e9))


@dataclass(frozen=True, slots=True)
class Rows:
    """Names rows of an input for people.

    Attributes
    ----------
    name : str
        Of the input.
    file : str
        Name for problems; empty for arrays.
    line : function from row index to line number, or None for arrays
    splitting_column : function from the rows where `t` starts anew to the name of the column that marks them, or ""
    """

    name: str
    file: str = ""
    line: Callable[[int], int] | None = None
    splitting_column: Callable[[IntArray], str] = lambda starts: ""

    def place(self, row: int) -> str:
        """Where a row is, for a sentence."""
        return f"row {row}" if self.line is None else f"line {self.line(row)}"

    def report(self, problems: ProblemLog, row: int, what: str) -> None:
        """Note a problem that begins at a row."""
        problems.add(self.file, row if self.line is None else self.line(row), what)


def check_times(rows: Rows, t_s: FloatArray, at: IntArray) -> tuple[IntArray, NDArray[np.bool_]]:
    """Times in ns, never decreasing, and which of them repeat the one before.

    Parameters
    ----------
    t_s : float array, shape (k,), s
        Finite, k ≥ 2.
    at : int64 array, shape (k,)
        Index of the input row of each.
    """
    steps_s = np.diff(t_s)
    backward = np.flatnonzero(steps_s < 0) + 1
    if len(backward):
        _refuse_backward(rows, t_s, at, backward)
    forward_s = steps_s[steps_s > 0]
    if not len(forward_s):
        raise InputError(
            f"{rows.name}: all {len(t_s)} samples have the same time.", "t must be in seconds with its decimals."
        )
    _check_unit(rows, float(np.median(forward_s)))
    if max(-t_s[0], t_s[-1]) > _LATEST_S:
        raise InputError(f"{rows.name}: times as large as {t_s[-1]:.3g} s cannot be.", "t must be in seconds.")
    widest = int(np.argmax(steps_s))
    if steps_s[widest] > LONGEST_GAP_S:
        raise InputError(
            f"{rows.name}: t leaps by {steps_s[widest] / 86_400:.1f} days at {rows.place(int(at[widest + 1]))}.",
            "Split the recording there.",
        )
    t_ns = np.rint(t_s * NS).astype(np.int64)
    repeats = np.zeros(len(t_ns), np.bool_)
    repeats[1:] = np.diff(t_ns) == 0
    return t_ns, repeats


def spread_batches(t_ns: IntArray, repeats: NDArray[np.bool_]) -> IntArray | None:
    """Times for samples that carry the arrival time of their batch; None where repeats are too few for that.

    The last sample of a batch keeps the arrival time, the others lie before it, evenly, and after the batch before:
    no sample is moved into the future.
    """
    if repeats.mean() < BATCH_SHARE:
        return None
    first = np.flatnonzero(~repeats)
    arrival = t_ns[first]
    size = np.diff(np.append(first, len(t_ns)))
    step = np.diff(arrival) // size[1:]
    usual = int(np.median(step))
    step = np.minimum(np.append(usual, step), usual + usual // 2)
    if step.min() < 1:
        return None
    from_end = np.repeat(first + size - 1, size) - np.arange(len(t_ns))
    spread: IntArray = np.repeat(arrival, size) - from_end * np.repeat(step, size)
    return spread


def measure_rate_hz(rows: Rows, t_ns: IntArray, at: IntArray) -> float:
    """Sampling rate, indifferent to gaps, lost samples and jitter.

    A clocked stream has most steps near the median: the mean over those takes away the rounding of written times (where
    a sample is lost the step is twice as long and stays out). Where steps scatter widely only their mean tells.
    """
    steps_s = np.diff(t_ns) / NS
    median_s = float(np.median(steps_s))
    near = np.abs(steps_s / median_s - 1.0) < 0.3
    usual_s = float(steps_s[near if near.mean() > 0.75 else steps_s < 3.0 * median_s].mean())
    rate_hz = 1.0 / usual_s
    if rate_hz < SLOWEST_HZ:
        raise InputError(
            f"{rows.name} was sampled at {rate_hz:.3g} Hz; at least {SLOWEST_HZ:g} Hz are needed.",
            "Record at 25 Hz or more; if t is not in seconds, convert it.",
        )
    return rate_hz


def _check_unit(rows: Rows, step_s: float) -> None:
    """Steps that make sense as 8 to 500 Hz in a finer unit than seconds, and make none in seconds."""
    for unit, per_second in _UNITS:
        if per_second / 500.0 <= step_s <= per_second / SLOWEST_HZ:
            raise InputError(
                f"{rows.name}: times look like {unit} (t grows by {step_s:.6g} from row to row).",
                f"t must be in seconds: divide it by {per_second:,.0f}.",
            )


def _refuse_backward(rows: Rows, t_s: FloatArray, at: IntArray, backward: IntArray) -> None:
    """One step back is a fault; times that begin anew and go on from there are several recordings."""
    place = rows.place(int(at[backward[0]]))
    pieces = np.concatenate([[0], backward, [len(t_s)]])
    starts_s, lengths = t_s[pieces[:-1]], np.diff(pieces)
    longest_s = float(np.max(t_s[pieces[1:] - 1] - starts_s))
    first_steps_s = t_s[np.minimum(pieces[:-1] + 1, len(t_s) - 1)] - starts_s
    goes_on = first_steps_s.max() <= 10.0 * float(np.median(np.abs(np.diff(t_s))))
    if lengths.min() >= 3 and goes_on and float(np.ptp(starts_s)) <= 0.1 * longest_s:
        column = rows.splitting_column(at[backward])
        raise InputError(
            f"{rows.name} holds {len(lengths)} recordings one after another: t starts anew at {place}.",
            f"Split it at column {column}." if column else "Split it where t starts anew.",
        )
    raise InputError(
        f"{rows.name}: t runs backwards at {place} (from {t_s[backward[0] - 1]:.9g} to {t_s[backward[0]]:.9g} s).",
        "Sort the rows by t, or split the recording there.",
    )
