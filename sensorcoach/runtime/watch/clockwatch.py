"""What the ticks tell of the computer's own clock: it slept, somebody set the clock, the zone changed."""

from __future__ import annotations

from typing import Final

from ...coach.wording import span_words
from ...samples import NS, Tick

SLEPT_S: Final = 10.0
"""Ticks come every second; a busy computer may be late by a few."""
SET_S: Final = 2.0
"""Clocks that are kept right by the network are slewed, or moved by less."""


class ClockWatch:
    """Fed with every tick; says in a sentence what happened since the one before."""

    def __init__(self) -> None:
        self._last: Tick | None = None

    def update(self, tick: Tick) -> list[str]:
        """Sentences; mostly none."""
        last, self._last = self._last, tick
        if last is None:
            return []
        said = []
        passed_s = (tick.t_ns - last.t_ns) / NS
        ahead_s = (tick.wall_ns - last.wall_ns) / NS - passed_s
        if passed_s > SLEPT_S:
            said.append(f"This computer slept or was very busy for {span_words(passed_s)}.")
        if abs(ahead_s) > SET_S:
            way = "forward" if ahead_s > 0 else "back"
            said.append(f"The clock went {way} by {span_words(abs(ahead_s))}: it was set, or this computer slept.")
        if tick.utc_offset_s != last.utc_offset_s:
            said.append(f"Local time is now {_offset(tick.utc_offset_s)} instead of {_offset(last.utc_offset_s)}.")
        return said


def _offset(seconds: int) -> str:
    sign, minutes = "-" if seconds < 0 else "+", abs(seconds) // 60
    return f"UTC{sign}{minutes // 60:02d}:{minutes % 60:02d}"
