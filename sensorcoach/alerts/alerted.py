"""The engine with the alert policy behind it: what live, watch and replay all run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..coach.slouch import SlouchSettings
from ..engine import Engine, SensorSetup
from ..engine.engine import Item
from ..events import Event
from ..profiles.model import Battery
from ..protocol import Decoder
from ..protocol.battery import parse_battery
from ..samples import Packet
from .policy import AlertPolicy


class AlertedEngine(Engine):
    """An `Engine` whose events have alerts among them, once a `SetAlerts` has said how to alert.

    Attributes
    ----------
    alerts : AlertPolicy
    """

    def __init__(
        self, sensors: Sequence[SensorSetup], *, slouch: SlouchSettings | None = None, waves: bool = False
    ) -> None:
        super().__init__(sensors, slouch=slouch, waves=waves)
        self.alerts = AlertPolicy(_Charges(sensors))

    def feed_many(self, items: Iterable[Item]) -> list[Event]:
        """The events of feeding each item in turn, with the alerts they lead to."""
        kept = list(items)
        return self.alerts.hear(kept, super().feed_many(kept))


class _Charges:
    """Knows the packets in which the sensors of a run tell their battery's charge."""

    def __init__(self, sensors: Sequence[SensorSetup]) -> None:
        self._batteries: dict[tuple[str, str], Battery] = {}
        for setup in sensors:
            if isinstance(setup.decoder, Decoder) and setup.decoder.profile.battery is not None:
                battery = setup.decoder.profile.battery
                self._batteries[setup.stream.sensor, battery.channel] = battery

    def __call__(self, packet: Packet) -> float | None:
        battery = self._batteries.get((packet.sensor, packet.channel))
        return None if battery is None else parse_battery(battery, packet.payload)
