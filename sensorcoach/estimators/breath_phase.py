"""Where in the breath the wearer is: inhaling, exhaling, holding; each breath's onsets and depth; the moving wave for
the screen.

Chain, per second of the 25 Hz grid: three accelerometer axes, each through an oscillator Kalman filter led by the
tracked rate (`_phase_wave`, `dsp.oscillator`) → projection on the breathing axis (`_phase_axis`) → turns of the flow
(`_phase_turns`) → breaths (`_phase_breaths`) → which way is in (`_phase_polarity`).
"""

from __future__ import annotations

import math
from typing import ClassVar, Final

import numpy as np

from ..dsp.oscillator import FLOW, PREDICTED, ROWS, WAVE
from ..events import PHASES, REASONS, BreathPhase, Command, Event, SetPacer
from ..samples import NS, STANDARD_GRAVITY_MS2, FloatArray, StreamInfo
from ._phase_axis import BreathingAxis
from ._phase_breaths import BreathBook
from ._phase_polarity import Polarity
from ._phase_turns import UNKNOWN, Turn, TurnFinder
from ._phase_wave import WaveFilter
from .base import Estimator, register
from .tracks import GRID_STEP_NS, GridTrack, Int8Array, PhaseTrack, RateTrack

SILENT: Final = frozenset(REASONS.index(r) for r in ("walking", "moving", "no_data", "not_worn"))
"""Reasons for which not even a wave is shown."""
SETTLE_S: Final = 2
"""Seconds between the start of the filter and the first wave: its level starts from a one-second mean."""
JOLT_G: Final = 0.2
"""A sample this far from its prediction is movement, not breath: the 99th percentile at rest is a sixth of it."""
FLOW_MEMORY_S: Final = 12.0
"""Time constant of the usual flow."""
FLOW_CLIP: Final = 4.0
"""One second's power counts at most this many times the usual."""
UNIT_MEMORY_S: Final = 5.0
"""Time constant with which the wave's unit follows the usual depth, so that the curve on the screen does not jump."""
RMS_TO_DEPTH: Final = 2.0 * math.sqrt(2.0)
"""Peak to peak of a sinusoid of RMS one."""
TURN_UNCERTAINTY: Final = 0.06
"""One standard deviation of an onset's time, in breaths (simulated chest, docs/methods/breathing_phase.md)."""

_NO_RATE: Final = (math.nan, math.nan, REASONS.index("no_data"), math.nan)
GAMMA=.05; BETA=.15; CLIP=.35; KEEP=1.0; USE_SHOWN=True


@register
class BreathPhaseEstimator(Estimator):
    """Breathing phase on the 25 Hz grid.

    A row of the rate track at second k leads the grid rows after k, up to and including k + 1 s. Grid values are `delay_s` old; the
    filter looks ahead by just that much, so a phase is that of the time it is stamped with.

    Gaps: missing rows are nan. Up to a second is bridged by the filter's own prediction and the breath goes on; after a longer gap
    everything but the axis, the sign and the usual depth starts anew. The same goes for movement: the rate track's reasons, or a jolt
    found here.
    """

    name: ClassVar[str] = "breath_phase"
    inputs: ClassVar[tuple[str, ...]] = ("grid", "breath_rate")

    def __init__(self, stream: StreamInfo) -> None:
        super().__init__(stream)
        self._rates: dict[int, tuple[float, float, int]] = {}
        self._row = -1  # absolute index of the next grid row; -1 before the first
        self._second = np.full((3, ROWS), np.nan)  # rows of the second that goes on, g
        self._filter = WaveFilter(0.0)
        self._axis = BreathingAxis()
        self._turns = TurnFinder()
        self._book = BreathBook(stream.sensor)
        self._polarity = Polarity()
        self._silent = True
        self._known = False
        self._jolted = False
        self._rate_hz = math.nan
        self._quality = math.nan
        self._power = (0.0, 0.0)  # usual power of wave (g²) and flow (g²/s²)
        self._power_s = 0
        self._unit = math.nan
        self._pull = math.nan
        self._led = math.nan

    def on_command(self, command: Command) -> tuple[Event, ...]:
        """A pacer's pattern is a hint which way is in."""
        if isinstance(command, SetPacer):
            self._polarity.pacer = command
        return ()

    def update(self, grid: GridTrack, rate: RateTrack) -> PhaseTrack:
        """One row for every grid row."""
        columns = (rate.tracked_hz.tolist(), rate.quality.tolist(), rate.reason.tolist(), (rate.rate_brpm/60).tolist())
        self._rates.update(zip((rate.t_ns // NS).tolist(), zip(*columns, strict=True), strict=True))
        count = len(grid)
        signal = np.full(count, np.nan)
        phase = np.full(count, UNKNOWN, np.int8)
        rate_now = np.full(count, np.nan)
        events: list[Event] = []
        self._filter.lead_s = grid.delay_s
        acc_g = grid.acc_ms2.T / STANDARD_GRAVITY_MS2
        rows = grid.t_ns // GRID_STEP_NS
        edges = np.flatnonzero((np.diff(rows) != 1) | (rows[:-1] % ROWS == 0)) + 1
        starts = [0, *edges.tolist()] if count else []
        for start, end in zip(starts, [*starts[1:], count][: len(starts)], strict=True):
            row = int(rows[start])
            second, first = divmod(row - 1, ROWS)
            if row != self._row:
                self._lose()
                self._second[:] = np.nan
                self._open(second)
            elif first == 0:
                self._open(second)
            self._second[:, first : first + end - start] = acc_g[:, start:end]
            here = slice(start, end)
            self._run(second, first, signal[here], phase[here], rate_now[here], events)
            self._row = row + end - start
        opened = (self._row - 2) // ROWS
        self._rates = {k: v for k, v in self._rates.items() if k > opened}
        return PhaseTrack(grid.t_ns, tuple(events), signal, phase, rate_now)

    def _open(self, second: int) -> None:
        """A second begins: what leads it is the rate row at its beginning."""
        tracked_hz, self._quality, reason, self._shown_hz = self._rates.get(second, _NO_RATE)
        silent = reason in SILENT
        if silent and not self._silent:
            self._lose()
        self._silent = silent
        self._known = not silent and tracked_hz == tracked_hz and self._filter.seconds >= SETTLE_S
        if not self._known:
            self._turns.forget()
            self._book.forget()
        if self._filter.seconds:
            import sensorcoach.estimators.breath_phase as M
            if tracked_hz == tracked_hz:
                shown = self._shown_hz
                led = shown if M.USE_SHOWN and abs(math.log(shown / tracked_hz)) < 0.3 else tracked_hz
                if not self._pull == self._pull:
                    self._pull = 0.0
                elif self._led == self._led:
                    # keep own estimate: offset relative to the led rate
                    self._pull += math.log(self._led / led) * M.KEEP
                self._led = led
                self._pull *= 1 - M.GAMMA
                self._pull = max(-M.CLIP, min(M.CLIP, self._pull))
                self._rate_hz = self._filter.lead(led * math.exp(self._pull))
            else:
                self._led = math.nan
                self._pull = 0.0
                self._rate_hz = self._filter.lead(math.nan)

    def _lose(self) -> None:
        """What comes next has nothing to do with what was."""
        self._filter.stop()
        self._axis.restart()
        self._turns.forget()
        self._book.forget()
        self._jolted = False

    def _run(
        self,
        second: int,
        first: int,
        signal: FloatArray,
        phase: Int8Array,
        rate_now: FloatArray,
        events: list[Event],
    ) -> None:
        """Rows `first` and on of a second: write them out, and take the second over when it is whole."""
        last = first + len(signal)
        heard = self._second
        if self._filter.seconds and not self._silent:
            out, lost = self._filter.run(heard, last)
            surprise = np.abs(heard[:, first:last] - out[:, PREDICTED][:, first:last])
            jolts = (surprise > JOLT_G).any(axis=0)
            if not self._jolted:
                stop = min(lost, first + int(jolts.argmax()) if jolts.any() else last, last)
                if self._axis.direction is not None and self._filter.seconds > SETTLE_S:
                    x, y, z = self._axis.direction
                    curve = x * out[0] + y * out[1] + z * out[2]
                    n = stop - first
                    if n > 0:
                        self._show(second, first, stop, curve, signal[:n], phase[:n], rate_now[:n], events)
                if stop < last:
                    self._jolted = True
            if last == ROWS:
                self._take(out)
        elif last == ROWS and not self._silent and not np.isnan(heard).any():
            self._filter.start(heard)
        if last == ROWS:
            self._second[:] = np.nan

    def _show(
        self,
        second: int,
        first: int,
        stop: int,
        curve: FloatArray,
        signal: FloatArray,
        phase: Int8Array,
        rate_now: FloatArray,
        events: list[Event],
    ) -> None:
        wave = curve[WAVE][first:stop]
        absent = np.isnan(self._second[0, first:stop])
        signal[:] = np.where(absent, np.nan, wave / self._unit)
        if not self._known:
            return
        turns, book = self._turns, self._book
        usual_flow = math.sqrt(self._power[1])
        flows = curve[FLOW][first:stop].tolist()
        sign = 1.0
        t_ns = (second * ROWS + first) * GRID_STEP_NS
        skip = absent.tolist()
        for i, (level, flow) in enumerate(zip(wave.tolist(), flows, strict=True)):
            t_ns += GRID_STEP_NS
            if skip[i]:
                continue
            turn = turns.follow(t_ns, sign * flow, usual_flow, self._rate_hz)
            if turn is not None:
                breath = book.turn(turn)
                if breath is not None:
                    events.append(breath)
                    if book.shape is not None and self._polarity.judge(book.shape):
                        sign = -sign
                        self._axis.flip()
                        turns.flip()
                        book.forget()
                        signal[i:] *= -1.0
                        turn = None
                if turn is not None:
                    events.append(self._event(turn))
            book.add(sign * level, self._quality)
            phase[i] = turns.phase
            rate_now[i] = book.rate_now_brpm(t_ns)

    def _event(self, turn: Turn) -> BreathPhase:
        return BreathPhase(
            turn.t_ns, self.stream.sensor, PHASES[turn.phase], turn.onset_ns, TURN_UNCERTAINTY / self._rate_hz
        )

    def _take(self, out: FloatArray) -> None:
        """The second is whole: learn from it, or start again after a jolt."""
        if self._jolted:
            self._lose()
            return
        before = self._filter._known[:, :2].copy()
        level = self._filter.keep(out)
        if self._axis.direction is not None and self._pull == self._pull and self._known:
            import sensorcoach.estimators.breath_phase as M
            d = self._axis.direction
            a0 = sum(x * y for x, y in zip(d, before[:, 0].tolist()))
            b0 = sum(x * y for x, y in zip(d, before[:, 1].tolist()))
            after = self._filter._known
            a1 = sum(x * y for x, y in zip(d, after[:, 0].tolist()))
            b1 = sum(x * y for x, y in zip(d, after[:, 1].tolist()))
            w = 2 * math.pi * self._rate_hz
            c, s_ = math.cos(w), math.sin(w)
            a0, b0 = c * a0 - s_ * b0, s_ * a0 + c * b0
            slip = math.atan2(a0 * b1 - b0 * a1, a0 * a1 + b0 * b1)
            self._pull += M.BETA * slip
        if not self._axis.learn(out[:, WAVE], level):
            self._polarity.forget()
        if self._axis.direction is None:
            return
        x, y, z = self._axis.direction
        curve = x * out[0] + y * out[1] + z * out[2]
        squares = curve * curve
        fresh = (float(np.add.reduce(squares[WAVE])) / ROWS, float(np.add.reduce(squares[FLOW])) / ROWS)
        if self._power_s:
            share = max(1.0 / FLOW_MEMORY_S, 1.0 / (self._power_s + 1))
            wave, flow = (
                old + share * (min(new, FLOW_CLIP * old) - old) for old, new in zip(self._power, fresh, strict=True)
            )
            self._power = (wave, flow)
        else:
            self._power = fresh
        self._power_s += 1
        usual = self._book.usual_depth
        target = usual if usual == usual else RMS_TO_DEPTH * math.sqrt(self._power[0])
        self._unit = target if self._unit != self._unit else self._unit + (target - self._unit) / UNIT_MEMORY_S
