"""What the dashboard's keys do: one name for each action, with its keys, so that they can be others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

EVERYWHERE: Final = ("live", "session")


@dataclass(frozen=True, slots=True)
class KeyAction:
    """Something that a key does.

    Attributes
    ----------
    name : str
        As in `[keys]`, and the id of its binding.
    keys : tuple of str
        By default.
    about : str
    on : tuple of str
        Screens on which it can be pressed.
    """

    name: str
    keys: tuple[str, ...]
    about: str
    on: tuple[str, ...] = ("live",)


ACTIONS: Final = (
    KeyAction("pause", ("space",), "pause and go on", EVERYWHERE),
    KeyAction("pacer", ("p",), "pacer on, next pattern, off"),
    KeyAction("faster_pacer", ("plus", "equals_sign"), "a faster pacer"),
    KeyAction("slower_pacer", ("minus", "underscore"), "a slower pacer"),
    KeyAction("calibrate", ("c",), "be guided to your upright pose"),
    KeyAction("take_pose", ("u",), "take the present pose as upright"),
    KeyAction("mark", ("m",), "mark this moment"),
    KeyAction("stance", ("w",), "you stand now, or sit again"),
    KeyAction("snooze", ("s",), "no posture alerts for a while"),
    KeyAction("freeze", ("f",), "let the view stand still"),
    KeyAction("zoom", ("z",), "one panel alone"),
    KeyAction("large", ("l",), "large numbers"),
    KeyAction("back", ("left",), "recordings: back 10 s"),
    KeyAction("forward", ("right",), "recordings: on 10 s"),
    KeyAction("slower", ("left_square_bracket",), "recordings: slower"),
    KeyAction("faster", ("right_square_bracket",), "recordings: faster"),
    KeyAction("skip", ("n", "right"), "session: on to the next exercise", ("session",)),
    KeyAction("previous", ("b", "left"), "session: the exercise before", ("session",)),
    KeyAction("repeat", ("r",), "session: this exercise again", ("session",)),
    KeyAction("stop", ("x",), "session: end it here", ("session",)),
    KeyAction("pain", ("h",), "session: it hurts, leave this exercise", ("session",)),
    KeyAction("theme", ("t",), "next theme", EVERYWHERE),
    KeyAction("night", ("n",), "the dim night theme, or back by day", EVERYWHERE),
    KeyAction("home", ("home",), "home", EVERYWHERE),
    KeyAction("help", ("question_mark",), "keys and signs", EVERYWHERE),
    KeyAction("quit", ("q",), "leave", EVERYWHERE),
)
