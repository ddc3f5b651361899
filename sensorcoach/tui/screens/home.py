"""Home: one key to start, and what was last."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.markup import escape
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from ..launcher import Choice, Launcher, Wanted
from ..rooms import Room
from .base import AppScreen, HelpRows
from .choose import ChooseScreen

_BREATHING: Final = "breathing-only"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of Home: its key, what it says, and the action behind it."""

    key: str
    words: str
    about: str
    action: str


class HomeScreen(AppScreen):
    """The first screen.

    Parameters
    ----------
    launcher : Launcher
    rooms : sequence of Room
    """

    AUTO_FOCUS: ClassVar[str] = "OptionList"
    BINDINGS: ClassVar = [
        Binding("b", "breathe", "breathe", show=False),
        Binding("e", "exercise", "exercise", show=False),
        Binding("r", "replay", "replay", show=False),
        Binding("c", "calibrate", "calibrate", show=False),
        Binding("v", "virtual", "virtual wearer", show=False),
        Binding("f", "find", "find a sensor", show=False),
    ]
    HELP_KEYS: ClassVar[HelpRows] = (
        ("enter", "start what is marked; ↑ ↓ move the mark"),
        ("b  e", "breathe for five minutes; choose an exercise session"),
        ("c  r", "teach it your upright pose; replay a recording"),
        ("f  v", "look for a sensor that is near; the virtual wearer"),
    )

    def __init__(self, launcher: Launcher, rooms: Sequence[Room]) -> None:
        super().__init__()
        self.launcher = launcher
        self.rooms = rooms
        self._entries: list[Entry] = []
        self._list = OptionList(id="home-list")
        self._last = Static("", id="home-last")

    def compose(self) -> ComposeResult:
        """A word of welcome, the entries, the last day."""
        with Vertical(id="home"):
            yield Static("[b]sensorcoach[/]  [$muted]your breath and your posture[/]", id="home-title")
            yield self._list
            yield self._last
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Keys of the rooms."""
        for room in self.rooms:
            self._bindings.bind(room.key, f"room({room.name!r})", room.name, show=False)

    def on_screen_resume(self) -> None:
        """What was last may have changed."""
        self._entries = self._all()
        marked = self._list.highlighted or 0
        self._list.clear_options()
        self._list.add_options([Option(_line(entry), id=str(k)) for k, entry in enumerate(self._entries)])
        self._list.highlighted = min(marked, len(self._entries) - 1)
        self.run_worker(self._tell_last(), group="home", exclusive=True)

    async def _tell_last(self) -> None:
        words = await asyncio.to_thread(self.launcher.last_words)
        self._last.update(escape(words))

    def _all(self) -> list[Entry]:
        sensor = self.launcher.sensor
        start = (
            Entry("enter", f"Start: {sensor}", "your breath and posture now", "start")
            if sensor
            else Entry("enter", "Start the demo", "a virtual wearer breathes, slouches and walks", "start")
        )
        entries = [
            start,
            Entry("b", "Breathe", "five minutes with the pacer", "breathe"),
            Entry("e", "Exercise", "a guided session", "exercise"),
            Entry("c", "Calibrate", "teach it your upright pose, in a minute", "calibrate"),
            Entry("r", "Replay", "a recording of yours, or a sample", "replay"),
        ]
        if sensor:
            entries.append(Entry("v", "Demo", "a virtual wearer, no sensor needed", "virtual"))
        else:
            entries.insert(1, Entry("f", "Find my sensor", "switch it on and keep it near", "find"))
        rooms = [
            Entry("," if room.key == "comma" else room.key, room.name.capitalize(), room.about, f"room({room.name!r})")
            for room in self.rooms
        ]
        return [*entries, *rooms]

    async def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Do what the line says."""
        await self.run_action(self._entries[event.option_index].action)

    # -- keys

    @property
    def _demo(self) -> bool:
        return not self.launcher.sensor

    def action_start(self) -> None:
        """The sensor used last; the virtual wearer when there is none."""
        self.shell.open(Wanted("live", demo=self._demo))

    def action_find(self) -> None:
        """The one sensor that is near."""
        self.shell.open(Wanted("live"))

    def action_virtual(self) -> None:
        """The virtual wearer."""
        self.shell.open(Wanted("live", demo=True))

    def action_breathe(self) -> None:
        """Paced breathing."""
        self.shell.open(Wanted("session", _BREATHING, demo=self._demo))

    def action_exercise(self) -> None:
        """Choose a session."""
        self._choose("which session?", self.launcher.sessions(), lambda name: Wanted("session", name, demo=self._demo))

    def action_replay(self) -> None:
        """Choose a recording."""
        self._choose("which recording?", self.launcher.recordings(), lambda name: Wanted("replay", name))

    def action_calibrate(self) -> None:
        """Guided calibration."""
        self.shell.open(Wanted("calibrate", demo=self._demo))

    def action_room(self, name: str) -> None:
        """Another screen."""
        room = next(room for room in self.rooms if room.name == name)
        self.app.push_screen(room.make())

    def _choose(self, title: str, choices: Sequence[Choice], wanted: Callable[[str], Wanted]) -> None:
        def then(name: str | None) -> None:
            if name is not None:
                self.shell.open(wanted(name))

        self.app.push_screen(ChooseScreen(title, choices), then)


def _line(entry: Entry) -> str:
    pad = " " * max(1, 7 - len(entry.key))
    return f"[$pacer b]{escape(entry.key)}[/]{pad}[b]{escape(entry.words)}[/]  [$muted]{escape(entry.about)}[/]"
