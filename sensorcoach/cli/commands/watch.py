"""`sensorcoach watch`: all day, without a dashboard; and a word with a watch that is running."""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from pathlib import Path

from ...errors import UsageError
from ...runtime.watch.control import ask, follow
from ...runtime.watch.places import state_folder
from ...runtime.watch.service import Service, install, service_for, uninstall
from ...settings import load_settings
from ...settings.table import ALERTS_MEETING_MIN, ALERTS_SNOOZE_MIN

DEMO = "demo"


def run(args: argparse.Namespace) -> int:
    """Watch, look after the service, or talk to the running watch."""
    if args.install or args.uninstall:
        return _service(args)
    if args.action is None:
        from ._watching import watch

        return watch(args)
    if args.value and args.action not in ("snooze", "meeting", "mark"):
        raise UsageError(f"watch {args.action} takes nothing more.", f"Not {args.value!r}.")
    return _talk(args, place(args))


def who(args: argparse.Namespace) -> str:
    """Whose watch: each wearer has one, and so has the virtual wearer."""
    return str(args.wearer or (DEMO if args.device == DEMO else "me"))


def place(args: argparse.Namespace) -> Path:
    """Where the running watch of this wearer can be reached; with a word for it and no name, the only one that runs.

    Raises
    ------
    UsageError
        Several run, and none is the one meant without a name.
    """
    path = state_folder() / f"watch-{file_word(who(args))}.sock"
    if args.action is None or args.wearer or args.device or path.exists():
        return path
    running = [other for other in sorted(path.parent.glob("watch-*.sock")) if _answers(other)]
    if len(running) > 1:
        names = ", ".join(other.stem.removeprefix("watch-") for other in running)
        raise UsageError(f"Several watches are running: {names}.", "Say whose is meant: --wearer NAME")
    return running[0] if running else path


def file_word(text: str) -> str:
    """A name as part of a file name."""
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in text)


def _talk(args: argparse.Namespace, path: Path) -> int:
    from ...runtime.watch.board import in_words

    action = args.action
    if action == "view":
        return _view(path)
    if action == "status":
        summary = ask(path, {"do": "status"})
        if args.mode == "json":
            import json

            print(json.dumps(summary))
        else:
            print(in_words(summary))
        return 0
    if action in ("snooze", "meeting"):
        length = ALERTS_SNOOZE_MIN if action == "snooze" else ALERTS_MEETING_MIN
        minutes = load_settings()[length] if args.value is None else _minutes(args.value)
        print(ask(path, {"do": action, "minutes": minutes})["said"])
        return 0
    if action == "stop":
        answer = ask(path, {"do": "stop"})
        while path.exists() and _answers(path):
            time.sleep(0.1)
        print(answer["said"])
        return 0
    print(ask(path, {"do": action, "label": args.value or ""})["said"])
    return 0


def _answers(path: Path) -> bool:
    try:
        ask(path, {"do": "status"})
    except UsageError:
        return False
    return True


def _minutes(text: str) -> float:
    if text == "off":
        return 0.0
    with contextlib.suppress(ValueError):
        minutes = float(text)
        if 0.0 <= minutes <= 24 * 60:
            return minutes
    raise UsageError(f"{text!r} is no number of minutes up to a day.", "Give one, or off to end it.")


def _view(path: Path) -> int:
    """One line that is renewed every second; elsewhere than on a terminal, a line whenever something changed."""
    from ...runtime.watch.board import in_one_line

    renewed, last = sys.stdout.isatty(), ""
    try:
        for summary in follow(path, {"do": "view"}):
            line = in_one_line(summary)
            if renewed:
                print(f"\r{line}\x1b[K", end="", flush=True)
            elif line != last:
                print(line, flush=True)
            last = line
    finally:
        if renewed:
            print()
    print("The watch has ended.", file=sys.stderr)
    return 0


def _service(args: argparse.Namespace) -> int:
    if args.install and args.device == DEMO:
        raise UsageError("The virtual wearer needs no service.", "Name a real sensor with --device, or none.")
    service = service_for(sys.platform, Path.home(), _command(args), args.wearer or "")
    if args.uninstall:
        there = uninstall(service)
        print(f"Removed {service.path}." if there else "There was no service to remove.", file=sys.stderr)
        return 0
    install(service)
    _explain(service)
    return 0


def _explain(service: Service) -> None:
    print(f"Written to {service.path}; it runs now and after every login.", file=sys.stderr)
    if service.note:
        print(service.note, file=sys.stderr)
    print("See it with: sensorcoach watch status. Remove it with: sensorcoach watch --uninstall", file=sys.stderr)


def _command(args: argparse.Namespace) -> list[str]:
    """The command line of the service: this one, without what only makes sense at a terminal."""
    command = [sys.executable, "-m", "sensorcoach", "watch", "--mode", "silent"]
    for name in ("device", "profile", "wearer", "preset", "quota", "quiet", "alerts", "keep"):
        value = getattr(args, name)
        if value is not None:
            command += [f"--{name}", f"{value:g}" if isinstance(value, float) else str(value)]
    for name in ("training", "tracking", "no_record"):
        command += [f"--{name.replace('_', '-')}"] if getattr(args, name) else []
    return command
