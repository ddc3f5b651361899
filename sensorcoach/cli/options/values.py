"""What words on the command line may stand for."""

from __future__ import annotations

import argparse
import datetime as dt
import math
from pathlib import Path


def speed(text: str) -> float:
    """`max` or a positive factor; `max` is infinity."""
    if text == "max":
        return math.inf
    value = _number(text)
    if not 0.0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no speed: give a factor such as 1, 4 or 20, or max")
    return value


def recording(text: str) -> str:
    """A recording as `open_recording` knows it; one's own go by the names that `recordings list` prints, too."""
    from ...history import recordings_folder  # only where a recording is asked for: --help stays quick
    from ...recording.segments import journal_folder

    try:
        if not text or Path(text).exists():
            return text
        own = journal_folder(recordings_folder() / text)
        return str(own) if own.is_dir() else text
    except OSError as error:
        raise argparse.ArgumentTypeError(f"no recording can be called {text[:40]}…: {error.strerror}") from None


def port(text: str) -> int:
    """A port of this computer that needs no special rights."""
    if not text.isdecimal() or not 1024 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 1024 to 65535")
    return int(text)


def positive_seconds(text: str) -> float:
    """A positive, finite number of seconds."""
    return _positive(text, "number of seconds")


def seconds_from_zero(text: str) -> float:
    """A finite number of seconds, zero or more."""
    value = _number(text)
    if not 0.0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from 0 on")
    return value


def positive_number(text: str) -> float:
    """A positive, finite number."""
    return _positive(text, "number")


def config_action(text: str) -> str:
    """What `config` does; the name of a setting stands behind it."""
    key, _, value = text.partition("=")
    if "." in key:
        way = f"set {key} {value}" if value else f"get {key}"
        raise argparse.ArgumentTypeError(f"{text!r} is a setting, not what to do with it: sensorcoach config {way}")
    return text


def date(text: str) -> dt.date:
    """A day as `YYYY-MM-DD`."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day: write it as 2026-05-04") from None


def _number(text: str) -> float:
    """A number; nan where it is none."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def _positive(text: str, what: str) -> float:
    value = _number(text)
    if not 0.0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no {what} above 0")
    return value
