"""From stream time to the wall: midnight, daylight saving time, travel, clocks that are set."""

from __future__ import annotations

from sensorcoach.history.clock import WallClock, local_date, local_time
from sensorcoach.samples import NS, Tick

from .chapters import header, utc_ns

HOUR = 3600


def test_before_the_first_tick_the_header_counts() -> None:
    clock = WallClock(header(utc_ns(2026, 5, 4, 9), 2 * HOUR))
    assert clock.at(5 * NS) == (utc_ns(2026, 5, 4, 9, 0, 5), 2 * HOUR)


def test_a_tick_says_better_from_then_on_and_changes_nothing_before() -> None:
    clock = WallClock(header(utc_ns(2026, 5, 4, 9)))
    clock.learn(Tick(10 * NS, utc_ns(2026, 5, 4, 12), HOUR))
    assert clock.at(9 * NS) == (utc_ns(2026, 5, 4, 9, 0, 9), 0)
    assert clock.at(11 * NS) == (utc_ns(2026, 5, 4, 12, 0, 1), HOUR)


def test_midnight_is_local() -> None:
    assert local_date(utc_ns(2026, 5, 4, 21, 59, 59), 2 * HOUR) == "2026-05-04"
    assert local_date(utc_ns(2026, 5, 4, 22), 2 * HOUR) == "2026-05-05"
    assert local_date(utc_ns(2026, 5, 5, 3, 59, 59), -4 * HOUR) == "2026-05-04"


def test_daylight_saving_and_travel_change_the_offset_alone() -> None:
    clock = WallClock(header(utc_ns(2026, 3, 29, 0), HOUR))
    clock.learn(Tick(0, utc_ns(2026, 3, 29, 0), HOUR))
    clock.learn(Tick(HOUR * NS, utc_ns(2026, 3, 29, 1), 2 * HOUR))  # the clocks go forward at 01:00 UTC
    assert [local_time(*clock.at(s * NS)).hour for s in (HOUR - 1, HOUR)] == [1, 3]
    clock.learn(Tick(5 * HOUR * NS, utc_ns(2026, 3, 29, 5), -5 * HOUR))  # landed in New York
    assert clock.at(5 * HOUR * NS) == (utc_ns(2026, 3, 29, 5), -5 * HOUR)


def test_a_clock_that_is_set_back_is_believed_from_then_on() -> None:
    clock = WallClock(header(utc_ns(2026, 5, 4, 10)))
    clock.learn(Tick(60 * NS, utc_ns(2026, 5, 4, 9, 1)))
    assert clock.at(59 * NS)[0] > clock.at(61 * NS)[0]
    assert local_time(*clock.at(61 * NS)).strftime("%H:%M:%S") == "09:01:01"


def test_jitter_and_late_ticks_are_no_news() -> None:
    clock = WallClock(header(utc_ns(2026, 5, 4, 9)))
    for second in range(100):
        clock.learn(Tick(second * NS, utc_ns(2026, 5, 4, 9) + second * NS + (second % 7) * 5_000_000))
    assert clock.at(99 * NS) == (utc_ns(2026, 5, 4, 9, 1, 39), 0)
    clock.learn(Tick(200 * NS, utc_ns(2026, 5, 4, 11)))
    clock.learn(Tick(150 * NS, utc_ns(2026, 5, 4, 8)))
    assert clock.at(201 * NS)[0] == utc_ns(2026, 5, 4, 11, 0, 1)
