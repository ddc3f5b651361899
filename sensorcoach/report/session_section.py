"""What the coach said of a session: exercises, scores with their meaning, one thing to keep, one to try.

Sessions are read in the JSON form of their summary, from a recording's events or from the history alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ..coach.wording import span_words
from .measures import Measure, percent
from .page import NOT_KNOWN, Grid, Section

Said = Mapping[str, Any]

_ADVICE: Final = (("keep", "To keep"), ("to_try", "To try"), ("next_time", "Next time"))


def summaries(said: Sequence[Said]) -> list[Said]:
    """Summaries of sessions among what was said."""
    return [event for event in said if event.get("event") == "session_summary"]


def session_sections(said: Sequence[Said]) -> list[Section]:
    """For each session its exercises and, where it has any, its scores."""
    sections = []
    for summary in summaries(said):
        rows = [
            (_title(e), _number(e.get("share"), percent), _plain(e.get("feel") or "not answered"))
            for e in summary.get("exercises") or ()
        ]
        notes = [f"{word}: {summary[key]}" for key, word in _ADVICE if summary.get(key)]
        lead = f"{_number(summary.get('active_s'), span_words)} active."
        grid = Grid(("Exercise", "Done", "How it felt"), rows) if rows else None
        name = _plain(summary.get("programme") or "session")
        sections.append(Section(f"The session: {name}", lead, grid=grid, notes=notes))
        scores = _score_rows(summary)
        if scores:
            head = ("Exercise", "Score", "Value", "What it means")
            sections.append(Section("Scores", grid=Grid(head, scores)))
    return sections


def session_measures(said: Sequence[Said]) -> list[Measure]:
    """For the tiles of a page about a session: how much was done, and how it felt."""
    found = summaries(said)
    if not found:
        return []
    last = found[-1]
    number = len(last.get("exercises") or ())
    basis = f"of {number} {'exercise' if number == 1 else 'exercises'}"
    done = _number(last.get("done"), percent, "")
    out = [Measure("done", "Done", done, basis, "How much of the plan of the session was done.")]
    before, after = last.get("discomfort_before"), last.get("discomfort_after")
    if isinstance(before, int | float) and isinstance(after, int | float):
        meaning = "Your own answers on a scale from 0 to 10, before and after."
        out.append(Measure("discomfort", "Discomfort", f"{before:g} → {after:g}", "before and after, of 10", meaning))
    return out


def finished_words(said: Sequence[Said]) -> str:
    """The headline of a page about a session; empty where there was none."""
    found = summaries(said)
    if not found:
        return ""
    last = found[-1]
    name = _plain(last.get("programme") or "session")
    time = _number(last.get("active_s"), span_words)
    if last.get("ended") == "done":
        return f"You finished {name}, {time} active."
    return f"You did {_number(last.get('done'), percent)} of {name}, {time} active."


def _score_rows(summary: Said) -> list[tuple[str, str, str, str]]:
    titles = {e.get("exercise"): _title(e) for e in summary.get("exercises") or ()}
    rows = []
    previous = None
    for score in summary.get("scores") or ():
        exercise = score.get("exercise")
        title = "" if exercise == previous else titles.get(exercise, _plain(exercise or ""))
        value = _number(score.get("value"), _with_unit(str(score.get("unit") or "")))
        rows.append((title, _plain(score.get("name") or ""), value, str(score.get("meaning") or "")))
        previous = exercise
    return rows


def _with_unit(unit: str) -> Callable[[float], str]:
    apart = "" if unit in ("", "°") else " "
    return lambda value: f"{value:.3g}{apart}{unit}"


def _title(exercise: Said) -> str:
    return str(exercise.get("title") or _plain(exercise.get("exercise") or ""))


def _plain(name: object) -> str:
    """A name from a file as people write it."""
    return str(name).replace("_", " ").replace("-", " ").strip()


def _number(value: object, words: Callable[[float], str], absent: str = NOT_KNOWN) -> str:
    return words(value) if isinstance(value, int | float) and value == value else absent
