"""The coach as the engine keeps it: scores against the pacer, and the session that runs, if one does."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import UsageError
from ..events import Breath, Command, Event, Notice, SetPacer, StartSession
from .following import Following
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
        self._session: SessionRunner | None = None

    def hear(self, events: Sequence[Event]) -> list[Event]:
        """These events with the coach's own among them."""
        out: list[Event] = []
        for event in events:
            out.append(event)
            followed = self._following[event.sensor].hear(event) if isinstance(event, Breath) else None
            if followed is not None:
                out.append(followed)
            if self._session is not None:
                out += self._session.hear(event, followed)
                self._forget_ended()
        return out

    def obey(self, command: Command) -> list[Event]:
        """What follows from a command."""
        if isinstance(command, StartSession):
            return self._start(command)
        if self._session is not None:
            out = self._session.obey(command)
            self._forget_ended()
            return out
        if isinstance(command, SetPacer):
            self._pace(command)
        return []

    def finish(self, t_ns: int) -> list[Event]:
        """The stream has ended."""
        return [] if self._session is None else self._session.cut(t_ns)

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
        return out + self._session.start()

    def _pace(self, command: SetPacer) -> None:
        """A pacer outside a session: score the breath against it."""
        parts_s = (command.inhale_s, command.hold_in_s, command.exhale_s, command.hold_out_s)
        off = command.inhale_s <= 0.0 or command.exhale_s <= 0.0
        for following in self._following.values():
            following.set_pacer(None if off else Pacer(Pattern("", *parts_s), command.start_ns))

    def _forget_ended(self) -> None:
        if self._session is not None and self._session.ended:
            self._session = None
