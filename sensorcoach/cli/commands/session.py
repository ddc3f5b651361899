"""`sensorcoach session`: a guided session, led by words, with a real sensor or a virtual wearer as the pupil."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_config_path

from ...coach.narrator import SessionNarrator
from ...coach.patterns import parse_patterns
from ...coach.session import Library, load_library, make_plan
from ...coach.session.rehearsal import ACTORS, rehearse
from ...errors import InputError, UsageError
from ...recording.journal_format import JournalHeader
from ...recording.journal_writer import JournalWriter
from ...recording.segments import journal_folder
from ...runtime.headless import Sink, json_sink, plain_sink, play, silent_sink
from ...runtime.run import Run, stream_end_ns
from ...runtime.sessions import SessionRun
from ...samples import StreamInfo
from ...simulate.sensor import VirtualSensor
from ...transport.rehearsal import RehearsedSource
from ...transport.virtual import WALL_START_NS
from ._output import pace

DEMO = "demo"
FIRST_ACTOR = next(iter(ACTORS))


def run(args: argparse.Namespace) -> int:
    """List sessions, or lead through one to its summary."""
    library = own_library(user_config_path("sensorcoach"))
    if args.list:
        for programme in library.programmes.values():
            print(f"{programme.name}  {programme.minutes:.0f} min  {programme.about}")
        for exercise in library.exercises.values():
            print(f"{exercise.name}  {exercise.about}")
        return 0
    if args.name is None:
        raise UsageError("Which session?", f"One of {', '.join(library.programmes)}; see sensorcoach session --list.")
    sink: Sink = silent_sink
    if args.mode == "json":
        sink = json_sink(sys.stdout)
    elif args.mode != "silent":
        sink = plain_sink(sys.stdout, SessionNarrator())
    if args.device == DEMO:
        return _rehearse(args, library, sink)
    from ._session_live import lead

    return asyncio.run(lead(args, library, sink))


def _rehearse(args: argparse.Namespace, library: Library, sink: Sink) -> int:
    """A virtual wearer does the session."""
    wearer = args.wearer or FIRST_ACTOR
    stream = StreamInfo(args.site, args.site, sampling_rate_hz=50.0, has_gyro=not args.no_gyro)
    plan = make_plan(library, args.name, stream, pattern=args.pattern, asked=args.with_holds)
    script = rehearse(plan, stream.sensor, wearer=wearer, site=stream.site)
    print(f"This is a rehearsal: a virtual wearer ({wearer}) does it, not you.", file=sys.stderr)
    source = RehearsedSource(VirtualSensor(script.scenario, seed=args.seed), script.commands)
    with _recorder(source, args.record) as recorder:
        session = SessionRun(Run(source, recorder=recorder))
        try:
            play(session, sink, speed=pace(args), end_ns=stream_end_ns(None))
        except KeyboardInterrupt:
            sink(session.finish())  # what was done is kept
    print("That was the virtual wearer. To do it yourself: --device NAME (sensorcoach scan).", file=sys.stderr)
    return 0


def own_library(folder: Path) -> Library:
    """The shipped library with what a person keeps in `exercises/`, `programmes/` and `patterns.toml` of their folder.

    Raises
    ------
    InputError
        A file cannot be read, or is wrong.
    """
    patterns = _texts([folder / "patterns.toml"] if (folder / "patterns.toml").exists() else [])
    return load_library(
        _texts(sorted((folder / "exercises").glob("*.toml"))),
        _texts(sorted((folder / "programmes").glob("*.toml"))),
        {n: p for source, text in patterns.items() for n, p in parse_patterns(text, source).items()},
    )


def _texts(paths: Iterable[Path]) -> dict[str, str]:
    try:
        return {str(path): path.read_text(encoding="utf-8") for path in paths}
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"An exercise file cannot be read: {error}.", "Check that it is a UTF-8 text file.") from None


def _recorder(source: RehearsedSource, name: str | None) -> JournalWriter | nullcontext[None]:
    if name is None:
        return nullcontext()
    header = JournalHeader((source.header,), WALL_START_NS, 0, WALL_START_NS, f"sensorcoach {version('sensorcoach')}")
    return JournalWriter(journal_folder(name), header)
