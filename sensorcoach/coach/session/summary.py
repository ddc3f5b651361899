"""What a session came to: how much was done, scores that say what they mean, one thing to keep and one to try."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, pstdev

from ...events import Answer, ExerciseDone, Score, SessionSummary
from ..finder import Trial, most_comfortable
from ..following import INFLATED, LEAST
from .judge import HURRIED, BreathJudge, HoldsJudge, MoveJudge, Posture, RepJudge
from .plan import Plan, PlanStep
from .progress import length_words, outcome_of
from .timetable import timetable

ENOUGH = 0.85
"""A score from which there is nothing to try."""
MOVING = 0.6
"""Share of the seconds of a warm-up in which movement is seen when someone keeps moving."""
INHALE_SLACK = 0.15
"""Share by which an inhalation may differ from the pacer's: the moment a breath turns is known to half a second."""
CALM = 0.75
"""Tempo of repetitions that are not hurried at all: people reach the turn before its cue."""
ORDINARY = 0.2
"""Being in position and moving at all are good, but other things are more worth keeping."""
HURRIED_BRPM = 0.5
SHALLOW = 0.45
"""Effort below which the breath was shallow: less than half of the wearer's own depth times rate."""
SMOOTH, ROUGH = -1.8, -2.8
"""Spectral arc lengths that count as fully smooth, and as not smooth at all."""


@dataclass(frozen=True, slots=True)
class Record:
    """A step that was done, or begun: `share` 0..1 of its time had passed."""

    planned: PlanStep
    judge: RepJudge | HoldsJudge | BreathJudge | MoveJudge
    posture: Posture
    share: float

    @property
    def done(self) -> float:
        """How much of what was asked was done, 0..1."""
        step, judge = self.planned.step, self.judge
        if isinstance(judge, RepJudge):
            return min(1.0, len(judge.verdicts) / step.reps) if judge.known else self.share
        if isinstance(judge, HoldsJudge):
            return sum(v.held_s for v in judge.verdicts) / (step.holds * step.hold_s) if judge.known else self.share
        return self.share


@dataclass(slots=True)
class Answers:
    """What the wearer said."""

    before: float = math.nan
    after: float = math.nan
    feel: dict[str, str] = field(default_factory=dict)

    def take(self, answer: Answer, exercise: str) -> None:
        """Keep an answer; `exercise` is the one it is about, unless it is about the session."""
        value = answer.value.strip().lower()
        if answer.question == "feel":
            self.feel[exercise] = value
        elif answer.question == "pain":
            self.feel[exercise] = "pain"
        elif answer.question in ("discomfort_before", "discomfort_after"):
            number = float(value) if value.replace(".", "", 1).isdigit() else math.nan
            level = number if 0.0 <= number <= 10.0 else math.nan
            if answer.question == "discomfort_before":
                self.before = level
            else:
                self.after = level


@dataclass(frozen=True, slots=True)
class Finding:
    """A score with how good it is (0..1), and what to say when it is the best or the weakest one."""

    score: Score
    worth: float
    keep: str
    to_try: str


def summarise(plan: Plan, records: Mapping[int, Record], answers: Answers, ended: str) -> SessionSummary:
    """The summary; when and how long are the runner's to fill in."""
    findings = [f for record in records.values() for f in _findings(record)]
    told = [f for f in findings if not math.isnan(f.worth)]
    best = max(
        told, key=lambda f: f.worth - (ORDINARY if f.score.name in ("position", "moving") else 0.0), default=None
    )
    weakest = min(told, key=lambda f: f.worth, default=None)
    lengths = {i: timetable(s).length_s for i, s in enumerate(plan.steps) if _is_work(s)}
    done = {i: records[i].done if i in records else 0.0 for i in lengths}
    total_s = sum(lengths.values())
    share = sum(done[i] * lengths[i] for i in lengths) / total_s if total_s else 1.0
    exercises = tuple(_exercises(plan, lengths, done, answers))
    begun = {plan.steps[i].exercise for i in records}
    return SessionSummary(
        t_ns=0,
        sensor="",
        programme=plan.programme,
        ended=ended,
        done=share,
        active_s=0.0,
        discomfort_before=answers.before,
        discomfort_after=answers.after,
        exercises=exercises,
        scores=(*(f.score for f in findings), *_not_judged(plan, records), *_comfortable(plan, records, answers)),
        keep=best.keep if best is not None and best.worth >= 0.5 else "You showed up. That is what counts.",
        to_try=_to_try(weakest, answers, unfinished=ended != "done" and share < ENOUGH),
        next_time=_next_time(plan, [e for e in exercises if e.exercise in begun], answers.after - answers.before),
    )


def _next_time(plan: Plan, begun: Sequence[ExerciseDone], rise: float) -> str:
    """What will be different the next time, of the exercises that were begun; `rise` of the discomfort."""
    if not plan.counts:
        return ""
    outcomes = {(e.exercise, outcome_of(e.feel, e.share, rise)) for e in begun}
    risen = any(outcome == "rise" for _, outcome in outcomes)
    words = ["Less of everything, because there is more discomfort now than before"] if risen else []
    words += [one.words for one in plan.ahead if one.outcome != "rise" and (one.exercise, one.outcome) in outcomes]
    return f"{'; '.join(words)}." if words else "The same again."


def _to_try(weakest: Finding | None, answers: Answers, *, unfinished: bool) -> str:
    if "pain" in answers.feel.values():
        return "Leave out what hurt, and ask a health professional when it stays."
    if "too much" in answers.feel.values():
        return "Do less of what was too much: half the repetitions are a good session."
    if unfinished:
        return "A shorter session, done to its end, is a good one too."
    if weakest is not None and weakest.worth < ENOUGH:
        return weakest.to_try
    return "The same again in two or three days; a little more only if all of it felt easy."


def _is_work(planned: PlanStep) -> bool:
    return planned.step.kind in ("move", "reps", "holds", "breathe")


def _exercises(
    plan: Plan, lengths: Mapping[int, float], done: Mapping[int, float], answers: Answers
) -> Iterator[ExerciseDone]:
    names = dict.fromkeys(s.exercise for s in plan.steps if s.exercise)
    for name in names:
        mine = [i for i in lengths if plan.steps[i].exercise == name]
        whole_s = sum(lengths[i] for i in mine)
        share = sum(done[i] * lengths[i] for i in mine) / whole_s if whole_s else 1.0
        title = next(s.exercise_title for s in plan.steps if s.exercise == name)
        dose = _dose_words([plan.steps[i] for i in mine])
        yield ExerciseDone(name, title, share, answers.feel.get(name, ""), dose)


def _dose_words(steps: Sequence[PlanStep]) -> str:
    """What was asked for: repetitions, places, else time; empty where there is nothing to do."""
    if not steps:
        return ""
    first = steps[0].step
    if first.kind == "reps":
        hold = f" × {first.hold_s:g} s" if first.hold_s else " breaths" if steps[0].parts_s else " times"
        return f"{first.reps}{hold} at {first.target_deg:.0f}°"
    if first.kind == "holds":
        return f"{first.holds} places × {first.hold_s:g} s"
    return length_words(sum(planned.step.seconds for planned in steps))


def _findings(record: Record) -> Iterator[Finding]:
    judge = record.judge
    if isinstance(judge, RepJudge):
        yield from _of_reps(record, judge)
    elif isinstance(judge, HoldsJudge):
        yield from _of_holds(record, judge)
    elif isinstance(judge, BreathJudge):
        yield from _of_breath(record, judge)
    else:
        meaning = "share of the seconds in which you moved"
        tip = "Keep moving gently for the whole warm-up."
        score = Score(record.planned.exercise, "moving", judge.share, "", f"{meaning}, 0 to 1")
        yield Finding(score, min(1.0, judge.share / MOVING), "You kept moving.", tip)
    if record.planned.step.position:
        meaning = "share of the time in the position asked for"
        tip = "Take your time to get into position."
        yield _share(record, "position", record.posture.share, meaning, "You were in position all along.", tip)


def _of_reps(record: Record, judge: RepJudge) -> Iterator[Finding]:
    step, verdicts = record.planned.step, judge.verdicts
    title = record.planned.exercise_title.lower()
    count = float(len(verdicts)) if judge.known else math.nan
    worth = min(1.0, count / step.reps)
    meaning = f"repetitions of {step.reps} that went out at least half way and came back"
    yield _finding(record, "reps", count, "", meaning, worth, f"All repetitions of {title}.", "Fewer, but all of them.")
    if not verdicts:
        return
    angle = fmean(v.angle_deg for v in verdicts)
    worth = 1.0 - min(1.0, abs(angle - step.target_deg) / max(3.0 * step.band_deg, 1.0))
    meaning = f"mean angle from the resting pose; {step.target_deg:.0f}° was asked for"
    tip = "A little further, if comfortable." if angle < step.target_deg else "A little less far is enough."
    yield _finding(record, "angle", angle, "°", meaning, worth, f"Good angles in {title}.", tip)
    tempo = fmean(judge.tempos)
    meaning = f"time taken for a repetition over the time given; below {100 * HURRIED:.0f} % is rushed"
    tip = f"Do not rush {title}: slow is where the good is."
    yield _finding(record, "tempo", tempo, "", meaning, min(1.0, tempo / CALM), f"Unhurried {title}.", tip)
    held = [v.held_s for v in verdicts if not math.isnan(v.held_s)]
    if held:
        asked_s = record.planned.parts_s[1] if record.planned.parts_s else step.hold_s
        meaning = f"mean time within {step.band_deg:.0f}° of the angle; {asked_s:.0f} s were asked for"
        worth = min(1.0, fmean(held) / asked_s)
        yield _finding(record, "hold", fmean(held), "s", meaning, worth, "Steady holds.", "Stay in the hold longer.")
    paced = [v.with_pacer for v in verdicts if v.with_pacer is not None]
    if paced:
        meaning = "share of repetitions that turned with the paced breath"
        tip = "Let the breath lead, the movement follows." if tempo >= HURRIED else f"Do not rush {title}."
        yield _share(record, "with_breath", fmean(paced), meaning, "You moved with the breath.", tip)
    if judge.smoothness:
        smooth = fmean(judge.smoothness)
        worth = min(1.0, max(0.0, (smooth - ROUGH) / (SMOOTH - ROUGH)))
        meaning = "spectral arc length of the movements; -1.4 is as smooth as can be"
        tip = "Smaller and slower, as one long movement."
        yield _finding(record, "smoothness", smooth, "", meaning, worth, "Smooth, controlled movement.", tip)


def _of_holds(record: Record, judge: HoldsJudge) -> Iterator[Finding]:
    step = record.planned.step
    held = fmean(v.held_s for v in judge.verdicts) if judge.verdicts else math.nan
    meaning = f"mean time lying still in one place; {step.hold_s:.0f} s were asked for"
    tip = "Let the weight sink, and stay longer in one place."
    yield _finding(record, "still", held, "s", meaning, held / step.hold_s, "Quiet, patient holds.", tip)


def _of_breath(record: Record, judge: BreathJudge) -> Iterator[Finding]:
    adherence = judge.mean("adherence")
    meaning = "how closely the breath followed the pacer"
    hurried = judge.mean("rate_error_brpm") >= HURRIED_BRPM
    tip = f"{'Do not rush the breath' if hurried else 'Let the pacer lead'}: begin each breath in when the pacer does."
    yield _share(record, "adherence", adherence, meaning, "You breathed with the pacer.", tip)
    yield from _of_led(record, judge) if record.planned.step.adaptive else _of_steady(record, judge)
    effort = judge.mean("effort")
    meaning = "depth times rate against your own before; 1 is usual, 1.6 and more is too much"
    keep, tip, worth = _effort_words(effort)
    yield _finding(record, "effort", effort, "", meaning, worth, keep, tip)
    lag, meaning = judge.mean("lag_s"), "how far behind the pacer the breath turned"
    yield _finding(record, "lag", lag, "s", meaning, math.nan, "", "")
    coherence, meaning = judge.mean("coherence"), "share of the breath's spectrum in its one peak"
    yield _finding(record, "coherence", coherence, "", meaning, math.nan, "", "")
    swings = [heart.at_pacer for heart in judge.hearts if not math.isnan(heart.at_pacer)]
    if swings:
        meaning = "share of the heart rhythm's spectrum at the pacer's rate, 0 to 1"
        yield _finding(record, "heart_coherence", fmean(swings), "", meaning, math.nan, "", "")


def _of_led(record: Record, judge: BreathJudge) -> Iterator[Finding]:
    """A pacer that leads from the wearer's own rate: how near to its goal they came."""
    goal_brpm = 60.0 / sum(record.planned.parts_s)
    last = judge.breaths[-LEAST:]
    rate_brpm = 60.0 * len(last) / sum(b.ti_s + b.te_s for b in last) if len(last) == LEAST else math.nan
    worth = goal_brpm / max(rate_brpm, goal_brpm)
    meaning = f"pace of the last breaths; the way led to {goal_brpm:.1f} a minute"
    tip = "Let the pacer lead, a little slower with each breath."
    yield _finding(record, "reached", rate_brpm, "brpm", meaning, worth, "You came down to a slow, easy pace.", tip)


def _of_steady(record: Record, judge: BreathJudge) -> Iterator[Finding]:
    """One pace all along."""
    planned_s = record.planned.parts_s[0] + record.planned.parts_s[1]
    inhale_s = fmean(b.ti_s for b in judge.breaths) if len(judge.breaths) >= LEAST else math.nan
    meaning = f"mean length of an inhalation with its hold; {planned_s:g} s were asked for"
    worth = 1.0 - min(max(abs(inhale_s - planned_s) / planned_s - INHALE_SLACK, 0.0), 1.0)  # nan stays nan
    tip = f"Give the breath in {'more' if inhale_s < planned_s else 'less'} time."
    yield _finding(record, "inhale", inhale_s, "s", meaning, worth, "Long, even breaths in.", tip)
    lengths = [b.ti_s + b.te_s for b in judge.breaths]
    even = 1.0 - min(1.0, pstdev(lengths) / fmean(lengths)) if len(lengths) >= LEAST else math.nan
    meaning = "one minus the scatter of the breaths' lengths"
    yield _share(record, "evenness", even, meaning, "Very even breathing.", "Aim for breaths that are all alike.")


def _effort_words(effort: float) -> tuple[str, str, float]:
    """What to keep, what to try, and how good it was: a plateau from shallow to inflated."""
    keep = "Soft, unforced breaths."
    if effort < SHALLOW:
        return (
            keep,
            "Let the ribs open up, out and down: a little more breath is welcome.",
            effort / SHALLOW * ENOUGH / 2,
        )
    if effort >= INFLATED:
        return keep, "Smooth, not deep: less air is enough at this pace.", INFLATED / effort * ENOUGH / 2
    return keep, "", 1.0 - 0.1 * abs(effort - 1.0) if not math.isnan(effort) else math.nan


def _share(record: Record, name: str, value: float, meaning: str, keep: str, to_try: str) -> Finding:
    return _finding(record, name, value, "", f"{meaning}, 0 to 1", value, keep, to_try)


def _finding(
    record: Record, name: str, value: float, unit: str, meaning: str, worth: float, keep: str, to_try: str
) -> Finding:
    return Finding(Score(record.planned.exercise, name, value, unit, meaning), worth, keep, to_try)


def _not_judged(plan: Plan, records: Mapping[int, Record]) -> Iterator[Score]:
    said: dict[tuple[str, str], None] = {}
    for i in records:
        for words in plan.steps[i].not_judged:
            said[(plan.steps[i].exercise, words)] = None
    for exercise, words in said:
        yield Score(exercise, "not_judged", math.nan, "", words)


def _comfortable(plan: Plan, records: Mapping[int, Record], answers: Answers) -> Iterator[Score]:
    """The rate that was easiest to keep, of an exercise that tries several."""
    trials: dict[str, list[Trial]] = {}
    for i, record in records.items():
        if isinstance(record.judge, BreathJudge):
            judge, exercise = record.judge, plan.steps[i].exercise
            rate = 60.0 / sum(plan.steps[i].parts_s)
            adherence, coherence, effort = (judge.mean(name) for name in ("adherence", "coherence", "effort"))
            too_much = answers.feel.get(exercise) == "too much"
            trial = Trial(rate, len(judge.followed), adherence, coherence, effort, too_much)
            trials.setdefault(exercise, []).append(trial)
    for exercise, tried in trials.items():
        best = most_comfortable(tried) if len({t.rate_brpm for t in tried}) > 2 else None
        if best is not None:
            meaning = "breaths a minute that were easiest to keep: adherence times coherence, less for effort"
            yield Score(exercise, "comfortable_rate", best.rate_brpm, "brpm", meaning)
