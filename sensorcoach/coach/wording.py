"""What events mean in words: the sentences people read or hear, in one place for the dashboard and the plain mode.

Short, friendly, no jargon, no diagnosis. A sentence says what changed and, where it helps, what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from ..events import (
    ALERT_KINDS,
    PHASES,
    SHOWN,
    TRUSTED,
    ActivityChanged,
    Alert,
    BendingLoad,
    BreakDue,
    Breath,
    CalibrationDone,
    CalibrationStep,
    CueSpoken,
    Event,
    Gap,
    HoldJudged,
    LeanChanged,
    Link,
    LongStill,
    NeutralSet,
    Notice,
    Reclined,
    RepJudged,
    SessionSummary,
    SideLean,
    SlouchEnded,
    SlouchStarted,
)
from ..samples import NS
from .pacer import Pattern

GAP_TOLD_S: Final = 2.0
"""Shorter gaps are counted, not told: they change nothing a person could notice."""

_REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "settling": ("settling", "getting to know your breath, a few more seconds"),
    "walking": ("walking", "breathing is not read while you walk"),
    "moving": ("moving", "the rate comes back when you are still"),
    "posture_change": ("moving", "the rate comes back when you are still"),
    "weak_signal": ("unclear", "faint, or changing its pace: not clear enough to tell"),
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

WHOLE: Final = 0.995
"""Share of a session from which on all of it is done: what is told as `100 %`."""

DEEP_FROM: Final = 1.75
"""Depth, as told, from which on a breath is about twice as deep as usual: a single deep breath is told at some 85 % of
its depth (simulated chests; docs/methods/breathing_phase.md)."""

_PACER_PHASES: Final[Mapping[str, str]] = {
    "inhale": "breathe in",
    "hold_in": "hold",
    "exhale": "breathe out",
    "hold_out": "rest",
}

NUMBERED_BREATHS: Final = 2
"""So many paced breaths are announced with their seconds, the others by a word."""

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


def shows_depth(sensor: str) -> bool:
    """Whether a sensor there tells deep breaths from shifts: on the back, two of three sighs are missed."""
    return sensor not in ("upper-back", "lower-back")


def depth_word(breath: Breath) -> str:
    """What stands out in the depth of a breath, where that is sure: `deep`, or empty."""
    deep = breath.quality >= TRUSTED and breath.depth >= DEEP_FROM and shows_depth(breath.sensor)
    return "deep" if deep else ""


def breaths_words(deep: int, held: int) -> str:
    """What stood out among the last breaths, to follow their rate: one deep breath, or holds; else empty.

    More than one deep breath is a way of breathing, and no news.
    """
    if held > 1:
        return ", with holds"
    return ", with one deep breath" if deep == 1 else ""


def pacer_words(phase: str) -> str:
    """What the pacer asks for."""
    return _PACER_PHASES.get(phase, "")


def pacer_cue(pattern: Pattern, phase: str, breath: int) -> str:
    """What the pacer says as a phase begins: with its seconds in the first two breaths (`breath` counts from 1)."""
    words = _PACER_PHASES[phase].capitalize()
    seconds = f", {pattern.parts_s[PHASES.index(phase)]:.0f}" if breath <= NUMBERED_BREATHS else ""
    return f"{words}{seconds}."


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


def share_words(share: float) -> str:
    """A share, 0 to 1, as people say it: `61 %`."""
    return f"{100 * share:.0f} %"


def _activity_changed(event: ActivityChanged) -> str | None:
    return _ACTIVITY_SENTENCES.get(event.activity)


def _neutral_set(event: NeutralSet) -> str:
    if event.source == "first_stillness":
        return "Your first upright stillness now counts as your upright pose."
    if event.source == "stored":
        return "Your stored upright pose is used; it is checked when you first rest upright."
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


def _reclined(event: Reclined) -> str:
    return f"You have leaned back for {_since(event)}. That is fine: only leaning forward is judged."


def _side_lean(event: SideLean) -> str:
    side = "left" if event.lateral_deg > 0 else "right"
    return f"You have leaned {abs(event.lateral_deg):.0f}° to the {side} for {_since(event)}. Come back to the middle."


def _long_still(event: LongStill) -> str:
    return f"You have kept one pose for {_since(event)}. Move a little, any way you like."


def _break_due(event: BreakDue) -> str:
    return f"No break for {_since(event)}. Get up and walk for two minutes."


def _bending_load(event: BendingLoad) -> str:
    return (
        f"Bent {event.lean_deg:.0f}° forward without a rest: the holding time that ISO 11226 accepts is used up. "
        "Straighten up for a while, or rest your trunk on something."
    )


_LEANS: Final[Mapping[str, str]] = {
    "rounding": "Your back is rounded; the hips are upright.",
    "hips": "You lean from the hips with a straight back.",
    "both": "You lean from the hips and round the back as well.",
}


def _lean_changed(event: LeanChanged) -> str | None:
    return _LEANS.get(event.lean)


def _calibration_step(event: CalibrationStep) -> str | None:
    if event.state != "refused":
        return None
    again = " Once more in five seconds." if event.tries_left else ""
    return f"That did not work. {event.message} {event.advice}{again}"


def _calibration_done(event: CalibrationDone) -> str:
    pose = f"Your upright pose is known, held still within {event.sway_deg:.1f}°."
    if event.threshold_deg != event.threshold_deg:
        return pose
    return f"{pose} A slouch is {event.threshold_deg:.0f}° or more, half way to your own."


def _cue_spoken(event: CueSpoken) -> str | None:
    return event.text or None


_SAID_ALREADY: Final = frozenset(ALERT_KINDS) - {"battery", "sensor"}
"""Alerts that follow an event with a sentence of its own."""


def _alert(event: Alert) -> str | None:
    return None if event.about in _SAID_ALREADY else event.text


def _since(event: Reclined | SideLean | LongStill | BreakDue) -> str:
    return span_words((event.t_ns - event.onset_ns) / NS)


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


def _judged(event: RepJudged | HoldJudged) -> str:
    return event.words


def _session_summary(event: SessionSummary) -> str:
    done = "All done" if event.done >= WHOLE else f"{share_words(event.done)} done"
    coming = f" Next time: {event.next_time}" if event.next_time else ""
    return f"{done}, in {span_words(event.active_s)}. Keep: {event.keep} Try: {event.to_try}{coming}"


_SENTENCES: Final[Mapping[type[Event], Callable[[Any], str | None]]] = {
    ActivityChanged: _activity_changed,
    NeutralSet: _neutral_set,
    SlouchStarted: _slouch_started,
    SlouchEnded: _slouch_ended,
    Reclined: _reclined,
    SideLean: _side_lean,
    LongStill: _long_still,
    BreakDue: _break_due,
    BendingLoad: _bending_load,
    LeanChanged: _lean_changed,
    CalibrationStep: _calibration_step,
    CalibrationDone: _calibration_done,
    CueSpoken: _cue_spoken,
    RepJudged: _judged,
    HoldJudged: _judged,
    SessionSummary: _session_summary,
    Gap: _gap,
    Link: _link,
    Notice: _notice,
    Alert: _alert,
}


def sentence(event: Event) -> str | None:
    """One plain sentence for an event a person would want told, None for all others (rows, curves, single breaths)."""
    make = _SENTENCES.get(type(event))
    return None if make is None else make(event)
