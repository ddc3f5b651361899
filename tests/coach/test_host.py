"""The coach as the engine keeps it: whose pacer runs."""

from __future__ import annotations

from sensorcoach.coach.host import Coach
from sensorcoach.coach.session import load_library, make_plan
from sensorcoach.events import ControlSession, PacerSet, SetPacer, StartSession
from sensorcoach.samples import NS, StreamInfo

EVEN = (5.0, 0.0, 5.0, 0.0)


def off(t_s: int) -> SetPacer:
    return SetPacer(t_s * NS, 0, 0.0, 0.0, 0.0, 0.0)


def session(t_s: int) -> StartSession:
    plan = make_plan(load_library(), "breathing-only", StreamInfo("chest", "chest", 50.0, True))
    return StartSession(t_s * NS, "chest", plan.programme, plan.to_json())


def test_a_pacer_that_is_set_is_told_once() -> None:
    coach = Coach(["chest", "lower-back"])
    command = SetPacer(NS, 2 * NS, *EVEN)
    assert coach.obey(command) == [PacerSet(NS, "chest", 2 * NS, *EVEN)]
    assert coach.obey(command) == []
    assert coach.obey(off(9)) == [PacerSet(9 * NS, "chest", 0, 0.0, 0.0, 0.0, 0.0)]
    assert coach.obey(off(10)) == []


def test_a_session_takes_the_pacer_over() -> None:
    coach = Coach(["chest"])
    coach.obey(SetPacer(0, 0, *EVEN))
    begun = coach.obey(session(20))
    assert begun[0] == PacerSet(20 * NS, "chest", 0, 0.0, 0.0, 0.0, 0.0)
    assert coach.obey(SetPacer(21 * NS, 0, *EVEN)) == []  # what a live run hands back for the estimators
    coach.obey(ControlSession(30 * NS, "stop"))
    assert coach.obey(off(30)) == []
    assert len(coach.obey(SetPacer(31 * NS, 0, *EVEN))) == 1


def test_a_session_without_a_pacer_before_it_takes_nothing() -> None:
    assert not any(isinstance(event, PacerSet) for event in Coach(["chest"]).obey(session(0)))
