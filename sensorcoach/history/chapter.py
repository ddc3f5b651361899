"""What one journal adds to a person's history: plain rows, whole numbers, nothing that is not in the journal.

Sums are whole numbers (seconds, thousandths), so that adding them up in any order gives the same bits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ..events import ACTIVITIES, REASONS
from ..recording.journal_format import JournalHeader

DERIVATION: Final = 2
"""Raised when the same journal would give other rows: chapters of an older derivation are then derived again."""

DEFAULT_WEARER: Final = "me"
"""Who wears the sensor when nobody said."""
DEMO_WEARER: Final = "demo"
VIRTUAL_PROFILE: Final = "virtual"

_NAMED: Final = re.compile(r"(.+)_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d")

ACTIVITY_COUNTS: Final = tuple(f"{name}_s" for name in ACTIVITIES)
REASON_COUNTS: Final = tuple(f"no_breath_{name}_s" for name in REASONS if name)

COUNTS: Final = (
    "worn_s",
    "absent_s",
    *ACTIVITY_COUNTS,
    "upright_s",
    "slouched_s",
    "posture_unsure_s",
    "session_s",
    "angle_s",
    "angle_mdeg",
    "breath_s",
    "breath_mbrpm",
    "breath_unsure_s",
    *REASON_COUNTS,
    "paced_s",
    "breaths",
    "inhale_ms",
    "exhale_ms",
    "slouches",
)
"""Columns of a minute, and of a day, which is their sum.

`worn_s` seconds with data of a worn sensor, `absent_s` without any data; one column for each activity. At rest:
`upright_s` and `slouched_s` trusted judgements, `posture_unsure_s` not to be trusted, `session_s` in a coached session,
where a lean is an exercise. `angle_s` seconds with a trusted lean, `angle_mdeg` its sum in thousandths of a degree.
`breath_s` seconds with a trusted rate, `breath_mbrpm` its sum in thousandths, `breath_unsure_s` shown but not trusted,
one column for each reason why there was none. `paced_s` with a pacer running. Trusted whole `breaths` with their summed
lengths. Trusted, lasting `slouches` that began.
"""


@dataclass(frozen=True, slots=True)
class Slouch:
    """One continuous slouch, however long."""

    onset_wall_ns: int
    utc_offset_s: int
    date: str
    duration_s: int
    peak_mdeg: int
    trusted: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ExerciseRow:
    """What was done of one exercise in a session; `share` in thousandths, -1 where it was not said."""

    exercise: str
    title: str
    share_permille: int
    feel: str


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A coached session. `detail` is its summary event as JSON, as the coach told it."""

    start_wall_ns: int
    utc_offset_s: int
    date: str
    programme: str
    ended: str
    done_permille: int
    active_s: int
    detail: str
    exercises: tuple[ExerciseRow, ...]


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A mark the wearer made, or a remark of the recorder."""

    wall_ns: int
    utc_offset_s: int
    date: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """Everything one journal says, ready to be kept.

    Attributes
    ----------
    wearer, device, sensors, writer : str
        From the journal's header.
    start_wall_ns, end_wall_ns, utc_offset_s : int
        Of the first and the last second that has a row; both equal where there is none.
    minutes : mapping of (minute of Unix time, utc_offset_s) to counts
        Counts in the order of `COUNTS`.
    """

    wearer: str
    device: str
    sensors: str
    writer: str
    start_wall_ns: int
    end_wall_ns: int
    utc_offset_s: int
    problems: int
    minutes: Mapping[tuple[int, int], Sequence[int]] = field(default_factory=dict)
    slouches: tuple[Slouch, ...] = ()
    sessions: tuple[SessionRow, ...] = ()
    notes: tuple[NoteRow, ...] = ()


def is_virtual(header: JournalHeader) -> bool:
    """Whether it is a recording of the virtual wearer."""
    return any(sensor.profile.get("name") == VIRTUAL_PROFILE for sensor in header.sensors)


def wearer_of(header: JournalHeader, name: str = "") -> str:
    """Who wore the sensors.

    `DEMO_WEARER` where the sensor is the virtual one, whoever is named: what was only tried must never stand among a
    person's own days. Else what the header says; in journals of version 1.0, which could not, what stands before the
    date in the recording's `name` (`ann_2026-05-04_09-00-00`).
    """
    if is_virtual(header):
        return DEMO_WEARER
    match = _NAMED.match(name)
    return header.wearer or (match[1] if match else DEFAULT_WEARER)


def wearer_word(wearer: str) -> str:
    """A wearer's name as it stands in the names of recordings."""
    return re.sub(r"\W+", "-", wearer)


def sensor_roles(names: list[str]) -> tuple[str, str]:
    """Which sensor is asked about posture and which about breathing: the upper back and the chest where there are two.

    Counting both would make two hours of every hour.
    """
    body = "upper-back" if "upper-back" in names else names[0]
    breath = "chest" if "chest" in names else names[0]
    return body, breath
