"""Exercises and programmes as files: what ships is complete, what is wrong is refused by key."""

from __future__ import annotations

from importlib import resources

import pytest

from sensorcoach.coach.session import Plan, load_library, make_plan
from sensorcoach.coach.session.library import check_dose
from sensorcoach.coach.session.timetable import timetable
from sensorcoach.errors import InputError, UsageError
from sensorcoach.samples import StreamInfo

LIBRARY = load_library()
CHEST = StreamInfo("chest", "chest")

SMALL = """
name = "bow"
title = "Bow"
about = "Bow."
position = "upright"
safety = "Slowly."
[limits]
reps = [2, 6]
[[step]]
kind = "reps"
reps = 3
out_s = 3
back_s = 3
target_deg = 20
band_deg = 8
"""


def test_everything_of_the_plan_ships() -> None:
    assert {
        "warm-up",
        "foam-rolling",
        "cat-cow",
        "inclined-plane",
        "chest-expansion",
        "breathing-lying",
        "breathing-seated",
        "cool-down",
        "hundred",
        "single-leg-lifts",
    } <= set(LIBRARY.exercises)
    assert set(LIBRARY.programmes) == {"gentle-beginner", "desk-break", "breathing-only", "full"}


@pytest.mark.parametrize("name", LIBRARY.programmes)
def test_a_programme_takes_about_its_minutes(name: str) -> None:
    plan = make_plan(LIBRARY, name, CHEST)
    minutes = sum(timetable(step).length_s for step in plan.steps) / 60
    assert minutes == pytest.approx(LIBRARY.programmes[name].minutes, rel=0.15)


@pytest.mark.parametrize("name", LIBRARY.exercises)
def test_every_exercise_is_safe_and_can_be_done_alone(name: str) -> None:
    exercise = LIBRARY.exercises[name]
    assert exercise.safety
    assert exercise.setup
    words = " ".join(text for step in make_plan(LIBRARY, name, CHEST).steps for text in step.step.say)
    assert "not a medical device" in words
    assert "sharp, stinging or intense pain" in words
    assert exercise.safety in words


def test_doses_are_those_of_the_programme() -> None:
    steps = {name: LIBRARY.exercises[name].steps for name in LIBRARY.exercises}
    (plane,) = steps["inclined-plane"]
    assert 8 <= plane.reps <= 12
    assert plane.hold_s >= 3
    (expansion,) = steps["chest-expansion"]
    assert 3 <= expansion.hold_s <= 4
    (rolling,) = steps["foam-rolling"]
    assert 20 <= rolling.hold_s <= 30
    (lying,) = steps["breathing-lying"]
    assert lying.pattern == "pilates"


def test_a_file_of_ones_own_is_added_or_takes_the_place_of_a_shipped_one() -> None:
    library = load_library({"mine.toml": SMALL, "other.toml": SMALL.replace('"bow"', '"warm-up"')})
    assert library.exercises["bow"].steps[0].reps == 3
    assert library.exercises["warm-up"].title == "Bow"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("reps = 3", "reps = 0", "reps"),
        ("reps = 3", "reps = 9", "limits"),
        ("target_deg = 20", "target_dg = 20", "target_dg"),
        ('kind = "reps"', 'kind = "rep"', "kind"),
        ("out_s = 3\n", "", "out_s"),
        ('position = "upright"', 'position = "hanging"', "position"),
        ("reps = [2, 6]", "reps = [6, 2]", "limits"),
        ("reps = [2, 6]", "repeats = [2, 6]", "limits"),
        ('safety = "Slowly."', "", "safety"),
        ("band_deg = 8", 'band_deg = 8\npattern = "boxx"', "boxx"),
        ("[[step]]", "[grow]\nreps = { by = 1, to = 9 }\n[[step]]", "limits"),
        ("[[step]]", "[grow]\nreps = 1\n[[step]]", "grow"),
        ("[[step]]", "[grow]\nhold_s = { by = 1, to = 3 }\n[[step]]", "grow"),
        ("[[step]]", "[grow]\ntarget_deg = { by = 1, to = 30 }\n[[step]]", "grow"),
        ("[[step]]", "[[step", "TOML"),
    ],
)
def test_wrong_files_are_refused(old: str, new: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint) as refused:
        load_library({"mine.toml": SMALL.replace(old, new, 1)})
    assert "mine.toml" in str(refused.value)


def test_wrong_programmes_are_refused() -> None:
    good = 'name = "p"\ntitle = "P"\nabout = "P."\nminutes = 5\n[[item]]\nexercise = "cat-cow"\n'
    assert load_library(own_programmes={"p.toml": good}).programme("p").items[0].exercise == "cat-cow"
    for wrong, complaint in (
        (good.replace("cat-cow", "cat-caw"), "cat-cow"),
        (good + 'variant = "standing"', "seated"),
        (good + "dose = { reps = 40 }", "limits"),
        (good + "dose = { hold_s = 4 }", "hold_s"),
    ):
        with pytest.raises(InputError, match=complaint):
            load_library(own_programmes={"p.toml": wrong})


def test_doses_stay_within_limits() -> None:
    with pytest.raises(UsageError, match="limits"):
        check_dose(LIBRARY.exercises["inclined-plane"], {"reps": 40})


def test_a_sensor_that_would_be_lain_on_gets_other_exercises_once() -> None:
    plan = make_plan(LIBRARY, "gentle-beginner", StreamInfo("upper-back", "upper-back"))
    names = list(dict.fromkeys(s.exercise for s in plan.steps if s.exercise))
    assert names.count("breathing-seated") == 1
    assert not {"foam-rolling", "inclined-plane", "breathing-lying"} & set(names)
    assert sum("takes its place" in note for note in plan.notes) == 1
    assert sum("left out" in note for note in plan.notes) == 3


def test_what_is_not_judged_depends_on_the_sensor() -> None:
    with_gyro = make_plan(LIBRARY, "inclined-plane", CHEST)
    without = make_plan(LIBRARY, "inclined-plane", StreamInfo("chest", "chest", has_gyro=False))
    told = [{words for s in plan.steps for words in s.not_judged} for plan in (with_gyro, without)]
    assert told[0] < told[1]
    assert any("smooth" in words for words in told[1] - told[0])


def test_holds_in_a_session_only_on_request() -> None:
    box = SMALL.replace("band_deg = 8", 'band_deg = 8\npattern = "box"')
    library = load_library({"mine.toml": box})
    with pytest.raises(UsageError, match="only on request"):
        make_plan(library, "bow", CHEST)
    plan = make_plan(library, "bow", CHEST, asked=True)
    assert any("Stop when dizzy" in text for s in plan.steps for text in s.step.say)


@pytest.mark.parametrize("name", [*LIBRARY.programmes, *LIBRARY.exercises])
def test_a_plan_survives_its_text(name: str) -> None:
    plan = make_plan(LIBRARY, name, CHEST)
    assert Plan.from_json(plan.to_json()) == plan


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"steps": [1]}', '{"steps": [{"step": {}}]}'])
def test_a_text_that_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        Plan.from_json(text)


def test_unknown_sessions_are_refused_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="gentle-beginner"):
        make_plan(LIBRARY, "gentle-beginer", CHEST)


def test_shipped_files_are_named_after_what_they_hold() -> None:
    data = resources.files("sensorcoach") / "data"
    for folder, known in (("exercises", LIBRARY.exercises), ("programmes", LIBRARY.programmes)):
        files = {f.name.removesuffix(".toml") for f in (data / folder).iterdir() if f.name.endswith(".toml")}
        assert files == set(known)


def test_cat_and_cow_can_be_swapped() -> None:
    swapped = make_plan(LIBRARY, "cat-cow", CHEST, variant="swapped")
    (step,) = (s.step for s in swapped.steps if s.step.kind == "reps")
    assert (step.out, step.back) == ("Breathe in, and round the back.", "Breathe out, and open the chest.")
    assert step.position == "all_fours"
