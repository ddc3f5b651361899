"""How a device's sample count and clock relate to the time of packets' arrival, fitted at knots.

A knot is the state at one packet: how many samples there were, the device's time, and the lower envelope of (arrival −
device time) since the knot before. Radio only delays, so the packets that came fastest show the true relation of the
two clocks (the idea of Moon, Skelly & Towsley, INFOCOM 1999).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

KNOTS: Final = 64
"""Knots that are remembered, and how many of the first ones stand a second apart (later ones: `SPARSE` seconds)."""
SPARSE: Final = 4
RECENT: Final = 16
"""Knots whose lower envelope places the line."""

PERIOD_PRIOR: Final = 0.03
"""How far true rates usually are from nominal ones: the data sheets of MEMS sensors give ±1 to ±3 %."""
PERIOD_RANGE: Final = 1.25
"""Periods further from nominal than this factor are not believed."""
CLOCK_PRIOR: Final = 0.003
"""How far device clocks usually are from true time; crystals are better than 1e-4, RC oscillators worse."""
CLOCK_JITTER_NS: Final = 2e6
"""How well one device time stamp is known, beside its resolution."""
ARRIVAL_JITTER_NS: Final = 10e6
"""How well the lower envelope of arrivals is known: connection intervals are 7.5 to 50 ms."""

LOSS_DELAY_NS: Final = 40_000_000
"""Without clock and counter: the least rise of the envelope that is taken for a loss ..."""
LOSS_SHARE: Final = 0.7
"""... and the least share of a packet's length."""
BEFORE_LOSS, AFTER_LOSS = 8, 2
"""Knots whose envelopes are compared, before and since a loss."""


@dataclass(frozen=True, slots=True)
class Knot:
    """One knot; times in ns. The envelope is held as it is reckoned with: with few samples a second that is half of
    all decoding."""

    index: int
    device_ns: int
    low_ns: float  # lower envelope of (arrival - device time) since the knot before ...
    low_at_ns: float  # ... and the device time at which it was seen


class ClockFit:
    """Period of samples in device time, ratio of host to device time, and the envelope that places both in host time.

    Parameters
    ----------
    period_ns : float
        Nominal period.
    resolution_ns : int or None
        Of the device's clock; None where it has none and device time is only a count of samples.

    Attributes
    ----------
    period_ns : float
        Device time from sample to sample, as measured so far.
    ratio : float
        Host time per device time, as measured so far.
    """

    def __init__(self, period_ns: float, resolution_ns: int | None) -> None:
        self._nominal_ns = period_ns
        self._resolution_ns = resolution_ns
        self.period_ns = self._period_prior_ns = period_ns
        self.ratio = self._ratio_prior = 1.0
        self._knots: list[Knot] = []
        self._low: tuple[float, float] | None = None

    def begin(self, index: int, device_ns: int, arrival_ns: int) -> None:
        """Forget the envelope (the device's clock is new), but not how fast it runs."""
        self._period_prior_ns, self._ratio_prior = self.period_ns, self.ratio
        self._knots.clear()
        self._low = None
        self._knots.append(Knot(index, device_ns, float(arrival_ns - device_ns), float(device_ns)))

    def see(self, delay_ns: int, device_ns: int) -> None:
        """A packet came `delay_ns` after its device time; the lowest since the last knot is kept."""
        if self._low is None or delay_ns < self._low[0]:
            self._low = (float(delay_ns), float(device_ns))

    def envelope_ns(self, at_ns: int) -> float:
        """Lower envelope of (arrival − device time) at device time `at_ns`, from the recent knots and since."""
        drift = self.ratio - 1.0
        lows = _lows(self._knots[-RECENT:], drift, at_ns)
        if self._low is not None:
            lows.append(self._low[0] + drift * (at_ns - self._low[1]))
        return min(lows)

    def knot(self, index: int, device_ns: int) -> None:
        """Set a knot and measure anew: `index` samples (received and lost) up to device time `device_ns`."""
        assert self._low is not None, "a knot stands at a packet"
        self._knots = [*self._knots[1 - KNOTS :], Knot(index, device_ns, *self._low)]
        self._low = None
        self._measure_period()
        self._measure_ratio()

    def lost_unseen(self, size: int) -> int:
        """Without clock and counter: samples that are missing since about two seconds, when the envelope rose.

        `size` is how many samples a packet has. The knots since then are put right.
        """
        knots = self._knots
        earlier, since = knots[-BEFORE_LOSS - AFTER_LOSS : -AFTER_LOSS], knots[-AFTER_LOSS:]
        if len(earlier) < BEFORE_LOSS:
            return 0
        drift, at_ns = self.ratio - 1.0, knots[-1].device_ns
        old_ns, new_ns = min(_lows(earlier, drift, at_ns)), min(_lows(since, drift, at_ns))
        packet_ns = size * self._nominal_ns
        if new_ns < old_ns - LOSS_DELAY_NS:  # what was taken for lost came after all: no sign of another rate
            for i, k in enumerate(knots[:-AFTER_LOSS]):
                self._knots[i] = Knot(k.index, k.device_ns, k.low_ns - round(old_ns - new_ns), k.low_at_ns)
            return 0
        if new_ns - old_ns < max(LOSS_DELAY_NS, LOSS_SHARE * packet_ns):
            return 0
        lost = size * max(1, round((new_ns - old_ns) / packet_ns))
        lost_ns = round(lost * self._nominal_ns)
        for i, k in enumerate(since, len(knots) - len(since)):  # they were seen after the loss
            self._knots[i] = Knot(k.index + lost, k.device_ns + lost_ns, k.low_ns - lost_ns, k.low_at_ns + lost_ns)
        return lost

    def _measure_period(self) -> None:
        if self._resolution_ns is None:
            return
        first, last = self._knots[0], self._knots[-1]
        span_ns, samples = last.device_ns - first.device_ns, last.index - first.index
        if span_ns <= 0 or samples <= 0:
            return
        doubt_ns = (CLOCK_JITTER_NS + self._resolution_ns) / PERIOD_PRIOR
        trust = span_ns**2 / (span_ns**2 + doubt_ns**2)
        period_ns = trust * span_ns / samples + (1.0 - trust) * self._period_prior_ns
        self.period_ns = min(max(period_ns, self._nominal_ns / PERIOD_RANGE), self._nominal_ns * PERIOD_RANGE)

    def _measure_ratio(self) -> None:
        knots = self._knots
        part = max(1, len(knots) // 4)
        drift, at_ns = self.ratio - 1.0, knots[-1].device_ns
        lows = _lows(knots[:part] + knots[-part:], drift, at_ns)
        first = knots[lows.index(min(lows[:part]), 0, part)]
        last = knots[lows.index(min(lows[part:]), part) - 2 * part]
        span_ns = int(last.low_at_ns - first.low_at_ns)
        if span_ns <= 0:
            return
        prior = PERIOD_PRIOR if self._resolution_ns is None else CLOCK_PRIOR
        trust = span_ns**2 / (span_ns**2 + (ARRIVAL_JITTER_NS / prior) ** 2)
        slope = 1.0 + (last.low_ns - first.low_ns) / span_ns
        ratio = trust * slope + (1.0 - trust) * self._ratio_prior
        self.ratio = min(max(ratio, 1.0 / PERIOD_RANGE), PERIOD_RANGE)


def _lows(knots: Iterable[Knot], drift: float, at_ns: int) -> list[float]:
    """Each knot's envelope carried on to device time `at_ns`."""
    now_ns = float(at_ns)
    return [k.low_ns + drift * (now_ns - k.low_at_ns) for k in knots]
