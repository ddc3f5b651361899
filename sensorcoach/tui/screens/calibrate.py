"""Guided calibration: what to do now in large words, counted down; why it did not work; what was found."""

from __future__ import annotations

import math
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.widgets import Footer

from ...coach.wording import sentence
from ..calibration_view import STEPS, TITLES, CalibrationView
from ..draw.spans import Line, line
from ..scene import Scene
from ..stream import Stream
from ..widgets.cue import WordsPanel
from ..widgets.painted import Painted
from ..widgets.posture import PosturePanel
from .base import HelpRows, StreamScreen


class StepsPanel(Painted):
    """The four steps, done ones ticked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, title="steps")

    def draw(self, scene: Scene, width: int, height: int) -> list[Line]:
        """One line a step."""
        view = scene.calibration
        if view is None:
            return []
        return [_step(view, name) for name in STEPS]


def _step(view: CalibrationView, name: str) -> Line:
    if name in view.passed:
        return line(("✓ ", "ok"), (TITLES[name], "text"))
    if name == view.step and not view.over:
        return line(("▶ ", "pacer"), (TITLES[name], "strong"))
    return line(("· ", "muted"), (TITLES[name], "muted"))


class CalibrateScreen(StreamScreen):
    """Begins with the calibration when it is opened, and gives up what is unfinished when it is left."""

    BINDINGS: ClassVar = [
        Binding("r", "again", "again"),
        Binding("enter", "leave", "done", show=False),
        Binding("escape", "leave", "back"),
    ]
    HELP_KEYS: ClassVar[HelpRows] = (
        ("r", "from the beginning"),
        ("esc enter", "back; the pose from before stays when it was not finished"),
    )

    def __init__(self, stream: Stream) -> None:
        super().__init__(stream)
        self.words = WordsPanel(id="words")
        self.steps = StepsPanel(id="steps")
        self.posture = PosturePanel(id="posture")
        self._keeping = False

    def compose(self) -> ComposeResult:
        """Words above, steps and the trunk below."""
        yield from self.strips
        yield Container(self.words, Container(self.steps, self.posture, id="doing"), id="lesson")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Begin."""
        self.action_again()
        super().on_mount()

    def show(self, scene: Scene, *, numbers: bool) -> None:
        """Words at once, the rest now and then."""
        view = scene.calibration
        if view is None:
            return
        if view.done is not None and not self._keeping:
            self._keeping = True
            self.run_worker(self.shell.keep_pose(view.done), group="disk")
        self._say(view, scene)
        if numbers:
            self.steps.show(scene)
            self.posture.show(scene)

    def _say(self, view: CalibrationView, scene: Scene) -> None:
        if scene.feed.kind == "live" and math.isinf(scene.model.age_s(scene.now_s)):
            self.words.say("One moment", "Connecting to the sensor.")
        elif view.done is not None:
            found = sentence(view.done) or ""
            self.words.say("Done", f"{found} {view.kept} Enter goes back.", role="ok")
        elif view.refused is not None:
            again = "Once more in a moment." if view.refused.tries_left else "Press r to begin again, esc to go back."
            self.words.say("Not yet", f"{view.refused.message} {view.refused.advice} {again}", role="lean")
        elif view.count:
            self.words.say(view.count, view.cue, role="pacer")
        else:
            left_s = view.hold_left_s(scene.now_s)
            self.words.say(view.cue, f"{math.ceil(left_s)} s" if left_s > 0.0 else "")

    def action_again(self) -> None:
        """From the beginning."""
        self._keeping = False
        self.stream.start_calibration()
        self.refresh_now()

    def action_leave(self) -> None:
        """Back to the screen below."""
        self.stream.stop_calibration()
        if self.stream.opened.place == "calibrate":
            self.shell.leave_feed()
        else:
            self.app.pop_screen()
