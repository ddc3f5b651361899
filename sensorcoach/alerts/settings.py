"""How a person wants to be alerted. It travels as a command, so that a recording knows it too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, Self, cast, get_args

from ..errors import UsageError
from ..events import ALERT_KINDS, SetAlerts

AlertMode = Literal["training", "all-day", "tracking"]
MODES: Final[tuple[str, ...]] = get_args(AlertMode)

DEFAULT_ABOUT: Final = frozenset(("slouch", "battery", "sensor", "pose"))
"""Few, for people stop listening to many: the rest is in the day's account and can be switched on."""

DEFAULT_QUOTA: Final = 20
"""Alerts about posture a day: about two an hour awake at a desk. Makers of buzzing trainers advise minutes of training
a day and tracking for the rest; their users tire of more."""
DEFAULT_QUIET: Final = "22:00-07:00"

_DAY_MIN: Final = 24 * 60
_HOURS: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """How to alert.

    Attributes
    ----------
    mode : str
        `training`: soon and often; `all-day`: seldom; `tracking`: about posture not at all.
    about : frozenset of str
        Kinds of `ALERT_KINDS` that are switched on.
    quota : int
        Posture alerts a day; 0 for no limit.
    quiet : str
        Local hours without alerts, `HH:MM-HH:MM`, over midnight or not; empty for none.
    """

    mode: AlertMode = "tracking"
    about: frozenset[str] = DEFAULT_ABOUT
    quota: int = DEFAULT_QUOTA
    quiet: str = DEFAULT_QUIET

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise UsageError(f"There is no way of alerting called {self.mode!r}.", f"Choose {', '.join(MODES)}.")
        if odd := sorted(self.about - set(ALERT_KINDS)):
            raise UsageError(f"There are no alerts about {odd[0]!r}.", f"Choose from {', '.join(ALERT_KINDS)}.")
        if self.quota < 0:
            raise UsageError(f"{self.quota} alerts a day make no sense.", "Give a number from 1, or off.")
        if self.quiet and not _HOURS.fullmatch(self.quiet):
            raise UsageError(f"{self.quiet!r} are no quiet hours.", "Write them as 22:00-07:00, or off.")

    def is_quiet(self, minute_of_day: int) -> bool:
        """Whether this local minute (0 at midnight) lies in the quiet hours."""
        found = _HOURS.fullmatch(self.quiet)
        if found is None:
            return False
        hour_from, minute_from, hour_to, minute_to = (int(part) for part in found.groups())
        begin, end = hour_from * 60 + minute_from, hour_to * 60 + minute_to
        return (minute_of_day - begin) % _DAY_MIN < (end - begin) % _DAY_MIN

    def command(self, sensor: str, used: int) -> SetAlerts:
        """What to tell the engine before the first sample."""
        return SetAlerts(0, sensor, self.mode, ",".join(sorted(self.about)), self.quota, used, self.quiet)

    @classmethod
    def from_command(cls, command: SetAlerts) -> Self:
        """Undo `command`.

        Raises
        ------
        UsageError
            It is none that this version could have made.
        """
        about = frozenset(command.about.split(",")) - {""}
        return cls(cast("AlertMode", command.mode), about, command.quota, command.quiet)
