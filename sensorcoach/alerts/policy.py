"""What deserves an alert: a pure state machine over the engine's events, the ticks, and the wearer's commands.

Everything is decided at the rows that come every second, by what was known before their time: which ticks and commands
are older, not which happened to be handed over already. So the same recording gives the same alerts however it is cut.

An alert about posture needs a slouch that is trusted, a wearer at rest (never on foot, lying, bending, riding, or
without the sensor), and that nothing speaks against it: snooze, mute, quiet hours, the day's quota, the rate limit. A
slouch that meets one of the last five is not forgotten: it is told of when that is over and the slouch is not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ..coach.wording import sentence, span_words
from ..errors import UsageError
from ..events import (
    TRUSTED,
    Alert,
    AlertCleared,
    BendingLoad,
    BreakDue,
    Command,
    Event,
    LongStill,
    Mute,
    Notice,
    Second,
    SetAlerts,
    SideLean,
    SlouchEnded,
    SlouchStarted,
    Snooze,
)
from ..protocol.battery import BatteryLevel
from ..samples import NS, Packet, SampleBlock, Tick
from .settings import AlertSettings

APART_S: Final = {"training": 30.0, "all-day": 300.0, "tracking": 300.0}
"""Least time between two alerts about posture. 300 s is what open-source posture monitors use all day."""
AGAIN_S: Final = 900.0
"""A slouch that goes on is told of again after so long."""
SILENT_S: Final = 60
"""A worn sensor that is not heard for so long is told of: shorter losses mend themselves."""
LISTENING_NS: Final = 5 * NS
"""Without a tick for so long nobody listened: the computer slept, which is not the sensor's fault."""
LOW_PERCENT: Final = (20.0, 10.0, 5.0)
CHARGED_PERCENT: Final = 30.0
"""From here on the battery was charged, and may become low again."""
CLOCK_LAG_NS: Final = NS
"""The hour is taken from a tick at least this much older than a row, and so is a battery's charge: a row may leave a
little before the tick or packet of its own second."""

_POSE_CODES: Final = frozenset(("sensor_moved", "sensor_turned_over", "pose_differs"))
_REMARKS: Final[dict[type[Event], str]] = {
    SideLean: "side_lean",
    BendingLoad: "bending_load",
    LongStill: "long_still",
    BreakDue: "break_due",
}
Charge = Callable[[Packet], float | None]
"""Charge in percent that a packet tells; None for all other packets."""


@dataclass(slots=True)
class _Slouch:
    """The trusted slouch that is going on."""

    started: SlouchStarted
    alerted_ns: int | None = None


class AlertPolicy:
    """One per engine. Silent until a `SetAlerts` says how to alert.

    Parameters
    ----------
    charge : callable, optional
        Knows the packets that tell of a sensor's battery.

    Attributes
    ----------
    used : int
        Posture alerts given on the local day of the newest row.
    snoozed_until_ns, muted_until_ns : int
        Stream times, of commands that rows have reached.
    """

    def __init__(self, charge: Charge | None = None) -> None:
        self.settings: AlertSettings | None = None
        self.used = 0
        self.snoozed_until_ns = self.muted_until_ns = 0
        self._charge = charge
        self._sensor = ""
        self._commands: deque[Command] = deque()
        self._ticks: deque[Tick] = deque()
        self._levels: deque[BatteryLevel] = deque()
        self._local_s: int | None = None  # what the clock on the wall showed, s since 1970 there
        self._date: int | None = None
        self._tick_ns = -(2**62)
        self._slouch: _Slouch | None = None
        self._remark: Event | None = None
        self._last_posture_ns: int | None = None
        self._percent: dict[str, float] = {}
        self._warned: dict[str, float] = {}
        self._silent_s: dict[str, int] = {}
        self._worn: dict[str, bool] = {}

    def hear(self, items: Iterable[object], events: Iterable[Event]) -> list[Event]:
        """The engine's events with the alerts among them.

        Parameters
        ----------
        items : iterable
            What the engine was fed.
        events : iterable of Event
            What became known by it.
        """
        for item in items:
            self._note(item)
        out: list[Event] = []
        for event in events:
            if isinstance(event, Second):
                self._catch_up(event.t_ns, out)
            out.append(event)
            if self.settings is not None:
                self._judge(event, out)
        return out

    def _note(self, item: object) -> None:
        if isinstance(item, Packet):
            percent = None if self._charge is None else self._charge(item)
            if percent is not None:
                self._levels.append(BatteryLevel(item.t_ns, item.sensor, percent))
        elif isinstance(item, Tick):
            self._ticks.append(item)
        elif isinstance(item, SetAlerts | Snooze | Mute):
            self._commands.append(item)
        elif not isinstance(item, SampleBlock | Command):
            raise TypeError(f"no item of a stream: {item!r}")

    def _catch_up(self, t_ns: int, out: list[Event]) -> None:
        """Take in what was there before this row."""
        while self._commands and self._commands[0].t_ns < t_ns:
            self._obey(self._commands.popleft(), out)
        tick: Tick | None = None
        while self._ticks and self._ticks[0].t_ns <= t_ns - CLOCK_LAG_NS:
            tick = self._ticks.popleft()
        if tick is not None:
            self._tick_ns = tick.t_ns
            self._local_s = tick.wall_ns // NS + tick.utc_offset_s
            date = self._local_s // 86_400
            if self._date is not None and date != self._date:
                self.used = 0
            self._date = date
        while self._levels and self._levels[0].t_ns <= t_ns - CLOCK_LAG_NS:
            level = self._levels.popleft()
            if self.settings is not None and self._percent.get(level.sensor) != level.percent:
                self._percent[level.sensor] = level.percent
                self._on_charge(t_ns, level, out)

    def _obey(self, command: Command, out: list[Event]) -> None:
        if isinstance(command, Snooze):
            self.snoozed_until_ns = command.t_ns + round(command.duration_s * NS)
        elif isinstance(command, Mute):
            self.muted_until_ns = command.t_ns + round(command.duration_s * NS)
        elif isinstance(command, SetAlerts):
            try:
                self.settings = AlertSettings.from_command(command)
            except UsageError as error:
                out.append(Notice(command.t_ns, command.sensor, "no_alerts", error.message, error.advice))
                return
            self._sensor, self.used = command.sensor, command.used

    def _judge(self, event: Event, out: list[Event]) -> None:
        if isinstance(event, Second):
            self._on_row(event, out)
        elif isinstance(event, Notice) and event.code in _POSE_CODES:
            self._tell(event.t_ns, event.sensor, "pose", sentence(event) or "", out)
        elif event.sensor != self._sensor:
            return
        elif isinstance(event, SlouchStarted):
            self._slouch = _Slouch(event) if event.trusted else None
        elif isinstance(event, SlouchEnded):
            if self._slouch is not None and self._slouch.alerted_ns is not None and event.reason == "upright":
                self._clear(event, out)
            self._slouch = None
        elif type(event) in _REMARKS:
            self._remark = event

    def _on_row(self, row: Second, out: list[Event]) -> None:
        """A row comes after the events of its second, and says what the wearer does."""
        self._on_silence(row, out)
        if row.sensor != self._sensor:
            return
        remark, self._remark = self._remark, None
        if row.activity != "still" or not row.posture_quality >= TRUSTED or not self._may_speak(row.t_ns):
            return
        slouch = self._slouch
        if slouch is not None and row.slouching and self._due(slouch, row.t_ns):
            if self._tell_posture(row.t_ns, "slouch", self._slouch_words(slouch, row), out):
                slouch.alerted_ns = row.t_ns
        elif remark is not None:
            self._tell_posture(row.t_ns, _REMARKS[type(remark)], sentence(remark) or "", out)

    @staticmethod
    def _due(slouch: _Slouch, t_ns: int) -> bool:
        return slouch.alerted_ns is None or t_ns - slouch.alerted_ns >= AGAIN_S * NS

    @staticmethod
    def _slouch_words(slouch: _Slouch, row: Second) -> str:
        started = slouch.started
        if row.t_ns == started.t_ns:
            return sentence(started) or ""
        held = span_words((row.t_ns - started.onset_ns) / NS)
        return f"You have leaned {row.flexion_deg:.0f}° forward for {held}. Let the chest rise."

    def _on_silence(self, row: Second, out: list[Event]) -> None:
        """Count how long a sensor that was worn is not heard."""
        sensor = row.sensor
        if row.breath_reason != "no_data":
            self._silent_s[sensor] = 0
            if row.activity != "unknown":
                self._worn[sensor] = row.activity != "off"
            return
        if row.t_ns - self._tick_ns > LISTENING_NS:
            return
        self._silent_s[sensor] = self._silent_s.get(sensor, 0) + 1
        if self._silent_s[sensor] == SILENT_S and self._worn.get(sensor):
            words = f"Nothing heard from the sensor ({sensor}) for {span_words(SILENT_S)}. Is it on, and near?"
            self._tell(row.t_ns, sensor, "sensor", words, out)

    def _on_charge(self, t_ns: int, level: BatteryLevel, out: list[Event]) -> None:
        if level.percent >= CHARGED_PERCENT:
            self._warned.pop(level.sensor, None)
        passed = [limit for limit in LOW_PERCENT if level.percent <= limit]
        if not passed or min(passed) >= self._warned.get(level.sensor, 100.0):
            return
        words = f"The sensor's battery ({level.sensor}) is at {level.percent:.0f} %. Charge it or have a new one ready."
        if self._tell(t_ns, level.sensor, "battery", words, out):
            self._warned[level.sensor] = min(passed)

    def _may_speak(self, t_ns: int) -> bool:
        """Whether an alert about posture is welcome now."""
        settings = self.settings
        if settings is None or settings.mode == "tracking" or t_ns < self.snoozed_until_ns:
            return False
        if settings.quota and self.used >= settings.quota:
            return False
        return self._last_posture_ns is None or t_ns - self._last_posture_ns >= APART_S[settings.mode] * NS

    def _tell_posture(self, t_ns: int, about: str, words: str, out: list[Event]) -> bool:
        settings = self.settings
        if settings is not None and self.used + 1 == settings.quota:
            words += " That is the last reminder for today; I go on watching."
        if not self._tell(t_ns, self._sensor, about, words, out):
            return False
        self.used += 1
        self._last_posture_ns = t_ns
        return True

    def _tell(self, t_ns: int, sensor: str, about: str, words: str, out: list[Event]) -> bool:
        """Alert, unless nobody wants to hear of this, or of anything now."""
        settings = self.settings
        if settings is None or t_ns < self.muted_until_ns:
            return False
        if about not in settings.about or self._is_quiet(settings):
            return False
        out.append(Alert(t_ns, sensor, about, words))
        return True

    def _clear(self, ended: SlouchEnded, out: list[Event]) -> None:
        """Say that a correction was seen, where that is welcome."""
        if self.settings is not None and ended.t_ns >= self.muted_until_ns and not self._is_quiet(self.settings):
            out.append(AlertCleared(ended.t_ns, ended.sensor, "slouch", sentence(ended) or ""))

    def _is_quiet(self, settings: AlertSettings) -> bool:
        return self._local_s is not None and settings.is_quiet(self._local_s // 60 % 1440)


def posture_sensor(sensors: Sequence[str]) -> str:
    """Whose posture is alerted about where several are worn: the upper back's, else the first one's."""
    return "upper-back" if "upper-back" in sensors else sensors[0]
