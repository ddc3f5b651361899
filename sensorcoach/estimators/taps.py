"""Double taps on the sensor: a way to say "next" or "pause" with no hand free for a keyboard.

A tap is a knock of 10-20 ms; a second one an eighth to two fifths of a second later, with quiet before, between and
after, is a double tap. The same rule, in registers of its own, serves as tap detection inside accelerometers (ST,
LIS2DW12 data sheet: shock, quiet and latency windows).
"""

from __future__ import annotations

from typing import ClassVar, Final

import numpy as np

from ..events import DoubleTap, Event
from ..samples import NS, STANDARD_GRAVITY_MS2, IntArray, SampleBlock, StreamInfo
from .base import Estimator, register
from .tracks import Track

KNOCK_MS2: Final = 0.5 * STANDARD_GRAVITY_MS2
"""Change from one sample to the next that is a knock. Breath and posture change by 0.01 g, slow exercise by 0.1 g."""
SHOCK_NS: Final = NS // 8
"""Knocks this close together are the ringing of one tap."""
APART_NS: Final = (NS // 8, 2 * NS // 5)
"""Time from the first tap to the second."""
QUIET_NS: Final = NS // 2
"""No knock so long before and after: walking, running and dropping the sensor knock again and again."""
LEAST_RATE_HZ: Final = 45.0
"""Slower sensors miss taps; nothing is told from them."""
GAP_PERIODS: Final = 2.5
"""A longer step in time is a gap: the change across it is no knock."""


@register
class Taps(Estimator):
    """Tells double taps, `QUIET_NS` after the second one.

    Gaps: the change across a gap is ignored; a gap counts as quiet, since a knock in it cannot be known.
    """

    name: ClassVar[str] = "taps"
    inputs: ClassVar[tuple[str, ...]] = ("block",)
    optional: ClassVar[bool] = True

    def __init__(self, stream: StreamInfo) -> None:
        super().__init__(stream)
        self._gap_ns = round(GAP_PERIODS * NS / stream.sampling_rate_hz)
        self._deaf = stream.sampling_rate_hz < LEAST_RATE_HZ
        self._last: SampleBlock | None = None  # one sample, a copy
        self._taps_ns: list[int] = []  # beginnings of the taps since the last quiet, at most three
        self._knock_ns = -QUIET_NS - 1  # the newest knock

    def update(self, block: SampleBlock) -> Track:
        """Double taps that became certain with these samples."""
        events: list[Event] = []
        if len(block) and not self._deaf:
            for knock_ns in self._knocks(block).tolist():
                self._settle(knock_ns, events)
                self._hear(knock_ns)
            self._settle(int(block.t_ns[-1]), events)
            self._last = SampleBlock(block.sensor, block.t_ns[-1:].copy(), block.acc_ms2[-1:].copy())
        return Track(np.empty(0, np.int64), tuple(events))

    def _knocks(self, block: SampleBlock) -> IntArray:
        """Times of the samples that differ sharply from the one before."""
        t_ns, acc = block.t_ns, block.acc_ms2
        if self._last is not None:
            t_ns, acc = np.concatenate([self._last.t_ns, t_ns]), np.concatenate([self._last.acc_ms2, acc])
        step = acc[1:] - acc[:-1]
        sharp = step[:, 0] * step[:, 0] + step[:, 1] * step[:, 1] + step[:, 2] * step[:, 2] >= KNOCK_MS2 * KNOCK_MS2
        return t_ns[1:][sharp & (np.diff(t_ns) <= self._gap_ns)]

    def _hear(self, knock_ns: int) -> None:
        """Is this knock the ringing of a tap, another tap, or the first one?"""
        if knock_ns - self._knock_ns > QUIET_NS + SHOCK_NS:
            self._taps_ns = [knock_ns]
        elif not self._taps_ns or knock_ns - self._taps_ns[-1] > SHOCK_NS:
            self._taps_ns = [*self._taps_ns[-2:], knock_ns]
        self._knock_ns = knock_ns

    def _settle(self, now_ns: int, events: list[Event]) -> None:
        """When it has been quiet for long enough, decide on what came before."""
        known_ns = self._knock_ns + QUIET_NS
        if self._taps_ns and now_ns >= known_ns:
            if len(self._taps_ns) == 2 and APART_NS[0] <= self._taps_ns[1] - self._taps_ns[0] <= APART_NS[1]:
                events.append(DoubleTap(known_ns, self.stream.sensor, self._taps_ns[0]))
            self._taps_ns = []
