"""The figure of single breaths: the clearest minute, with phases and, where one ran, the pacer."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..events import SHOWN, TRUSTED
from ..samples import NS, FloatArray
from .gather import Recording
from .scales import Scale, elapsed_words
from .svg import Figure, fits
from .timeline import LEFT, RIGHT, WIDTH, pieces

HEIGHT: Final = 150.0
TICK_S: Final = 10.0

_INHALING: Final = frozenset(("inhale", "hold_in"))


def clearest_stretch(recording: Recording) -> tuple[float, float] | None:
    """Start and end (s) of the clearest minute, or half minute where no minute is clear; None where little is known.

    Clear is what whole, trusted breaths cover; stretches with a pacer come first among equals.
    """
    rows = recording.breath
    if not len(rows) or not len(recording.wave):
        return None
    sure = _covered(recording, rows["t_s"] - 0.5, TRUSTED)
    worth = np.where(sure, np.where(recording.is_paced(rows["t_s"]), 1.5, 1.0), -0.5)
    for length_s, least in ((60, 0.85), (30, 0.5)):
        size = min(length_s, len(worth))
        i = int(np.argmax(np.round(np.convolve(worth, np.ones(size), "valid"), 3)))
        if sure[i : i + size].mean() >= least:
            start_s = float(rows["t_s"][i]) - 1.0
            return start_s, start_s + size
    return None


def _covered(recording: Recording, t_s: FloatArray, quality: float) -> NDArray[np.bool_]:
    """Whether each of these times lies within a whole breath of at least this quality."""
    out = np.zeros(len(t_s), np.bool_)
    for breath in recording.breaths[recording.breaths["quality"] >= quality]:
        a, b = np.searchsorted(t_s, (breath["t_inhale_s"], breath["t_end_s"]))
        out[a:b] = True
    return out


def draw_breath(recording: Recording, window: tuple[float, float]) -> Figure:
    """The breathing movement of a minute: up is in."""
    start_s, end_s = window
    inside = (recording.wave_t_s >= start_s) & (recording.wave_t_s <= end_s)
    t_s, wave = recording.wave_t_s[inside], recording.wave[inside]
    low, high = _bounds(wave)
    x = Scale(start_s, end_s, LEFT, WIDTH - RIGHT)
    y = Scale(low, high, 30.0 + HEIGHT, 30.0)
    breaths = recording.breaths
    whole = breaths[(breaths["t_inhale_s"] >= start_s) & (breaths["t_end_s"] <= end_s)]
    description = (
        f"Breathing movement from {elapsed_words(start_s)} to {elapsed_words(end_s)} of the recording; up is breathing"
        f" in. {len(whole)} whole breaths are seen."
    )
    figure = Figure("breath", "Breath by breath", description, WIDTH, 30.0 + HEIGHT + 24.0)
    _draw_phases(figure, recording, x, start_s, end_s)
    figure.line(LEFT, y.start, WIDTH - RIGHT, y.start, "base")
    figure.text(LEFT - 7.0, 40.0, "in", anchor="end")
    figure.text(LEFT - 7.0, 28.0 + HEIGHT, "out", anchor="end")
    _draw_pacer(figure, recording, x, y, start_s, end_s, (low, high))
    figure.lines(pieces(t_s, wave, x, y, gap_s=0.09), "s-breath")
    for at_s in np.arange(math.ceil(start_s / TICK_S) * TICK_S, end_s + 0.1, TICK_S).tolist():
        figure.line(x(at_s), y.start, x(at_s), y.start + 4.0, "base")
        figure.text(x(at_s), y.start + 17.0, elapsed_words(at_s), anchor="middle")
    return figure


def _draw_phases(figure: Figure, recording: Recording, x: Scale, start_s: float, end_s: float) -> None:
    """Tinted while breathing in, wherever a whole breath is known; a word stands over the first phase of each kind."""
    named: set[str] = set()
    phases = [*recording.phases, (end_s, "")]
    for (begin_s, phase), (next_s, _) in zip(phases[:-1], phases[1:], strict=True):
        a, b = max(begin_s, start_s), min(next_s, end_s)
        if b <= a or phase == "" or not _covered(recording, np.array([(begin_s + next_s) / 2.0]), SHOWN)[0]:
            continue
        if phase in _INHALING:
            figure.rect(x(a), 30.0, x(b) - x(a), HEIGHT, "tint-breath")
        word = {"inhale": "in", "exhale": "out"}.get(phase, "hold")
        if word not in named and fits(word, x(b) - x(a)):
            named.add(word)
            figure.text((x(a) + x(b)) / 2.0, 22.0, word, anchor="middle")


def _draw_pacer(
    figure: Figure,
    recording: Recording,
    x: Scale,
    y: Scale,
    start_s: float,
    end_s: float,
    bounds: tuple[float, float],
) -> None:
    """The pacer's level between the lowest and the highest of the wearer's own curve."""
    low, high = bounds
    margin = 0.12 * (high - low)
    for a, b, pacer in recording.paced(start_s, end_s):
        t_s = np.arange(a, b, 0.1)
        level = pacer.levels(np.round(t_s * NS).astype(np.int64))
        values = low + margin + level * (high - low - 2 * margin)
        figure.lines(pieces(t_s, values, x, y, gap_s=0.5), "s-pacer")


def _bounds(wave: FloatArray) -> tuple[float, float]:
    known = wave[np.isfinite(wave)]
    if len(known) < 2:
        return -1.0, 1.0
    low, high = np.percentile(known, [0.5, 99.5]).tolist()
    room = max(0.12 * (high - low), 1e-6)
    return low - room, high + room
