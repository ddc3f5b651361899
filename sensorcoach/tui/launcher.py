"""What the dashboard asks of whoever can open things: feeds by kind, what there is to choose, what was last."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from ..coach.session.plan import Plan
from ..coach.slouch import SlouchProfiles, SlouchSettings
from ..events import CalibrationDone
from .feed import Feed

_USUAL: Final = SlouchProfiles(SlouchSettings(), SlouchSettings())

Place = Literal["live", "session", "calibrate"]
"""Screens that stand over a feed."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A feed that can be followed, and what belongs to it.

    Attributes
    ----------
    feed : Feed
    place : {"live", "session", "calibrate"}
        The screen it was opened for.
    plan : Plan or None
        Of the session that runs in it.
    wearer : str
        Whose name the top line shows; empty for none.
    keep_pose : callable or None
        Keeps a calibration for the next time and says so in a sentence; may wait for the disk. None: nothing is kept.
    slouch : SlouchProfiles
        What a slouch is, sitting and standing.
    remarks : deque of str
        What is said beside the feed, such as that there is no loudspeaker; from any thread.
    """

    feed: Feed
    place: Place = "live"
    plan: Plan | None = None
    wearer: str = ""
    keep_pose: Callable[[CalibrationDone], str] | None = None
    slouch: SlouchProfiles = _USUAL
    remarks: deque[str] = field(default_factory=deque)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to open: the place, `name` of the programme or recording, and whether the virtual wearer shall do it."""

    place: Place | Literal["replay"]
    name: str = ""
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list: what is asked for by `name`, with a title and a line about it."""

    name: str
    title: str
    about: str


class Launcher(Protocol):
    """Opens feeds, one at a time; implemented where feeds are made."""

    @property
    def sensor(self) -> str:
        """Name of the sensor used last; empty when there is none, so that the virtual wearer stands in."""

    async def open(self, wanted: Wanted, say: Callable[[str], None]) -> Opened:
        """Find the sensor or the file; `say` gets what happens meanwhile, in short sentences.

        Raises
        ------
        SensorcoachError
            It cannot be opened; the message says what to do.
        """

    def sessions(self) -> Sequence[Choice]:
        """Programmes and exercises that can be done."""

    def recordings(self) -> Sequence[Choice]:
        """Recordings that can be replayed, the newest first."""

    def last_words(self) -> str:
        """One sentence about the last day that is known; empty when none is. May wait for the disk."""

    def silence(self) -> None:
        """The feed is closed: what was played beside it ends."""
