"""What exercises and programmes are made of. `docs/adding-an-exercise.md` explains every key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

StepKind = Literal["talk", "ask", "move", "reps", "holds", "breathe", "rest"]
STEP_KINDS: Final[tuple[str, ...]] = get_args(StepKind)

POSITIONS: Final[Mapping[str, tuple[float, float, str]]] = {
    "": (-180.0, 180.0, ""),
    "upright": (-40.0, 40.0, "Sit or stand tall."),
    "sitting": (-40.0, 40.0, "Sit tall."),
    "standing": (-40.0, 40.0, "Stand tall."),
    "lying": (-130.0, -30.0, "Lie on your back."),
    "all_fours": (45.0, 135.0, "Come onto hands and knees."),
}
"""Where the trunk is, as a range of tilt in degrees (forward +), and how to ask for it. `lying` includes raising the
trunk from the floor; lying on the back tilts it by about -85°."""

SITES: Final = ("chest", "upper-back", "lower-back")

DOSES: Final = ("reps", "holds", "seconds", "out_s", "hold_s", "back_s", "rest_s", "shift_s", "target_deg", "band_deg")
"""Numbers of a step that a programme, a variant or a person may change, within the exercise's limits."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. Which numbers count depends on `kind`; the others are zero.

    Attributes
    ----------
    kind : str
        `talk` (listen), `ask` (a question), `move` (free movement), `reps` (out, hold, back), `holds` (stay, shift,
        stay), `breathe` (paced), `rest`.
    title : str
    say : tuple of str
        Sentences, spread over the step (`move`) or said at its beginning.
    position : str
        Key of `POSITIONS`.
    seconds : float, s
        Length of talk, ask, move, breathe and rest; 0 for talk: as long as saying it takes.
    reps, holds : int
    out_s, hold_s, back_s, rest_s : float, s
        Parts of a repetition; `hold_s` is also the length of one of the `holds`.
    shift_s : float, s
        Time to move to the next place between holds.
    target_deg, band_deg : float, degrees
        How far out a repetition should go from rest, and how near to that counts.
    out, hold, back : str
        What to say at each part.
    pattern : str
        Breathing pattern, as `coach.patterns.find_pattern` knows it; empty: unpaced. In `reps` the movement goes out
        with the inhalation.
    either : bool
        In paced `reps`: moving out on the exhalation is as good.
    adaptive : bool
        The pacer of `breathe` meets the wearer at their own rate and leads to the pattern.
    question : str
        Of `ask`: see `events.FeelAsked`.
    safety : tuple of str
        Those of `say` that nobody must miss.
    """

    kind: str
    title: str = ""
    say: tuple[str, ...] = ()
    position: str = ""
    seconds: float = 0.0
    reps: int = 0
    holds: int = 0
    out_s: float = 0.0
    hold_s: float = 0.0
    back_s: float = 0.0
    rest_s: float = 0.0
    shift_s: float = 0.0
    target_deg: float = 0.0
    band_deg: float = 0.0
    out: str = ""
    hold: str = ""
    back: str = ""
    pattern: str = ""
    either: bool = False
    adaptive: bool = False
    question: str = ""
    safety: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """Another way to do an exercise: seated, smaller, with a prop.

    `out` and `back`, where they are given, are said in place of the steps' own words.
    """

    name: str
    title: str
    say: tuple[str, ...]
    position: str
    dose: Mapping[str, float]
    out: str = ""
    back: str = ""


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise.

    Attributes
    ----------
    name, title, about : str
    position : str
        Key of `POSITIONS` for its steps.
    sites : tuple of str
        Where the sensor may be worn for it.
    instead : str
        Exercise to offer when the sensor is elsewhere; empty: leave it out.
    setup : tuple of str
        What to say first.
    safety : str
    props : str
    progression : str
        How it grows over the weeks, in words.
    limits : mapping of dose to (lowest, highest)
    grow : mapping of dose to (step, end)
        What grows when it is easy, in this order: one step at a time, up to its end.
    steps : tuple of Step
    variants : tuple of Variant
    not_judged : mapping
        From `always`, `accelerometer` or a site to what the sensor cannot tell, in words.
    """

    name: str
    title: str
    about: str
    position: str
    sites: tuple[str, ...]
    instead: str
    setup: tuple[str, ...]
    safety: str
    props: str
    progression: str
    limits: Mapping[str, tuple[float, float]]
    steps: tuple[Step, ...]
    variants: tuple[Variant, ...] = ()
    grow: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    not_judged: Mapping[str, str] = field(default_factory=dict)

    def variant(self, name: str) -> Variant | None:
        """The variant of this name, None where there is none."""
        return next((v for v in self.variants if v.name == name), None)


@dataclass(frozen=True, slots=True)
class Item:
    """An exercise within a programme, with its own dose and the rest after it."""

    exercise: str
    variant: str = ""
    dose: Mapping[str, float] = field(default_factory=dict)
    rest_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Programme:
    """Exercises in order. `minutes` is what it takes, about; `week` how often, in words."""

    name: str
    title: str
    about: str
    minutes: float
    week: str
    items: tuple[Item, ...]
