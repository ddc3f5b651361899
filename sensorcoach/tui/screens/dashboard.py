"""The live screen: breath and pacer above, numbers, ring and dial below, the last moments, the keys."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.widgets import Footer

from ..scene import Scene
from ..stream import Stream
from ..widgets.log import LogPanel
from ..widgets.orb import PacerPanel
from ..widgets.painted import Painted
from ..widgets.posture import PosturePanel
from ..widgets.rate import RatePanel
from ..widgets.wave import WavePanel
from .base import HelpRows, StreamScreen

SEEK_S: Final = 10.0


class DashboardScreen(StreamScreen):
    """Breathing and posture now, or in a recording."""

    BINDINGS: ClassVar = [
        Binding("space", "pause", "pause", id="pause"),
        Binding("p", "pacer", "pacer", id="pacer"),
        Binding("c", "calibrate", "calibrate", id="calibrate"),
        Binding("m", "mark", "mark", show=False, id="mark"),
        Binding("s", "snooze", "snooze", show=False, id="snooze"),
        Binding("z", "zoom", "zoom", show=False, id="zoom"),
        Binding("l", "large", "large", id="large"),
        Binding("u", "take_pose", "upright now", show=False, id="take_pose"),
        Binding("w", "stance", "sit or stand", show=False, id="stance"),
        Binding("left", f"seek(-{SEEK_S})", "back 10 s", show=False, id="back"),
        Binding("right", f"seek({SEEK_S})", "on 10 s", show=False, id="forward"),
        Binding("left_square_bracket", "speed(-1)", "slower", show=False, id="slower"),
        Binding("right_square_bracket", "speed(1)", "faster", show=False, id="faster"),
        Binding("plus,equals_sign", "pace(1)", "faster pacer", show=False, id="faster_pacer"),
        Binding("minus,underscore", "pace(-1)", "slower pacer", show=False, id="slower_pacer"),
        Binding("f", "freeze", "freeze", show=False, id="freeze"),
        Binding("escape", "back", "back", show=False),
    ]
    HELP_KEYS: ClassVar[HelpRows] = (
        ("space", "pause and go on; live, only the view stands still"),
        ("p  + −", "pacer on, next pattern, off; faster and slower"),
        ("c  u", "calibrate, guided; or take your present pose as upright"),
        ("m  s  w", "mark this moment; posture alerts quiet; sit or stand"),
        ("l  z  f", "large numbers; zoom one panel (tab chooses it); freeze"),
        ("← →  [ ]", "recordings: back and on 10 s; slower and faster"),
    )

    def __init__(self, stream: Stream) -> None:
        super().__init__(stream)
        self.wave = WavePanel(id="wave")
        self.rate = RatePanel(id="rate")
        self.orb = PacerPanel(id="orb")
        self.posture = PosturePanel(id="posture")
        self.log_panel = LogPanel(id="log")
        self.panels = Container(self.rate, self.orb, self.posture, id="panels")

    def compose(self) -> ComposeResult:
        """Panels from top to bottom."""
        yield from self.strips
        yield Container(self.wave, self.panels, self.log_panel, id="body")
        yield Footer(show_command_palette=False)

    def on_screen_resume(self) -> None:
        """As it was chosen, here or in the settings."""
        self.set_class(self.shell.large, "-large")

    def show(self, scene: Scene, *, numbers: bool) -> None:
        """Draw what moves; with `numbers`, also what is read."""
        moving: list[Painted] = [self.wave, self.orb]
        read: list[Painted] = [self.rate, self.posture, self.log_panel]
        for panel in moving + read if numbers else moving:
            panel.show(scene)

    def remark(self, words: str) -> None:
        """Something that is said beside the feed is one of the moments."""
        self.stream.model.note(self.stream.feed.position_s, words)

    @property
    def zoomed(self) -> bool:
        """Whether one panel has the whole screen."""
        return self.has_class("-zoomed")

    # -- keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Winding is for recordings, another speed for everything that is not live, calibrating for who is there."""
        kind = self.stream.feed.kind
        if action == "seek":
            return kind == "replay"
        if action == "speed":
            return kind != "live"
        return kind != "replay" if action == "calibrate" else True

    def action_pause(self) -> None:
        """Hold the stream where that can be; a live one goes on, its view stands still."""
        feed = self.stream.feed
        if feed.kind == "live":
            self.action_freeze()
            return
        feed.set_paused(not feed.paused)
        self.refresh_now()

    def action_freeze(self) -> None:
        """Let the view stand still, or follow again."""
        self.stream.frozen = not self.stream.frozen
        self.refresh_now()

    def action_seek(self, by_s: float) -> None:
        """Wind a recording."""
        feed = self.stream.feed
        feed.seek(max(0.0, feed.position_s + by_s))
        if self.stream.over and not self.stream.failure:
            self.shell.follow(self.stream)

    def action_speed(self, by: int) -> None:
        """The next slower or faster speed."""
        self.stream.change_speed(by)
        self.refresh_now()

    def action_pacer(self) -> None:
        """Off, then one pattern after the other, then off again."""
        self.stream.next_pacer()
        self.refresh_now()

    def action_pace(self, by: int) -> None:
        """Another pace for the present pattern, without a jump."""
        self.stream.change_pace(by)
        self.refresh_now()

    def action_mark(self) -> None:
        """Remember this moment."""
        self.stream.mark()
        self.refresh_now()

    def action_take_pose(self) -> None:
        """Take the pose of the last seconds as upright."""
        self.stream.take_pose()
        self.refresh_now()

    def action_calibrate(self) -> None:
        """Be guided through a calibration."""
        self.shell.calibrate()

    def action_stance(self) -> None:
        """The wearer has sat down, or stood up."""
        self.stream.change_stance()
        self.refresh_now()

    def action_snooze(self) -> None:
        """Posture alerts off for a while, or on again."""
        self.stream.snooze()
        self.refresh_now()

    def action_large(self) -> None:
        """Numbers that can be read from two metres, or all panels again."""
        self.shell.large = not self.shell.large
        self.set_class(self.shell.large, "-large")
        self.call_after_refresh(self.refresh_now)

    def action_zoom(self) -> None:
        """The focused panel alone (the curve when none is), or everything again."""
        if self.zoomed:
            self.remove_class("-zoomed")
            for widget in self.query(".-zoom"):
                widget.remove_class("-zoom")
        else:
            panel = self.focused if isinstance(self.focused, Painted) else self.wave
            panel.add_class("-zoom")
            self.panels.set_class(panel.parent is self.panels, "-zoom")
            self.add_class("-zoomed")
        self.call_after_refresh(self.refresh_now)

    def action_back(self) -> None:
        """Out of zoom first, then out of a frozen view, then home."""
        if self.zoomed:
            self.action_zoom()
        elif self.stream.frozen:
            self.action_freeze()
        else:
            self.shell.leave_feed()
