"""The coach as the engine keeps it: scores against the pacer, and the session that runs, if one does."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import UsageError
from ..events import Breath, Command, Event, Followed, HeartCoherence, Notice, PacerSet, SetPacer, StartSession
from ..protocol.heart import HeartBeats
from .following import Following
from .heart_coherence import HeartRhythm
from .pacer import Pacer, Pattern
from .session.runner import SessionRunner


class Coach:
    """Hears all events in order, and adds its own right after the one that caused them.

    Parameters
    ----------
    sensors : sequence of str
        Names of the sensors.
    """

    def __init__(self, sensors: Sequence[str]) -> None:
        self._following = {sensor: Following(sensor) for sensor in sensors}
        self._hearts = {sensor: HeartRhythm(sensor) for sensor in sensors}
        self._session: SessionRunner | None = None
        self._pacer: Pacer | None = None

    def hear(self, events: Sequence[Event]) -> list[Event]:
        """These events with the coach's own among them."""
        out: list[Event] = []
        for event in events:
            out.append(event)
            followed = self._following[event.sensor].hear(event) if isinstance(event, Breath) else None
            if followed is not None:
                out.append(followed)
            self._tell(event, followed, out)
            heart = self._heart(event) if isinstance(event, HeartBeats) else None
            if heart is not None:
                out.append(heart)
                self._tell(heart, None, out)
        return out

    def obey(self, command: Command) -> list[Event]:
        """What follows from a command."""
        if isinstance(command, StartSession):
            return self._start(command)
        if self._session is not None:
            out = self._session.obey(command)
            self._forget_ended()
            return out
        return self._pace(command) if isinstance(command, SetPacer) else []

    def finish(self, t_ns: int) -> list[Event]:
        """The stream has ended."""
        return [] if self._session is None else self._session.cut(t_ns)

    def _tell(self, event: Event, followed: Followed | None, out: list[Event]) -> None:
        if self._session is not None:
            out += self._session.hear(event, followed)
            self._forget_ended()

    def _heart(self, beats: HeartBeats) -> HeartCoherence | None:
        return self._hearts[beats.sensor].hear(beats, self._following[beats.sensor].pacer)

    def _start(self, command: StartSession) -> list[Event]:
        out = [] if self._session is None else self._session.cut(command.t_ns)
        self._session = None
        if command.sensor not in self._following:
            message = f"No sensor is called {command.sensor}, so there is no session."
            advice = f"Sensors of this run: {', '.join(self._following)}."
            return [*out, Notice(command.t_ns, command.sensor, "no_session", message, advice)]
        try:
            self._session = SessionRunner(command, self._following[command.sensor])
        except UsageError as error:
            return [*out, Notice(command.t_ns, command.sensor, "no_session", error.message, error.advice)]
        out += self._pace(SetPacer(command.t_ns, 0, 0.0, 0.0, 0.0, 0.0))  # the session brings its own
        return out + self._session.start()

    def _pace(self, command: SetPacer) -> list[Event]:
        """A pacer outside a session: score the breath against it, and let those know who give its cues."""
        parts_s = (command.inhale_s, command.hold_in_s, command.exhale_s, command.hold_out_s)
        off = command.inhale_s <= 0.0 or command.exhale_s <= 0.0
        pacer = None if off else Pacer(Pattern("", *parts_s), command.start_ns)
        for following in self._following.values():
            following.set_pacer(pacer)
        if pacer == self._pacer:  # as when a session that has ended takes its pacer back
            return []
        self._pacer = pacer
        start_ns, parts_s = (0, (0.0, 0.0, 0.0, 0.0)) if pacer is None else (command.start_ns, parts_s)
        return [PacerSet(command.t_ns, next(iter(self._following)), start_ns, *parts_s)]

    def _forget_ended(self) -> None:
        if self._session is not None and self._session.ended:
            self._session = None
