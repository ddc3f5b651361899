"""What is typed during a session: answers and commands, on a thread of its own, never in the way of the stream."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from pathlib import Path
from queue import SimpleQueue

import pytest

from sensorcoach.cli import main
from sensorcoach.cli.commands import session
from sensorcoach.cli.typed import HOW, TypedWords, read_lines, terminal
from sensorcoach.events import Answer, Command, ControlSession, Event, FeelAsked, SessionState, SessionStep
from sensorcoach.samples import NS


class Typist:
    """Somebody at a keyboard, and what they are told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.words = TypedWords(self.told.append)

    def asked(self, question: str) -> Typist:
        step = SessionStep(0, "chest", 1, 9, "bow", "Bow", "ask", 8.0)
        self.words.heard([step, FeelAsked(0, "chest", question, "bow")])
        return self

    def during(self, part: str, state: str = "running") -> Typist:
        self.words.heard([SessionState(0, "chest", state, ""), SessionStep(0, "chest", 2, 9, "bow", "Bow", part, 8.0)])
        return self

    def types(self, line: str) -> list[tuple[str, ...]]:
        return [
            (c.question, c.value) if isinstance(c, Answer) else (c.action,)
            for c in self.words.commands(line)
            if isinstance(c, Answer | ControlSession)
        ]


@pytest.mark.parametrize(
    ("question", "line", "value"),
    [
        ("discomfort_before", "3", "3"),
        ("discomfort_after", " 10 ", "10"),
        ("discomfort_after", "0", "0"),
        ("feel", "1", "easy"),
        ("feel", "2", "right"),
        ("feel", "3", "too much"),
        ("feel", "Hard", "too much"),
        ("feel", "too  much", "too much"),
    ],
)
def test_a_question_is_told_how_to_be_answered_and_is_over_with_its_answer(
    question: str, line: str, value: str
) -> None:
    typist = Typist().asked(question)
    assert "press Enter" in typist.told[-1]
    assert typist.types(line) == [(question, value), ("next",)]
    assert typist.types(line) == []  # once


@pytest.mark.parametrize(("question", "line"), [("discomfort_before", "11"), ("feel", "4"), ("feel", "0"), ("", "3")])
def test_what_is_no_answer_is_said(question: str, line: str) -> None:
    typist = Typist()
    if question:
        typist.asked(question)
    assert typist.types(line) == []
    assert "not understood" in typist.told[-1]


def test_a_late_answer_is_taken_and_ends_nothing() -> None:
    assert Typist().asked("feel").during("reps").types("1") == [("feel", "easy")]


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("p", "pause"),
        ("pause", "pause"),
        ("s", "skip"),
        ("SKIP", "skip"),
        ("b", "back"),
        ("r", "repeat"),
        ("q", "stop"),
    ],
)
def test_letters_and_words_steer_the_session(line: str, action: str) -> None:
    assert Typist().during("reps").types(line) == [(action,)]


def test_p_goes_on_when_it_is_paused_and_so_does_enter() -> None:
    paused = Typist().during("reps", "paused")
    assert paused.types("p") == paused.types("") == paused.types("go on") == [("resume",)]


def test_enter_alone_goes_on_only_where_nothing_is_being_done() -> None:
    assert [Typist().during(part).types("") for part in ("talk", "ask", "rest")] == [[("next",)]] * 3
    assert [Typist().during(part).types("") for part in ("reps", "holds", "breathe", "move")] == [[]] * 4


def test_pain_needs_no_question() -> None:
    assert Typist().during("reps").types("pain") == [("pain", "yes")]


def test_lines_come_whole_from_another_thread_and_end_with_the_file() -> None:
    ours, theirs = os.pipe()
    lines: SimpleQueue[str] = SimpleQueue()
    thread = read_lines(ours, lines.put)
    for piece in (b"pa", b"use\nski", b"p\n", b"unfinished"):
        os.write(theirs, piece)
    os.close(theirs)
    thread.join(5.0)
    os.close(ours)
    assert not thread.is_alive()
    assert [lines.get() for _ in range(lines.qsize())] == ["pause", "skip"]


def test_no_terminal_no_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    with open(os.devnull, encoding="utf-8") as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        assert terminal() is None
    monkeypatch.setattr(sys, "stdin", None)
    assert terminal() is None


def test_another_jobs_terminal_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    pty = pytest.importorskip("pty")
    leader, follower = pty.openpty()
    with os.fdopen(follower, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        monkeypatch.setattr(os, "tcgetpgrp", lambda fd: os.getpgrp() + 1)
        assert terminal() is None
        monkeypatch.setattr(os, "tcgetpgrp", lambda fd: os.getpgrp())
        assert terminal() == stdin.fileno()
    os.close(leader)


def test_a_session_is_steered_by_what_is_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rehearsal in sentences, its clock replaced: the first question is answered, then it is stopped."""
    ours, theirs = os.pipe()

    def pulled(run: object, sink: object, **_: object) -> None:
        assert isinstance(run, session.SessionRun)
        assert callable(sink)
        sink(run.advance(25 * NS))
        for line in (b"4\n", b"q\n"):
            os.write(theirs, line)
        os.close(theirs)
        reading.join(5.0)
        sink(run.advance(26 * NS))
        sink(run.finish())

    def reading_lines(fd: int, take: object) -> object:
        nonlocal reading
        assert callable(take)
        reading = read_lines(fd, take)
        return reading

    reading = read_lines(os.open(os.devnull, os.O_RDONLY), print)
    monkeypatch.setattr(session, "terminal", lambda: ours)
    monkeypatch.setattr(session, "read_lines", reading_lines)
    monkeypatch.setattr(session, "play", pulled)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert main(["session", "desk-break", "--mode", "plain", "--speed", "1"]) == 0
    out, err = capsys.readouterr()
    assert HOW in err
    assert "from 0, none, to 10, and press Enter" in err
    assert "Noted: 4." in err
    assert "0 % done" in out.splitlines()[-1]
    os.close(ours)


@pytest.mark.parametrize("patient", [True, False])
def test_a_question_waits_for_somebody_who_types_and_not_for_a_virtual_wearer(
    patient: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    monkeypatch.setattr(session, "terminal", lambda: nothing)
    given: list[Command] = []
    seen: list[Event] = []
    sink = session.steered(Namespace(mode="plain"), seen.extend, given.append, patient=patient)
    asked = FeelAsked(0, "chest", "feel", "bow")
    sink(iter([asked]))
    assert seen == [asked]
    assert given == ([ControlSession(0, "wait")] if patient else [])
    os.close(nothing)
