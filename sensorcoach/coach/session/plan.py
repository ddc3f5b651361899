"""From a programme to a plan: the flat list of steps one wearer with one sensor is led through.

The plan is everything the runner needs. It travels as JSON text inside the `StartSession` command, so that a journal
replays its session even when the exercise files have changed since.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final

from ...errors import UsageError
from ...samples import StreamInfo
from ..patterns import CAUTION, NamedPattern, find_pattern, on_request
from .library import Library, dosed
from .model import POSITIONS, Exercise, Item, Programme, Step
from .progress import WHY, Past, Wish, base_dose, change_words, next_dose, next_time_words, wished

ASK_S: Final = 8.0
"""A question that was not answered in time can be answered until the next one is asked ..."""
LAST_ASK_S: Final = 15.0
"""... but nothing comes after the last one."""
GET_READY_S: Final = 12.0
"""To get from one position into another."""

SAFETY: Final = (
    "This is a wellness aid, not a medical device.",
    "Stop at once when a movement causes sharp, stinging or intense pain.",
    "If your back pain has a medical cause, ask a health professional first.",
)
HOW: Final = "Tap the sensor twice to pause or go on. Keep water within reach."
DISCOMFORT: Final = "How much discomfort is there now, from 0, none, to 10?"
REST: Final = "Rest. Drink some water if you like. Skip when you are ready."
FEEL: Final = "How was that: easy, right, or too much?"
_WISHED: Final = {
    "plan": "The numbers of the programme, as you asked.",
    "same": "The same as last time, as you asked.",
    "less": "A little less of everything, as you asked.",
    "more": "A little more of everything, as you asked.",
}


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A step with the exercise it belongs to; `parts_s` is its breathing pattern, empty when unpaced."""

    exercise: str
    exercise_title: str
    step: Step
    parts_s: tuple[float, ...] = ()
    not_judged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the next time of an exercise will be if it went like this: one of `progress.OUTCOMES`."""

    exercise: str
    outcome: str
    words: str


@dataclass(frozen=True, slots=True)
class Practice:
    """What a wearer did before.

    Attributes
    ----------
    past : sequence of Past
        Oldest first.
    today : date
    wish : str
        See `progress.WISHES`.
    counts : bool
        Whether this session will be part of the past one day: it is recorded, and nobody's rehearsal.
    """

    past: Sequence[Past] = ()
    today: dt.date = dt.date.min
    wish: Wish = "auto"
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps of a session in order.

    `notes` say what was changed for this sensor and since the last time, in plain words. Where the session `counts` for
    the next ones, `ahead` says what will change.
    """

    programme: str
    title: str
    has_gyro: bool
    steps: tuple[PlanStep, ...]
    notes: tuple[str, ...] = ()
    counts: bool = False
    ahead: tuple[Ahead, ...] = ()

    @property
    def starts(self) -> tuple[int, ...]:
        """Index of the first step of each exercise, and of what comes before and after them."""
        names = [s.exercise for s in self.steps]
        return tuple(i for i, name in enumerate(names) if i == 0 or name != names[i - 1])

    def to_json(self) -> str:
        """As text, without what is zero or empty."""
        steps = [
            {
                "exercise": s.exercise,
                "exercise_title": s.exercise_title,
                "step": {k: v for k, v in asdict(s.step).items() if v},
                "parts_s": s.parts_s,
                "not_judged": s.not_judged,
            }
            for s in self.steps
        ]
        plain = {"programme": self.programme, "title": self.title, "has_gyro": self.has_gyro, "notes": self.notes}
        ahead = [asdict(one) for one in self.ahead]
        return json.dumps(plain | {"counts": self.counts, "ahead": ahead, "steps": steps}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """Undo `to_json`; `UsageError` when it is no plan this version understands."""
        try:
            content = json.loads(text)
            steps = tuple(_plan_step(entry) for entry in content.pop("steps"))
            ahead = tuple(Ahead(**entry) for entry in content.pop("ahead", ()))
            return cls(steps=steps, ahead=ahead, **{k: _tuples(v) for k, v in content.items()})
        except (ValueError, TypeError, KeyError, AttributeError):
            raise UsageError("The plan of this session cannot be read by this version.") from None


def make_plan(
    library: Library,
    name: str,
    stream: StreamInfo,
    *,
    practice: Practice | None = None,
    variant: str = "",
    pattern: str = "",
    asked: bool = False,
) -> Plan:
    """The plan of a programme (or of a single exercise) for this sensor.

    Parameters
    ----------
    library : Library
    name : str
    stream : StreamInfo
        Where the sensor is worn, and whether it has a gyro.
    practice : Practice, optional
        What this wearer did before: the doses follow from it. None: those of the programme.
    variant : str
        Do all exercises that have a variant of this name so.
    pattern : str
        Breathe by this pattern in all `breathe` steps; empty: by those of the exercises.
    asked : bool
        Patterns with holds or quick breaths were asked for.

    Raises
    ------
    UsageError
        No such session, none of its exercises has that variant or can be done with this sensor, or a pattern that is
        only given on request.
    """
    programme = _varied(library.programme(name), variant, library)
    practice = practice or Practice()
    notes: list[str] = []
    ahead: list[Ahead] = []
    changed: dict[str, list[str]] = {}
    steps = [
        PlanStep("", "", Step("talk", "Before we begin", (*SAFETY, HOW), safety=SAFETY)),
        PlanStep("", "", Step("ask", "Before we begin", (DISCOMFORT,), seconds=ASK_S, question="discomfort_before")),
    ]
    position = "upright"
    done = 0
    for item in programme.items:
        exercise = _suitable(library, programme, item, stream, notes)
        if exercise is None:
            continue
        own = item if exercise.name == item.exercise else Item(exercise.name, rest_s=item.rest_s)
        mine = _own_dose(exercise, own, programme, practice, changed, ahead)
        exercise = _breathed_by(exercise, pattern)
        steps += _exercise_steps(exercise, own, mine, position, stream, library.patterns, asked)
        position = exercise.position or position
        done += 1
    if not done:
        raise UsageError(f"Nothing of {name} can be done with a sensor on the {stream.site}.", "Wear it on the chest.")
    last = Step("ask", "The end", (DISCOMFORT,), seconds=LAST_ASK_S, question="discomfort_after")
    steps.append(PlanStep("", "", last))
    if practice.wish == "auto":
        notes += [f"{why}: {'; '.join(changed[key])}." for key, why in WHY.items() if key in changed]
    else:
        notes.append(_WISHED[practice.wish])
    told = (tuple(steps), tuple(notes), practice.counts, tuple(ahead))
    return Plan(programme.name, programme.title, stream.has_gyro, *told)


def _varied(programme: Programme, variant: str, library: Library) -> Programme:
    """The programme with every exercise in this variant that has it."""
    if not variant:
        return programme
    known = {v.name for item in programme.items for v in library.exercises[item.exercise].variants}
    if variant not in known:
        advice = f"It has {', '.join(sorted(known))}." if known else ""
        raise UsageError(f"{programme.title} has no variant {variant!r}.", advice)
    items = (
        replace(item, variant=variant) if library.exercises[item.exercise].variant(variant) else item
        for item in programme.items
    )
    return replace(programme, items=tuple(items))


def _own_dose(
    exercise: Exercise,
    item: Item,
    programme: Programme,
    practice: Practice,
    changed: dict[str, list[str]],
    ahead: list[Ahead],
) -> Mapping[str, float]:
    """What this wearer does of an exercise where it is not what the programme says.

    Adds what differs from the last time to `changed`, by its reason, and what the next time will be to `ahead`.
    """
    variant = exercise.variant(item.variant)
    title = exercise.title if variant is None else variant.title
    base = base_dose(exercise, variant, item)
    dose = next_dose(exercise, base, practice.past, programme.name, title)
    if dose.why:
        changed.setdefault(dose.why, []).append(f"{title}, {change_words(exercise, dose.now, dose.before)}")
    now = wished(exercise, base, dose, practice.wish)
    if practice.counts:
        this = Past(practice.today, programme.name, exercise.name, title, 1.0, "", 0.0)
        outlook = next_time_words(exercise, base, practice.past, this, now)
        ahead += [Ahead(exercise.name, outcome, words) for outcome, words in outlook.items()]
    return {key: value for key, value in now.items() if value != base[key]}


def _suitable(
    library: Library, programme: Programme, item: Item, stream: StreamInfo, notes: list[str]
) -> Exercise | None:
    exercise = library.exercises[item.exercise]
    if stream.site in exercise.sites:
        return exercise
    lain_on = f"{exercise.title} needs the sensor on the {' or the '.join(exercise.sites)}"
    other = library.exercises.get(exercise.instead)
    there = {i.exercise for i in programme.items} | {exercise.instead for note in notes if "takes its place" in note}
    if other is None or stream.site not in other.sites or other.name in there:
        notes.append(f"{lain_on}, so it is left out.")
        return None
    notes.append(f"{lain_on}; {other.title} takes its place.")
    return other


def _breathed_by(exercise: Exercise, pattern: str) -> Exercise:
    if not pattern:
        return exercise
    steps = (replace(s, pattern=pattern, title="") if s.kind == "breathe" else s for s in exercise.steps)
    return replace(exercise, steps=tuple(steps))


def _exercise_steps(
    exercise: Exercise,
    item: Item,
    own_dose: Mapping[str, float],
    position: str,
    stream: StreamInfo,
    patterns: Mapping[str, NamedPattern],
    asked: bool,
) -> list[PlanStep]:
    variant = exercise.variant(item.variant)
    steps = exercise.steps
    say = list(exercise.setup)
    title = exercise.title
    where = exercise.position
    if variant is not None:
        steps = tuple(
            replace(step, position=variant.position, out=variant.out or step.out, back=variant.back or step.back)
            for step in dosed(steps, variant.dose)
        )
        say, title, where = list(variant.say) or say, variant.title, variant.position
    steps = dosed(dosed(steps, item.dose), own_dose)
    keys = ("always", "" if stream.has_gyro else "accelerometer", stream.site)
    not_judged = tuple(exercise.not_judged[key] for key in keys if key in exercise.not_judged)
    ready_s = GET_READY_S if where not in ("", position) else 0.0
    caution = (CAUTION,) if any(_needs_asking(step, patterns) for step in steps) else ()
    words = (f"{title}.", *say, exercise.safety, *caution, POSITIONS[where][2])
    safety = tuple(text for text in (exercise.safety, *caution) if text)
    intro = Step("talk", title, words, where, ready_s, safety=safety)
    plan = [intro, *steps, Step("ask", title, (FEEL,), seconds=ASK_S, question="feel")]
    if item.rest_s > 0:
        plan.append(Step("rest", "Rest", (REST,), seconds=item.rest_s))
    return [
        PlanStep(exercise.name, title, step, _parts(step, patterns, asked), not_judged if step in steps else ())
        for step in plan
    ]


def _parts(step: Step, patterns: Mapping[str, NamedPattern], asked: bool) -> tuple[float, ...]:
    return find_pattern(step.pattern, patterns, asked=asked).parts_s if step.pattern else ()


def _needs_asking(step: Step, patterns: Mapping[str, NamedPattern]) -> bool:
    return bool(step.pattern) and on_request(find_pattern(step.pattern, patterns, asked=True))


def _plan_step(entry: Mapping[str, Any]) -> PlanStep:
    known = {f.name for f in fields(Step)}
    step = {k: _tuples(v) for k, v in entry["step"].items() if k in known}
    return PlanStep(
        str(entry["exercise"]),
        str(entry["exercise_title"]),
        Step(**step),
        tuple(float(p) for p in entry["parts_s"]),
        tuple(str(n) for n in entry["not_judged"]),
    )


def _tuples(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
