from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensorcoach.errors import UsageError
from sensorcoach.simulate import Scenario, VirtualSensor, builtin_scenarios

HEAD = "duration_s = 60\n"
BREATHS = "[[breathing]]\nrate_brpm = 15\n"

WRONG = {
    "not TOML": ("duration_s = = 3", "not valid TOML"),
    "missing duration": ('name = "x"', "`duration_s` is missing in the scenario"),
    "unknown top key": ("duration = 60", "unknown key `duration` in the scenario. Did you mean `duration_s`?"),
    "unknown sensor key": (HEAD + "[sensor]\ngyro_bias_dps = [0,0,0]", "Did you mean `gyr_bias_dps`?"),
    "unknown breathing key": (HEAD + "[[breathing]]\nrate_bpm = 15", "`rate_bpm` in [[breathing]] number 1"),
    "nothing near": (HEAD + "[wearer]\nzzz = 1", "Known keys: breath, "),
    "unknown pose": (HEAD + '[[posture]]\npose = "slouched"', "Did you mean 'slouch'?"),
    "unknown kind": (HEAD + '[[activity]]\nkind = "swim"', "It can be: walk, run, vehicle, fidget"),
    "pose missing": (HEAD + "[[posture]]\nat_s = 0", "`pose` is missing in [[posture]] number 1"),
    "text for a number": ('duration_s = "60"', "must be a number, not '60'"),
    "true for a number": ("duration_s = true", "must be a number, not True"),
    "nan": ("duration_s = nan", "must be a number, not nan"),
    "number for text": (HEAD + "name = 3", "must be text, not a number"),
    "number for a flag": (HEAD + "loop = 1", "must be true or false, not 1"),
    "fraction": (HEAD + "seed = 1.5", "must be a whole number, not 1.5"),
    "too high": (HEAD + "[sensor]\nloss_rate = 1.0", "between 0 and 0.95, not 1"),
    "too low": (HEAD + "[wearer]\nsway = -1", "between 0 and 20, not -1"),
    "wrong length": (HEAD + "[sensor]\nacc_bias_mg = [1, 2]", "a list of 3 numbers"),
    "empty list": (HEAD + "[[breathing]]\nrate_brpm = []", "must not be empty"),
    "no pairs": (HEAD + "[sensor]\ngaps_s = [10, 2]", "a list of pairs"),
    "table for a list": (HEAD + "[breathing]\nrate_brpm = 3", "Write each one under [[breathing]]"),
    "text for a table": (HEAD + 'sensor = "chest"', "[sensor] must be a table"),
    "no rate at all": (HEAD + "[[breathing]]\ndepth = 2", "needs either `rate_brpm`, or `inhale_s` and `exhale_s`"),
    "two rates": (HEAD + BREATHS + "inhale_s = 2\nexhale_s = 3", "needs either `rate_brpm`"),
    "half timed": (HEAD + "[[breathing]]\ninhale_s = 2", "must both be at least 0.3"),
    "rate too slow": (HEAD + "[[breathing]]\nrate_brpm = 1", "0 (no breathing) or at least 2"),
    "zero in a list": (HEAD + "[[breathing]]\nrate_brpm = [0, 15]", "cannot be part of a list"),
    "holds too long": (HEAD + BREATHS + "hold_in_s = 3", "less than 30 % of each breath"),
    "late start": (HEAD + "[[breathing]]\nat_s = 5\nrate_brpm = 15", "first [[breathing]] must begin at `at_s = 0`"),
    "order": (HEAD + BREATHS + "at_s = 9\n" + BREATHS, "in the order of their `at_s`"),
    "beyond the end": (HEAD + BREATHS + BREATHS + "at_s = 70\n", "begins after the end, 60 s"),
    "overlapping poses": (
        HEAD
        + '[[posture]]\npose = "sit"\n[[posture]]\nat_s = 9\npose = "slouch"\n[[posture]]\nat_s = 20\npose = "sit"',
        "Start it at 29 s or later",
    ),
    "overlapping activities": (
        HEAD + '[[activity]]\nkind = "walk"\nduration_s = 9\n[[activity]]\nat_s = 5\nkind = "run"\n',
        "'walk' at 0 s is not over when 'run' begins",
    ),
    "endless walk": (HEAD + '[[activity]]\nkind = "walk"\nduration_s = 99', "not over at the end"),
    "walking in bed": (HEAD + '[[posture]]\npose = "lie_back"\n[[activity]]\nkind = "walk"', "nobody can walk lying"),
    "loop with another end": (
        HEAD + 'loop = true\n[[posture]]\npose = "sit"\n[[posture]]\nat_s = 9\npose = "slouch"',
        "must end as it began",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_every_mistake_is_named(case: str) -> None:
    content, expected = WRONG[case]
    with pytest.raises(UsageError) as error:
        Scenario.from_toml(content)
    assert expected in str(error.value)


def test_bytes_are_read_as_utf_8() -> None:
    assert Scenario.from_toml(HEAD.encode() + 'name = "möbel"'.encode()).name == "möbel"
    with pytest.raises(UsageError, match="not valid TOML"):
        Scenario.from_toml(b"\xff\xfe")


def test_defaults_are_a_calm_sitter() -> None:
    scenario = Scenario.from_dict({"duration_s": 60})
    assert [p.rate_brpm for p in scenario.breathing] == [(15.0,)]
    assert [p.pose for p in scenario.posture] == ["upright"]
    assert scenario.sensor.site == "chest"


scalars = st.one_of(st.none(), st.booleans(), st.integers(-5, 90), st.floats(), st.text(max_size=5))
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2)
)
tables = st.dictionaries(
    st.sampled_from(["at_s", "rate_brpm", "pose", "kind", "duration_s", "site", "gaps_s", "sway", "x"]),
    values,
    max_size=4,
)
anything = st.fixed_dictionaries(
    {"duration_s": st.one_of(st.just(60), values)},
    optional={
        "sensor": tables | values,
        "wearer": tables,
        "breathing": st.lists(tables, max_size=2) | values,
        "posture": st.lists(tables, max_size=2),
        "activity": st.lists(tables, max_size=2),
        "seed": values,
        "other": values,
    },
)


@given(anything)
def test_any_table_is_a_scenario_or_a_clear_refusal(table: dict[str, object]) -> None:
    with suppress(UsageError):
        assert Scenario.from_dict(table).duration_s >= 1


@pytest.mark.parametrize("name", builtin_scenarios())
def test_shipped_scenarios_can_be_run(name: str) -> None:
    scenario = Scenario.from_toml(builtin_scenarios()[name])
    assert scenario.name == name
    assert scenario.description
    assert 240 <= scenario.duration_s <= 900
    reading = VirtualSensor(scenario).read(0, 100)
    assert len(reading) == 100


def test_shipped_scenarios_are_complete() -> None:
    assert list(builtin_scenarios()) == ["back", "calibrate", "demo", "desk", "lying", "paced", "walk"]


def test_the_demo_shows_a_breath_at_once_a_slouch_within_a_minute_and_can_go_on_for_ever() -> None:
    scenario = Scenario.from_toml(builtin_scenarios()["demo"])
    assert scenario.loop
    sensor = VirtualSensor(scenario)
    assert sensor.body.breaths.end_s[0] < 6
    later = sensor.read(2 * sensor.sample_count + 100, 2 * sensor.sample_count + 200)
    assert len(later) == 100
