"""From packets' arrival and the device's own clock to the times of samples.

A sample's time comes from its *index*: within a stretch of packets without irregularity, times are a straight line over
the count of samples, so they carry neither the jitter of the radio nor the rounding of the device's clock. Slope and
place of the line are set anew at *knots*, which stand at fixed counts of received samples (every second at first, later
every four), from what was heard up to there. Between knots nothing is decided packet by packet, so a million samples
are stamped by a few array operations, and any cut of the packets gives the same times.

At a knot:

* the period in device time is that of the trailing minutes, counted (slope between the window's ends), weighted against
  the nominal one by how well each is known;
* the ratio of host to device time is the slope of the lower envelope of (arrival − device time); see `clock_fit`;
* the distance to that envelope is steered away within some 20 s, so sensors with clocks of their own stay together.

Packets that break the line (device time jumps, or nothing came for long) are looked at one by one: lost packets make a
gap as long as the device's clock says; a clock that was set anew is followed from the packet's arrival. A device
without a clock is treated as one whose clock counts samples at the nominal rate. There a loss without a counter shows
only as a lasting delay: its gap is placed where that is recognised, some two seconds later, and a loss shorter than
40 ms is never recognised, only steered away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..profiles.model import Counter, DeviceTime
from ..samples import NS, IntArray
from .clock_fit import KNOTS, PERIOD_RANGE, SPARSE, ClockFit

BoolArray = NDArray[np.bool_]

STEER_S: Final = 20.0
"""A distance from the envelope shrinks with this time constant."""
STEER_LIMIT: Final = 0.05

LOSS_RATIO: Final = 1.5
"""Device time that advances by more than this times the packet's own length tells of lost packets."""
EARLIEST_NS: Final = -NS // 2
"""A packet that comes earlier than this before the envelope was not sent by the clock known so far."""
LATEST_NS: Final = 5 * NS
"""After a break in device time, a packet later than this has a new clock: links that buffer longer are given up."""
STALL_NS: Final = 3 * NS
"""Without clock and counter: what comes later than this is after a gap; shorter stalls of the radio are made up for."""
REMEMBERED: Final = 8
"""How many past packets a repeated one is compared with."""


@dataclass(frozen=True, slots=True, eq=False)
class Stamps:
    """Times of one batch. `keep` marks the packets that are no repetitions; `t_ns` has a time for each sample of those.

    `gaps` holds (time of the last sample before, time of the first one after, lost samples or -1 where not known).
    """

    keep: BoolArray
    t_ns: IntArray
    gaps: list[tuple[int, int, int]]


class TimeBase:
    """Stamps the samples of one stream. Picklable; its memory does not grow.

    Parameters
    ----------
    sampling_rate_hz : float
        Nominal rate.
    clock : DeviceTime or None
    counter : Counter or None
        What each packet carries beside its samples.
    """

    def __init__(
        self, sampling_rate_hz: float, clock: DeviceTime | None = None, counter: Counter | None = None
    ) -> None:
        self._nominal_ns = NS / sampling_rate_hz
        self._clock = clock
        self._counter = counter
        self._tick_bits = 0
        self._blind = clock is None and counter is None
        self._knot_every = max(1, round(sampling_rate_hz))
        self._fit = ClockFit(self._nominal_ns, None if clock is None else clock.tick_ns)
        self._seen: NDArray[Any] | None = None
        self._started = False
        # The line in force: the sample with count q (1, 2, …) has time _line_ns + _step_ns * (q - _line_count).
        self._line_ns, self._line_count, self._step_ns = 0, 0, self._nominal_ns
        # The packet before.
        self._count, self._packet_size = 0, 0
        self._arrival_ns, self._device_ns, self._mark_ns = 0, 0, 0
        self._tick: Any = 0
        self._counted: Any = 0
        self._skipped, self._skipped_ns = 0, 0
        self.repeated = 0
        self.lost_samples = 0
        self.lost_packets = 0
        self.clock_resets = 0

    @property
    def sampling_rate_hz(self) -> float:
        """The rate as measured so far, in host time; the nominal one before the first second."""
        return NS / (self._fit.period_ns * self._fit.ratio)

    def stamp(
        self,
        arrival_ns: IntArray,
        counts: IntArray,
        ticks: NDArray[Any] | None = None,
        counters: NDArray[Any] | None = None,
    ) -> Stamps:
        """Times of the samples of consecutive packets.

        Parameters
        ----------
        arrival_ns : int64 array, shape (m,)
        counts : int64 array, shape (m,)
            Samples in each packet, at least 1.
        ticks : number array, shape (m,), or None
            Device time as sent; None exactly when there is no `clock`.
        counters : integer array, shape (m,), or None
        """
        keep = self._new(counters if counters is not None else ticks, len(counts))
        if not keep.all():
            arrival_ns, counts = arrival_ns[keep], counts[keep]
            ticks = None if ticks is None else ticks[keep]
            counters = None if counters is None else counters[keep]
        if not len(counts):
            return Stamps(keep, np.empty(0, np.int64), [])
        total = self._count + np.cumsum(counts)
        before = np.concatenate([[self._packet_size], counts[:-1]])
        arrived = np.diff(arrival_ns, prepend=self._arrival_ns if self._started else arrival_ns[0])
        missing = self._missing(counters, before)
        if ticks is None:
            device = np.rint(total * self._nominal_ns).astype(np.int64)
            due = counts
            odd = arrived > STALL_NS // 2 + counts * self._nominal_ns
            if missing is not None:
                odd |= missing != 0
        else:
            marks_last = self._clock is not None and self._clock.marks == "last"
            due = counts if marks_last else before
            advance = self._advance(ticks, arrived)
            if not self._started:
                advance[0] = 0
            mark = self._mark_ns + np.cumsum(advance)
            self._mark_ns = int(mark[-1])
            device = mark if marks_last else mark + np.rint((counts - 1) * self._nominal_ns).astype(np.int64)
            odd = (advance > (LOSS_RATIO / PERIOD_RANGE) * self._nominal_ns * due) | (advance <= 0)
        odd[0] |= not self._started
        delay = arrival_ns - device
        knot = self._knot_number(np.concatenate([[self._count], total]))
        closes = knot[1:] > knot[:-1]

        starts = np.flatnonzero(odd | np.concatenate([[True], closes[:-1]])).tolist()
        lines: list[tuple[int, int, float]] = []
        gaps: list[tuple[int, int, int]] = []
        for a, b in zip(starts, [*starts[1:], len(counts)], strict=True):
            if odd[a]:
                gap = self._irregular(
                    int(arrival_ns[a]),
                    int(counts[a]),
                    int(device[a]),
                    int(due[a]),
                    None if missing is None else int(missing[a]),
                )
                if gap:
                    gaps.append(gap)
            lines.append((self._line_ns, self._line_count, self._step_ns))
            low = a + int(delay[a:b].argmin())
            self._fit.see(int(delay[low]) - self._skipped_ns, int(device[low]) + self._skipped_ns)
            self._count = int(total[b - 1])
            self._device_ns, self._arrival_ns = int(device[b - 1]), int(arrival_ns[b - 1])
            self._packet_size = int(counts[b - 1])
            if closes[b - 1]:
                gap = self._close_knot()
                if gap:
                    gaps.append(gap)

        first = int(total[0] - counts[0])
        ends = np.concatenate([total[np.array(starts[1:], np.int64) - 1], total[-1:]])
        sizes = np.diff(ends, prepend=first)
        line_ns, line_count, step_ns = (np.repeat(np.array(column), sizes) for column in zip(*lines, strict=True))
        position = np.arange(first + 1, int(total[-1]) + 1) - line_count
        return Stamps(keep, line_ns + np.rint(step_ns * position).astype(np.int64), gaps)

    def _new(self, ids: NDArray[Any] | None, n: int) -> BoolArray:
        """Which packets carry a counter or device time that none of the last few had."""
        keep = np.ones(n, np.bool_)
        if ids is None or not n:
            return keep
        past = ids[:0] if self._seen is None else self._seen
        chain = np.concatenate([past, ids])
        self._seen = chain[-REMEMBERED:].copy()
        if len(chain) < 2 or (chain[1:] > chain[:-1]).all():
            return keep
        for back in range(1, REMEMBERED + 1):
            first = min(max(back - len(past), 0), n)
            keep[first:] &= ids[first:] != chain[len(past) + first - back :][: n - first]
        self.repeated += n - int(np.count_nonzero(keep))
        return keep

    def _missing(self, counters: NDArray[Any] | None, before: IntArray) -> IntArray | None:
        """Samples that the counter says are missing before each packet; negative where it went back."""
        if counters is None or self._counter is None:
            return None
        previous = self._counted if self._started else counters[0]
        step = _wrapped(counters, previous)
        if not self._started:
            step[0] = before[0] if self._counter.counts == "samples" else 1
        self._counted = counters[-1]
        if self._counter.counts == "samples":
            return step - before
        return (step - 1) * before

    def _advance(self, ticks: NDArray[Any], arrived: IntArray) -> IntArray:
        """Device time since the packet before, ns. Whole wraps that fit into the time that passed are added."""
        assert self._clock is not None
        previous = self._tick if self._started else ticks[0]
        self._tick = ticks[-1]
        if ticks.dtype.kind == "f":
            span = np.diff(ticks.astype(np.float64), prepend=float(previous)) * self._clock.tick_ns
            return np.rint(np.clip(span, -1e17, 1e17)).astype(np.int64)
        advance = _wrapped(ticks, previous) * np.int64(self._clock.tick_ns)
        bits = ticks.dtype.itemsize * 8
        wrap_ns = float(self._clock.tick_ns) * 2.0**bits
        if wrap_ns < 1e17:
            turns = np.maximum(np.rint((arrived - advance) / wrap_ns), 0.0)
            advance += turns.astype(np.int64) * np.int64(wrap_ns)
        return advance

    def _knot_number(self, count: IntArray) -> IntArray:
        dense = count // self._knot_every
        if self._blind:
            return dense
        return np.where(dense < KNOTS, dense, KNOTS + (dense - KNOTS) // SPARSE)

    def _now_ns(self) -> int:
        """Time of the newest stamped sample."""
        return self._line_ns + round(self._step_ns * (self._count - self._line_count))

    def _begin(self, arrival_ns: int, size: int, device_ns: int, earliest_ns: int) -> None:
        """Start a line: the packet's last sample was taken when it arrived, but none before `earliest_ns`."""
        self._line_count = self._count
        self._line_ns = max(arrival_ns - round(self._step_ns * size), earliest_ns - round(self._step_ns))
        self._fit.begin(self._count + size + self._skipped, device_ns + self._skipped_ns, arrival_ns)

    def _irregular(
        self, arrival_ns: int, size: int, device_ns: int, due: int, missing: int | None
    ) -> tuple[int, int, int] | None:
        """A packet that may not follow on the one before: put the line right, and tell of the gap if there is one."""
        if not self._started:
            self._started = True
            self._begin(arrival_ns, size, device_ns, 0)
            return None
        now_ns = self._now_ns()
        if self._clock is None:
            late_ns = arrival_ns - now_ns - round(self._step_ns * size)
            if (
                missing is not None
                and missing > 0
                and missing * self._nominal_ns < arrival_ns - self._arrival_ns + 2 * NS
            ):
                lost = missing
            elif missing is None and late_ns > STALL_NS:
                lost = round(late_ns / self._step_ns)
            else:
                return None
            return self._skip(now_ns, lost)
        advance_ns = device_ns - self._device_ns
        if 0 < advance_ns < LOSS_RATIO * due * self._fit.period_ns + self._clock.tick_ns:
            return None
        early_ns = arrival_ns - device_ns - self._fit.envelope_ns(device_ns)
        if advance_ns > 0 and EARLIEST_NS <= early_ns <= LATEST_NS:
            lost = max(1, round(advance_ns / self._fit.period_ns) - size)
            if missing is not None and abs(missing - lost) <= max(size, lost // 20):
                lost = max(1, missing)
            self._line_ns = max(now_ns, now_ns + round(self._fit.ratio * advance_ns) - round(self._step_ns * size))
            self._line_count = self._count
            self._skipped += lost
            self._tell_loss(lost)
            return now_ns, self._line_ns + round(self._step_ns), lost
        self.clock_resets += 1
        self._begin(arrival_ns, size, device_ns, now_ns + round(self._step_ns))
        first_ns = self._line_ns + round(self._step_ns)
        return (now_ns, first_ns, -1) if first_ns - now_ns > LOSS_RATIO * self._step_ns else None

    def _skip(self, now_ns: int, lost: int) -> tuple[int, int, int]:
        """Without a device clock: `lost` samples are missing after the newest one."""
        self._line_ns, self._line_count = now_ns + round(self._step_ns * lost), self._count
        self._skipped += lost
        self._skipped_ns += round(self._nominal_ns * lost)
        self._tell_loss(lost)
        return now_ns, self._line_ns + round(self._step_ns), lost

    def _tell_loss(self, lost: int) -> None:
        self.lost_samples += lost
        self.lost_packets += max(1, round(lost / max(1, self._packet_size)))

    def _close_knot(self) -> tuple[int, int, int] | None:
        """Measure rate and place anew, and turn the line towards them."""
        now_ns, device_ns = self._now_ns(), self._device_ns + self._skipped_ns
        self._fit.knot(self._count + self._skipped, device_ns)
        step_ns = self._fit.period_ns * self._fit.ratio
        self._line_ns, self._line_count, self._step_ns = now_ns, self._count, step_ns
        lost = self._fit.lost_unseen(self._packet_size) if self._blind else 0
        gap = self._skip(now_ns, lost) if lost else None
        device_ns = self._device_ns + self._skipped_ns
        behind_ns = device_ns + self._fit.envelope_ns(device_ns) - self._line_ns
        self._step_ns = step_ns * (1.0 + min(max(behind_ns / (STEER_S * NS), -STEER_LIMIT), STEER_LIMIT))
        return gap


def _wrapped(values: NDArray[Any], previous: Any) -> IntArray:
    """Differences of a wrapping integer counter, in -2^(bits-1) .. 2^(bits-1) - 1."""
    bits = values.dtype.itemsize * 8
    native = values.astype(values.dtype.newbyteorder("="))
    chain = np.concatenate([np.array([previous], native.dtype), native]).view(f"u{bits // 8}")
    steps: NDArray[Any] = (chain[1:] - chain[:-1]).view(f"i{bits // 8}")
    return steps.astype(np.int64)
