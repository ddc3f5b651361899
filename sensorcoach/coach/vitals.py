"""When a battery's charge and what the heart does are worth a sentence: each limit once, the heart rarely."""

from __future__ import annotations

from typing import Final

from ..events import HeartCoherence
from ..protocol.battery import BatteryLevel
from ..protocol.heart import HeartBeats
from ..samples import NS

LOW_PERCENT: Final = 20.0
EMPTY_PERCENT: Final = 10.0
CHARGED_PERCENT: Final = 30.0
"""From here on a battery was charged, and may become low again; devices report steps of up to 10 %."""

HEART_FIRST_NS: Final = 10 * NS
"""Straps need some beats before their average means anything."""
HEART_APART_NS: Final = 60 * NS
HEART_EVERY_NS: Final = 600 * NS
HEART_CHANGE_BPM: Final = 15


class ChargeWords:
    """Warns below 20 % and below 10 %, once each until the sensor was charged; any number of sensors."""

    def __init__(self) -> None:
        self._warned_percent: dict[str, float] = {}

    def say(self, level: BatteryLevel) -> str | None:
        """A sentence when a limit was passed."""
        if level.percent >= CHARGED_PERCENT:
            self._warned_percent.pop(level.sensor, None)
        limit = next((p for p in (EMPTY_PERCENT, LOW_PERCENT) if level.percent < p), None)
        if limit is None or limit >= self._warned_percent.get(level.sensor, 100.0):
            return None
        self._warned_percent[level.sensor] = limit
        advice = "Charge it soon." if limit == LOW_PERCENT else "Charge it now, or have a new one ready."
        return f"The sensor's battery ({level.sensor}) is at {level.percent:.0f} %. {advice}"


TOGETHER: Final = 0.6
"""Share of the heart's rhythm at the pacer's rate from which it goes with the breath; white scatter has a sixth."""
TOGETHER_APART_NS: Final = 120 * NS


class HeartWords:
    """Tells the heart rate when it is first known, when it changed much, and every ten minutes."""

    def __init__(self) -> None:
        self._first_ns: int | None = None
        self._said_ns: int | None = None
        self._said_bpm = 0

    def say(self, beats: HeartBeats) -> str | None:
        """A sentence, rarely."""
        if not beats.rate_bpm:
            return None
        if self._first_ns is None:
            self._first_ns = beats.t_ns
        if self._said_ns is None:
            due = beats.t_ns - self._first_ns >= HEART_FIRST_NS
        else:
            changed = abs(beats.rate_bpm - self._said_bpm) >= HEART_CHANGE_BPM
            due = beats.t_ns - self._said_ns >= (HEART_APART_NS if changed else HEART_EVERY_NS)
        if not due:
            return None
        self._said_ns, self._said_bpm = beats.t_ns, beats.rate_bpm
        return f"Heart {beats.rate_bpm} a minute."


class SwingWords:
    """Tells when the heart's rhythm goes with the paced breath, at most every two minutes."""

    def __init__(self) -> None:
        self._said_ns: int | None = None

    def say(self, heart: HeartCoherence) -> str | None:
        """A sentence, rarely."""
        recent = self._said_ns is not None and heart.t_ns - self._said_ns < TOGETHER_APART_NS
        if recent or not heart.at_pacer >= TOGETHER:
            return None
        self._said_ns = heart.t_ns
        return "Your heart goes up and down with the breath."
