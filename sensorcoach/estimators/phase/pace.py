"""The rate at which the oscillator runs: the tracked one, corrected by how the breath itself runs ahead or lags behind.

The tracked rate is a mean over half a minute; the breath that goes on is some percent faster or slower, and breaths in
a row resemble each other. When the filter has to turn its phase on by more than its rate says, second after second, the
rate is too low: a phase-locked loop of first order, leaking towards the tracked rate.
"""

from __future__ import annotations

import math
from typing import Final

PULL_PER_RAD: Final = 0.15
"""Relative change of the rate for each radian by which the phase slipped in a second."""
LEAK: Final = 0.08
"""Share of the correction that is forgotten every second."""
MOST: Final = 0.35
"""Largest correction, relative (log): less than a third of an octave."""
AGREE: Final = 0.3
"""The rate shown, a mean over 30 s, leads as long as it agrees this well with the tracker's guess (log)."""


class Pace:
    """Follows the rate from second to second."""

    def __init__(self) -> None:
        self._led_hz = math.nan
        self._pull = 0.0

    def forget(self) -> None:
        """No rate is known."""
        self._led_hz = math.nan
        self._pull = 0.0

    def lead(self, tracked_hz: float, shown_hz: float) -> float:
        """Rate of the second to come, Hz; nan when none is tracked.

        Parameters
        ----------
        tracked_hz : float
            The tracker's best guess, nan when it has none.
        shown_hz : float
            Mean rate over the trailing 30 s, nan when not shown.
        """
        if math.isnan(tracked_hz):
            self.forget()
            return math.nan
        led_hz = shown_hz if abs(math.log(shown_hz / tracked_hz)) < AGREE else tracked_hz
        if not math.isnan(self._led_hz):
            # What is remembered is the corrected rate, not the correction: a step of the guide is none of the breath.
            self._pull += math.log(self._led_hz / led_hz)
        self._led_hz = led_hz
        self._pull = max(-MOST, min(MOST, (1.0 - LEAK) * self._pull))
        return led_hz * math.exp(self._pull)

    def slipped(self, angle_rad: float) -> None:
        """The phase came out this much further than the rate said, over one second."""
        self._pull += PULL_PER_RAD * angle_rad
