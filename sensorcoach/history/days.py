"""Days as people read them: shares of what is known, never of what is not."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ..errors import UsageError
from ..events import REASONS
from .chapter import ACTIVITY_COUNTS, COUNTS, DEFAULT_WEARER, DEMO_WEARER, wearer_word
from .plan import Plan
from .store import History

JUDGED_AT_LEAST_S: Final = 600
"""A share of less judged time than this is chance, not habit: it is not told."""
BREATH_AT_LEAST_S: Final = 60
DONE_FROM: Final = 0.5
"""A session, or an exercise in it, counts when at least half of it was done."""
INCLINED_PLANE: Final = "inclined_plane"


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise of a session; `share` None where it was not said; `dose` what was asked for, in words."""

    exercise: str
    title: str
    share: float | None
    feel: str
    dose: str = ""

    @property
    def counts(self) -> bool:
        """Whether enough of it was done."""
        return self.share is None or self.share >= DONE_FROM


@dataclass(frozen=True, slots=True)
class Session:
    """A coached session; `detail` is its summary as the coach told it."""

    date: dt.date
    start_wall_ns: int
    utc_offset_s: int
    programme: str
    ended: str
    done: float | None
    active_s: int
    exercises: tuple[Exercise, ...]
    detail: Mapping[str, Any]

    @property
    def discomfort(self) -> tuple[float | None, float | None]:
        """From 0 to 10, before and after; None where it was not told."""
        before, after = (self.detail.get(f"discomfort_{when}") for when in ("before", "after"))
        return before, after

    @property
    def counts(self) -> bool:
        """Whether it fulfils the plan."""
        return self.done is None or self.done >= DONE_FROM


@dataclass(frozen=True, slots=True)
class Day:
    """Sums of one day; see `chapter.COUNTS`."""

    date: dt.date
    counts: Mapping[str, int]
    sessions: tuple[Session, ...] = ()

    @property
    def worn_s(self) -> int:
        """How long the sensor was worn and heard, s."""
        return self.counts["worn_s"]

    @property
    def judged_s(self) -> int:
        """How long posture could be judged and trusted: the denominator of every share of it, s."""
        return self.counts["upright_s"] + self.counts["slouched_s"]

    @property
    def upright_share(self) -> float | None:
        """Share of the judged time; None where too little could be judged."""
        return self.counts["upright_s"] / self.judged_s if self.judged_s >= JUDGED_AT_LEAST_S else None

    @property
    def breath_rate_brpm(self) -> float | None:
        """Mean of the trusted rates; None where there are too few."""
        known_s = self.counts["breath_s"]
        return self.counts["breath_mbrpm"] / known_s / 1000 if known_s >= BREATH_AT_LEAST_S else None

    @property
    def breath_asked_s(self) -> int:
        """How long a worn sensor was asked about breathing: trusted, unsure or not known for a reason, s."""
        away = self.counts["no_breath_no_data_s"] + self.counts["no_breath_not_worn_s"]
        known = self.counts["breath_s"] + self.counts["breath_unsure_s"]
        return known + sum(self.counts[f"no_breath_{name}_s"] for name in REASONS if name) - away

    @property
    def sessions_done(self) -> int:
        """Sessions that count."""
        return sum(session.counts for session in self.sessions)

    @property
    def inclined_plane(self) -> bool:
        """Whether the inclined plane was practised."""
        return any(
            e.counts and e.exercise.lower().replace("-", "_").replace(" ", "_").startswith(INCLINED_PLANE)
            for session in self.sessions
            for e in session.exercises
        )

    def goal_met(self, plan: Plan) -> bool | None:
        """Whether posture was as planned; None where too little could be judged: that counts neither way."""
        return None if self.upright_share is None else self.upright_share >= plan.upright_share

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; not known is null."""
        counts = self.counts
        breaths = counts["breaths"]
        return {
            "date": self.date.isoformat(),
            "worn_s": self.worn_s,
            "judged_s": self.judged_s,
            "upright_s": counts["upright_s"],
            "slouched_s": counts["slouched_s"],
            "upright_share": _rounded(self.upright_share, 3),
            "slouches": counts["slouches"],
            "breath_s": counts["breath_s"],
            "breath_rate_brpm": _rounded(self.breath_rate_brpm, 2),
            "inhale_s": _rounded(counts["inhale_ms"] / breaths / 1000, 2) if breaths else None,
            "exhale_s": _rounded(counts["exhale_ms"] / breaths / 1000, 2) if breaths else None,
            "paced_s": counts["paced_s"],
            "walking_s": counts["walking_s"] + counts["running_s"],
            "lying_s": counts["lying_s"],
            "absent_s": counts["absent_s"],
            "sessions": self.sessions_done,
            "inclined_plane": self.inclined_plane,
        }


def add_up(days: Sequence[Day]) -> dict[str, int]:
    """Counts of several days together."""
    return {name: sum(day.counts[name] for day in days) for name in COUNTS}


def read_days(
    history: History, wearer: str = DEFAULT_WEARER, since: dt.date | None = None, until: dt.date | None = None
) -> list[Day]:
    """Days with anything on them, oldest first, both ends included."""
    which = {"wearer": wearer, "since": (since or dt.date.min).isoformat(), "until": (until or dt.date.max).isoformat()}
    by_date: dict[str, list[Session]] = {}
    for session in read_sessions(history, wearer, since, until):
        by_date.setdefault(session.date.isoformat(), []).append(session)
    sql = "SELECT * FROM days WHERE wearer = :wearer AND date BETWEEN :since AND :until ORDER BY date"
    return [
        Day(
            dt.date.fromisoformat(row["date"]),
            dict(zip(COUNTS, tuple(row)[2:], strict=True)),
            tuple(by_date.get(row["date"], ())),
        )
        for row in history.read(sql, which)
    ]


def read_sessions(
    history: History, wearer: str = DEFAULT_WEARER, since: dt.date | None = None, until: dt.date | None = None
) -> list[Session]:
    """Sessions, oldest first, both ends included."""
    which = {"wearer": wearer, "since": (since or dt.date.min).isoformat(), "until": (until or dt.date.max).isoformat()}
    where = "j.wearer = :wearer AND s.date BETWEEN :since AND :until"
    exercises: dict[tuple[str, int], list[Exercise]] = {}
    sql = (
        "SELECT e.* FROM exercises AS e JOIN sessions AS s ON s.journal = e.journal AND s.number = e.session"
        f" JOIN journals AS j ON j.id = s.journal WHERE {where} ORDER BY e.journal, e.session, e.number"
    )
    for row in history.read(sql, which):
        share = row["share_permille"]
        done = Exercise(row["exercise"], row["title"], None if share < 0 else share / 1000, row["feel"])
        exercises.setdefault((row["journal"], row["session"]), []).append(done)
    sql = (
        "SELECT s.* FROM sessions AS s JOIN journals AS j ON j.id = s.journal"
        f" WHERE {where} ORDER BY start_wall_ns, journal, number"
    )
    return [
        Session(
            dt.date.fromisoformat(row["date"]),
            row["start_wall_ns"],
            row["utc_offset_s"],
            row["programme"],
            row["ended"],
            None if row["done_permille"] < 0 else row["done_permille"] / 1000,
            row["active_s"],
            _with_doses(exercises.get((row["journal"], row["number"]), ()), detail := json.loads(row["detail"])),
            detail,
        )
        for row in history.read(sql, which)
    ]


def _with_doses(exercises: Sequence[Exercise], detail: Mapping[str, Any]) -> tuple[Exercise, ...]:
    """The same with their doses, which stand in the coach's own words only."""
    told = {e.get("exercise"): str(e.get("dose") or "") for e in detail.get("exercises") or () if isinstance(e, dict)}
    return tuple(replace(one, dose=told.get(one.exercise, "")) for one in exercises)


def recorded_s(history: History) -> dict[str, int]:
    """How many seconds each sound journal covers, by its content (`Identity.content`); clocks that were set or changed
    on the way count for nothing."""
    seconds = " + ".join((*ACTIVITY_COUNTS, "absent_s"))
    sql = (
        f"SELECT m.journal, SUM({seconds}) AS recorded_s FROM minutes AS m JOIN journals AS j ON j.id = m.journal"
        " WHERE j.problems = 0 GROUP BY m.journal"
    )
    return {row["journal"]: row["recorded_s"] for row in history.read(sql)}


def wearers(history: History) -> list[str]:
    """Everybody the history knows, by name."""
    return [row["wearer"] for row in history.read("SELECT DISTINCT wearer FROM journals ORDER BY wearer")]


def choose_wearer(history: History, wanted: str | None) -> str:
    """Whose history: the one asked for, else the only person there is; the virtual wearer only where it is alone.

    Raises
    ------
    UsageError
        Nobody of that name, or several to choose from.
    """
    known = wearers(history)
    if wanted is not None:
        same = [name for name in known if wanted in (name, wearer_word(name)) or wearer_word(wanted) == name]
        if not same:
            names = ", ".join(known) or "nobody yet"
            raise UsageError(f"The history knows nobody called {wanted!r}.", f"It knows {names}.")
        return wanted if wanted in same else same[0]
    people = [name for name in known if name != DEMO_WEARER]
    if len(people) > 1 and DEFAULT_WEARER not in people:
        raise UsageError(f"The history knows {', '.join(people)}.", "Say whose you want: --wearer NAME")
    if DEFAULT_WEARER in people or not known:
        return DEFAULT_WEARER
    return people[0] if people else DEMO_WEARER


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
