"""Virtual wearers who do a session: scenarios and answers made from the session's own plan.

Four of them, so that summaries can be shown to tell people apart: one follows well, one rushes, one breathes shallowly
and moves small, one stops half way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from ...errors import UsageError
from ...events import Answer, Command, ControlSession, StartSession
from ...samples import NS
from ...simulate.scenario import Scenario
from .plan import Plan, PlanStep
from .timetable import rep_parts_s, timetable

REACTION_S: Final = 0.4
"""From a cue to the beginning of a movement."""
LYING_DEG, ALL_FOURS_DEG, ROLLED_DEG = -85.0, 80.0, 6.0
AFTER_S: Final = 20.0
"""The wearer's day goes on so long after the session."""
LEAST_MOVE_S: Final = 0.8
USUAL_BRPM: Final = 14.0


@dataclass(frozen=True, slots=True)
class Actor:
    """How somebody does a session, relative to what is asked.

    Attributes
    ----------
    reach : float
        Share of the angle.
    tempo : float
        Share of the time for a movement or a hold.
    breath_tempo : float
        Length of a breath over the pacer's.
    depth : float
        1 is a normal breath.
    patience : float
        Share of a hold that is lain still.
    stops_at : float
        Share of the session after which nothing more is done.
    feel : str
    """

    reach: float = 1.0
    tempo: float = 1.0
    breath_tempo: float = 1.0
    depth: float = 1.9
    patience: float = 1.0
    stops_at: float = 1.0
    feel: str = "right"


ACTORS: Final[dict[str, Actor]] = {
    "good": Actor(),
    "rusher": Actor(tempo=0.35, breath_tempo=0.6, patience=0.5, feel="easy"),
    "shallow": Actor(reach=0.6, depth=0.45),
    "stopper": Actor(stops_at=0.5),
}


@dataclass(frozen=True, slots=True)
class Script:
    """What happens: the wearer's scenario, and commands in the order of their time."""

    scenario: Scenario
    commands: tuple[Command, ...]


@dataclass(slots=True)
class _Stage:
    """The wearer's plan as it grows."""

    postures: list[dict[str, Any]] = field(default_factory=lambda: [{"pose": "upright"}])
    breaths: list[dict[str, Any]] = field(
        default_factory=lambda: [{"at_s": 0.0, "rate_brpm": USUAL_BRPM, "variability": 0.05}]
    )
    activities: list[dict[str, Any]] = field(default_factory=list)
    position: str = "upright"
    free_s: float = 0.0  # when the present movement is over

    def move(self, at_s: float, flexion_deg: float, over_s: float, lateral_deg: float = 0.0) -> None:
        """Go to an angle; not before the last movement is over."""
        at_s = max(at_s, self.free_s + 0.05)
        pose = {"lying": "lie_back", "all_fours": "lie_front"}.get(self.position, "upright")
        part = {"at_s": at_s, "pose": pose, "over_s": over_s, "flexion_deg": flexion_deg, "lateral_deg": lateral_deg}
        self.postures.append(part)
        self.free_s = at_s + over_s

    def settle(self, position: str, at_s: float) -> None:
        """Get into position."""
        if position and position != self.position:
            self.position = position
            self.move(at_s, self.rest_deg, 5.0)

    @property
    def rest_deg(self) -> float:
        """Flexion at rest in this position."""
        return {"lying": LYING_DEG, "all_fours": ALL_FOURS_DEG}.get(self.position, 0.0)

    def breathe(self, at_s: float, **part: Any) -> None:
        """Breathe like this from here on."""
        self.breaths.append({"at_s": max(at_s, self.breaths[-1]["at_s"] + 0.01)} | part)


def rehearse(
    plan: Plan, sensor: str = "chest", *, wearer: str = "good", site: str = "chest", sampling_rate_hz: float = 50.0
) -> Script:
    """The scenario and the commands of a virtual wearer who does this session.

    Parameters
    ----------
    plan : Plan
    sensor, site : str
    wearer : str
        Key of `ACTORS`.
    sampling_rate_hz : float, Hz

    Raises
    ------
    UsageError
        There is no such wearer.
    """
    if wearer not in ACTORS:
        raise UsageError(f"There is no virtual wearer {wearer!r}.", f"Choose one of {', '.join(ACTORS)}.")
    actor = ACTORS[wearer]
    lengths_s = [timetable(step).length_s for step in plan.steps]
    end_s = sum(lengths_s)
    stop_s = actor.stops_at * end_s
    stage = _Stage()
    commands: list[Command] = [StartSession(0, sensor, plan.programme, plan.to_json())]
    at_s = 0.0
    for planned, length_s in zip(plan.steps, lengths_s, strict=True):
        if at_s >= stop_s:
            break
        _act(stage, planned, at_s, min(length_s, stop_s - at_s), actor)
        if planned.step.kind == "ask":
            value = {"discomfort_before": "2", "discomfort_after": "1"}.get(planned.step.question, actor.feel)
            commands.append(Answer(round((at_s + 4.0) * NS), planned.step.question, value))
        at_s += length_s
    if stop_s < end_s:
        commands.append(ControlSession(round((stop_s + AFTER_S) * NS), "stop"))
    table = {
        "name": f"{plan.programme}, {wearer}",
        "duration_s": min(end_s, stop_s) + 2 * AFTER_S,
        "sensor": {"site": site, "name": sensor, "sampling_rate_hz": sampling_rate_hz, "gyro": plan.has_gyro},
        "breathing": stage.breaths,
        "posture": stage.postures,
        "activity": stage.activities,
    }
    return Script(Scenario.from_dict(table), tuple(commands))


def _act(stage: _Stage, planned: PlanStep, at_s: float, length_s: float, actor: Actor) -> None:
    step, score = planned.step, timetable(planned)
    work_s, end_s = at_s + score.lead_s, at_s + length_s
    match step.kind:
        case "talk":
            stage.settle(step.position, at_s + 2.0)
        case "move" if "alking" in step.title:
            stage.activities.append({"at_s": at_s + 2.0, "kind": "walk", "duration_s": max(length_s - 6.0, 3.0)})
        case "move":
            _circle(stage, at_s + 2.0, end_s - 4.0)
        case "reps":
            _repeat(stage, planned, work_s, end_s, actor)
        case "holds":
            for number in range(step.holds):
                _hold(stage, work_s + number * score.cycle_s, step.hold_s, step.shift_s, end_s, number, actor)
        case "breathe":
            _breathe(stage, planned, work_s, end_s, actor)


def _circle(stage: _Stage, at_s: float, end_s: float) -> None:
    angles = ((6.0, 0.0), (0.0, 6.0), (-5.0, 0.0), (0.0, -6.0))
    number = 0
    while at_s + 1.5 < end_s:
        flexion, lateral = angles[number % len(angles)]
        stage.move(at_s, stage.rest_deg + flexion, 1.4, lateral)
        at_s, number = at_s + 1.5, number + 1
    stage.move(at_s, stage.rest_deg, 1.5)


def _repeat(stage: _Stage, planned: PlanStep, at_s: float, end_s: float, actor: Actor) -> None:
    step = planned.step
    out_s, hold_s, back_s, rest_s = rep_parts_s(planned)
    # From the floor one rises, on hands and knees the chest sinks, on a chair it lifts.
    towards = 1.0 if stage.position == "lying" else -1.0
    far_deg = stage.rest_deg + towards * actor.reach * step.target_deg
    for _ in range(step.reps):
        begin_s = at_s + REACTION_S
        over_s = max(LEAST_MOVE_S, actor.tempo * (out_s - REACTION_S))
        turn_s = begin_s + over_s + actor.tempo * (hold_s + REACTION_S)
        if at_s + out_s + hold_s + back_s + rest_s > end_s + 0.1:
            break
        stage.move(begin_s, far_deg, over_s)
        stage.move(turn_s, stage.rest_deg, max(LEAST_MOVE_S, actor.tempo * (back_s - REACTION_S)))
        at_s += out_s + hold_s + back_s + rest_s


def _hold(stage: _Stage, at_s: float, hold_s: float, shift_s: float, end_s: float, number: int, actor: Actor) -> None:
    if at_s + hold_s > end_s:
        return
    there = stage.rest_deg + ROLLED_DEG * (number % 2)
    elsewhere = stage.rest_deg + ROLLED_DEG * ((number + 1) % 2)
    if actor.patience < 1.0:
        stage.move(at_s + actor.patience * hold_s, elsewhere, 1.0)
        stage.move(at_s + actor.patience * hold_s + 2.0, there, 1.0)
    stage.move(at_s + hold_s + REACTION_S, elsewhere, max(1.0, shift_s - 2.0))


def _breathe(stage: _Stage, planned: PlanStep, at_s: float, end_s: float, actor: Actor) -> None:
    """Wait for the pacer, then breath by breath: lengths scatter a little, and are made up for in the same breath."""
    inhale, hold_in, exhale, hold_out = (part * actor.breath_tempo for part in planned.parts_s)
    cycle_s = inhale + hold_in + exhale + hold_out
    start_s = at_s + REACTION_S
    stage.breathe(max(start_s - 6.0, 0.5), rate_brpm=0)
    if planned.step.adaptive:
        stage.breathe(start_s, rate_brpm=[USUAL_BRPM, 60.0 / cycle_s], variability=0.03, depth=1.3)
        stage.breathe(end_s, rate_brpm=USUAL_BRPM, variability=0.05)
        return
    scatter_s = (0.0, 0.15, -0.2, 0.1, -0.1)
    number = 0
    while start_s + cycle_s < end_s + 0.5 * cycle_s:
        longer = scatter_s[number % len(scatter_s)]
        stage.breathe(
            start_s if number == 0 else start_s - 0.05,
            inhale_s=inhale + longer,
            hold_in_s=hold_in,
            exhale_s=exhale - longer,
            hold_out_s=hold_out,
            depth=actor.depth,
            variability=0.0,
            drift=0.0,
        )
        start_s, number = start_s + cycle_s, number + 1
    stage.breathe(start_s - 0.05, rate_brpm=USUAL_BRPM, variability=0.05)
