"""A running session as plain data: its events go in; what to show of step, count, angle and verdicts comes out.

The runner says when a step begins; what comes when within it follows from the plan, as the runner's own cues do.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from statistics import median
from typing import Final

from ..coach.session.plan import Plan, PlanStep
from ..coach.session.runner import RESUME_NS
from ..coach.session.timetable import Timetable, rep_parts_s, timetable
from ..events import (
    CueSpoken,
    Event,
    FeelAsked,
    HoldJudged,
    Pose,
    RepJudged,
    SessionState,
    SessionStep,
    SessionSummary,
)
from ..samples import NS

VERDICTS_KEPT: Final = 12
RESTED_ROWS: Final = 30
"""The resting tilt is the median over the last 6 s near it, as the judge takes it."""
FEELINGS: Final = ("easy", "right", "too much")
MOST_DISCOMFORT: Final = 10

_PART_WORDS: Final = {"out": "out", "hold": "hold", "back": "back", "rest": "rest", "shift": "move on"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was said of a repetition or a hold."""

    good: bool
    words: str


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a step stands.

    Attributes
    ----------
    number, of : int
        Which repetition, hold or breath this is, of how many; 0 where nothing is counted.
    part : str
        Part of the repetition in words, `get ready` before the first; empty where there are no parts.
    part_left_s : float, s
        Left of that part.
    left_s : float, s
        Left of the step.
    share : float, 0..1
        Of the step.
    """

    number: int
    of: int
    part: str
    part_left_s: float
    left_s: float
    share: float


class SessionView:
    """What the session screen shows.

    Parameters
    ----------
    plan : Plan
        The plan the session was started with.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.running = False
        self.paused = ""
        """Why it is paused: `wearer`, `sensor` or `tap`; empty while it runs."""
        self.index = -1
        self.title = ""
        self.cue = ""
        self.cue_code = ""
        self.question: FeelAsked | None = None
        self.answer = ""
        self.verdicts: deque[Verdict] = deque(maxlen=VERDICTS_KEPT)
        self.done = 0
        self.swing_deg = math.nan
        self.summary: SessionSummary | None = None
        self._score: Timetable = timetable(plan.steps[0])
        self._anchor_ns = 0
        self._paused_ns = 0
        self._rests: deque[float] = deque(maxlen=RESTED_ROWS)
        self._rest_deg = math.nan

    # -- what comes in

    def apply(self, event: Event) -> None:
        """Take one event, in order; those that are not about the session are left out."""
        match event:
            case SessionStep():
                self._begin(event)
            case SessionState():
                self._state(event)
            case CueSpoken():
                self.cue, self.cue_code = event.text, event.cue
            case FeelAsked():
                self.question, self.answer = event, ""
            case RepJudged() | HoldJudged():
                self.done = event.number
                self.verdicts.append(Verdict(event.good, event.words))
            case Pose():
                self._pose(event)
            case SessionSummary():
                self.summary, self.running = event, False

    def _begin(self, event: SessionStep) -> None:
        self.index = event.step - 1
        self.title = event.title
        self._anchor_ns = event.t_ns
        self._score = timetable(self.planned)
        self.question, self.answer, self.done = None, "", 0
        self.verdicts.clear()
        self._rests.clear()
        self._rest_deg = self.swing_deg = math.nan

    def wait(self) -> None:
        """The question that was asked stays open for longer."""
        self._score = self._score.waiting()

    def _state(self, event: SessionState) -> None:
        self.running = event.state != "ended"
        if event.state == "paused":
            self.paused, self._paused_ns = event.reason, event.t_ns
        elif event.state == "running" and self.paused:
            done_s = self._score.restart_s((self._paused_ns - self._anchor_ns) / NS)
            self._anchor_ns = event.t_ns + RESUME_NS - round(done_s * NS)
            self.paused = ""

    def _pose(self, pose: Pose) -> None:
        step = self.planned.step
        if step.kind != "reps" or math.isnan(pose.tilt_deg):
            self.swing_deg = math.nan
            return
        swing_deg = abs(pose.tilt_deg - self._rest_deg)
        before = pose.t_ns < self._anchor_ns + round(self._score.lead_s * NS)
        if before or not swing_deg >= 0.5 * max(0.0, step.target_deg - step.band_deg):
            self._rests.append(pose.tilt_deg)
            self._rest_deg = median(self._rests)
        self.swing_deg = abs(pose.tilt_deg - self._rest_deg)

    # -- what is shown

    @property
    def planned(self) -> PlanStep:
        """The present step."""
        return self.plan.steps[max(self.index, 0)]

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return len(self.plan.steps)

    @property
    def next_title(self) -> str:
        """What comes after this step; empty at the end."""
        for planned in self.plan.steps[self.index + 1 :]:
            if planned.step.kind != "ask":
                return planned.step.title or planned.exercise_title
        return ""

    @property
    def options(self) -> tuple[str, ...]:
        """Answers to the present question."""
        if self.question is None:
            return ()
        return FEELINGS if self.question.question == "feel" else tuple(str(k) for k in range(MOST_DISCOMFORT + 1))

    @property
    def band_deg(self) -> tuple[float, float] | None:
        """Angles that count as reached, where this step has an angle."""
        step = self.planned.step
        if step.kind != "reps" or step.target_deg <= 0.0:
            return None
        return max(0.0, step.target_deg - step.band_deg), step.target_deg + step.band_deg

    def moment(self, now_s: float) -> Moment:
        """Where the step stands at stream time `now_s`; stands still while it is paused."""
        score = self._score
        at_ns = self._paused_ns if self.paused else now_s * NS
        at_s = max(0.0, (at_ns - self._anchor_ns) / NS)
        left_s = max(0.0, score.length_s - at_s)
        share = min(1.0, at_s / score.length_s) if score.length_s else 1.0
        work_s = at_s - score.lead_s
        if score.cycles == 0:
            return Moment(0, 0, "", math.nan, left_s, share)
        if work_s < 0.0:
            return Moment(0, score.cycles, "get ready", -work_s, left_s, share)
        number = min(int(work_s / score.cycle_s) + 1, score.cycles)
        part, part_left_s = self._part(work_s - (number - 1) * score.cycle_s)
        return Moment(number, score.cycles, part, part_left_s, left_s, share)

    def _part(self, at_s: float) -> tuple[str, float]:
        step = self.planned.step
        parts: tuple[tuple[str, float], ...]
        if step.kind == "holds":
            parts = (("hold", step.hold_s), ("shift", step.shift_s))
        elif step.kind == "reps":
            parts = tuple(zip(("out", "hold", "back", "rest"), rep_parts_s(self.planned), strict=True))
        else:
            return "", math.nan
        for name, length_s in parts:
            if at_s < length_s:
                return _PART_WORDS[name], length_s - at_s
            at_s -= length_s
        return "in your own time", math.nan
