"""`sensorcoach doctor`: look at this computer and say, line by line, what is fine and what to do about the rest."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from platformdirs import user_config_path, user_data_path

SMALLEST = (80, 24)
NEEDED = ("bleak", "numpy", "platformdirs", "textual")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `advice` is empty when it is fine."""

    what: str
    seen: str
    advice: str = ""


def run(args: argparse.Namespace) -> int:
    """Print every finding; the exit code tells whether something needs doing."""
    findings = [*_program(), *_terminal(), *_bluetooth(), *_folders()]
    for finding in findings:
        mark = "ok  " if not finding.advice else "LOOK"
        print(f"{mark} {finding.what}: {finding.seen}")
        if finding.advice:
            print(f"     → {finding.advice}")
    return int(any(f.advice for f in findings))


def _program() -> Iterator[Finding]:
    yield Finding("sensorcoach", version("sensorcoach"))
    yield Finding("Python", f"{platform.python_version()} on {platform.system()} {platform.release()}")
    for package in NEEDED:
        try:
            yield Finding(package, version(package))
        except PackageNotFoundError:
            yield Finding(package, "missing", "Install sensorcoach again: one of its parts is not there.")


def _terminal() -> Iterator[Finding]:
    if not sys.stdout.isatty():
        yield Finding("Terminal", "output is no terminal: plain lines will be used instead of the dashboard")
        return
    columns, rows = shutil.get_terminal_size()
    advice = ""
    if columns < SMALLEST[0] or rows < SMALLEST[1]:
        advice = f"Make the window at least {SMALLEST[0]} × {SMALLEST[1]} to see everything."
    yield Finding("Terminal", f"{os.environ.get('TERM') or 'TERM not set'}, {columns} × {rows}", advice)
    encoding = (sys.stdout.encoding or "").lower()
    advice = "" if "utf" in encoding else "Use a UTF-8 locale: the curves are drawn with Unicode characters."
    yield Finding("Text encoding", encoding or "unknown", advice)


def _bluetooth() -> Iterator[Finding]:
    if platform.system() != "Linux":
        yield Finding("Bluetooth", "handled by the system; it may ask for permission at the first scan")
        return
    bus = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/run/dbus/system_bus_socket")
    socket = Path(bus.partition("path=")[2].partition(",")[0])
    if not socket.exists():
        yield Finding("System bus", "not running", "Start D-Bus (package dbus): BlueZ is reached through it.")
    else:
        yield Finding("System bus", str(socket))
    adapters = sorted(p.name for p in Path("/sys/class/bluetooth").glob("hci*") if ":" not in p.name)
    if adapters:
        yield Finding("Bluetooth adapter", ", ".join(adapters))
    else:
        yield Finding(
            "Bluetooth adapter", "none found", "Plug one in or switch it on; demo and replay work without one."
        )


def _folders() -> Iterator[Finding]:
    for what, path in (("Settings", user_config_path("sensorcoach")), ("Recordings", user_data_path("sensorcoach"))):
        parent = next(p for p in (path, *path.parents) if p.exists())
        if os.access(parent, os.W_OK):
            yield Finding(f"{what} folder", str(path))
        else:
            yield Finding(f"{what} folder", str(path), f"It cannot be written: check the rights of {parent}.")
