"""What a session came to: one thing to keep, one to try, what was done, and the scores with what they mean."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.markup import escape
from textual.widgets import Footer, Static

from ...coach.wording import WHOLE, share_words, span_words
from ...events import ExerciseDone, Score, SessionSummary
from ..score_words import score_words
from .base import AppScreen, HelpRows

_ENDED = {"done": "All done", "stopped": "Stopped where you wanted", "cut": "Ended early"}
_BAR = 10


class SummaryScreen(AppScreen):
    """Shows a `SessionSummary`; the scores scroll.

    Parameters
    ----------
    summary : SessionSummary
    title : str
        Of the programme.
    """

    AUTO_FOCUS: ClassVar[str] = "VerticalScroll"
    BINDINGS: ClassVar = [Binding("enter,escape", "leave", "done")]
    HELP_KEYS: ClassVar[HelpRows] = (("enter", "done"), ("↑ ↓", "scroll"))

    def __init__(self, summary: SessionSummary, *, title: str) -> None:
        super().__init__()
        self.summary = summary
        self._title = title

    def compose(self) -> ComposeResult:
        """The two sentences first, then what was done, then the numbers."""
        summary = self.summary
        share, span = share_words(summary.done), span_words(summary.active_s)
        done = f"{_ENDED.get(summary.ended, summary.ended)} · {share} in {span}"
        if summary.ended == "done" and summary.done < WHOLE:  # gone through, but something was left out
            done = f"{share} done in {span}"
        with VerticalScroll(id="summary"):
            yield Static(f"[b]{escape(self._title)}[/]   [$muted]{done}[/]\n")
            yield Static(f"[$ok b]Keep[/]  {escape(summary.keep)}", classes="advice")
            yield Static(f"[$lean b]Try [/]  {escape(summary.to_try)}\n", classes="advice")
            if summary.next_time:
                yield Static(f"[$breath b]Next time[/]  {escape(summary.next_time)}\n", classes="advice")
            discomfort = _discomfort(summary.discomfort_before, summary.discomfort_after)
            if discomfort:
                yield Static(f"{discomfort}\n")
            for exercise in summary.exercises:
                yield Static(_exercise(exercise))
                for line in _scores([s for s in summary.scores if s.exercise == exercise.exercise]):
                    yield Static(line, classes="score")
            yield Static("\n[$muted]The numbers are this sensor's view of you, not a judgement, and no diagnosis.[/]")
        yield Footer(show_command_palette=False)

    def action_leave(self) -> None:
        """Back home, or out where there is none."""
        if self.shell.launcher is None:
            self.app.exit(0)
        else:
            self.shell.leave_feed()


def _discomfort(before: float, after: float) -> str:
    said = [f"{value:.0f} {when}" for value, when in ((before, "before"), (after, "after")) if not math.isnan(value)]
    return f"Discomfort: {', '.join(said)} (0 to 10)." if said else ""


def _exercise(exercise: ExerciseDone) -> str:
    full = round(_BAR * min(max(exercise.share, 0.0), 1.0))
    bar = f"[$breath]{'━' * full}[/][$faint]{'─' * (_BAR - full)}[/]"
    feel = f"   [$muted]felt {escape(exercise.feel)}[/]" if exercise.feel else ""
    return f"{bar} {share_words(exercise.share):>5}  [b]{escape(exercise.title)}[/]{feel}"


def _scores(scores: Sequence[Score]) -> Iterator[str]:
    """A line for each number, and one for all that could not be judged."""
    unknown: list[str] = []
    for score in scores:
        name, value, meaning = score_words(score.name, score.value, score.unit, score.meaning)
        if value:
            yield f"{escape(name)} [b]{escape(value)}[/]   [$muted]{escape(meaning)}[/]"
        elif score.name == "not_judged":
            yield f"[$muted]{escape(name)}: {escape(meaning)}[/]"
        else:
            unknown.append(name)
    if unknown:
        yield f"[$muted]not judged, too little was known: {escape(', '.join(unknown))}[/]"
