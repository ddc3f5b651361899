"""Events collected into the tables of `analyze`: structured arrays, nan or an empty string where not known."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..events import CURVES, Breath, BreathPhase, Event, Second, Spine, to_dict
from ..samples import NS

Table = NDArray[np.void]

SECONDS: Final = np.dtype(
    [
        ("t_s", "f8"),
        ("breath_rate_brpm", "f8"),
        ("breath_rate_now_brpm", "f8"),
        ("breath_quality", "f8"),
        ("breath_phase", "U8"),
        ("breath_reason", "U14"),
        ("flexion_deg", "f8"),
        ("lateral_deg", "f8"),
        ("inclination_deg", "f8"),
        ("posture_quality", "f8"),
        ("activity", "U8"),
        ("slouching", "f8"),
        ("sensor", "U16"),
    ]
)
BREATHS: Final = np.dtype(
    [
        ("t_inhale_s", "f8"),
        ("t_exhale_s", "f8"),
        ("t_end_s", "f8"),
        ("ti_s", "f8"),
        ("te_s", "f8"),
        ("rate_brpm", "f8"),
        ("depth", "f8"),
        ("quality", "f8"),
        ("sensor", "U16"),
    ]
)
HOLDS: Final = np.dtype([("hold_in_s", "f8"), ("hold_out_s", "f8")])
SAMPLES: Final = np.dtype([("t_s", "f8"), ("up_x", "f8"), ("up_y", "f8"), ("up_z", "f8")])

SLOUCHING: Final = {None: float("nan"), False: 0.0, True: 1.0}


class TableBuilder:
    """Takes events as they come and keeps only what the tables need.

    Parameters
    ----------
    origin_s : float
        Time of stream zero in the input's own time, s; added to every time in the tables.
    """

    def __init__(self, origin_s: float = 0.0) -> None:
        self._origin_s = origin_s
        self._seconds: list[tuple[Any, ...]] = []
        self._breaths: list[tuple[Any, ...]] = []
        self._holds: list[tuple[float, float]] = []
        self._phases: dict[str, list[BreathPhase]] = {}  # by sensor, of the breath that goes on
        self._events: list[tuple[float, str, str]] = []

    def add(self, events: Iterable[Event]) -> None:
        """Sort the events into the tables."""
        for event in events:
            if isinstance(event, Second):
                self._seconds.append(self._second(event))
            elif isinstance(event, (*CURVES, Spine)):
                continue  # a `Spine` is the difference of two rows of `seconds`
            else:
                if isinstance(event, Breath):
                    self._breaths.append(self._breath(event))
                    self._holds.append(_held(event, self._phases.pop(event.sensor, [])))
                elif isinstance(event, BreathPhase):
                    self._phases.setdefault(event.sensor, []).append(event)
                detail = to_dict(event, self._origin_s)
                self._events.append((detail.pop("t_s"), detail.pop("event"), json.dumps(detail)))

    def seconds(self) -> Table:
        """The `seconds` table."""
        return np.array(self._seconds, dtype=SECONDS)

    def breaths(self) -> Table:
        """The `breaths` table."""
        return np.array(self._breaths, dtype=BREATHS)

    def holds(self) -> Table:
        """How long each row of `breaths` was held, s: after breathing in (part of its `ti_s`), after breathing out."""
        return np.array(self._holds, dtype=HOLDS)

    def events(self) -> Table:
        """The `events` table; `detail` is JSON."""
        width = max((len(detail) for _, _, detail in self._events), default=1)
        name = max((len(event) for _, event, _ in self._events), default=1)
        return np.array(self._events, dtype=[("t_s", "f8"), ("event", f"U{name}"), ("detail", f"U{width}")])

    def _second(self, row: Second) -> tuple[Any, ...]:
        return (
            row.t_ns / NS + self._origin_s,
            row.breath_rate_brpm,
            row.breath_rate_now_brpm,
            row.breath_quality,
            row.breath_phase,
            row.breath_reason,
            row.flexion_deg,
            row.lateral_deg,
            row.inclination_deg,
            row.posture_quality,
            row.activity,
            SLOUCHING[row.slouching],
            row.sensor,
        )

    def _breath(self, row: Breath) -> tuple[Any, ...]:
        return (
            row.t_inhale_ns / NS + self._origin_s,
            row.t_exhale_ns / NS + self._origin_s,
            row.t_end_ns / NS + self._origin_s,
            row.ti_s,
            row.te_s,
            row.rate_brpm,
            row.depth,
            row.quality,
            row.sensor,
        )


def _held(breath: Breath, phases: Sequence[BreathPhase]) -> tuple[float, float]:
    """How long a breath was held in and out, s: each hold from its onset to that of the next phase that was told."""
    held_ns = {"hold_in": 0, "hold_out": 0}
    ends_ns = [*(phase.onset_ns for phase in phases[1:]), breath.t_end_ns]
    for phase, end_ns in zip(phases, ends_ns, strict=False):
        if phase.phase in held_ns and phase.onset_ns >= breath.t_inhale_ns:  # what was before got lost in a movement
            held_ns[phase.phase] += max(0, min(end_ns, breath.t_end_ns) - phase.onset_ns)
    return held_ns["hold_in"] / NS, held_ns["hold_out"] / NS
