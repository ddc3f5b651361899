"""The virtual wearer doing a session: its packets, with the commands of its script at their times."""

from __future__ import annotations

from collections.abc import Sequence

from ..engine.engine import Item
from ..events import Command
from ..simulate.sensor import VirtualSensor
from .virtual import VirtualSource


class RehearsedSource(VirtualSource):
    """A virtual wearer who also gives commands.

    They are part of the stream, so the same script gives the same session at any speed.

    Parameters
    ----------
    sensor : VirtualSensor
    commands : sequence of Command
        In the order of their time.
    """

    def __init__(self, sensor: VirtualSensor, commands: Sequence[Command]) -> None:
        super().__init__(sensor)
        self._waiting = list(commands)

    def read(self, until_ns: int, limit: int) -> list[Item]:
        """What arrives up to `until_ns`, each command before the first item that is newer."""
        items: list[Item] = []
        for item in super().read(until_ns, limit):
            while self._waiting and self._waiting[0].t_ns < item.t_ns:
                items.append(self._waiting.pop(0))
            items.append(item)
        return items
