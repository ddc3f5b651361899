"""Says when packets are being lost over a radio: beside the events, for it is no part of the recording."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..protocol import Decoder
from ..samples import NS
from ..transport.ble import Status

LOSS_WINDOW_NS: Final = 10 * NS
"""Lost packets are counted over so long ..."""
LOSS_LEAST: Final = 3
LOSS_SHARE: Final = 0.02
"""... and told of when there were at least so many, and this share of all ..."""
LOSS_AGAIN_NS: Final = 60 * NS
"""... but not again before so long."""


class LossWords:
    """Says when packets of a sensor are being lost: not single ones, not those that a lost link cost, and at most once
    a minute.

    Parameters
    ----------
    decoder : Decoder
        Whose counts are looked at.
    """

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._looked_ns = 0
        self._said_ns = -LOSS_AGAIN_NS
        self._received, self._lost = 0, 0
        self._disturbed = False

    def update(self, t_ns: int, statuses: Sequence[Status]) -> list[Status]:
        """What is to be said at stream time `t_ns`; `statuses` is what the links did since the last call."""
        self._disturbed |= any(status.sensor == self._decoder.sensor for status in statuses)
        if t_ns - self._looked_ns < LOSS_WINDOW_NS:
            return []
        counters = self._decoder.counters
        received, lost = counters.packets - self._received, counters.lost_packets - self._lost
        seconds = (t_ns - self._looked_ns) / NS
        self._looked_ns, self._received, self._lost = t_ns, counters.packets, counters.lost_packets
        disturbed, self._disturbed = self._disturbed, False
        few = lost < LOSS_LEAST or lost < LOSS_SHARE * (lost + received)
        if disturbed or few or t_ns - self._said_ns < LOSS_AGAIN_NS:
            return []
        self._said_ns = t_ns
        words = (
            f"Packets of the sensor ({self._decoder.sensor}) are being lost: {lost} in the last {seconds:.0f} s. "
            "Come nearer, and turn so that your body is not between it and the computer."
        )
        return [Status(t_ns, self._decoder.sensor, "losing", words)]
