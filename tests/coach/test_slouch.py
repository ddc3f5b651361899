"""The slouch machine: thresholds, dwell, hysteresis, one event per slouch, and None where nothing can be judged."""

from __future__ import annotations

import itertools

import pytest

from sensorcoach.coach.slouch import PATIENCE_S, SlouchMachine, SlouchProfiles, SlouchSettings
from sensorcoach.errors import UsageError
from sensorcoach.events import Event, SetSlouch, SlouchEnded, SlouchStarted
from sensorcoach.samples import NS

NAN = float("nan")


class Wearer:
    """Feeds a machine second by second."""

    def __init__(self, settings: SlouchSettings | None = None) -> None:
        self.machine = SlouchMachine("chest", settings or SlouchSettings())
        self.t_s = 0
        self.events: list[Event] = []

    def hold(
        self, seconds: int, flexion_deg: float, activity: str = "still", quality: float = 0.95
    ) -> list[bool | None]:
        out = []
        for _ in range(seconds):
            self.t_s += 1
            slouching, events = self.machine.update(self.t_s * NS, flexion_deg, quality, activity)
            out.append(slouching)
            self.events += events
        return out

    @property
    def started(self) -> list[SlouchStarted]:
        return [e for e in self.events if isinstance(e, SlouchStarted)]

    @property
    def ended(self) -> list[SlouchEnded]:
        return [e for e in self.events if isinstance(e, SlouchEnded)]


def test_a_slouch_is_told_after_the_dwell_and_its_end_after_two_seconds() -> None:
    w = Wearer()
    assert w.hold(10, 0.0) == [False] * 10
    assert w.hold(10, 20.0) == [False] * 5 + [True] * 5
    assert w.hold(4, 0.0) == [True, False, False, False]
    (start,), (end,) = w.started, w.ended
    assert (start.t_ns, start.onset_ns, start.flexion_deg) == (16 * NS, 10.6 * NS, 20.0)
    assert start.severity == pytest.approx(0.4)
    assert (end.t_ns, end.onset_ns, end.reason, end.peak_deg) == (22 * NS, 10.6 * NS, "upright", 20.0)


def test_below_the_threshold_nothing_is_a_slouch() -> None:
    w = Wearer()
    assert w.hold(600, 11.9) == [False] * 600
    assert w.events == []


def test_between_release_and_threshold_the_state_stays() -> None:
    w = Wearer()
    assert set(w.hold(60, 10.0)) == {False}
    w.hold(10, 13.0)
    assert set(w.hold(60, 9.5)) == {True}
    assert w.hold(3, 8.9)[-1] is False
    assert (len(w.started), len(w.ended)) == (1, 1)


def test_one_slouch_is_one_event_through_fidgeting_and_a_moment_upright() -> None:
    w = Wearer()
    w.hold(20, 20.0)
    for _ in range(20):
        w.hold(5, 20.0)
        w.hold(1, 2.0)
        assert w.hold(3, 25.0, "moving") == [None] * 3
        assert w.hold(2, 22.0, "bending") == [None] * 2
        assert w.hold(2, NAN, quality=NAN) == [None] * 2
    assert w.hold(1, 20.0) == [True]
    assert (len(w.started), len(w.ended)) == (1, 0)


def test_a_short_straightening_delays_the_alarm_but_does_not_start_over() -> None:
    w = Wearer()
    w.hold(3, 20.0)
    w.hold(1, 0.0)
    assert w.hold(3, 20.0) == [False, False, True]


@pytest.mark.parametrize("activity", ["walking", "running", "lying", "off"])
def test_leaving_the_seat_ends_it_at_once_and_begins_anew(activity: str) -> None:
    w = Wearer()
    w.hold(10, 20.0)
    assert w.hold(5, 20.0, activity) == [None] * 5
    (end,) = w.ended
    assert (end.t_ns, end.reason) == (11 * NS, activity)
    assert w.hold(4, 20.0) == [False] * 4
    assert w.hold(1, 20.0) == [True]


@pytest.mark.parametrize("activity", ["walking", "running", "lying", "moving", "bending", "unknown", "off"])
def test_nothing_is_judged_while_the_trunk_does_not_rest(activity: str) -> None:
    w = Wearer()
    assert w.hold(100, 40.0, activity) == [None] * 100
    assert w.events == []


@pytest.mark.parametrize(("flexion", "quality"), [(NAN, NAN), (20.0, 0.59), (20.0, NAN), (NAN, 0.95)])
def test_an_unknown_or_untrusted_angle_is_no_posture(flexion: float, quality: float) -> None:
    w = Wearer()
    assert w.hold(100, flexion, quality=quality) == [None] * 100
    assert w.events == []


def test_a_slouch_that_cannot_be_seen_for_long_is_over() -> None:
    w = Wearer()
    w.hold(10, 20.0)
    w.hold(int(PATIENCE_S), NAN, quality=NAN)
    assert w.ended == []
    w.hold(1, NAN, quality=NAN)
    assert w.ended[0].reason == "unknown"
    w.hold(10, 20.0)
    assert len(w.started) == 2


def test_sinking_in_counts_towards_the_dwell_but_the_alarm_waits_for_rest() -> None:
    w = Wearer()
    assert w.hold(4, 20.0, "bending") == [None] * 4
    assert w.hold(1, 20.0) == [True]
    assert w.started[0].onset_ns == 0


@pytest.mark.parametrize("crossing_s", [0.0, 0.2, 0.4, 0.6, 0.8])
def test_the_alarm_comes_within_half_a_second_of_the_end_of_the_dwell(crossing_s: float) -> None:
    """On a slow rise that crosses the threshold somewhere within a second."""
    w = Wearer()
    for second in range(1, 40):
        w.hold(1, 12.0 + 1.0 * (second - 10 - crossing_s))
    (start,) = w.started
    assert start.onset_ns / NS == pytest.approx(10 + crossing_s, abs=1e-6)
    assert start.t_ns / NS == pytest.approx(15 + crossing_s, abs=0.51)


def test_a_second_that_is_not_judged_still_says_where_the_lean_came_from() -> None:
    """Sinking in quickly shakes the trunk for a second: `moving`, but the angle is known."""
    w = Wearer()
    w.hold(5, 0.0)
    w.hold(1, 8.0, "moving")
    w.hold(8, 20.0)
    assert w.started[0].onset_ns == pytest.approx(6.333 * NS, abs=0.01 * NS)


def test_time_that_nobody_told_of_does_not_count() -> None:
    w = Wearer()
    w.hold(2, 0.0)
    w.hold(1, 20.0)
    w.t_s += 3600
    assert w.hold(2, 20.0) == [False, False]


def test_a_vehicle_gets_a_higher_threshold_and_a_longer_dwell() -> None:
    w = Wearer()
    assert set(w.hold(100, 17.0, "vehicle")) == {False}
    assert w.hold(15, 19.0, "vehicle") == [False] * 14 + [True]


def test_leaning_back_is_never_a_slouch() -> None:
    w = Wearer()
    assert set(w.hold(600, -40.0)) == {False}


def test_presets_are_ordered_and_all_day_is_more_patient() -> None:
    names = ("strict", "normal", "relaxed")
    for mode in ("training", "all-day"):
        presets = [SlouchSettings.preset(n, mode) for n in names]  # type: ignore[arg-type]
        for a, b in itertools.pairwise(presets):
            assert a.threshold_deg < b.threshold_deg
            assert a.dwell_s < b.dwell_s
    assert SlouchSettings.preset() == SlouchSettings()
    assert (SlouchSettings().threshold_deg, SlouchSettings().release_deg, SlouchSettings().dwell_s) == (12, 9, 5)
    assert SlouchSettings.preset("normal", "all-day").dwell_s == 60
    assert SlouchSettings.preset("strict").release_deg == 5


@pytest.mark.parametrize("bad", [{"threshold_deg": 1.0}, {"threshold_deg": NAN}, {"dwell_s": -1.0}, {"dwell_s": NAN}])
def test_senseless_settings_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="makes no sense"):
        SlouchSettings(**bad)


def test_an_unknown_preset_is_refused_with_the_choices() -> None:
    with pytest.raises(UsageError, match="strict, normal, relaxed"):
        SlouchSettings.preset("harsh")  # type: ignore[arg-type]


def test_no_dwell_alarms_at_once() -> None:
    w = Wearer(SlouchSettings(dwell_s=0.0))
    assert w.hold(2, 0.0) == [False, False]
    assert w.hold(1, 13.0) == [True]


def test_a_bow_to_the_floor_counts_towards_no_slouch() -> None:
    w = Wearer()
    w.hold(20, 0.0)
    w.hold(4, 72.0, activity="bending")
    w.hold(2, 30.0, activity="bending")  # the median of four seconds lags behind
    judged = w.hold(5, 10.0)
    assert judged == [False] * 5


def test_a_pose_nobody_confirmed_is_judged_but_says_so() -> None:
    w = Wearer()
    assert w.hold(30, 20.0, quality=0.6)[-1] is True
    started = [e for e in w.events if isinstance(e, SlouchStarted)]
    assert [e.trusted for e in started] == [False]


def test_sitting_and_standing_may_have_thresholds_of_their_own() -> None:
    profiles = SlouchProfiles(sit=SlouchSettings(15.0, 60.0), stand=SlouchSettings(8.0, 30.0))
    assert profiles.command(7, "chest", "sit") == SetSlouch(7, "chest", 15.0, 60.0)
    assert profiles.command(7, "chest", "stand") == SetSlouch(7, "chest", 8.0, 30.0)


def test_new_settings_hold_from_the_next_second_on() -> None:
    w = Wearer()
    assert w.hold(20, 10.0) == [False] * 20
    w.machine.settings = SlouchSettings(8.0, 3.0)
    assert w.hold(6, 10.0) == [False] * 2 + [True] * 4
    w.machine.settings = SlouchSettings(20.0, 3.0)
    assert w.hold(4, 10.0) == [True, False, False, False]
