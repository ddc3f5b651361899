"""The session runner: a pure state machine that leads through a plan.

It hears the engine's events and the wearer's commands, all in sample time, and answers with events. Time advances with
`Pose`, five times a second. A step that ends hands its planned end, not the moment it was noticed, to the next, so
nothing drifts. A sensor that is not heard pauses the session.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from ...events import (
    Answer,
    Breath,
    Command,
    ControlSession,
    CueSpoken,
    DoubleTap,
    Event,
    FeelAsked,
    Followed,
    HeartCoherence,
    Link,
    Movement,
    PacerSet,
    Pose,
    Repetition,
    Second,
    SessionState,
    SessionStep,
    StartSession,
)
from ...samples import NS
from ..adaptive import AdaptivePacer
from ..following import Following
from ..pacer import Pacer, Pattern
from ..wording import pacer_cue
from .judge import BreathJudge, HoldsJudge, MoveJudge, Posture, RepJudge
from .model import POSITIONS
from .plan import Plan
from .summary import Answers, Record, summarise
from .timetable import Timetable, timetable

MOST_EXTRA: Final = 4
"""Repetitions that were not seen are offered once more, up to so many."""
RESUME_NS: Final = 2 * NS
"""From resuming to the first cue or breath."""
MUCH_DISCOMFORT: Final = 7.0
_LOST: Final = "I do not hear the sensor. The session waits."
_FOUND: Final = "I hear the sensor again. On we go."

Judge = RepJudge | HoldsJudge | BreathJudge | MoveJudge | None


class SessionRunner:
    """One session. `ended` once its summary is out.

    Parameters
    ----------
    command : StartSession
        With the plan as JSON.
    following : Following
        Of the session's sensor; the runner sets its pacer.

    Raises
    ------
    UsageError
        The plan cannot be read.
    """

    def __init__(self, command: StartSession, following: Following) -> None:
        self.sensor = command.sensor
        self.ended = False
        self._plan = Plan.from_json(command.plan)
        self._following = following
        self._now_ns = self._begun_ns = command.t_ns
        self._paused_ns = 0  # spent in pauses so far
        self._pause_ns = -1  # since when it is paused, -1 while running
        self._pause_reason = ""
        self._records: dict[int, Record] = {}
        self._answers = Answers()
        self._asked = ""  # the exercise of the last question
        self._rate_brpm = math.nan
        self._index = -1
        self._anchor_ns = command.t_ns
        self._score: Timetable = timetable(self._plan.steps[0])
        self._judge: Judge = None
        self._posture = Posture("")
        self._extra = 0
        self._next_cue = 0
        self._reminded = False
        self._pacer: Pacer | None = None
        self._adaptive: AdaptivePacer | None = None
        self._phase = ""
        self._breath_count = 0

    def start(self) -> list[Event]:
        """The first words."""
        out: list[Event] = [SessionState(self._now_ns, self.sensor, "running", "wearer")]
        out += [self._say("say", note) for note in self._plan.notes]
        self._begin(0, self._now_ns, out)
        return out

    def hear(self, event: Event, followed: Followed | None = None) -> list[Event]:
        """What follows from an event; `followed` comes with the breath it scores."""
        if self.ended or event.sensor != self.sensor:
            return []
        out: list[Event] = []
        if isinstance(event, Link):
            self._link(event, out)
        elif isinstance(event, DoubleTap):
            self._tap(event, out)
        elif self._pause_ns < 0:
            self._observe(event, followed, out)
            if isinstance(event, Pose) and event.t_ns > self._now_ns:
                self._now_ns = event.t_ns
                self._advance(out)
        return out

    def obey(self, command: Command) -> list[Event]:
        """What follows from a command of the wearer."""
        if self.ended:
            return []
        self._now_ns = max(self._now_ns, command.t_ns)
        out: list[Event] = []
        if isinstance(command, Answer):
            self._answer(command, out)
        elif isinstance(command, ControlSession):
            self._control(command.action, out)
        return out

    def cut(self, t_ns: int) -> list[Event]:
        """The stream has ended: keep what was done."""
        self._now_ns = max(self._now_ns, t_ns)
        out: list[Event] = []
        if not self.ended:
            self._end("cut", out)
        return out

    def _control(self, action: str, out: list[Event]) -> None:
        if action == "pause" and self._pause_ns < 0:
            self._pause("wearer", "Paused. Go on the same way, or tap the sensor twice.", out)
        elif action == "resume" and self._pause_ns >= 0:
            self._resume("wearer", "On we go.", out)
        elif action == "stop":
            self._end("stopped", out)
        elif action in ("skip", "back", "repeat"):
            self._jump(action, out)
        elif action == "wait" and self._plan.steps[self._index].step.kind == "ask":
            self._score = self._score.waiting()
        elif action == "next" and self._pause_ns < 0:
            self._close()
            self._begin(self._index + 1, self._now_ns, out)

    def _tap(self, event: DoubleTap, out: list[Event]) -> None:
        self._now_ns = max(self._now_ns, event.t_ns)
        if self._pause_ns >= 0:
            self._resume("tap", "On we go.", out)
        elif self._plan.steps[self._index].step.kind in ("talk", "ask", "rest"):
            self._control("next", out)
        else:
            self._pause("tap", "Paused. Tap the sensor twice to go on.", out)

    def _link(self, link: Link, out: list[Event]) -> None:
        if link.state in ("silent", "lost") and self._pause_ns < 0:
            self._now_ns = max(self._now_ns, link.t_ns)
            self._pause("sensor", _LOST, out)
        elif link.state == "streaming":
            self._now_ns = max(self._now_ns, link.t_ns)
            if self._pause_reason == "sensor":
                self._resume("sensor", _FOUND, out)

    def _pause(self, reason: str, words: str, out: list[Event]) -> None:
        self._pause_ns, self._pause_reason = self._now_ns, reason
        out += [SessionState(self._now_ns, self.sensor, "paused", reason), self._say("paused", words)]
        self._set_pacer(None, out)

    def _resume(self, reason: str, words: str, out: list[Event]) -> None:
        done_s = self._score.restart_s((self._pause_ns - self._anchor_ns) / NS)
        self._paused_ns += self._now_ns - self._pause_ns
        self._pause_ns, self._pause_reason = -1, ""
        out += [SessionState(self._now_ns, self.sensor, "running", reason), self._say("resumed", words)]
        self._anchor_ns = self._now_ns + RESUME_NS - round(done_s * NS)
        self._next_cue = sum(cue.at_s < done_s for cue in self._score.cues)
        work_ns = self._anchor_ns + round(self._score.lead_s * NS)
        if isinstance(self._judge, RepJudge | HoldsJudge):
            self._judge.paused(work_ns)
        self._start_pacer(max(work_ns, self._now_ns + RESUME_NS) if self._paces_breath else work_ns, out)

    def _jump(self, action: str, out: list[Event]) -> None:
        """To the next exercise, the one before, or the beginning of this one."""
        self._close()
        if self._pause_ns >= 0:
            self._paused_ns += self._now_ns - self._pause_ns
            self._pause_ns, self._pause_reason = -1, ""
            out.append(SessionState(self._now_ns, self.sensor, "running", "wearer"))
        starts = self._plan.starts
        here = max(i for i, start in enumerate(starts) if start <= self._index)
        wanted = here + {"skip": 1, "back": -1, "repeat": 0}[action]
        self._begin(len(self._plan.steps) if wanted >= len(starts) else starts[max(wanted, 0)], self._now_ns, out)

    def _answer(self, answer: Answer, out: list[Event]) -> None:
        here = self._plan.steps[self._index].exercise
        # A late answer is about what was asked, not about what has begun meanwhile.
        self._answers.take(answer, here if answer.question == "pain" or not self._asked else self._asked)
        if answer.question == "pain":
            out.append(self._say("say", "Then we leave this one. Come out of it slowly. Stop for today if it stays."))
            self._jump("skip", out)
        elif answer.question == "discomfort_before" and self._answers.before >= MUCH_DISCOMFORT:
            out.append(self._say("say", "That is a lot. Do only what feels good, or leave it for another day."))

    def _begin(self, index: int, anchor_ns: int, out: list[Event]) -> None:
        """Enter a step; beyond the last one the session is done."""
        self._set_pacer(None, out)
        if index >= len(self._plan.steps):
            self._end("done", out)
            return
        planned = self._plan.steps[index]
        self._index, self._anchor_ns, self._extra = index, anchor_ns, 0
        self._score = timetable(planned)
        self._next_cue, self._reminded = 0, False
        self._posture = Posture(planned.step.position)
        work_ns = anchor_ns + round(self._score.lead_s * NS)
        kind = planned.step.kind
        self._judge = None
        if kind == "reps":
            self._judge = RepJudge(planned, work_ns)
        elif kind == "holds":
            self._judge = HoldsJudge(planned, self._score, work_ns)
        elif kind == "breathe":
            self._judge = BreathJudge()
        elif kind == "move":
            self._judge = MoveJudge()
        title = planned.step.title or planned.exercise_title
        steps, length_s = len(self._plan.steps), self._score.length_s
        out.append(SessionStep(self._now_ns, self.sensor, index + 1, steps, planned.exercise, title, kind, length_s))
        if kind == "ask":
            self._asked = planned.exercise
            out.append(FeelAsked(self._now_ns, self.sensor, planned.step.question, planned.exercise))
        self._start_pacer(work_ns, out)
        self._speak(out)

    @property
    def _paces_breath(self) -> bool:
        return self._plan.steps[self._index].step.kind == "breathe"

    def _start_pacer(self, start_ns: int, out: list[Event]) -> None:
        planned = self._plan.steps[self._index]
        self._adaptive, self._phase, self._breath_count = None, "", 0
        if not planned.parts_s:
            return
        inhale, hold_in, exhale, hold_out = planned.parts_s
        pattern = Pattern(planned.step.pattern, inhale, hold_in, exhale, hold_out)
        if planned.step.adaptive:
            self._adaptive = AdaptivePacer.meet(pattern, start_ns, self._rate_brpm)
            self._set_pacer(self._adaptive.pacer, out)
        else:
            self._set_pacer(Pacer(pattern, start_ns), out)

    def _set_pacer(self, pacer: Pacer | None, out: list[Event], *, same_course: bool = False) -> None:
        if pacer is None and self._pacer is None:
            return
        self._pacer = pacer
        self._following.set_pacer(pacer if self._paces_breath else None, same_course=same_course)
        if pacer is None:
            out.append(PacerSet(self._now_ns, self.sensor, 0, 0.0, 0.0, 0.0, 0.0))
            return
        until_ns = self._anchor_ns + round(self._score.length_s * NS)
        out.append(PacerSet(self._now_ns, self.sensor, pacer.start_ns, *pacer.pattern.parts_s, until_ns))

    def _observe(self, event: Event, followed: Followed | None, out: list[Event]) -> None:
        """Let the judge of this step see it."""
        judge = self._judge
        if isinstance(event, Second):
            self._rate_brpm = event.breath_rate_brpm
            if isinstance(judge, MoveJudge):
                judge.hear_second(event)
        elif isinstance(event, Pose):
            self._posture.hear(event)
            if isinstance(judge, RepJudge | MoveJudge):
                judge.hear_pose(event)
            elif isinstance(judge, HoldsJudge):
                verdict = judge.hear_pose(event)
                out += [] if verdict is None else [verdict]
        elif isinstance(event, Repetition) and isinstance(judge, RepJudge):
            judged = judge.hear_rep(event)
            out += [] if judged is None else [judged]
        elif isinstance(event, Movement) and isinstance(judge, RepJudge):
            judge.hear_movement(event)
        elif isinstance(event, HeartCoherence) and isinstance(judge, BreathJudge):
            judge.hearts.append(event)
        elif isinstance(event, Breath) and isinstance(judge, BreathJudge):
            advice = judge.hear(event, followed)
            if advice:
                out.append(self._say("advice", advice))
            self._adapt(followed, out)

    def _adapt(self, followed: Followed | None, out: list[Event]) -> None:
        if self._adaptive is None or followed is None:
            return
        before, self._adaptive = self._adaptive, self._adaptive.after(followed)
        if self._adaptive.pacer != before.pacer:
            self._set_pacer(self._adaptive.pacer, out, same_course=True)

    def _advance(self, out: list[Event]) -> None:
        """Say what is due; go on to the next step when this one is over."""
        while not self.ended:
            self._speak(out)
            if (self._now_ns - self._anchor_ns) / NS < self._score.length_s:
                return
            if self._once_more(out):
                continue
            end_ns = self._anchor_ns + round(self._score.length_s * NS)
            self._close()
            self._begin(self._index + 1, end_ns, out)

    def _speak(self, out: list[Event]) -> None:
        elapsed_s = (self._now_ns - self._anchor_ns) / NS
        cues = self._score.cues
        while self._next_cue < len(cues) and cues[self._next_cue].at_s <= elapsed_s:
            cue = cues[self._next_cue]
            out.append(self._say(cue.code, cue.text))
            self._next_cue += 1
        if not self._reminded and self._judge is not None and elapsed_s >= self._score.lead_s:
            self._reminded = True
            if self._posture.share < 0.5:
                out.append(self._say("position", POSITIONS[self._posture.position][2]))
        over = elapsed_s >= self._score.length_s
        if self._pacer is not None and self._paces_breath and not over and self._now_ns >= self._pacer.start_ns:
            self._pace(self._pacer, out)

    def _pace(self, pacer: Pacer, out: list[Event]) -> None:
        point = pacer.at(self._now_ns)
        if point.phase == self._phase:
            return
        self._phase = point.phase
        self._breath_count += point.phase == "inhale"
        out.append(self._say(point.phase, pacer_cue(pacer.pattern, point.phase, self._breath_count)))

    def _once_more(self, out: list[Event]) -> bool:
        """Offer the repetitions that were not seen, once, to someone who has done some of them."""
        judge = self._judge
        if not isinstance(judge, RepJudge) or self._extra:
            return False
        missing = self._plan.steps[self._index].step.reps - len(judge.verdicts)
        if missing <= 0 or not judge.verdicts:
            return False
        self._extra = min(missing, MOST_EXTRA)
        self._score = timetable(self._plan.steps[self._index], self._extra)
        words = "One more, in your own time." if self._extra == 1 else f"{self._extra} more, in your own time."
        out.append(self._say("say", words))
        if self._pacer is not None:
            self._set_pacer(self._pacer, out, same_course=True)  # it runs longer now
        return True

    def _close(self) -> None:
        """Keep what was done of this step."""
        planned = self._plan.steps[self._index]
        until_ns = self._now_ns if self._pause_ns < 0 else self._pause_ns
        if planned.step.kind == "ask":  # to think about an answer is not to practise
            self._paused_ns += max(0, until_ns - self._anchor_ns - round(timetable(planned).length_s * NS))
        if self._judge is not None:
            share = min(max((until_ns - self._anchor_ns) / NS / self._score.length_s, 0.0), 1.0)
            self._records[self._index] = Record(planned, self._judge, self._posture, share)
        self._judge = None

    def _end(self, how: str, out: list[Event]) -> None:
        self._close()
        if self._pause_ns >= 0:
            self._paused_ns += self._now_ns - self._pause_ns
        self._set_pacer(None, out)
        self.ended = True
        out.append(SessionState(self._now_ns, self.sensor, "ended", how))
        active_s = (self._now_ns - self._begun_ns - self._paused_ns) / NS
        summary = summarise(self._plan, self._records, self._answers, how)
        out.append(replace(summary, t_ns=self._now_ns, sensor=self.sensor, active_s=active_s))

    def _say(self, code: str, text: str) -> CueSpoken:
        return CueSpoken(self._now_ns, self.sensor, code, text)
