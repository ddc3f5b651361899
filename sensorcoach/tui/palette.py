"""The command palette: every key of the screen on top by name, then the ways to other screens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from textual.app import SystemCommand
from textual.screen import Screen

if TYPE_CHECKING:
    from .app import SensorcoachApp

_TITLES: Final = {
    "pacer": ("Pacer: on, next, off", "Start the pacer, change its pattern, stop it"),
    "calibrate": ("Pose: calibrate", "Be guided to your upright pose"),
    "take_pose": ("Pose: upright now", "Take the present pose as upright"),
    "stance": ("Posture: sitting or standing", "What counts as a slouch, for the one or the other"),
    "mark": ("Moment: mark", "Mark this moment"),
    "snooze": ("Alerts: snooze", "Keep posture alerts quiet for a while"),
    "pause": ("View: pause", "Pause or go on"),
    "freeze": ("View: freeze", "Let the view stand still"),
    "zoom": ("View: zoom", "One panel alone"),
    "large": ("View: large numbers", "To be read from two metres"),
    "skip": ("Session: skip", "On to the next exercise"),
    "repeat": ("Session: repeat", "This exercise from its beginning"),
    "previous": ("Session: back", "The exercise before"),
    "stop": ("Session: stop", "End it here; what was done is kept"),
    "pain": ("Session: it hurts", "Leave this exercise"),
}
"""Actions without arguments that a screen may have, by name."""


def commands(app: SensorcoachApp, screen: Screen[object]) -> Iterator[SystemCommand]:
    """All commands of this moment."""
    for action, (title, about) in _TITLES.items():
        act = getattr(screen, f"action_{action}", None)
        if act is not None and screen.check_action(action, ()):
            yield SystemCommand(title, about, act)
    if app.launcher is not None:
        yield SystemCommand("Go: home", "Start something else", app.action_home)
    for room in app.rooms:
        yield SystemCommand(f"Go: {room.name}", room.about, partial(_enter, app, room.make))
    yield SystemCommand("View: theme", "Choose another theme", app.action_change_theme)
    yield SystemCommand("View: night", "The dim night theme, or back by day", app.action_night)
    yield SystemCommand("Help: keys and signs", "What the keys do and the signs mean", app.action_help)
    yield SystemCommand("Quit", "Leave sensorcoach", app.action_quit)


def _enter(app: SensorcoachApp, make: Callable[[], Screen[Any]]) -> None:
    app.push_screen(make())
