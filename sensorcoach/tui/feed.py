"""What the dashboard asks of whatever feeds it: a live sensor, the virtual wearer, or a recording."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Literal, Protocol

from ..events import Command, Event


class Feed(Protocol):
    """A stream of events that can be commanded, paused and, where it is a recording, wound.

    Attributes
    ----------
    title : str
        What the person calls it: `Demo: virtual wearer`, `desk.journal`, `Polar H10 1234ABCD`.
    sensor : str
        Name of the sensor whose values are shown.
    kind : {"live", "demo", "replay"}
    has_gyro : bool
        Without one the angle is a "trunk lean", known only while the wearer is still.
    duration_s : float or None, s
        Length of a recording; None for the others.
    recording : str or None
        Name of what is being recorded.
    paused : bool
    """

    title: str
    sensor: str
    kind: Literal["live", "demo", "replay"]
    has_gyro: bool
    duration_s: float | None
    recording: str | None
    paused: bool

    @property
    def position_s(self) -> float:
        """Stream time now, s; goes on while the sensor is silent."""

    @property
    def lost_packets(self) -> int:
        """Packets that did not arrive, as far as that is known."""

    @property
    def speed(self) -> float:
        """Times real time; infinity: as fast as it goes."""

    def batches(self) -> AsyncGenerator[Sequence[Event], None]:
        """Events in order, in batches of bounded work; ends when the source does.

        Called again after the end when the person winds a recording back.

        Raises
        ------
        SensorcoachError
            When the source fails.
        """

    def command(self, command: Command) -> None:
        """Take what the person did; it is stamped with stream time where it enters."""

    def set_paused(self, paused: bool) -> None:
        """Hold, or go on."""

    def set_speed(self, speed: float) -> None:
        """Change the pace (recordings and the virtual wearer)."""

    def seek(self, t_s: float) -> None:
        """Go to this stream time (recordings); a `Link` event with state `seek` comes before what follows there.

        The link's time may be up to a minute earlier than `t_s`: what happened since comes with it, so that a curve
        has its past.
        """

    async def closed(self) -> None:
        """Wait until the sensor was told to stop and the recording is whole, once nobody reads `batches`."""
