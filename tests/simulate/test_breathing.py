from __future__ import annotations

import numpy as np
import pytest

from sensorcoach.simulate import Scenario, VirtualSensor, simulate
from sensorcoach.simulate.breathing import plan_breaths

from .scenes import IDEAL_SENSOR, QUIET_WEARER, scenario

STEADY = "variability = 0\ndrift = 0\n"


def breaths(text: str, duration_s: float = 300) -> np.ndarray:
    return simulate(scenario("[[breathing]]", text, duration_s=duration_s)).truth.breaths


def test_constant_rate_and_ratio() -> None:
    table = breaths("rate_brpm = 12\nie_ratio = 0.5\n" + STEADY)
    assert len(table) == 60
    np.testing.assert_allclose(table["rate_brpm"], 12.0)
    np.testing.assert_allclose(table["ti_s"] / table["te_s"], 0.5)
    np.testing.assert_allclose(table["depth"], 1.0)
    np.testing.assert_array_equal(table["t_inhale_s"][1:], table["t_end_s"][:-1])


def test_timed_phases_with_holds() -> None:
    table = breaths("inhale_s = 4\nhold_in_s = 2\nexhale_s = 6\nhold_out_s = 3\n" + STEADY)
    np.testing.assert_allclose(table["t_hold_in_s"] - table["t_inhale_s"], 4.0)
    np.testing.assert_allclose(table["t_exhale_s"] - table["t_hold_in_s"], 2.0)
    np.testing.assert_allclose(table["t_hold_out_s"] - table["t_exhale_s"], 6.0)
    np.testing.assert_allclose(table["t_end_s"] - table["t_hold_out_s"], 3.0)


def test_holds_are_part_of_the_cycle_at_a_given_rate() -> None:
    table = breaths("rate_brpm = 6\nhold_in_s = 2\nhold_out_s = 1\n" + STEADY)
    np.testing.assert_allclose(table["t_end_s"] - table["t_inhale_s"], 10.0)


def test_ramp_steps_and_lists() -> None:
    ramp = breaths("rate_brpm = [6, 20]\n" + STEADY)
    middle = (ramp["t_inhale_s"] + ramp["t_end_s"]) / 2
    inner = ramp["t_end_s"] < 290
    np.testing.assert_allclose(ramp["rate_brpm"][inner], 6 + 14 * middle[inner] / 300, rtol=0.02)
    steps = breaths("rate_brpm = [15, 10, 5]\nstep_s = 100\n" + STEADY)
    np.testing.assert_allclose(steps["rate_brpm"][(steps["t_inhale_s"] > 105) & (steps["t_end_s"] < 195)], 10.0)


def test_variability_is_what_was_asked_for_and_slow_drift_adds_to_it() -> None:
    def long(text: str) -> tuple[np.ndarray, np.ndarray]:
        plan = plan_breaths(scenario("[[breathing]]\nrate_brpm = 15", text, duration_s=20_000), seed=1)
        return np.log(plan.end_s - plan.inhale_s), np.log(plan.depth)

    cycle, depth = long("variability = 0.1\ndrift = 0\n")
    assert cycle.std() == pytest.approx(0.1, rel=0.1)
    assert depth.std() == pytest.approx(0.15, rel=0.1)
    assert np.corrcoef(cycle[1:], cycle[:-1])[0, 1] == pytest.approx(0.6, abs=0.06)
    assert long("variability = 0\ndrift = 0.1\n")[0].std() == pytest.approx(0.1, rel=0.2)


def test_sighs_are_rare_deep_and_long() -> None:
    table = breaths("rate_brpm = 12\nsigh_every_s = 50\n" + STEADY, duration_s=1000)
    sighs = table["depth"] > 2
    assert 15 <= sighs.sum() <= 26
    assert table["rate_brpm"][sighs].max() < table["rate_brpm"][~sighs].min()


def test_the_last_breath_ends_with_the_scenario() -> None:
    for rate in (5.3, 7, 11.9, 26):
        table = breaths(f"rate_brpm = {rate}\n", duration_s=61)
        assert table["t_end_s"][-1] == pytest.approx(61.0)
        assert table["rate_brpm"][-1] < 2.1 * rate


def test_no_breathing_is_no_rate() -> None:
    text = "rate_brpm = 15\n[[breathing]]\nat_s = 60\nrate_brpm = 0\n[[breathing]]\nat_s = 120\nrate_brpm = 15\n"
    truth = simulate(scenario("[[breathing]]", text, duration_s=180)).truth
    assert not ((truth.breaths["t_inhale_s"] >= 60) & (truth.breaths["t_inhale_s"] < 120)).any()
    seconds = truth.seconds
    assert np.isnan(seconds["breath_rate_brpm"][(seconds["t_s"] > 95) & (seconds["t_s"] < 120)]).all()
    assert set(seconds["breath_phase"][70:119]) == {""}


def test_the_signal_turns_where_the_truth_says() -> None:
    """Recover every onset from the noise-free tilt of the chest: it turns within a tenth of a breath."""
    text = "[[breathing]]\nrate_brpm = 12\nvariability = 0.1\n"
    recording = simulate(scenario(IDEAL_SENSOR, QUIET_WEARER, text, duration_s=300), with_up=True)
    up = recording.truth.up
    assert up is not None
    t = recording.t_ns * 1e-9
    tilt = up @ np.array(recording.truth.calibration["forward"])  # the skin looks up at the top of a breath
    table = recording.truth.breaths
    for row in table[:-1]:
        near = (t > row["t_inhale_s"] + 0.05) & (t < row["t_end_s"] - 0.05)
        top = t[near][tilt[near].argmax()]
        assert top == pytest.approx(row["t_exhale_s"], abs=0.3)
    crossings = np.flatnonzero(np.diff((tilt > np.median(tilt)).astype(int)) == 1)
    assert len(crossings) == len(table)


def test_mean_rate_counts_breaths_over_thirty_seconds() -> None:
    truth = simulate(scenario("[[breathing]]\nrate_brpm = [10, 20]\nvariability = 0.1", duration_s=300)).truth
    inhale = truth.breaths["t_inhale_s"]
    for row in truth.seconds[40::17]:
        count = ((inhale > row["t_s"] - 30) & (inhale <= row["t_s"])).sum()
        assert abs(row["breath_rate_brpm"] - 2 * count) <= 2.5


def test_phase_names_follow_the_breath() -> None:
    text = "inhale_s = 3\nhold_in_s = 2\nexhale_s = 4\nhold_out_s = 1\n" + STEADY
    truth = simulate(scenario("[[breathing]]", text, duration_s=40)).truth
    names = ["inhale", "inhale", "hold_in", "hold_in", "exhale", "exhale", "exhale", "exhale", "hold_out", "inhale"]
    assert list(truth.seconds["breath_phase"][:10]) == names


def test_breathing_starts_over_in_a_loop_without_a_seam() -> None:
    text = "duration_s = 20\nloop = true\n[[breathing]]\nrate_brpm = 13\n"
    sensor = VirtualSensor(Scenario.from_toml(IDEAL_SENSOR.join([text.split("[[")[0], "[[" + text.split("[[")[1]])))
    reading = sensor.read(0, 3 * sensor.sample_count)
    still = np.abs(np.diff(reading.acc_ms2, axis=0)).max(axis=1)
    seams = np.array([1, 2]) * sensor.sample_count
    around = np.concatenate([still[s - 3 : s + 3] for s in seams])
    assert around.max() <= still.max()
    volume = sensor.body.volume.at(np.array([0.0, 20.0])).x
    np.testing.assert_allclose(volume, 0.0, atol=1e-9)
