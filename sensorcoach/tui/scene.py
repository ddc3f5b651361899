"""One moment of the dashboard, as handed to every panel: what is known, the time to draw, and how."""

from __future__ import annotations

from dataclasses import dataclass

from ..coach.pacer import Pacer
from .calibration_view import CalibrationView
from .model import DashboardModel
from .session_view import SessionView


@dataclass(frozen=True, slots=True)
class FeedState:
    """What is said about the feed itself.

    Attributes
    ----------
    title, wearer : str
    kind : str
        `live`, `demo` or `replay`.
    state : str
        `playing`, `paused`, `ended` or `failed`.
    speed : float
    duration_s : float or None, s
    recording : str or None
    frozen : bool
        The view stands still, the stream does not.
    snoozed : bool
    lost_packets : int
    message : str
        What went wrong and what to do, or that it is over; empty while all is well.
    """

    title: str = ""
    wearer: str = ""
    kind: str = "live"
    state: str = "playing"
    speed: float = 1.0
    duration_s: float | None = None
    recording: str | None = None
    frozen: bool = False
    snoozed: bool = False
    lost_packets: int = 0
    message: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a panel may look at.

    Attributes
    ----------
    model : DashboardModel
    now_s : float, s
        Stream time to draw; stands still while the view is frozen.
    pacer : Pacer or None
        None while it is off.
    reduced_motion : bool
        No easing, no pulsing; curves move in steps of a second.
    plain_fill : bool
        Areas are hatched instead of coloured (no colours to fill them with).
    large : bool
        Numbers as large as can be, words only where they are needed.
    curve_s : float or None, s
        How much of the breath is seen; None: as the width allows.
    feed : FeedState
    session : SessionView or None
    calibration : CalibrationView or None
    """

    model: DashboardModel
    now_s: float
    pacer: Pacer | None = None
    reduced_motion: bool = False
    plain_fill: bool = False
    large: bool = False
    curve_s: float | None = None
    feed: FeedState = FeedState()
    session: SessionView | None = None
    calibration: CalibrationView | None = None

    @property
    def now_ns(self) -> int:
        """`now_s` in ns."""
        return round(self.now_s * 1e9)
