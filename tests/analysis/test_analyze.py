"""`sensorcoach.analyze`: sources, calibration, tables, and looking ahead."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sensorcoach
from sensorcoach.analysis.tables import BREATHS, SAMPLES, SECONDS
from sensorcoach.errors import InputError, UsageError
from sensorcoach.simulate.builtin import builtin_scenarios
from sensorcoach.simulate.scenario import Scenario
from sensorcoach.simulate.simulated import Simulated, simulate


@pytest.fixture(scope="module")
def desk() -> Simulated:
    return simulate(Scenario.from_toml(builtin_scenarios()["desk"]), with_up=True)


@pytest.fixture(scope="module")
def source(desk: Simulated) -> dict[str, object]:
    return {"t": desk.t_ns / 1e9 + 5000.25, "acc": desk.acc_ms2, "gyr": desk.gyr_rads}


@pytest.fixture(scope="module")
def result(source: dict[str, object], desk: Simulated) -> sensorcoach.Analysis:
    return sensorcoach.analyze(source, calibration=desk.truth.calibration)


def test_tables_have_the_promised_fields(result: sensorcoach.Analysis) -> None:
    assert result.seconds.dtype == SECONDS
    assert result.breaths.dtype == BREATHS
    assert result.samples.dtype == SAMPLES
    assert result.events.dtype.names == ("t_s", "event", "detail")


def test_times_keep_the_origin_of_the_input(result: sensorcoach.Analysis, desk: Simulated) -> None:
    assert result.seconds["t_s"][0] == 5001.0
    np.testing.assert_array_equal(np.diff(result.seconds["t_s"]), 1.0)
    assert len(result.samples) == len(desk.t_ns)
    np.testing.assert_allclose(result.samples["t_s"], desk.t_ns / 1e9 + 5000.25)
    assert result.breaths["t_inhale_s"].min() > 5000


def test_up_agrees_with_the_truth(result: sensorcoach.Analysis, desk: Simulated) -> None:
    up = np.column_stack([result.samples[f"up_{c}"] for c in "xyz"])
    known = np.isfinite(up).all(axis=1)
    assert known.mean() > 0.97
    assert desk.truth.up is not None
    angle = np.degrees(np.arccos(np.clip((up * desk.truth.up).sum(axis=1), -1, 1)))
    assert np.sqrt(np.mean(angle[known] ** 2)) < 1.0


def test_slouches_are_those_of_the_truth(result: sensorcoach.Analysis, desk: Simulated) -> None:
    started = result.events["t_s"][result.events["event"] == "slouch_started"]
    assert len(started) == len(desk.truth.slouches)


def test_without_calibration_the_first_stillness_serves_and_says_so(source: dict[str, object]) -> None:
    result = sensorcoach.analyze(source)
    assert result.metadata["neutral_pose"].startswith("first stillness")
    assert np.isfinite(result.seconds["inclination_deg"]).mean() > 0.8
    assert np.nanmax(result.seconds["posture_quality"]) < 0.8  # an unconfirmed pose is never trusted


def test_looking_ahead_shows_more_and_is_no_worse(source: dict[str, object], desk: Simulated) -> None:
    truth = desk.truth.seconds["breath_rate_brpm"]
    shares, errors = [], []
    for offline in (False, True):
        rate = sensorcoach.analyze(source, offline=offline).seconds["breath_rate_brpm"]
        n = min(len(rate), len(truth))
        shown = np.isfinite(rate[:n])
        shares.append(shown.mean())
        errors.append(np.nanmean(np.abs(rate[:n] - truth[:n])[shown]))
    assert shares[1] > shares[0] + 0.05
    assert errors[1] < errors[0] + 0.1


def test_gaps_in_t_are_gaps(source: dict[str, object], desk: Simulated) -> None:
    t = np.asarray(source["t"])
    keep = (t < 5060) | (t > 5072)
    assert desk.gyr_rads is not None
    cut = {"t": t[keep], "acc": desk.acc_ms2[keep], "gyr": desk.gyr_rads[keep]}
    result = sensorcoach.analyze(cut)
    assert (result.events["event"] == "gap").sum() == 1
    inside = (result.seconds["t_s"] >= 5063) & (result.seconds["t_s"] < 5072)  # nothing older than 3 s is shown
    assert inside.sum() == 9
    assert np.isnan(result.seconds["breath_rate_brpm"][inside]).all()
    assert np.isnan(result.seconds["flexion_deg"][inside]).all()
    assert len(result.samples) == keep.sum()


@pytest.mark.parametrize(
    ("calibration", "clue"),
    [
        ({"up": (0, 0, 1), "forward": (0, 0, 2)}, "same way"),
        ({"up": (0, 0, 0), "forward": (1, 0, 0)}, "direction"),
        ({"up": (0, 1), "forward": (1, 0, 0)}, "3-vector"),
        ({"forward": (1, 0, 0)}, "no up"),
        ({"up": (0, 0, 1), "left": (0, 1, 0)}, "left"),
    ],
)
def test_calibrations_that_make_no_sense(source: dict[str, object], calibration: dict[str, object], clue: str) -> None:
    with pytest.raises(UsageError, match=clue):
        sensorcoach.analyze(source, calibration=calibration)


@pytest.mark.parametrize("bad", [{}, {"t": [0, 1]}, {"t": [0.0], "acc": [[0, 0, 9.8]]}, {"t": "x", "acc": None}])
def test_arrays_that_are_none(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        sensorcoach.analyze(bad)


def test_a_path_and_its_arrays_give_the_same(tmp_path: Path, desk: Simulated) -> None:
    assert desk.gyr_rads is not None
    head = slice(0, 3000)
    columns = np.column_stack([desk.t_ns[head] / 1e9, desk.acc_ms2[head], desk.gyr_rads[head]])
    path = tmp_path / "desk.csv"
    np.savetxt(path, columns, delimiter=",", header="t,ax,ay,az,gx,gy,gz", comments="", fmt="%.17g")
    a = sensorcoach.analyze(path)
    b = sensorcoach.analyze({"t": columns[:, 0], "acc": columns[:, 1:4], "gyr": columns[:, 4:]})
    assert a.seconds.tobytes() == b.seconds.tobytes()
