"""What events mean in words: the sentences people read or hear, in one place for the dashboard and the plain mode.

Short, friendly, no jargon, no diagnosis. A sentence says what changed and, where it helps, what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from ..events import (
    SHOWN,
    TRUSTED,
    ActivityChanged,
    Event,
    Gap,
    Link,
    NeutralSet,
    Notice,
    SlouchEnded,
    SlouchStarted,
)
from ..samples import NS

GAP_TOLD_S: Final = 2.0
"""Shorter gaps are counted, not told: they change nothing a person could notice."""

_REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "settling": ("settling", "getting to know your breath, a few more seconds"),
    "walking": ("walking", "breathing is not read while you walk"),
    "moving": ("moving", "breathing comes back when you are still"),
    "posture_change": ("moving", "breathing comes back when you are still"),
    "weak_signal": ("faint", "the breath is too faint to read here"),
    "no_data": ("no data", "nothing heard from the sensor"),
    "not_worn": ("not worn", "the sensor lies still and alone"),
    "not_calibrated": ("no pose yet", "sit or stand tall for a moment"),
}

_ACTIVITIES: Final[Mapping[str, str]] = {
    "still": "still",
    "moving": "moving about",
    "walking": "walking",
    "running": "running",
    "lying": "lying down",
    "bending": "bending",
    "vehicle": "riding",
    "off": "sensor not worn",
    "unknown": "not known yet",
}

_ACTIVITY_SENTENCES: Final[Mapping[str, str]] = {
    "still": "You are still now.",
    "moving": "You are moving about.",
    "walking": "You are walking. Breathing and posture are read again when you stop.",
    "running": "You are running. Breathing and posture are read again when you stop.",
    "lying": "You are lying down. Posture is not judged meanwhile.",
    "vehicle": "You seem to be riding in something.",
    "off": "The sensor seems to be off your body.",
}

_PHASES: Final[Mapping[str, str]] = {
    "inhale": "breathing in",
    "hold_in": "holding, full",
    "exhale": "breathing out",
    "hold_out": "holding, empty",
}

_PACER_PHASES: Final[Mapping[str, str]] = {
    "inhale": "breathe in",
    "hold_in": "hold",
    "exhale": "breathe out",
    "hold_out": "rest",
}

_LINK_SENTENCES: Final[Mapping[str, str]] = {
    "streaming": "The sensor is sending.",
    "silent": "The sensor has gone quiet.",
    "lost": "The connection to the sensor is lost.",
    "ended": "That was the end.",
}


def reason_words(reason: str) -> tuple[str, str]:
    """Why no breathing rate is shown: a word or two, and the rest of the sentence (`walking`, `breathing is …`)."""
    return _REASONS.get(reason, ("not known", "waiting for the sensor"))


def activity_words(activity: str) -> str:
    """An activity in plain words."""
    return _ACTIVITIES.get(activity, activity)


def phase_words(phase: str) -> str:
    """What the wearer's breath does now; empty when not known."""
    return _PHASES.get(phase, "")


def pacer_words(phase: str) -> str:
    """What the pacer asks for."""
    return _PACER_PHASES.get(phase, "")


def quality_word(quality: float) -> str:
    """How far a breathing rate can be trusted: `steady`, `unsure`, or empty when it is not to be shown."""
    if quality >= TRUSTED:
        return "steady"
    return "unsure" if quality >= SHOWN else ""


def lean_words(flexion_deg: float, lateral_deg: float) -> tuple[str, str]:
    """Lean to the front and to the side in words (`8° forward`, `2° left`); under a degree and a half: upright."""
    front = (
        "upright" if abs(flexion_deg) < 1.5 else f"{abs(flexion_deg):.0f}° {'forward' if flexion_deg > 0 else 'back'}"
    )
    side = "" if not abs(lateral_deg) >= 1.5 else f"{abs(lateral_deg):.0f}° {'left' if lateral_deg > 0 else 'right'}"
    return front, side


def span_words(seconds: float) -> str:
    """A length of time as people say it: `8 s`, `2 min`, `1 h 05 min`."""
    whole = max(0, round(seconds))
    if whole < 90:
        return f"{whole} s"
    minutes = round(whole / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def _activity_changed(event: ActivityChanged) -> str | None:
    return _ACTIVITY_SENTENCES.get(event.activity)


def _neutral_set(event: NeutralSet) -> str:
    if event.source == "first_stillness":
        return "Your first upright stillness now counts as your upright pose."
    return "Your upright pose is set."


def _slouch_started(event: SlouchStarted) -> str:
    held = span_words((event.t_ns - event.onset_ns) / NS)
    if not event.trusted:
        return f"You seem to lean {event.flexion_deg:.0f}° forward. Calibrate while upright to make sure."
    return f"You have leaned {event.flexion_deg:.0f}° forward for {held}. Let the chest rise."


def _slouch_ended(event: SlouchEnded) -> str | None:
    if event.reason in ("", "upright"):
        return f"Upright again after {span_words((event.t_ns - event.onset_ns) / NS)}. Nice."
    return None


def _gap(event: Gap) -> str | None:
    length_s = (event.t_ns - event.onset_ns) / NS
    return f"Nothing came from the sensor for {span_words(length_s)}." if length_s >= GAP_TOLD_S else None


def _link(event: Link) -> str | None:
    sentence = _LINK_SENTENCES.get(event.state)
    if sentence is None:
        return None
    detail = event.detail.strip()
    return f"{sentence} {detail[0].upper()}{detail[1:]}{'' if detail[-1] in '.!?' else '.'}" if detail else sentence


def _notice(event: Notice) -> str:
    return f"{event.message} {event.advice}".strip()


_SENTENCES: Final[Mapping[type[Event], Callable[[Any], str | None]]] = {
    ActivityChanged: _activity_changed,
    NeutralSet: _neutral_set,
    SlouchStarted: _slouch_started,
    SlouchEnded: _slouch_ended,
    Gap: _gap,
    Link: _link,
    Notice: _notice,
}


def sentence(event: Event) -> str | None:
    """One plain sentence for an event a person would want told, None for all others (rows, curves, single breaths)."""
    make = _SENTENCES.get(type(event))
    return None if make is None else make(event)
