"""What a watch remembers from one run of the program to the next: one small file per wearer, for its owner alone."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from ...errors import OutputError
from ...settings.write import write_private

TRACKING_DAYS: Final = 7
"""The first week is for getting to know one's day: a threshold that suits half of all people alarms the other half."""


@dataclass(frozen=True, slots=True)
class WatchMemory:
    """Days as `YYYY-MM-DD`; empty for none.

    Attributes
    ----------
    first_day : str
        When this wearer was first watched.
    day : str
    used : int
        Alerts about posture on `day`.
    hung_up : bool
        The last watch ended with its terminal.
    """

    first_day: str = ""
    day: str = ""
    used: int = 0
    hung_up: bool = False

    def is_new(self, day: date) -> bool:
        """Whether `day` is within the first week."""
        first = _date(self.first_day)
        return first is None or day < first + timedelta(days=TRACKING_DAYS)

    def alerts_on(self) -> tuple[date, int] | None:
        """Alerts given on the day they were last counted."""
        day = _date(self.day)
        return None if day is None else (day, self.used)


def recall(path: Path) -> WatchMemory:
    """What the file says; nothing remembered where it is missing or makes no sense."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        memory = WatchMemory(
            str(content["first_day"]), str(content["day"]), int(content["used"]), content["hung_up"] is True
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return WatchMemory()
    return memory


def remember(path: Path, memory: WatchMemory) -> None:
    """Keep it; where nothing can be written, the next run knows less, which is no reason to stop."""
    with contextlib.suppress(OutputError):
        write_private(path, json.dumps(asdict(memory)))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
