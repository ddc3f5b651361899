"""What deserves an alert, second by second: only trusted slouches of a wearer at rest, seldom, and never twice."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensorcoach.alerts.policy import APART_S, AlertPolicy
from sensorcoach.alerts.settings import AlertSettings
from sensorcoach.errors import UsageError
from sensorcoach.events import (
    Alert,
    AlertCleared,
    BreakDue,
    Command,
    Event,
    Mute,
    Notice,
    Second,
    SetAlerts,
    SlouchEnded,
    SlouchStarted,
    Snooze,
)
from sensorcoach.samples import NS, Packet, Tick

NAN = float("nan")
NOON_NS = 1_767_268_800 * NS  # 1 January 2026, 12:00 UTC
TRAINING = AlertSettings("training", quota=0, quiet="")


def row(second: int, *, activity: str = "still", slouching: bool | None = False, quality: float = 1.0) -> Second:
    return Second(
        second * NS,
        "chest",
        14.0,
        14.0,
        0.9,
        "",
        "",
        18.0 if slouching else 2.0,
        0.0,
        5.0,
        quality,
        activity,
        slouching,
    )


def silent(second: int) -> Second:
    return replace(
        row(second, activity="unknown", slouching=None, quality=NAN), breath_rate_brpm=NAN, breath_reason="no_data"
    )


def day(
    slouches: Sequence[tuple[int, int]], until: int, *, trusted: bool = True, activity: str = "still"
) -> list[Event]:
    """Rows of a day with slouches from one second to another."""
    events: list[Event] = []
    for second in range(1, until + 1):
        for start, end in slouches:
            if second == start:
                events.append(SlouchStarted(second * NS, "chest", (second - 5) * NS, 18.0, 0.3, trusted))
            if second == end:
                events.append(SlouchEnded(second * NS, "chest", (start - 5) * NS, "upright", 20.0))
        inside = any(start <= second < end for start, end in slouches)
        events.append(row(second, slouching=inside, activity=activity if inside else "still"))
    return events


def ticks(until: int, wall_ns: int = NOON_NS, offset_s: int = 0) -> list[Tick]:
    return [Tick(s * NS, wall_ns + s * NS, offset_s) for s in range(until + 1)]


def heard(
    events: Iterable[Event], items: Iterable[object] = (), settings: AlertSettings = TRAINING, used: int = 0
) -> list[Event]:
    policy = AlertPolicy()
    return policy.hear([settings.command("chest", used), *items], events)


def alerts(events: Iterable[Event]) -> list[int]:
    return [e.t_ns // NS for e in events if isinstance(e, Alert)]


def test_a_slouch_is_told_of_once_and_its_correction_seen() -> None:
    out = heard(day([(10, 60)], 100))
    assert alerts(out) == [10]
    (told,) = (e for e in out if isinstance(e, Alert))
    assert (told.about, told.text) == ("slouch", "You have leaned 18° forward for 5 s. Let the chest rise.")
    assert [(e.t_ns // NS, e.text) for e in out if isinstance(e, AlertCleared)] == [
        (60, "Upright again after 55 s. Nice.")
    ]


def test_without_settings_nothing_is_added() -> None:
    events = day([(10, 60)], 100)
    assert AlertPolicy().hear(ticks(100), events) == events


def test_an_untrusted_slouch_never_alarms() -> None:
    assert alerts(heard(day([(10, 400)], 500, trusted=False))) == []


@pytest.mark.parametrize("activity", ["walking", "running", "lying", "bending", "vehicle", "off", "moving", "unknown"])
def test_only_a_wearer_at_rest_is_alerted(activity: str) -> None:
    assert alerts(heard(day([(10, 60)], 100, activity=activity))) == []


def test_a_slouch_that_outlasts_a_ride_is_told_of_after_it() -> None:
    events = [
        replace(e, activity="vehicle") if isinstance(e, Second) and e.t_ns < 30 * NS else e for e in day([(10, 60)], 80)
    ]
    assert alerts(heard(events)) == [30]


def test_doubt_about_the_pose_holds_an_alert_back() -> None:
    events = [
        replace(e, posture_quality=0.6) if isinstance(e, Second) and e.t_ns < 40 * NS else e
        for e in day([(10, 60)], 80)
    ]
    assert alerts(heard(events)) == [40]


@pytest.mark.parametrize("mode", ["training", "all-day"])
def test_alerts_keep_their_distance(mode: str) -> None:
    apart = int(APART_S[mode])
    slouches = [(10, 20), (10 + apart - 5, 10 + apart + 20), (10 + 3 * apart, 20 + 3 * apart)]
    settings = replace(TRAINING, mode=mode)  # type: ignore[arg-type]
    assert alerts(heard(day(slouches, 4 * apart), settings=settings)) == [10, 10 + apart, 10 + 3 * apart]


def test_a_slouch_that_goes_on_is_told_of_again_after_a_quarter_of_an_hour() -> None:
    assert alerts(heard(day([(10, 2000)], 2100))) == [10, 910, 1810]


def test_tracking_is_quiet_about_posture_only() -> None:
    pose = Notice(50 * NS, "chest", "sensor_moved", "The sensor has moved.", "Calibrate.")
    out = heard([*day([(10, 60)], 49), pose], settings=replace(TRAINING, mode="tracking"))
    assert [(e.about, e.text) for e in out if isinstance(e, Alert)] == [("pose", "The sensor has moved. Calibrate.")]


def test_the_quota_ends_the_alerts_of_a_day_and_says_so() -> None:
    slouches = [(100 * i, 100 * i + 20) for i in range(1, 6)]
    out = heard(day(slouches, 700), settings=replace(TRAINING, quota=3))
    assert alerts(out) == [100, 200, 300]
    assert [e.text.endswith("I go on watching.") for e in out if isinstance(e, Alert)] == [False, False, True]


def test_what_was_used_before_counts_and_a_new_day_begins_at_nought() -> None:
    slouches = [(100, 120), (300, 320)]
    midnight = [Tick(s * NS, NOON_NS + (12 * 3600 - 200 + s) * NS, 0) for s in range(400)]
    out = heard(day(slouches, 399), midnight, replace(TRAINING, quota=2), used=2)
    assert alerts(out) == [300]


def test_the_quota_follows_local_midnight_not_that_of_utc() -> None:
    slouches = [(100, 120), (300, 320)]
    east = [Tick(s * NS, NOON_NS + (10 * 3600 - 200 + s) * NS, 2 * 3600) for s in range(400)]
    assert alerts(heard(day(slouches, 399), east, replace(TRAINING, quota=1), used=1)) == [300]


@pytest.mark.parametrize(("command", "mutes_pose"), [(Snooze(5 * NS, 60.0), False), (Mute(5 * NS, 60.0), True)])
def test_snooze_and_meeting_hold_back_until_they_are_over(command: Command, mutes_pose: bool) -> None:
    pose = Notice(20 * NS, "chest", "sensor_moved", "The sensor has moved.", "Calibrate.")
    events: list[Event] = []
    for event in day([(10, 200)], 250):
        events += [event, pose] if event.t_ns == 20 * NS else [event]
    out = heard(events, [command])
    told = [(e.about, e.t_ns // NS) for e in out if isinstance(e, Alert)]
    assert told == ([] if mutes_pose else [("pose", 20)]) + [("slouch", 65)]


def test_a_snooze_can_be_ended() -> None:
    assert alerts(heard(day([(10, 200)], 250), [Snooze(5 * NS, 600.0), Snooze(50 * NS, 0.0)])) == [51]


def test_quiet_hours_go_by_local_time() -> None:
    settings = replace(TRAINING, quiet="12:00-13:30")
    slouches = [(100, 120)]
    assert alerts(heard(day(slouches, 200), ticks(200), settings)) == []
    assert alerts(heard(day(slouches, 200), ticks(200, offset_s=3 * 3600), settings)) == [100]


def test_remarks_alert_only_where_switched_on() -> None:
    events: list[Event] = [*day([], 49), BreakDue(50 * NS, "chest", 0), *[row(s) for s in range(50, 60)]]
    assert alerts(heard(events)) == []
    assert alerts(heard(events, settings=replace(TRAINING, about=frozenset({"break_due"})))) == [50]


def test_a_sensor_that_falls_silent_is_told_of_once_unless_it_was_taken_off() -> None:
    worn = [row(s) for s in range(1, 20)]
    quiet = [silent(s) for s in range(20, 300)]
    out = heard([*worn, *quiet], ticks(300))
    assert [(e.about, e.t_ns // NS) for e in out if isinstance(e, Alert)] == [("sensor", 79)]
    off = [row(s, activity="off", slouching=None) for s in range(1, 20)]
    assert alerts(heard([*off, *quiet], ticks(300))) == []
    asleep = [tick for tick in ticks(300) if not 20 < tick.t_ns // NS < 280]
    assert alerts(heard([*worn, *quiet], asleep)) == []


def test_a_low_battery_is_told_of_at_each_step_down_and_again_after_charging() -> None:
    levels = [(10, 25), (20, 20), (30, 19), (40, 22), (50, 9), (60, 90), (70, 15)]
    policy = AlertPolicy(lambda packet: float(packet.payload[0]) if packet.channel == "battery" else None)
    items = [TRAINING.command("chest", 0), *(Packet(s * NS, "chest", "battery", bytes([p])) for s, p in levels)]
    out = policy.hear(items, [row(s) for s in range(1, 100)])
    assert [e.t_ns // NS for e in out if isinstance(e, Alert)] == [21, 51, 71]
    assert not any(e.kind == "battery" for e in out)  # the engine tells the level itself


@settings(max_examples=20)
@given(
    st.lists(st.tuples(st.integers(5, 1900), st.integers(1, 100)), max_size=8),
    st.lists(st.sampled_from([Snooze(0, 40.0), Mute(0, 100.0), Snooze(0, 0.0)]), max_size=3),
    st.lists(st.integers(1, 1999), min_size=1, max_size=12, unique=True),
)
def test_any_cut_gives_the_same_alerts(spells: list[tuple[int, int]], commands: list[Command], cuts: list[int]) -> None:
    slouches, free = [], 0
    for start, length in sorted(spells):
        if start > free:
            slouches.append((start, start + length))
            free = start + length
    events = day(slouches, 2000)
    items: list[tuple[int, object]] = [(tick.t_ns, tick) for tick in ticks(2000)]
    items += [(c.t_ns, c) for c in (replace(c, t_ns=(300 + 500 * i) * NS) for i, c in enumerate(commands))]
    items.sort(key=lambda pair: pair[0])
    limited = replace(TRAINING, quota=4)
    whole = heard(events, [item for _, item in items], limited)
    policy = AlertPolicy()
    pieces = policy.hear([limited.command("chest", 0)], [])
    edges = [0, *sorted(cuts), 2001]
    for low, high in zip(edges, edges[1:], strict=False):
        mine = [item for t, item in items if low * NS <= t < high * NS]
        pieces += policy.hear(mine, [e for e in events if low * NS <= e.t_ns < high * NS])
        policy = pickle.loads(pickle.dumps(policy))
    assert pieces == whole


def test_settings_travel_as_a_command() -> None:
    settings = AlertSettings("all-day", frozenset({"slouch", "break_due"}), 7, "21:30-06:00")
    assert AlertSettings.from_command(settings.command("chest", 3)) == settings


@pytest.mark.parametrize(
    "wrong",
    [{"mode": "loud"}, {"about": frozenset({"weather"})}, {"quota": -1}, {"quiet": "late"}, {"quiet": "25:00-07:00"}],
)
def test_senseless_settings_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        AlertSettings(**wrong)  # type: ignore[arg-type]


def test_a_command_of_another_version_is_told_of_and_alerts_stay_off() -> None:
    out = AlertPolicy().hear([SetAlerts(0, "chest", "psychic", "slouch", 0, 0, "")], day([(10, 60)], 100))
    assert [e.code for e in out if isinstance(e, Notice)] == ["no_alerts"]
    assert alerts(out) == []


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 1439))
def test_quiet_hours_wrap_around_midnight(begin: int, end: int, minute: int) -> None:
    settings = AlertSettings(quiet=f"{begin // 60:02d}:{begin % 60:02d}-{end // 60:02d}:{end % 60:02d}")
    inside = begin <= minute < end if begin <= end else minute >= begin or minute < end
    assert settings.is_quiet(minute) is inside
