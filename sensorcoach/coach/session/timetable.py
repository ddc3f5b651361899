"""When what is said in a step: the conductor's score, a pure function of the step.

The coach conducts and the sensor judges: cues come at their times, so that a session can be followed with closed eyes,
and a repetition that comes late still counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from .model import Step
from .plan import PlanStep

LEAD_S: Final = 4.0
"""From naming a step to its first movement, unless what is said takes longer."""
HALFWAY_S: Final = 12.0
"""Holds longer than this get a kind word in the middle."""
PATIENCE_S: Final = 60.0
"""A question that waits for the wearer is open for so long."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Something to say, so many seconds into the step."""

    at_s: float
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Timetable:
    """One step in time.

    Attributes
    ----------
    lead_s : float, s
        Where the work begins.
    cycle_s : float, s
        Length of one repetition, of one hold with its shift, or of one paced breath; 0 where there is none.
    cycles : int
    length_s : float, s
        Of the whole step.
    cues : tuple of Cue
        In order. Those of the pacer are not among them: it may change its pace.
    """

    lead_s: float
    cycle_s: float
    cycles: int
    length_s: float
    cues: tuple[Cue, ...]

    def restart_s(self, at_s: float) -> float:
        """Where to go on after a pause at this time: at the beginning of the cycle that was interrupted."""
        if self.cycles == 0 or at_s < self.lead_s:
            return 0.0 if at_s < self.lead_s else at_s
        return self.lead_s + (at_s - self.lead_s) // self.cycle_s * self.cycle_s

    def waiting(self) -> Timetable:
        """The same for somebody who may take their time, as where an answer is typed."""
        return replace(self, length_s=max(self.length_s, PATIENCE_S))


def speech_s(text: str) -> float:
    """How long a sentence takes to say, about: 14 letters a second and a pause."""
    return 0.8 + len(text) / 14.0 if text else 0.0


def timetable(planned: PlanStep, extra: int = 0) -> Timetable:
    """The score of a step; `extra` repetitions are added at its end."""
    step = planned.step
    match step.kind:
        case "reps":
            return _reps(planned, extra)
        case "holds":
            return _holds(planned)
        case "breathe":
            cycle_s = sum(planned.parts_s)
            cycles = max(1, round(step.seconds / cycle_s))
            cues, said_s = _said(step, "Let the breath out, and follow.")
            lead_s = max(LEAD_S, said_s)
            return Timetable(lead_s, cycle_s, cycles, lead_s + cycles * cycle_s, cues)
        case "move":
            texts = [text for text in step.say if text]
            cues = tuple(Cue(i * step.seconds / len(texts), "say", text) for i, text in enumerate(texts))
            return Timetable(0.0, 0.0, 0, step.seconds, cues)
        case "talk":
            cues, said_s = _said(step)
            return Timetable(0.0, 0.0, 0, said_s + step.seconds, cues)
        case _:
            cues, said_s = _said(step)
            return Timetable(0.0, 0.0, 0, max(step.seconds, said_s), cues)


def rep_parts_s(planned: PlanStep) -> tuple[float, float, float, float]:
    """Out, hold, back and rest of one repetition, s: the breath's, where the repetitions are paced."""
    step = planned.step
    if planned.parts_s:
        inhale, hold_in, exhale, hold_out = planned.parts_s
        return inhale, hold_in, exhale, hold_out
    return step.out_s, step.hold_s, step.back_s, step.rest_s


def _said(step: Step, otherwise: str = "") -> tuple[tuple[Cue, ...], float]:
    cues, at_s = [], 0.0
    for text in step.say or (otherwise,):
        if text:
            cues.append(Cue(at_s, "safety" if text in step.safety else "say", text))
            at_s += speech_s(text)
    return tuple(cues), at_s


def _reps(planned: PlanStep, extra: int) -> Timetable:
    step = planned.step
    out_s, hold_s, back_s, rest_s = rep_parts_s(planned)
    said, said_s = _said(step)
    lead_s, cycle_s = max(LEAD_S, said_s), out_s + hold_s + back_s + rest_s
    cues = list(said)
    for number in range(step.reps + extra):
        at_s = lead_s + number * cycle_s
        cues.append(Cue(at_s, "out", step.out or "And out."))
        if hold_s > 0:
            cues.append(Cue(at_s + out_s, "hold", step.hold or "Hold."))
        cues.append(Cue(at_s + out_s + hold_s, "back", step.back or "And back."))
    cycles = step.reps + extra
    return Timetable(lead_s, cycle_s, cycles, lead_s + cycles * cycle_s, tuple(cues))


def _holds(planned: PlanStep) -> Timetable:
    step = planned.step
    said, said_s = _said(step)
    lead_s, cycle_s = max(LEAD_S, said_s), step.hold_s + step.shift_s
    cues = list(said)
    for number in range(step.holds):
        at_s = lead_s + number * cycle_s
        cues.append(Cue(at_s, "hold", step.hold or f"Hold for {step.hold_s:.0f} seconds."))
        if step.hold_s > HALFWAY_S:
            cues.append(Cue(at_s + step.hold_s / 2, "say", "Breathe softly."))
        if number < step.holds - 1:
            cues.append(Cue(at_s + step.hold_s, "back", step.back or "Move on slowly."))
    return Timetable(lead_s, cycle_s, step.holds, lead_s + step.holds * cycle_s, tuple(cues))
