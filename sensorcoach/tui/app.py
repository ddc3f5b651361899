"""The Textual application: one feed under all screens, and the ways between them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar

from textual import constants, on
from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.screen import Screen
from textual.theme import BUILTIN_THEMES
from textual.worker import Worker, WorkerCancelled

from ..coach.pacer import PATTERNS, Pattern
from ..errors import SensorcoachError
from ..events import CalibrationDone
from ..settings.apply import dashboard_settings
from .feed import Feed
from .launcher import Launcher, Opened, Wanted
from .palette import commands
from .rooms import Room
from .scene import Scene
from .screens.base import StreamScreen
from .screens.calibrate import CalibrateScreen
from .screens.dashboard import DashboardScreen
from .screens.help import HelpScreen
from .screens.home import HomeScreen
from .screens.opening import OpeningScreen
from .screens.session import SessionScreen
from .screens.settings import SettingsScreen
from .screens.summary import SummaryScreen
from .screens.sure import LeaveScreen
from .stream import SNOOZE_S, Stream
from .themes import NIGHT, THEMES


class SensorcoachApp(App[int]):
    """Home, and the screens over one feed.

    Parameters
    ----------
    first : Feed or Opened, optional
        What to show at once; without it Home is shown.
    launcher : Launcher, optional
        Opens what is chosen on Home; without one there is no Home.
    rooms : sequence of Room
        Screens beside the feed: history, devices, settings.
    reduced_motion : bool, optional
        Steps instead of flowing pictures; by default what `TEXTUAL_ANIMATIONS` says.
    theme : str, optional
        Name of one of `themes.THEMES`; by default what `TEXTUAL_THEME` says, else the dark one.
    large : bool
        Begin with large numbers.
    curve_s : float, optional, s
        How much of the breath is seen; by default as the width allows.
    patterns : sequence of Pattern
        What the pacer's key walks through.
    snooze_s : float, s
        How long a snooze lasts.
    keys : mapping, optional
        Keys instead of the usual ones, by the id of the binding.
    clock : callable
        Any monotonic clock, s.
    """

    TITLE = "sensorcoach"
    CSS_PATH = "sensorcoach.tcss"
    BINDINGS: ClassVar = [
        Binding("question_mark", "help", "help", id="help"),
        Binding("q", "quit", "quit", id="quit"),
        Binding("ctrl+c", "quit", "quit", show=False, priority=True),
        Binding("t", "theme", "theme", show=False, id="theme"),
        Binding("n", "night", "night", show=False, id="night"),
        Binding("home", "home", "home", show=False, id="home"),
    ]

    def __init__(
        self,
        first: Feed | Opened | None = None,
        *,
        launcher: Launcher | None = None,
        rooms: Sequence[Room] = (),
        reduced_motion: bool | None = None,
        theme: str | None = None,
        large: bool = False,
        curve_s: float | None = None,
        patterns: Sequence[Pattern] = PATTERNS,
        snooze_s: float = SNOOZE_S,
        keys: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        # With colours of its own Textual would answer NO_COLOR with greys; with the terminal's it sends none at all.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.launcher = launcher
        self.rooms = rooms
        self.large = large
        self.curve_s = curve_s
        self.patterns = patterns
        self.snooze_s = snooze_s
        self.stream: Stream | None = None
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
        self._by_day = names[0] if self.theme == NIGHT.name else self.theme
        if keys:
            self.set_keymap(keys)
        self._first = Opened(first) if first is not None and not isinstance(first, Opened) else first
        self._clock = clock
        self._following: Worker[None] | None = None

    # -- life

    def on_mount(self) -> None:
        """Home below everything, and what was asked for on top of it."""
        if self.launcher is not None:
            self.push_screen(HomeScreen(self.launcher, self.rooms))
        if self._first is not None:
            self.show_feed(self._first)

    def show_feed(self, opened: Opened) -> None:
        """Follow a feed on the screen it was opened for."""
        stream = self.stream = Stream(opened, self._clock, self.patterns, self.snooze_s)
        if opened.place == "session" and stream.session is not None:
            self.push_screen(SessionScreen(stream))
        elif opened.place == "calibrate":
            self.push_screen(CalibrateScreen(stream))
        else:
            self.push_screen(DashboardScreen(stream))
        self.follow(stream)

    def follow(self, stream: Stream) -> None:
        """Read the feed, from the beginning or once more after its end."""
        self._following = self.run_worker(stream.follow(), group="feed", exclusive=True)

    async def close_feed(self) -> None:
        """Stop reading; returns when the sensor was told to stop and the recording is whole."""
        stream, self.stream = self.stream, None
        if self._following is not None:
            self._following.cancel()
            with contextlib.suppress(WorkerCancelled):
                await self._following.wait()
            self._following = None
        if stream is not None:
            await stream.feed.closed()

    # -- pictures

    def scene(self, stream: Stream) -> Scene:
        """The moment to draw."""
        return stream.scene(
            reduced_motion=self.reduced_motion, plain_fill=self.no_color, large=self.large, curve_s=self.curve_s
        )

    def refresh_now(self) -> None:
        """Draw everything at once."""
        if isinstance(self.screen, StreamScreen):
            self.screen.refresh_now()

    # -- ways between screens

    def open(self, wanted: Wanted) -> None:
        """Open a feed, and say on the way what happens."""
        if self.launcher is not None:
            self.push_screen(OpeningScreen(wanted))

    async def opened(self, opened: Opened) -> None:
        """Something was opened: instead of the feed before, and of what asked for it."""
        await self.close_feed()
        self._pop_to_home()
        self.show_feed(opened)

    def calibrate(self) -> None:
        """Guided calibration over the present feed; a virtual wearer needs one of its own who knows what to do."""
        if self.stream is not None and (self.stream.feed.kind == "live" or self.launcher is None):
            self.push_screen(CalibrateScreen(self.stream))
        else:
            self.open(Wanted("calibrate", demo=True))

    def leave_feed(self) -> None:
        """Back home, with a question first while something is being recorded; stays where there is no home."""
        if self.launcher is not None:
            self._ask_first("stop and go home", self._go_home)

    def summarise(self, stream: Stream) -> None:
        """The session is over: stop the feed, show what it came to."""
        session = stream.session
        if session is not None and session.summary is not None:
            self.switch_screen(SummaryScreen(session.summary, title=session.plan.title))
            self._stop_feed()

    def _ask_first(self, what: str, then: Callable[[], None]) -> None:
        stream = self.stream
        recording = None if stream is None or not stream.model.heard else stream.feed.recording
        if stream is None or recording is None or stream.state in ("ended", "failed"):
            then()
        elif not isinstance(self.screen, LeaveScreen):
            self.push_screen(LeaveScreen(recording, what), lambda leave: then() if leave else None)

    def _go_home(self) -> None:
        self._pop_to_home()
        self._stop_feed()

    def _stop_feed(self) -> None:
        """Be silent at once, and close the feed in its own time."""
        if self.launcher is not None and self.stream is not None:
            self.launcher.silence()
        self.run_worker(self.close_feed(), group="open")

    def _pop_to_home(self) -> None:
        """Down to Home; where there is none, down to nothing."""
        while len(self.screen_stack) > 1 and not isinstance(self.screen, HomeScreen):
            self.pop_screen()

    async def keep_pose(self, done: CalibrationDone) -> None:
        """Keep a calibration for the next time, and let its screen say so."""
        stream = self.stream
        keep = stream.opened.keep_pose if stream is not None else None
        if stream is None or stream.calibration is None:
            return
        if keep is None:
            stream.calibration.kept = "It holds until you leave; a virtual wearer's pose is not kept."
            return
        try:
            stream.calibration.kept = await asyncio.to_thread(keep, done)
        except SensorcoachError as error:
            stream.calibration.kept = str(error)

    @on(SettingsScreen.Changed)
    def take_settings(self, event: SettingsScreen.Changed) -> None:
        """Look and listen as the person has just set it."""
        look = dashboard_settings(event.settings)
        self.theme, self.large, self.curve_s = look.theme, look.large_numbers, look.curve_s
        self.reduced_motion, self.snooze_s = look.reduced_motion, look.snooze_s
        self.set_keymap(look.keymap)

    # -- keys

    def action_home(self) -> None:
        """Home from anywhere."""
        if not isinstance(self.screen, HomeScreen):
            self.leave_feed()

    def action_theme(self) -> None:
        """The next theme."""
        names = [own.name for own in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]

    def action_night(self) -> None:
        """The dim night theme, or the one from before."""
        if self.theme == NIGHT.name:
            self.theme = self._by_day
        else:
            self._by_day, self.theme = self.theme, NIGHT.name

    def action_help(self) -> None:
        """Keys of this screen, and signs."""
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(getattr(self.screen, "HELP_KEYS", ())))

    async def action_quit(self) -> None:
        """Leave; while something is being recorded, ask first."""
        self._ask_first("stop and quit", lambda: self.exit(0))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What can be done here by name, for the palette."""
        yield from commands(self, screen)


async def show(app: SensorcoachApp) -> int:
    """Run until the person leaves; returns the exit code once every recording is whole."""
    result = await app.run_async()
    await app.close_feed()
    return app.return_code or 0 if result is None else result
