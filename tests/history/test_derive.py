"""From events to minutes: what counts, what counts neither way, and that how it is cut does not matter."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from sensorcoach.engine import Engine
from sensorcoach.events import (
    Breath,
    Event,
    ExerciseDone,
    Mark,
    Score,
    Second,
    SessionState,
    SessionSummary,
    SetPacer,
    SlouchEnded,
    SlouchStarted,
)
from sensorcoach.history import Chapter, Deriver, derive
from sensorcoach.history.chapter import COUNTS, wearer_of
from sensorcoach.recording import JournalReader, Note
from sensorcoach.samples import NS
from sensorcoach.transport.setup import setup_from_header

from .chapters import header, record, steady, utc_ns

NAN = math.nan


def second(n: int, **said: object) -> Second:
    """The second that ends at n s: still, upright, breathing 12 a minute, all of it trusted."""
    row = Second(n * NS, "chest", 12.0, 12.0, 0.9, "inhale", "", 2.0, 0.0, 2.0, 0.9, "still", False)
    return replace(row, **said)  # type: ignore[arg-type]


def chapter(events: list[Event], items: list[object] = [], *, start_ns: int = utc_ns(2026, 5, 4, 9)) -> Chapter:  # noqa: B006
    deriver = Deriver(header(start_ns))
    deriver.take(items, events)
    return deriver.finish()


def total(found: Chapter) -> dict[str, int]:
    return {name: sum(row[i] for row in found.minutes.values()) for i, name in enumerate(COUNTS)}


def test_a_trusted_second_counts_for_posture_breath_and_wear() -> None:
    sums = total(chapter([second(1), second(2, slouching=True, flexion_deg=20.0)]))
    assert (sums["worn_s"], sums["upright_s"], sums["slouched_s"], sums["breath_s"]) == (2, 1, 1, 2)
    assert (sums["breath_mbrpm"], sums["angle_mdeg"], sums["still_s"]) == (24_000, 22_000, 2)


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ({"posture_quality": 0.79}, "posture_unsure_s"),
        ({"slouching": None}, "posture_unsure_s"),
        ({"activity": "walking", "slouching": None}, "walking_s"),
        ({"activity": "lying", "slouching": None}, "lying_s"),
        ({"activity": "off", "slouching": None, "breath_reason": "not_worn"}, "off_s"),
        ({"activity": "unknown", "slouching": None, "breath_reason": "no_data"}, "absent_s"),
    ],
)
def test_what_is_not_known_counts_neither_way(said: dict[str, object], column: str) -> None:
    sums = total(chapter([second(1, **said)]))
    assert sums[column] == 1
    assert sums["upright_s"] == sums["slouched_s"] == 0
    assert sums["worn_s"] == (column not in ("off_s", "absent_s"))


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ({"breath_quality": 0.79}, "breath_unsure_s"),
        ({"breath_rate_brpm": NAN, "breath_quality": NAN, "breath_reason": "walking"}, "no_breath_walking_s"),
        ({"breath_rate_brpm": NAN, "breath_quality": 0.9, "breath_reason": "settling"}, "no_breath_settling_s"),
    ],
)
def test_only_trusted_rates_are_averaged(said: dict[str, object], column: str) -> None:
    sums = total(chapter([second(1, **said)]))
    assert (sums[column], sums["breath_s"], sums["breath_mbrpm"]) == (1, 0, 0)


def test_the_second_that_ends_at_midnight_belongs_to_the_day_before() -> None:
    found = chapter([second(n) for n in range(1, 121)], start_ns=utc_ns(2026, 5, 4, 23, 59))
    (first, a), (later, b) = found.minutes.items()
    assert later[0] - first[0] == 1
    assert a == b


def test_slouches_count_from_a_minute_on_and_only_when_trusted() -> None:
    def slouch(at: int, length: int, *, trusted: bool = True) -> list[Event]:
        begin = SlouchStarted((at + 5) * NS, "chest", at * NS, 20.0, 0.4, trusted)
        return [begin, SlouchEnded((at + length) * NS, "chest", at * NS, "upright", 24.5)]

    found = chapter([*slouch(10, 59), *slouch(100, 60), *slouch(200, 300, trusted=False)])
    assert [s.duration_s for s in found.slouches] == [59, 60, 300]
    assert [s.trusted for s in found.slouches] == [True, True, False]
    assert found.slouches[1].peak_mdeg == 24_500
    assert total(found)["slouches"] == 1


def test_a_slouch_that_lasts_to_the_end_ends_there() -> None:
    found = chapter([second(1), SlouchStarted(6 * NS, "chest", 1 * NS, 20.0, 0.4), second(90)])
    assert found.slouches[0].duration_s == 89


def test_paced_time_follows_the_commands() -> None:
    items = [SetPacer(10 * NS, 10 * NS, 5.0, 0.0, 5.0, 0.0), SetPacer(30 * NS, 0, 0.0, 0.0, 0.0, 0.0)]
    assert total(chapter([second(n) for n in range(1, 61)], items))["paced_s"] == 20


def test_a_session_is_kept_as_told_and_its_leans_are_no_slouches() -> None:
    summary = SessionSummary(
        100 * NS, "chest", "gentle", "done", 0.75, 80.0, 2.0, NAN,
        (ExerciseDone("inclined-plane", "Inclined plane", 0.9, "right"),),
        (Score("inclined-plane", "reps", 9.0, "", "of 10"),), "slow", "slower",
    )  # fmt: skip
    rows = [second(n, slouching=n > 50) for n in range(1, 121)]
    slouch = [SlouchStarted(60 * NS, "chest", 50 * NS, 20.0, 0.4), SlouchEnded(118 * NS, "chest", 50 * NS, "", 30.0)]
    running = SessionState(20 * NS, "chest", "running", "")
    events = sorted([*rows, *slouch, running, summary], key=lambda e: e.t_ns)
    found = chapter(events)
    (session,) = found.sessions
    assert (session.programme, session.done_permille, session.active_s, session.ended) == ("gentle", 750, 80, "done")
    assert session.start_wall_ns == utc_ns(2026, 5, 4, 9, 0, 20)
    assert [(e.exercise, e.share_permille, e.feel) for e in session.exercises] == [("inclined-plane", 900, "right")]
    assert '"discomfort_after": null' in session.detail
    sums = total(found)
    assert (sums["session_s"], sums["upright_s"], sums["slouched_s"]) == (80, 20, 20)
    assert found.slouches == ()


def test_whole_breaths_and_notes() -> None:
    good = Breath(8 * NS, "chest", 2 * NS, 4 * NS, 7 * NS, 1.0, 0.9)
    deriver = Deriver(header())
    deriver.take([Mark(3 * NS, "tea")], [good, replace(good, quality=0.5)])
    found = deriver.finish([Note(5 * NS, "disk was full")])
    sums = total(found)
    assert (sums["breaths"], sums["inhale_ms"], sums["exhale_ms"]) == (1, 2000, 3000)
    assert [(n.kind, n.text) for n in found.notes] == [("mark", "tea"), ("note", "disk was full")]


def test_who_wore_it() -> None:
    """The header, else the name of the recording; the virtual wearer is nobody's own."""
    plain = header()
    virtual = replace(plain, sensors=(replace(plain.sensors[0], profile={"name": "virtual"}),))
    assert wearer_of(plain) == wearer_of(plain, "2026-05-04_09-00-00.journal") == "me"
    assert wearer_of(plain, "ann-lee_2026-05-04_09-00-00-2.journal") == "ann-lee"
    assert wearer_of(replace(plain, wearer="eve"), "ann_2026-05-04_09-00-00.journal") == "eve"
    for header_ in (virtual, replace(virtual, wearer="eve")):
        assert wearer_of(header_, "desk.journal") == wearer_of(header_, "ann_2026-05-04_09-00-00.journal") == "demo"


def test_two_sensors_make_one_hour_of_an_hour() -> None:
    both = header()
    both = replace(both, sensors=(both.sensors[0], replace(both.sensors[0], name="upper-back")))
    deriver = Deriver(both)
    chest = second(1, slouching=True, breath_rate_brpm=14.0)
    deriver.take([], [chest, replace(second(1), sensor="upper-back")])
    sums = total(deriver.finish())
    assert (sums["worn_s"], sums["upright_s"], sums["slouched_s"]) == (1, 1, 0)  # posture: the upper back
    assert sums["breath_mbrpm"] == 14_000  # breathing: the chest


def test_a_journal_gives_the_same_however_it_is_cut(tmp_path: Path) -> None:
    path = record(tmp_path / "a.journal", steady(utc_ns(2026, 5, 4, 23, 59, 20), 7200))
    reader = JournalReader(path)
    whole = derive(reader, [setup_from_header(s, "a") for s in reader.header.sensors])
    engine = Engine([setup_from_header(s, "a") for s in reader.header.sensors])
    deriver = Deriver(reader.header)
    items = list(reader)
    cuts = [0, 1, 7, 50, 51, len(items) // 2, len(items)]
    for a, b in pairwise(cuts):
        deriver.take(items[a:b], engine.feed_many(items[a:b]))
    deriver.take((), engine.finish())
    assert deriver.finish() == whole
    assert total(whole)["worn_s"] > 60
