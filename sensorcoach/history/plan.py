"""What a week should hold, and where a person says otherwise: `[plan]` of their settings.

The defaults are a beginner's: two to three sessions a week, the inclined plane on three to four days (the programme's
own figures, lower ends), and upright for 70 % of the time that could be judged. The last is this program's own choice:
sitting people find upright unforced, with room for rest; there is no medical threshold behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..settings import Settings, load_settings
from ..settings.table import PLAN_INCLINED_PLANE_DAYS, PLAN_SESSIONS_PER_WEEK, PLAN_UPRIGHT_PERCENT


@dataclass(frozen=True, slots=True)
class Plan:
    """Aims of a week.

    Attributes
    ----------
    sessions_per_week : int
    inclined_plane_days_per_week : int
    upright_share : float, 0..1
        Of the time that could be judged, on a day with enough of it.
    """

    sessions_per_week: int = PLAN_SESSIONS_PER_WEEK.default
    inclined_plane_days_per_week: int = PLAN_INCLINED_PLANE_DAYS.default
    upright_share: float = PLAN_UPRIGHT_PERCENT.default / 100


def load_plan(settings: Settings | None = None) -> Plan:
    """The person's plan; the default one where they have not said otherwise.

    Raises
    ------
    UsageError
        The settings are wrong; see `SettingsFile.load`.
    """
    settings = load_settings() if settings is None else settings
    return Plan(
        settings[PLAN_SESSIONS_PER_WEEK], settings[PLAN_INCLINED_PLANE_DAYS], settings[PLAN_UPRIGHT_PERCENT] / 100
    )
