"""All commands in one place, so that `--help` reads as one text; their options are in `options/`."""

from __future__ import annotations

import argparse
from importlib.metadata import version

from .options import keeping, sensing
from .usage import Parser

EPILOG = """\
Start here:
  sensorcoach                            Home, on a terminal: everything with one key
  sensorcoach demo                       a virtual wearer on the dashboard, no hardware needed
  sensorcoach replay desk                a sample recording on the dashboard
  sensorcoach analyze my.csv -o out.csv  breathing and posture, one row a second

sensorcoach is a wellness aid, not a medical device. Stop any exercise that causes sharp, stinging or intense pain.
"""


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = Parser(
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

    sensing.demo(
        command(
            "demo",
            "watch a virtual wearer breathe and slouch",
            "A virtual wearer with a virtual sensor, on the dashboard. Where the output is no terminal: one simulated\n"
            "minute as plain lines, as fast as it can.",
        )
    )
    sensing.scan(command("scan", "look for sensors nearby, and say which can be used"))
    sensing.watch(command("watch", "watch over you all day, and alert you gently", sensing.WATCH_HELP))
    sensing.live(command("live", "see your breath and posture now, and record them", sensing.LIVE_HELP))
    keeping.replay(command("replay", "play a recording, on the dashboard or as lines"))
    sensing.record(command("record", "write a journal of what a device sends", sensing.RECORD_HELP))
    sensing.session(command("session", "be led through exercises or paced breathing", sensing.SESSION_HELP))
    sensing.calibrate(
        command("calibrate", "teach it your upright pose, hands-free, in a minute", sensing.CALIBRATE_HELP)
    )
    keeping.analyze(
        command(
            "analyze",
            "turn a recording into tables: seconds, breaths, events, samples",
            "One row a second by default, exactly what live would have shown. CSV carries its metadata as leading\n"
            "'# key: value' lines. Columns are described in docs/tables.md.",
        )
    )
    sensing.devices(
        command("devices", "list the sensors this program knows, and where to wear them", sensing.DEVICES_HELP)
    )
    keeping.history(command("history", "days, weeks and sessions, against your plan", keeping.HISTORY_HELP))
    keeping.report(command("report", "write one page about a recording, a day or a range of days", keeping.REPORT_HELP))
    keeping.import_(command("import", "turn a recording of another program into CSV", keeping.IMPORT_HELP))
    keeping.export(command("export", "write a recording for other programs", keeping.EXPORT_HELP))
    keeping.config(
        command("config", "show your settings and where each came from, and change them", keeping.CONFIG_HELP)
    )
    keeping.data(command("data", "say where your data lie, export all of them, or erase them", keeping.DATA_HELP))
    keeping.recordings(command("recordings", "list, check, repair or prune recordings", keeping.RECORDINGS_HELP))
    command("doctor", "check this computer: terminal, Bluetooth, folders, and say what to do")
    return parser
