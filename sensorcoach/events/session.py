"""Pacing and guided sessions: steps, cues, verdicts, summaries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .base import Event


@dataclass(frozen=True, slots=True)
class PacerSet(Event):
    """The pacer now runs this pattern, an inhalation begins at `start_ns`; all zero: off.

    In a session it stops by itself at `until_ns`; 0: it goes on until it is set again.
    """

    kind: ClassVar[str] = "pacer_set"

    start_ns: int
    inhale_s: float
    hold_in_s: float
    exhale_s: float
    hold_out_s: float
    until_ns: int = 0


@dataclass(frozen=True, slots=True)
class Followed(Event):
    """How well the last breaths follow the pacer, told with each breath. Definitions: `docs/methods/following.md`.

    `lag_s` + behind the pacer; `adherence` and `locking` 0..1; `rate_error_brpm` + too fast; `inhale_share_error` share
    inhaling takes too much of the breath; `effort` depth times rate against the usual, 1; `coherence` 0..1.
    """

    kind: ClassVar[str] = "followed"

    lag_s: float
    adherence: float
    locking: float
    rate_error_brpm: float
    inhale_share_error: float
    effort: float
    coherence: float


@dataclass(frozen=True, slots=True)
class HeartCoherence(Event):
    """How evenly the heart's rhythm swings while a pacer runs, every 5 s. Definitions: `docs/methods/following.md`.

    `coherence` 0..1 share of the rhythm's spectrum in its highest peak, which is at `peak_brpm` swings a minute;
    `at_pacer` 0..1 share at the pacer's own rate.
    """

    kind: ClassVar[str] = "heart_coherence"

    coherence: float
    at_pacer: float
    peak_brpm: float


@dataclass(frozen=True, slots=True)
class SessionState(Event):
    """The session is now `running`, `paused` or `ended`; `reason`: `wearer`, `sensor`, `tap`, `done`, `stopped`."""

    kind: ClassVar[str] = "session_state"

    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class SessionStep(Event):
    """Step number `step` (from 1) of `steps` begins; it is planned to last `planned_s`.

    `part` is what kind of step it is: `talk`, `ask`, `move`, `reps`, `holds`, `breathe` or `rest`.
    """

    kind: ClassVar[str] = "session_step"

    step: int
    steps: int
    exercise: str
    title: str
    part: str
    planned_s: float


@dataclass(frozen=True, slots=True)
class CueSpoken(Event):
    """Something for the wearer to hear or read now. `cue` is a stable code: `say`, `safety`, `inhale`, `out`, …"""

    kind: ClassVar[str] = "cue_spoken"

    cue: str
    text: str


@dataclass(frozen=True, slots=True)
class FeelAsked(Event):
    """A question, answered with an `Answer` command: `discomfort_before`, `discomfort_after` or `feel`."""

    kind: ClassVar[str] = "feel_asked"

    question: str
    exercise: str


@dataclass(frozen=True, slots=True)
class RepJudged(Event):
    """Verdict on repetition `number` of `planned`. nan and None: not judged.

    `angle_deg` is how far from the resting pose it was held (or turned), `held_s` how long within the band.
    """

    kind: ClassVar[str] = "rep_judged"

    exercise: str
    number: int
    planned: int
    angle_deg: float
    target_deg: float
    held_s: float
    with_pacer: bool | None
    smoothness: float
    good: bool
    words: str


@dataclass(frozen=True, slots=True)
class HoldJudged(Event):
    """Verdict on hold `number` of `planned` in one place."""

    kind: ClassVar[str] = "hold_judged"

    exercise: str
    number: int
    planned: int
    held_s: float
    target_s: float
    good: bool
    words: str


@dataclass(frozen=True, slots=True)
class Score:
    """A number about a session, with what it means. nan: not judged, `meaning` says why."""

    exercise: str
    name: str
    value: float
    unit: str
    meaning: str


@dataclass(frozen=True, slots=True)
class ExerciseDone:
    """How much of an exercise was done: `share` 0..1; `feel` is the wearer's answer, empty when none was given.

    `dose` is what was asked for, in words: `8 × 5 s at 40°`.
    """

    exercise: str
    title: str
    share: float
    feel: str
    dose: str = ""


@dataclass(frozen=True, slots=True)
class SessionSummary(Event):
    """What a session came to: what was done, its scores, one thing to keep, one to try. The last event of a session.

    `ended` is `done`, `stopped` (by the wearer) or `cut` (the stream ended). `next_time` says which doses will change;
    empty where the session is not kept for the next.
    """

    kind: ClassVar[str] = "session_summary"

    programme: str
    ended: str
    done: float
    active_s: float
    discomfort_before: float
    discomfort_after: float
    exercises: tuple[ExerciseDone, ...]
    scores: tuple[Score, ...]
    keep: str
    to_try: str
    next_time: str = ""
