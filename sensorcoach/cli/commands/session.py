"""`sensorcoach session`: a guided session, on its own screen or by words, with a real sensor or a virtual wearer."""

from __future__ import annotations

import argparse
import asyncio
import math
import sys
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from pathlib import Path
from queue import SimpleQueue

from platformdirs import user_config_path

from ...coach.narrator import SessionNarrator
from ...coach.patterns import parse_patterns
from ...coach.session import Library, Plan, Practice, load_library, make_plan
from ...coach.session.rehearsal import ACTORS, rehearse
from ...cues import CuePlayer
from ...errors import InputError, UsageError
from ...events import Command, ControlSession, Event, FeelAsked
from ...recording.journal_writer import JournalWriter
from ...recording.segments import journal_folder
from ...runtime.headless import Sink, both, json_sink, plain_sink, play, silent_sink
from ...runtime.recorder import ThreadRecorder
from ...runtime.remembered import recall
from ...runtime.run import Run, stream_end_ns
from ...runtime.sessions import SessionRun
from ...samples import Site, StreamInfo
from ...simulate.sensor import VirtualSensor
from ...transport.rehearsal import RehearsedSource
from ...transport.virtual import virtual_header
from ..chosen import adapter
from ..places import last_devices
from ..terminal import say
from ..typed import HOW, TypedWords, read_lines, terminal
from ..wanted import refuse_profile_for_demo
from ._cues import cue_player
from ._output import mode, pace

DEMO = "demo"
FIRST_ACTOR = next(iter(ACTORS))


def run(args: argparse.Namespace) -> int:
    """List sessions, or lead through one to its summary."""
    library = own_library(user_config_path("sensorcoach"))
    if args.list:
        print("\n".join(listing(library)))
        return 0
    if args.name is None:
        raise UsageError("Which session?", f"One of {', '.join(library.programmes)}; see sensorcoach session --list.")
    if args.device is None and (_for_demo(args) or not recall(last_devices())):
        args.device = DEMO
    refuse_profile_for_demo(args)
    chosen = mode(args)
    demo = args.device == DEMO
    if chosen == "tui":
        return _on_the_dashboard(args, library) if demo else asyncio.run(_lead_on_the_dashboard(args, library))
    sink: Sink = silent_sink
    if chosen == "json":
        sink = json_sink(sys.stdout)
    elif chosen == "plain":
        sink = plain_sink(sys.stdout, SessionNarrator())
    with cue_player(args, chosen, deque()) as cues:
        if demo:
            return _rehearse(args, library, sink, cues)
        from ._session_live import lead

        return asyncio.run(lead(args, library, sink, cues))


def _for_demo(args: argparse.Namespace) -> bool:
    """Whether something was asked for that only the virtual wearer has."""
    return args.speed is not None or args.seed is not None or args.no_gyro or args.wearer in ACTORS


def listing(library: Library) -> list[str]:
    """One line each, its name first, in columns: programmes with their minutes, then exercises with their variants."""
    programmes, exercises = library.programmes.values(), library.exercises.values()
    rows = [(p.name, f"programme, {p.minutes:.0f} min", p.about) for p in programmes]
    rows += [(e.name, ", ".join(("exercise", *(v.name for v in e.variants))), e.about) for e in exercises]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return [f"{name.ljust(widths[0])}  {kind.ljust(widths[1])}  {about}" for name, kind, about in rows]


def plan_for(args: argparse.Namespace, library: Library, stream: StreamInfo, practice: Practice) -> Plan:
    """The plan asked for on the command line; raises as `make_plan` does."""
    return make_plan(
        library,
        args.name,
        stream,
        practice=practice,
        variant=args.variant,
        pattern=args.pattern,
        asked=args.with_holds,
    )


def rehearsal(args: argparse.Namespace, library: Library) -> tuple[RehearsedSource, Plan]:
    """A virtual wearer who does the session, and its plan.

    Raises
    ------
    UsageError
        No such session or wearer, or it cannot be done with this sensor.
    """
    site: Site = args.site or "chest"
    stream = StreamInfo(site, site, sampling_rate_hz=50.0, has_gyro=not args.no_gyro)
    plan = plan_for(args, library, stream, Practice(wish=args.dose))
    script = rehearse(plan, stream.sensor, wearer=args.wearer or FIRST_ACTOR, site=stream.site)
    return RehearsedSource(VirtualSensor(script.scenario, seed=args.seed), script.commands), plan


def _rehearse(args: argparse.Namespace, library: Library, sink: Sink, cues: CuePlayer) -> int:
    """A virtual wearer does the session."""
    source, _ = rehearsal(args, library)
    wearer = args.wearer or FIRST_ACTOR
    print(f"This is a rehearsal: a virtual wearer ({wearer}) does it, not you.", file=sys.stderr)
    with _recorder(source, args.record) as recorder:
        speed = pace(args)
        given: SimpleQueue[Command] = SimpleQueue()
        if speed == 1.0:
            sink = steered(args, sink, given.put, patient=False)
        run = Run(source, recorder=recorder, heard=[cues] if speed == 1.0 else [])
        session = SessionRun(run, lambda: [given.get() for _ in range(given.qsize())])
        cues.attach(lambda: session.position_ns)
        try:
            play(session, sink, speed=speed, end_ns=stream_end_ns(None))
        except KeyboardInterrupt:
            sink(session.finish())  # what was done is kept
    print("That was the virtual wearer. To do it yourself: --device NAME (sensorcoach scan).", file=sys.stderr)
    return 0


def steered(args: argparse.Namespace, sink: Sink, give: Callable[[Command], None], *, patient: bool) -> Sink:
    """The sink of a session in sentences on a terminal: what is typed there is given as commands, on another thread.

    `patient`: a question waits for whoever types; a virtual wearer answers by itself.
    """
    fd = terminal() if mode(args) == "plain" else None
    if fd is None:
        return sink
    typed = TypedWords(say)
    say(HOW)

    def take(line: str) -> None:
        for command in typed.commands(line):
            give(command)

    def wait(events: Iterable[Event]) -> None:
        if any(isinstance(event, FeelAsked) for event in events):
            give(ControlSession(0, "wait"))

    read_lines(fd, take)
    heard = both(sink, typed.heard)
    return both(heard, wait) if patient else heard


def _on_the_dashboard(args: argparse.Namespace, library: Library) -> int:
    """The same, on the session's own screen."""
    from ..dashboard import run as show
    from ..launching import Launch

    source, plan = rehearsal(args, library)
    speed = args.speed or 1.0
    with _recorder(source, args.record, beside=not math.isinf(speed)) as recorder:
        launch = Launch(args)
        code = show(launch.rehearsed(source, plan, recorder, speed), launch)
    if isinstance(recorder, ThreadRecorder):
        for problem in recorder.take_problems():
            say(str(problem))
    return code


async def _lead_on_the_dashboard(args: argparse.Namespace, library: Library) -> int:
    """A real sensor, found before the screen opens, so that what goes wrong is said on the terminal."""
    from ..dashboard import show
    from ..finding import find_source
    from ..launching import Launch
    from ..practice import practice_of

    source = await find_source(args, adapter(args))
    stream = source.engine_sensors()[0].stream
    plan = plan_for(args, library, stream, practice_of(args, args.dose, say))
    launch = Launch(args)
    return await show(launch.over_radio(source, plan, "session", record=args.record), launch)


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


def _recorder(
    source: RehearsedSource, name: str | None, *, beside: bool = False
) -> JournalWriter | ThreadRecorder | nullcontext[None]:
    """What writes the journal `name`; `beside` the run, where nobody may wait for the disk."""
    if name is None:
        return nullcontext()
    return (ThreadRecorder if beside else JournalWriter)(journal_folder(name), virtual_header([source.header], DEMO))
