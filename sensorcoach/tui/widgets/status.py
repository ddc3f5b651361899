"""The top lines: where the data come from, how they fare, whether they are kept, where a replay stands."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..draw.spans import Line, line, spread
from ..scene import Scene
from .log import clock_text
from .painted import Painted

FRESH_S = 1.5
"""Data younger than this are "now"."""


@dataclass(frozen=True, slots=True)
class FeedState:
    """What the top line says about the feed.

    Attributes
    ----------
    title : str
    kind : str
        `live`, `demo` or `replay`.
    state : str
        `playing`, `paused`, `ended` or `failed`.
    speed : float
    duration_s : float or None, s
    recording : str or None
    frozen : bool
        The view stands still, the stream does not.
    snoozed : bool
    message : str
        What went wrong and what to do, or that it is over; empty while all is well.
    """

    title: str
    kind: str
    state: str
    speed: float
    duration_s: float | None
    recording: str | None
    frozen: bool
    snoozed: bool
    message: str


class StatusBar(Painted):
    """One line: title at the left, state at the right."""

    feed: FeedState | None = None

    def draw(self, scene: Scene, width: int, height: int) -> list[Line]:
        """What fits, the most important first."""
        feed = self.feed
        if feed is None:
            return []
        parts = [
            _recording(feed),
            _play(feed),
            _elapsed(feed, scene.now_s),
            _data(feed, scene),
            _snoozed(feed),
            _heart(scene),
            _battery(scene),
        ]
        right: Line = ()
        for part in parts:
            room = width - sum(len(text) for text, _ in right) - sum(len(text) for text, _ in part)
            if part and room >= 18:
                right = (*right, *((("   ", "text"),) if right else ()), *part)
        return [spread(line((feed.title, "strong")), right, width)]


class ProgressLine(Painted):
    """Where the replay stands in its recording."""

    feed: FeedState | None = None

    def draw(self, scene: Scene, width: int, height: int) -> list[Line]:
        """A line across the screen."""
        if self.feed is None or not self.feed.duration_s:
            return []
        done = round(width * min(max(scene.now_s / self.feed.duration_s, 0.0), 1.0))
        return [line(("━" * done, "breath"), ("─" * (width - done), "faint"))]


class Banner(Painted):
    """What went wrong, or that it is over; hidden otherwise."""

    feed: FeedState | None = None

    def draw(self, scene: Scene, width: int, height: int) -> list[Line]:
        """One sentence."""
        if self.feed is None or not self.feed.message:
            return []
        role = "slouch" if self.feed.state == "failed" else "strong"
        sign = "▲" if self.feed.state == "failed" else "■"
        return [line((f"{sign} ", role), (self.feed.message, "strong"))]


def _recording(feed: FeedState) -> Line:
    return line(("● ", "record"), (f"recording {feed.recording}", "text")) if feed.recording else ()


def _play(feed: FeedState) -> Line:
    if feed.state == "ended":
        return line(("■ ended", "strong"))
    if feed.state == "failed":
        return line(("▲ stopped", "slouch"))
    if feed.frozen:
        return line(("■ view frozen", "pacer"))
    if feed.state == "paused":
        return line(("■ paused", "pacer"))
    if feed.kind == "live":
        return line(("● live", "ok"))
    speed = "max" if math.isinf(feed.speed) else f"{feed.speed:g}×"
    return line(("▶ ", "ok"), ("playing" if feed.speed == 1.0 else speed, "text"))


def _elapsed(feed: FeedState, now_s: float) -> Line:
    total = f" / {clock_text(feed.duration_s)}" if feed.duration_s else ""
    return line((clock_text(now_s), "text"), (total, "muted"))


def _data(feed: FeedState, scene: Scene) -> Line:
    model = scene.model
    if feed.state in ("ended", "failed"):
        return ()
    age_s = model.age_s(scene.now_s)
    gaps = f" · {model.gaps} gap{'s' if model.gaps != 1 else ''}" if model.gaps else ""
    if model.link in ("lost", "silent"):
        words = "connection lost" if model.link == "lost" else "sensor quiet"
        return line(("▲ ", "slouch"), (words, "text"), (gaps, "muted"))
    if math.isinf(age_s):
        return line(("○ waiting for data", "muted"))
    if age_s > FRESH_S:
        return line(("◐ ", "lean"), (f"data {age_s:.0f} s old", "text"), (gaps, "muted"))
    return line(("data fresh", "muted"), (gaps, "muted"))


def _snoozed(feed: FeedState) -> Line:
    return line(("alerts quiet", "muted")) if feed.snoozed else ()


def _heart(scene: Scene) -> Line:
    rate_bpm = scene.model.heart_bpm(scene.now_s)
    return line(("heart ", "muted"), (f"{rate_bpm}", "text")) if rate_bpm else ()


def _battery(scene: Scene) -> Line:
    percent = scene.model.battery_percent
    if math.isnan(percent):
        return ()
    if scene.model.battery_low:
        return line(("▲ ", "lean"), (f"battery {percent:.0f} %", "text"))
    return line((f"battery {percent:.0f} %", "muted"))
