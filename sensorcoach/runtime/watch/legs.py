"""A watch that runs for weeks, cut into legs: one engine and one journal for each day on the wall's calendar.

A leg begins with the first packet of its day and ends when the day is over. Its stream time starts at zero and
everything it was told stands in its journal, so that a replay of any day says exactly what was said on that day, and
neither memory nor journals grow with the weeks. What the wearer taught goes on into the next leg: the upright pose (to
be confirmed by the next upright rest), a running snooze, and how many alerts there were.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Protocol

from ...alerts.alerted import AlertedEngine
from ...alerts.policy import posture_sensor
from ...alerts.settings import AlertSettings
from ...coach.pose_watch import VOIDS
from ...coach.slouch import SlouchSettings
from ...engine import SensorSetup
from ...engine.engine import Item
from ...errors import OutputError
from ...events import Calibrate, Command, Event, Mute, NeutralSet, Notice, SetSlouch, Snooze
from ...recording.journal_format import JournalHeader
from ...samples import NS, Packet, SampleBlock, Tick
from ..live import LiveRecorder
from .chronicle import ChronicledRecorder, hear

RETRY_NS: Final = 600 * NS
"""A recording that could not be begun is tried again after so long."""
STAMP_NS: Final = 1000
"""Arrivals are kept to a microsecond: radios scatter them by milliseconds, and finer digits are noise to store."""
REPLIES_KEPT: Final = 64
"""Packets without samples (answers to the set-up) of the running connection that a new leg gets to hear first."""

_EPOCH: Final = date(1970, 1, 1).toordinal()


class Streams(Protocol):
    """What a leg needs of a live source."""

    header: JournalHeader

    def engine_sensors(self) -> Sequence[SensorSetup]:
        """Sensors with decoders in their first state."""


class OpenRecorder(Protocol):
    """Begins a journal."""

    def __call__(self, header: JournalHeader) -> LiveRecorder:
        """A recorder for a new leg; raises OutputError."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What every leg begins with.

    Attributes
    ----------
    slouch : SlouchSettings
    alerts : callable
        How to alert on a day.
    first : callable
        Commands for before the first sample, such as the stored upright pose.
    record : OpenRecorder, optional
    used : tuple of (date, int), optional
        Alerts given before on a day, by an earlier run of the program.
    """

    slouch: SlouchSettings
    alerts: Callable[[date], AlertSettings]
    first: Callable[[], Sequence[Command]] = tuple
    record: OpenRecorder | None = None
    used: tuple[date, int] | None = None


@dataclass(slots=True)
class _Leg:
    engine: AlertedEngine
    recorder: LiveRecorder | None
    base_ns: int
    day: date
    heard_ns: int = 0


class Legs:
    """Items in, events out, with legs beginning and ending on the way. Knows no clock but the ticks.

    Parameters
    ----------
    streams : Streams
    plan : Plan

    Attributes
    ----------
    sensors : list of str
    heard_ns : int
        Newest time of the source's own clock.
    """

    def __init__(self, streams: Streams, plan: Plan) -> None:
        self._streams = streams
        self._plan = plan
        self.sensors = [sensor.name for sensor in streams.header.sensors]
        self._quiet = _quiet_channels(streams.engine_sensors())
        self._leg: _Leg | None = None
        self._tick: Tick | None = None
        self._pending: list[Item] = []
        self._waiting: list[Command] = []  # for the next leg
        self._replies: deque[Packet] = deque(maxlen=REPLIES_KEPT)
        self._poses: dict[str, NeutralSet] = {}
        self._used = plan.used
        self._retry_ns = 0
        self._events: list[Event] = []
        self._problems: list[OutputError] = []
        self._retired: list[LiveRecorder] = []
        self.heard_ns = 0

    @property
    def day(self) -> date | None:
        """Day of the running leg."""
        return None if self._leg is None else self._leg.day

    @property
    def used(self) -> tuple[date, int] | None:
        """Alerts about posture on the newest day."""
        return self._used if self._leg is None else (self._leg.day, self._leg.engine.alerts.used)

    @property
    def recording(self) -> bool:
        """Whether what comes is written down."""
        return self._leg is not None and self._leg.recorder is not None

    @property
    def chronicle(self) -> ChronicledRecorder | None:
        """What keeps the history of the running leg."""
        recorder = None if self._leg is None else self._leg.recorder
        return recorder if isinstance(recorder, ChronicledRecorder) else None

    @property
    def leg_ns(self) -> int:
        """Stream time of the running leg: where it stands when the source's own clock shows `heard_ns`."""
        return 0 if self._leg is None else self._leg.heard_ns

    def until(self) -> tuple[float, float]:
        """How much longer posture alerts (snooze) and all alerts (mute) are held back, s."""
        leg = self._leg
        if leg is None:
            return 0.0, 0.0
        alerts, now_ns = leg.engine.alerts, max(leg.heard_ns, leg.engine.now_ns)
        return max(0, alerts.snoozed_until_ns - now_ns) / NS, max(0, alerts.muted_until_ns - now_ns) / NS

    def take(self, items: Iterable[Item]) -> None:
        """Write items down; what they mean is worked out by `advance`, for many at once."""
        for item in items:
            if isinstance(item, Tick):
                self._on_tick(item)
            elif isinstance(item, Packet):
                self._on_packet(item)
            elif isinstance(item, Command):
                self.command(item)
            self.heard_ns = max(self.heard_ns, 0 if isinstance(item, Command | SampleBlock) else item.t_ns)

    def command(self, command: Command) -> None:
        """Stamp a command with stream time now and carry it out; before the first packet it waits for that."""
        leg = self._leg
        if leg is None:
            self._waiting.append(command)
        else:
            self._put(leg, replace(command, t_ns=max(leg.heard_ns, leg.engine.now_ns)))

    def advance(self) -> list[Event]:
        """Carry what was taken through the engine: what became known since the last call."""
        self._work()
        events, self._events = self._events, []
        return events

    def finish(self) -> list[Event]:
        """It is over: the last events. Recorders are then to be closed (`retired`)."""
        if self._leg is not None:
            self._end()
        return self.advance()

    def problems(self) -> list[OutputError]:
        """What went wrong with recording since the last call."""
        problems, self._problems = self._problems, []
        if self._leg is not None and self._leg.recorder is not None:
            problems += self._leg.recorder.take_problems()
        return problems

    def retired(self) -> list[LiveRecorder]:
        """Recorders of legs that have ended, to be closed by whoever may wait for the disk."""
        retired, self._retired = self._retired, []
        return retired

    def _on_tick(self, tick: Tick) -> None:
        self._tick = tick
        if self._leg is not None and _day(tick) != self._leg.day:
            self._end()
        leg = self._leg
        if leg is not None and leg.recorder is None and self._plan.record is not None and tick.t_ns >= self._retry_ns:
            recorder = self._open(tick)
            if recorder is not None:
                self._end()
                leg = self._begin(tick, recorder)
        if leg is not None:
            self._put(leg, Tick(tick.t_ns - leg.base_ns, tick.wall_ns, tick.utc_offset_s))

    def _on_packet(self, packet: Packet) -> None:
        leg = self._leg
        if leg is None:
            tick = self._tick or Tick(packet.t_ns, self._streams.header.origin_wall_ns + packet.t_ns)
            leg = self._begin(tick, self._open(tick))
            self._put(leg, Tick(tick.t_ns - leg.base_ns, tick.wall_ns, tick.utc_offset_s))
        if (packet.sensor, packet.channel) not in self._quiet:
            self._replies.append(packet)
        t_ns = (packet.t_ns - leg.base_ns) // STAMP_NS * STAMP_NS
        self._put(leg, Packet(t_ns, packet.sensor, packet.channel, packet.payload))

    def _put(self, leg: _Leg, item: Packet | Tick | Command) -> None:
        leg.heard_ns = max(leg.heard_ns, item.t_ns)
        if leg.recorder is not None:
            leg.recorder.append(item)
        self._pending.append(item)

    def _work(self) -> None:
        if self._leg is None or not self._pending:
            return
        events = self._leg.engine.feed_many(self._pending)
        hear(self._leg.recorder, self._pending, events)
        self._pending.clear()
        for event in events:
            if isinstance(event, NeutralSet) and event.source != "first_stillness":
                self._poses[event.sensor] = event
            elif isinstance(event, Notice) and event.code in VOIDS:
                self._poses.pop(event.sensor, None)
        self._events += events

    def _open(self, tick: Tick) -> LiveRecorder | None:
        """A recorder for a leg that begins with this tick; None, and told of, where that does not work."""
        if self._plan.record is None:
            return None
        header = replace(
            self._streams.header,
            created_wall_ns=tick.wall_ns,
            utc_offset_s=tick.utc_offset_s,
            origin_wall_ns=tick.wall_ns,
        )
        try:
            return self._plan.record(header)
        except OutputError as error:
            if not self._retry_ns:
                self._problems.append(OutputError(error.message, f"{error.advice} Watching goes on without recording."))
            self._retry_ns = tick.t_ns + RETRY_NS
            return None

    def _begin(self, tick: Tick, recorder: LiveRecorder | None) -> _Leg:
        if recorder is not None:
            self._retry_ns = 0
        leg = self._leg = _Leg(AlertedEngine(self._streams.engine_sensors()), recorder, tick.t_ns, _day(tick))
        for command in self._first(leg.day):
            self._put(leg, replace(command, t_ns=0))
        for packet in self._replies:
            self._put(leg, Packet(0, packet.sensor, packet.channel, packet.payload))
        return leg

    def _first(self, day: date) -> list[Command]:
        slouch = self._plan.slouch
        used = self._used[1] if self._used is not None and self._used[0] == day else 0
        poses = [
            Calibrate(0, s, p.up, p.forward if p.forward_known else None, "stored") for s, p in self._poses.items()
        ]
        given = [
            c for c in self._plan.first() if not (isinstance(c, Calibrate) and c.sensor in self._poses)
        ]  # what was learned on the way is newer than what was stored before
        waiting, self._waiting = self._waiting, []
        return [
            *(SetSlouch(0, sensor, slouch.threshold_deg, slouch.dwell_s) for sensor in self.sensors),
            self._plan.alerts(day).command(posture_sensor(self.sensors), used),
            *given,
            *poses,
            *waiting,
        ]

    def _end(self) -> None:
        leg = self._leg
        assert leg is not None
        self._work()
        self._used = self.used
        snooze_s, mute_s = self.until()
        self._waiting += [Snooze(0, snooze_s)] if snooze_s else []
        self._waiting += [Mute(0, mute_s)] if mute_s else []
        last = leg.engine.finish()
        hear(leg.recorder, (), last)
        self._events += last
        if leg.recorder is not None:
            self._problems += leg.recorder.take_problems()
            self._retired.append(leg.recorder)
        self._leg = None


def _day(tick: Tick) -> date:
    """The local day of a tick; days that a broken clock makes impossible are the first or the last."""
    days = (tick.wall_ns // NS + tick.utc_offset_s) // 86_400
    return date.fromordinal(min(max(days + _EPOCH, 1), date.max.toordinal()))


def _quiet_channels(sensors: Sequence[SensorSetup]) -> frozenset[tuple[str, str]]:
    """Channels that carry samples, heart beats or the battery, by sensor: nothing a decoder must have heard before."""
    from ...protocol import Decoder

    quiet: set[tuple[str, str]] = set()
    for setup in sensors:
        if isinstance(setup.decoder, Decoder):
            profile = setup.decoder.profile
            channels = {stream.channel for stream in profile.streams} | {profile.heart_channel or ""}
            quiet |= {(setup.stream.sensor, channel) for channel in channels}
    return frozenset(quiet)
