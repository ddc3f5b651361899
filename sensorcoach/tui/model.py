"""What the dashboard shows, as plain data: events go in, words and numbers come out. Knows no widgets and no clock."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..coach.vitals import LOW_PERCENT, ChargeWords
from ..coach.wording import activity_words, lean_words, phase_words, quality_word, reason_words, sentence
from ..events import (
    SHOWN,
    TRUSTED,
    Breath,
    BreathPhase,
    Event,
    Followed,
    Gap,
    HeartCoherence,
    Link,
    NeutralSet,
    Notice,
    PacerSet,
    Second,
    SlouchEnded,
    SlouchStarted,
    Wave,
)
from ..protocol.battery import BatteryLevel
from ..protocol.heart import HeartBeats
from ..samples import NS
from . import trace

STALE_S: Final = 3.0
"""Values older than this are not shown any more."""
HEART_STALE_S: Final = 10.0
"""A heart rate older than this is not shown: straps send one every second while they feel a heart."""
LOG_LINES: Final = 200
LEAN_DEG: Final = 12.0
"""From here on a lean is called one; held long enough the engine calls it a slouch."""
LEAN_MAX_DEG: Final = 65.0
"""Beyond this a forward trunk is bending, not sitting badly."""

_UNREADABLE: Final = frozenset({"walking", "moving", "posture_change", "not_worn", "no_data"})
"""Reasons under which the chest's movement is not the breath's: no curve is drawn."""
_UNJUDGED: Final = frozenset({"walking", "running", "lying", "off", "vehicle"})


@dataclass(frozen=True, slots=True)
class RateView:
    """The breathing rate as shown: `tier` is `trusted`, `unsure` or `absent`; `why` explains an absent one."""

    tier: str
    rate_brpm: float
    now_brpm: float
    word: str
    why: str


@dataclass(frozen=True, slots=True)
class PostureView:
    """The upper back as shown: `state` is `ok`, `lean`, `slouch` or `unknown`."""

    state: str
    word: str
    flexion_deg: float
    front: str
    side: str
    why: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """One remembered sentence."""

    t_s: float
    text: str


class DashboardModel:
    """Everything the screen shows about one sensor.

    Parameters
    ----------
    sensor : str
        Events of other sensors are left out.
    has_gyro : bool
    """

    def __init__(self, sensor: str, has_gyro: bool = True) -> None:
        self.sensor = sensor
        self.has_gyro = has_gyro
        self.trace = trace.BreathTrace()
        self.log: deque[LogLine] = deque(maxlen=LOG_LINES)
        self.log_version = 0
        self.gaps = 0
        self.link = "waiting"
        self.second: Second | None = None
        self.breath: Breath | None = None
        self.phase = ""
        self.phase_onset_s = math.nan
        self.flexion_deg = math.nan
        self.slouch_since_s: float | None = None
        self.calibrated = False
        self.battery_percent = math.nan
        self.followed: Followed | None = None
        self.swing: HeartCoherence | None = None
        self.link_words = ""
        """What the link does now, in a sentence, while it is not streaming."""
        self._charge = ChargeWords()
        self._heart: HeartBeats | None = None
        self._newest_ns = -1
        self._handlers: Mapping[type[Event], Callable[[Any], None]] = {
            Second: self._on_second,
            Wave: self._on_wave,
            BreathPhase: self._on_phase,
            Breath: self._on_breath,
            SlouchStarted: self._on_slouch_started,
            SlouchEnded: self._on_slouch_ended,
            Gap: self._on_gap,
            Link: self._on_link,
            NeutralSet: self._on_neutral,
            BatteryLevel: self._on_battery,
            HeartBeats: self._on_heart,
            Followed: self._on_followed,
            HeartCoherence: self._on_swing,
            PacerSet: self._on_pacer,
            Notice: self._on_notice,
        }

    # -- what comes in

    def apply(self, event: Event) -> None:
        """Take one event, in order."""
        if event.sensor != self.sensor:
            return
        handle = self._handlers.get(type(event))
        if handle is not None:
            handle(event)
        if not isinstance(event, Second | Wave):
            told = sentence(event)
            if told:
                self.note(event.t_ns / NS, told)

    def note(self, t_s: float, text: str) -> None:
        """Remember a sentence; one that is told again after a seek is there already."""
        line = LogLine(t_s, text)
        if line in self.log:
            return
        self.log.append(line)
        self.log_version += 1

    def _on_second(self, second: Second) -> None:
        self.second = second
        if second.breath_reason != "no_data":
            self._newest_ns = max(self._newest_ns, second.t_ns)
        if not second.breath_phase:
            self.phase = ""
        if second.slouching is False:
            self.slouch_since_s = None
        if not math.isfinite(second.flexion_deg):
            self.flexion_deg = math.nan
        self.trace.rescale()

    def _on_wave(self, wave: Wave) -> None:
        self._newest_ns = max(self._newest_ns, wave.t_ns)
        self.flexion_deg = wave.flexion_deg
        self.trace.append(wave.t_ns, wave.breath, self._tier())
        if self.link in ("waiting", "seek"):
            self.link = "streaming"

    def _on_phase(self, event: BreathPhase) -> None:
        self.phase = event.phase
        self.phase_onset_s = event.onset_ns / NS

    def _on_breath(self, event: Breath) -> None:
        self.breath = event if event.quality >= SHOWN else None

    def _on_slouch_started(self, event: SlouchStarted) -> None:
        self.slouch_since_s = event.onset_ns / NS

    def _on_slouch_ended(self, event: SlouchEnded) -> None:
        self.slouch_since_s = None

    def _on_gap(self, event: Gap) -> None:
        self.gaps += 1

    def _on_neutral(self, event: NeutralSet) -> None:
        self.calibrated = True

    def _on_battery(self, event: BatteryLevel) -> None:
        self.battery_percent = event.percent
        warning = self._charge.say(event)
        if warning:
            self.note(event.t_ns / NS, warning)

    def _on_heart(self, event: HeartBeats) -> None:
        self._heart = event

    def _on_followed(self, event: Followed) -> None:
        self.followed = event

    def _on_swing(self, event: HeartCoherence) -> None:
        self.swing = event

    def _on_pacer(self, event: PacerSet) -> None:
        self.followed = self.swing = None

    def _on_notice(self, event: Notice) -> None:
        if event.code.startswith("link_"):
            self.link_words = event.message

    def _on_link(self, event: Link) -> None:
        self.link = event.state
        self.link_words = event.detail if event.state in ("silent", "lost") else ""
        if event.state == "seek":
            self.trace.clear()
            while self.log and self.log[-1].t_s > event.t_ns / NS:  # it has not happened yet
                self.log.pop()
            self._heart = self.followed = self.swing = None
            self.second = self.breath = self.slouch_since_s = None
            self.phase, self.flexion_deg = "", math.nan
            self._newest_ns = event.t_ns

    def _tier(self) -> int:
        second = self.second
        if second is None:
            return trace.UNSURE
        if second.breath_quality >= TRUSTED:
            return trace.TRUSTED
        return trace.HIDDEN if second.breath_reason in _UNREADABLE else trace.UNSURE

    # -- what is shown

    @property
    def heard(self) -> bool:
        """Whether anything has come from the sensor yet."""
        return self._newest_ns >= 0

    def age_s(self, now_s: float) -> float:
        """How old the newest data is at stream time `now_s`, s; infinity before the first."""
        return max(0.0, now_s - self._newest_ns / NS) if self.heard else math.inf

    def rate(self, now_s: float) -> RateView:
        """The breathing rate to show at stream time `now_s`."""
        second = self.second
        if second is None or self.age_s(now_s) > STALE_S:
            word, why = self._silence(second is None)
            return RateView("absent", math.nan, math.nan, word, why)
        quality = quality_word(second.breath_quality)
        if not quality or not math.isfinite(second.breath_rate_brpm):
            word, why = reason_words(second.breath_reason)
            return RateView("absent", math.nan, math.nan, word, why)
        tier = "trusted" if second.breath_quality >= TRUSTED else "unsure"
        return RateView(tier, second.breath_rate_brpm, second.breath_rate_now_brpm, quality, "")

    def _silence(self, never_heard: bool) -> tuple[str, str]:
        """Why there is nothing to show: a word, and the rest of the sentence."""
        if self.link == "lost":
            return "connection lost", "looking for the sensor again"
        if never_heard:
            return "waiting", (self.link_words or "listening for the sensor").rstrip(".")
        return reason_words("no_data")

    def breathing_words(self, now_s: float) -> str:
        """What the breath does now, in words; empty when not known."""
        return phase_words(self.phase) if self.rate(now_s).tier != "absent" else ""

    def posture(self, now_s: float) -> PostureView:
        """The upper back to show at stream time `now_s`."""
        second = self.second
        if second is None or self.age_s(now_s) > STALE_S:
            return _unknown("waiting" if second is None else "no data")
        flexion_deg = self.flexion_deg if math.isfinite(self.flexion_deg) else second.flexion_deg
        if second.activity in _UNJUDGED:
            return _unknown(f"{activity_words(second.activity)}: not judged")
        if not math.isfinite(flexion_deg):
            return _unknown("not known while you move" if self.calibrated else "sit or stand tall for a moment")
        front, side = lean_words(flexion_deg, second.lateral_deg)
        if second.posture_quality < SHOWN:
            return PostureView("unknown", "UNSURE", flexion_deg, front, side, "")
        if second.slouching or self.slouch_since_s is not None:
            return PostureView("slouch", "SLOUCH", flexion_deg, front, side, "")
        if second.activity == "bending" or flexion_deg > LEAN_MAX_DEG:
            return PostureView("unknown", "BENDING", flexion_deg, front, side, "not judged")
        if flexion_deg >= LEAN_DEG:
            return PostureView("lean", "LEAN", flexion_deg, front, side, "")
        return PostureView("ok", "OK", flexion_deg, front, side, "")

    def heart_bpm(self, now_s: float) -> int:
        """The heart rate to show at stream time `now_s`, beats per minute; 0 when there is none."""
        if self._heart is None or now_s - self._heart.t_ns / NS > HEART_STALE_S:
            return 0
        return self._heart.rate_bpm

    @property
    def battery_low(self) -> bool:
        """Whether the sensor should be charged soon."""
        return self.battery_percent < LOW_PERCENT

    def activity_words(self, now_s: float) -> str:
        """What the wearer does, in words; empty when the data are old."""
        if self.second is None or self.age_s(now_s) > STALE_S:
            return ""
        return activity_words(self.second.activity)


def _unknown(why: str) -> PostureView:
    return PostureView("unknown", "–", math.nan, "", "", why)
