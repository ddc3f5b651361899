"""`sensorcoach data`: where everything about a person lies; all of it as one archive; all of it gone."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from ...errors import UsageError
from ...recording.personal import erase_personal, export_personal, personal_folders

CONFIRMATION = "erase"


def run(args: argparse.Namespace) -> int:
    """Do what is asked for; `where` unless said otherwise."""
    if args.action == "export":
        return _export(Path(args.output or f"sensorcoach-data-{date.today():%Y-%m-%d}.zip"))
    if args.output is not None:
        raise UsageError(f"data {args.action} writes no file.", "Did you mean: sensorcoach data export -o OUT.zip")
    return _erase(sure=args.yes) if args.action == "erase" else _where()


def _where() -> int:
    for folder in personal_folders():
        count, size = folder.size()
        amount = f"{count} file{'s' * (count != 1)}, {_readable(size)}" if count else "nothing yet"
        print(f"{folder.path}  {folder.what}: {amount}")
    print("Recordings you gave a name of your own lie where you put them. Nothing is sent anywhere.", file=sys.stderr)
    return 0


def _export(target: Path) -> int:
    count = export_personal(target)
    print(f"{count} file{'s' * (count != 1)} written to {target}, readable by you alone.", file=sys.stderr)
    return 0


def _erase(*, sure: bool) -> int:
    folders = [(folder, *folder.size()) for folder in personal_folders()]
    folders = [(folder, count, size) for folder, count, size in folders if folder.path.exists()]
    if not folders:
        print("There is nothing to erase.", file=sys.stderr)
        return 0
    for folder, count, size in folders:
        print(f"{folder.path}  {folder.what}: {count} file{'s' * (count != 1)}, {_readable(size)}", file=sys.stderr)
    if not sure and not _confirmed():
        print("Nothing was erased.", file=sys.stderr)
        return 1
    count = erase_personal()
    print(f"Erased: {count} file{'s' * (count != 1)}.", file=sys.stderr)
    return 0


def _confirmed() -> bool:
    """Whether the word was typed. Without anyone to type it, the answer is no."""
    print(f"All of this goes for good. Type {CONFIRMATION} to do it: ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() == CONFIRMATION


def _readable(size: int) -> str:
    amount = float(size)
    for unit in ("bytes", "kB", "MB"):
        if amount < 1000.0:
            return f"{amount:.0f} {unit}"
        amount /= 1000.0
    return f"{amount:.1f} GB"
