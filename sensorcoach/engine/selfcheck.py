"""Is the sensor itself in order? Gravity at rest, axes that stick or clip, and its rate, watched while it streams.

Each fault is told once, as a `Notice` in plain words, and again only after it had cleared. Everything is decided over
whole seconds (and whole half minutes) of stream time from extremes and integer sums, which do not depend on rounding:
any cut of the stream gives the same notices at the same times.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..estimators.tracks import GridTrack
from ..events import Notice
from ..profiles.model import Check
from ..samples import NS, STANDARD_GRAVITY_MS2, FloatArray, IntArray, SampleBlock, StreamInfo

BoolArray = NDArray[np.bool_]

REST_RANGE_MS2: Final = 0.5
"""A second in which no axis moves by more than this is rest: breath moves one by up to 0.2 m/s², a step by several."""
REST_SECONDS: Final = 10
"""So many seconds of rest in a row decide, both that gravity is wrong and that it is right again."""
LIVELY_RANGE_MS2: Final = 1.0
"""An axis that does not change at all in a second in which another one moves by this much seems stuck: even at right
angles to the movement, noise changes the last digits."""
STUCK_SECONDS: Final = 10
STILL_RANGE_MS2: Final = 1e-9
"""What the grid's rounding makes of a constant."""
CLIP_FROM_MS2: Final = 1.9 * STANDARD_GRAVITY_MS2
"""The narrowest range of any accelerometer is ± 2 g: below it nothing is cut off."""
CLIP_SECONDS: Final = 5
"""Clipping is told when so many of the last `CLIP_WINDOW_S` seconds have it: a single knock may clip in any range."""
CLIP_WINDOW_S: Final = 60
RATE_WINDOW_NS: Final = 30 * NS
GAP_PERIODS: Final = 2.5
GAP_NS: Final = NS // 10
"""A step longer than both is a gap (as in `chain`) and says nothing about the rate, unless most steps are such."""
LEAST_STEPS: Final = 10
"""With fewer samples in half a minute there is no rate to speak of, only gaps."""
AXES: Final = "xyz"


class SelfCheck:
    """Watches one sensor. Picklable; its state does not grow.

    Gaps: a second that touches one is not judged; a stuck axis, a rest or a clipping is followed across it.

    Parameters
    ----------
    stream : StreamInfo
    check : Check
        How far gravity at rest and the rate may be off, as shares.
    """

    def __init__(self, stream: StreamInfo, check: Check | None = None) -> None:
        bounds = check or Check()
        self._sensor = stream.sensor
        self._gravity = _Gravity(bounds.rest_tolerance)
        self._stuck = _Stuck()
        self._clipping = _Clipping()
        self._rate = _Rate(stream.sampling_rate_hz, bounds.rate_tolerance)
        self._t: IntArray = np.empty(0, np.int64)  # grid rows of the second that is not complete
        self._acc: FloatArray = np.empty((0, 3))

    def update(self, block: SampleBlock, grid: GridTrack) -> list[Notice]:
        """What became known with these samples, in time order."""
        found = self._rate.update(block.t_ns)
        self._clipping.look(block)
        seconds, low, high = self._seconds(grid)
        if len(seconds):
            found += self._gravity.update(seconds, low, high)
            found += self._stuck.update(seconds, low, high)
            found += self._clipping.update(seconds)
        found.sort()
        return [Notice(t_ns, self._sensor, code, message, advice) for t_ns, code, message, advice in found]

    def _seconds(self, grid: GridTrack) -> tuple[IntArray, FloatArray, FloatArray]:
        """Ends (ns) of the seconds that are complete, with each axis' lowest and highest value in them."""
        t = np.concatenate([self._t, grid.t_ns])
        acc = np.concatenate([self._acc, grid.acc_ms2])
        if not len(t):
            return t, acc, acc
        ends = -(-t // NS) * NS
        whole = len(t) if t[-1] % NS == 0 else int(np.searchsorted(ends, ends[-1]))
        self._t, self._acc = t[whole:].copy(), acc[whole:].copy()
        if not whole:
            return t[:0], acc[:0], acc[:0]
        first = np.flatnonzero(np.diff(ends[:whole], prepend=-1))
        low, high = np.minimum.reduceat(acc[:whole], first), np.maximum.reduceat(acc[:whole], first)
        return ends[first], low, high


Fault = tuple[int, str, str, str]
"""When it became known (ns), its stable code, what is wrong, what to do."""


class _Gravity:
    """At rest an accelerometer feels 1 g, whichever way it is turned."""

    def __init__(self, tolerance: float) -> None:
        self._tolerance = tolerance
        self._bad = self._good = 0  # seconds of rest in a row
        self._told = False

    def update(self, seconds: IntArray, low: FloatArray, high: FloatArray) -> list[Fault]:
        with np.errstate(invalid="ignore"):
            rest: BoolArray = np.all(high - low <= REST_RANGE_MS2, axis=1)  # nan is no rest
            x, y, z = ((high + low) / (2.0 * STANDARD_GRAVITY_MS2)).T
            felt_g = np.sqrt(x * x + y * y + z * z)
            bad: BoolArray = rest & (np.abs(felt_g - 1.0) > self._tolerance)
        if not bad.any() and not self._bad and not self._told:
            return []
        out: list[Fault] = []
        for t_ns, at_rest, wrong, g in zip(seconds.tolist(), rest.tolist(), bad.tolist(), felt_g.tolist(), strict=True):
            if not at_rest:
                continue
            self._bad, self._good = (self._bad + 1, 0) if wrong else (0, self._good + 1)
            if self._told and self._good >= REST_SECONDS:
                self._told = False
            elif not self._told and self._bad >= REST_SECONDS:
                self._told = True
                out.append((t_ns, "gravity_off", *_gravity_words(g)))
        return out


def _gravity_words(felt_g: float) -> tuple[str, str]:
    if felt_g < 0.2:
        return (
            "At rest the sensor feels no gravity.",
            "It seems to send acceleration without gravity: switch that off in its own app. Posture needs gravity.",
        )
    return (
        f"At rest the sensor feels {felt_g:.2f} times the earth's gravity.",
        "Its scale is not the one expected: switch it off and on again. If it stays so, calibrate it in its own app or "
        "check its profile (sensorcoach devices check FILE); angles are not to be trusted.",
    )


class _Stuck:
    """An axis that never changes while another one does."""

    def __init__(self) -> None:
        self._lively = [0, 0, 0]
        self._value = [math.nan] * 3
        self._told = [False] * 3

    def update(self, seconds: IntArray, low: FloatArray, high: FloatArray) -> list[Fault]:
        with np.errstate(invalid="ignore"):
            same: BoolArray = np.less_equal(high - low, STILL_RANGE_MS2)
            moved: BoolArray = np.any(high - low > LIVELY_RANGE_MS2, axis=1)
        suspect = same & moved[:, None]
        if not suspect.any() and not any(self._lively) and not any(self._told):
            return []
        out: list[Fault] = []
        rows = zip(seconds.tolist(), same.tolist(), moved.tolist(), low.tolist(), strict=True)
        for t_ns, constant, lively, value in rows:
            for axis in range(3):
                if math.isnan(value[axis]):
                    continue
                held = abs(value[axis] - self._value[axis]) <= STILL_RANGE_MS2
                if not constant[axis] or (self._lively[axis] and not held):
                    self._lively[axis], self._told[axis] = 0, False
                if constant[axis] and lively:
                    self._value[axis] = value[axis]
                    self._lively[axis] += 1
                if self._lively[axis] >= STUCK_SECONDS and not self._told[axis]:
                    self._told[axis] = True
                    out.append((t_ns, f"axis_stuck_{AXES[axis]}", *_stuck_words(AXES[axis])))
        return out


def _stuck_words(axis: str) -> tuple[str, str]:
    return (
        f"The sensor's {axis} axis does not change while the others do.",
        "Switch it off and on again. If it stays so, the sensor is broken; angles and breathing are not to be trusted.",
    )


class _Clipping:
    """An axis that stays at one large value for three samples, while another one goes on changing, is cut off."""

    def __init__(self) -> None:
        self._tail: FloatArray = np.empty((0, 3))  # the last two samples
        self._pending: list[tuple[int, float]] = []  # seconds (ns) that are not judged yet, with the value they clip at
        self._clipped_ns: list[int] = []
        self._told = False

    def look(self, block: SampleBlock) -> None:
        """Note the seconds in which these samples clip."""
        if not len(block):
            return
        acc = np.concatenate([self._tail, block.acc_ms2])
        before = len(self._tail)
        self._tail = acc[-2:].copy()
        if max(acc.max(), -acc.min()) < CLIP_FROM_MS2 or len(acc) < 3:
            return
        large = np.abs(acc[2:]) >= CLIP_FROM_MS2
        rows = np.flatnonzero(large.any(axis=1))
        same = (acc[rows + 2] == acc[rows + 1]) & (acc[rows + 1] == acc[rows])
        clipped = large[rows] & same & ~same.all(axis=1)[:, None]
        for row, axes in zip(rows[clipped.any(axis=1)].tolist(), clipped[clipped.any(axis=1)], strict=True):
            end_ns = -(-int(block.t_ns[row + 2 - before]) // NS) * NS
            if not self._pending or self._pending[-1][0] != end_ns:
                self._pending.append((end_ns, float(np.abs(acc[row + 2][axes]).max())))

    def update(self, seconds: IntArray) -> list[Fault]:
        """Judge the seconds that are complete."""
        if not self._pending and not self._clipped_ns:
            return []
        out: list[Fault] = []
        last_ns = int(seconds[-1])
        while self._pending and self._pending[0][0] <= last_ns:
            t_ns, limit_ms2 = self._pending.pop(0)
            self._forget(t_ns)
            self._clipped_ns.append(t_ns)
            if len(self._clipped_ns) >= CLIP_SECONDS and not self._told:
                self._told = True
                out.append((t_ns, "axis_clipped", *_clipped_words(limit_ms2)))
        self._forget(last_ns)
        return out

    def _forget(self, now_ns: int) -> None:
        self._clipped_ns = [t for t in self._clipped_ns if t > now_ns - CLIP_WINDOW_S * NS]
        if not self._clipped_ns:
            self._told = False


def _clipped_words(limit_ms2: float) -> tuple[str, str]:
    return (
        f"Movements are cut off at {limit_ms2 / STANDARD_GRAVITY_MS2:.1f} g.",
        "Fasten the sensor so that it cannot knock against anything, or choose a wider range if it has one.",
    )


class _Rate:
    """Samples a second where they come without a gap, over half minutes; two in a row decide."""

    def __init__(self, nominal_hz: float, tolerance: float) -> None:
        self._nominal_hz = nominal_hz
        self._tolerance = tolerance
        self._longest_ns = max(round(GAP_PERIODS * NS / nominal_hz), GAP_NS)
        self._last_ns: int | None = None
        self._window = -1
        self._sums = np.zeros(4, np.int64)  # steps without a gap: how many, how long; all steps: how many, how long
        self._bad = self._good = 0
        self._told = False

    def update(self, t_ns: IntArray) -> list[Fault]:
        if not len(t_ns):
            return []
        t = t_ns if self._last_ns is None else np.concatenate([np.array([self._last_ns], np.int64), t_ns])
        self._last_ns = int(t_ns[-1])
        if len(t) < 2:
            return []
        steps = np.diff(t)
        window = (t[1:] - 1) // RATE_WINDOW_NS  # a step belongs to the window in which it ends
        first = np.flatnonzero(np.diff(window, prepend=-1))
        short = steps <= self._longest_ns
        sums = np.stack(
            [
                np.add.reduceat(short.astype(np.int64), first),
                np.add.reduceat(np.where(short, steps, 0), first),
                np.diff(first, append=len(steps)),
                np.add.reduceat(steps, first),
            ],
            axis=1,
        )
        out: list[Fault] = []
        for number, row in zip(window[first].tolist(), sums, strict=True):
            if number != self._window:
                out += self._judge()
                self._window, self._sums = number, np.zeros(4, np.int64)
            self._sums = self._sums + row
        if self._last_ns % RATE_WINDOW_NS == 0:
            out += self._judge()
            self._window = -1
        return out

    def _judge(self) -> list[Fault]:
        """The window that is over."""
        few, few_ns, count, all_ns = self._sums.tolist()
        if self._window < 0:
            return []
        if 2 * few < count and count >= LEAST_STEPS:
            few, few_ns = count, all_ns
        if few_ns < RATE_WINDOW_NS // 2:
            return []
        rate_hz = few * NS / few_ns
        wrong = abs(rate_hz / self._nominal_hz - 1.0) > self._tolerance
        self._bad, self._good = (self._bad + 1, 0) if wrong else (0, self._good + 1)
        if self._told and self._good >= 2:
            self._told = False
        elif not self._told and self._bad >= 2:
            self._told = True
            t_ns = (self._window + 1) * RATE_WINDOW_NS
            return [(t_ns, "rate_off", *_rate_words(rate_hz, self._nominal_hz))]
        return []


def _rate_words(rate_hz: float, nominal_hz: float) -> tuple[str, str]:
    message = f"The sensor sends {rate_hz:.3g} samples a second instead of {nominal_hz:.3g}."
    if rate_hz < nominal_hz:
        return message, "Bring it nearer to the computer. If it stays so, switch it off and on again."
    return message, "Switch it off and on again. If it stays so, its profile names the wrong rate."
