"""A run for the dashboard: paced on the event loop, in slices short enough that no frame waits."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Sequence
from typing import Final, Literal

from ..events import Command, Event, Link
from ..samples import NS
from .run import Run

FRAME_S: Final = 1 / 15
SLICE_NS: Final = 5 * NS
"""Stream time taken at once when running flat out or seeking: some milliseconds of work."""


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
        self._speed = speed
        self._end_ns = end_ns
        self._seek_ns: int | None = None
        self._said: list[Event] = []
        self._target_ns = 0.0
        self._clock_s: float | None = None

    @property
    def position_s(self) -> float:
        """Stream time now, s."""
        return self._run.position_ns / NS

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
        self._seek_ns = round(min(max(t_s, 0.0), last_s) * NS)

    def command(self, command: Command) -> None:
        """Carry out a command; what follows from it comes with the next batch."""
        self._said += self._run.command(command)

    async def batches(self) -> AsyncIterator[Sequence[Event]]:
        """Events as their time comes."""
        while True:
            if self._seek_ns is not None:
                yield await self._go_to(self._seek_ns)
            events, self._said = self._said, []
            if not self.paused:
                events += self._step()
            if events:
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
        """Nearest saved state, then forward in slices; what happened on the way is not shown."""
        self._seek_ns = None
        if t_ns < self._run.position_ns or self._run.nearest_saved_ns(t_ns) > self._run.position_ns:
            self._run.rewind(t_ns)
        while self._run.position_ns < t_ns and not self._run.ended and self._seek_ns is None:
            self._run.advance(min(t_ns, self._run.position_ns + SLICE_NS))
            await asyncio.sleep(0.0)
        self._target_ns, self._clock_s = float(self._run.position_ns), None
        return [Link(self._run.position_ns, self.sensor, "seek", "")]
