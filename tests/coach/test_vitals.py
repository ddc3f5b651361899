from __future__ import annotations

from sensorcoach.coach.narrator import Narrator
from sensorcoach.coach.vitals import ChargeWords, HeartWords, SwingWords
from sensorcoach.events import Alert, HeartCoherence
from sensorcoach.protocol import BatteryLevel, HeartBeats
from sensorcoach.samples import NS


def test_a_low_battery_is_told_once_for_each_limit_until_charged() -> None:
    words = ChargeWords()
    levels = [90, 20, 19, 20, 19, 12, 9, 8, 25, 9, 100, 15]
    said = [p for p in levels if words.say(BatteryLevel(0, "chest", p))]
    assert said == [19, 9, 15]


def test_a_battery_that_begins_empty_is_told_once() -> None:
    words = ChargeWords()
    assert words.say(BatteryLevel(0, "chest", 4)) == (
        "The sensor's battery (chest) is at 4 %. Charge it now, or have a new one ready."
    )
    assert words.say(BatteryLevel(0, "chest", 15)) is None
    assert words.say(BatteryLevel(0, "lower-back", 15)) == (
        "The sensor's battery (lower-back) is at 15 %. Charge it soon."
    )


def test_the_heart_is_told_rarely() -> None:
    words = HeartWords()
    rates = [0] * 5 + [60] * 300 + [80] * 100 + [82] * 700
    said = [(t, rates[t]) for t in range(len(rates)) if words.say(HeartBeats(t * NS, "chest", rates[t], ()))]
    assert said == [(15, 60), (305, 80), (905, 82)]


def test_the_narrator_says_both_and_no_alert_twice() -> None:
    narrator = Narrator()
    assert narrator.say(BatteryLevel(0, "chest", 15)) is not None
    assert narrator.say(Alert(0, "chest", "battery", "The battery is low.")) is None
    assert narrator.say(HeartBeats(0, "chest", 61, ())) is None
    assert narrator.say(HeartBeats(11 * NS, "chest", 62, ())) == "Heart 62 a minute."


def test_a_heart_that_goes_with_the_breath_is_told_at_most_every_two_minutes() -> None:
    words, nan = SwingWords(), float("nan")
    shares = [0.3, nan, 0.59, 0.6, *[0.9] * 40, 0.2, *[0.9] * 20]  # one every five seconds
    heard = [HeartCoherence(5 * i * NS, "chest", 0.9, share, 6.0) for i, share in enumerate(shares)]
    assert [event.t_ns / NS for event in heard if words.say(event)] == [15.0, 135.0, 255.0]
    assert Narrator().say(heard[5]) == "Your heart goes up and down with the breath."
