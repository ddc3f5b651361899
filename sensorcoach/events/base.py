"""The roots of events and commands, and the words they are told in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Literal, get_args

Activity = Literal["still", "moving", "walking", "running", "lying", "bending", "vehicle", "off", "unknown"]


ACTIVITIES: Final[tuple[str, ...]] = get_args(Activity)
"""Names of activities; tracks store the index into this tuple as int8."""


Phase = Literal["inhale", "hold_in", "exhale", "hold_out", ""]


PHASES: Final[tuple[str, ...]] = get_args(Phase)
"""Names of breathing phases; tracks store the index into this tuple as int8 (the last, empty, is "not known")."""


Reason = Literal[
    "", "settling", "walking", "moving", "posture_change", "weak_signal", "no_data", "not_worn", "not_calibrated"
]


REASONS: Final[tuple[str, ...]] = get_args(Reason)
"""Why no breathing rate is shown; tracks store the index into this tuple as int8."""


TRUSTED: Final = 0.8
"""Quality from which a value is trusted: used for alerts, scores and history."""


SHOWN: Final = 0.5
"""Quality from which a breathing rate is shown at all (greyed below `TRUSTED`)."""


@dataclass(frozen=True, slots=True)
class Event:
    """Root of all events. `kind` is the snake_case name that JSON lines carry."""

    kind: ClassVar[str]

    t_ns: int
    sensor: str


@dataclass(frozen=True, slots=True)
class Command:
    """Root of what a person or the pacer does, stamped with sample time and journalled."""

    kind: ClassVar[str]

    t_ns: int
