"""Words typed during a session in plain mode: answers to its questions, and pause, skip, back, repeat, stop.

A thread waits for lines and hands them over; the session never waits for anybody.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Final

from ..events import Answer, Command, ControlSession, Event, FeelAsked, SessionState, SessionStep

HOW: Final = (
    "To steer it, type a letter and press Enter: p pause or go on, s skip, b back, r repeat, q stop;"
    " Enter alone: next. Type pain when an exercise hurts: it ends."
)
_HINTS: Final = {
    "discomfort_before": "Type a number from 0, none, to 10, and press Enter. Enter alone: no answer.",
    "discomfort_after": "Type a number from 0, none, to 10, and press Enter. Enter alone: no answer.",
    "feel": "Type 1 easy, 2 right or 3 too much, and press Enter. Enter alone: no answer.",
}
_ACTIONS: Final = {
    "p": "pause",
    "pause": "pause",
    "go": "resume",
    "go on": "resume",
    "resume": "resume",
    "n": "next",
    "next": "next",
    "s": "skip",
    "skip": "skip",
    "b": "back",
    "back": "back",
    "r": "repeat",
    "repeat": "repeat",
    "q": "stop",
    "quit": "stop",
    "stop": "stop",
}
_FEELS: Final = {"1": "easy", "2": "right", "3": "too much", "hard": "too much"} | {
    feel: feel for feel in ("easy", "right", "too much")
}
_WAITING: Final = ("talk", "ask", "rest")
"""Parts of a session that Enter alone ends, as two taps on the sensor do."""
MOST_BYTES: Final = 1024


class TypedWords:
    """From lines to commands; hears the session to know what a line means now.

    Parameters
    ----------
    say : callable
        Gets sentences: how to answer, and what was not understood.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._question = ""
        self._part = ""
        self._paused = False

    def heard(self, events: Iterable[Event]) -> None:
        """Follow the session; a sink. Says how to answer a question."""
        for event in events:
            if isinstance(event, FeelAsked):
                self._question = event.question
                self._say(_HINTS[event.question])
            elif isinstance(event, SessionState):
                self._paused = event.state == "paused"
            elif isinstance(event, SessionStep):
                self._part = event.part

    def commands(self, line: str) -> list[Command]:
        """What a line asks for; nothing, and a sentence, where it is not understood."""
        word = " ".join(line.lower().split())
        if not word:
            return self._enter()
        if word == "pain":
            return [Answer(0, "pain", "yes")]
        if word in _ACTIONS:
            action = "resume" if _ACTIONS[word] == "pause" and self._paused else _ACTIONS[word]
            return [ControlSession(0, action)]
        value = self._value(word)
        if not value:
            self._say(f"{word!r} is not understood. {_HINTS.get(self._question, HOW)}")
            return []
        self._say(f"Noted: {value}.")
        question, self._question = self._question, ""
        answer = Answer(0, question, value)
        return [answer, ControlSession(0, "next")] if self._part == "ask" and not self._paused else [answer]

    def _enter(self) -> list[Command]:
        if self._paused:
            return [ControlSession(0, "resume")]
        return [ControlSession(0, "next")] if self._part in _WAITING else []

    def _value(self, word: str) -> str:
        """The answer to the open question; empty where it is none."""
        if self._question == "feel":
            return _FEELS.get(word, "")
        number = word if word.isascii() and word.isdecimal() and len(word) <= 2 and int(word) <= 10 else ""
        return str(int(number)) if self._question and number else ""


def terminal() -> int | None:
    """The terminal somebody can type into, as a file descriptor; None where there is none or it is another job's."""
    try:
        fd = sys.stdin.fileno()
        if not os.isatty(fd) or (hasattr(os, "tcgetpgrp") and os.tcgetpgrp(fd) != os.getpgrp()):
            return None
    except (OSError, ValueError, AttributeError):
        return None
    return fd


def read_lines(fd: int, take: Callable[[str], None]) -> threading.Thread:
    """Hand every line to `take`, on a thread of its own, until the end of the file.

    It reads the descriptor itself: a thread that waits inside `sys.stdin` would hold its lock when the program ends.
    """

    def read() -> None:
        rest = b""
        while True:
            try:
                chunk = os.read(fd, MOST_BYTES)
            except OSError:
                return
            if not chunk:
                return
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                take(line.decode("utf-8", "replace"))

    thread = threading.Thread(target=read, name="typed words", daemon=True)
    thread.start()
    return thread
