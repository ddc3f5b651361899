"""What a week should hold, and where a person says otherwise: `plan.toml` in the configuration folder.

The defaults are a beginner's: two to three sessions a week, the inclined plane on three to four days (the programme's
own figures, lower ends), and upright for 70 % of the time that could be judged. The last is this program's own choice:
sitting people find upright unforced, with room for rest; there is no medical threshold behind it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from platformdirs import user_config_path

from ..errors import UsageError

_LIMITS: Final = {
    "sessions_per_week": (0, 7),
    "inclined_plane_days_per_week": (0, 5),
    "upright_share": (0.3, 0.95),
}
"""Kept gentle: every day a session, or upright without a pause, is no aim to give to anybody."""


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

    sessions_per_week: int = 2
    inclined_plane_days_per_week: int = 3
    upright_share: float = 0.7


def load_plan(path: Path | None = None) -> Plan:
    """The person's plan; the default one where there is no file.

    Raises
    ------
    UsageError
        The file says something that cannot be, with the key and its limits.
    """
    path = path or user_config_path("sensorcoach") / "plan.toml"
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Plan()
    except (OSError, ValueError) as error:
        raise UsageError(f"The plan {path} cannot be read: {error}.", "Mend the file, or remove it.") from None
    known = {field.name: field.default for field in fields(Plan)}
    for key, value in said.items():
        if key not in known:
            raise UsageError(f"{path} has the unknown key {key!r}.", f"A plan has {', '.join(known)}.")
        low, high = _LIMITS[key]
        whole = isinstance(known[key], int)
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or not low <= value <= high:
            raise UsageError(f"{key} in {path} cannot be {value!r}.", f"Choose from {low} to {high}.")
    return Plan(**said)
