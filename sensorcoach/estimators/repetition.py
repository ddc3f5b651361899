"""Repetitions and holds: the trunk goes out and comes back, or stays where it is.

Repetitions are counted as engineers count load cycles (rainflow counting, ASTM E1049-85, three-point rule): turning
points of the tilt go on a stack, and a swing is a repetition when the next one undoes most of it. Small swings inside
a large one (a breath during a hold, a repetition after lying down) are told apart by themselves, without any band.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from ..events import Event, Hold, Pose, Repetition
from ..samples import NS, FloatArray, StreamInfo
from .base import Estimator, register
from .tracks import AngleTrack, Track

LEAST_SWING_DEG: Final = 5.0
"""Smaller swings are breath and sway."""
BACK_SHARE: Final = 0.7
"""So much of the way back makes a repetition: early enough to be told while the wearer still moves."""
NEAR_DEG: Final = 2.5
"""Within this of where it rested the trunk has not left yet."""
MOST_TURNS: Final = 16
UNKNOWN_ROWS: Final = 15
"""After 3 s without a known angle counting begins anew."""

HOLD_BAND_DEG: Final = 3.0
LEAST_HOLD_S: Final = 3.0
SETTLE_ROWS: Final = 6
"""A hold begins with a second that stays within the band."""
BREAK_ROWS: Final = 3
"""It ends when the angle is out of the band for 0.6 s."""
LEVEL_ROWS: Final = 25
"""The level of a hold is the mean of its first 5 s, one breath."""


@dataclass(frozen=True, slots=True)
class _Turn:
    """Where the tilt turned, when, and when it was last near there."""

    tilt_deg: float
    t_ns: int
    left_ns: int


class RepetitionCounter:
    """Rainflow counting over tilt, row by row."""

    __slots__ = ("_extreme", "_highest", "_lowest", "_turns", "_up")

    def __init__(self) -> None:
        self._turns: list[_Turn] = []
        self._up = 0  # direction of the present swing: +1, -1, 0 before the first
        self._extreme: _Turn | None = None
        self._lowest: _Turn | None = None
        self._highest: _Turn | None = None

    def add(self, t_ns: int, tilt_deg: float) -> tuple[_Turn, _Turn] | None:
        """The next row; where a repetition rested and turned, if one is complete with it."""
        here = _Turn(tilt_deg, t_ns, t_ns)
        if self._up == 0:
            self._begin(here)
            return None
        assert self._extreme is not None
        beyond = (tilt_deg - self._extreme.tilt_deg) * self._up
        if beyond > 0.0:
            self._extreme = here
        elif beyond >= -NEAR_DEG:
            self._extreme = _Turn(self._extreme.tilt_deg, self._extreme.t_ns, t_ns)
        elif beyond <= -LEAST_SWING_DEG:
            self._turns = [*self._turns[1 - MOST_TURNS :], self._extreme]
            self._up, self._extreme = -self._up, here
        return self._closed(tilt_deg)

    def _begin(self, here: _Turn) -> None:
        if self._lowest is None or self._highest is None:
            self._lowest = self._highest = here
        self._lowest, self._highest = (
            _nearer(self._lowest, here, below=True),
            _nearer(self._highest, here, below=False),
        )
        if here.tilt_deg - self._lowest.tilt_deg >= LEAST_SWING_DEG:
            self._turns, self._up, self._extreme = [self._lowest], 1, here
        elif self._highest.tilt_deg - here.tilt_deg >= LEAST_SWING_DEG:
            self._turns, self._up, self._extreme = [self._highest], -1, here

    def _closed(self, tilt_deg: float) -> tuple[_Turn, _Turn] | None:
        if len(self._turns) < 2:
            return None
        rest, far = self._turns[-2:]
        if abs(tilt_deg - far.tilt_deg) < BACK_SHARE * abs(far.tilt_deg - rest.tilt_deg):
            return None
        self._turns = self._turns[:-2]
        return rest, far


def _nearer(known: _Turn, here: _Turn, *, below: bool) -> _Turn:
    """The lower (or higher) of two, remembering when it was last near there."""
    beyond = (known.tilt_deg - here.tilt_deg) * (1.0 if below else -1.0)
    if beyond > 0.0:
        return here
    return _Turn(known.tilt_deg, known.t_ns, here.t_ns) if beyond >= -NEAR_DEG else known


class HoldTracker:
    """Stays in one place, row by row. `onset_ns` is -1 while the trunk moves."""

    __slots__ = ("_count", "_last_in_ns", "_out", "_recent", "level_deg", "onset_ns")

    def __init__(self) -> None:
        self.onset_ns = -1
        self.level_deg = math.nan
        self._count = 0
        self._recent: list[tuple[int, float]] = []
        self._last_in_ns = 0
        self._out = 0

    def add(self, t_ns: int, tilt_deg: float) -> tuple[int, int, float] | None:
        """The next row; onset, end (ns) and level (deg) of a hold that is over with it."""
        self._recent = [*self._recent[1 - SETTLE_ROWS :], (t_ns, tilt_deg)]
        if self.onset_ns < 0:
            tilts = [tilt for _, tilt in self._recent]
            if len(tilts) == SETTLE_ROWS and max(tilts) - min(tilts) <= HOLD_BAND_DEG:
                self.onset_ns, self._last_in_ns, self._out = self._recent[0][0], t_ns, 0
                self._count, self.level_deg = SETTLE_ROWS, sum(tilts) / SETTLE_ROWS
            return None
        if abs(tilt_deg - self.level_deg) <= HOLD_BAND_DEG:
            self._last_in_ns, self._out = t_ns, 0
            if self._count < LEVEL_ROWS:
                self._count += 1
                self.level_deg += (tilt_deg - self.level_deg) / self._count
            return None
        self._out += 1
        if self._out < BREAK_ROWS:
            return None
        over = (self.onset_ns, self._last_in_ns, self.level_deg)
        self.onset_ns = -1
        return over

    def held_s(self, since_ns: int) -> float:
        """How long the present hold has lasted, counted from `since_ns` at the earliest."""
        return 0.0 if self.onset_ns < 0 else max(0.0, (self._last_in_ns - max(self.onset_ns, since_ns)) / NS)


@register
class RepetitionEstimator(Estimator):
    """`Pose` five times a second, `Repetition` and `Hold` as they happen.

    Gaps: rows without a known angle are left out; after 3 s of them a hold is over and counting begins anew.
    """

    name: ClassVar[str] = "repetition"
    inputs: ClassVar[tuple[str, ...]] = ("trunk_angle",)
    optional: ClassVar[bool] = True

    def __init__(self, stream: StreamInfo) -> None:
        super().__init__(stream)
        self._counter = RepetitionCounter()
        self._holds = HoldTracker()
        self._unknown = 0

    def update(self, angle: AngleTrack) -> Track:
        """Events of these rows."""
        sensor = self.stream.sensor
        events: list[Event] = []
        tilts = tilt_deg(angle.flexion_deg, angle.lateral_deg, angle.inclination_deg)
        for t_ns, tilt, quality in zip(angle.t_ns.tolist(), tilts.tolist(), angle.quality.tolist(), strict=True):
            events.append(Pose(t_ns, sensor, tilt, quality))
            if math.isnan(tilt):
                self._unknown += 1
                if self._unknown == UNKNOWN_ROWS:
                    self._counter, self._holds = RepetitionCounter(), HoldTracker()
                continue
            self._unknown = 0
            found = self._counter.add(t_ns, tilt)
            if found is not None:
                rest, far = found
                events.append(Repetition(t_ns, sensor, rest.left_ns, far.t_ns, rest.tilt_deg, far.tilt_deg))
            over = self._holds.add(t_ns, tilt)
            if over is not None and over[1] - over[0] >= LEAST_HOLD_S * NS:
                events.append(Hold(t_ns, sensor, *over))
        return Track(angle.t_ns, tuple(events))


def tilt_deg(flexion_deg: FloatArray, lateral_deg: FloatArray, inclination_deg: FloatArray) -> FloatArray:
    """Inclination with the sign of flexion; nan where the lean is mostly sideways. Elementwise, shape (n,).

    Inclination does not depend on where forward is, so a forward axis that is off by 30° costs little; the sign keeps
    a swing through upright from folding into two. Close to upright it is flexion: there the sign of what is left of
    inclination hops with every breath. In between one passes into the other.
    """
    sideways = np.abs(lateral_deg) > 2.0 * np.abs(flexion_deg)
    slight = inclination_deg < LEAST_SWING_DEG
    share = np.clip(inclination_deg / LEAST_SWING_DEG - 1.0, 0.0, 1.0)
    signed = flexion_deg + share * (np.copysign(inclination_deg, flexion_deg) - flexion_deg)
    return np.where(sideways & ~slight, np.nan, signed)
