"""Trunk angles five times a second, relative to the wearer's own upright pose."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..events import Calibrate, Command, Event, NeutralSet, Notice
from ..samples import NS, FloatArray, IntArray, StreamInfo
from .base import Estimator, register
from .neutral import FACE_AXIS, Neutral, Vector, dot, guess_forward, unit
from .tracks import ANGLE_STEP_NS, AngleTrack, OrientationTrack

OLDEST_NS: Final = NS // 4
"""A row is told from the newest sample before it, unless that is older than this (or than two sample periods)."""

HELD_ROWS: Final = 20
"""4 s, about one breath: breathing tilts the chest by 0.3–3° and must not toggle a decision."""
HELD_LEAST: Final = HELD_ROWS // 2
HELD_SIGMA_DEG: Final = 6.0
"""Rows that are less sure than this (behind a gap) are shown, but nothing is decided by them."""

RESTING_RANGE: Final = 0.035
"""Largest range of any component of up, over `HELD_ROWS`, in which what moves is taken for the breath: 2°."""

STILL_ROWS: Final = 25
"""5 s of stillness make a neutral pose ..."""
ASKED_ROWS: Final = 15
"""... 3 s are enough when the wearer asks for it, anywhere in the last 10 s."""
ASKED_WITHIN_ROWS: Final = 50
STILL_RANGE: Final = 0.05
"""Largest range of any component of the up vector that counts as still: 3°, a deep breath."""

UPRIGHT_FACE: Final = math.sqrt(0.5)
"""Vertical part of the face axis above which the wearer lies on the back or the front: still, but not upright."""

SAME_MOUNTING: Final = math.sqrt(0.5)
"""Cosine (45°) between two upright poses below which the sensor was put on another way and forward is lost."""

FACE_LEAST: Final = np.sqrt(0.5)
"""Part of the forward direction along the face axis above which forward is what the face looks at."""

SIGMA_SPAN_DEG: Final = 20.0
"""Quality falls by one over this much predicted error: trusted (0.8) up to 4°, one third of the slouch threshold."""
UNCONFIRMED_QUALITY: Final = 0.6
"""Most quality can be while nobody said that this pose is upright: shown and judged, never used for an alert."""
FACE_FORWARD_QUALITY: Final = 0.85
"""Most it can be when upright was confirmed but forward is taken from the device's face: trusted, for a device that
lies flat on chest or back looks straight ahead within the tolerance of the slouch threshold."""

LONGEST_GAP_NS: Final = 86_400 * NS
"""A longer jump in time is a new recording: rows restart after it instead of filling days with nan."""
ROWS_AT_ONCE: Final = 4096
"""Windows are laid out for this many rows at a time, so that memory stays bounded after an hour of silence."""


@register
class TrunkAngle(Estimator):
    """Flexion, lateral bend and inclination against the neutral pose.

    Gaps: rows without a sample in the last quarter second are nan. After a jump of more than a day rows restart.

    Parameters
    ----------
    stream : StreamInfo
    calibration : (up, forward) or None
        Directions in the sensor frame while the wearer stood tall. None: the first 5 s of stillness with the sensor's
        face not towards sky or floor serve as neutral, forward is guessed from the sensor's axes, and quality stays
        at or below 0.6 for as long: a seated slouch or lying on a side cannot be told from standing tall by this.

    Raises
    ------
    UsageError
        The calibration is not two different directions.
    """

    name: ClassVar[str] = "trunk_angle"
    inputs: ClassVar[tuple[str, ...]] = ("orientation",)

    def __init__(self, stream: StreamInfo, calibration: tuple[Sequence[float], Sequence[float]] | None = None) -> None:
        super().__init__(stream)
        self._oldest_ns = max(OLDEST_NS, round(2.2 * NS / stream.sampling_rate_hz))
        self._next = -1  # index of the next row; -1 before the first sample
        self._t: IntArray = np.empty(0, np.int64)  # the newest sample: time,
        self._up: FloatArray = np.empty((0, 3))  # direction
        self._sigma: FloatArray = np.empty(0)  # and predicted error
        self._recent = np.full((ASKED_WITHIN_ROWS, 3), np.nan)  # up at the last rows
        self._held = np.full(HELD_ROWS - 1, np.nan)  # forward lean at the last rows
        self._neutral: Neutral | None = None
        self._forward_known = False
        self._most_quality = 0.0
        # Neutral poses that hold from the first row after a time on: whether forward is known, where they come from.
        self._orders: list[tuple[int, Neutral, bool, str]] = []
        if calibration is not None:
            self._orders.append((-1, Neutral.from_vectors(*calibration), True, "given"))

    def update(self, orientation: OrientationTrack) -> AngleTrack:
        """Angle rows that became complete with these samples."""
        t_ns, up, sigma = self._rows(orientation)
        columns = np.full((8, len(t_ns)), np.nan)
        events: list[Event] = []
        done = 0
        while done < len(t_ns):
            stop = min(done + ROWS_AT_ONCE, len(t_ns))
            stop = self._choose_neutral(t_ns[done:stop], up[done:stop], events) + done
            self._measure(up[done:stop], sigma[done:stop], columns[:, done:stop])
            self._recent = np.concatenate([self._recent, up[done:stop]])[-ASKED_WITHIN_ROWS:]
            done = stop
        return AngleTrack(t_ns, tuple(events), *columns)

    def on_command(self, command: Command) -> tuple[Event, ...]:
        """`Calibrate`: rows after the command's time are relative to the new pose; a `NeutralSet` comes with the first.

        Without `up` the last 3 s of stillness of the last 10 s are taken; without `forward` the known one stays; where
        there is none, or upright has turned by more than 45°, it is guessed. Where there was no stillness a `Notice`
        says so and nothing changes.
        """
        if not isinstance(command, Calibrate) or command.sensor != self.stream.sensor:
            return ()
        up = command.up if command.up is not None else self._last_stillness()
        if up is None:
            message = "The upright pose was not taken: the sensor did not hold still for 3 s."
            return (
                Notice(command.t_ns, self.stream.sensor, "not_still", message, "Stand tall, hold still, try again."),
            )
        neutral, known = self._with_forward(unit(up, "up"), command.forward)
        self._orders.append((command.t_ns, neutral, known, "stored" if command.origin == "stored" else "given"))
        return ()

    def _with_forward(self, up: Vector, forward: Vector | None) -> tuple[Neutral, bool]:
        """The pose with this upright, and whether its forward is known."""
        if forward is not None:
            return Neutral.from_vectors(up, forward), True
        last, known = self._orders[-1][1:3] if self._orders else (self._neutral, self._forward_known)
        if known and last is not None and dot(last.up, up) >= SAME_MOUNTING:
            return Neutral.from_vectors(up, last.forward), True
        return Neutral.from_vectors(up, guess_forward(up, self.stream.site)), False

    def _rows(self, track: OrientationTrack) -> tuple[IntArray, FloatArray, FloatArray]:
        """Times, directions and predicted errors of the rows that the new samples complete."""
        if not len(track):
            return np.empty(0, np.int64), np.empty((0, 3)), np.empty(0)
        if self._next < 0 or track.t_ns[0] - self._t[-1] > LONGEST_GAP_NS:
            self._next = int(-(-track.t_ns[0] // ANGLE_STEP_NS))
        t = np.concatenate([self._t, track.t_ns])
        up = np.concatenate([self._up, track.up])
        sigma = np.concatenate([self._sigma, track.sigma_deg])
        end = int(t[-1] // ANGLE_STEP_NS) + 1
        at = np.arange(self._next, end, dtype=np.int64) * ANGLE_STEP_NS
        newest = np.searchsorted(t, at, side="right") - 1
        fresh = at - t[newest] <= self._oldest_ns
        self._next = max(self._next, end)
        self._t, self._up, self._sigma = t[-1:].copy(), up[-1:].copy(), sigma[-1:].copy()
        return at, np.where(fresh[:, None], up[newest], np.nan), np.where(fresh, sigma[newest], np.nan)

    def _choose_neutral(self, t_ns: IntArray, up: FloatArray, events: list[Event]) -> int:
        """Settle which pose holds for the first of these rows; returns for how many of them."""
        if self._orders and t_ns[0] > self._orders[0][0]:
            while self._orders and t_ns[0] > self._orders[0][0]:
                _, neutral, known, source = self._orders.pop(0)
            self._take(int(t_ns[0]), neutral, known, source, events)
        stop = len(t_ns)
        if self._orders:
            stop = int(np.searchsorted(t_ns, self._orders[0][0], side="right"))
        if self._neutral is None:
            found = self._first_stillness(up[:stop])
            if found == 0:
                pose = _mean(np.concatenate([self._recent, up[:1]])[-STILL_ROWS:])
                neutral = Neutral.from_vectors(pose, guess_forward(pose, self.stream.site))
                self._take(int(t_ns[0]), neutral, False, "first_stillness", events)
            else:
                stop = found
        return stop

    def _first_stillness(self, up: FloatArray) -> int:
        """Index of the first row that ends a stretch of upright stillness; the number of rows where none does."""
        run = np.concatenate([self._recent[-(STILL_ROWS - 1) :], up])
        windows = sliding_window_view(run, STILL_ROWS, axis=0)
        still = ((windows.max(axis=2) - windows.min(axis=2)) <= STILL_RANGE).all(axis=1)
        upright = np.abs(up[:, FACE_AXIS]) <= UPRIGHT_FACE
        ends = np.flatnonzero(still & upright)
        return int(ends[0]) if len(ends) else len(up)

    def _last_stillness(self) -> Vector | None:
        """Mean direction over the latest still stretch of the last rows."""
        for end in range(ASKED_WITHIN_ROWS, ASKED_ROWS - 1, -1):
            window = self._recent[end - ASKED_ROWS : end]
            if bool((window.max(axis=0) - window.min(axis=0) <= STILL_RANGE).all()):
                return _mean(window)
        return None

    def _take(self, t_ns: int, neutral: Neutral, known: bool, source: str, events: list[Event]) -> None:
        """From here on angles are relative to this pose; what was held before no longer counts."""
        self._neutral, self._forward_known = neutral, known
        self._most_quality = _most_quality(neutral, known, confirmed=source != "first_stillness")
        self._held = np.full(HELD_ROWS - 1, np.nan)
        events.append(NeutralSet(t_ns, self.stream.sensor, neutral.up, neutral.forward, source, known))

    def _measure(self, up: FloatArray, sigma: FloatArray, out: FloatArray) -> None:
        """Write the columns of the track into the rows of `out`."""
        if self._neutral is None:
            return
        out[0], out[1], out[2] = self._neutral.angles(up)
        out[3] = np.where(np.isnan(out[2]), np.nan, np.clip(1.0 - sigma / SIGMA_SPAN_DEG, 0.0, self._most_quality))
        lean = np.where(sigma <= HELD_SIGMA_DEG, _forward_lean(out[0], out[1], out[2]), np.nan)
        run = np.concatenate([self._held, lean])
        out[4] = _medians(sliding_window_view(run, HELD_ROWS))
        self._held = run[-(HELD_ROWS - 1) :].copy()
        out[5], out[6], out[7] = self._neutral.angles(_resting(np.concatenate([self._recent[-(HELD_ROWS - 1) :], up])))


def _most_quality(neutral: Neutral, forward_known: bool, *, confirmed: bool) -> float:
    if forward_known:
        return 1.0
    faces_ahead = abs(neutral.forward[FACE_AXIS]) >= FACE_LEAST
    return FACE_FORWARD_QUALITY if confirmed and faces_ahead else UNCONFIRMED_QUALITY


def _mean(window: FloatArray) -> Vector:
    """Mean of a fixed number of rows, as a unit vector."""
    return unit(np.ascontiguousarray(window.T).mean(axis=1), "up")


def _forward_lean(flexion: FloatArray, lateral: FloatArray, inclination: FloatArray) -> FloatArray:
    """How far the trunk leans forward, deg: flexion, and of a diagonal lean its sideways part, up to as much again.

    Straight forward and backward this is flexion; straight sideways it is zero; diagonally forward it is the whole
    inclination. Ribs curve and sensors sit skew, so a plain bow often shows as diagonal: what to call a slouch must
    not hang on the last degrees of the forward axis.
    """
    ahead = np.maximum(flexion, 0.0)
    side = np.minimum(np.abs(lateral), ahead)
    lean = np.minimum(np.sqrt(ahead * ahead + side * side), inclination)
    return np.where(flexion > 0.0, lean, flexion)


def _resting(run: FloatArray) -> FloatArray:
    """Up in each row behind the first `HELD_ROWS` - 1: the mean with the rows before it where all of them lie within
    `RESTING_RANGE`, itself where the trunk moves."""
    count = len(run) - (HELD_ROWS - 1)
    total = low = high = run[:count]
    for k in range(1, HELD_ROWS):  # one after the other: the same sums for any cut of the stream
        row = run[k : k + count]
        total, low, high = total + row, np.minimum(low, row), np.maximum(high, row)
    spread = high - low
    still = (spread[:, 0] <= RESTING_RANGE) & (spread[:, 1] <= RESTING_RANGE) & (spread[:, 2] <= RESTING_RANGE)
    return np.where(still[:, None], total / HELD_ROWS, run[HELD_ROWS - 1 :])


def _medians(windows: FloatArray) -> FloatArray:
    """Median over each row, ignoring nan; nan where fewer than half are known."""
    ordered = np.sort(windows, axis=1)  # nan goes last
    known = np.count_nonzero(~np.isnan(windows), axis=1)
    row = np.arange(len(windows))
    low, high = ordered[row, np.maximum(known - 1, 0) // 2], ordered[row, np.minimum(known // 2, HELD_ROWS - 1)]
    return np.where(known >= HELD_LEAST, 0.5 * (low + high), np.nan)
