"""Events into tables: how long a breath was held."""

from __future__ import annotations

from sensorcoach.analysis.tables import TableBuilder
from sensorcoach.events import Breath, BreathPhase, Event
from sensorcoach.samples import NS


def phase(name: str, onset_s: float, sensor: str = "chest") -> BreathPhase:
    return BreathPhase(round((onset_s + 0.2) * NS), sensor, name, round(onset_s * NS), 0.1)


def breath(inhale_s: float, exhale_s: float, end_s: float, sensor: str = "chest") -> Breath:
    times_ns = (round(t * NS) for t in (inhale_s, exhale_s, end_s))
    return Breath(round((end_s + 0.2) * NS), sensor, *times_ns, 1.0, 0.9)


def held(events: list[Event]) -> list[tuple[float, float]]:
    builder = TableBuilder(1000.0)
    builder.add(events)
    assert len(builder.holds()) == len(builder.breaths())
    return [tuple(row) for row in builder.holds().tolist()]


def test_holds_last_until_the_next_phase() -> None:
    box = [phase("inhale", 0.0), phase("hold_in", 4.0), phase("exhale", 8.0), phase("hold_out", 12.0)]
    plain = [phase("inhale", 16.0), phase("exhale", 18.0), breath(16.0, 18.0, 21.0), phase("inhale", 21.0)]
    assert held([*box, breath(0.0, 8.0, 16.0), *plain]) == [(4.0, 4.0), (0.0, 0.0)]


def test_a_hold_of_a_breath_that_was_lost_belongs_to_no_other() -> None:
    lost = [phase("inhale", 0.0), phase("hold_in", 2.0)]
    assert held([*lost, phase("inhale", 9.0), phase("exhale", 11.0), breath(9.0, 11.0, 14.0)]) == [(0.0, 0.0)]


def test_every_sensor_holds_its_own() -> None:
    events: list[Event] = [phase("inhale", 0.0), phase("inhale", 0.0, "upper-back"), phase("hold_in", 2.0)]
    events += [phase("exhale", 3.0, "upper-back"), phase("exhale", 5.0)]
    events += [breath(0.0, 3.0, 8.0, "upper-back"), breath(0.0, 5.0, 8.0)]
    assert held(events) == [(0.0, 0.0), (3.0, 0.0)]
