"""`sensorcoach recordings`: a person's own recordings and the samples: what there is, is it sound, what may go."""

from __future__ import annotations

import argparse
import sys
import textwrap
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from ...coach.wording import span_words
from ...errors import InputError, OutputError, UsageError
from ...history import recordings_folder
from ...recording.maintenance import Kept, check, journals_in, prune, repair
from ...recording.segments import SUFFIX, journal_folder
from ...samples import NS
from ...transport.replay import open_recording, samples
from ..own import Own, own_recordings

DAY_S: Final = 86_400.0
GB: Final = 10**9
WIDTH: Final = 80
NAME_WIDTH: Final = 24
"""Wide enough for a name like `ann_2026-05-04_08-31-07`; a longer one has a line to itself."""


def run(args: argparse.Namespace) -> int:
    """Do what is asked for; `list` unless said otherwise."""
    folder = recordings_folder()
    if args.action != "prune" and (args.older_than or args.larger_than or args.dry_run):
        raise UsageError("--older-than, --larger-than and --dry-run are for recordings prune.")
    if args.action == "list":
        return _list(folder, args.names)
    if args.action == "prune":
        return _prune(folder, args)
    paths = _named(folder, args.names)
    if not paths:
        print("There are no recordings of your own yet.")
    return _check(paths) if args.action == "check" else _repair(paths)


def _list(folder: Path, names: Sequence[str]) -> int:
    if names:
        raise UsageError("recordings list takes no names.", "Did you mean: sensorcoach recordings check NAME?")
    own = own_recordings(folder)[::-1]
    print(f"Yours, in {folder}:" if own else f"None of your own yet (they would be in {folder}).")
    width = max((len(one.name) for one in own if len(one.name) <= NAME_WIDTH), default=0)
    for one in own:
        print(_lines(one, width))
    print("Samples that come with the program:")
    for path in samples():
        source = open_recording(path)
        stream = source.sensors[0].stream
        gyro = "with gyroscope" if stream.has_gyro else "accelerometer only"
        minutes, seconds = divmod(round(source.duration_s or 0), 60)
        print(f"  {path.stem:<10} {minutes:3d}:{seconds:02d}  {stream.site}, {stream.sampling_rate_hz:g} Hz, {gyro}")
    return 0


def _lines(own: Own, width: int) -> str:
    """In columns on a line; on a second one what does not fit."""
    columns = f"{own.began:<16}  {own.length:>11}  {_size(own.kept.size_bytes):>8}"
    details = ", ".join(own.details)
    line = f"  {own.name:<{width}}  {columns}  {details}".rstrip()
    if len(own.name) <= width and len(line) <= WIDTH:
        return line
    first = f"  {own.name:<{width}}  {columns}" if len(own.name) <= width else f"  {own.name}\n    {columns}"
    return "\n".join([first, *textwrap.wrap(details, WIDTH, initial_indent="    ", subsequent_indent="    ")])


def _line(folder: Path, kept: Kept) -> str:
    """What is known of one without looking into it."""
    when = datetime.fromtimestamp(kept.written_s).strftime("%Y-%m-%d %H:%M")
    name = kept.path.relative_to(folder).as_posix().removesuffix(SUFFIX)
    return f"  {name:<28} {_size(kept.size_bytes):>10}, {'being written' if kept.busy else f'until {when}'}"


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 1e6 else f"{size_bytes / 1e3:.0f} kB"


def _named(folder: Path, names: Sequence[str]) -> list[Path]:
    """Journals by name in the person's folder, or by path; all of the person's own without a name."""
    if not names:
        return [kept.path for kept in journals_in(folder)]
    paths = []
    for name in names:
        choices = [journal_folder(name), journal_folder(folder / name)]
        found = next((path for path in choices if path.is_dir()), None)
        if found is None:
            raise InputError(f"There is no recording {name!r}.", "See: sensorcoach recordings list")
        paths.append(found)
    return paths


def _check(paths: Sequence[Path]) -> int:
    faulty = unreadable = 0
    for path in paths:
        try:
            report = check(path)
        except InputError as error:
            unreadable += 1
            print(f"{path.name}: {error}")
            continue
        faulty += bool(report.problems)
        length = span_words((report.last_ns - report.first_ns) / NS)
        count = len(report.problems)
        state = (
            f"{count} problem{'s' * (count != 1)}" if report.problems else "sound" if report.closed else "sound, open"
        )
        print(f"{path.name}: {state}; {length}, {report.packets} packets, {_size(report.size_bytes)}")
        for problem in report.problems:
            print(f"  {problem}")
    if faulty:
        print("Mend what can be mended: sensorcoach recordings repair NAME", file=sys.stderr)
    if unreadable:
        print("What cannot be read at all cannot be mended either.", file=sys.stderr)
    return int(faulty + unreadable > 0)


def _repair(paths: Sequence[Path]) -> int:
    refused = 0
    for path in paths:
        try:
            done = repair(path)
        except (InputError, OutputError) as error:
            refused += 1
            print(f"{path.name}: {error}")
        else:
            left = "what is lost cannot be mended" if check(path).problems else "nothing to do"
            print(f"{path.name}: {'; '.join(done) if done else left}.")
    return int(refused > 0)


def _prune(folder: Path, args: argparse.Namespace) -> int:
    if args.names:
        raise UsageError("recordings prune takes no names.", "It goes by --older-than DAYS and --larger-than GB.")
    if args.older_than is None and args.larger_than is None:
        raise UsageError("What may go was not said.", "Give --older-than DAYS, --larger-than GB, or both.")
    removed = prune(
        folder,
        older_than_s=None if args.older_than is None else args.older_than * DAY_S,
        most_bytes=None if args.larger_than is None else round(args.larger_than * GB),
        now_s=time.time(),
        dry=args.dry_run,
    )
    for kept in removed:
        print(_line(folder, kept).strip())
    verb = "would be removed" if args.dry_run else "removed"
    size = _size(sum(kept.size_bytes for kept in removed))
    print(f"{len(removed)} {verb}, {size}. The history keeps the days it has read.", file=sys.stderr)
    return 0
