"""From aligned tracks to the rows people see: one `Second` a second, and `Wave` points for a screen."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import Any, Final

import numpy as np

from ..coach.pose_watch import VOIDS, PoseWatch
from ..coach.posture_notes import PostureNotes
from ..coach.slouch import SlouchMachine, SlouchSettings
from ..estimators.tracks import ActivityTrack, AngleTrack, PhaseTrack, RateTrack
from ..events import ACTIVITIES, PHASES, REASONS, Command, Event, NeutralSet, Notice, Second, SetSlouch, Wave
from ..samples import NS, FloatArray, IntArray

NAN: Final = float("nan")
WAVE_POINTS: Final = 5


class SecondAssembler:
    """Joins the tracks of one sensor at every whole second and judges posture over them.

    Rows of a second in which nothing was heard say so (`no_data`) and are final: what arrives late never rewrites them.
    While the upright pose is in doubt (`coach.pose_watch`) posture quality is capped, so that nothing is judged by it.
    """

    def __init__(self, sensor: str, slouch: SlouchSettings | None, *, waves: bool) -> None:
        self._sensor = sensor
        self._slouch = SlouchMachine(sensor, slouch or SlouchSettings())
        self._watch = PoseWatch(sensor)
        self._notes = PostureNotes(sensor)
        self._turns: list[tuple[int, Event | SlouchSettings]] = []  # what changes the judgement, from its time on
        self._waves = waves
        self._done_ns = 0
        self._wave_signal: FloatArray = np.empty(0)
        self._wave_t: IntArray = np.empty(0, np.int64)

    def update(self, tracks: Mapping[str, Any]) -> list[Event]:
        """Rows complete with these tracks, with the slouch events that go with them."""
        rate: RateTrack = tracks["breath_rate"]
        angle: AngleTrack = tracks["trunk_angle"]
        phase: PhaseTrack = tracks["breath_phase"]
        activity: ActivityTrack = tracks["activity"]
        events: list[Event] = self._wave_events(angle, phase) if self._waves else []
        self._turns += [(e.t_ns, e) for e in angle.events if isinstance(e, NeutralSet)]
        self._turns += [(e.t_ns, e) for e in activity.events if isinstance(e, Notice) and e.code in VOIDS]
        self._turns.sort(key=itemgetter(0))
        if not len(rate):
            return events
        seconds = rate.t_ns
        at_angle, at_phase = _rows_at(angle.t_ns, seconds), _rows_at(phase.t_ns, seconds)
        at_activity = _rows_at(activity.t_ns, seconds)
        columns = (
            seconds.tolist(),
            rate.rate_brpm.tolist(),
            _pick(phase.rate_now_brpm, at_phase),
            rate.quality.tolist(),
            [PHASES[i] for i in _pick_index(phase.phase, at_phase, len(PHASES) - 1)],
            [REASONS[i] for i in rate.reason.tolist()],
            _pick(angle.resting_flexion_deg, at_angle),
            _pick(angle.resting_lateral_deg, at_angle),
            _pick(angle.resting_inclination_deg, at_angle),
            _pick(angle.quality, at_angle),
            [ACTIVITIES[i] for i in _pick_index(activity.activity, at_activity, len(ACTIVITIES) - 1)],
        )
        held = _pick(angle.held_flexion_deg, at_angle)
        for row, held_deg in zip(zip(*columns, strict=True), held, strict=True):
            if row[0] > self._done_ns:
                events += self._row(row, held_deg)
        return events

    def on_command(self, command: Command) -> None:
        """`SetSlouch` holds for the rows after its time."""
        if isinstance(command, SetSlouch) and command.sensor == self._sensor:
            self._turns.append((command.t_ns + 1, SlouchSettings(command.threshold_deg, command.dwell_s)))

    def silent_until(self, t_ns: int) -> list[Event]:
        """`no_data` rows for every whole second up to `t_ns` that has none yet."""
        events: list[Event] = []
        for second in range(self._done_ns // NS + 1, t_ns // NS + 1):
            row = (second * NS, NAN, NAN, NAN, "", "no_data", NAN, NAN, NAN, NAN, "unknown")
            events += self._row(row, NAN)
        return events

    def _row(self, row: tuple[Any, ...], held_deg: float) -> list[Event]:
        t_ns, rate, now, quality, phase, reason, flexion, lateral, inclination, posture, activity = row
        self._done_ns = t_ns
        while self._turns and self._turns[0][0] <= t_ns:
            self._turn(self._turns.pop(0)[1])
        doubts = self._watch.update(t_ns, flexion, inclination, activity)
        if posture > self._watch.most_quality:
            posture = self._watch.most_quality
        slouching, events = self._slouch.update(t_ns, held_deg, posture, activity)
        notes = self._notes.update(t_ns, held_deg, lateral, posture, activity)
        shown = rate == rate  # not nan
        return [
            *doubts,
            *events,
            *notes,
            Second(
                t_ns,
                self._sensor,
                rate,
                now if shown else NAN,
                quality,
                phase if shown else "",
                "" if shown else reason,
                flexion,
                lateral,
                inclination,
                posture,
                activity,
                slouching,
            ),
        ]

    def _turn(self, what: Event | SlouchSettings) -> None:
        """There is a new pose, the old one has become void, or a slouch is something else from now on."""
        if isinstance(what, SlouchSettings):
            self._slouch.settings = what
        elif isinstance(what, NeutralSet):
            self._watch.pose_set(stored=what.source == "stored")
        else:
            self._watch.moved()

    def _wave_events(self, angle: AngleTrack, phase: PhaseTrack) -> list[Event]:
        t = np.concatenate([self._wave_t, phase.t_ns])
        signal = np.concatenate([self._wave_signal, phase.signal])
        out: list[Event] = []
        used = 0
        for t_ns, flexion in zip(angle.t_ns.tolist(), angle.flexion_deg.tolist(), strict=True):
            end = int(np.searchsorted(t, t_ns, side="right"))
            points = signal[max(used, end - WAVE_POINTS) : end].tolist()
            used = end
            out.append(Wave(t_ns, self._sensor, (NAN,) * (WAVE_POINTS - len(points)) + tuple(points), flexion))
        self._wave_t, self._wave_signal = t[used:], signal[used:]
        return out


def _rows_at(t_ns: IntArray, wanted: IntArray) -> IntArray:
    """Index of each wanted time in `t_ns`, -1 where it is not there."""
    if not len(t_ns):
        return np.full(len(wanted), -1, np.int64)
    i = np.minimum(np.searchsorted(t_ns, wanted), len(t_ns) - 1)
    return np.where(t_ns[i] == wanted, i, -1)


def _pick(values: FloatArray, rows: IntArray) -> list[float]:
    if not len(values):
        return [NAN] * len(rows)
    picked: list[float] = np.where(rows >= 0, values[rows], NAN).tolist()
    return picked


def _pick_index(values: Any, rows: IntArray, absent: int) -> list[int]:
    if not len(values):
        return [absent] * len(rows)
    picked: list[int] = np.where(rows >= 0, values[rows], absent).tolist()
    return picked
