"""When each breath begins, turns and ends, and the curve the chest follows: the plan is the ground truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..samples import FloatArray
from .curves import MINIMUM_JERK, PASSIVE, Eased, SmoothNoise, generator
from .scenario import BreathingPart, Scenario

SIGH_DEPTH: Final = 2.3
SIGH_STRETCH: Final = 1.4
"""A sigh is at least twice as deep as its neighbours (Vlemincx et al. 2013, Biol Psychol 93:386), and longer."""


@dataclass(frozen=True, slots=True, eq=False)
class Breaths:
    """Every breath, in the wearer's own time (s): arrays of one length.

    An inhalation ends where the hold begins; without a hold, `hold_in_s` equals `exhale_s`, and `hold_out_s` `end_s`.
    """

    inhale_s: FloatArray
    hold_in_s: FloatArray
    exhale_s: FloatArray
    hold_out_s: FloatArray
    end_s: FloatArray
    depth: FloatArray

    def __len__(self) -> int:
        return len(self.inhale_s)


def plan_breaths(scenario: Scenario, seed: int) -> Breaths:
    """Lay out the breaths of a whole scenario. The last one ends exactly with it, so that a loop closes."""
    rng = generator(seed, "breaths")
    drift_at_s = np.arange(0.0, scenario.duration_s + 20.0, 10.0)
    drift = SmoothNoise(seed, "breath drift", 40.0, rms=1.0).at(drift_at_s).x[0]
    parts = scenario.breathing
    ends = [part.at_s for part in parts[1:]] + [scenario.duration_s]
    rows: list[tuple[float, ...]] = []
    t, which, wander = 0.0, 0, 0.0
    next_sigh = _next_sigh(0.0, parts[0], rng)
    while t < scenario.duration_s - 0.5:
        while which + 1 < len(parts) and parts[which + 1].at_s <= t:
            which += 1
            next_sigh = _next_sigh(t, parts[which], rng)
        part, end = parts[which], ends[which]
        if part.rate_brpm == (0.0,):
            t = end
            continue
        wander = 0.6 * wander + 0.8 * rng.standard_normal()
        slow = float(np.interp(t, drift_at_s, drift))
        stretch = float(np.exp(part.variability * wander + part.drift * slow))
        depth = part.depth * float(np.exp(1.5 * part.variability * rng.standard_normal()))
        if t >= next_sigh:
            stretch, depth = stretch * SIGH_STRETCH, depth * SIGH_DEPTH
            next_sigh = _next_sigh(t, part, rng)
        lengths = _phases_s(part, t, end) * stretch
        left = scenario.duration_s - t
        if left < 1.5 * lengths.sum():
            lengths *= left / lengths.sum()
        times = t + np.concatenate([[0.0], np.cumsum(lengths)])
        rows.append((*times, depth))
        t = float(times[-1])
    table = np.array(rows).reshape(-1, 6).T
    return Breaths(*(np.ascontiguousarray(column) for column in table))


def breath_curve(breaths: Breaths, seed: int) -> Eased:
    """Lung volume over time: 0 is rest, 1 the top of a normal breath. Ends of breaths scatter by 4 % of a breath."""
    n = len(breaths)
    rest = 0.04 * generator(seed, "breath rest level").standard_normal(n)
    if n:
        rest[-1] = 0.0
    before = np.concatenate([[0.0], rest[:-1]])[:n]
    levels = np.concatenate([[0.0], np.stack([before + breaths.depth, rest], axis=1).ravel()])
    starts = np.stack([breaths.inhale_s, breaths.exhale_s], axis=1).ravel()
    ends = np.stack([breaths.hold_in_s, breaths.hold_out_s], axis=1).ravel()
    return Eased(starts, ends - starts, levels, np.tile([MINIMUM_JERK, PASSIVE], n))


def _next_sigh(t_s: float, part: BreathingPart, rng: np.random.Generator) -> float:
    return t_s + part.sigh_every_s * rng.uniform(0.6, 1.4) if part.sigh_every_s > 0 else np.inf


def _phases_s(part: BreathingPart, t_s: float, end_s: float) -> FloatArray:
    """Lengths of inhalation, hold, exhalation, hold of a breath that begins now, before variability."""
    if not part.rate_brpm:
        return np.array([part.inhale_s, part.hold_in_s, part.exhale_s, part.hold_out_s])
    cycle = 60.0 / _rate_brpm(part, t_s, end_s)
    cycle = 60.0 / _rate_brpm(part, t_s + cycle / 2, end_s)  # on a ramp, the rate in the middle of the breath
    moving = cycle - part.hold_in_s - part.hold_out_s
    inhale = moving * part.ie_ratio / (1.0 + part.ie_ratio)
    return np.array([inhale, part.hold_in_s, moving - inhale, part.hold_out_s])


def _rate_brpm(part: BreathingPart, t_s: float, end_s: float) -> float:
    rates = part.rate_brpm
    since = t_s - part.at_s
    if part.step_s > 0:
        return rates[min(int(since / part.step_s), len(rates) - 1)]
    corners = np.linspace(0.0, end_s - part.at_s, len(rates))
    return float(np.interp(since, corners, rates))
