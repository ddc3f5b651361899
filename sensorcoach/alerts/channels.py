"""Ways to reach the wearer, from the most to the least personal. One that fails hands over to the next.

Haptic is a function that is given; a desktop notification needs the optional package desktop-notifier; the last two
write an escape sequence or a bell to the terminal.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Protocol, TextIO

from ..events import Alert, AlertCleared

ANSWER_S: Final = 5.0
"""A channel that has not delivered by then has failed; a notification takes some hundredths of a second."""
BUZZ_MS: Final = 400
CLEARED_MS: Final = 120
"""A short one says: well done."""

TITLES: Final[Mapping[str, str]] = {
    "slouch": "Sit tall",
    "side_lean": "Back to the middle",
    "bending_load": "Rest your back",
    "long_still": "Move a little",
    "break_due": "Time for a break",
    "battery": "Sensor battery low",
    "sensor": "Sensor not heard",
    "pose": "Check the sensor",
}


CLEARED: Final = "Thank you"


class ChannelError(Exception):
    """An alert could not be delivered here; the message says why, as a clause."""


class Channel(Protocol):
    """One way to reach the wearer."""

    name: str
    """In words, as in "alerts go to …"."""

    async def deliver(self, alert: Alert | AlertCleared) -> None:
        """Make the wearer notice.

        Raises
        ------
        ChannelError
        """


Buzz = Callable[[str, int], Awaitable[bool]]
"""Has a sensor (name) buzz for so many ms; False when it cannot now."""


class Haptic:
    """The sensor itself buzzes."""

    name = "the sensor's buzzer"

    def __init__(self, buzz: Buzz) -> None:
        self._buzz = buzz

    async def deliver(self, alert: Alert | AlertCleared) -> None:
        """Buzz; shorter for good news."""
        if not await self._buzz(alert.sensor, CLEARED_MS if isinstance(alert, AlertCleared) else BUZZ_MS):
            raise ChannelError("the sensor did not take it")


class DesktopNotification:
    """A notification of the desktop, through desktop-notifier where that is installed (extra `notify`)."""

    name = "desktop notifications"

    def __init__(self) -> None:
        self._notifier: Any = None

    async def deliver(self, alert: Alert | AlertCleared) -> None:
        """Show it; desktop-notifier only logs failures, so what counts is that it calls back."""
        if self._notifier is None:
            self._notifier = _load_notifier()
        shown = asyncio.Event()
        try:
            await self._notifier.send(title=_title(alert), message=alert.text, on_dispatched=shown.set)
        except Exception as error:  # whatever a desktop's own service raises
            raise ChannelError(f"the desktop said: {error or type(error).__name__}") from error
        if not shown.is_set():
            raise ChannelError("the desktop shows none to this program")


def _load_notifier() -> Any:
    try:
        from desktop_notifier import DesktopNotifier
    except ImportError:
        raise ChannelError('install them with: pip install "sensorcoach[notify]"') from None
    logging.getLogger("desktop_notifier").addHandler(logging.NullHandler())  # failures are told of here
    try:
        return DesktopNotifier(app_name="sensorcoach")
    except Exception as error:  # no desktop at all
        raise ChannelError(f"the desktop said: {error}") from error


class TerminalNotification:
    """A notification by the terminal program: OSC 9, which also works over ssh.

    Parameters
    ----------
    out : text stream
    environment : mapping
        Tells which terminal it is: there is no way to ask whether it knows OSC 9, and others beep or show garbage.
    """

    name = "notifications of the terminal"

    def __init__(self, out: TextIO, environment: Mapping[str, str] = os.environ) -> None:
        self._out = out
        self._knows = (
            environment.get("TERM_PROGRAM", "").lower() in ("iterm.app", "wezterm", "ghostty", "rio")
            or environment.get("TERM", "") in ("xterm-kitty", "xterm-ghostty", "foot")
            or "WT_SESSION" in environment
            or environment.get("ConEmuANSI") == "ON"
        )

    async def deliver(self, alert: Alert | AlertCleared) -> None:
        """Write the sequence."""
        if not self._knows:
            raise ChannelError("this terminal is not known to show any")
        _write(self._out, f"\x1b]9;{printable(f'{_title(alert)}: {alert.text}')}\x07")


class Bell:
    """The terminal's bell."""

    name = "the terminal's bell"

    def __init__(self, out: TextIO) -> None:
        self._out = out

    async def deliver(self, alert: Alert | AlertCleared) -> None:
        """Ring, except for good news."""
        _write(self._out, "" if isinstance(alert, AlertCleared) else "\a")


def _title(alert: Alert | AlertCleared) -> str:
    return CLEARED if isinstance(alert, AlertCleared) else TITLES[alert.about]


def printable(text: str) -> str:
    """Without characters that could end or begin an escape sequence."""
    return "".join(c if c.isprintable() else " " for c in text)


def _write(out: TextIO, text: str) -> None:
    try:
        if not out.isatty():
            raise ChannelError("there is no terminal")
        out.write(text)
        out.flush()
    except (OSError, ValueError):  # the terminal was closed
        raise ChannelError("the terminal is gone") from None


class Ladder:
    """Channels in order; the first that delivers is enough.

    Parameters
    ----------
    channels : sequence of Channel
    say : callable
        Gets a sentence when a channel begins to fail, and once more when none is left. A channel that failed is tried
        again with every alert, in silence: a sensor comes back, a desktop session begins.
    """

    def __init__(self, channels: Sequence[Channel], say: Callable[[str], None]) -> None:
        self._channels = channels
        self._say = say
        self._failing: set[str] = set()
        self._lost = False

    async def deliver(self, alert: Alert | AlertCleared) -> str:
        """Name of the channel that delivered; empty when none did."""
        for i, channel in enumerate(self._channels):
            try:
                async with asyncio.timeout(ANSWER_S):
                    await channel.deliver(alert)
            except (ChannelError, TimeoutError) as error:
                if channel.name not in self._failing:
                    self._failing.add(channel.name)
                    self._tell(channel.name, str(error) or "no answer", self._channels[i + 1 :])
                continue
            self._failing.discard(channel.name)
            self._lost = False
            return channel.name
        if not self._lost:
            self._lost = True
            self._say("Alerts reach you only as lines here: no other way works.")
        return ""

    def _tell(self, name: str, why: str, rest: Sequence[Channel]) -> None:
        then = f" Trying {rest[0].name}." if rest else ""
        self._say(f"No alert by {name}: {why}.{then}")
