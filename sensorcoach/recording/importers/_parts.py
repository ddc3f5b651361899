"""What every importer gives: the readings of one kind of sensor on one clock; and how they become a recording."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import numpy as np

from ...errors import InputError
from ...samples import FloatArray
from ..arrays import ArrayRecording, settle
from ..between import between
from ..problems import ProblemLog
from ..segments import GZIP_MAGIC, unreadable
from ..timing import Rows

Kind = Literal["acc", "gyr"]
KIND_NAMES: Final[Mapping[Kind, str]] = {"acc": "acceleration", "gyr": "angular rate"}

BRIDGE_S: Final = 0.2
"""Between angular rates further apart than this nothing is made up, unless the gyro is slower than that."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Readings of an accelerometer or a gyroscope.

    Attributes
    ----------
    kind : `acc` or `gyr`
    rows : Rows
        Names them for people.
    t_s : float array, shape (n,), s
    values : float array, shape (n, 3), m/s² or rad/s
        In the axes of the device.
    problems : ProblemLog
    metadata : mapping of str to str
        Where they come from.
    """

    kind: Kind
    rows: Rows
    t_s: FloatArray
    values: FloatArray
    problems: ProblemLog
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of file that can be imported.

    Attributes
    ----------
    name : str
        For people.
    matches : function from the first bytes of a file (unpacked) to bool
    read : function from a path to the parts it holds
        Raises InputError, and nothing else, for what it cannot read.
    companion : function from a file of accelerations to where its gyroscope file would be, or None
    from_zero : bool
        Times count from the first sample, since their own zero means nothing outside the device.
    """

    name: str
    matches: Callable[[bytes], bool]
    read: Callable[[Path], list[Part]]
    companion: Callable[[Path], Path | None] = lambda path: None
    from_zero: bool = False


def assemble(parts: Sequence[Part], *, from_zero: bool = False) -> ArrayRecording:
    """One recording from accelerations and, where there are any, angular rates brought to the same times.

    Raises
    ------
    InputError
        There is no acceleration, or more than one; or it fails the checks of `arrays.settle`.
    """
    by_kind: dict[Kind, Part] = {}
    for part in parts:
        if part.kind in by_kind:
            raise InputError(
                f"{by_kind[part.kind].rows.name} and {part.rows.name} both hold {KIND_NAMES[part.kind]}.",
                "Import one sensor at a time.",
            )
        by_kind[part.kind] = part
    acc, gyr = by_kind.get("acc"), by_kind.get("gyr")
    if acc is None:
        raise InputError(f"{parts[0].rows.name} holds angular rates only.", "Name the file with the acceleration too.")
    problems = acc.problems
    metadata = dict(acc.metadata)
    rates = None
    if gyr is not None:
        rates = gyr.values if gyr.t_s is acc.t_s else rates_at(acc.t_s, gyr)
        if gyr.problems is not problems:
            for problem in gyr.problems:
                problems.add(problem.file, problem.line, problem.what)
    t_s = acc.t_s
    if from_zero and len(t_s) and np.isfinite(t_s).any():
        t_s = t_s - t_s[np.isfinite(t_s)][0]
    return settle(acc.rows, t_s, acc.values, rates, problems, metadata)


def refuse_packed(path: Path) -> None:
    """Refuse a gzipped file, for readers that need it plain.

    Raises
    ------
    InputError
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == GZIP_MAGIC
    except OSError as error:
        raise unreadable(path, error) from None
    if packed:
        raise InputError(f"{path} is gzipped.", "Unpack it first.")


def one_line(error: Exception) -> str:
    """What another library's error says, fit for a sentence of ours."""
    return " ".join(str(error).split())[:120] or type(error).__name__


def rates_at(t_s: FloatArray, gyr: Part) -> FloatArray:
    """Angular rates at other times, shape (n, 3): linear between neighbours, nan where those are far apart."""
    known = np.isfinite(gyr.t_s) & np.isfinite(gyr.values).all(axis=1)
    times, values = gyr.t_s[known], gyr.values[known]
    newest = np.maximum.accumulate(times) if len(times) else times
    onward = np.ones(len(times), np.bool_)
    onward[1:] = times[1:] > newest[:-1]
    times, values = times[onward], values[onward]
    step_s = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    return between(t_s, times, values, furthest_s=max(BRIDGE_S, 2.5 * step_s))
