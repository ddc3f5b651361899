"""What all streams of one watch share, and the words that other commands have with it."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Final, cast

from ...alerts.settings import AlertMode, AlertSettings
from ...coach.slouch import Profile
from ...errors import UsageError
from ...events import Alert, Calibrate, Event, Mark, Mute, SetSlouch, Snooze
from ...runtime.watch.memory import WatchMemory, remember
from ...runtime.watch.station import Station
from ...settings import Settings
from ...settings.table import ALERTS_MODE
from ..terminal import say

LONGEST_MIN: Final = 24 * 60
"""Nobody snoozes for longer than a day."""


@dataclass(slots=True)
class Watching:
    """What all streams of one watch share.

    Attributes
    ----------
    stop : asyncio.Event
        Set to end the watch.
    station : Station or None
        None while the sensor is looked for.
    judged : callable or None
        What counts as a slouch while sitting or standing, as a command.
    hung_up : bool
        The terminal is gone.
    """

    args: argparse.Namespace
    stop: asyncio.Event
    memory_path: Path
    memory: WatchMemory
    settings: Settings
    station: Station | None = None
    judged: Callable[[Profile], SetSlouch] | None = None
    hung_up: bool = False
    notes: set[str] = field(default_factory=set)

    def alerts_on(self, day: date) -> AlertSettings:
        """How to alert on a day; the first week only tracks, unless asked otherwise."""
        if not self.memory.first_day:
            self.remember(first_day=day.isoformat())
        mode = self.settings[ALERTS_MODE]
        if mode == "all-day" and self.memory.is_new(day):
            self.say_once("The first week only tracks: no alerts about posture. With --training there are at once.")
            mode = "tracking"
        return AlertSettings.from_settings(self.settings, cast("AlertMode", mode))

    def save(self, events: Iterable[Event]) -> None:
        """Keep how many alerts there were today."""
        used = None if self.station is None else self.station.legs.used
        if used is not None and any(isinstance(event, Alert) for event in events):
            self.remember(day=used[0].isoformat(), used=used[1])

    def hang_up(self) -> None:
        """The terminal is gone."""
        self.hung_up = True
        self.remember(hung_up=True)
        self.stop.set()

    def say_once(self, words: str) -> None:
        """Say it unless it was said before."""
        if words not in self.notes:
            self.notes.add(words)
            say(words)

    def remember(self, **changes: Any) -> None:
        """Keep it for the next run of the program."""
        self.memory = replace(self.memory, **changes)
        remember(self.memory_path, self.memory)

    async def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """What other commands ask of this watch."""
        do, station = request.get("do"), self.station
        if do == "stop":
            self.stop.set()
            return {"said": "The watch has ended; everything is saved."}
        if station is None:
            raise UsageError("The watch is still looking for its sensor.", "Wear it and wake it up, and try again.")
        legs = station.legs
        if do in ("status", "view"):
            snooze_s, mute_s = legs.until()
            used = legs.used
            more = {"snooze_s": round(snooze_s), "mute_s": round(mute_s), "pid": os.getpid()}
            return station.board.summary(**more, alerts_used=used[1] if used else 0)
        if do == "history":
            chronicle = legs.chronicle
            kept = chronicle is not None and await asyncio.to_thread(chronicle.keep, chronicle.so_far())
            return {"recording": str(chronicle.folder) if chronicle is not None and kept else ""}
        if do in ("snooze", "meeting"):
            minutes = request.get("minutes")
            if not isinstance(minutes, int | float) or not 0 <= minutes <= LONGEST_MIN:
                raise UsageError("That is no number of minutes.")
            legs.command(Snooze(0, minutes * 60.0) if do == "snooze" else Mute(0, minutes * 60.0))
            what = "alerts about posture" if do == "snooze" else "alerts of any kind"
            return {"said": f"No {what} for {minutes:g} minutes." if minutes else f"Again {what}."}
        if do == "mark":
            legs.command(Mark(0, str(request.get("label", ""))[:200]))
            return {"said": "Marked."}
        if do == "calibrate":
            for sensor in station.legs.sensors:
                legs.command(Calibrate(0, sensor))
            return {"said": "How you sit or stand now counts as upright, until you calibrate again or this watch ends."}
        if do in ("sit", "stand") and self.judged is not None:
            command = self.judged(do)
            legs.command(command)
            return {
                "said": f"You {do}: from {command.threshold_deg:g}° forward for {command.dwell_s:g} s it is a slouch, "
                "until tomorrow or the next word."
            }
        raise UsageError("This watch does not know that request.", "Is it of another version?")
