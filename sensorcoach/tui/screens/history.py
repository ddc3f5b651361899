"""Days, weeks and sessions against the plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final, Protocol

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Footer, OptionList, Static

from ...errors import SensorcoachError
from ..draw.content import block
from ..draw.spans import Line, wrap
from ..history_lines import (
    EMPTY,
    NO_SESSION,
    HistoryBook,
    day_detail,
    day_line,
    head_lines,
    plain,
    session_detail,
    session_line,
    week_detail,
    week_line,
)
from ..widgets.head import PageHead
from ..widgets.rows import Row, RowList
from .base import AppScreen, HelpRows
from .detail import DetailScreen

VIEWS: Final = ("days", "weeks", "sessions")
SHORT_ROWS: Final = 24
ALL_SENTENCES: Final = 6
READING: Final = "Reading your history …"


class HistoryPort(Protocol):
    """Where the history comes from. Both may wait for the disk and are called in a thread."""

    def read(self) -> HistoryBook:
        """What is known; raises `SensorcoachError` with what to do when it cannot be read."""

    def update(self) -> bool:
        """Take in new recordings; returns whether there were any."""


class HistoryScreen(AppScreen):
    """What was, newest first.

    Parameters
    ----------
    port : HistoryPort
    """

    BINDINGS: ClassVar = [
        Binding("left", "turn(-1)", "view before", show=False),
        Binding("right", "turn(1)", "view"),
        Binding("enter", "look", "look closer"),
        Binding("r", "read", "read new"),
        Binding("escape", "dismiss", "back"),
    ]
    HELP_KEYS: ClassVar[HelpRows] = (
        ("← →", "days, weeks, sessions"),
        ("↑ ↓  enter", "choose one; look at it closely"),
        ("r", "read new recordings"),
        ("esc", "back"),
    )
    DEFAULT_CSS: ClassVar[str] = """
    HistoryScreen #said { height: auto; max-height: 6; padding: 0 1; margin: 1 0; }
    HistoryScreen.-short #said { max-height: 3; margin: 0; }
    """

    def __init__(self, port: HistoryPort) -> None:
        super().__init__()
        self._port = port
        self._book: HistoryBook | None = None
        self._message = READING
        self._view = 0
        self._head = PageHead("history", VIEWS)
        self._said = Static(id="said")
        self._rows = RowList()

    def compose(self) -> ComposeResult:
        """What the week came to, and the rows."""
        yield self._head
        yield self._said
        yield self._rows
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Show what is known, then take in what is new."""
        self._rows.focus()
        self._show()
        self.action_read()

    def on_resize(self) -> None:
        """Words for the new width."""
        self._show_words()

    # -- keys

    def action_turn(self, by: int) -> None:
        """The next view."""
        self._view = (self._view + by) % len(VIEWS)
        self._show(afresh=True)

    def action_read(self) -> None:
        """Read the history, and new recordings into it."""
        self.run_worker(self._load, thread=True, exclusive=True, group="history")

    def action_look(self) -> None:
        """The chosen row, closely."""
        book, name = self._book, self._rows.chosen
        if book is None or not name:
            return
        number = int(name)
        plan = book.plan
        if VIEWS[self._view] == "days":
            day = book.days[number]
            self.app.push_screen(DetailScreen(f"{day.date:%A} {day.date}", lambda width: day_detail(day, plan, width)))
        elif VIEWS[self._view] == "weeks":
            week = book.weeks[number]
            title = f"week from {week.monday}"
            self.app.push_screen(DetailScreen(title, lambda width: week_detail(week, plan, width)))
        else:
            session = book.sessions[number]
            title = f"{plain(session.programme)} · {session.date}"
            self.app.push_screen(DetailScreen(title, lambda width: session_detail(session, width)))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a row."""
        event.stop()
        self.action_look()

    # -- reading

    def _load(self) -> None:
        """In a thread: first what is known, then with what is new."""
        self._read()
        try:
            news = self._port.update()
        except SensorcoachError as error:
            self.app.call_from_thread(self.notify, str(error), severity="warning", markup=False)
            return
        if news:
            self._read()

    def _read(self) -> None:
        book: HistoryBook | None = None
        message = ""
        try:
            book = self._port.read()
        except SensorcoachError as error:
            message = str(error)
        self.app.call_from_thread(self._take, book, message)

    def _take(self, book: HistoryBook | None, message: str) -> None:
        self._book, self._message = book, message
        self._show()

    # -- pictures

    def _show(self, *, afresh: bool = False) -> None:
        self._head.tell(self._view, self._book.wearer if self._book else "")
        self._show_words()
        self._rows.show(self._lines, afresh=afresh)

    def _show_words(self) -> None:
        width = max(self.size.width - 2, 20)
        book = self._book
        lines: list[Line]
        if book is None:
            lines = wrap(self._message, width)
        elif not book.days:
            lines = [part for words in EMPTY.splitlines() for part in wrap(words, width)]
        elif VIEWS[self._view] == "sessions" and not book.sessions:
            lines = wrap(NO_SESSION, width)
        else:
            lines = head_lines(book, width, 1 if self.size.height < SHORT_ROWS else ALL_SENTENCES)
        self._said.update(block(lines))

    def _lines(self, width: int) -> Sequence[Row]:
        book = self._book
        if book is None:
            return []
        if VIEWS[self._view] == "days":
            rows = [day_line(day, book, width) for day in book.days]
        elif VIEWS[self._view] == "weeks":
            rows = [week_line(week, book.plan, width) for week in book.weeks]
        else:
            rows = [session_line(session, book, width) for session in book.sessions]
        return [(str(number), [rows[number]]) for number in reversed(range(len(rows)))]
