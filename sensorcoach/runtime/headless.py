"""A run without a dashboard: plain sentences, JSON lines, or nothing; paced by the computer's clock or flat out."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol, TextIO

from ..coach.narrator import Narrator
from ..events import CURVES, Event, Link, Notice, to_dict
from ..protocol.battery import BatteryLevel
from ..samples import NS

FRAME_S: Final = 0.1
"""How often a paced run looks for something to say."""
SLICE_NS: Final = 20 * NS
"""How much stream time an unpaced run takes at once: large enough to be quick, small enough that lines keep coming."""

Sink = Callable[[Iterable[Event]], None]


def json_sink(out: TextIO, origin_s: float = 0.0) -> Sink:
    """One JSON object a line for every event; points of curves are left out."""

    def write(events: Iterable[Event]) -> None:
        lines = [json.dumps(to_dict(e, origin_s)) for e in events if not isinstance(e, CURVES)]
        if lines:
            out.write("\n".join(lines) + "\n")
            out.flush()

    return write


class Voice(Protocol):
    """Who finds the words."""

    def say(self, event: Event) -> str | None:
        """What a person should hear about this event."""


def plain_sink(out: TextIO, voice: Voice | None = None) -> Sink:
    """One short sentence for every change worth a word, after its time; by default in the words of a `Narrator`."""
    narrator = voice or Narrator()

    def write(events: Iterable[Event]) -> None:
        for event in events:
            text = narrator.say(event)
            if text:
                print(f"{_clock(event.t_ns)}  {text}", file=out, flush=True)

    return write


class NamedVoices:
    """The voice of several sensors at once: the first one tells of the wearer, another one only of itself, by name.

    Parameters
    ----------
    sensors : sequence of str
        Names, the one that is shown first.
    """

    def __init__(self, sensors: Sequence[str]) -> None:
        self._narrators = {sensor: Narrator() for sensor in sensors}
        self._others = frozenset(sensors[1:])
        self._first = self._narrators[sensors[0]]

    def say(self, event: Event) -> str | None:
        """What a person should hear about this event."""
        if event.sensor not in self._others:
            return self._first.say(event)
        ours = isinstance(event, Notice | BatteryLevel) or (isinstance(event, Link) and event.state != "ended")
        words = self._narrators[event.sensor].say(event) if ours else None
        return f"{event.sensor}: {words}" if words else None


def voice_for(sensors: Sequence[str]) -> Voice:
    """Who speaks for these sensors."""
    return Narrator() if len(sensors) < 2 else NamedVoices(sensors)


class SaidFrom:
    """A voice that hears everything and says only what belongs to a time from `start_ns` on."""

    def __init__(self, voice: Voice, start_ns: int) -> None:
        self._voice = voice
        self._start_ns = start_ns

    def say(self, event: Event) -> str | None:
        """What a person should hear about this event."""
        words = self._voice.say(event)
        return words if event.t_ns >= self._start_ns else None


def since(sink: Sink, start_ns: int) -> Sink:
    """A sink that hands on events from this stream time on."""
    return lambda events: sink([event for event in events if event.t_ns >= start_ns])


def silent_sink(events: Iterable[Event]) -> None:
    """Everything is computed, nothing is said."""


def both(first: Sink, second: Sink) -> Sink:
    """A sink that hands everything to two others."""

    def write(events: Iterable[Event]) -> None:
        kept = list(events)
        first(kept)
        second(kept)

    return write


class Steps(Protocol):
    """What `play` paces: a `Run`, or a `RecordOnly`."""

    @property
    def position_ns(self) -> int:
        """Stream time reached."""

    @property
    def ended(self) -> bool:
        """Whether there is nothing left."""

    def advance(self, until_ns: int) -> Iterable[Event]:
        """Go on to this stream time."""

    def finish(self) -> Iterable[Event]:
        """It is over."""


def play(
    run: Steps,
    sink: Sink,
    *,
    speed: float,
    end_ns: int,
    start_ns: int = 0,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Run to the end of the source or to `end_ns`.

    Parameters
    ----------
    run : Steps
    sink : Sink
    speed : float
        Times real time; infinity: as fast as it goes.
    end_ns : int
        Stream time at which to stop.
    start_ns : int
        Stream time from which it is paced; up to there it goes as fast as it can.
    clock, sleep : callables
        Where real time comes from, s.
    """
    while not run.ended and run.position_ns < min(start_ns, end_ns):
        sink(run.advance(min(run.position_ns + SLICE_NS, start_ns, end_ns)))
    started_s = clock()
    while not run.ended and run.position_ns < end_ns:
        if math.isinf(speed):
            sink(run.advance(min(run.position_ns + SLICE_NS, end_ns)))
            continue
        target_ns = start_ns + round((clock() - started_s) * speed * NS)
        sink(run.advance(min(target_ns, end_ns)))
        if target_ns < end_ns:
            sleep(FRAME_S)
    sink(run.finish())


def _clock(t_ns: int) -> str:
    seconds = t_ns // NS
    minutes = f"{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return minutes if seconds < 3600 else f"{seconds // 3600}:{minutes}"
