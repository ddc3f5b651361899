"""What a watch knows right now, for whoever asks: the last rows, what the link does, and how the day went so far."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ...coach.wording import activity_words, lean_words, quality_word, span_words
from ...events import TRUSTED, Alert, Event, Second, SlouchStarted
from ...protocol.battery import BatteryLevel

_REST: Final = frozenset(("still", "vehicle"))


class Board:
    """Takes events, gives a JSON-ready summary.

    Parameters
    ----------
    device, wearer : str
    sensor : str
        Whose posture is told.
    """

    def __init__(self, device: str, wearer: str, sensor: str) -> None:
        self.link = "starting"
        self.mode = ""
        self.recording = ""
        self._device = device
        self._wearer = wearer
        self._sensor = sensor
        self._row: Second | None = None
        self._battery: float | None = None
        self._last_alert = ""
        self.new_day()

    def new_day(self) -> None:
        """Sums begin anew."""
        self._worn_s = self._judged_s = self._slouched_s = self._slouches = self._alerts = 0

    def hear(self, events: Iterable[Event]) -> None:
        """Take what became known."""
        for event in events:
            if event.sensor != self._sensor:
                continue
            if isinstance(event, Second):
                self._on_row(event)
            elif isinstance(event, SlouchStarted):
                self._slouches += event.trusted
            elif isinstance(event, BatteryLevel):
                self._battery = event.percent
            elif isinstance(event, Alert):
                self._alerts += 1
                self._last_alert = event.text

    def _on_row(self, row: Second) -> None:
        self._row = row
        self._worn_s += row.activity not in ("off", "unknown")
        if row.slouching is not None and row.posture_quality >= TRUSTED and row.activity in _REST:
            self._judged_s += 1
            self._slouched_s += row.slouching

    def summary(self, **more: Any) -> dict[str, Any]:
        """Everything, by name; None where it is not known. Ends with what the caller adds."""
        row = self._row
        heard = row is not None and row.breath_reason != "no_data"
        rate = row.breath_rate_brpm if row is not None and heard else float("nan")
        lean = row.flexion_deg if row is not None and heard else float("nan")
        return {
            "device": self._device,
            "wearer": self._wearer,
            "link": self.link,
            "mode": self.mode,
            "recording": self.recording,
            "activity": row.activity if row is not None and heard else "unknown",
            "breath_rate_brpm": round(rate, 1) if rate == rate else None,
            "breath_quality": quality_word(row.breath_quality) if row is not None and rate == rate else "",
            "flexion_deg": round(lean, 1) if lean == lean else None,
            "slouching": row.slouching if row is not None and heard else None,
            "battery_percent": self._battery,
            "worn_s": self._worn_s,
            "judged_s": self._judged_s,
            "slouched_s": self._slouched_s,
            "slouches": self._slouches,
            "alerts": self._alerts,
            "last_alert": self._last_alert,
            **more,
        }


def in_one_line(summary: dict[str, Any]) -> str:
    """A summary as one short line, for a view that is renewed every second."""
    parts = [str(summary["link"]), activity_words(str(summary["activity"]))]
    if summary["breath_rate_brpm"] is not None:
        parts.append(f"breathing {summary['breath_rate_brpm']:.0f} a minute")
    if summary["flexion_deg"] is not None:
        parts.append(lean_words(summary["flexion_deg"], 0.0)[0] + (", slouching" if summary["slouching"] else ""))
    parts.append(f"{summary['slouches']} slouches, {summary['alerts']} alerts today")
    return " · ".join(parts)


def in_words(summary: dict[str, Any]) -> str:
    """A summary as lines for people."""
    judged_s = summary["judged_s"]
    upright = f"{100 * (1 - summary['slouched_s'] / judged_s):.0f} % upright" if judged_s else "nothing judged yet"
    lines = [
        f"Watching {summary['device']} (process {summary['pid']}), worn by {summary['wearer']}.",
        f"Now: {in_one_line(summary)}.",
        f"This day: worn {span_words(summary['worn_s'])}, posture judged {span_words(judged_s)}, {upright}.",
        f"Alerts: {summary['mode']}" + "".join(f", {word}" for word in _held_back(summary)) + ".",
        f"Recording to {summary['recording']}." if summary["recording"] else "Not recording.",
    ]
    if summary["battery_percent"] is not None:
        lines.append(f"Battery of the sensor: {summary['battery_percent']:.0f} %.")
    if summary["last_alert"]:
        lines.append(f"Last alert: {summary['last_alert']}")
    return "\n".join(lines)


def _held_back(summary: dict[str, Any]) -> list[str]:
    held = [("snoozed", summary["snooze_s"]), ("in a meeting", summary["mute_s"])]
    return [f"{word} for {span_words(seconds)} more" for word, seconds in held if seconds > 0]
