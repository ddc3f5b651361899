"""The shape of a wearer's usual breath, from its harmonics: how short its inhalations are, and whether it is held.

One breath in sway cannot tell a hold from a slow turn, but a habit adds up. The harmonics of the last two breaths (Hann
window, whose zeros fall on the neighbouring harmonics and on the level) are turned by the phase of the fundamental, so
that they do not depend on when the breath began, and averaged over breaths. What scatters the breaths scatters the
harmonics, so it is known how far the mean can be believed.

The second harmonic tells short inhalations from even breath. A breath that is held at one end has a large one, whose
sign tells which end; one that is held at both ends has none, but a third. So the mean is compared with the harmonics of
shapes with and without holds: by how much the best of the one kind fits better than the best of the other (a
generalised likelihood ratio; Kay, Fundamentals of Statistical Signal Processing II, 1998, section 6.4).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...samples import FloatArray
from .pattern_fit import POINTS, levels

ComplexArray = NDArray[np.complex128]
Parts = tuple[float, float, float, float]
"""Inhalation, hold, exhalation, hold."""

HARMONICS: Final = 5
WINDOW: Final = 2
"""Breaths in the window."""
FASTEST_S: Final = 1.5
SLOWEST_S: Final = 20.0
"""Breaths that are looked at, from one inhalation to the next."""
MEMORY: Final = 6.0
"""Time constant of the mean, in breaths."""
APART: Final = 1.33
"""Breaths after which a Hann window of two tells something new."""
LEAST: Final = 1.5
"""Breaths, after the first two, before anything is said: one breath is no habit."""
LOUDEST: Final = 1.5
"""A window counts at most this many times as much as the mean: a jolt is no breath."""
USUAL_SCATTER: Final = 0.2
"""Standard deviation of a window's harmonic, relative to the fundamental, before it is known; counts as two windows."""
USUAL_WINDOWS: Final = 2.0
PEOPLE: Final = 0.03
"""How far (real and imaginary part each) the harmonics of people at rest are from those of any shape listed here."""

BEGIN: Final = 2.0
"""Log-likelihood ratio from which holds are believed; without any it stays below 1 on simulated chests, 1.6 on backs.
"""
BEGIN_SLOW: Final = 1.0
SLOW_S: Final = 11.0
"""The same for breath slower than this: nobody breathes so without a purpose, and holds are a likely one. Without any
it stays below that for 11 of 12 simulated wearers at 5 a minute, and for all at 4."""
KEEP: Final = 0.0
HELD_FROM_S: Final = 4.0
"""In faster breath than this a hold of `_HELD` is too short to matter (`turns.SHORTEST_HOLD_S`)."""
LEAST_TOLD: Final = 0.12
"""The shorter of two holds is told from this share of the breath on."""

USUALLY_INHALED: Final = 0.4
INHALED_SPREAD: Final = 0.07
"""Share of a breath that is inhaled, over people at rest: mean and standard deviation."""
LEAN: Final = (0.2, 0.96)
"""The lean, as a polynomial (without constant) in what the inhalation lacks to half a breath. On simulated chests, the
oscillator is off by 0.11, 0.06, 0.03 and 0 breaths for inhalations of 1/4, 1/3, 2/5 and 1/2 of a breath."""

_HELD: Final = 0.2
_BOTH_HELD: Final = 0.15
"""Shares of a breath from which a hold is one: of the longer, or of both. Up to `_TURN` it is none, and between the two
nobody can tell."""
_TURN: Final = 0.05
_MOST_HELD: Final = 0.6
_HOLDS: Final = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45)
_INHALED: Final = (0.25, 0.3, 0.35, 0.4, 0.45, 0.5)
"""Inhalation, as a share of the part that moves."""
_GRID: Final = 256


class BreathShape:
    """Mean harmonics of the last breaths, and what they speak of."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """What comes next is another breath."""
        self.parts: Parts | None = None
        """Shares of a breath with holds; None while there are none, or it is not known."""
        self.passive = True
        """Whether that exhales fast at first, as one does unforced."""
        self.lean = math.nan
        """By how much of a breath the flow of the oscillator is early where an inhalation begins; see `turns`."""
        self._mean: ComplexArray = np.zeros(HARMONICS, np.complex128)
        self._power = np.zeros(HARMONICS)
        self._count = 0
        self._breaths = 0.0

    def flip(self) -> None:
        """In and out change places."""
        self._mean = self._mean * (-1.0) ** np.arange(HARMONICS)
        self.parts = None
        self.lean = math.nan

    def learn(self, along: FloatArray, period_s: float, step_s: float) -> None:
        """Take in the newest two breaths.

        Parameters
        ----------
        along : float array, shape (n,)
            Points, `POINTS` a second, the newest last, + is in. Nothing is learnt from fewer than two breaths.
        period_s : float
            Of a breath.
        step_s : float
            Time since the last call.
        """
        rows = round(WINDOW * period_s * POINTS)
        if len(along) < rows or not FASTEST_S <= period_s <= SLOWEST_S:
            return
        found = np.add.reduce(_window(rows) * along[-rows:], axis=-1)
        size = abs(complex(found[0]))
        if size == 0.0:
            return
        turned = found * (np.conj(found[0]) / size) ** np.arange(1, HARMONICS + 1)
        if self._count:
            turned *= min(1.0, LOUDEST * float(self._mean[0].real) / size)
        self._count += 1
        share = max(step_s / (MEMORY * period_s), 1.0 / self._count)
        self._mean = self._mean + share * (turned - self._mean)
        self._power = self._power + share * (_squares(turned) - self._power)
        self._breaths = min(self._breaths + step_s / period_s, 2.0 * MEMORY)
        if self._breaths >= LEAST:
            self._judge(period_s)

    def _judge(self, period_s: float) -> None:
        size = float(self._mean[0].real)
        mean: ComplexArray = self._mean[1:] / size
        windows = 1.0 + self._breaths / APART
        scatter = np.maximum(self._power[1:] / (size * size) - _squares(mean), 0.0)
        scatter = (windows * scatter + USUAL_WINDOWS * USUAL_SCATTER**2) / (windows + USUAL_WINDOWS)
        variance = 0.5 * scatter / windows
        shapes = _shapes()
        weight = 0.5 / (variance + PEOPLE**2)
        off = np.add.reduce(_squares(mean - shapes.plain) * weight, axis=-1)
        plain = float(np.minimum.reduce(off))
        likely = np.exp(plain - off) * shapes.usual
        lacks = 0.5 - float(np.add.reduce(likely * shapes.inhaled) / np.add.reduce(likely))
        self.lean = lacks * (LEAN[0] + lacks * LEAN[1])
        least = KEEP if self.parts is not None else BEGIN_SLOW if period_s >= SLOW_S else BEGIN
        self.parts = None
        if period_s < HELD_FROM_S or plain < least:  # no misfit is below zero
            return
        held = np.add.reduce(_squares(mean - shapes.held) * weight, axis=-1)
        best = float(np.minimum.reduce(held))
        if plain - best < least:
            return
        likely = np.exp(best - held)
        likely /= np.add.reduce(likely)
        self.passive = float(np.add.reduce(likely * shapes.passive)) > 0.5
        inhale, hold_in, exhale, hold_out = np.add.reduce(likely[:, None] * shapes.parts, axis=0).tolist()
        if hold_in < LEAST_TOLD:
            inhale, hold_in = inhale + hold_in, 0.0
        if hold_out < LEAST_TOLD:
            exhale, hold_out = exhale + hold_out, 0.0
        self.parts = (inhale, hold_in, exhale, hold_out)


def _squares(x: ComplexArray) -> FloatArray:
    squares: FloatArray = x.real * x.real + x.imag * x.imag
    return squares


@dataclass(frozen=True, slots=True, eq=False)
class _Shapes:
    """Harmonics from the second on, relative to the fundamental and turned by its phase: of shapes without holds, with
    the share that is inhaled and how usual that is, and with holds, with all parts and whether they exhale passively (1
    or 0)."""

    plain: ComplexArray
    inhaled: FloatArray
    usual: FloatArray
    held: ComplexArray
    parts: FloatArray
    passive: FloatArray


@lru_cache(maxsize=1)
def _shapes() -> _Shapes:
    plain: list[tuple[Parts, bool]] = []
    held: list[tuple[Parts, bool]] = []
    for hold_in, hold_out, inhaled, passive in product(_HOLDS, _HOLDS, _INHALED, (True, False)):
        moves = 1.0 - hold_in - hold_out
        shape = (inhaled * moves, hold_in, (1.0 - inhaled) * moves, hold_out), passive
        longest = max(hold_in, hold_out)
        if longest <= _TURN:
            plain.append(shape)
        elif hold_in + hold_out <= _MOST_HELD and (longest >= _HELD or min(hold_in, hold_out) >= _BOTH_HELD):
            held.append(shape)
    share = np.array([parts[0] + parts[1] for parts, _ in plain])
    return _Shapes(
        plain=np.array([_harmonics(*shape) for shape in plain]),
        inhaled=share,
        usual=np.exp(-0.5 * ((share - USUALLY_INHALED) / INHALED_SPREAD) ** 2),
        held=np.array([_harmonics(*shape) for shape in held]),
        parts=np.array([parts for parts, _ in held]),
        passive=np.array([passive for _, passive in held], float),
    )


def _harmonics(parts: Parts, passive: bool) -> ComplexArray:
    u = (np.arange(_GRID) + 0.5) / _GRID
    order = np.arange(1, HARMONICS + 1)
    found = np.add.reduce(levels(u, parts, passive) * np.exp(-2j * np.pi * order[:, None] * u), axis=-1)
    found = found / abs(found[0])
    turned: ComplexArray = (found * np.conj(found[0]) ** order)[1:]
    return turned


@lru_cache(maxsize=32)
def _window(rows: int) -> ComplexArray:
    """What makes the harmonics of so many points, shape (HARMONICS, rows)."""
    u = (np.arange(rows) + 0.5) / rows
    order = np.arange(1, HARMONICS + 1)[:, None]
    table: ComplexArray = (1.0 - np.cos(2.0 * np.pi * u)) * np.exp(-2j * np.pi * WINDOW * order * u) / rows
    return table
