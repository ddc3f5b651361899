"""A calibration that a person can do alone: told what to do, counted down, and told why when it did not work.

Pure: rows of the up vector in, events out, everything by sample time. What makes a pose good enough is in
`coach/calibration.py`; here is only who says what when. Nobody needs to touch anything between the first sentence and
the last. A step that did not work says why and is done again by itself, up to three times.

| step | what happens | length |
| --- | --- | --- |
| settle | until the orientation filter is sure | 4 s to 40 s |
| tall | a sentence, 3, 2, 1, hold | 5.5 s + 10 s |
| bows | a sentence, then three bows, counted aloud | until the third is over, 35 s at most (50 s without a gyro) |
| slouch | a sentence, 3, 2, 1, hold | 7.5 s + 5 s |
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from ..estimators.neutral import Vector, dot
from ..events import CalibrationDone, CalibrationStep, CueSpoken, Event
from ..samples import NS, FloatArray
from .calibration import (
    BOW_BACK_DEG,
    BOWS,
    LEAST_BOW_DEG,
    Forward,
    Hold,
    Refusal,
    find_forward,
    hold_tall,
    personal_threshold,
)

TRIES: Final = 3
PAUSE_S: Final = 5.0
"""Between the reason of a refusal and the next try: time to hear it."""

SETTLED_SIGMA_DEG: Final = 1.0
"""Predicted error of the orientation below which a pose may be taken; at rest it is 0.3–0.6° after some seconds."""
SETTLE_S: Final = (4.0, 40.0)

TALL_COUNT_S: Final = 2.5
TALL_HOLD_S: Final = 10.0
"""Two to three breaths, so that the tilt of a breath averages out of the pose."""

BOWS_MOST_S: Final = 35.0
HELD_BOWS_MOST_S: Final = 50.0
BOWED_S: Final = 1.0
"""So long upright again after the last bow, and the step is over."""

SLOUCH_COUNT_S: Final = 4.5
SLOUCH_HOLD_S: Final = 5.0

NUMBERS: Final = ("One.", "Two.", "Three.")

_SAYS: Final = {
    "settle": "Let us begin. One moment, the sensor finds out where up is.",
    "tall": "Stand tall: look straight ahead, let the shoulders drop, breathe softly.",
    "bows": "Now bow forward three times, slowly, and come all the way up each time.",
    "held bows": "Now bow forward three times. Each time stay down for three seconds, and up for two.",
    "slouch": "Now let yourself slouch, the way you do when you are tired, and stay there.",
}
_UNSETTLED: Final = Refusal(
    "unsettled",
    "The sensor did not find out where up is.",
    "Keep still for ten seconds and see that the sensor sits firmly.",
)


class Calibrating:
    """One guided calibration of one sensor, from its first sentence to `CalibrationDone` or the last refusal.

    Parameters
    ----------
    sensor : str
    start_ns : int
        Rows up to this time are not looked at.
    slouch : bool
        Also ask for the wearer's slouch, to set a personal threshold.
    held_bows : bool
        Ask for bows that are held: a sensor without a gyro knows its direction only at rest.

    Attributes
    ----------
    over : bool
        Done or given up: nothing more will come.
    """

    def __init__(self, sensor: str, start_ns: int, *, slouch: bool = True, held_bows: bool = False) -> None:
        self.over = False
        self._sensor = sensor
        self._slouch = slouch
        self._held_bows = held_bows
        self._step = ""
        self._begin_ns = start_ns
        self._tries_left = TRIES
        self._cues: list[tuple[float, str, str]] = []
        self._t_s: list[float] = []
        self._up: list[Vector] = []
        self._bows, self._bent, self._upright_s = 0, False, 0.0
        self._last_ns = start_ns
        self._hold: Hold | None = None
        self._forward: Forward | None = None

    def update(self, t_ns: int, up: Vector, sigma_deg: float) -> list[Event]:
        """One more row.

        Parameters
        ----------
        t_ns : int
        up : three floats
            Unit vector, sensor frame; nan where not known.
        sigma_deg : float
            Predicted error; nan where not known.
        """
        if self.over or t_ns <= self._last_ns:
            return []
        row_s, self._last_ns = (t_ns - self._last_ns) / NS, t_ns
        events: list[Event] = self._begin(t_ns, "settle") if not self._step else []
        at_s = (t_ns - self._begin_ns) / NS
        while self._cues and self._cues[0][0] <= at_s:
            _, cue, text = self._cues.pop(0)
            events.append(CueSpoken(t_ns, self._sensor, cue, text))
        if at_s < 0.0:  # a pause before the next try
            return events
        if self._step == "settle":
            return events + self._settle(t_ns, at_s, sigma_deg)
        if self._step == "bows":
            return events + self._watch_bows(t_ns, at_s, row_s, up)
        count_s, hold_s = (TALL_COUNT_S, TALL_HOLD_S) if self._step == "tall" else (SLOUCH_COUNT_S, SLOUCH_HOLD_S)
        begin_s = count_s + len(NUMBERS)
        if at_s >= begin_s:
            self._keep(at_s, up)
        if at_s < begin_s + hold_s:
            return events
        return events + (self._judge_tall(t_ns) if self._step == "tall" else self._judge_slouch(t_ns))

    def _begin(self, t_ns: int, step: str, *, after_s: float = 0.0) -> list[Event]:
        """The next step, or the same once more; it says itself what to do when its time has come."""
        again = step == self._step
        self._step, self._begin_ns = step, t_ns + round(after_s * NS)
        if not again:
            self._tries_left = TRIES
        self._t_s, self._up = [], []
        self._bows, self._bent, self._upright_s = 0, False, 0.0
        self._cues = [(0.0, "say", _SAYS["held bows" if step == "bows" and self._held_bows else step])]
        if step in ("tall", "slouch"):
            count_s = TALL_COUNT_S if step == "tall" else SLOUCH_COUNT_S
            self._cues += [(count_s + i, "count", str(len(NUMBERS) - i)) for i in range(len(NUMBERS))]
            self._cues.append((count_s + len(NUMBERS), "begin", "Hold."))
        return [CalibrationStep(t_ns, self._sensor, step, "began", self._tries_left)]

    def _settle(self, t_ns: int, at_s: float, sigma_deg: float) -> list[Event]:
        if at_s >= SETTLE_S[0] and sigma_deg <= SETTLED_SIGMA_DEG:
            return self._done(t_ns, "tall", "")
        return self._refuse(t_ns, _UNSETTLED) if at_s >= SETTLE_S[1] else []

    def _judge_tall(self, t_ns: int) -> list[Event]:
        found = hold_tall(np.array(self._t_s), self._rows())
        if isinstance(found, Refusal):
            return self._refuse(t_ns, found)
        self._hold = found
        return self._done(t_ns, "bows", "Good.")

    def _watch_bows(self, t_ns: int, at_s: float, row_s: float, up: Vector) -> list[Event]:
        assert self._hold is not None
        self._keep(at_s, up)
        tilt_deg = math.degrees(math.acos(min(1.0, max(-1.0, dot(up, self._hold.up))))) if up[0] == up[0] else math.nan
        events: list[Event] = []
        if tilt_deg >= LEAST_BOW_DEG and not self._bent:
            self._bent = True
        elif tilt_deg <= BOW_BACK_DEG and self._bent:
            self._bent, self._bows = False, self._bows + 1
            if self._bows <= len(NUMBERS):
                events.append(CueSpoken(t_ns, self._sensor, "count", NUMBERS[self._bows - 1]))
        self._upright_s = self._upright_s + row_s if tilt_deg <= BOW_BACK_DEG else 0.0
        most_s = HELD_BOWS_MOST_S if self._held_bows else BOWS_MOST_S
        if not (self._bows >= BOWS and self._upright_s >= BOWED_S) and at_s < most_s:
            return events
        found = find_forward(self._hold.up, self._rows())
        if isinstance(found, Refusal):
            return events + self._refuse(t_ns, found)
        self._forward = found
        if self._slouch:
            return events + self._done(t_ns, "slouch", "Very good.")
        return events + self._finish(t_ns, math.nan)

    def _judge_slouch(self, t_ns: int) -> list[Event]:
        assert self._forward is not None
        found = personal_threshold(self._forward.neutral, self._rows())
        if not isinstance(found, Refusal):
            return self._finish(t_ns, found)
        if self._tries_left > 1:
            return self._refuse(t_ns, found)
        # Without a threshold of one's own the preset holds: no reason to throw the pose away.
        refused = CalibrationStep(t_ns, self._sensor, "slouch", "refused", 0, found.code, found.message, found.advice)
        return [refused, *self._finish(t_ns, math.nan)]

    def _done(self, t_ns: int, following: str, praise: str) -> list[Event]:
        events: list[Event] = [CalibrationStep(t_ns, self._sensor, self._step, "done", self._tries_left)]
        if praise:
            events.append(CueSpoken(t_ns, self._sensor, "end", praise))
        return events + self._begin(t_ns, following)

    def _refuse(self, t_ns: int, why: Refusal) -> list[Event]:
        """It did not work: say why, and what to do; then once more, or enough."""
        self._tries_left -= 1
        events: list[Event] = [
            CalibrationStep(
                t_ns, self._sensor, self._step, "refused", self._tries_left, why.code, why.message, why.advice
            ),
        ]
        if not self._tries_left:
            self.over = True
            return events
        return events + self._begin(t_ns, self._step, after_s=PAUSE_S)

    def _finish(self, t_ns: int, threshold_deg: float) -> list[Event]:
        assert self._hold is not None
        assert self._forward is not None
        self.over = True
        neutral = self._forward.neutral
        step = CalibrationStep(t_ns, self._sensor, self._step, "done", self._tries_left)
        cue = CueSpoken(t_ns, self._sensor, "end", "Done. Be at ease.")
        done = CalibrationDone(
            t_ns,
            self._sensor,
            neutral.up,
            neutral.forward,
            threshold_deg,
            self._hold.sway_deg,
            self._forward.explained,
        )
        unfinished = self._slouch and threshold_deg != threshold_deg
        return [cue, done] if unfinished else [step, cue, done]

    def _keep(self, at_s: float, up: Vector) -> None:
        self._t_s.append(at_s)
        self._up.append(up)

    def _rows(self) -> FloatArray:
        return np.array(self._up).reshape(-1, 3)
