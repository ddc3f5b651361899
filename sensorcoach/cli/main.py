"""Entry point: parse, run the one command, and turn every expected failure into one clear sentence."""

from __future__ import annotations

import importlib
import keyword
import os
import sys
from collections.abc import Sequence

from ..errors import SensorcoachError
from .parser import build_parser
from .terminal import on_terminal, say

HOME = "home"
"""Shown on a terminal when no command was typed."""
INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells expect (128 + SIGINT)."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run `sensorcoach` with these arguments (default: the process's own) and return its exit code."""
    parser = build_parser()
    args = parser.parse_args(argv)
    if args.command is None and not (on_terminal() and sys.stdin.isatty()):
        parser.print_help()
        return 0
    name = f"sensorcoach {args.command or ''}".strip()
    module = importlib.import_module(f"{__package__}.commands.{_module(args.command or HOME)}")
    try:
        if getattr(args, "web", False):
            from .commands._web import serve

            return serve(sys.argv[1:] if argv is None else argv, args.web_port)
        code: int = module.run(args)
        sys.stdout.flush()
    except SensorcoachError as error:
        say(f"{name}: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        print(f"{name}: stopped.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # the reader of our output has gone (`| head`): nothing is wrong, and nothing more can be said on stdout
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _module(command: str) -> str:
    """The module of a command; one whose name is a word of Python, such as `import`, ends in an underscore."""
    return f"{command}_" if keyword.iskeyword(command) else command
