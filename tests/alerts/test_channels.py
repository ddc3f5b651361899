"""Alerts find a way: a channel that fails hands over to the next, and says so once."""

from __future__ import annotations

import asyncio
import io
import sys
import types
from collections.abc import Callable

import pytest

from sensorcoach.alerts import channels
from sensorcoach.alerts.channels import (
    BUZZ_MS,
    Bell,
    ChannelError,
    DesktopNotification,
    Haptic,
    Ladder,
    TerminalNotification,
)
from sensorcoach.events import Alert, AlertCleared

ALERT = Alert(0, "chest", "slouch", "Let the chest rise.")
CLEARED = AlertCleared(0, "chest", "slouch", "Nice.")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Recorded:
    """A channel that fails on demand."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.fails = ""
        self.delivered: list[str] = []

    async def deliver(self, alert: Alert | AlertCleared) -> None:
        if self.fails:
            raise ChannelError(self.fails)
        self.delivered.append(alert.text)


def test_the_first_channel_that_works_is_enough() -> None:
    first, second, said = Recorded("buzzer"), Recorded("desktop"), list[str]()
    ladder = Ladder([first, second], said.append)
    assert asyncio.run(ladder.deliver(ALERT)) == "buzzer"
    assert (first.delivered, second.delivered, said) == ([ALERT.text], [], [])


def test_a_failing_channel_falls_to_the_next_and_says_so_once_until_it_works_again() -> None:
    first, second, said = Recorded("buzzer"), Recorded("desktop"), list[str]()
    ladder = Ladder([first, second], said.append)
    first.fails = "not connected"
    assert [asyncio.run(ladder.deliver(ALERT)) for _ in range(3)] == ["desktop"] * 3
    assert said == ["No alert by buzzer: not connected. Trying desktop."]
    first.fails = ""
    assert asyncio.run(ladder.deliver(ALERT)) == "buzzer"
    first.fails = "not connected"
    asyncio.run(ladder.deliver(ALERT))
    assert len(said) == 2


def test_when_nothing_works_that_is_said_once() -> None:
    only, said = Recorded("bell"), list[str]()
    only.fails = "there is no terminal"
    ladder = Ladder([only], said.append)
    assert [asyncio.run(ladder.deliver(ALERT)) for _ in range(2)] == ["", ""]
    assert said[1:] == ["Alerts reach you only as lines here: no other way works."]


def test_a_channel_that_hangs_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "ANSWER_S", 0.0)

    async def never(sensor: str, ms: int) -> bool:
        await asyncio.Event().wait()
        return True

    said: list[str] = []
    assert asyncio.run(Ladder([Haptic(never)], said.append).deliver(ALERT)) == ""
    assert said[0] == "No alert by the sensor's buzzer: no answer."


def test_the_sensor_buzzes_long_for_an_alert_and_shortly_for_good_news() -> None:
    asked: list[tuple[str, int]] = []

    async def buzz(sensor: str, ms: int) -> bool:
        asked.append((sensor, ms))
        return len(asked) < 3

    haptic = Haptic(buzz)
    asyncio.run(haptic.deliver(ALERT))
    asyncio.run(haptic.deliver(CLEARED))
    assert asked[0] == ("chest", BUZZ_MS)
    assert asked[1][1] < BUZZ_MS
    with pytest.raises(ChannelError):
        asyncio.run(haptic.deliver(ALERT))


def test_osc_9_only_where_the_terminal_knows_it_and_never_with_control_characters() -> None:
    out = Terminal()
    nasty = Alert(0, "chest", "pose", "a\x1b]0;title\x07b")
    asyncio.run(TerminalNotification(out, {"TERM_PROGRAM": "WezTerm"}).deliver(nasty))
    assert out.getvalue() == "\x1b]9;Check the sensor: a ]0;title b\x07"
    with pytest.raises(ChannelError, match="not known"):
        asyncio.run(TerminalNotification(out, {"TERM": "xterm"}).deliver(ALERT))


def test_the_bell_rings_for_alerts_in_a_terminal_only() -> None:
    out = Terminal()
    asyncio.run(Bell(out).deliver(ALERT))
    asyncio.run(Bell(out).deliver(CLEARED))
    assert out.getvalue() == "\a"
    with pytest.raises(ChannelError, match="no terminal"):
        asyncio.run(Bell(io.StringIO()).deliver(ALERT))
    out.close()
    with pytest.raises(ChannelError):
        asyncio.run(Bell(out).deliver(ALERT))


def fake_notifier(
    monkeypatch: pytest.MonkeyPatch, shows: bool, fault: Exception | None = None
) -> list[tuple[str, str]]:
    """The package desktop-notifier, as far as it is used: it logs failures and raises none."""
    shown: list[tuple[str, str]] = []

    class DesktopNotifier:
        def __init__(self, app_name: str) -> None:
            assert app_name == "sensorcoach"

        async def send(self, title: str, message: str, on_dispatched: Callable[[], object]) -> None:
            if fault is not None:
                raise fault
            if shows:
                shown.append((title, message))
                on_dispatched()

    module = types.ModuleType("desktop_notifier")
    module.DesktopNotifier = DesktopNotifier  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "desktop_notifier", module)
    return shown


def test_a_desktop_notification_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = fake_notifier(monkeypatch, True)
    asyncio.run(DesktopNotification().deliver(ALERT))
    assert shown == [("Sit tall", ALERT.text)]


@pytest.mark.parametrize("fault", [None, RuntimeError("no session bus")])
def test_a_notification_that_was_not_shown_has_failed(monkeypatch: pytest.MonkeyPatch, fault: Exception | None) -> None:
    fake_notifier(monkeypatch, False, fault)
    with pytest.raises(ChannelError):
        asyncio.run(DesktopNotification().deliver(ALERT))


def test_without_the_package_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "desktop_notifier", None)
    with pytest.raises(ChannelError, match=r"sensorcoach\[notify\]"):
        asyncio.run(DesktopNotification().deliver(ALERT))
