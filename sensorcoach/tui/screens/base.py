"""What every screen over a feed has in common: it is drawn 15 times a second while it is the one on top."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual.screen import Screen

from ..scene import Scene
from ..stream import Stream
from ..themes import HILL_ROLES, ROLES
from ..widgets.status import Banner, ProgressLine, StatusBar

if TYPE_CHECKING:
    from ..app import SensorcoachApp

FRAMES_PER_S: Final = 15
CALM_FRAMES_PER_S: Final = 4
"""Frame rate with reduced motion."""
NUMBERS_EVERY: Final = 4
"""Numbers are drawn every so many frames: 3 to 4 times a second, quick enough to read."""
REMARK_S: Final = 12.0

WIDTHS: list[tuple[int, str]] = [(0, "-narrow"), (80, "-normal"), (120, "-wide")]
HEIGHTS: list[tuple[int, str]] = [(0, "-short"), (24, "-regular"), (36, "-tall"), (52, "-high")]
"""Classes the style sheet lays out by, with the columns and rows from which they hold."""

HelpRows = tuple[tuple[str, str], ...]
"""Keys and what they do, as the help of a screen lists them."""


class AppScreen(Screen[None]):
    """A screen of this program: laid out by size, with its own page of help."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"draw--{role}" for role in (*ROLES, *HILL_ROLES)}
    AUTO_FOCUS: ClassVar[str] = ""
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    HELP_KEYS: ClassVar[HelpRows] = ()

    @property
    def shell(self) -> SensorcoachApp:
        """The application."""
        return cast("SensorcoachApp", self.app)


class StreamScreen(AppScreen):
    """A screen over a feed.

    Parameters
    ----------
    stream : Stream
    """

    def __init__(self, stream: Stream) -> None:
        super().__init__()
        self.stream = stream
        self.strips = (StatusBar(id="status"), ProgressLine(id="progress"), Banner(id="banner"))
        self._frame = 0

    def on_mount(self) -> None:
        """Begin to draw. The timer is the screen's, so that it ends with it."""
        frames_per_s = CALM_FRAMES_PER_S if self.shell.reduced_motion else FRAMES_PER_S
        self.set_interval(1 / frames_per_s, self.draw_frame)

    def draw_frame(self) -> None:
        """Draw one frame: curves every time, numbers now and then."""
        if not self.is_current:
            return
        for words in self.stream.take_remarks():
            self.remark(words)
        scene = self.shell.scene(self.stream)
        numbers = self._frame % (1 if scene.reduced_motion else NUMBERS_EVERY) == 0
        self._frame += 1
        if not self.stream.frozen:
            self.show(scene, numbers=numbers)
        if numbers:
            self._show_strips(scene)

    def remark(self, words: str) -> None:
        """Something that is said beside the feed: where there is no list of moments, for a while in a corner."""
        self.notify(words, timeout=REMARK_S)

    def refresh_now(self) -> None:
        """Draw everything at once, as after a key."""
        self._frame = 0
        self.draw_frame()

    def show(self, scene: Scene, *, numbers: bool) -> None:
        """Draw what moves; with `numbers`, also what is read."""
        raise NotImplementedError

    def _show_strips(self, scene: Scene) -> None:
        self.set_class(scene.feed.kind == "replay", "-replay")
        self.set_class(bool(scene.feed.message), "-told")
        self.set_class(scene.feed.state in ("ended", "failed"), "-over")
        for strip in self.strips:
            strip.show(scene)
