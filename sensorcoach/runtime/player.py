"""A run for the dashboard: paced on the event loop, in slices short enough that no frame waits."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Sequence
from typing import Final, Literal

from ..events import Command, Event, Link, NeutralSet, PacerSet, SlouchEnded, SlouchStarted
from ..samples import NS
from .run import Run

FRAME_S: Final = 1 / 15
SLICE_NS: Final = 5 * NS
"""Stream time taken at once when running flat out or seeking: some milliseconds of work."""
PAST_NS: Final = 60 * NS
"""After a seek, so much of what was before comes with it: as long as the longest curve on a screen."""
LASTING: Final = (NeutralSet, PacerSet, SlouchStarted, SlouchEnded)
"""Events that hold until the next of their kind, and so are told again after a seek."""


class Player:
    """What `tui.feed.Feed` asks for, over a pulled source (a recording or the virtual wearer).

    Parameters
    ----------
    run : Run
        Made with `waves=True`, and `seekable=True` for recordings.
    kind : {"demo", "replay"}
    speed : float
        Times real time; infinity: as fast as it goes.
    end_ns : int
        Stream time at which to stop.
    recording : str, optional
        Name being recorded to.
    """

    def __init__(
        self,
        run: Run,
        kind: Literal["live", "demo", "replay"],
        *,
        speed: float = 1.0,
        end_ns: int = 2**62,
        recording: str | None = None,
    ) -> None:
        self._run = run
        self.title = run.source.title
        setup = run.source.sensors[0].stream
        self.sensor = setup.sensor
        self.has_gyro = setup.has_gyro
        self.kind: Literal["live", "demo", "replay"] = kind
        self.duration_s = run.source.duration_s
        self.recording = recording
        self.paused = False
        self.lost_packets = 0
        self._speed = speed
        self._end_ns = end_ns
        self._seek_ns: int | None = None
        self._going_ns: int | None = None
        self._said: list[Event] = []
        self._lasting: dict[type[Event], list[Event]] = {kind: [] for kind in LASTING}
        self._target_ns = 0.0
        self._clock_s: float | None = None

    @property
    def position_s(self) -> float:
        """Stream time now, s; on the way to another time, that."""
        return (self._run.position_ns if self._going_ns is None else self._going_ns) / NS

    @property
    def speed(self) -> float:
        """Times real time."""
        return self._speed

    def set_paused(self, paused: bool) -> None:
        """Hold or go on."""
        self.paused = paused

    def set_speed(self, speed: float) -> None:
        """Change the pace from now on."""
        self._speed = speed

    def seek(self, t_s: float) -> None:
        """Go to this stream time; carried out between two batches."""
        last_s = self.duration_s if self.duration_s is not None else t_s
        self._seek_ns = self._going_ns = round(min(max(t_s, 0.0), last_s) * NS)

    def command(self, command: Command) -> None:
        """Carry out a command; what follows from it comes with the next batch."""
        self._said += self._run.command(command)

    async def batches(self) -> AsyncGenerator[Sequence[Event], None]:
        """Events as their time comes."""
        while True:
            if self._seek_ns is not None:
                yield await self._go_to(self._seek_ns)
            events, self._said = self._said, []
            if not self.paused:
                events += self._step()
            if events:
                self._note_lasting(events)
                yield events
            if self._run.ended or self._run.position_ns >= self._end_ns:
                yield self._run.finish()
                while self._seek_ns is None:  # a recording that has ended can still be wound back
                    if self.kind != "replay":
                        return
                    await asyncio.sleep(FRAME_S)
                continue
            await asyncio.sleep(0.0 if math.isinf(self._speed) and not self.paused else FRAME_S)

    def _step(self) -> list[Event]:
        if math.isinf(self._speed):
            return self._run.advance(min(self._run.position_ns + SLICE_NS, self._end_ns))
        now_s = asyncio.get_running_loop().time()
        elapsed_s = 0.0 if self._clock_s is None else min(now_s - self._clock_s, 1.0)
        self._clock_s = now_s
        self._target_ns = max(self._target_ns, self._run.position_ns - NS) + elapsed_s * self._speed * NS
        until_ns = min(round(self._target_ns), self._run.position_ns + SLICE_NS, self._end_ns)
        return self._run.advance(until_ns)

    async def _go_to(self, t_ns: int) -> list[Event]:
        """To a saved state well before it, then forward in slices; what the last minute on the way said comes along."""
        self._seek_ns = None
        from_ns = max(0, t_ns - PAST_NS)
        onward = from_ns <= self._run.position_ns <= t_ns
        if not onward and (t_ns < self._run.position_ns or self._run.nearest_saved_ns(from_ns) > self._run.position_ns):
            self._run.rewind(from_ns)
        past: list[Event] = []
        while self._run.position_ns < t_ns and not self._run.ended and self._seek_ns is None:
            events = self._run.advance(min(t_ns, self._run.position_ns + SLICE_NS))
            self._note_lasting(events)
            past += [event for event in events if onward or event.t_ns > from_ns]
            await asyncio.sleep(0.0)
        self._target_ns, self._clock_s = float(self._run.position_ns), None
        if self._seek_ns is None:
            self._going_ns = None
        if onward:  # only quicker: what is on the screen stays true
            return past
        held = [next((e for e in reversed(told) if e.t_ns <= from_ns), None) for told in self._lasting.values()]
        lasting = sorted((event for event in held if event is not None), key=lambda event: event.t_ns)
        begin_ns = min([from_ns, *(event.t_ns for event in past[:1])])
        return [Link(begin_ns, self.sensor, "seek", ""), *lasting, *past]

    def _note_lasting(self, events: Sequence[Event]) -> None:
        """Remember what holds from its time on; running through a stretch again says nothing new."""
        for event in events:
            told = self._lasting.get(type(event))
            if told is not None and (not told or event.t_ns > told[-1].t_ns):
                told.append(event)

    async def closed(self) -> None:
        """Nothing to wait for: whoever made the recorder closes it."""
