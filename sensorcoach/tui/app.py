"""The Textual application: follows a feed, keeps time, and hands keys on as commands."""

from __future__ import annotations

import asyncio
import math
import os
import time
from collections.abc import Callable, Iterable
from typing import ClassVar, Final

from textual import constants
from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.screen import Screen
from textual.theme import BUILTIN_THEMES

from ..coach.pacer import PATTERNS, Pacer
from ..errors import SensorcoachError
from ..events import Calibrate, Mark, SetPacer, Snooze
from ..samples import NS
from .clock import StreamClock
from .feed import Feed
from .model import DashboardModel
from .scene import Scene
from .screens.dashboard import DashboardScreen
from .screens.help import HelpScreen
from .screens.leave import LeaveScreen
from .themes import THEMES
from .widgets.status import FeedState

FRAMES_PER_S: Final = 15
CALM_FRAMES_PER_S: Final = 4
"""Frame rate with reduced motion."""
NUMBERS_EVERY: Final = 4
"""Numbers are drawn every so many frames: 3 to 4 times a second, quick enough to read."""
SEEK_S: Final = 10.0
SNOOZE_S: Final = 900.0
PACE_STEP_BRPM: Final = 0.5
SPEEDS: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, math.inf)

_OVER: Final = {
    "replay": "The recording is over: ← goes back, q quits.",
    "demo": "The demo is over: q quits.",
    "live": "The sensor has stopped sending: q quits.",
}


class SensorcoachApp(App[int]):
    """The dashboard over one feed.

    Parameters
    ----------
    feed : Feed
    reduced_motion : bool, optional
        Steps instead of flowing pictures; by default what `TEXTUAL_ANIMATIONS` says.
    theme : str, optional
        Name of one of `themes.THEMES`; by default what `TEXTUAL_THEME` says, else the dark one.
    clock : callable
        Any monotonic clock, s.
    """

    TITLE = "sensorcoach"
    CSS_PATH = "sensorcoach.tcss"
    BINDINGS: ClassVar = [
        Binding("space", "pause", "pause"),
        Binding("p", "pacer", "pacer"),
        Binding("question_mark", "help", "help"),
        Binding("q", "quit", "quit"),
        Binding("ctrl+c", "quit", "quit", show=False, priority=True),
        Binding("c", "calibrate", "calibrate"),
        Binding("m", "mark", "mark"),
        Binding("s", "snooze", "snooze"),
        Binding("z", "zoom", "zoom"),
        Binding("left", f"seek(-{SEEK_S})", "back 10 s", show=False),
        Binding("right", f"seek({SEEK_S})", "on 10 s", show=False),
        Binding("left_square_bracket", "speed(-1)", "slower", show=False),
        Binding("right_square_bracket", "speed(1)", "faster", show=False),
        Binding("plus,equals_sign", f"pace({PACE_STEP_BRPM})", "faster pacer", show=False),
        Binding("minus,underscore", f"pace(-{PACE_STEP_BRPM})", "slower pacer", show=False),
        Binding("f", "freeze", "freeze", show=False),
        Binding("t", "theme", "theme", show=False),
        Binding("escape", "escape", "leave zoom or freeze", show=False),
    ]

    def __init__(
        self,
        feed: Feed,
        *,
        reduced_motion: bool | None = None,
        theme: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        # With colours of its own Textual would answer NO_COLOR with greys; with the terminal's it sends none at all.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.feed = feed
        self.model = DashboardModel(feed.sensor, feed.has_gyro)
        self.pacer: Pacer | None = None
        self.frozen = False
        self.reduced_motion = constants.TEXTUAL_ANIMATIONS == "none" if reduced_motion is None else reduced_motion
        if self.reduced_motion:
            self.animation_level = "none"
        for name in BUILTIN_THEMES:
            self.unregister_theme(name)
        for own in THEMES:
            self.register_theme(own)
        names = [own.name for own in THEMES]
        wanted = theme or constants.DEFAULT_THEME
        self.theme = wanted if wanted in names else names[0]
        self._clock = clock
        self._stream_clock = StreamClock()
        self._dashboard = DashboardScreen()
        self._frame = 0
        self._marks = 0
        self._snoozed_until_s = -math.inf
        self._over = False
        self._failure = ""

    # -- life

    def on_mount(self) -> None:
        """Show the dashboard, follow the feed, start drawing."""
        self.push_screen(self._dashboard)
        self._start_following()
        # The timer is the screen's, so that it ends with it.
        frames_per_s = CALM_FRAMES_PER_S if self.reduced_motion else FRAMES_PER_S
        self._dashboard.set_interval(1 / frames_per_s, self.draw_frame)

    def _start_following(self) -> None:
        self._over = False
        self.run_worker(self._follow(), group="feed", exclusive=True)

    async def _follow(self) -> None:
        try:
            async for batch in self.feed.batches():
                for event in batch:
                    self.model.apply(event)
                # A feed that always has more must still let keys and frames through.
                await asyncio.sleep(0)
        except SensorcoachError as error:
            self._failure = str(error)
            self.model.note(self.feed.position_s, self._failure)
        self._over = True

    # -- pictures

    @property
    def state(self) -> str:
        """`playing`, `paused`, `ended` or `failed`."""
        if self._failure:
            return "failed"
        if self._over or self.model.link == "ended":
            return "ended"
        return "paused" if self.feed.paused else "playing"

    def scene(self) -> Scene:
        """The moment to draw."""
        now_s = self._stream_clock.read(
            self.feed.position_s, self._clock(), self.feed.speed, running=self.state == "playing"
        )
        return Scene(self.model, now_s, self.pacer, self.reduced_motion, plain_fill=self.no_color)

    def draw_frame(self) -> None:
        """Draw one frame: curves every time, numbers now and then."""
        if not self._dashboard.is_current:
            return
        scene = self.scene()
        numbers = self._frame % (1 if self.reduced_motion else NUMBERS_EVERY) == 0
        self._frame += 1
        if not self.frozen:
            self._dashboard.show(scene, numbers=numbers)
        if numbers:
            self._dashboard.show_feed(scene, self._feed_state(scene.now_s))

    def _feed_state(self, now_s: float) -> FeedState:
        feed, state = self.feed, self.state
        message = self._failure or (_OVER[feed.kind] if state == "ended" else "")
        return FeedState(
            feed.title,
            feed.kind,
            state,
            feed.speed,
            feed.duration_s,
            feed.recording,
            self.frozen,
            now_s < self._snoozed_until_s,
            message,
        )

    def refresh_now(self) -> None:
        """Draw everything at once, as after a key."""
        self._frame = 0
        self.draw_frame()

    # -- keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Winding is for recordings, another speed for everything that is not live."""
        if action == "seek":
            return self.feed.kind == "replay"
        if action == "speed":
            return self.feed.kind != "live"
        return True

    def action_pause(self) -> None:
        """Hold the stream where that can be; a live one goes on, its view stands still."""
        if self.feed.kind == "live":
            self.action_freeze()
            return
        self.feed.set_paused(not self.feed.paused)
        self.refresh_now()

    def action_freeze(self) -> None:
        """Let the view stand still, or follow again."""
        self.frozen = not self.frozen
        self.refresh_now()

    def action_seek(self, by_s: float) -> None:
        """Wind a recording."""
        self.feed.seek(max(0.0, self.feed.position_s + by_s))
        if self._over and not self._failure:
            self._start_following()

    def action_speed(self, by: int) -> None:
        """The next slower or faster speed."""
        nearest = min(range(len(SPEEDS)), key=lambda i: abs(min(SPEEDS[i], 1e3) - min(self.feed.speed, 1e3)))
        self.feed.set_speed(SPEEDS[min(max(nearest + by, 0), len(SPEEDS) - 1)])
        self.refresh_now()

    def action_pacer(self) -> None:
        """Off, then one pattern after the other, then off again."""
        names = [pattern.name for pattern in PATTERNS]
        following = 0 if self.pacer is None else names.index(self.pacer.pattern.name) + 1
        now_ns = round(self.scene().now_s * NS)
        if following == len(PATTERNS):
            self.pacer = None
            self.feed.command(SetPacer(now_ns, now_ns, 0.0, 0.0, 0.0, 0.0))
        else:
            pattern = PATTERNS[following]
            self._set_pacer(self.pacer.changed(pattern, now_ns) if self.pacer else Pacer(pattern, now_ns), now_ns)
        self.refresh_now()

    def action_pace(self, by_brpm: float) -> None:
        """Another pace for the present pattern, without a jump."""
        if self.pacer is None:
            return
        now_ns = round(self.scene().now_s * NS)
        pattern = self.pacer.pattern.at_rate(self.pacer.pattern.rate_brpm + by_brpm)
        self._set_pacer(self.pacer.changed(pattern, now_ns), now_ns)
        self.refresh_now()

    def _set_pacer(self, pacer: Pacer, now_ns: int) -> None:
        self.pacer = pacer
        self.feed.command(pacer.command(now_ns))

    def action_mark(self) -> None:
        """Remember this moment."""
        self._marks += 1
        label = f"mark {self._marks}"
        self.feed.command(Mark(round(self.feed.position_s * NS), label))
        self.model.note(self.feed.position_s, f"You marked this moment ({label}).")
        self.refresh_now()

    def action_calibrate(self) -> None:
        """Take the pose of the last seconds as upright."""
        self.feed.command(Calibrate(round(self.feed.position_s * NS), self.feed.sensor))
        self.model.note(self.feed.position_s, "Taking your present pose as upright: stay tall for a moment.")
        self.refresh_now()

    def action_snooze(self) -> None:
        """Posture alerts off for a while, or on again."""
        position_s = self.feed.position_s
        quiet = position_s < self._snoozed_until_s
        duration_s = 0.0 if quiet else SNOOZE_S
        self._snoozed_until_s = position_s + duration_s
        self.feed.command(Snooze(round(position_s * NS), duration_s))
        minutes = f"{SNOOZE_S / 60:.0f} minutes"
        self.model.note(
            position_s, "Posture alerts are on again." if quiet else f"Posture alerts are quiet for {minutes}."
        )
        self.refresh_now()

    def action_zoom(self) -> None:
        """One panel alone, or all of them."""
        self._dashboard.toggle_zoom()
        self.call_after_refresh(self.refresh_now)

    def action_escape(self) -> None:
        """Out of zoom first, then out of a frozen view."""
        if self._dashboard.zoomed:
            self.action_zoom()
        elif self.frozen:
            self.action_freeze()

    def action_theme(self) -> None:
        """The next theme."""
        names = [own.name for own in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]

    def action_help(self) -> None:
        """Keys and signs."""
        self.push_screen(HelpScreen())

    async def action_quit(self) -> None:
        """Leave; while something is being recorded, ask first."""
        if self.feed.recording is None or self.state in ("ended", "failed"):
            self.exit(0)
        elif not isinstance(self.screen, LeaveScreen):
            self.push_screen(LeaveScreen(self.feed.recording), lambda leave: self.exit(0) if leave else None)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The keys as commands by name, for the palette."""
        yield SystemCommand("Pacer: on, next, off", "Start the pacer, change its pattern, stop it", self.action_pacer)
        yield SystemCommand("Pose: calibrate", "Take the present pose as upright", self.action_calibrate)
        yield SystemCommand("Moment: mark", "Mark this moment", self.action_mark)
        yield SystemCommand("Alerts: snooze", "Keep posture alerts quiet for a while", self.action_snooze)
        yield SystemCommand("View: pause", "Pause or go on", self.action_pause)
        yield SystemCommand("View: freeze", "Let the view stand still", self.action_freeze)
        yield SystemCommand("View: zoom", "One panel alone", self.action_zoom)
        yield SystemCommand("View: theme", "Choose another theme", self.action_change_theme)
        yield SystemCommand("Help: keys and signs", "What the keys do and the signs mean", self.action_help)
        yield SystemCommand("Quit", "Leave sensorcoach", self.action_quit)


def run(feed: Feed, *, reduced_motion: bool | None = None, theme: str | None = None) -> int:
    """Show the dashboard over `feed` until the person leaves; returns the exit code.

    Raises
    ------
    SensorcoachError
        Never for what happens to the feed: the dashboard says it in words and stays.
    """
    app = SensorcoachApp(feed, reduced_motion=reduced_motion, theme=theme)
    result = app.run()
    return app.return_code or 0 if result is None else result
