"""A guided session: what to do now in large words, how often and how long still, pacer and breath, and the verdicts."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.events import Key
from textual.widgets import Footer

from ..scene import Scene
from ..session_view import SessionView
from ..stream import Stream
from ..widgets.angle import AnglePanel
from ..widgets.course import CountPanel, CourseLine
from ..widgets.cue import WordsPanel
from ..widgets.orb import PacerPanel
from ..widgets.painted import Painted
from ..widgets.question import QuestionPanel
from ..widgets.wave import WavePanel
from .base import HelpRows, StreamScreen
from .sure import SureScreen

_PAUSED = {
    "sensor": ("Paused", "The sensor is not heard. The session goes on by itself when it is back."),
    "tap": ("Paused", "Tap the sensor twice, or press space, to go on."),
    "wearer": ("Paused", "Press space, or tap the sensor twice, to go on."),
}


class SessionScreen(StreamScreen):
    """Leads through the session of a stream that was opened with a plan."""

    BINDINGS: ClassVar = [
        Binding("space", "pause", "pause", id="pause"),
        Binding("n,right", "skip", "skip", id="skip"),
        Binding("b,left", "previous", "back", id="previous"),
        Binding("r", "repeat", "repeat", id="repeat"),
        Binding("x", "stop", "stop", id="stop"),
        Binding("h", "pain", "it hurts", id="pain"),
        Binding("enter", "go_on", "go on", show=False),
        Binding("escape", "stop", "stop", show=False),
    ]
    HELP_KEYS: ClassVar[HelpRows] = (
        ("space", "pause and go on; two taps on the sensor do the same"),
        ("→ n", "skip to the next exercise"),
        ("← b  r", "the exercise before; this one from its beginning"),
        ("h", "it hurts: leave this exercise"),
        ("enter", "on from a question or a rest"),
        ("0–9  ← →", "answer a question"),
        ("x", "stop here; what was done is kept"),
    )

    def __init__(self, stream: Stream) -> None:
        super().__init__(stream)
        assert stream.session is not None
        self.session: SessionView = stream.session
        self.course = CourseLine(id="course")
        self.words = WordsPanel(id="words")
        self.count = CountPanel(id="count")
        self.angle = AnglePanel(id="angle")
        self.orb = PacerPanel(id="orb")
        self.wave = WavePanel(id="wave")
        self.question = QuestionPanel(id="question")
        self._layout = ""
        self._step = -1

    def compose(self) -> ComposeResult:
        """Course, words, and beside each other what counts and what moves."""
        yield from self.strips
        yield Container(
            self.course,
            self.words,
            self.question,
            Container(self.count, self.angle, self.orb, id="doing"),
            self.wave,
            id="lesson",
        )
        yield Footer(show_command_palette=False)

    def show(self, scene: Scene, *, numbers: bool) -> None:
        """Draw what this step needs."""
        if self.session.summary is not None:
            self.shell.summarise(self.stream)
            return
        self._lay_out(scene)
        moving: list[Painted] = [self.wave, self.orb, self.angle]
        read: list[Painted] = [self.course, self.count, self.question]
        for panel in moving + read if numbers else moving:
            if panel.display:
                panel.show(scene)
        self._say(scene)

    def _lay_out(self, scene: Scene) -> None:
        """Show the panels that this step has something for."""
        asking = self.session.question is not None
        paced = scene.pacer is not None or bool(self.session.planned.parts_s)
        layout = "-asks" if asking else "-angle" if self.session.band_deg else "-paced" if paced else "-plain"
        if self.session.index != self._step:
            self._step = self.session.index
            self.question.chosen = -1
        if layout != self._layout:
            self._layout = layout
            for name in ("-asks", "-angle", "-paced", "-plain"):
                self.set_class(name == layout, name)
            self.set_class(paced, "-with-wave")

    def _say(self, scene: Scene) -> None:
        session = self.session
        if scene.feed.state == "failed":
            self.words.say("Stopped", f"{scene.feed.message} Esc leaves.", role="slouch")
        elif session.index < 0:
            self.words.say("One moment", scene.model.link_words or "Connecting to the sensor.")
        elif scene.feed.state == "paused":
            self.words.say("Paused", "Press space to go on.", role="pacer")
        elif session.paused:
            words, below = _PAUSED[session.paused]
            self.words.say(words, below, role="pacer")
        elif session.planned.step.kind == "rest":
            self.words.say("Rest", "Drink some water if you like. Enter goes on.")
        else:
            self.words.say(session.cue)

    # -- keys

    def action_pause(self) -> None:
        """Pause, or go on; a rehearsal stands still with its virtual wearer."""
        if self.stream.feed.kind == "demo":
            self.stream.feed.set_paused(not self.stream.feed.paused)
        else:
            self.stream.control("resume" if self.session.paused else "pause")
        self.refresh_now()

    def action_skip(self) -> None:
        """To the next exercise; in a question, to the next answer."""
        if not self._choose(1):
            self.stream.control("skip")

    def action_previous(self) -> None:
        """To the exercise before; in a question, to the answer before."""
        if not self._choose(-1):
            self.stream.control("back")

    def action_repeat(self) -> None:
        """This exercise from its beginning."""
        self.stream.control("repeat")

    def action_pain(self) -> None:
        """Something hurts: this exercise is over."""
        self.stream.answer("pain", "yes")

    def action_stop(self) -> None:
        """End it here, if that is meant; where nothing comes any more, leave."""
        if self.stream.over:
            self.shell.leave_feed()
            return
        words = "What was done so far is kept, with its summary."
        self.app.push_screen(
            SureScreen("stop here?", words, "stop"), lambda sure: self.stream.control("stop") if sure else None
        )

    def action_go_on(self) -> None:
        """Give the chosen answer, or go on without one; end a rest."""
        session = self.session
        if session.question is not None and not session.answer and self.question.chosen >= 0:
            self._answer(session.options[self.question.chosen])
        elif session.planned.step.kind in ("talk", "ask", "rest"):
            self.stream.control("next")

    def on_key(self, event: Key) -> None:
        """Digits answer a question."""
        session = self.session
        if session.question is None or session.answer or not (event.character or "").isdigit():
            return
        number = int(event.character or 0)
        if session.question.question == "feel":
            if 1 <= number <= len(session.options):
                self._answer(session.options[number - 1])
        else:
            self._answer(str(number))
        event.stop()

    def _choose(self, by: int) -> bool:
        """Walk through the answers; False where there is nothing to answer."""
        session = self.session
        if session.question is None or session.answer:
            return False
        last = len(session.options) - 1
        self.question.chosen = min(max(self.question.chosen + by, 0), last)
        self.refresh_now()
        return True

    def _answer(self, value: str) -> None:
        session = self.session
        assert session.question is not None
        session.answer = value
        self.stream.answer(session.question.question, value)
        if self.stream.feed.kind == "live":  # the virtual wearer of a rehearsal keeps to its own times
            self.stream.control("next")
        self.refresh_now()
