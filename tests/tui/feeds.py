"""A feed made by a small script: everything at once, then quiet until it is told to end, fail, or go on."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Sequence
from typing import Literal

from sensorcoach.errors import SensorcoachError
from sensorcoach.events import (
    ActivityChanged,
    Breath,
    BreathPhase,
    Command,
    Event,
    NeutralSet,
    Second,
    SlouchEnded,
    SlouchStarted,
    Wave,
)
from sensorcoach.samples import NS

SENSOR = "chest"
NAN = math.nan
POINTS_PER_WAVE = 5


def second(
    t_s: float,
    *,
    rate_brpm: float = 8.0,
    quality: float = 0.9,
    reason: str = "",
    flexion_deg: float = 3.0,
    lateral_deg: float = -2.0,
    activity: str = "still",
    slouching: bool | None = False,
    posture_quality: float = 0.9,
) -> Second:
    known = not reason
    return Second(
        round(t_s * NS),
        SENSOR,
        rate_brpm if known else NAN,
        rate_brpm + 0.2 if known else NAN,
        quality if known else NAN,
        "inhale" if known else "",
        reason,
        flexion_deg,
        lateral_deg,
        abs(flexion_deg),
        posture_quality,
        activity,
        slouching,
    )


def breath_value(t_s: float, period_s: float = 7.5) -> float:
    """A breath of usual depth: two fifths of the time in, the rest out."""
    share = t_s / period_s % 1.0
    rising = share < 0.4
    turn = share / 0.4 if rising else (share - 0.4) / 0.6
    return -0.5 * math.cos(math.pi * turn) * (1 if rising else -1)


def wave(t_s: float, *, flexion_deg: float = 3.0, known: bool = True) -> Wave:
    points = tuple(breath_value(t_s - 0.04 * k) if known else NAN for k in reversed(range(POINTS_PER_WAVE)))
    return Wave(round(t_s * NS), SENSOR, points, flexion_deg)


def desk(until_s: float, *, flexion_deg: float = 3.0, settled_s: float = 12.0) -> list[Event]:
    """Calm breathing at a desk, from zero to `until_s`."""
    out: list[Event] = [NeutralSet(4 * NS, SENSOR, (0.0, 0.0, 1.0), (1.0, 0.0, 0.0), "first_stillness", True)]
    for step in range(1, round(until_s * 5) + 1):
        t_s = step / 5
        out.append(wave(t_s, flexion_deg=flexion_deg))
        if step % 5 == 0:
            out.append(second(t_s, reason="" if t_s >= settled_s else "settling", flexion_deg=flexion_deg))
    begun_s = until_s - until_s % 7.5
    end_ns = round(until_s * NS)
    out.append(Breath(end_ns, SENSOR, round((begun_s - 7.5) * NS), round((begun_s - 4.5) * NS), end_ns, 1.0, 0.9))
    out.append(BreathPhase(end_ns, SENSOR, "inhale", round(begun_s * NS), 0.1))
    return out


def slouching(until_s: float) -> list[Event]:
    """The same, leaning forward for the last twenty seconds."""
    onset_s = until_s - 20
    t_ns = round(until_s * NS)
    return [
        *desk(until_s, flexion_deg=24.0),
        SlouchStarted(round((onset_s + 5) * NS), SENSOR, round(onset_s * NS), 24.0, 0.5),
        second(until_s + 1e-6, flexion_deg=24.0, slouching=True),
        BreathPhase(t_ns, SENSOR, "inhale", t_ns - 2 * NS, 0.1),
    ]


def walking(until_s: float) -> list[Event]:
    """At the desk, then up and away for ten seconds."""
    left_s = until_s - 10
    out = desk(left_s)
    out.append(ActivityChanged(round(left_s * NS), SENSOR, "walking", "still"))
    for step in range(1, 51):
        t_s = left_s + step / 5
        out.append(wave(t_s, flexion_deg=NAN, known=False))
        if step % 5 == 0:
            out.append(
                second(t_s, reason="walking", activity="walking", flexion_deg=NAN, lateral_deg=NAN, slouching=None)
            )
    return out


def upright_again(t_s: float) -> SlouchEnded:
    return SlouchEnded(round(t_s * NS), SENSOR, round((t_s - 45) * NS), "upright", 26.0)


class ScriptedFeed:
    """Implements `sensorcoach.tui.feed.Feed`."""

    def __init__(
        self,
        events: Sequence[Event] = (),
        *,
        position_s: float | None = None,
        kind: Literal["live", "demo", "replay"] = "demo",
        title: str = "Demo: virtual wearer",
        duration_s: float | None = None,
        recording: str | None = None,
        has_gyro: bool = True,
    ) -> None:
        self.title = title
        self.sensor = SENSOR
        self.kind: Literal["live", "demo", "replay"] = kind
        self.has_gyro = has_gyro
        self.duration_s = duration_s
        self.recording = recording
        self.paused = False
        self.commands: list[Command] = []
        self.sought_s: list[float] = []
        self.started = 0
        self.closings = 0
        self.lost_packets = 0
        self._speed = 1.0
        self._events = list(events)
        newest_s = max((event.t_ns for event in events), default=0) / NS
        self._position_s = newest_s if position_s is None else position_s
        self._more: asyncio.Queue[list[Event] | SensorcoachError | None] = asyncio.Queue()

    @property
    def position_s(self) -> float:
        return self._position_s

    @property
    def speed(self) -> float:
        return self._speed

    def command(self, command: Command) -> None:
        self.commands.append(command)

    def set_paused(self, paused: bool) -> None:
        self.paused = paused

    def set_speed(self, speed: float) -> None:
        self._speed = speed

    def seek(self, t_s: float) -> None:
        self.sought_s.append(t_s)

    def push(self, events: Sequence[Event]) -> None:
        self._position_s = events[-1].t_ns / NS
        self._more.put_nowait(list(events))

    async def closed(self) -> None:
        self.closings += 1

    def end(self) -> None:
        self._more.put_nowait(None)

    def fail(self, error: SensorcoachError) -> None:
        self._more.put_nowait(error)

    async def batches(self) -> AsyncGenerator[Sequence[Event], None]:
        self.started += 1
        if self.started == 1:
            yield self._events
        while (item := await self._more.get()) is not None:
            if isinstance(item, SensorcoachError):
                raise item
            yield item
