"""Options that several commands share."""

from __future__ import annotations

import argparse

from . import values

SITES = ("chest", "upper-back", "lower-back")
MODE_HELP = "tui: dashboard; plain: short sentences, good with a screen reader; json: one object a line; silent"
RECORDING_HELP = (
    "the name of a recording of yours or of a sample (sensorcoach recordings), a journal folder, one of its segments, "
    "a .csv or .csv.gz, or a file of another program (see docs/import-export.md)"
)


def add_cues(parser: argparse.ArgumentParser) -> None:
    """What is heard or felt with closed eyes."""
    group = parser.add_argument_group("cues for closed eyes", "Off unless your settings say otherwise: docs/cues.md")
    for option, text in (
        ("--sound", "soft tones: rising to breathe in, falling to breathe out"),
        ("--voice", "spoken words"),
        ("--bell", "the terminal's bell: once to breathe in, twice to breathe out"),
        ("--buzz", "the sensor's own buzzer, where it has one"),
    ):
        group.add_argument(option, action=argparse.BooleanOptionalAction, help=text)


def add_web(parser: argparse.ArgumentParser) -> None:
    """The dashboard in a browser."""
    parser.add_argument("--web", action="store_true", help="the dashboard in a browser on this computer")
    parser.add_argument(
        "--web-port", type=values.port, default=0, metavar="N", help="for --web (default: any free port)"
    )


def add_devices(parser: argparse.ArgumentParser, default: str = "the ones used last, else the only one near") -> None:
    """Which sensors, and who knows them."""
    parser.add_argument(
        "--device",
        action="append",
        metavar="NAME[@SITE]",
        help=f"name, beginning of it, address, or demo; once for each sensor worn (default: {default})",
    )
    parser.add_argument("--profile", metavar="FILE", help="use this device profile")
    add_adapter(parser)


def add_adapter(parser: argparse.ArgumentParser) -> None:
    """Which Bluetooth adapter."""
    parser.add_argument("--adapter", metavar="hciN", help="Linux: use this Bluetooth adapter (sensorcoach doctor)")


def add_mode(parser: argparse.ArgumentParser) -> None:
    """What is shown, and how."""
    parser.add_argument(
        "--mode",
        choices=("tui", "plain", "json", "silent"),
        help=f"{MODE_HELP} (default: tui on a terminal, else plain)",
    )


def add_virtual(parser: argparse.ArgumentParser) -> None:
    """What the virtual wearer does."""
    parser.add_argument("--scenario", metavar="NAME|FILE", default="demo", help="what the virtual wearer does")
    parser.add_argument("--seed", type=int, metavar="N", help="another wearer of the same kind")
