"""What the wearer does, once a second: still, moving, walking, running, lying, bending, driven, or not wearing it."""

from __future__ import annotations

from typing import ClassVar, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..events import ACTIVITIES, ActivityChanged, Event, NeutralSet, Notice
from ..samples import FloatArray, IntArray, StreamInfo
from ._activity_rules import Rules, Sight
from ._motion import WINDOW_ROWS, motion
from .base import Estimator, register
from .neutral import Neutral, Vector
from .tracks import ANGLE_STEP_NS, GRID_STEP_NS, SECOND_NS, ActivityTrack, AngleTrack, GridTrack

SWING_ROWS: Final = 2 * SECOND_NS // ANGLE_STEP_NS + 1
"""2 s of trunk angles, both ends included."""
SECONDS_AT_ONCE: Final = 1024
"""Windows are laid out for this many seconds at a time, so that memory stays bounded after an hour of silence."""

INDEX: Final = {name: i for i, name in enumerate(ACTIVITIES)}


@register
class Activity(Estimator):
    """Activity from scatter, steps and direction of the acceleration over the last seconds, and from the trunk angles.

    Walking, running, moving and still need no calibration. Lying needs to know upright: from a calibration, or else
    from 20 s of walking. Bending is a movement of the trunk angles. A vehicle and a sensor that is not worn are named
    after a minute of evidence. A sensor that has turned since the calibration shows in the way its wearer walks: a
    `Notice` (`sensor_moved`) says so once, and nothing is re-zeroed.

    Gaps: unknown until 2 s of samples are there again; steps are seen after 4 s.
    """

    name: ClassVar[str] = "activity"
    inputs: ClassVar[tuple[str, ...]] = ("grid", "trunk_angle")

    def __init__(self, stream: StreamInfo) -> None:
        super().__init__(stream)
        self._rules = Rules()
        self._now = INDEX["unknown"]
        self._acc = _Tail(GRID_STEP_NS, WINDOW_ROWS, 3)
        self._inclination = _Tail(ANGLE_STEP_NS, SWING_ROWS, 1)

    def update(self, grid: GridTrack, angle: AngleTrack) -> ActivityTrack:
        """The whole seconds that became complete."""
        acc = self._acc.extend(grid.t_ns, grid.acc_ms2)
        inclination = self._inclination.extend(angle.t_ns, angle.inclination_deg[:, None])
        first, end = 0, 0
        if len(grid):
            first, end = int(-(-grid.t_ns[0] // SECOND_NS)), int(grid.t_ns[-1] // SECOND_NS) + 1
        seconds = np.arange(first, max(first, end), dtype=np.int64) * SECOND_NS
        activity = np.empty(len(seconds), np.int8)
        events: list[Event] = []
        poses = [e for e in angle.events if isinstance(e, NeutralSet) and e.source != "first_stillness"]
        for begin in range(0, len(seconds), SECONDS_AT_ONCE):
            some = seconds[begin : begin + SECONDS_AT_ONCE]
            sights = self._see(some, acc, inclination)
            for k, (t_ns, sight) in enumerate(zip(some.tolist(), sights, strict=True), begin):
                while poses and poses[0].t_ns <= t_ns:
                    self._calibrate(poses.pop(0))
                now = INDEX[self._rules.next(sight)]
                if self._rules.moved_deg is not None:
                    events.append(self._moved(t_ns, self._rules.moved_deg))
                if now != self._now:
                    events.append(ActivityChanged(t_ns, self.stream.sensor, ACTIVITIES[now], ACTIVITIES[self._now]))
                    self._now = now
                activity[k] = now
        for pose in poses:  # later than the last whole second, so for the next one
            self._calibrate(pose)
        return ActivityTrack(seconds, tuple(events), activity)

    def _calibrate(self, pose: NeutralSet) -> None:
        self._rules.calibrate(Neutral(pose.up, pose.forward), forward_known=pose.forward_known)

    def _moved(self, t_ns: int, moved_deg: float) -> Notice:
        message = f"The sensor seems to have moved: when you walk it now leans {moved_deg:.0f}° from where it did."
        return Notice(t_ns, self.stream.sensor, "sensor_moved", message, "Stand tall and calibrate again.")

    def _see(self, seconds: IntArray, acc: _Run, inclination: _Run) -> list[Sight]:
        seen = motion(np.ascontiguousarray(acc.windows(seconds).transpose(1, 0, 2)))
        tilt = inclination.windows(seconds)[:, 0]
        known = np.count_nonzero(~np.isnan(tilt), axis=1) > SWING_ROWS // 2
        high = np.where(np.isnan(tilt), -np.inf, tilt).max(axis=1)
        low = np.where(np.isnan(tilt), np.inf, tilt).min(axis=1)
        swing = np.where(known, high - low, np.nan)
        columns = (
            _vectors(seen.up),
            seen.scatter_g.tolist(),
            seen.vertical_g.tolist(),
            seen.lightest_g.tolist(),
            seen.steps_g.tolist(),
            seen.steps_share.tolist(),
            seen.sway_g.tolist(),
            tilt[:, -1].tolist(),
            swing.tolist(),
            seen.rhythm_hz.tolist(),
            _vectors(seen.ahead),
            _vectors(seen.along),
        )
        return [Sight(*row) for row in zip(*columns, strict=True)]


def _vectors(rows: FloatArray) -> list[Vector]:
    return [(x, y, z) for x, y, z in rows.tolist()]


class _Run:
    """Evenly spaced rows, the first at `first_ns`."""

    def __init__(self, first_ns: int, step_ns: int, rows: FloatArray, width: int) -> None:
        self._first_ns = first_ns
        self._step_ns = step_ns
        self._rows = rows
        self._width = width

    def windows(self, t_ns: IntArray) -> FloatArray:
        """The `width` rows up to each time, shape (n, columns, width); nan where there are none."""
        last = (t_ns - self._first_ns) // self._step_ns
        before = last - (self._width - 1)
        if len(t_ns) and int(last[-1]) < len(self._rows) and int(before[0]) >= 0:
            out: FloatArray = sliding_window_view(self._rows, self._width, axis=0)[before]
            return out
        out = np.full((len(t_ns), self._rows.shape[1], self._width), np.nan)
        ok = (before >= 0) & (last < len(self._rows))
        if ok.any():
            out[ok] = sliding_window_view(self._rows, self._width, axis=0)[before[ok]]
        return out


class _Tail:
    """The last rows of a periodic track, kept from one update to the next."""

    def __init__(self, step_ns: int, width: int, columns: int) -> None:
        self._step_ns = step_ns
        self._width = width
        self._rows: FloatArray = np.full((width, columns), np.nan)
        self._next_ns = -1

    def extend(self, t_ns: IntArray, rows: FloatArray) -> _Run:
        """The kept rows with the new ones behind them."""
        if len(t_ns) and t_ns[0] != self._next_ns:  # the first rows ever, or the track began anew after a day
            self._rows = np.full_like(self._rows, np.nan)
            self._next_ns = int(t_ns[0])
        run = np.concatenate([self._rows, rows])
        first_ns = self._next_ns - self._width * self._step_ns
        self._rows = run[-self._width :].copy()
        self._next_ns += len(t_ns) * self._step_ns
        return _Run(first_ns, self._step_ns, run, self._width)
