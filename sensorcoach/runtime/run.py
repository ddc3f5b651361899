"""One run of a source through the engine: reading, recording, states for seeking. Knows no clock and no screen."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Final, Protocol

from ..alerts.alerted import AlertedEngine
from ..coach.slouch import SlouchSettings
from ..engine import Engine
from ..engine.engine import Item
from ..events import Command, Event
from ..samples import NS, Packet, SampleBlock, Tick
from ..transport.source import Source

RawItem = Packet | Tick | Command
"""What a journal holds. Ready samples have no packets to keep: they come from a file already."""

SAVE_EVERY_NS: Final = 120 * NS
"""How far apart in stream time states are kept: going back costs at most this much to run through again."""
MOST_STATES: Final = 200
"""When more are kept, every second one is dropped, so that a day of states stays within some tens of megabytes."""


class Recorder(Protocol):
    """Where raw items go before anything is decoded."""

    def append(self, item: RawItem) -> None:
        """Keep one item."""


class Run:
    """A source, its engine, and what is written down on the way.

    Parameters
    ----------
    source : Source
    waves : bool
        Ask the engine for curves to draw.
    recorder : Recorder, optional
        Gets every item before the engine does.
    slouch : SlouchSettings, optional
    seekable : bool
        Keep engine states along the way.
    first : sequence of Command
        Given before the first sample.
    heard : sequence of callable
        Get the engine's events as well, such as the player of cues; not those of the end.
    """

    def __init__(
        self,
        source: Source,
        *,
        waves: bool = False,
        recorder: Recorder | None = None,
        slouch: SlouchSettings | None = None,
        seekable: bool = False,
        first: Sequence[Command] = (),
        heard: Sequence[Callable[[Sequence[Event]], None]] = (),
    ) -> None:
        self.source = source
        self._recorder = recorder
        self._engine: Engine = AlertedEngine(source.engine_sensors(), slouch=slouch, waves=waves)
        self._states: list[tuple[int, int, bytes]] = []
        self._seekable = seekable
        self._save_every_ns = SAVE_EVERY_NS
        self._position_ns = 0
        if seekable:
            self._states.append((-1, source.position, self._engine.save()))
        self._heard = heard
        self._said = [event for command in first for event in self.command(command)]

    @property
    def position_ns(self) -> int:
        """Stream time up to which everything was read; goes on through gaps."""
        return max(self._position_ns, self._engine.now_ns)

    @property
    def ended(self) -> bool:
        """Whether the source has nothing left."""
        return self.source.ended

    def advance(self, until_ns: int, limit: int = 100_000) -> list[Event]:
        """Read what is not newer than `until_ns` (at most about `limit` samples) and return what became known."""
        items = self.source.read(until_ns, limit)
        if self._recorder is not None:
            keep(items, self._recorder)
        events = self._engine.feed_many(items)
        if not items:
            self._position_ns = max(self._position_ns, until_ns)
        for hear in self._heard:
            hear(events)
        if self._said:
            events, self._said = [*self._said, *events], []
        if self._seekable and self._engine.now_ns - self._states[-1][0] >= self._save_every_ns:
            self._keep_state()
        return events

    def command(self, command: Command) -> list[Event]:
        """Stamp the command with stream time now, write it down, and carry it out."""
        stamped = replace(command, t_ns=self._engine.now_ns)
        if self._recorder is not None:
            self._recorder.append(stamped)
        events = self._engine.feed(stamped)
        for hear in self._heard:
            hear(events)
        return events

    def finish(self) -> list[Event]:
        """The source is done."""
        return self._engine.finish()

    def rewind(self, t_ns: int) -> int:
        """Go back to the newest saved state that is not after `t_ns`; returns the stream time of that state."""
        newest = bisect_right(self._states, t_ns, key=itemgetter(0)) - 1
        at_ns, position, state = self._states[max(newest, 0)]
        self._engine = Engine.restore(state)
        self.source.seek(position)
        self._position_ns = 0
        return max(at_ns, 0)

    def nearest_saved_ns(self, t_ns: int) -> int:
        """Stream time of the newest saved state that is not after `t_ns`."""
        return max((at for at, _, _ in self._states if at <= t_ns), default=0)

    def _keep_state(self) -> None:
        now_ns = self._engine.now_ns
        if now_ns > self._states[-1][0]:
            self._states.append((now_ns, self.source.position, self._engine.save()))
        if len(self._states) > MOST_STATES:
            self._states = self._states[::2]
            self._save_every_ns *= 2


def keep(items: Iterable[Item], recorder: Recorder) -> None:
    """Hand everything to the recorder that a journal can hold."""
    for item in items:
        if not isinstance(item, SampleBlock):
            recorder.append(item)


def stream_end_ns(seconds: float | None) -> int:
    """Where to stop, ns of stream time; far beyond any stream when there is no limit."""
    return 2**62 if seconds is None or math.isinf(seconds) else round(seconds * NS)
