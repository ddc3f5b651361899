"""Sensors: who is near, which kinds are known, and where to wear one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final, Protocol

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Footer, OptionList, Static

from ...coach.wearing import PLACES
from ...errors import SensorcoachError
from ...runtime.remembered import RememberedDevice
from ..device_lines import (
    LOOK,
    KnownSensor,
    NearSensor,
    known_detail,
    known_line,
    mine_lines,
    near_detail,
    near_line,
    place_detail,
    place_line,
)
from ..draw.content import block
from ..draw.spans import Line, line, wrap
from ..widgets.head import PageHead
from ..widgets.rows import Row, RowList
from .base import AppScreen, HelpRows
from .detail import DetailScreen

VIEWS: Final = ("near you", "known", "where to wear")
NEAR, KNOWN, WEAR = range(3)
LISTENING: Final = "Listening for 8 seconds …"
NOBODY: Final = (
    "Nothing was heard. Wear your sensor and wake it up, and close other apps and phones that may hold it: a sensor "
    "that is connected to one does not show itself to others."
)
FACTS: Final = (
    "facts A: from the vendor; B: from several sources that agree; C: from one source, so check what you see. Your own "
    "profiles count, too."
)
WHERE: Final = "Enter shows a place. Then let the sensor tell what it sees there: sensorcoach live --place"


class DevicesPort(Protocol):
    """What is known about sensors. All may raise `SensorcoachError` with what to do."""

    def mine(self) -> Sequence[RememberedDevice]:
        """The sensors used last."""

    def known(self) -> Sequence[KnownSensor]:
        """Kinds of sensors, by title."""

    async def scan(self) -> Sequence[NearSensor]:
        """Listen for some seconds: who is near, and whether it can be used."""


class DevicesScreen(AppScreen):
    """Three lists.

    Parameters
    ----------
    port : DevicesPort
    """

    BINDINGS: ClassVar = [
        Binding("left", "turn(-1)", "view before", show=False),
        Binding("right", "turn(1)", "view"),
        Binding("r", "scan", "look for sensors"),
        Binding("enter", "look", "look closer"),
        Binding("escape", "dismiss", "back"),
    ]
    HELP_KEYS: ClassVar[HelpRows] = (
        ("← →", "near you, known, where to wear"),
        ("r", "look for sensors near you"),
        ("↑ ↓  enter", "choose one; look at it closely"),
        ("esc", "back"),
    )
    DEFAULT_CSS: ClassVar[str] = """
    DevicesScreen #said { height: auto; max-height: 6; padding: 0 1; margin: 1 0; }
    DevicesScreen.-short #said { margin: 0; }
    """

    def __init__(self, port: DevicesPort) -> None:
        super().__init__()
        self._port = port
        self._mine: Sequence[RememberedDevice] = ()
        self._known: Sequence[KnownSensor] = ()
        self._near: Sequence[NearSensor] | None = None
        self._listening = False
        self._trouble = ""
        self._view = NEAR
        self._head = PageHead("sensors", VIEWS)
        self._said = Static(id="said")
        self._rows = RowList()

    def compose(self) -> ComposeResult:
        """Words, and the rows."""
        yield self._head
        yield self._said
        yield self._rows
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Read what is known; nothing is looked for unasked, since a radio that listens disturbs one that streams."""
        self._rows.focus()
        try:
            self._mine, self._known = self._port.mine(), self._port.known()
        except SensorcoachError as error:
            self._trouble = str(error)
        self._show()

    def on_resize(self) -> None:
        """Words for the new width."""
        self._show_words()

    # -- keys

    def action_turn(self, by: int) -> None:
        """The next list."""
        self._view = (self._view + by) % len(VIEWS)
        self._show(afresh=True)

    def action_scan(self) -> None:
        """Look who is near."""
        self._view = NEAR
        if not self._listening:
            self._listening = True
            self.run_worker(self._scan(), group="scan")
        self._show(afresh=True)

    def action_look(self) -> None:
        """The chosen row, closely."""
        name = self._rows.chosen
        if not name:
            return
        if self._view == NEAR and self._near is not None:
            near = self._near[int(name)]
            self.app.push_screen(DetailScreen(near.title, lambda width: near_detail(near, width)))
        elif self._view == KNOWN:
            known = self._known[int(name)]
            self.app.push_screen(DetailScreen(known.title, lambda width: known_detail(known, width)))
        elif self._view == WEAR:
            self.app.push_screen(DetailScreen(PLACES[name].title, lambda width: place_detail(name, width)))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click on a row."""
        event.stop()
        self.action_look()

    # -- listening

    async def _scan(self) -> None:
        self._trouble = ""
        try:
            self._near = await self._port.scan()
        except SensorcoachError as error:
            self._near, self._trouble = None, str(error)
        finally:
            self._listening = False
        self._show()

    # -- pictures

    def _show(self, *, afresh: bool = False) -> None:
        self._head.tell(self._view, "")
        self._show_words()
        self._rows.show(self._lines, afresh=afresh)

    def _show_words(self) -> None:
        width = max(self.size.width - 2, 20)
        lines: list[Line] = []
        if self._trouble:
            first, *rest = wrap(self._trouble, width - 2)
            lines += [line(("✗ ", "slouch"), *first), *(line(("  ", "text"), *part) for part in rest)]
        if self._view == NEAR:
            lines += mine_lines(self._mine, width)
            if self._listening:
                lines.append(line((LISTENING, "breath")))
            elif self._near is None:
                lines += [
                    line(("r ", "key"), *part) if i == 0 else part for i, part in enumerate(wrap(LOOK, width - 2))
                ]
            elif not self._near:
                lines += wrap(NOBODY, width)
        else:
            lines += wrap(FACTS if self._view == KNOWN else WHERE, width, "muted")
        self._said.update(block(lines))

    def _lines(self, width: int) -> Sequence[Row]:
        if self._view == NEAR:
            return [(str(i), [near_line(sensor, width)]) for i, sensor in enumerate(self._near or ())]
        if self._view == KNOWN:
            return [(str(i), [known_line(sensor, width)]) for i, sensor in enumerate(self._known)]
        return [(name, [place_line(name, place, width)]) for name, place in PLACES.items()]
