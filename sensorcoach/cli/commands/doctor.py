"""`sensorcoach doctor`: look at this computer and say, line by line, what is fine and what to do about the rest."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from platformdirs import user_config_path, user_data_path

from ...errors import SensorcoachError
from ...settings import SETTINGS, SettingsFile
from ...transport.ble import Radio, scan

SMALLEST = (80, 24)
OLDEST_BLUEZ = (5, 55)
ADAPTERS = Path("/sys/class/bluetooth")
LISTEN_S, LONGEST_S = 0.2, 10.0
NEEDED = ("bleak", "numpy", "platformdirs", "textual", "tomlkit")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `advice` is empty when it is fine."""

    what: str
    seen: str
    advice: str = ""


def run(args: argparse.Namespace) -> int:
    """Print every finding; the exit code tells whether something needs doing."""
    findings = [*_program(), *_terminal(), *_bluetooth(), *_folders(), *_settings()]
    for finding in findings:
        mark = "ok  " if not finding.advice else "LOOK"
        print(f"{mark} {finding.what}: {finding.seen}")
        if finding.advice:
            print(f"     → {finding.advice}")
    return int(any(f.advice for f in findings))


def _program() -> Iterator[Finding]:
    yield Finding("sensorcoach", version("sensorcoach"))
    yield Finding("Python", f"{platform.python_version()} on {platform.system()} {platform.release()}")
    there, missing = [], []
    for package in NEEDED:
        try:
            there.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            missing.append(package)
    yield Finding("Parts it needs", ", ".join(there))
    if missing:
        yield Finding("Parts it lacks", ", ".join(missing), "Install sensorcoach again.")


def _terminal() -> Iterator[Finding]:
    if not sys.stdout.isatty():
        yield Finding("Terminal", "the output goes elsewhere: plain lines instead of the dashboard")
        return
    columns, rows = shutil.get_terminal_size()
    advice = ""
    if columns < SMALLEST[0] or rows < SMALLEST[1]:
        advice = f"Make the window at least {SMALLEST[0]} × {SMALLEST[1]} to see everything."
    yield Finding("Terminal", f"{os.environ.get('TERM') or 'TERM not set'}, {columns} × {rows}", advice)
    encoding = (sys.stdout.encoding or "").lower()
    advice = "" if "utf" in encoding else "Set it to UTF-8 (such as LANG=C.UTF-8): the curves need its characters."
    yield Finding("Characters of the terminal", encoding or "unknown", advice)


def _bluetooth() -> Iterator[Finding]:
    adapters = sorted(p.name for p in ADAPTERS.glob("hci*") if ":" not in p.name)
    try:
        asyncio.run(_listen())
        yield Finding("Bluetooth", "works: it can listen for sensors")
    except SensorcoachError as error:
        yield Finding("Bluetooth", error.message.rstrip("."), error.advice)
    except TimeoutError:
        yield Finding("Bluetooth", "does not answer", "Switch it off and on in the system's settings.")
    if platform.system() != "Linux":
        return
    if adapters:
        several = "; choose one with --adapter" if len(adapters) > 1 else ""
        yield Finding("Bluetooth adapter", f"{', '.join(adapters)}{several}")
    yield _bluez()
    yield Finding("Pairing", "done where a sensor asks for it; without a desktop, keep bluetoothctl open meanwhile")


async def _listen() -> None:
    async with asyncio.timeout(LONGEST_S):
        await scan(Radio(), {}, LISTEN_S)


def _bluez() -> Finding:
    """Version of the system's Bluetooth service (BlueZ), as its command line tells it."""
    tool = shutil.which("bluetoothctl")
    try:
        said = subprocess.run([tool, "--version"], capture_output=True, text=True, timeout=5.0).stdout if tool else ""
    except (OSError, subprocess.SubprocessError):
        said = ""
    found = re.search(r"(\d+)\.(\d+)", said)
    if found is None:
        return Finding("Bluetooth service", "version not known, as bluetoothctl is not there (package bluez)")
    old = (int(found[1]), int(found[2])) < OLDEST_BLUEZ
    advice = f"Update the package bluez: {'.'.join(map(str, OLDEST_BLUEZ))} or newer is needed." if old else ""
    return Finding("Bluetooth service", f"BlueZ {found[0]}", advice)


def _folders() -> Iterator[Finding]:
    config, data = user_config_path("sensorcoach"), user_data_path("sensorcoach")
    for what, path in (
        ("Folder of your settings", config),
        ("Folder of your own device profiles", config / "profiles"),
        ("Folder of your recordings", data / "recordings"),
    ):
        there = next(p for p in (path, *path.parents) if p.exists())
        seen = str(path) if path.exists() else f"{path} (made when it is needed)"
        if there.is_dir() and os.access(there, os.W_OK):
            yield Finding(what, seen)
        else:
            yield Finding(
                what, str(path), f"Nothing can be written there: make {there} a folder that you may write to."
            )


def _settings() -> Iterator[Finding]:
    file = SettingsFile()
    try:
        settings = file.load()
    except SensorcoachError as error:
        yield Finding("Settings", error.message, error.advice or "Mend the file.")
        return
    changed = sum(settings.origin(setting).kind != "default" for setting in SETTINGS)
    yield Finding("Settings", f"in order, {changed} of {len(SETTINGS)} not by default")
