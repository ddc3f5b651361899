from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import pytest

from sensorcoach.events import Event, Gap, Link, Notice, SlouchStarted
from sensorcoach.protocol import BatteryLevel, HeartBeats
from sensorcoach.samples import NS
from sensorcoach.tui import trace
from sensorcoach.tui.model import LOG_LINES, STALE_S, DashboardModel

from .feeds import NAN, SENSOR, desk, second, slouching, upright_again, walking, wave


def shown(events: Sequence[Event]) -> DashboardModel:
    model = DashboardModel(SENSOR)
    for event in events:
        model.apply(event)
    return model


def test_before_anything_is_heard_nothing_is_claimed() -> None:
    model = DashboardModel(SENSOR)
    assert model.rate(0.0).tier == "absent"
    assert model.posture(0.0).state == "unknown"
    assert model.activity_words(0.0) == ""
    assert math.isinf(model.age_s(0.0))


@pytest.mark.parametrize(
    ("quality", "reason", "tier", "word"),
    [
        (0.9, "", "trusted", "steady"),
        (0.6, "", "unsure", "unsure"),
        (0.4, "", "absent", "not known"),
        (NAN, "walking", "absent", "walking"),
    ],
)
def test_rate_in_three_tiers(quality: float, reason: str, tier: str, word: str) -> None:
    rate = shown([second(10, quality=quality, reason=reason)]).rate(10.0)
    assert (rate.tier, rate.word) == (tier, word)
    assert math.isfinite(rate.rate_brpm) == (tier != "absent")
    assert bool(rate.why) == (tier == "absent")


def test_old_values_are_not_shown() -> None:
    model = shown(desk(30))
    assert model.rate(30.0 + STALE_S - 0.1).tier == "trusted"
    assert model.posture(30.0 + STALE_S - 0.1).state == "ok"
    late_s = 30.0 + STALE_S + 0.1
    assert (model.rate(late_s).tier, model.rate(late_s).word) == ("absent", "no data")
    assert model.posture(late_s).state == "unknown"
    assert model.activity_words(late_s) == ""
    assert model.breathing_words(late_s) == ""


def test_rows_without_data_do_not_count_as_data() -> None:
    model = shown([*desk(30), *(second(30 + k, reason="no_data", activity="unknown") for k in range(1, 6))])
    assert model.age_s(35.0) == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("flexion_deg", "activity", "slouch", "state"),
    [
        (3.0, "still", False, "ok"),
        (-8.0, "still", False, "ok"),
        (12.0, "still", False, "lean"),
        (24.0, "still", True, "slouch"),
        (40.0, "bending", False, "unknown"),
        (70.0, "still", False, "unknown"),
        (3.0, "walking", None, "unknown"),
        (80.0, "lying", None, "unknown"),
        (NAN, "still", None, "unknown"),
    ],
)
def test_posture_in_words(flexion_deg: float, activity: str, slouch: bool | None, state: str) -> None:
    row = second(9, flexion_deg=flexion_deg, activity=activity, slouching=slouch)
    assert shown([row]).posture(9.0).state == state


def test_a_slouch_lasts_until_it_is_over() -> None:
    events = slouching(60.0)
    model = shown(events)
    assert model.posture(60.0).state == "slouch"
    assert model.slouch_since_s == pytest.approx(40.0)
    model.apply(upright_again(61.0))
    assert model.slouch_since_s is None
    assert model.log[-1].text.startswith("Upright again")


def test_walking_hides_breath_and_posture() -> None:
    model = shown(walking(60.0))
    assert model.rate(60.0).why == "breathing is not read while you walk"
    assert model.posture(60.0).why == "walking: not judged"
    assert math.isnan(model.trace.level_at(59.0))
    assert math.isfinite(model.trace.level_at(45.0))


def test_moments_are_remembered_up_to_a_limit() -> None:
    model = shown([Notice(k * NS, SENSOR, "x", f"Notice {k}.", "") for k in range(LOG_LINES + 5)])
    assert len(model.log) == LOG_LINES
    assert model.log[-1].text == f"Notice {LOG_LINES + 4}."


def test_gaps_are_counted_and_long_ones_told() -> None:
    model = shown([Gap(10 * NS, SENSOR, 10 * NS - NS // 5, 20), Gap(20 * NS, SENSOR, 15 * NS, 500)])
    assert model.gaps == 2
    assert [line.text for line in model.log] == ["Nothing came from the sensor for 5 s."]


def test_a_seek_forgets_what_was_shown_but_not_the_log() -> None:
    model = shown([*slouching(60.0), Link(5 * NS, SENSOR, "seek", "")])
    assert len(model.trace) == 0
    assert model.rate(5.0).tier == "absent"
    assert model.posture(5.0).state == "unknown"
    assert model.log


def test_battery_and_heart_are_shown_while_they_are_known() -> None:
    model = shown(desk(20))
    assert math.isnan(model.battery_percent)
    assert model.heart_bpm(20.0) == 0
    model.apply(BatteryLevel(20 * NS, SENSOR, 18.0))
    model.apply(HeartBeats(20 * NS, SENSOR, 61, (0.98,)))
    assert model.battery_low
    assert model.log[-1].text == "The sensor's battery (chest) is at 18 %. Charge it soon."
    assert model.heart_bpm(29.0) == 61
    assert model.heart_bpm(31.0) == 0
    model.apply(BatteryLevel(30 * NS, SENSOR, 80.0))
    assert not model.battery_low


def test_other_sensors_are_left_out() -> None:
    model = shown([SlouchStarted(NS, "lower-back", 0, 20.0, 0.3)])
    assert not model.log
    assert model.slouch_since_s is None


def test_points_carry_how_far_they_can_be_trusted() -> None:
    model = shown([wave(1), second(1, reason="settling"), wave(1.2), second(2), wave(2.2)])
    _, tier = model.trace.sample(np.array([0.95, 1.15, 2.15]))
    assert tier.tolist() == [trace.UNSURE, trace.UNSURE, trace.TRUSTED]


def test_the_model_needs_no_screen() -> None:
    code = "import sys, sensorcoach.tui.model, sensorcoach.tui.feed; sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
