"""Exercises and programmes from TOML, strictly read: the shipped ones, and a person's own on top."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any, TypeVar

from ...errors import InputError, ProfileError, UsageError
from ...profiles.reader import Table, is_number, nearest
from ..patterns import NamedPattern, find_pattern, shipped_patterns
from .model import DOSES, POSITIONS, SITES, STEP_KINDS, Exercise, Item, Programme, Step, Variant

T = TypeVar("T")

WHOLE = ("reps", "holds")
GROWING = ("reps", "holds", "hold_s", "seconds")
"""Doses that may grow. Angles and tempo do not: further and faster are no progress."""
NEEDED = {
    "talk": ("say",),
    "ask": ("question", "seconds"),
    "move": ("say", "seconds"),
    "reps": ("reps", "target_deg", "band_deg"),
    "holds": ("holds", "hold_s", "shift_s"),
    "breathe": ("seconds", "pattern"),
    "rest": ("seconds",),
}
TIMED_REPS = ("out_s", "back_s")
"""Also needed by `reps` without a pattern to pace them."""


@dataclass(frozen=True, slots=True)
class Library:
    """Everything a session can be made of, by name."""

    exercises: Mapping[str, Exercise]
    programmes: Mapping[str, Programme]
    patterns: Mapping[str, NamedPattern]

    def programme(self, name: str) -> Programme:
        """A programme by name, or a single exercise as one; `UsageError` where there is neither."""
        if name in self.programmes:
            return self.programmes[name]
        if name in self.exercises:
            exercise = self.exercises[name]
            return Programme(name, exercise.title, exercise.about, 0.0, "", (Item(name),))
        advice = nearest(name, [*self.programmes, *self.exercises]) or "sensorcoach session --list shows all."
        raise UsageError(f"There is no session called {name!r}.", advice)


def load_library(
    own_exercises: Mapping[str, str] | None = None,
    own_programmes: Mapping[str, str] | None = None,
    own_patterns: Mapping[str, NamedPattern] | None = None,
) -> Library:
    """The shipped exercises, programmes and patterns, with a person's own added or put in their place.

    Parameters
    ----------
    own_exercises, own_programmes : mapping of source to TOML text
    own_patterns : mapping of name to NamedPattern

    Raises
    ------
    InputError
        A file is wrong; names the file, the key and what was meant.
    """
    patterns = shipped_patterns() | dict(own_patterns or {})
    exercises = {e.name: e for e in _each("exercises", own_exercises, lambda t: _exercise(t, patterns))}
    programmes = {p.name: p for p in _each("programmes", own_programmes, lambda t: _programme(t, exercises))}
    for exercise in exercises.values():
        if exercise.instead and exercise.instead not in exercises:
            raise InputError(f"{exercise.name}: instead names {exercise.instead!r}, which is no exercise.")
    return Library(exercises, programmes, patterns)


def dosed(steps: tuple[Step, ...], dose: Mapping[str, float]) -> tuple[Step, ...]:
    """The steps with these numbers in place of their own, where they have that number."""
    return tuple(_dosed(step, dose) for step in steps)


def check_dose(exercise: Exercise, dose: Mapping[str, float]) -> None:
    """Refuse a dose that the exercise does not have or that is beyond its limits (`UsageError`)."""
    for key, value in dose.items():
        if not any(getattr(step, key, 0) for step in exercise.steps):
            raise UsageError(f"{exercise.name} has no {key}.", nearest(key, exercise.limits))
        low, high = exercise.limits.get(key, (0.0, float("inf")))
        if not low <= value <= high:
            raise UsageError(f"{key} = {value:g} is beyond the limits of {exercise.name}, {low:g} to {high:g}.")


def _dosed(step: Step, dose: Mapping[str, float]) -> Step:
    mine: dict[str, Any] = {
        key: int(value) if key in WHOLE else float(value) for key, value in dose.items() if getattr(step, key)
    }
    return replace(step, **mine)


def _each(folder: str, own: Mapping[str, str] | None, parse: Callable[[Table], T]) -> list[T]:
    shipped = resources.files("sensorcoach") / "data" / folder
    files = sorted((f for f in shipped.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    texts = [(f.name, f.read_text(encoding="utf-8")) for f in files] + list((own or {}).items())
    return [_parse(source, text, parse) for source, text in texts]


def _parse(source: str, text: str, parse: Callable[[Table], T]) -> T:
    try:
        return parse(Table(tomllib.loads(text), source))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{source} is not valid TOML: {error}.") from None
    except (ProfileError, UsageError) as error:
        where = "" if source in error.message else f"{source}: "
        raise InputError(where + error.message, error.advice) from None


def _exercise(top: Table, patterns: Mapping[str, NamedPattern]) -> Exercise:
    position = top.word("position", POSITIONS, "")
    exercise = Exercise(
        name=top.text("name"),
        title=top.text("title"),
        about=top.text("about"),
        position=position,
        sites=tuple(_words(top, "sites", SITES, SITES)),
        instead=top.text("instead", ""),
        setup=top.texts("setup", ()),
        safety=top.text("safety"),
        props=top.text("props", ""),
        progression=top.text("progression", ""),
        limits=_limits(top),
        steps=tuple(_step(table, position, patterns) for table in top.tables("step")),
        variants=tuple(_variant(table, position) for table in top.tables("variant")),
        grow=_grow(top),
        not_judged=_not_judged(top),
    )
    top.close()
    if not exercise.steps:
        raise top.wrong("step", "at least one [[step]]")
    for key, (_, until) in exercise.grow.items():
        if key not in exercise.limits:
            raise top.wrong(
                "grow", f"numbers that have limits: {', '.join(exercise.limits)}", nearest(key, exercise.limits)
            )
        check_dose(exercise, {key: until})
    for key in exercise.limits:
        for step in exercise.steps:
            if getattr(step, key):
                check_dose(exercise, {key: getattr(step, key)})
    for variant in exercise.variants:
        check_dose(exercise, variant.dose)
    return exercise


def _step(table: Table, position: str, patterns: Mapping[str, NamedPattern]) -> Step:
    kind = table.word("kind", STEP_KINDS)
    step = Step(
        kind=kind,
        title=table.text("title", ""),
        say=table.texts("say", ()),
        position=table.word("position", POSITIONS, position),
        seconds=table.number("seconds", 0.0, low=0.0, high=3600.0),
        reps=table.integer("reps", 0, high=50),
        holds=table.integer("holds", 0, high=20),
        out_s=table.number("out_s", 0.0, low=0.0, high=30.0),
        hold_s=table.number("hold_s", 0.0, low=0.0, high=120.0),
        back_s=table.number("back_s", 0.0, low=0.0, high=30.0),
        rest_s=table.number("rest_s", 0.0, low=0.0, high=60.0),
        shift_s=table.number("shift_s", 0.0, low=0.0, high=60.0),
        target_deg=table.number("target_deg", 0.0, low=0.0, high=90.0),
        band_deg=table.number("band_deg", 0.0, low=0.0, high=45.0),
        out=table.text("out", ""),
        hold=table.text("hold", ""),
        back=table.text("back", ""),
        pattern=table.text("pattern", ""),
        either=table.flag("either", False),
        adaptive=table.flag("adaptive", False),
        question=table.text("question", ""),
    )
    table.close()
    needed = NEEDED[kind] + (TIMED_REPS if kind == "reps" and not step.pattern else ())
    for key in needed:
        if not getattr(step, key):
            raise table.wrong(key, f"a step of kind {kind} needs it: something above zero")
    if step.pattern:
        find_pattern(step.pattern, patterns, asked=True)
    return step


def _variant(table: Table, position: str) -> Variant:
    variant = Variant(
        name=table.text("name"),
        title=table.text("title"),
        say=table.texts("say", ()),
        position=table.word("position", POSITIONS, position),
        dose=_dose(table),
        out=table.text("out", ""),
        back=table.text("back", ""),
    )
    table.close()
    return variant


def _programme(top: Table, exercises: Mapping[str, Exercise]) -> Programme:
    programme = Programme(
        name=top.text("name"),
        title=top.text("title"),
        about=top.text("about"),
        minutes=top.number("minutes", low=0.5, high=180.0),
        week=top.text("week", ""),
        items=tuple(_item(table, exercises) for table in top.tables("item")),
    )
    top.close()
    if not programme.items:
        raise top.wrong("item", "at least one [[item]]")
    return programme


def _item(table: Table, exercises: Mapping[str, Exercise]) -> Item:
    exercise = exercises[table.word("exercise", exercises)]
    names = [v.name for v in exercise.variants]
    item = Item(
        exercise.name,
        table.word("variant", names) if "variant" in table else "",
        _dose(table),
        table.number("rest_s", 0.0, low=0.0, high=600.0),
    )
    table.close()
    check_dose(exercise, item.dose)
    return item


def _dose(table: Table) -> dict[str, float]:
    dose = table.items("dose")
    for key, value in dose.items():
        if key not in DOSES or not is_number(value) or value <= 0:
            meant = f"numbers above zero of {', '.join(DOSES)}"
            raise table.wrong("dose", meant, nearest(key, DOSES))
    return {key: float(value) for key, value in dose.items()}


def _limits(table: Table) -> dict[str, tuple[float, float]]:
    limits: dict[str, tuple[float, float]] = {}
    for key, value in table.items("limits").items():
        good = isinstance(value, list) and len(value) == 2 and all(is_number(v) for v in value) and value[0] <= value[1]
        if key not in DOSES or not good:
            raise table.wrong("limits", f"[lowest, highest] of {', '.join(DOSES)}", nearest(key, DOSES))
        limits[key] = (float(value[0]), float(value[1]))
    return limits


def _grow(table: Table) -> dict[str, tuple[float, float]]:
    grow: dict[str, tuple[float, float]] = {}
    for key, value in table.items("grow").items():
        by, to = (value.get("by", 0), value.get("to", 0)) if isinstance(value, dict) and len(value) == 2 else (0, 0)
        if key not in GROWING or not is_number(by) or not is_number(to) or by <= 0 or to <= 0:
            raise table.wrong("grow", f"{{ by = step, to = end }} of {', '.join(GROWING)}", nearest(key, GROWING))
        grow[key] = (float(by), float(to))
    return grow


def _not_judged(table: Table) -> dict[str, str]:
    known = ("always", "accelerometer", *SITES)
    found = table.items("not_judged")
    for key, value in found.items():
        if key not in known or not isinstance(value, str):
            raise table.wrong("not_judged", f"texts for {', '.join(known)}", nearest(key, known))
    return found


def _words(table: Table, key: str, known: tuple[str, ...], default: tuple[str, ...]) -> tuple[str, ...]:
    words = table.texts(key, default)
    for word in words:
        if word not in known:
            raise table.wrong(key, f"some of {', '.join(known)}", nearest(word, known))
    return words
