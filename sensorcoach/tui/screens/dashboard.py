"""The live screen: breath and pacer above, numbers, ring and dial below, the last moments, the keys."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Footer

from ..scene import Scene
from ..widgets.log import LogPanel
from ..widgets.orb import PacerPanel
from ..widgets.painted import Painted
from ..widgets.posture import PosturePanel
from ..widgets.rate import RatePanel
from ..widgets.status import Banner, FeedState, ProgressLine, StatusBar
from ..widgets.wave import WavePanel

WIDTHS: list[tuple[int, str]] = [(0, "-narrow"), (80, "-normal"), (120, "-wide")]
HEIGHTS: list[tuple[int, str]] = [(0, "-short"), (24, "-regular"), (36, "-tall"), (52, "-high")]
"""Classes the style sheet lays out by, with the columns and rows from which they hold."""


class DashboardScreen(Screen[None]):
    """Shows one `Scene` after the other."""

    AUTO_FOCUS: ClassVar[str] = ""
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    def __init__(self) -> None:
        super().__init__()
        self.wave = WavePanel(id="wave")
        self.rate = RatePanel(id="rate")
        self.orb = PacerPanel(id="orb")
        self.posture = PosturePanel(id="posture")
        self.log_panel = LogPanel(id="log")
        self.panels = Container(self.rate, self.orb, self.posture, id="panels")
        self.strips = (StatusBar(id="status"), ProgressLine(id="progress"), Banner(id="banner"))

    def compose(self) -> ComposeResult:
        """Panels from top to bottom."""
        yield from self.strips
        yield Container(self.wave, self.panels, self.log_panel, id="body")
        yield Footer(show_command_palette=False)

    def show(self, scene: Scene, *, numbers: bool) -> None:
        """Draw what moves; with `numbers`, also what is read."""
        moving: list[Painted] = [self.wave, self.orb]
        read: list[Painted] = [self.rate, self.posture, self.log_panel]
        for panel in moving + read if numbers else moving:
            panel.show(scene)

    def show_feed(self, scene: Scene, feed: FeedState) -> None:
        """Draw the lines about the feed itself."""
        self.set_class(feed.kind == "replay", "-replay")
        self.set_class(bool(feed.message), "-over")
        for strip in self.strips:
            strip.feed = feed
            strip.show(scene)

    @property
    def zoomed(self) -> bool:
        """Whether one panel has the whole screen."""
        return self.has_class("-zoomed")

    def toggle_zoom(self) -> None:
        """The focused panel alone (the curve when none is), or everything again."""
        if self.zoomed:
            self.remove_class("-zoomed")
            for widget in self.query(".-zoom"):
                widget.remove_class("-zoom")
            return
        panel = self.focused if isinstance(self.focused, Painted) else self.wave
        panel.add_class("-zoom")
        self.panels.set_class(panel.parent is self.panels, "-zoom")
        self.add_class("-zoomed")
