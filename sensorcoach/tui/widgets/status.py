"""The top lines: where the data come from, how they fare, whether they are kept, where a replay stands."""

from __future__ import annotations

import math
from typing import Final

from ..draw.spans import Line, length, line, spread, wrap
from ..scene import FeedState, Scene
from .log import clock_text
from .painted import Painted

FRESH_S = 1.5
"""Data younger than this are "now"."""
SHORT_NAME: Final = 14
LEAST_TITLE: Final = 18
"""So many cells the title has at least; what does not fit beside it is left out."""


class StatusBar(Painted):
    """One line: title at the left, state at the right."""

    def draw(self, scene: Scene, width: int, height: int) -> list[Line]:
        """What fits, the most important first."""
        feed = scene.feed
        title = f"{feed.title} · {feed.wearer}" if feed.wearer else feed.title
        parts = [
            _recording(feed),
            _play(feed, scene.model.link),
            _elapsed(feed, scene.now_s),
            _data(scene),
            _heart(scene),
            _battery(scene),
            line(("alerts quiet", "muted")) if feed.snoozed else (),
        ]
        gap = 3 if width >= 80 else 2
        right: Line = ()
        for part in parts:
            if part and width - length(right) - length(part) - 2 * gap >= min(len(title), LEAST_TITLE):
                right = (*right, *(((" " * gap, "text"),) if right else ()), *part)
        room = width - length(right) - gap
        shown = title if len(title) <= room else f"{title[: max(room - 1, 0)]}…"
        return [spread(line((shown, "strong")), right, width)]


class ProgressLine(Painted):
    """Where the replay stands in its recording."""

    def draw(self, scene: Scene, width: int, height: int) -> list[Line]:
        """A line across the screen."""
        if not scene.feed.duration_s:
            return []
        share = 1.0 if scene.feed.state == "ended" else scene.now_s / scene.feed.duration_s
        done = round(width * min(max(share, 0.0), 1.0))
        return [line(("━" * done, "breath"), ("─" * (width - done), "faint"))]


class Banner(Painted):
    """What went wrong, or that it is over; hidden otherwise."""

    def draw(self, scene: Scene, width: int, height: int) -> list[Line]:
        """One or two sentences, in as many lines as they need."""
        if not scene.feed.message:
            return []
        over = scene.feed.state == "ended"
        said = wrap(scene.feed.message, max(width - 2, 1), "strong")
        if len(said) != height:
            self.styles.height = len(said)
        sign = line(("■ " if over else "▲ ", "strong" if over else "slouch"))
        return [(*(sign if row == 0 else line(("  ", "text"))), *spans) for row, spans in enumerate(said)]


def _recording(feed: FeedState) -> Line:
    if not feed.recording:
        return ()
    # A date and time say nothing that is not known.
    name = feed.recording.removesuffix(".journal")
    return line(("● ", "record"), ("recording", "text"), (f" {name}" if len(name) <= SHORT_NAME else "", "text"))


def _play(feed: FeedState, link: str) -> Line:
    if feed.state == "ended":
        return line(("■ ended", "strong"))
    if feed.state == "failed":
        return line(("▲ stopped", "slouch"))
    if feed.frozen:
        return line(("■ view frozen", "pacer"))
    if feed.state == "paused":
        return line(("■ paused", "pacer"))
    if feed.kind == "live":
        return () if link in ("lost", "silent") else line(("● live", "ok"))
    speed = "max" if math.isinf(feed.speed) else f"{feed.speed:g}×"
    return line(("▶ ", "ok"), ("playing" if feed.speed == 1.0 else speed, "text"))


def _elapsed(feed: FeedState, now_s: float) -> Line:
    if not feed.duration_s:
        return line((clock_text(now_s), "text"))
    # Recordings end some milliseconds before or after a whole second.
    total = clock_text(round(feed.duration_s))
    return line((total if feed.state == "ended" else clock_text(now_s), "text"), (f" / {total}", "muted"))


def _data(scene: Scene) -> Line:
    model, feed = scene.model, scene.feed
    if feed.state in ("ended", "failed"):
        return ()
    age_s = model.age_s(scene.now_s)
    if model.link in ("lost", "silent"):
        return line(("▲ ", "slouch"), ("connection lost" if model.link == "lost" else "sensor quiet", "text"))
    if math.isinf(age_s):
        return line(("○ connecting" if feed.kind == "live" else "○ waiting for data", "muted"))
    losses = _losses(model.gaps, feed.lost_packets)
    if age_s > FRESH_S:
        return line(("◐ ", "lean"), (f"data {age_s:.0f} s old", "text"), (losses, "muted"))
    fresh = "" if feed.kind == "replay" else "data fresh"
    return line((f"{fresh}{losses}" if fresh else losses.removeprefix(" · "), "muted"))


def _losses(gaps: int, lost_packets: int) -> str:
    if lost_packets:
        return f" · {lost_packets} packet{'s' if lost_packets != 1 else ''} lost"
    return f" · {gaps} gap{'s' if gaps != 1 else ''}" if gaps else ""


def _heart(scene: Scene) -> Line:
    rate_bpm = scene.model.heart_bpm(scene.now_s)
    return line(("♥ ", "slouch"), (f"{rate_bpm}", "text")) if rate_bpm else ()


def _battery(scene: Scene) -> Line:
    percent = scene.model.battery_percent
    if math.isnan(percent):
        return ()
    if scene.model.battery_low:
        return line(("▲ ", "lean"), (f"battery {percent:.0f} %", "text"))
    return line((f"battery {percent:.0f} %", "muted"))
