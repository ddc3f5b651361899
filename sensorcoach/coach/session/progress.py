"""The next dose from how the last sessions felt: slowly up when all is easy, down at once when it was too much."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from .library import WHOLE
from .model import Exercise

GROWING: Final = ("reps", "holds", "hold_s", "seconds")
"""Doses that grow. Angles and tempo do not: further and faster are no progress."""
EASY_IN_A_ROW: Final = 3
"""So many easy sessions, a week or more, before anything grows."""
UP: Final = 1.1
DOWN: Final = 0.75


def next_dose(exercise: Exercise, dose: Mapping[str, float], feels: Sequence[str]) -> dict[str, float]:
    """The dose for the next session.

    Parameters
    ----------
    exercise : Exercise
    dose : mapping
        The wearer's own numbers so far; empty: those of the exercise.
    feels : sequence of str
        Answers after this exercise, oldest first: `easy`, `right`, `too much`, `pain`, or empty.

    Returns
    -------
    dict
        Within the exercise's limits; only what has a limit changes. Pain: the lowest of everything that grows.
    """
    last = feels[-1] if feels else ""
    easy = len(feels) >= EASY_IN_A_ROW and all(feel == "easy" for feel in feels[-EASY_IN_A_ROW:])
    factor = {"too much": DOWN, "pain": 0.0}.get(last, UP if easy else 1.0)
    changed = dict(dose)
    for key in GROWING:
        own = max((float(getattr(step, key)) for step in exercise.steps), default=0.0)
        if factor == 1.0 or key not in exercise.limits or own == 0.0:
            continue
        low, high = exercise.limits[key]
        value = dose.get(key, own) * factor
        if key in WHOLE:
            value = math.ceil(value) if factor > 1.0 else math.floor(value)
        changed[key] = float(min(max(value, low), high))
    return changed
