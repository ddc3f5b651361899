"""How a person wants to be alerted. It travels as a command, so that a recording knows it too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Self, cast, get_args

from ..errors import UsageError
from ..events import ALERT_KINDS, SetAlerts
from ..settings import Settings
from ..settings.kinds import HOURS, within
from ..settings.table import ABOUT, ALERTS_ABOUT, ALERTS_QUIET, ALERTS_QUOTA, QUIET, QUOTA

AlertMode = Literal["training", "all-day", "tracking"]
MODES: Final[tuple[str, ...]] = get_args(AlertMode)

DEFAULT_ABOUT: Final = frozenset(ABOUT)
DEFAULT_QUOTA: Final = QUOTA
DEFAULT_QUIET: Final = QUIET


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
        if self.quiet and not HOURS.fullmatch(self.quiet):
            raise UsageError(f"{self.quiet!r} are no quiet hours.", "Write them as 22:00-07:00, or off.")

    def is_quiet(self, minute_of_day: int) -> bool:
        """Whether this local minute (0 at midnight) lies in the quiet hours."""
        return within(self.quiet, minute_of_day)

    def command(self, sensor: str, used: int) -> SetAlerts:
        """What to tell the engine before the first sample."""
        return SetAlerts(0, sensor, self.mode, ",".join(sorted(self.about)), self.quota, used, self.quiet)

    @classmethod
    def from_settings(cls, settings: Settings, mode: AlertMode) -> Self:
        """As the person has set it; the mode of the day is the watch's to know."""
        about, quota, quiet = settings[ALERTS_ABOUT], settings[ALERTS_QUOTA], settings[ALERTS_QUIET]
        return cls(mode, frozenset(about), quota or 0, quiet or "")

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
