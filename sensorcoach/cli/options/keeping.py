"""Commands about recordings, the days behind you, and what the program keeps."""

from __future__ import annotations

import argparse

from . import values
from .shared import RECORDING_HELP, SITES, add_mode, add_web

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
days (2026-05-04..2026-05-10, or 2026-05-04.. up to today), and what could not be known. It opens in any browser, prints
on A4 and loads nothing.
"""
RECORDINGS_HELP = """\
Your own recordings, and the samples that come with the program.

  list            both: when each began, how long it is, who wore it (if not you) and where (default)
  check NAME…     read them wholly and say what is wrong (all without NAME)
  repair NAME…    mend what is damaged, keeping every readable line
  prune           remove old ones: --older-than DAYS, --larger-than GB; what is being written is never touched
"""
IMPORT_HELP = """\
Takes what Polar Sensor Logger, phyphox, Sensor Logger, Movesense, EDF+ and XDF write, and checks it like any recording.
analyze and replay take such files directly, too.
"""
EXPORT_HELP = """\
OUT.csv, .csv.gz, .parquet: the samples, and OUT_seconds, OUT_breaths, OUT_events beside them.
OUT.edf: EDF+ with samples and estimates as signals, events as annotations. OUT.xdf: all of it as streams.
"""
CONFIG_HELP = """\
Options of the command line go before environment variables (SENSORCOACH_DASHBOARD_THEME=light), those before your
settings file, that before the default. docs/settings.md describes every setting.

  list [SECTION]      every setting, its value and where it came from (default)
  get KEY             one value, such as dashboard.theme
  set KEY VALUE       change one; your own lines and comments in the file stay
  unset KEY           as it was by default
  path, edit          where the file is; open it in $EDITOR, and check it afterwards
  pattern NAME PARTS  keep a breathing pattern under a name: pattern my-evening 4-0-7-0
"""
DATA_HELP = """\
where: the folders with everything the program keeps. export: all of it as one zip archive, readable by you alone.
erase: all of it gone, after you typed a word. Nothing is ever sent anywhere.
"""


def replay(parser: argparse.ArgumentParser) -> None:
    """Options of `replay`."""
    parser.add_argument("recording", type=values.recording, metavar="FILE", help=RECORDING_HELP)
    add_mode(parser)
    parser.add_argument(
        "--speed",
        type=values.speed,
        metavar="1|N|max",
        help="times real time (default 1; max when there is no dashboard)",
    )
    parser.add_argument(
        "--from", dest="from_s", type=values.seconds_from_zero, default=0.0, metavar="S", help="start here, s"
    )
    parser.add_argument("--lsl", action="store_true", help="also send it out live on the Lab Streaming Layer")
    add_web(parser)


def analyze(parser: argparse.ArgumentParser) -> None:
    """Options of `analyze`."""
    parser.add_argument("recording", type=values.recording, metavar="FILE", help=RECORDING_HELP)
    parser.add_argument("--table", choices=("seconds", "breaths", "events", "samples"), default="seconds")
    parser.add_argument("--format", choices=("csv", "jsonl", "parquet"), help="default: by the name of OUT, else csv")
    parser.add_argument("-o", "--output", metavar="OUT", help="file to write instead of stdout")
    parser.add_argument("--offline", action="store_true", help="may look ahead: better than live could show")
    parser.add_argument(
        "--calibration", metavar="POSE", help="upright pose that angles count from: a file `calibrate` kept"
    )


def history(parser: argparse.ArgumentParser) -> None:
    """Options of `history`."""
    views = ("days", "weeks", "sessions", "rebuild", "update")
    parser.add_argument("view", nargs="?", choices=views, default="days")
    parser.add_argument("--wearer", metavar="NAME", help="whose history")
    parser.add_argument("--since", type=values.date, metavar="DATE", help="from this day on, as 2026-05-04")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--recordings", metavar="FOLDER", help="read recordings from here instead of your own folder")
    parser.add_argument("--no-update", action="store_true", help="do not look for new recordings first")
    parser.add_argument("--forget", action="store_true", help="with rebuild: drop days whose recording is gone")


def report(parser: argparse.ArgumentParser) -> None:
    """Options of `report`."""
    parser.add_argument("subject", type=values.recording, metavar="RECORDING|DATE|FROM..TO", help=RECORDING_HELP)
    parser.add_argument("-o", "--output", metavar="OUT.html", help="default: NAME-report.html in this folder")
    parser.add_argument("--wearer", metavar="NAME", help="whose day")
    parser.add_argument("--png", action="store_true", help="also write each figure as a picture beside the page")
    parser.add_argument("--csv", action="store_true", help="also write the numbers behind the page as CSV beside it")


def import_(parser: argparse.ArgumentParser) -> None:
    """Options of `import`."""
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="accelerations, and the gyroscope file if there is one"
    )
    parser.add_argument("-o", "--output", required=True, metavar="OUT", help="OUT.csv or OUT.csv.gz")
    parser.add_argument("--sensor", choices=SITES, help="where the sensor was worn (default chest)")
    parser.add_argument("--acc-unit", choices=("m/s2", "g", "mg"), help="of a plain CSV file (default m/s2)")
    parser.add_argument("--gyro-unit", choices=("rad/s", "deg/s"), help="of a plain CSV file (default rad/s)")


def export(parser: argparse.ArgumentParser) -> None:
    """Options of `export`."""
    parser.add_argument("recording", type=values.recording, metavar="RECORDING", help=RECORDING_HELP)
    parser.add_argument("-o", "--output", required=True, metavar="OUT", help="the ending says which form")
    parser.add_argument("--offline", action="store_true", help="may look ahead: better than live could show")


def config(parser: argparse.ArgumentParser) -> None:
    """Options of `config`."""
    actions = ("list", "get", "set", "unset", "path", "edit", "pattern")
    parser.add_argument("action", nargs="?", type=values.config_action, choices=actions, default="list")
    parser.add_argument("key", nargs="?", metavar="KEY", help="section.name; for pattern a name of your own")
    parser.add_argument("value", nargs="?", metavar="VALUE", help="several with commas between them: keys.mark m,n")
    parser.add_argument("--mode", choices=("plain", "json"), default="plain", help="lines, or one JSON object a line")
    parser.add_argument("--json", action="store_true", help="the same as --mode json")


def data(parser: argparse.ArgumentParser) -> None:
    """Options of `data`."""
    parser.add_argument("action", nargs="?", choices=("where", "export", "erase"), default="where")
    parser.add_argument("-o", "--output", metavar="OUT.zip", help="for export (default sensorcoach-data-DATE.zip)")
    parser.add_argument("--yes", action="store_true", help="for erase: do not ask")


def recordings(parser: argparse.ArgumentParser) -> None:
    """Options of `recordings`."""
    parser.add_argument("action", nargs="?", choices=("list", "check", "repair", "prune"), default="list")
    parser.add_argument("names", nargs="*", metavar="NAME", help="recordings, for check and repair (default: all)")
    parser.add_argument("--older-than", type=values.positive_number, metavar="DAYS", help="prune: remove older ones")
    parser.add_argument(
        "--larger-than", type=values.positive_number, metavar="GB", help="prune: keep no more than this"
    )
    parser.add_argument("--dry-run", action="store_true", help="prune: only say what would go")
