"""A guided calibration as plain data: its events go in, what to do now and what is done come out."""

from __future__ import annotations

import math
from typing import Final

from ..coach.calibrating import SLOUCH_HOLD_S, TALL_HOLD_S
from ..events import CalibrationDone, CalibrationStep, CueSpoken, Event
from ..samples import NS

STEPS: Final = ("settle", "tall", "bows", "slouch")
TITLES: Final = {
    "settle": "find out where up is",
    "tall": "stand tall",
    "bows": "bow three times",
    "slouch": "slouch once",
}


class CalibrationView:
    """What the calibration screen shows."""

    def __init__(self) -> None:
        self.step = ""
        self.passed: set[str] = set()
        self.cue = "One moment."
        self.count = ""
        """The number called out last, while it counts down or up."""
        self.refused: CalibrationStep | None = None
        self.done: CalibrationDone | None = None
        self.kept = ""
        """What became of the result, in a sentence."""
        self._hold_until_s = -math.inf

    @property
    def over(self) -> bool:
        """Found, or given up."""
        return self.done is not None or (
            self.refused is not None and not self.refused.tries_left and self.refused.step != "slouch"
        )

    def hold_left_s(self, now_s: float) -> float:
        """How long still to hold, s; 0 when there is nothing to hold."""
        return max(0.0, self._hold_until_s - now_s)

    def apply(self, event: Event) -> None:
        """Take one event; those that are not about a calibration are left out."""
        match event:
            case CueSpoken():
                if event.cue == "count":
                    self.count = event.text.strip(".")
                else:
                    self.cue, self.count = event.text, ""
                if event.cue == "say":
                    self.refused = None
                elif event.cue == "begin":
                    self._hold_until_s = event.t_ns / NS + (SLOUCH_HOLD_S if self.step == "slouch" else TALL_HOLD_S)
            case CalibrationStep(state="began"):
                self.step = event.step
            case CalibrationStep(state="done"):
                self.passed.add(event.step)
            case CalibrationStep(state="refused"):
                self.refused, self.count, self._hold_until_s = event, "", -math.inf
            case CalibrationDone():
                self.done = event
