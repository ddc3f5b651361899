"""One moment of the dashboard, as handed to every panel: what is known, the time to draw, and how."""

from __future__ import annotations

from dataclasses import dataclass

from ..coach.pacer import Pacer
from .model import DashboardModel


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
    """

    model: DashboardModel
    now_s: float
    pacer: Pacer | None = None
    reduced_motion: bool = False
    plain_fill: bool = False

    @property
    def now_ns(self) -> int:
        """`now_s` in ns."""
        return round(self.now_s * 1e9)
