"""The next dose from how the last sessions felt: slowly up when all is easy, down at once when it was too much.

Pure functions of the practice so far, so that the same history always gives the same dose.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from .library import dosed
from .model import Exercise, Item, Variant

Wish = Literal["auto", "plan", "same", "less", "more"]
WISHES: Final[tuple[Wish, ...]] = get_args(Wish)
"""What a person may ask for: what follows from the practice so far, the programme's own numbers, those of the last
time, or a step less or more than what follows."""

EASY_DAYS: Final = 3
"""On so many days in a row it must have been easy before anything grows ..."""
GROWS_EVERY_DAYS: Final = 7
"""... and it grows once a week at the most: doses grow over weeks."""
DONE_ENOUGH: Final = 0.8
"""Easy counts where at least this share was done."""
MUCH_RISE: Final = 2.0
"""A rise of discomfort that people call much: 2 of 10 points (Farrar et al. 2001, Pain 94:149)."""
LESS: Final = 0.75

WHY: Final = {
    "easy": f"A little more than last time, because it felt easy on {EASY_DAYS} days",
    "too much": "Less than last time, because it was too much",
    "rise": "Less than last time, because there was more discomfort afterwards than before",
    "pain": "Much less than last time, because it hurt",
}
"""How a change since the last time is told; the numbers come behind it."""
OUTCOMES: Final = ("", "easy", "too much", "rise", "pain")
"""How an exercise can have gone; empty: right, or not said."""


@dataclass(frozen=True, slots=True)
class Past:
    """What became of one exercise in an earlier session.

    Attributes
    ----------
    date : date
    programme, exercise, title : str
        The title tells variants apart.
    share : float, 0..1
        How much of it was done.
    feel : str
        `easy`, `right`, `too much`, `pain`, or empty.
    rise : float
        Discomfort after the session minus before it; nan where it was not told.
    """

    date: dt.date
    programme: str
    exercise: str
    title: str
    share: float
    feel: str
    rise: float

    @property
    def outcome(self) -> str:
        """One of `OUTCOMES`."""
        return outcome_of(self.feel, self.share, self.rise)


def outcome_of(feel: str, share: float, rise: float) -> str:
    """One of `OUTCOMES`, from the wearer's answer, how much was done, and the rise of discomfort (or nan)."""
    if feel in ("pain", "too much"):
        return feel
    if rise >= MUCH_RISE:
        return "rise"
    return "easy" if feel == "easy" and share >= DONE_ENOUGH else ""


@dataclass(frozen=True, slots=True)
class Dose:
    """What to do `now`, what it was `before`, and `why` it differs: one of `OUTCOMES`, empty where it does not."""

    now: Mapping[str, float]
    before: Mapping[str, float]
    why: str = ""


def base_dose(exercise: Exercise, variant: Variant | None, item: Item) -> dict[str, float]:
    """What grows of an exercise, with the numbers that a programme gives it."""
    steps = dosed(dosed(exercise.steps, variant.dose if variant else {}), item.dose)
    largest = {key: max(float(getattr(step, key)) for step in steps) for key in exercise.grow}
    return {key: value for key, value in largest.items() if value > 0.0}


def next_dose(exercise: Exercise, base: Mapping[str, float], past: Iterable[Past], programme: str, title: str) -> Dose:
    """The dose that follows from the practice so far.

    It grows by what was easy in the same programme, shrinks by what was too much in any, and pain in any variant of the
    exercise takes it to its lowest.

    Parameters
    ----------
    exercise : Exercise
    base : mapping
        Of `base_dose`.
    past : iterable of Past
        Oldest first; others than this exercise are passed by.
    programme, title : str
        What is to be done now.
    """
    dose = Dose(base, base)
    easy: list[dt.date] = []
    grown = dt.date.min
    for one in past:
        if one.exercise != exercise.name or (one.title != title and one.outcome != "pain"):
            continue
        outcome, now = one.outcome, dose.now
        if outcome == "easy" and one.programme == programme:
            easy += [one.date] if one.date not in easy else []
            if len(easy) >= EASY_DAYS and (one.date - grown).days >= GROWS_EVERY_DAYS:
                now, grown, easy = more(exercise, now), one.date, []
        elif outcome == "pain":
            now, easy = lowest(exercise, now), []
        elif outcome in ("too much", "rise"):
            now, easy = less(exercise, now), []
        elif one.feel == "right":
            easy = []
        dose = Dose(now, dose.now, outcome if now != dose.now else "")
    return dose


def wished(exercise: Exercise, base: Mapping[str, float], dose: Dose, wish: Wish) -> Mapping[str, float]:
    """The numbers of this time, as somebody asks for them."""
    if wish == "plan":
        return base
    if wish == "same":
        return dose.before
    return {"less": less, "more": more}[wish](exercise, dose.now) if wish != "auto" else dose.now


def more(exercise: Exercise, dose: Mapping[str, float]) -> dict[str, float]:
    """One step up: the first number that has not come to its end grows."""
    for key, (by, until) in exercise.grow.items():
        if key in dose and dose[key] < until:
            return {**dose, key: min(dose[key] + by, until)}
    return dict(dose)


def less(exercise: Exercise, dose: Mapping[str, float]) -> dict[str, float]:
    """A quarter less, one step at least, of the first number that can become less."""
    for key, (by, _) in exercise.grow.items():
        least = exercise.limits[key][0]
        if key in dose and dose[key] > least:
            return {**dose, key: max(float(math.floor(min(dose[key] * LESS, dose[key] - by))), least)}
    return dict(dose)


def lowest(exercise: Exercise, dose: Mapping[str, float]) -> dict[str, float]:
    """The least of everything that grows."""
    return {key: min(value, exercise.limits[key][0]) for key, value in dose.items()}


def change_words(exercise: Exercise, now: Mapping[str, float], before: Mapping[str, float]) -> str:
    """`8 instead of 6 repetitions`; empty where nothing differs."""
    parts = [_words(exercise, key, now[key], before[key]) for key in now if now[key] != before.get(key)]
    return " and ".join(parts)


def next_time_words(
    exercise: Exercise,
    base: Mapping[str, float],
    past: Sequence[Past],
    this: Past,
    now: Mapping[str, float],
) -> dict[str, str]:
    """What the next time will be, for each of `OUTCOMES` of this one where it differs from `now`."""
    words = {}
    for outcome in OUTCOMES:
        feel = outcome if outcome in ("easy", "too much", "pain") else ""
        rise = MUCH_RISE if outcome == "rise" else math.nan
        ended = Past(this.date, this.programme, this.exercise, this.title, 1.0, feel, rise)
        then = next_dose(exercise, base, [*past, ended], this.programme, this.title).now
        change = change_words(exercise, then, now)
        if change:
            words[outcome] = f"{this.title}, {change}"
    return words


def _words(exercise: Exercise, key: str, now: float, before: float) -> str:
    match key:
        case "reps":
            paced = any(step.kind == "reps" and step.pattern for step in exercise.steps)
            return f"{now:.0f} instead of {before:.0f} {'breaths' if paced else 'repetitions'}"
        case "holds":
            return f"{now:.0f} instead of {before:.0f} places"
        case "hold_s":
            return f"holds of {now:g} instead of {before:g} seconds"
        case _:
            times = sum(bool(getattr(step, key)) for step in exercise.steps)
            return f"{length_words(now * times)} instead of {length_words(before * times)}"


def length_words(seconds: float) -> str:
    """`90 s`, `2 min 30 s`: a dose to the second."""
    minutes, rest_s = divmod(round(seconds), 60)
    if minutes < 2:
        return f"{seconds:.0f} s"
    return f"{minutes} min {rest_s} s" if rest_s else f"{minutes} min"
