"""From a journal to its chapter: the engine's own events, counted by minutes of the wall clock.

Only what can be trusted is counted as good or bad. A second that was not worn, not heard or not known is counted as
just that, and stands in no denominator.
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, Final, TypeAlias

from ..engine import Engine, SensorSetup
from ..events import (
    ACTIVITIES,
    REASONS,
    TRUSTED,
    Breath,
    Event,
    Mark,
    Second,
    SetPacer,
    SlouchEnded,
    SlouchStarted,
    to_dict,
)
from ..recording.journal_format import JournalHeader, Note
from ..recording.journal_reader import JournalReader
from ..samples import NS, Tick
from .chapter import COUNTS, Chapter, ExerciseRow, NoteRow, SessionRow, Slouch, sensor_roles, wearer_of
from .clock import MINUTE_NS, WallClock, local_date

LASTING_S: Final = 60
"""From here on a slouch counts, here and in reports: the dwell of the all-day watch. Shorter ones are only listed."""

Minutes: TypeAlias = dict[tuple[int, int], "array[int]"]
"""Counts of each minute, as in `Chapter.minutes`; arrays, since a day of a watch has 1440 of them in memory."""

_AT: Final = {name: i for i, name in enumerate(COUNTS)}
_ACTIVITY: Final = {name: _AT[f"{name}_s"] for name in ACTIVITIES}
_REASON: Final = {name: _AT[f"no_breath_{name}_s"] for name in REASONS if name}
_WORN, _ABSENT = _AT["worn_s"], _AT["absent_s"]
_UPRIGHT, _SLOUCHED, _UNSURE = _AT["upright_s"], _AT["slouched_s"], _AT["posture_unsure_s"]
_SESSION: Final = _AT["session_s"]
_ANGLE_S, _ANGLE = _AT["angle_s"], _AT["angle_mdeg"]
_BREATH_S, _BREATH, _BREATH_UNSURE = _AT["breath_s"], _AT["breath_mbrpm"], _AT["breath_unsure_s"]

_OPEN: Final = 2**62

FLEXION_UP_TO_DEG: Final = 60.0
"""Flexion means nothing in a trunk that is tilted further."""

_NOT_WORN: Final = frozenset(("off", "unknown"))
_RESTING: Final = frozenset(("still", "vehicle"))
_SEATED: Final = frozenset(("still", "vehicle", "moving"))
"""Where the lean of the upper back means something: not on foot, not in a bow, not lying."""


class Deriver:
    """Takes what went into an engine and what came out; gives the chapter. Works along a running recording as well.

    Parameters
    ----------
    header : JournalHeader
    name : str
        What the recording is called; it may say who wore the sensors.
    """

    def __init__(self, header: JournalHeader, name: str = "") -> None:
        self._header = header
        self._wearer = wearer_of(header, name)
        self._clock = WallClock(header)
        self._body, self._breath = sensor_roles([sensor.name for sensor in header.sensors])
        self._minutes: Minutes = {}
        self._slouches: list[Slouch] = []
        self._leaning: SlouchStarted | None = None
        self._sessions: list[SessionRow] = []
        self._spans: list[list[int]] = []  # of sessions: start and end, ns; the end of a running one is far away
        self._marks: list[Mark] = []
        self._pacer_ns: list[int] = []
        self._pacer_on: list[bool] = []
        self._first_ns: int | None = None
        self._last_ns = 0

    def take(self, items: Iterable[object], events: Iterable[Event]) -> None:
        """Ticks and commands among the `items` (others are passed by), and the events that came of them."""
        for item in items:
            if isinstance(item, Tick):
                self._clock.learn(item)
            elif isinstance(item, SetPacer):
                self._pace(item.t_ns, any((item.inhale_s, item.hold_in_s, item.exhale_s, item.hold_out_s)))
            elif isinstance(item, Mark):
                self._marks.append(item)
        for event in events:
            if isinstance(event, Second):
                self._second(event)
            elif isinstance(event, Breath):
                self._whole_breath(event)
            elif isinstance(event, SlouchStarted):
                if event.sensor == self._body:
                    self._leaning = event
            elif isinstance(event, SlouchEnded):
                if event.sensor == self._body:
                    self._slouch(event.t_ns, event.reason, event.peak_deg)
            else:
                self._other(event)

    def finish(self, notes: Sequence[Note] = (), problems: int = 0) -> Chapter:
        """The chapter so far; more may follow. A slouch that still lasts ends with the recording."""
        minutes = {key: counts[:] for key, counts in self._minutes.items()}
        slouches = list(self._slouches)
        if self._leaning is not None and not self._in_session(self._leaning.onset_ns):
            self._keep(slouches, minutes, self._leaning, self._last_ns, "", self._leaning.flexion_deg)
        first_ns = self._last_ns if self._first_ns is None else self._first_ns
        start_wall_ns, offset_s = self._clock.at(first_ns)
        sensors = self._header.sensors
        return Chapter(
            wearer=self._wearer,
            device=sensors[0].device_name or str(sensors[0].profile.get("title", "")),
            sensors=", ".join(sensor.name for sensor in sensors),
            writer=self._header.writer,
            start_wall_ns=start_wall_ns,
            end_wall_ns=self._clock.at(self._last_ns)[0],
            utc_offset_s=offset_s,
            problems=problems,
            minutes=minutes,
            slouches=tuple(slouches),
            sessions=tuple(self._sessions),
            notes=(
                *(self._note(m.t_ns, "mark", m.label) for m in self._marks),
                *(self._note(n.t_ns, "note", n.text) for n in notes),
            ),
        )

    def _minute(self, t_ns: int, minutes: Minutes | None = None) -> array[int]:
        minutes = self._minutes if minutes is None else minutes
        wall_ns, offset_s = self._clock.at(t_ns)
        key = (wall_ns // MINUTE_NS, offset_s)
        counts = minutes.get(key)
        if counts is None:
            counts = minutes[key] = array("q", bytes(8 * len(COUNTS)))
        return counts

    def _second(self, row: Second) -> None:
        begin_ns = row.t_ns - NS  # the second that ends at midnight belongs to the day before
        counts = self._minute(begin_ns)
        if row.sensor == self._body:
            self._first_ns = begin_ns if self._first_ns is None else self._first_ns
            self._last_ns = row.t_ns
            self._posture(row, counts)
            i = bisect_right(self._pacer_ns, begin_ns) - 1
            if i >= 0 and self._pacer_on[i]:
                counts[_AT["paced_s"]] += 1
        if row.sensor == self._breath:
            if row.breath_quality >= TRUSTED and row.breath_rate_brpm == row.breath_rate_brpm:
                counts[_BREATH_S] += 1
                counts[_BREATH] += round(row.breath_rate_brpm * 1000)
            elif row.breath_rate_brpm == row.breath_rate_brpm:
                counts[_BREATH_UNSURE] += 1
            else:
                counts[_REASON.get(row.breath_reason, _REASON["no_data"])] += 1

    def _posture(self, row: Second, counts: array[int]) -> None:
        if row.breath_reason == "no_data" and row.activity == "unknown":
            counts[_ABSENT] += 1
            return
        counts[_ACTIVITY[row.activity]] += 1
        if row.activity in _NOT_WORN:
            return
        counts[_WORN] += 1
        trusted = row.posture_quality >= TRUSTED
        if row.activity in _RESTING:
            if self._in_session(row.t_ns - NS):
                counts[_SESSION] += 1
            elif trusted and row.slouching is not None:
                counts[_SLOUCHED if row.slouching else _UPRIGHT] += 1
            else:
                counts[_UNSURE] += 1
        if trusted and row.activity in _SEATED and row.inclination_deg <= FLEXION_UP_TO_DEG:
            counts[_ANGLE_S] += 1
            counts[_ANGLE] += round(row.flexion_deg * 1000)

    def _whole_breath(self, breath: Breath) -> None:
        if breath.sensor != self._breath or not breath.quality >= TRUSTED:
            return
        counts = self._minute(breath.t_inhale_ns)
        counts[_AT["breaths"]] += 1
        counts[_AT["inhale_ms"]] += round(breath.ti_s * 1000)
        counts[_AT["exhale_ms"]] += round(breath.te_s * 1000)

    def _slouch(self, t_ns: int, reason: str, peak_deg: float) -> None:
        started, self._leaning = self._leaning, None
        if started is not None and not self._in_session(started.onset_ns):
            self._keep(self._slouches, self._minutes, started, t_ns, reason, peak_deg)

    def _keep(
        self,
        slouches: list[Slouch],
        minutes: Minutes,
        started: SlouchStarted,
        t_ns: int,
        reason: str,
        peak_deg: float,
    ) -> None:
        """Add one slouch to a list, and to the minute in which it began."""
        wall_ns, offset_s = self._clock.at(started.onset_ns)
        duration_s = round((t_ns - started.onset_ns) / NS)
        slouches.append(
            Slouch(
                wall_ns,
                offset_s,
                local_date(wall_ns, offset_s),
                duration_s,
                round(peak_deg * 1000),
                started.trusted,
                reason,
            )
        )
        if started.trusted and lasting(duration_s):
            self._minute(started.onset_ns, minutes)[_AT["slouches"]] += 1

    def _other(self, event: Event) -> None:
        """Sessions, by the names in their JSON form, so that what a coach adds to it needs no change here."""
        kind = event.kind
        if kind == "pacer_set":
            said = to_dict(event)
            self._pace(event.t_ns, any(said.get(f"{part}_s") for part in ("inhale", "hold_in", "exhale", "hold_out")))
        elif kind == "session_state":
            if not self._running() and to_dict(event).get("state") == "running":
                self._spans.append([event.t_ns, _OPEN])
        elif kind == "session_summary":
            self._summary(event)

    def _summary(self, event: Event) -> None:
        said = to_dict(event)
        active_s = _number(said.get("active_s"))
        if not self._running():
            self._spans.append([event.t_ns - round(active_s * NS), _OPEN])
        self._spans[-1][1] = event.t_ns
        start_ns = self._spans[-1][0]
        wall_ns, offset_s = self._clock.at(start_ns)
        exercises = said.get("exercises") or []
        self._sessions.append(
            SessionRow(
                wall_ns,
                offset_s,
                local_date(wall_ns, offset_s),
                str(said.get("programme") or "session"),
                str(said.get("ended") or ""),
                _permille(said.get("done")),
                round(active_s),
                json.dumps(said, sort_keys=True, ensure_ascii=False),
                tuple(_exercise(e) for e in exercises if isinstance(e, dict)),
            )
        )

    def _running(self) -> bool:
        return bool(self._spans) and self._spans[-1][1] == _OPEN

    def _in_session(self, t_ns: int) -> bool:
        return any(start_ns <= t_ns < end_ns for start_ns, end_ns in self._spans)

    def _pace(self, t_ns: int, on: bool) -> None:
        self._pacer_ns.append(max([t_ns, *self._pacer_ns[-1:]]))
        self._pacer_on.append(on)

    def _note(self, t_ns: int, kind: str, text: str) -> NoteRow:
        wall_ns, offset_s = self._clock.at(t_ns)
        return NoteRow(wall_ns, offset_s, local_date(wall_ns, offset_s), kind, text)


def lasting(duration_s: float) -> bool:
    """Whether a slouch of this length counts."""
    return round(duration_s) >= LASTING_S


def derive(reader: JournalReader, sensors: Sequence[SensorSetup]) -> Chapter:
    """Read a whole journal.

    Parameters
    ----------
    reader : JournalReader
    sensors : sequence of SensorSetup
        The sensors of its header with decoders that have seen nothing yet (`transport.setup.setup_from_header`).
    """
    engine, deriver = Engine(sensors), Deriver(reader.header, reader.path.name)
    for batch in reader.batches():
        events = engine.feed_many(batch.items())
        deriver.take(chain(batch.ticks, batch.commands), events)
    deriver.take((), engine.finish())
    return deriver.finish(reader.notes, len(list(reader.problems)))


def _exercise(said: dict[str, Any]) -> ExerciseRow:
    name = str(said.get("exercise") or said.get("name") or "exercise")
    return ExerciseRow(name, str(said.get("title") or name), _permille(said.get("share")), str(said.get("feel") or ""))


def _permille(value: object) -> int:
    return round(1000 * value) if isinstance(value, int | float) and value == value else -1


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and value == value else 0.0
