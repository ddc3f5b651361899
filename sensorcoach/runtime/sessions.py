"""What a session adds to a run: it is over with its summary, and a live sensor's estimators hear of its pacer."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..events import Command, Event, PacerSet, SessionSummary, SetPacer
from .headless import Sink
from .run import Run


class SessionRun:
    """A pulled run that is over with the session's summary; what `headless.play` paces.

    Parameters
    ----------
    run : Run
    given : callable, optional
        Commands the wearer gave since the last call.
    """

    def __init__(self, run: Run, given: Callable[[], Iterable[Command]] = tuple) -> None:
        self._run = run
        self._given = given
        self._done = False

    @property
    def position_ns(self) -> int:
        """Stream time reached."""
        return self._run.position_ns

    @property
    def ended(self) -> bool:
        """Whether the summary is out, or the source has nothing left."""
        return self._done or self._run.ended

    def advance(self, until_ns: int) -> Iterable[Event]:
        """Go on to this stream time, or to the summary."""
        said = [event for command in self._given() for event in self._run.command(command)]
        return self._kept([*said, *self._run.advance(until_ns)])

    def finish(self) -> Iterable[Event]:
        """The source is done; a session that still ran says so."""
        return () if self._done else self._kept(self._run.finish())

    def _kept(self, events: list[Event]) -> list[Event]:
        kept = until_summary(events)
        self._done = bool(kept) and isinstance(kept[-1], SessionSummary)
        return kept


class SessionSink:
    """A sink for a live run: passes events on up to the summary, then asks to stop; hands the pacer back as a command.

    Parameters
    ----------
    sink : Sink
        Where the events go.
    command : callable
        Takes a `SetPacer`, so that the estimators know which way the breath should go, and the journal keeps it.
    stop : callable
        Called once, with the summary.
    """

    def __init__(self, sink: Sink, command: Callable[[Command], None], stop: Callable[[], None]) -> None:
        self._sink, self._command, self._stop = sink, command, stop
        self.done = False

    def __call__(self, events: Iterable[Event]) -> None:
        """The next events."""
        if self.done:
            return
        kept = until_summary(list(events))
        self._sink(kept)
        for event in kept:
            if isinstance(event, PacerSet):
                parts_s = (event.inhale_s, event.hold_in_s, event.exhale_s, event.hold_out_s)
                self._command(SetPacer(event.t_ns, event.start_ns, *parts_s))
        if kept and isinstance(kept[-1], SessionSummary):
            self.done = True
            self._stop()


def until_summary(events: list[Event]) -> list[Event]:
    """The events up to the first summary, with it."""
    last = next((i for i, event in enumerate(events) if isinstance(event, SessionSummary)), len(events) - 1)
    return events[: last + 1]
