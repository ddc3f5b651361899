"""Commands that listen to a sensor, or to the virtual wearer."""

from __future__ import annotations

import argparse

from . import values
from .shared import SITES, add_adapter, add_cues, add_devices, add_mode, add_virtual, add_web

WATCH_HELP = """\
All day without a dashboard, for weeks: breathing, posture, and alerts that you hardly notice until you need them.
Every day is recorded into your own folder, one journal a day. docs/watch.md says more.

  (nothing)       watch, until Ctrl-C
  status, view    what the running watch knows; view goes on
  snooze [MIN]    no alerts about posture for 15 minutes, or MIN; off ends it
  meeting [MIN]   no alerts of any kind for 60 minutes, or MIN; off ends it
  sit, stand      what counts as a slouch from now on: as it is set for sitting, or for standing
  mark [LABEL]    a moment to find again
  calibrate       how you sit or stand now is upright (better: sensorcoach calibrate)
  stop            end the running watch
"""
LIVE_HELP = """\
Finds the sensor you used last (or the only one near), shows it on the dashboard, and records it. `--device demo` is the
virtual wearer. Two sensors tell a rounded back from bent hips:

  sensorcoach live --device NAME@chest --device OTHER@lower-back
"""
RECORD_HELP = """\
Writes down what sensors send, before anything is decoded, and shows nothing meanwhile; Ctrl-C ends it. Without --device
it is the virtual wearer.
"""
SESSION_HELP = """\
Words lead you through it, with your eyes closed or the screen out of sight; the sensor counts repetitions, times holds
and tells whether your breath follows. Tap it twice to pause or go on. A wellness aid, not a medical device: stop when a
movement causes sharp, stinging or intense pain.

With --mode plain a letter and Enter steer it: p pause or go on, s skip, b back, r repeat, q stop; digits answer its
questions. Doses follow from how your last sessions felt; --dose plan takes the programme's own.
"""
CALIBRATE_HELP = """\
Put the sensor on, start this, and do what it says: stand tall, bow three times, slouch. Nothing needs to be touched on
the way; it counts down, beeps, and says why when something did not work. See docs/calibration.md.
"""
DEVICES_HELP = """\
list: the sensors this program knows. check FILE: try a profile of your own.
wear: where to wear a sensor, in pictures; wear chest, upper-back or lower-back: one of them; wear RECORDING: whether
breathing and posture can be seen from where it was worn. For a sensor now: sensorcoach live --place.
"""


def demo(parser: argparse.ArgumentParser) -> None:
    """Options of `demo`."""
    add_virtual(parser)
    add_mode(parser)
    parser.add_argument(
        "--seconds", type=values.positive_seconds, metavar="N", help="stop after N seconds of stream time"
    )
    parser.add_argument("--speed", type=values.speed, metavar="1|N|max", help="times real time (default 1)")
    add_web(parser)


def scan(parser: argparse.ArgumentParser) -> None:
    """Options of `scan`."""
    parser.add_argument(
        "--seconds", type=values.positive_seconds, default=8.0, metavar="N", help="how long to look (default 8)"
    )
    add_adapter(parser)


def live(parser: argparse.ArgumentParser) -> None:
    """Options of `live`."""
    add_devices(parser)
    parser.add_argument(
        "--site", choices=SITES, help="where the one sensor is worn (default: as last time, else chest)"
    )
    parser.add_argument("--wearer", metavar="NAME", help="who wears it")
    parser.add_argument("--record", metavar="NAME", help="folder to record to (default: date and time, in your data)")
    parser.add_argument("--no-record", action="store_true", help="do not record")
    parser.add_argument("--seconds", type=values.positive_seconds, metavar="N", help="stop after N seconds")
    parser.add_argument(
        "--place", action="store_true", help="only tell, in 20 s, what can be seen from where it is worn"
    )
    parser.add_argument("--pattern", metavar="P", help="begin with this pacer: resonance@5.7, 4-0-6-0, your own, ...")
    add_mode(parser)
    add_web(parser)
    add_cues(parser)


def watch(parser: argparse.ArgumentParser) -> None:
    """Options of `watch`."""
    actions = ("status", "view", "snooze", "meeting", "sit", "stand", "mark", "calibrate", "stop")
    parser.add_argument("action", nargs="?", choices=actions, help="a word with the running watch (none: watch)")
    parser.add_argument("value", nargs="?", metavar="MIN|LABEL", help="minutes or off; a label for mark")
    parser.add_argument("--device", metavar="NAME|ADDRESS|demo", help="default: the one used last, else the only one")
    parser.add_argument("--profile", metavar="FILE", help="use this device profile")
    parser.add_argument("--wearer", metavar="NAME", help="who wears it")
    parser.add_argument("--mode", choices=("plain", "json", "silent"), help="sentences (default), one object a line")
    parser.add_argument("--preset", choices=("strict", "normal", "relaxed"), help="what a slouch is (default normal)")
    parser.add_argument("--training", action="store_true", help="alert at once, with the short training dwell")
    parser.add_argument("--tracking", action="store_true", help="no alerts about posture, only track")
    parser.add_argument("--alerts", metavar="A,B", help="what to alert about, separated by commas")
    parser.add_argument("--quota", metavar="N|off", help="most posture alerts a day")
    parser.add_argument("--quiet", metavar="HH:MM-HH:MM|off", help="hours without alerts")
    parser.add_argument("--keep", type=values.positive_number, metavar="DAYS", help="remove recordings older than this")
    parser.add_argument("--no-record", action="store_true", help="do not record")
    parser.add_argument(
        "--seconds", type=values.positive_seconds, metavar="N", help="stop after N seconds of stream time"
    )
    parser.add_argument("--speed", type=values.speed, metavar="1|N|max", help="demo: times real time (default 1)")
    parser.add_argument("--scenario", metavar="NAME|FILE", help="demo: what the virtual wearer does")
    parser.add_argument("--seed", type=int, metavar="N", help="demo: another wearer of the same kind")
    parser.add_argument("--install", action="store_true", help="run it as a service, after every login")
    parser.add_argument("--uninstall", action="store_true", help="remove the service")


def session(parser: argparse.ArgumentParser) -> None:
    """Options of `session`."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="a programme or a single exercise; see --list")
    parser.add_argument("--list", action="store_true", help="list sessions, one a line, its name first")
    parser.add_argument("--device", metavar="NAME|ADDRESS|demo", help="default: the one used last, if any, else demo")
    parser.add_argument("--profile", metavar="FILE", help="use this device profile")
    parser.add_argument("--wearer", metavar="NAME", help="who does it; demo: good (default), rusher, shallow, stopper")
    parser.add_argument("--site", choices=SITES, help="where the sensor is worn (default: as last time, else chest)")
    parser.add_argument("--pattern", default="", metavar="P", help="breathe by this: box, resonance@5.7, 4-0-6-0, ...")
    parser.add_argument("--with-holds", action="store_true", help="allow breath holds and quick breaths")
    parser.add_argument(
        "--variant", default="", metavar="NAME", help="do what has it so: seated, low, small, towel, swapped"
    )
    doses = ("auto", "plan", "same", "less", "more")
    parser.add_argument("--dose", choices=doses, default="auto", help="auto: as your last sessions felt (default)")
    add_mode(parser)
    parser.add_argument("--record", metavar="NAME", help="folder to record to (a real sensor: date and time)")
    parser.add_argument("--no-record", action="store_true", help="do not record")
    parser.add_argument("--speed", type=values.speed, metavar="1|N|max", help="demo: times real time")
    parser.add_argument("--seed", type=int, metavar="N", help="demo: another wearer of the same kind")
    parser.add_argument("--no-gyro", action="store_true", help="demo: the sensor has an accelerometer only")
    add_web(parser)
    add_cues(parser)


def calibrate(parser: argparse.ArgumentParser) -> None:
    """Options of `calibrate`."""
    parser.add_argument("--device", metavar="NAME|ADDRESS|demo", help="default: the one used last, else the only one")
    parser.add_argument("--profile", metavar="FILE", help="use this device profile")
    parser.add_argument("--wearer", metavar="NAME", help="whose pose it is")
    parser.add_argument("--mounting", metavar="NAME", help="where and how the sensor is worn (default: its site)")
    parser.add_argument("--no-slouch", action="store_true", help="leave out the slouch pose: keep the preset threshold")
    parser.add_argument("--mode", choices=("plain", "json", "silent"), help="sentences (default), one object a line")
    parser.add_argument("--scenario", metavar="NAME|FILE", help="demo: what the virtual wearer does")
    parser.add_argument("--seed", type=int, metavar="N", help="demo: another wearer of the same kind")
    parser.add_argument(
        "--speed", type=values.speed, default=1.0, metavar="1|N|max", help="demo: times real time (default 1)"
    )


def record(parser: argparse.ArgumentParser) -> None:
    """Options of `record`."""
    add_devices(parser, "demo, the virtual wearer")
    parser.add_argument("--wearer", metavar="NAME", help="who wears it")
    add_virtual(parser)
    parser.set_defaults(scenario=None)
    parser.add_argument("-o", "--output", required=True, metavar="NAME", help="folder to make: NAME.journal")
    parser.add_argument(
        "--seconds", type=values.positive_seconds, metavar="N", help="stop after N seconds of stream time"
    )
    parser.add_argument("--speed", type=values.speed, metavar="1|N|max", help="demo: times real time (default 1)")
    parser.add_argument("--truth", action="store_true", help="demo: also write what the wearer truly did")


def devices(parser: argparse.ArgumentParser) -> None:
    """Options of `devices`."""
    parser.add_argument("action", nargs="?", choices=("list", "check", "wear"), default="list")
    parser.add_argument(
        "file", nargs="?", metavar="FILE|PLACE", help="profile to check; place, or recording made there"
    )
