from __future__ import annotations

import math

import pytest

from sensorcoach.coach import wording
from sensorcoach.events import (
    ACTIVITIES,
    PHASES,
    REASONS,
    ActivityChanged,
    BendingLoad,
    BreakDue,
    BreathPhase,
    CalibrationDone,
    CalibrationStep,
    CueSpoken,
    Event,
    Gap,
    LeanChanged,
    Link,
    LongStill,
    NeutralSet,
    Notice,
    SideLean,
    SlouchEnded,
    SlouchStarted,
    Spine,
    Wave,
)
from sensorcoach.samples import NS

NOW = 100 * NS


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (
            SlouchStarted(NOW, "chest", NOW - 60 * NS, 23.6, 0.4),
            "You have leaned 24° forward for 60 s. Let the chest rise.",
        ),
        (SlouchEnded(NOW, "chest", NOW - 150 * NS, "upright", 30.0), "Upright again after 2 min. Nice."),
        (SlouchEnded(NOW, "chest", NOW - 150 * NS, "walking", 30.0), None),
        (Gap(NOW, "chest", NOW - 5 * NS, 500), "Nothing came from the sensor for 5 s."),
        (Gap(NOW, "chest", NOW - NS // 2, 50), None),
        (Link(NOW, "chest", "lost", "trying again"), "The connection to the sensor is lost. Trying again."),
        (Link(NOW, "chest", "ended", ""), "That was the end."),
        (Link(NOW, "chest", "seek", ""), None),
        (
            Notice(NOW, "chest", "low_battery", "The battery is low.", "Charge it soon."),
            "The battery is low. Charge it soon.",
        ),
        (Notice(NOW, "chest", "hello", "Hello.", ""), "Hello."),
        (ActivityChanged(NOW, "chest", "bending", "still"), None),
        (NeutralSet(NOW, "chest", (0, 0, 1), (1, 0, 0), "given", True), "Your upright pose is set."),
        (
            NeutralSet(NOW, "chest", (0, 0, 1), (1, 0, 0), "stored", True),
            "Your stored upright pose is used; it is checked when you first rest upright.",
        ),
        (
            SideLean(NOW, "chest", NOW - 65 * NS, 12.4),
            "You have leaned 12° to the left for 65 s. Come back to the middle.",
        ),
        (
            LongStill(1800 * NS, "chest", 0),
            "You have kept one pose for 30 min. Move a little, any way you like.",
        ),
        (BreakDue(3000 * NS, "chest", 0), "No break for 50 min. Get up and walk for two minutes."),
        (
            BendingLoad(NOW, "chest", 0, 35.2),
            "Bent 35° forward without a rest: the holding time that ISO 11226 accepts is used up. "
            "Straighten up for a while, or rest your trunk on something.",
        ),
        (LeanChanged(NOW, "chest", "hips", "", 1.0, 14.0), "You lean from the hips with a straight back."),
        (LeanChanged(NOW, "chest", "", "hips", 1.0, 2.0), None),
        (Spine(NOW, "chest", "lower-back", 1.0, 2.0, 0.0, 0.9), None),
        (CalibrationStep(NOW, "chest", "tall", "done", 3), None),
        (
            CalibrationStep(NOW, "chest", "tall", "refused", 0, "moving", "You moved.", "Hold still."),
            "That did not work. You moved. Hold still.",
        ),
        (
            CalibrationDone(NOW, "chest", (0, 0, 1), (1, 0, 0), 9.6, 0.34, 0.99),
            "Your upright pose is known, held still within 0.3°. A slouch is 10° or more, half way to your own.",
        ),
        (
            CalibrationDone(NOW, "chest", (0, 0, 1), (1, 0, 0), math.nan, 0.34, 0.99),
            "Your upright pose is known, held still within 0.3°.",
        ),
        (CueSpoken(NOW, "chest", "count", "3"), "3"),
        (BreathPhase(NOW, "chest", "inhale", NOW, 0.1), None),
        (Wave(NOW, "chest", (0.0,) * 5, 1.0), None),
    ],
)
def test_events_are_told_in_one_plain_sentence(event: Event, said: str | None) -> None:
    assert wording.sentence(event) == said


def test_every_name_has_words() -> None:
    for reason in REASONS[1:]:
        assert all(wording.reason_words(reason))
        assert wording.reason_words(reason) != wording.reason_words("")
    for activity in ACTIVITIES:
        assert wording.activity_words(activity)
    for phase in PHASES:
        assert bool(wording.phase_words(phase)) == bool(phase)
        assert bool(wording.pacer_words(phase)) == bool(phase)


def test_quality_in_three_tiers() -> None:
    assert [wording.quality_word(q) for q in (0.95, 0.8, 0.79, 0.5, 0.49, math.nan)] == [
        "steady",
        "steady",
        "unsure",
        "unsure",
        "",
        "",
    ]


def test_lean_says_the_direction() -> None:
    assert wording.lean_words(8.2, -3.0) == ("8° forward", "3° right")
    assert wording.lean_words(-4.0, 2.0) == ("4° back", "2° left")
    assert wording.lean_words(0.9, math.nan) == ("upright", "")


@pytest.mark.parametrize(("seconds", "words"), [(8.4, "8 s"), (120.0, "2 min"), (3900.0, "1 h 05 min"), (-1.0, "0 s")])
def test_lengths_of_time(seconds: float, words: str) -> None:
    assert wording.span_words(seconds) == words
