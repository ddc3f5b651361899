"""All commands and options in one place, so that `--help` reads as one text."""

from __future__ import annotations

import argparse
import datetime as dt
import math
from importlib.metadata import version

EPILOG = """\
Start here:
  sensorcoach demo                       a virtual wearer on the dashboard, no hardware needed
  sensorcoach replay desk                a sample recording on the dashboard
  sensorcoach analyze my.csv -o out.csv  breathing and posture, one row a second

sensorcoach is a wellness aid, not a medical device. Stop any exercise that causes sharp, stinging or intense pain.
"""

HISTORY_HELP = """\
What happened on which day, from the recordings in your own folder. Shares are of the time that could be judged: time
not worn or not known counts neither way.

  days      the last two weeks, or since DATE (default)
  weeks     the last eight weeks against the plan
  sessions  every coached session
  update    only read new recordings (the views do so first, too)
  rebuild   read every recording again
"""
REPORT_HELP = """\
One self-contained HTML page: what was seen in a recording, on a day (2026-05-04, today, yesterday) or in a range of
days (2026-05-04..2026-05-10), and what could not be known. It opens in any browser, prints on A4 and loads nothing.
"""

WATCH_HELP = """\
All day without a dashboard, for weeks: breathing, posture, and alerts that you hardly notice until you need them.
Every day is recorded into your own folder, one journal a day. docs/watch.md says more.

  (nothing)       watch, until Ctrl-C
  status, view    what the running watch knows; view goes on
  snooze [MIN]    no alerts about posture for 15 minutes, or MIN; off ends it
  meeting [MIN]   no alerts of any kind for 60 minutes, or MIN; off ends it
  mark [LABEL]    a moment to find again
  calibrate       how you sit or stand now is upright (better: sensorcoach calibrate)
  stop            end the running watch
"""
RECORDINGS_HELP = """\
Your own recordings, and the samples that come with the program.

  list            both, one line each (default)
  check NAME…     read them wholly and say what is wrong (all without NAME)
  repair NAME…    mend what is damaged, keeping every readable line
  prune           remove old ones: --older-than DAYS, --larger-than GB; what is being written is never touched
"""
RECORDING_HELP = (
    "a journal folder, one of its segments, a .csv or .csv.gz, the name of a sample recording, or a file of another "
    "program (see docs/import-export.md)"
)
IMPORT_HELP = """\
Takes what Polar Sensor Logger, phyphox, Sensor Logger, Movesense, EDF+ and XDF write, and checks it like any recording.
analyze and replay take such files directly, too.
"""
EXPORT_HELP = """\
OUT.csv, .csv.gz, .parquet: the samples, and OUT_seconds, OUT_breaths, OUT_events beside them.
OUT.edf: EDF+ with samples and estimates as signals, events as annotations. OUT.xdf: all of it as streams.
"""
DATA_HELP = """\
where: the folders with everything the program keeps. export: all of it as one zip archive, readable by you alone.
erase: all of it gone, after you typed a word. Nothing is ever sent anywhere.
"""
CALIBRATE_HELP = """\
Put the sensor on, start this, and do what it says: stand tall, bow three times, slouch. Nothing needs to be touched on
the way; it counts down, beeps, and says why when something did not work. See docs/calibration.md.
"""
SESSION_HELP = """\
Words lead you through it, with your eyes closed or the screen out of sight; the sensor counts repetitions, times holds
and tells whether your breath follows. Tap it twice to pause or go on. A wellness aid, not a medical device: stop when a
movement causes sharp, stinging or intense pain.
"""
DEVICES_HELP = """\
list: the sensors this program knows. check FILE: try a profile of your own.
wear: where to wear a sensor, in pictures; wear chest, upper-back or lower-back: one of them; wear RECORDING: whether
breathing and posture can be seen from where it was worn. For a sensor now: sensorcoach live --place.
"""
LIVE_HELP = """\
Finds the sensor you used last (or the only one near), shows it on the dashboard, and records it. `--device demo` is the
virtual wearer.
"""
SITES = ("chest", "upper-back", "lower-back")
MODE_HELP = "tui: dashboard; plain: short sentences, good with a screen reader; json: one object a line; silent"


def speed(text: str) -> float:
    """`max` or a positive factor; `max` is infinity."""
    if text == "max":
        return math.inf
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no speed: give a factor such as 1, 4 or 20, or max")
    return value


def positive_seconds(text: str) -> float:
    """A positive, finite number of seconds."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return value


def days(text: str) -> float:
    """A positive number of days."""
    return _positive(text, "number of days")


def gigabytes(text: str) -> float:
    """A positive number of gigabytes."""
    return _positive(text, "number of gigabytes")


def _positive(text: str, what: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no {what} above 0")
    return value


def positive_number(text: str) -> float:
    """A positive, finite number."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return value


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="sensorcoach",
        description="Breathing and posture coach for commodity Bluetooth motion sensors.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"sensorcoach {version('sensorcoach')}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")

    def command(name: str, summary: str, description: str = "") -> argparse.ArgumentParser:
        return commands.add_parser(
            name,
            help=summary,
            description=description or f"{summary[0].upper()}{summary[1:]}.",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    demo = command(
        "demo",
        "watch a virtual wearer breathe and slouch",
        "A virtual wearer with a virtual sensor, on the dashboard. Where the output is no terminal: one simulated\n"
        "minute as plain lines, as fast as it can.",
    )
    _add_virtual(demo)
    _add_mode(demo)
    demo.add_argument("--seconds", type=positive_seconds, metavar="N", help="stop after N seconds of stream time")
    demo.add_argument("--speed", type=speed, metavar="1|N|max", help="times real time (default 1)")

    scan = command("scan", "look for sensors nearby, and say which can be used")
    scan.add_argument("--seconds", type=positive_seconds, default=8.0, metavar="N", help="how long to look (default 8)")

    _add_watch(command("watch", "watch over you all day, and alert you gently", WATCH_HELP))
    _add_live(command("live", "see your breath and posture now, and record them", LIVE_HELP))

    replay = command("replay", "play a recording, on the dashboard or as lines")
    replay.add_argument("recording", metavar="FILE", help=RECORDING_HELP)
    _add_mode(replay)
    replay.add_argument(
        "--speed", type=speed, metavar="1|N|max", help="times real time (default 1; max when there is no dashboard)"
    )
    replay.add_argument("--from", dest="from_s", type=float, default=0.0, metavar="S", help="start here, s (dashboard)")
    replay.add_argument("--lsl", action="store_true", help="also send it out live on the Lab Streaming Layer")

    record = command("record", "write a journal of what a device sends")
    record.add_argument("--device", default="demo", metavar="NAME", help="demo: the virtual wearer")
    _add_virtual(record)
    record.add_argument("-o", "--output", required=True, metavar="NAME", help="folder to make: NAME.journal")
    record.add_argument("--seconds", type=positive_seconds, metavar="N", help="stop after N seconds of stream time")
    record.add_argument("--speed", type=speed, default=1.0, metavar="1|N|max", help="times real time (default 1)")
    record.add_argument("--truth", action="store_true", help="also write what the virtual wearer truly did")

    _add_session(command("session", "be led through exercises or paced breathing, by words", SESSION_HELP))

    _add_calibrate(command("calibrate", "teach it your upright pose, hands-free, in a minute", CALIBRATE_HELP))

    analyze = command(
        "analyze",
        "turn a recording into tables: seconds, breaths, events, samples",
        "One row a second by default, exactly what live would have shown. CSV carries its metadata as leading\n"
        "'# key: value' lines. Columns are described in docs/tables.md.",
    )
    analyze.add_argument("recording", metavar="FILE", help=RECORDING_HELP)
    analyze.add_argument("--table", choices=("seconds", "breaths", "events", "samples"), default="seconds")
    analyze.add_argument("--format", choices=("csv", "jsonl", "parquet"), help="default: by the name of OUT, else csv")
    analyze.add_argument("-o", "--output", metavar="OUT", help="file to write instead of stdout")
    analyze.add_argument("--offline", action="store_true", help="may look ahead: better than live could show")

    devices = command("devices", "list the sensors this program knows, and where to wear them", DEVICES_HELP)
    devices.add_argument("action", nargs="?", choices=("list", "check", "wear"), default="list")
    devices.add_argument(
        "file", nargs="?", metavar="FILE|PLACE", help="profile to check; place, or recording made there"
    )

    _add_history(command("history", "days, weeks and sessions, against your plan", HISTORY_HELP))
    _add_report(command("report", "write one page about a recording, a day or a range of days", REPORT_HELP))

    _add_import(command("import", "turn a recording of another program into CSV", IMPORT_HELP))
    _add_export(command("export", "write a recording for other programs", EXPORT_HELP))
    _add_data(command("data", "say where your data lie, export all of them, or erase them", DATA_HELP))

    _add_recordings(command("recordings", "list, check, repair or prune recordings", RECORDINGS_HELP))
    command("doctor", "check this computer: terminal, Bluetooth, folders, and say what to do")
    return parser


def date(text: str) -> dt.date:
    """A day as `YYYY-MM-DD`."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day: write it as 2026-05-04") from None


def _add_history(parser: argparse.ArgumentParser) -> None:
    views = ("days", "weeks", "sessions", "rebuild", "update")
    parser.add_argument("view", nargs="?", choices=views, default="days")
    parser.add_argument("--wearer", metavar="NAME", help="whose history")
    parser.add_argument("--since", type=date, metavar="DATE", help="from this day on, as 2026-05-04")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--recordings", metavar="FOLDER", help="read recordings from here instead of your own folder")
    parser.add_argument("--no-update", action="store_true", help="do not look for new recordings first")
    parser.add_argument("--forget", action="store_true", help="with rebuild: drop days whose recording is gone")


def _add_report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("subject", metavar="RECORDING|DATE|FROM..TO", help=RECORDING_HELP)
    parser.add_argument("-o", "--output", metavar="OUT.html", help="default: NAME-report.html in this folder")
    parser.add_argument("--wearer", metavar="NAME", help="whose day")
    parser.add_argument("--png", action="store_true", help="also write each figure as a picture beside the page")
    parser.add_argument("--csv", action="store_true", help="also write the numbers behind the page as CSV beside it")


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="accelerations, and the gyroscope file if there is one"
    )
    parser.add_argument("-o", "--output", required=True, metavar="OUT", help="OUT.csv or OUT.csv.gz")
    parser.add_argument("--sensor", choices=SITES, help="where the sensor was worn (default chest)")


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recording", metavar="RECORDING", help=RECORDING_HELP)
    parser.add_argument("-o", "--output", required=True, metavar="OUT", help="the ending says which form")
    parser.add_argument("--offline", action="store_true", help="may look ahead: better than live could show")


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", choices=("where", "export", "erase"), default="where")
    parser.add_argument("-o", "--output", metavar="OUT.zip", help="for export (default sensorcoach-data-DATE.zip)")
    parser.add_argument("--yes", action="store_true", help="for erase: do not ask")


def _add_calibrate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", metavar="NAME|ADDRESS|demo", help="default: the one used last, else the only one")
    parser.add_argument("--profile", metavar="FILE", help="use this device profile")
    parser.add_argument("--wearer", metavar="NAME", help="whose pose it is")
    parser.add_argument("--mounting", metavar="NAME", help="where and how the sensor is worn (default: its site)")
    parser.add_argument("--no-slouch", action="store_true", help="leave out the slouch pose: keep the preset threshold")
    parser.add_argument("--mode", choices=("plain", "json", "silent"), help="sentences (default), one object a line")
    parser.add_argument("--scenario", metavar="NAME|FILE", help="demo: what the virtual wearer does")
    parser.add_argument("--seed", type=int, metavar="N", help="demo: another wearer of the same kind")
    parser.add_argument("--speed", type=speed, default=1.0, metavar="1|N|max", help="demo: times real time (default 1)")


def _add_session(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="a programme or a single exercise; see --list")
    parser.add_argument("--list", action="store_true", help="list sessions, one a line, its name first")
    parser.add_argument("--device", default="demo", metavar="NAME|ADDRESS|demo", help="default: demo, a virtual wearer")
    parser.add_argument("--profile", metavar="FILE", help="use this device profile")
    parser.add_argument("--wearer", metavar="NAME", help="who does it; demo: good (default), rusher, shallow, stopper")
    parser.add_argument("--site", choices=SITES, default="chest", help="where the sensor is worn (default chest)")
    parser.add_argument("--pattern", default="", metavar="P", help="breathe by this: box, resonance@5.7, 4-0-6-0, ...")
    parser.add_argument("--with-holds", action="store_true", help="allow breath holds and quick breaths")
    parser.add_argument("--mode", choices=("plain", "json", "silent"), default="plain", help="sentences, or JSON lines")
    parser.add_argument("--record", metavar="NAME", help="folder to record to (a real sensor: date and time)")
    parser.add_argument("--no-record", action="store_true", help="do not record")
    parser.add_argument("--speed", type=speed, metavar="1|N|max", help="demo: times real time")
    parser.add_argument("--seed", type=int, metavar="N", help="demo: another wearer of the same kind")
    parser.add_argument("--no-gyro", action="store_true", help="demo: the sensor has an accelerometer only")


def _add_watch(parser: argparse.ArgumentParser) -> None:
    actions = ("status", "view", "snooze", "meeting", "mark", "calibrate", "stop")
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
    parser.add_argument("--keep", type=positive_number, metavar="DAYS", help="remove recordings older than this")
    parser.add_argument("--no-record", action="store_true", help="do not record")
    parser.add_argument("--seconds", type=positive_seconds, metavar="N", help="stop after N seconds of stream time")
    parser.add_argument("--speed", type=speed, metavar="1|N|max", help="demo: times real time (default 1)")
    parser.add_argument("--scenario", metavar="NAME|FILE", help="demo: what the virtual wearer does")
    parser.add_argument("--seed", type=int, metavar="N", help="demo: another wearer of the same kind")
    parser.add_argument("--install", action="store_true", help="run it as a service, after every login")
    parser.add_argument("--uninstall", action="store_true", help="remove the service")


def _add_recordings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", choices=("list", "check", "repair", "prune"), default="list")
    parser.add_argument("names", nargs="*", metavar="NAME", help="recordings, for check and repair (default: all)")
    parser.add_argument("--older-than", type=positive_number, metavar="DAYS", help="prune: remove older ones")
    parser.add_argument("--larger-than", type=positive_number, metavar="GB", help="prune: keep no more than this")
    parser.add_argument("--dry-run", action="store_true", help="prune: only say what would go")


def _add_live(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", metavar="NAME|ADDRESS|demo", help="default: the one used last, else the only one")
    parser.add_argument("--profile", metavar="FILE", help="use this device profile")
    parser.add_argument("--wearer", metavar="NAME", help="who wears it")
    parser.add_argument("--record", metavar="NAME", help="folder to record to (default: date and time, in your data)")
    parser.add_argument("--no-record", action="store_true", help="do not record")
    parser.add_argument("--seconds", type=positive_seconds, metavar="N", help="stop after N seconds")
    parser.add_argument(
        "--place", action="store_true", help="only tell, in 20 s, what can be seen from where it is worn"
    )
    _add_mode(parser)


def _add_mode(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--mode",
        choices=("tui", "plain", "json", "silent"),
        help=f"{MODE_HELP} (default: tui on a terminal, else plain)",
    )


def _add_virtual(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scenario", metavar="NAME|FILE", default="demo", help="what the virtual wearer does")
    parser.add_argument("--seed", type=int, metavar="N", help="another wearer of the same kind")
