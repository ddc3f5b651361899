"""What can be seen from where a sensor is worn, and the pictures of the places."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from sensorcoach.coach.placement import CHECK_S, PlacementCheck, judge_placement
from sensorcoach.coach.wearing import PLACES, guide
from sensorcoach.events import Event, Notice, Second
from sensorcoach.samples import NS

NAN = math.nan
DOCS = Path(__file__).resolve().parents[2] / "docs" / "wearing.md"
GOOD = Second(0, "chest", 12.0, 12.0, 0.95, "inhale", "", 2.0, 0.0, 2.0, 0.95, "still", False)
FAULT = Notice(3 * NS, "chest", "gravity_off", "At rest the sensor feels no gravity.", "Switch that off.")


def rows(*parts: tuple[int, Second]) -> list[Event]:
    kinds = [row for count, row in parts for _ in range(count)]
    return [replace(row, t_ns=(k + 1) * NS) for k, row in enumerate(kinds)]


def unseen(reason: str) -> Second:
    return replace(GOOD, breath_rate_brpm=NAN, breath_quality=NAN, breath_reason=reason)


@pytest.mark.parametrize(
    ("events", "breathing", "posture", "told"),
    [
        (rows((20, GOOD)), "seen", "seen", "seen well from here"),
        (rows((12, unseen("settling")), (8, GOOD)), "seen", "seen", ""),
        (rows((20, replace(GOOD, breath_quality=0.6))), "unsure", "seen", "Fasten the sensor tighter"),
        (rows((20, unseen("weak_signal"))), "unseen", "seen", "not seen from here"),
        (rows((20, unseen("settling"))), "unseen", "seen", "some more seconds"),
        (rows((20, replace(GOOD, posture_quality=0.7))), "seen", "unsure", "sensorcoach calibrate"),
        (rows((20, replace(GOOD, posture_quality=NAN))), "seen", "unseen", "hold still"),
        ([FAULT, *rows((20, GOOD))], "seen", "unseen", "no gravity. Switch that off."),
        (rows((20, replace(GOOD, activity="walking"))), "", "", "moved too much"),
        (rows((20, replace(GOOD, activity="off"))), "", "", "alone"),
        (rows((15, unseen("no_data")), (5, GOOD)), "", "", "Too little"),
        ([], "", "", "Too little"),
    ],
)
def test_verdicts(events: list[Event], breathing: str, posture: str, told: str) -> None:
    verdict = judge_placement(events, "chest")
    assert (verdict.breathing, verdict.posture) == (breathing, posture)
    assert told in f"{verdict.message} {verdict.advice}"
    assert verdict.good == (breathing == posture == "seen")
    assert bool(verdict.advice) == (not verdict.good)


def test_only_the_last_seconds_and_this_sensor_count() -> None:
    walked = replace(GOOD, activity="walking")
    assert judge_placement(rows((40, walked), (20, GOOD)), "chest").good
    assert judge_placement(rows((20, GOOD)), "upper-back").breathing == ""


def test_the_check_ends_when_all_is_seen() -> None:
    check = PlacementCheck("chest", 60)
    events = rows((15, unseen("weak_signal")), (30, GOOD))
    check.hear(events[: CHECK_S - 5])
    assert not check.over
    check.hear(events)
    assert check.over
    assert check.outcome().good


def test_the_check_ends_in_time_with_the_verdict_as_it_is() -> None:
    check = PlacementCheck("chest", 60)
    check.hear([FAULT, *rows((90, GOOD))])
    assert check.over
    assert check.outcome().t_ns == 60 * NS
    assert check.outcome().posture == "unseen"


@pytest.mark.parametrize("place", PLACES)
def test_pictures_are_small_and_in_the_docs(place: str) -> None:
    what = PLACES[place]
    assert what.picture in DOCS.read_text(encoding="utf-8")
    assert all(len(line) <= 60 for line in what.picture.splitlines())
    assert guide(place).isascii()
    assert "#" in what.picture
