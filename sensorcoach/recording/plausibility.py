"""Checks of the values of samples: units, gravity, sensors that are stuck."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..samples import STANDARD_GRAVITY_MS2, FloatArray
from .problems import ProblemLog
from .timing import Rows

LARGEST_ACC_MS2: Final = 2000.0
"""Twice the widest range of any sensor worn on the body (±100 g)."""
LARGEST_GYR_RADS: Final = 70.0
"""4,000 °/s, the widest range of consumer gyroscopes."""
GYRO_FAULTS: Final = 0.05
"""Share of unusable rows from which the gyro is left out rather than the rows."""

_MOST_LOOKED_AT: Final = 200_000
_WINDOW_S: Final = 0.5
_DEGREE: Final = 0.0174533
_NEAR: Final = 3.0  # a scale within this factor of another is taken for it
_TOO_FAR: Final = 8.0
"""Recordings of people in rad/s reach 1.6 in the root mean square, the same in °/s 57 times as much."""
_GYRO_SAYS_TILT: Final = 0.5  # correlation from which the scale means something
_SLOW: Final = 0.1  # share by which acceleration may differ from gravity where the body turns slowly
_FAR_ENOUGH: Final = 0.09  # rad: five degrees from the usual direction of gravity; less turning tells too little
_IN_DEGREES: Final = "look like °/s; multiply by 0.0174533 for rad/s, or import with --gyro-unit deg/s"
_CONVERTED_TWICE: Final = (
    "are some 57 times too small for how far gravity turns, as if rad/s had been taken for °/s; "
    "multiply by 57.2958, or import without --gyro-unit deg/s"
)


def usable(values: FloatArray, largest: float) -> NDArray[np.bool_]:
    """Rows of finite numbers within the possible."""
    with np.errstate(invalid="ignore"):
        inside: NDArray[np.bool_] = np.all(np.abs(values) <= largest, axis=1)
    return inside


def check_acceleration(rows: Rows, acc_ms2: FloatArray, problems: ProblemLog) -> None:
    """Refuse what is not acceleration in m/s² with gravity, report what is odd about it."""
    some = acc_ms2[:: 1 + len(acc_ms2) // _MOST_LOOKED_AT]
    some = some[np.isfinite(some).all(axis=1)]
    if not len(some):
        return
    median = float(np.median(np.linalg.norm(some, axis=1)))
    for unit, low, high, factor in (("g", 0.7, 1.3, "9.80665"), ("mg", 700.0, 1300.0, "0.00980665")):
        if low <= median <= high:
            advice = f"For a CSV file this does it: sensorcoach import FILE -o OUT.csv --acc-unit {unit}"
            raise InputError(f"{rows.name}: acceleration values look like {unit}; multiply by {factor}.", advice)
    if median == 0.0:
        raise InputError(f"{rows.name}: all acceleration values are zero.", "Check that the sensor was measuring.")
    if median < 0.7:
        raise InputError(
            f"{rows.name}: gravity seems to be removed (the acceleration is {median:.2g} m/s² at the median).",
            "Export the acceleration with gravity.",
        )
    if median > 4 * STANDARD_GRAVITY_MS2:
        raise InputError(
            f"{rows.name}: acceleration is {median:.4g} at the median, where gravity alone gives 9.8 m/s².",
            "Convert the values to m/s².",
        )
    if not 0.5 < median / STANDARD_GRAVITY_MS2 < 2.0:
        problems.add(
            rows.file, 0, f"acceleration is {median:.2g} m/s² at the median, not near 9.8: check the unit and scale"
        )
    if not np.ptp(some, axis=0).any():
        problems.add(rows.file, 0, "all samples are the same: is the sensor stuck, or not worn?")


def check_gyro(
    rows: Rows, t_s: FloatArray, acc_ms2: FloatArray, gyr_rads: FloatArray | None, problems: ProblemLog
) -> FloatArray | None:
    """The gyro, or None (reported) where its readings are missing, impossible, stuck, or in another unit."""
    if gyr_rads is None or not len(gyr_rads):
        return None
    good = usable(gyr_rads, LARGEST_GYR_RADS)
    share = 1.0 - float(good.mean())
    if share > GYRO_FAULTS:
        missing = float(np.isnan(gyr_rads).any(axis=1).mean())
        fault = "missing" if missing > share / 2 else "beyond 4,000 °/s (°/s, or negative numbers read as positive?)"
        problems.add(rows.file, 0, f"the gyro is not used: {100 * share:.0f} % of its readings are {fault}")
        return None
    good &= np.isfinite(t_s) & usable(acc_ms2, LARGEST_ACC_MS2)
    if good.any() and not np.ptp(gyr_rads[good], axis=0).any():
        problems.add(rows.file, 0, "the gyro is not used: its readings never change")
        return None
    fault = _unit_fault(t_s[good], acc_ms2[good], gyr_rads[good])
    if fault:
        problems.add(rows.file, 0, f"the gyro is not used: its readings {fault}")
        return None
    return gyr_rads


def _unit_fault(t_s: FloatArray, acc_ms2: FloatArray, gyr_rads: FloatArray) -> str:
    """What is wrong with the unit, as a clause with what to do; empty where nothing is, or too little turns to tell.

    Where the body tilts, the unit vector u of the mean acceleration follows du/dt = -ω × u (+ where the gyro turns the
    other way round, which some do). The factor between the two sides, by least squares over half-second windows in slow
    parts, is 1 for rad/s, π/180 for °/s, and 180/π for rad/s that were converted as if they had been °/s. Where the two
    hardly agree (a body that barely moves), it is °/s if the gyro turns much further than gravity ever does; its offset
    counts for nothing.
    """
    steps = np.diff(t_s)
    steps = steps[steps > 0]
    if not len(steps):
        return ""
    window = max(1, round(_WINDOW_S / max(float(np.median(steps)), 1e-3)))
    count = min(len(t_s), _MOST_LOOKED_AT) // window
    if count < 8:
        return ""
    t_s, acc_ms2, gyr_rads = (
        a[: count * window].reshape(count, window, *a.shape[1:]).mean(axis=1) for a in (t_s, acc_ms2, gyr_rads)
    )
    up = acc_ms2 / np.maximum(np.linalg.norm(acc_ms2, axis=1, keepdims=True), 1e-6)
    step = np.diff(t_s)
    whole = (step > 0) & (step < 2.0 * float(np.median(step)))  # no gap within
    rate, middle = (gyr_rads[1:] + gyr_rads[:-1]) / 2.0, (up[1:] + up[:-1]) / 2.0
    turned = (-np.cross(rate, middle) * step[:, None])[whole]
    tilted = np.diff(up, axis=0)[whole]
    size = np.linalg.norm(acc_ms2, axis=1)
    slow = np.abs(size / np.median(size) - 1.0) < _SLOW
    both = (slow[1:] & slow[:-1])[whole]
    shared = abs(float((turned * tilted)[both].sum()))
    by_gyro, by_acc = float((turned[both] ** 2).sum()), float((tilted[both] ** 2).sum())
    if shared > _GYRO_SAYS_TILT * np.sqrt(by_gyro * by_acc):
        scale = shared / by_gyro
        if _DEGREE / _NEAR < scale < _DEGREE * _NEAR:
            return _IN_DEGREES
        leant = float(np.linalg.norm(up - np.median(up, axis=0), axis=1)[slow].max())
        small = leant > _FAR_ENOUGH and 1.0 / _NEAR < scale * _DEGREE < _NEAR
        return _CONVERTED_TWICE if small else ""
    offset = np.cross(np.median(gyr_rads, axis=0), middle) * step[:, None]
    everywhere = float((tilted**2).sum())
    return _IN_DEGREES if 0.0 < _TOO_FAR**2 * everywhere < float(((turned + offset[whole]) ** 2).sum()) else ""
