"""Sighs, holds and how much breaths differ: what counts, what does not, and what is not known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sensorcoach.analysis.tables import BREATHS, HOLDS, SECONDS, Table
from sensorcoach.report.gather import Recording, gather
from sensorcoach.report.measures import Measure, recording_measures
from sensorcoach.report.recording_page import recording_page
from sensorcoach.report.shares import counts_of
from sensorcoach.report.single_breaths import hold_words, sigh_words, sighs, spread, with_shapes
from sensorcoach.transport.replay import samples

LENGTH_S = 5.0


def breaths(depths: list[float], sensor: str = "chest") -> Table:
    """One breath after the other, all sure."""
    out = np.zeros(len(depths), BREATHS)
    out["t_inhale_s"] = 10.0 + LENGTH_S * np.arange(len(depths))
    out["t_exhale_s"] = out["t_inhale_s"] + 2.0
    out["t_end_s"] = out["t_inhale_s"] + LENGTH_S
    out["ti_s"], out["te_s"], out["rate_brpm"] = 2.0, 3.0, 12.0
    out["depth"], out["quality"], out["sensor"] = depths, 0.95, sensor
    return out


def seconds(n: int = 120, sensor: str = "chest") -> Table:
    out = np.zeros(n, SECONDS)
    out["t_s"], out["sensor"] = np.arange(1.0, n + 1.0), sensor
    return out


def shaped(table: Table, hold_in_s: float = 0.0, hold_out_s: float = 0.0, every: int = 1) -> Table:
    holds = np.zeros(len(table), HOLDS)
    holds["hold_in_s"][::every], holds["hold_out_s"][::every] = hold_in_s, hold_out_s
    return with_shapes(table, holds, seconds())


def found(table: Table, rows: Table | None = None) -> list[float]:
    return sighs(table, seconds() if rows is None else rows).tolist()


def test_a_single_deep_breath_is_a_sigh() -> None:
    assert found(breaths([1.0, 1.1, 2.0, 0.9, 1.7])) == [0, 0, 1, 0, 0]


def test_of_a_run_of_deep_breaths_only_the_first_is() -> None:
    assert found(breaths([1.0, 2.0, 2.1, 2.2, 1.0])) == [0, 1, 0, 0, 0]


@pytest.mark.parametrize("length_s", [3.0, 17.0])
def test_what_is_much_shorter_or_longer_than_a_breath_is_none(length_s: float) -> None:
    table = breaths([1.0, 1.0, 2.5, 1.0])
    table["t_end_s"][2] = table["t_inhale_s"][2] + length_s
    assert found(table) == [0, 0, 0, 0]


def test_after_a_break_it_may_have_been_the_movement() -> None:
    table = breaths([1.0, 1.0, 2.5, 1.0])
    table["t_end_s"][1] -= 1.0
    assert found(table)[2] == 0


def test_a_shift_on_the_chair_is_no_sigh() -> None:
    table, rows = breaths([1.0, 1.0, 2.5, 1.0]), seconds()
    rows["flexion_deg"][rows["t_s"] > 22.0] = 3.0
    assert found(table, rows)[2] == 0
    rows["flexion_deg"] = np.nan
    assert found(table, rows)[2] == 1


def test_where_a_breath_is_not_sure_it_is_not_known() -> None:
    table = breaths([np.nan, 1.0, 2.5, 1.0])
    table["quality"][3] = 0.6
    assert np.isnan(found(table)).tolist() == [True, False, False, True]
    on_the_back = with_shapes(breaths([1.0, 2.5], "upper-back"), np.zeros(2, HOLDS), seconds(120, "upper-back"))
    assert np.isnan(on_the_back["sigh"]).all()


def test_sighs_an_hour_only_from_a_quarter_of_an_hour_on() -> None:
    few, many = shaped(breaths([1.0, 2.0] + [1.0] * 10)), shaped(breaths([1.0, 2.0] + [1.0] * 238))
    assert sigh_words(few) == ("1", "in 60 s of sure breaths without a pacer")
    assert sigh_words(many) == ("1", "in 20 min of sure breaths without a pacer: 3 an hour")


def test_holds_are_a_habit_or_chance() -> None:
    table = breaths([1.0] * 40)
    assert hold_words(shaped(table)) == ("no habit", "0 of 40 whole breaths")
    assert hold_words(shaped(table, 3.0, every=20)) == ("no habit", "2 of 40 whole breaths, which may be chance")
    assert hold_words(shaped(table, 3.0, every=4)) == (
        "10",
        "of 40 whole breaths; after breathing in, typically 3.0 s",
    )
    both = hold_words(shaped(table, 4.0, 2.0))
    assert both == (
        "40",
        "of 40 whole breaths; after breathing in, typically 4.0 s; after breathing out, typically 2.0 s",
    )


def test_spread_does_not_mind_a_sigh() -> None:
    values = np.array([0.9, 1.0, 1.1] * 10)
    assert spread(np.append(values, 3.0)) == pytest.approx(spread(values), abs=0.01)
    assert spread(np.ones(9)) == 0.0


@pytest.fixture(scope="module")
def lying() -> Recording:
    return gather(next(path for path in samples() if path.stem == "lying"))


def by_key(recording: Recording) -> dict[str, Measure]:
    return {m.key: m for m in recording_measures(recording, counts_of(recording), "")}


def test_a_page_tells_depth_sighs_and_holds(lying: Recording) -> None:
    page = recording_page(lying)
    told = {m.key: m for m in page.measures}
    for key in ("ie", "depth", "sighs", "holds"):
        assert told[key].value, key
        assert told[key].meaning.endswith("."), key
    grid = next(s.behind for s in page.sections if s.heading == "Breath by breath")
    assert grid is not None
    assert grid.head[-1] == "Depth, 1 is usual"
    names = page.tables["breaths"].dtype.names
    assert names is not None
    assert names[:9] == BREATHS.names
    assert names[9:] == ("hold_in_s", "hold_out_s", "sigh")


def test_too_few_sure_breaths_say_so(lying: Recording) -> None:
    few = by_key(replace(lying, breaths=lying.breaths[:3]))
    for key in ("depth", "sighs", "holds"):
        assert few[key].value == ""
        assert few[key].basis.startswith("too few whole breaths")


def test_the_back_tells_no_sighs(lying: Recording) -> None:
    told = by_key(replace(lying, breath_sensor="upper-back"))["sighs"]
    assert (told.value, told.basis) == ("", "the back shows too little of them")
