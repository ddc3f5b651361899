"""The voice of the plain mode: events and rows in, the sentences worth saying out.

Speaks when something changed, and about the breath at least every half minute while it is known; never more than one
sentence about the breath in five seconds, so that a screen reader keeps up.
"""

from __future__ import annotations

from typing import Final

from ..events import (
    Alert,
    Breath,
    BreathPhase,
    CueSpoken,
    Event,
    HeartCoherence,
    HoldJudged,
    Notice,
    RepJudged,
    Second,
    SessionSummary,
)
from ..protocol.battery import BatteryLevel
from ..protocol.heart import HeartBeats
from ..samples import NS
from .vitals import ChargeWords, HeartWords, SwingWords
from .wording import breaths_words, depth_word, lean_words, quality_word, reason_words, sentence

SESSION_TOLD: Final = (CueSpoken, RepJudged, HoldJudged, SessionSummary, Notice)
EVERY_NS: Final = 30 * NS
APART_NS: Final = 5 * NS
RATE_CHANGE_BRPM: Final = 1.5
QUIET_REASONS: Final = frozenset({"", "settling"})
"""Reasons that pass by themselves within seconds: not worth a sentence unless nothing else was said for long."""


class Narrator:
    """One per stream of events; `say(event)` returns a sentence or None."""

    def __init__(self) -> None:
        self._said_ns = -EVERY_NS
        self._rate_brpm = float("nan")
        self._reason = "settling"
        self._deep = self._held = 0  # breaths since the last sentence about them
        self._charge = ChargeWords()
        self._heart = HeartWords()
        self._swing = SwingWords()

    def say(self, event: Event) -> str | None:
        """What a person should hear about this event."""
        if isinstance(event, Second):
            return self._row(event)
        if isinstance(event, Breath):
            self._deep += depth_word(event) != ""
        elif isinstance(event, BreathPhase):
            self._held += event.phase in ("hold_in", "hold_out")
        if isinstance(event, BatteryLevel):
            return self._charge.say(event)
        if isinstance(event, HeartBeats):
            return self._heart.say(event)
        if isinstance(event, HeartCoherence):
            return self._swing.say(event)
        if isinstance(event, Alert) and event.about == "battery":
            return None  # said in other words already
        return sentence(event)

    def _row(self, row: Second) -> str | None:
        since_ns = row.t_ns - self._said_ns
        if since_ns < APART_NS:
            return None
        if row.breath_rate_brpm == row.breath_rate_brpm:
            news = self._reason != "" or not abs(row.breath_rate_brpm - self._rate_brpm) < RATE_CHANGE_BRPM
            if not news and since_ns < EVERY_NS:
                return None
            word = quality_word(row.breath_quality) + breaths_words(self._deep, self._held)
            self._said(row.t_ns, row.breath_rate_brpm, "")
            return f"Breathing {row.breath_rate_brpm:.0f} a minute, {word}.{self._posture(row)}"
        changed = row.breath_reason != self._reason and row.breath_reason not in QUIET_REASONS
        if not changed and (row.breath_reason in QUIET_REASONS or since_ns < 2 * EVERY_NS):
            return None
        self._said(row.t_ns, float("nan"), row.breath_reason)
        _, why = reason_words(row.breath_reason)
        return f"No breathing rate now: {why}.{self._posture(row)}"

    def _said(self, t_ns: int, rate_brpm: float, reason: str) -> None:
        self._said_ns, self._rate_brpm, self._reason = t_ns, rate_brpm, reason
        self._deep = self._held = 0

    @staticmethod
    def _posture(row: Second) -> str:
        if row.flexion_deg != row.flexion_deg or row.activity in ("walking", "running", "lying"):
            return ""
        front, side = lean_words(row.flexion_deg, row.lateral_deg)
        where = side if side and front == "upright" else f"{front}, {side}" if side else front
        return f" {where[0].upper()}{where[1:]}."


class SessionNarrator:
    """The voice of a session: its cues and verdicts, and what is wrong with the sensor. Nothing talks over them."""

    def say(self, event: Event) -> str | None:
        """What a person should hear about this event."""
        return sentence(event) if isinstance(event, SESSION_TOLD) else None
