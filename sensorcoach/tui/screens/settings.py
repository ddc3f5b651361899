"""Every setting, changed in place and kept one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Footer, Input, OptionList, Static

from ...coach.patterns import CAUTION
from ...errors import SensorcoachError
from ...settings import BY_KEY, Setting, Settings
from ...settings.resolve import parsed
from ...settings.table import PACER_ALLOW_HOLDS
from ..draw.content import block
from ..draw.spans import Line, line, wrap
from ..settings_lines import about_lines, setting_rows
from ..widgets.head import PageHead
from ..widgets.rows import RowList
from .base import AppScreen, HelpRows

TYPED: Final = "this"


class SettingsPort(Protocol):
    """Where settings are kept: `settings.SettingsFile`. All may wait for the disk and raise `SensorcoachError`."""

    path: Path

    def load(self) -> Settings:
        """All settings."""

    def change(self, setting: Setting[Any], value: Any) -> None:
        """Keep one value."""

    def unset(self, key: str) -> bool:
        """Back to the default."""


class SettingsScreen(AppScreen):
    """A list of settings, and what the chosen one means.

    Parameters
    ----------
    port : SettingsPort
    """

    class Changed(Message):
        """A setting was changed: these hold now."""

        def __init__(self, settings: Settings) -> None:
            super().__init__()
            self.settings = settings

    BINDINGS: ClassVar = [
        Binding("enter", "change", "change"),
        Binding("left", "turn(-1)", "value before", show=False),
        Binding("right", "turn(1)", "value"),
        Binding("backspace,delete", "forget", "default"),
        Binding("escape", "back", "back"),
    ]
    HELP_KEYS: ClassVar[HelpRows] = (
        ("↑ ↓  enter", "choose a setting; change it"),
        ("← →", "another value, where there are a few"),
        ("backspace", "as it is by default"),
        ("esc", "back; leave a change as it was"),
    )
    DEFAULT_CSS: ClassVar[str] = """
    SettingsScreen #about {
        height: 7;
        padding: 0 1;
        border-top: solid $faint;
        border-title-color: $pacer;
        border-title-align: left;
    }
    SettingsScreen.-tall #about { height: 8; }
    SettingsScreen #typed {
        display: none;
        height: 1;
        border: none;
        padding: 0;
        background: $surface;
        color: $foreground;
    }
    SettingsScreen.-typing #typed { display: block; }
    SettingsScreen #typed > .input--cursor { text-style: reverse; }
    """

    def __init__(self, port: SettingsPort) -> None:
        super().__init__()
        self._port = port
        self._settings: Settings | None = None
        self._trouble = ""
        self._saving = asyncio.Lock()
        self._head = PageHead("settings")
        self._rows = RowList()
        self._typed = Input(id="typed", compact=True)
        self._words = Static()
        self._about = Vertical(self._typed, self._words, id="about")

    def compose(self) -> ComposeResult:
        """Rows, and below them what the chosen one means."""
        yield self._head
        yield self._rows
        yield self._about
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Read the settings."""
        self._head.tell(0, str(self._port.path))
        self._rows.focus()
        self.run_worker(self._do(lambda: None, told=False), group="settings")

    def on_resize(self) -> None:
        """Words for the new width."""
        self._show_words()

    @property
    def chosen(self) -> Setting[Any] | None:
        """The setting the cursor is on."""
        return BY_KEY.get(self._rows.chosen)

    @property
    def typing(self) -> bool:
        """Whether a value is being typed."""
        return self.has_class("-typing")

    # -- keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a value is typed, keys are for it."""
        return not (self.typing and action in ("turn", "forget", "change"))

    def action_change(self) -> None:
        """The next of a few values, or a line to type one in."""
        setting, settings = self.chosen, self._settings
        if setting is None or settings is None:
            return
        if setting.kind.options:
            self.action_turn(1)
            return
        self._trouble = ""
        self.add_class("-typing")
        self._typed.value = setting.kind.show(settings[setting])
        self._typed.cursor_position = len(self._typed.value)
        self._typed.focus()
        self.refresh_bindings()
        self._show_words()

    def action_turn(self, by: int) -> None:
        """Another of a few values."""
        setting, settings = self.chosen, self._settings
        if setting is None or settings is None or not setting.kind.options:
            return
        options = setting.kind.options
        now = setting.kind.show(settings[setting])
        place = options.index(now) if now in options else 0
        self._keep(setting, options[(place + by) % len(options)])

    def action_forget(self) -> None:
        """As it is by default."""
        setting = self.chosen
        if setting is not None:
            key = setting.key
            self.run_worker(self._do(lambda: self._port.unset(key)), group="settings")

    def action_back(self) -> None:
        """Leave the line that is typed, or the screen."""
        if self.typing:
            self._stop_typing()
            self._trouble = ""
            self._show_words()
        else:
            self.dismiss()

    # -- what happens

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Another row: another meaning."""
        event.stop()
        self._trouble = ""
        self._show_words()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click on a row."""
        event.stop()
        self.action_change()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say at once whether it can be."""
        event.stop()
        self._check()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep what was typed, unless it cannot be."""
        event.stop()
        setting = self.chosen
        if setting is not None and self._check():
            self._keep(setting, event.value)

    def _check(self) -> bool:
        setting = self.chosen
        if setting is None or not self.typing:
            return False
        try:
            parsed(setting, self._typed.value, TYPED)
        except SensorcoachError as error:
            self._trouble = f"{setting.kind.meant} is meant. {error.advice}".strip()
        else:
            self._trouble = ""
        self._show_words()
        return not self._trouble

    def _keep(self, setting: Setting[Any], text: str) -> None:
        value = setting.kind.parse(text)

        def keep() -> None:
            self._port.change(setting, value)

        self.run_worker(self._do(keep), group="settings")
        if setting is PACER_ALLOW_HOLDS and value:
            self.notify(CAUTION, title="breath holds", severity="warning", timeout=15, markup=False)

    async def _do(self, work: Callable[[], object], *, told: bool = True) -> None:
        """Let the disk wait elsewhere, one change after the other, then show what holds."""
        async with self._saving:
            try:
                await asyncio.to_thread(work)
                self._settings = await asyncio.to_thread(self._port.load)
            except SensorcoachError as error:
                self._trouble = str(error)
                self._show_words()
                return
        self._trouble = ""
        self._stop_typing()
        settings = self._settings
        self._rows.show(lambda width: list(setting_rows(settings, width)))
        self._show_words()
        if told:
            self.post_message(self.Changed(settings))

    def _stop_typing(self) -> None:
        self.remove_class("-typing")
        self._rows.focus()
        self.refresh_bindings()

    # -- pictures

    def _show_words(self) -> None:
        width = max(self.size.width - 2, 20)
        setting, settings = self.chosen, self._settings
        lines: list[Line] = []
        if self._trouble:
            first, *rest = wrap(self._trouble, width - 2)
            lines += [line(("✗ ", "slouch"), *first), *(line(("  ", "text"), *part) for part in rest)]
        elif self.typing:
            lines.append(line(("✓ ", "ok"), ("enter keeps it, esc leaves it as it was", "muted")))
        if setting is not None and settings is not None:
            self._about.border_title = f" {setting.key} "
            lines += about_lines(settings, setting, width)
        self._words.update(block(lines))
