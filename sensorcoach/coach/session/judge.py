"""Verdicts: what the sensor saw of a repetition, a hold, a paced breath, free movement, against what was asked.

Each judge is fed the events of one step and keeps the numbers the summary is made of. Units are degrees and seconds.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from statistics import fmean, median
from typing import Final

from ...estimators.repetition import HoldTracker
from ...events import Breath, Followed, HeartCoherence, HoldJudged, Movement, Pose, Repetition, RepJudged, Second
from ...samples import NS
from ..following import INFLATED
from .model import POSITIONS
from .plan import PlanStep
from .timetable import Timetable, rep_parts_s

LEAST_RANGE: Final = 0.5
MOST_RANGE: Final = 2.0
"""A swing within these shares of the target is a repetition; others are getting comfortable."""
HELD_ENOUGH: Final = 0.8
HURRIED: Final = 0.6
"""A repetition that took less than this share of its time was rushed."""
BLINK_NS: Final = 3 * NS // 5
"""Leaving the band for less than this does not end a hold."""
PACED: Final = 0.15
"""A paced movement may turn this share of a cycle before or after the breath does."""
RESTED_ROWS: Final = 30
"""The resting tilt is the median over 6 s near it: a breath tilts the chest by 2° and must average out."""
SETTLED_DEG: Final = 0.5
"""... of rows that differ from the one before by no more than a breath makes: the way out and back is no rest."""
FAR_SHARE: Final = 0.8
LEVEL_DEG: Final = 3.0
TURN_ROWS: Final = 5
"""The angle of a repetition: of the rows at least this far out, the mean of those near their median where a hold was
asked for, else the mean of the furthest second."""
MOST_ROWS: Final = 600
"""So many rows, two minutes, are kept for an angle."""
ADVICE_EVERY_NS: Final = 30 * NS
FOLLOWING: Final = 0.4
"""Adherence below which the wearer is reminded of the pacer."""
AT_REST: Final = ("still", "lying", "off", "unknown")
STIRRED_DEG: Final = 3.0
SHIFTED_DEG: Final = 2.0
"""Activities that are no movement, unless the tilt ranged this far within the second, or the lean to the front or to
the side changed this much from one second to the next."""


class Stay:
    """The longest stretch within a band, with edges found on straight lines between rows."""

    __slots__ = ("_best_s", "_inside", "_last", "_start_ns", "_until_ns", "high", "low")

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high
        self._last: tuple[int, float] | None = None
        self.clear()

    def clear(self) -> None:
        """Forget what was held."""
        self._best_s = 0.0
        self._inside = False
        self._start_ns = self._until_ns = -(2**62)

    def add(self, t_ns: int, value: float) -> None:
        """The next row."""
        inside = self.low <= value <= self.high
        crossed_ns = self._crossing(t_ns, value) if inside != self._inside else t_ns
        if inside and not self._inside and crossed_ns - self._until_ns > BLINK_NS:
            self._start_ns = crossed_ns
        if inside or self._inside:
            self._until_ns = t_ns if inside else crossed_ns
            self._best_s = max(self._best_s, (self._until_ns - self._start_ns) / NS)
        self._inside = inside
        self._last = (t_ns, value)

    @property
    def best_s(self) -> float:
        """Length of the longest stay, s."""
        return self._best_s

    def _crossing(self, t_ns: int, value: float) -> int:
        if self._last is None:
            return t_ns
        before_ns, before = self._last
        edge = self.low if min(before, value) < self.low else self.high
        share = (edge - before) / (value - before) if value != before else 0.0
        return before_ns + round(min(max(share, 0.0), 1.0) * (t_ns - before_ns))


@dataclass(slots=True)
class Posture:
    """How often the trunk was where it belongs."""

    position: str
    rows: int = 0
    right: int = 0

    def hear(self, pose: Pose) -> None:
        """Count one row."""
        low, high, _ = POSITIONS[self.position]
        if self.position and not math.isnan(pose.tilt_deg):
            self.rows += 1
            self.right += low <= pose.tilt_deg <= high

    @property
    def share(self) -> float:
        """0..1; nan where nothing was seen."""
        return self.right / self.rows if self.rows else math.nan


class RepJudge:
    """Repetitions of one step.

    Parameters
    ----------
    planned : PlanStep
    start_ns : int
        When the first repetition is due; a paced one begins an inhalation then.
    """

    def __init__(self, planned: PlanStep, start_ns: int) -> None:
        step = planned.step
        self._planned, self._start_ns = planned, start_ns
        self._parts_s = rep_parts_s(planned)
        self._stay = Stay(max(0.0, step.target_deg - step.band_deg), step.target_deg + step.band_deg)
        self._rests: deque[float] = deque(maxlen=RESTED_ROWS)
        self._swings: list[float] = []  # since the last repetition, away from rest
        self._rest_deg = self._tilt_deg = math.nan
        self._smooth = math.nan
        self.known = 0
        self.verdicts: list[RepJudged] = []
        self.tempos: list[float] = []
        self.smoothness: list[float] = []

    def paused(self, start_ns: int) -> None:
        """Cues (and the pacer) now count from another moment."""
        self._start_ns = start_ns
        self._stay.clear()

    def hear_pose(self, pose: Pose) -> None:
        """Follow the tilt: rest before the first repetition, and the stay within the band."""
        if math.isnan(pose.tilt_deg):
            return
        self.known += 1
        swing_deg = abs(pose.tilt_deg - self._rest_deg)
        before = pose.t_ns < self._start_ns and not self.verdicts
        settled = not abs(pose.tilt_deg - self._tilt_deg) > SETTLED_DEG
        self._tilt_deg = pose.tilt_deg
        if before or swing_deg < 0.5 * self._stay.low:
            if settled or not self._rests:
                self._rests.append(pose.tilt_deg)
                self._rest_deg = median(self._rests)
        elif len(self._swings) < MOST_ROWS:
            self._swings.append(swing_deg)
        if not before and not math.isnan(swing_deg):
            self._stay.add(pose.t_ns, swing_deg)

    def hear_movement(self, movement: Movement) -> None:
        """Keep the smoothness of the movements that count."""
        if not math.isnan(movement.smoothness):
            self._smooth = movement.smoothness
            self.smoothness.append(movement.smoothness)

    def hear_rep(self, rep: Repetition) -> RepJudged | None:
        """The verdict; None for a swing that was no repetition of this exercise."""
        step = self._planned.step
        if not LEAST_RANGE * step.target_deg <= rep.range_deg <= MOST_RANGE * step.target_deg + step.band_deg:
            return None
        out_s, hold_s, back_s, _ = self._parts_s
        held_s, angle_deg = self._stay.best_s, self._angle(rep.range_deg)
        tempo = (rep.t_ns - rep.onset_ns) / NS / (out_s + hold_s + 0.7 * back_s)
        with_pacer = self._with_pacer(rep.far_ns) if self._planned.parts_s else None
        words, good = self._words(angle_deg, held_s, tempo, with_pacer)
        verdict = RepJudged(
            rep.t_ns,
            rep.sensor,
            self._planned.exercise,
            len(self.verdicts) + 1,
            step.reps,
            angle_deg,
            step.target_deg,
            held_s if hold_s > 0 else math.nan,
            with_pacer,
            self._smooth,
            good,
            words,
        )
        self.verdicts.append(verdict)
        self.tempos.append(tempo)
        self._smooth, self._swings = math.nan, []
        self._stay.clear()
        return verdict

    def _angle(self, range_deg: float) -> float:
        """How far out from rest, without the breath's part in it."""
        far = sorted(s for s in self._swings if s >= FAR_SHARE * max(self._swings))
        if not far:
            return range_deg
        if self._parts_s[1] <= 0:
            return fmean(far[-TURN_ROWS:])
        level = median(far)
        return fmean(s for s in far if abs(s - level) <= LEVEL_DEG)

    def _words(self, angle_deg: float, held_s: float, tempo: float, with_pacer: bool | None) -> tuple[str, bool]:
        step = self._planned.step
        hold_s = self._parts_s[1]
        number = f"{len(self.verdicts) + 1}."
        if angle_deg < step.target_deg - step.band_deg:
            return f"{number} {angle_deg:.0f} degrees. A little further, if it is comfortable.", False
        if angle_deg > step.target_deg + step.band_deg:
            return f"{number} {angle_deg:.0f} degrees. A little less is enough.", False
        if tempo < HURRIED:
            return f"{number} No hurry: take twice the time.", False
        if hold_s > 0 and held_s < HELD_ENOUGH * hold_s:
            return f"{number} Held {held_s:.0f} of {hold_s:.0f} seconds. Stay a little longer.", False
        if with_pacer is False:
            return f"{number} Let the breath lead the movement.", False
        return f"{number} Good{f', held {held_s:.0f} seconds' if hold_s > 0 else ''}.", True

    def _with_pacer(self, far_ns: int) -> bool:
        inhale, hold_in, exhale, hold_out = self._parts_s
        cycle_s = inhale + hold_in + exhale + hold_out
        turns = [(inhale, hold_in)] + ([(inhale + hold_in + exhale, hold_out)] if self._planned.step.either else [])
        slack_s = PACED * cycle_s
        at_s = (far_ns - self._start_ns) / NS
        return any((at_s - turn + slack_s) % cycle_s <= stay + 2.0 * slack_s for turn, stay in turns)


class HoldsJudge:
    """Holds in one place after another: how long it was still within each hold's time."""

    def __init__(self, planned: PlanStep, score: Timetable, start_ns: int) -> None:
        self._planned, self._score, self._start_ns = planned, score, start_ns
        self._tracker = HoldTracker()
        self._best_s = 0.0
        self.known = 0
        self.verdicts: list[HoldJudged] = []

    def paused(self, start_ns: int) -> None:
        """Cues now count from another moment."""
        self._start_ns = start_ns
        self._best_s = 0.0

    def hear_pose(self, pose: Pose) -> HoldJudged | None:
        """The verdict when a hold's time is over."""
        step = self._planned.step
        if math.isnan(pose.tilt_deg) or len(self.verdicts) == step.holds:
            return None
        self.known += 1
        begin_ns = self._start_ns + round(len(self.verdicts) * self._score.cycle_s * NS)
        over = self._tracker.add(pose.t_ns, pose.tilt_deg)
        if over is not None:
            self._best_s = max(self._best_s, (over[1] - max(over[0], begin_ns)) / NS)
        if pose.t_ns < begin_ns + round(step.hold_s * NS):
            return None
        # Rows come five times a second: the last one before the end stands for all of its fifth.
        held_s = min(max(self._best_s, self._tracker.held_s(begin_ns)), step.hold_s)
        good = held_s >= HELD_ENOUGH * step.hold_s
        number = len(self.verdicts) + 1
        words = f"Still for {held_s:.0f} of {step.hold_s:.0f} seconds." + ("" if good else " Let go, and rest there.")
        verdict = HoldJudged(
            pose.t_ns, pose.sensor, self._planned.exercise, number, step.holds, held_s, step.hold_s, good, words
        )
        self.verdicts.append(verdict)
        self._best_s = 0.0
        return verdict


class BreathJudge:
    """Paced breathing of one step."""

    def __init__(self) -> None:
        self.followed: list[Followed] = []
        self.breaths: list[Breath] = []
        self.hearts: list[HeartCoherence] = []
        self._advised_ns = -(2**62)

    def hear(self, breath: Breath, followed: Followed | None) -> str:
        """Keep the breath; a word of advice, or nothing."""
        if followed is None:
            return ""
        self.breaths.append(breath)
        self.followed.append(followed)
        if followed.t_ns - self._advised_ns < ADVICE_EVERY_NS:
            return ""
        advice = ""
        if followed.effort >= INFLATED:
            advice = "Smooth, not deep: let the breath become smaller."
        elif followed.adherence < FOLLOWING:
            advice = "Listen for the next breath in, and begin with it."
        if advice:
            self._advised_ns = followed.t_ns
        return advice

    def mean(self, name: str) -> float:
        """Mean of one number of `Followed` over the breaths where it was known; nan where none was."""
        values = [v for v in (getattr(f, name) for f in self.followed) if not math.isnan(v)]
        return fmean(values) if values else math.nan


@dataclass(slots=True)
class MoveJudge:
    """Free movement: in how many seconds the wearer moved."""

    seconds: int = 0
    moving: int = 0
    _low: float = math.inf
    _high: float = -math.inf
    _lean: tuple[float, float] = (math.nan, math.nan)

    def hear_pose(self, pose: Pose) -> None:
        """Follow the range of the tilt within this second."""
        if not math.isnan(pose.tilt_deg):
            self._low, self._high = min(self._low, pose.tilt_deg), max(self._high, pose.tilt_deg)

    def hear_second(self, row: Second) -> None:
        """One second is over."""
        lean = (row.flexion_deg, row.lateral_deg)
        shifted = any(abs(now - before) >= SHIFTED_DEG for now, before in zip(lean, self._lean, strict=True))
        self.seconds += 1
        self.moving += row.activity not in AT_REST or shifted or self._high - self._low >= STIRRED_DEG
        self._low, self._high, self._lean = math.inf, -math.inf, lean

    @property
    def share(self) -> float:
        """0..1; nan where there were no seconds."""
        return self.moving / self.seconds if self.seconds else math.nan
