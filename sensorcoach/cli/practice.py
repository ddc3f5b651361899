"""What a wearer did before, from the history, so that doses can follow from it."""

from __future__ import annotations

import argparse
import datetime as dt
import math
from collections.abc import Callable, Sequence

from ..coach.session import Practice
from ..coach.session.progress import Past, Wish
from ..errors import SensorcoachError
from ..history import DEFAULT_WEARER, History, Session, history_path, read_sessions, recordings_folder, update
from ..runtime.watch.places import kept_by_watches
from ..transport.setup import setup_from_header
from .places import recording_folder


def practice_of(args: argparse.Namespace, wish: Wish, say: Callable[[str], None]) -> Practice:
    """The practice of a wearer so far; brings the history up to date first.

    Parameters
    ----------
    args : argparse.Namespace
        `wearer`, and `record` and `no_record`: the session counts for later ones when it is recorded where the history
        looks for recordings.
    wish : str
        See `coach.session.progress.WISHES`.
    say : callable
        Gets sentences. A history that cannot be read keeps nobody from a session: it begins with the programme's doses.
    """
    try:
        with History(history_path()) as history:
            update(history, recordings_folder(), setup_from_header, told=say, kept=kept_by_watches())
            past = past_of(read_sessions(history, args.wearer or DEFAULT_WEARER))
    except SensorcoachError as error:
        say(f"{error} The session has the programme's own doses.")
        past = []
    folder = recording_folder(args)
    counts = folder is not None and folder.resolve().is_relative_to(recordings_folder().resolve())
    return Practice(past, dt.date.today(), wish, counts)


def past_of(sessions: Sequence[Session]) -> list[Past]:
    """The exercises of these sessions that were begun, in order."""
    return [
        Past(session.date, session.programme, e.exercise, e.title, e.share or 0.0, e.feel, _rise(session))
        for session in sessions
        for e in session.exercises
        if e.share or e.feel
    ]


def _rise(session: Session) -> float:
    before, after = session.discomfort
    return math.nan if before is None or after is None else after - before
