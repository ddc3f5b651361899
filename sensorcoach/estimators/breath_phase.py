"""Where in the breath the wearer is: inhaling, exhaling, holding; onsets and depth of each breath; the moving wave.

Chain, second by second of the 25 Hz grid: three accelerometer axes, each through an oscillator Kalman filter
(`phase/wave.py`, `dsp.oscillator`) that runs at the tracked rate (`phase/pace.py`) → projection on the breathing axis
(`phase/axis.py`) → turns of the flow (`phase/turns.py`, `phase/scale.py`) → breaths (`phase/labels.py`,
`phase/breaths.py`) → which way is in (`phase/polarity.py`). Where the breath is held, after a pacer (`phase/paced.py`)
or by habit (`phase/shape.py`, `phase/held.py`), its turns come from a schedule (`phase/schedule.py`) instead.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar, Final

import numpy as np

from ..dsp.oscillator import FLOW, PREDICTED, ROWS, WAVE
from ..events import REASONS, SHOWN, TRUSTED, Calibrate, Command, Event, SetPacer
from ..samples import NS, STANDARD_GRAVITY_MS2, FloatArray, StreamInfo
from .base import Estimator, register
from .neutral import Vector, unit
from .phase.axis import BreathingAxis
from .phase.held import HeldBreath
from .phase.labels import Circumstances, Labeller
from .phase.pace import Pace
from .phase.paced import PacedBreath
from .phase.polarity import Polarity
from .phase.scale import Scale
from .phase.schedule import Schedule
from .phase.turns import UNKNOWN
from .phase.wave import WaveFilter
from .tracks import GRID_STEP_NS, GridTrack, Int8Array, PhaseTrack, RateTrack

SILENT: Final = frozenset(REASONS.index(r) for r in ("walking", "moving", "no_data", "not_worn"))
"""Reasons for which not even a wave is shown."""
SETTLING: Final = REASONS.index("settling")
SETTLE_S: Final = 2
"""Seconds heard before a wave is shown: the level starts from a mean over one second."""
KEPT: Final = 0.3
"""Quality of the rate below which phases are no longer told. They begin at `SHOWN`, as the rate does; a dip of the
quality that follows does not break the breath that goes on."""
RECALL_S: Final = 30
"""A trusted rate from before a movement leads for so many seconds while the rate settles: breath changes little."""
RECALL_BREATHS: Final = 0.5
"""So much breath is heard first: as long as the oscillator takes to find it."""
RECALLED: Final = 0.3
"""Quality of phases that follow a recalled rate."""
JOLT_G: Final = 0.2
"""A sample this far from its prediction is movement, not breath: the 99th percentile at rest is a sixth of it."""


@register
class BreathPhaseEstimator(Estimator):
    """Breathing phase on the 25 Hz grid.

    A row of the rate track at second k leads the grid rows after k, up to and including k + 1 s. Grid values are
    `delay_s` old; the filter looks ahead by just that much, so a phase is that of the time it is stamped with.

    The wave is shown from the fifth second of a stream on, and from the third after an interruption. Phases, turns and
    breaths are told only while the rate is: a rate that is a mere guess would make breaths out of sway. Two exceptions:
    while the rate settles after a movement, the one trusted before it leads; and a pacer with holds that is seen to be
    followed needs no rate.

    Gaps: missing rows are nan. Up to a second is bridged by the filter's own prediction and the breath goes on; after a
    longer gap all but the axis, the sign and what is usual (depth, habits) starts anew. The same goes for movement: the
    rate track's reasons, or a jolt found here.
    """

    name: ClassVar[str] = "breath_phase"
    inputs: ClassVar[tuple[str, ...]] = ("grid", "breath_rate")

    def __init__(self, stream: StreamInfo) -> None:
        super().__init__(stream)
        self._rates: dict[int, tuple[float, float, float, int]] = {}  # by second: tracked Hz, shown Hz, quality, reason
        self._row = -1  # absolute index of the next grid row; -1 before the first
        self._second = np.full((3, ROWS), np.nan)  # rows of the second that goes on, g
        self._wave = WaveFilter()
        self._pace = Pace()
        self._axis = BreathingAxis()
        self._scale = Scale()
        self._polarity = Polarity(stream.site)
        self._paced = PacedBreath()
        self._held = HeldBreath()
        self._labels = Labeller(stream.sensor, self._polarity)
        self._silent = True
        self._jolted = False
        self._rate_hz = math.nan  # of the second that goes on; nan: phases are not told
        self._trusted_hz, self._trusted_at = math.nan, -RECALL_S - 1  # and the second it was from
        self._shown_hz = self._quality = math.nan  # of its rate row

    def on_command(self, command: Command) -> tuple[Event, ...]:
        """A pacer's pattern and a calibrated forward are hints which way is in."""
        if isinstance(command, SetPacer):
            self._polarity.pacer = command
            scheduled = self._schedule is not None
            self._paced.set_pacer(command)
            self._level_changed(scheduled)
        elif isinstance(command, Calibrate) and command.forward is not None:
            self._polarity.calibrate(unit(command.forward, "forward"))
        return ()

    def update(self, grid: GridTrack, rate: RateTrack) -> PhaseTrack:
        """One row for every grid row."""
        columns = (rate.tracked_hz, rate.rate_brpm / 60.0, rate.quality, rate.reason)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        self._rates.update(zip((rate.t_ns // NS).tolist(), rows, strict=True))
        count = len(grid)
        signal = np.full(count, np.nan)
        phase = np.full(count, UNKNOWN, np.int8)
        rate_now = np.full(count, np.nan)
        events: list[Event] = []
        self._wave.lead_s = grid.delay_s
        acc_g = np.ascontiguousarray(grid.acc_ms2.T) / STANDARD_GRAVITY_MS2
        at = grid.t_ns // GRID_STEP_NS
        edges = np.flatnonzero((np.diff(at) != 1) | (at[:-1] % ROWS == 0)) + 1
        bounds = [0, *edges.tolist(), count] if count else [0]
        for start, end in pairwise(bounds):
            here = slice(start, end)
            self._hear(int(at[start]), acc_g[:, here], signal[here], phase[here], rate_now[here], events)
        opened = (self._row - 2) // ROWS
        self._rates = {second: row for second, row in self._rates.items() if second > opened}
        return PhaseTrack(grid.t_ns, tuple(events), signal, phase, rate_now)

    @property
    def _schedule(self) -> Schedule | None:
        """Where breath with holds is, if there is such breath: after a pacer, or of the wearer's own."""
        return self._paced.schedule or self._held.schedule

    def _hear(
        self,
        row: int,
        acc_g: FloatArray,
        signal: FloatArray,
        phase: Int8Array,
        rate_now: FloatArray,
        events: list[Event],
    ) -> None:
        """Consecutive grid rows of one second, the first with index `row`; a second ends with a multiple of `ROWS`."""
        second, first = divmod(row - 1, ROWS)
        last = first + len(signal)
        if row != self._row:
            self._lose()
        if row != self._row or first == 0:
            self._second[:] = np.nan
            self._open(second)
        self._row = row + len(signal)
        self._second[:, first:last] = acc_g
        if self._silent:
            return
        if self._wave.seconds:
            out, lost = self._wave.run(self._second, last)
            schedule = self._schedule
            curve = _project(self._axis.direction if schedule is None else schedule.direction, out)
            stop = 0 if self._jolted else min(lost, self._first_jolt(out, first, last))
            self._jolted |= stop < last
            if self._wave.seconds >= SETTLE_S and stop > first:
                sign = self._show(row, slice(first, stop), curve, signal, phase, rate_now, events)
                curve = curve if sign > 0.0 else -curve
            if last == ROWS:
                self._close(out, curve)
        elif last == ROWS and not np.isnan(self._second).any():
            self._wave.start(self._second)

    def _open(self, second: int) -> None:
        """A second begins; the rate row at its beginning leads it."""
        tracked_hz, self._shown_hz, self._quality, reason = self._rates.get(
            second, (math.nan, math.nan, math.nan, REASONS.index("no_data"))
        )
        silent = reason in SILENT
        if silent and not self._silent:
            self._lose()
        self._silent = silent
        recalled = False
        if self._quality >= TRUSTED:
            self._trusted_hz, self._trusted_at = tracked_hz, second
        elif reason == SETTLING and second - self._trusted_at <= RECALL_S:
            tracked_hz = self._trusted_hz
            recalled = self._wave.seconds > SETTLE_S + RECALL_BREATHS / tracked_hz
        rate_hz = self._pace.lead(math.nan if silent else tracked_hz, self._shown_hz)
        led_hz = self._wave.lead(rate_hz) if self._wave.seconds else math.nan
        believed = self._quality >= (SHOWN if math.isnan(self._rate_hz) else KEPT)
        if recalled:
            self._quality, believed = RECALLED, True
        self._rate_hz = led_hz if believed and not math.isnan(rate_hz) else math.nan
        if math.isnan(self._rate_hz) and self._schedule is None:
            self._labels.forget()

    def _lose(self) -> None:
        """What comes next does not continue what was."""
        self._wave.stop()
        self._pace.forget()
        self._axis.restart()
        self._labels.forget()
        self._paced.forget()
        self._held.pause()
        self._jolted = False

    def _first_jolt(self, out: FloatArray, first: int, last: int) -> int:
        """The first row, from `first` on, that is too far from its prediction; `last` if none is."""
        surprise = np.abs(self._second[:, first:last] - out[:, PREDICTED][:, first:last])
        if np.maximum.reduce(surprise, axis=None) <= JOLT_G:
            return last
        jolts = (surprise > JOLT_G).any(axis=0)
        return first + int(jolts.argmax()) if jolts.any() else last

    def _show(
        self,
        row: int,
        rows: slice,
        curve: FloatArray,
        signal: FloatArray,
        phase: Int8Array,
        rate_now: FloatArray,
        events: list[Event],
    ) -> float:
        """Write out the rows of a second that are new; `curve` is the second, projected on the axis as it is now.

        Returns -1 if in and out changed places meanwhile, else 1.
        """
        wave, flow, swing = (curve[part][rows] for part in (WAVE, FLOW, PREDICTED))
        schedule = self._schedule
        if schedule is not None:  # an oscillator's wave would roll over in a hold
            wave = swing = swing - schedule.base(row * GRID_STEP_NS, len(swing))
        sign = 1.0
        now = self._now()
        for start, end in _runs(self._wave.absent[rows], rows.stop - rows.start):
            while start < end:
                here = slice(start, end)
                done = end - start
                if now is not None:
                    t_ns = (row + start) * GRID_STEP_NS
                    curves = wave[here], flow[here], swing[here]
                    done = self._labels.walk(t_ns, *curves, now, phase[here], rate_now[here], events)
                signal[start : start + done] = wave[start : start + done] / self._scale.unit
                start += done
                if start < end:
                    sign, wave, flow, swing = -sign, -wave, -flow, -swing
                    self._flip()
                    now = self._now()
        return sign

    def _now(self) -> Circumstances | None:
        """What holds throughout this second; None while phases are not told."""
        schedule, direction = self._schedule, self._axis.direction
        if schedule is not None:
            towards, rate_hz = schedule.direction, schedule.rate_hz
            return Circumstances(towards, self._scale.flow, 0.0, rate_hz, schedule.quality, schedule)
        if math.isnan(self._rate_hz) or direction is None:
            return None
        lean = self._scale.lean if math.isnan(self._held.lean) else self._held.lean
        return Circumstances(direction, self._scale.flow, lean, self._rate_hz, self._quality)

    def _flip(self) -> None:
        """In and out change places."""
        self._axis.flip()
        self._labels.flip()
        self._scale.flip()
        self._held.flip()

    def _level_changed(self, scheduled: bool) -> None:
        """With a schedule begins or ends the level from which depth is measured: the breath that goes on is lost."""
        if scheduled != (self._schedule is not None):
            self._labels.book.forget()

    def _close(self, out: FloatArray, curve: FloatArray) -> None:
        """The second is whole: learn from it, or start again after a jolt or a gap."""
        if self._jolted:
            self._lose()
            return
        level = self._wave.keep(out)
        if not self._axis.learn(out[:, WAVE], level):
            self._polarity.forget()
            self._held.forget()
        direction = self._axis.direction
        if direction is None:
            return
        schedule = self._schedule
        free_hz = self._rate_hz if self._paced.schedule is None else math.nan
        if not math.isnan(free_hz):
            self._pace.slipped(self._wave.slip_rad(direction))
        if self._wave.seconds > SETTLE_S:
            self._scale.learn(curve, self._labels.book.usual_depth, free_hz)
        trusted_hz = self._shown_hz if self._quality >= TRUSTED else math.nan
        end_ns = (self._row - 1) * GRID_STEP_NS
        followed = self._paced.learn(self._second, end_ns, self._wave.lead_s, direction, trusted_hz)
        if followed:
            self._polarity.hear_pacer(followed, self._paced.rate_hz)
        known_hz = self._rate_hz if self._quality >= TRUSTED or self._held.schedule is not None else math.nan
        self._held.learn(self._wave.newest, end_ns, self._wave.lead_s, direction, known_hz)
        self._level_changed(schedule is not None)
        if (self._polarity.open or followed < 0) and self._polarity.wrong(direction):
            self._flip()


def _project(direction: Vector | None, out: FloatArray) -> FloatArray:
    """One channel of three; nan without a direction."""
    if direction is None:
        return np.full(out.shape[1], np.nan)
    x, y, z = direction
    channel: FloatArray = x * out[0] + y * out[1] + z * out[2]
    return channel


def _runs(absent: Sequence[bool], count: int) -> list[tuple[int, int]]:
    """Stretches (start, end) of `count` rows that are there; `absent` may be empty for none."""
    if not any(absent):
        return [(0, count)]
    edges = [0, *(i for i in range(1, count) if absent[i] != absent[i - 1]), count]
    return [(start, end) for start, end in pairwise(edges) if not absent[start]]
