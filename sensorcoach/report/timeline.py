"""The figure over time: what the wearer did, how they breathed, how the upper back leaned, on one axis.

One figure for a recording of five minutes and for a day: whoever asks for it brings values on any time grid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..coach.slouch import SlouchSettings
from ..coach.wording import activity_words, reason_words
from ..samples import FloatArray
from .scales import Scale, nice_bounds, ticks
from .svg import Figure, Point, fits

WIDTH: Final = 780.0
LEFT: Final = 38.0
RIGHT: Final = 8.0
MOST_POINTS: Final = 600
"""Longer curves are drawn through the means of bins: a figure cannot show more, and the page stays small."""
RIBBON_BINS: Final = 720
LABELLED_SLOUCHES: Final = 24

_RATE_HEIGHT: Final = 120.0
_ANGLE_HEIGHT: Final = 130.0


@dataclass(frozen=True, slots=True)
class Span:
    """Something from `start_s` to `end_s`."""

    start_s: float
    end_s: float
    word: str = ""
    value: float = float("nan")
    trusted: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """What is drawn. All arrays have the shape of `t_s` (n,), the ends of steps of `step_s`.

    Attributes
    ----------
    activity : array of str
    rate_brpm, flexion_deg : float arrays
        nan where not known.
    rate_trusted, flexion_trusted : bool arrays
    reason : array of str
        Why there is no rate.
    slouches, paces : sequences of Span
        A pace's `value` is its rate, brpm.
    marks : sequence of (t_s, label)
    clock : sequence of (t_s, label)
        Where the axis has its ticks.
    """

    start_s: float
    end_s: float
    step_s: float
    t_s: FloatArray
    activity: NDArray[np.str_]
    rate_brpm: FloatArray
    rate_trusted: NDArray[np.bool_]
    reason: NDArray[np.str_]
    flexion_deg: FloatArray
    flexion_trusted: NDArray[np.bool_]
    slouches: Sequence[Span] = ()
    paces: Sequence[Span] = ()
    marks: Sequence[tuple[float, str]] = ()
    clock: Sequence[tuple[float, str]] = field(default_factory=tuple)
    axis_words: str = ""
    threshold_deg: float = SlouchSettings().threshold_deg


def draw_timeline(timeline: Timeline, description: str) -> Figure:
    """The figure with its three parts."""
    x = Scale(timeline.start_s, timeline.end_s, LEFT, WIDTH - RIGHT)
    figure = Figure("over-time", "Activity, breathing rate and lean over time", description, WIDTH, 0.0)
    y = _draw_activity(figure, timeline, x, 0.0)
    y = _draw_rate(figure, timeline, x, y + 22.0)
    y = _draw_angle(figure, timeline, x, y + 26.0)
    for at_s, label in timeline.clock:
        last = x(at_s) > WIDTH - 18.0
        figure.text(WIDTH if last else x(at_s), y + 16.0, label, anchor="end" if last else "middle")
    y += 16.0
    if timeline.axis_words:
        y += 16.0
        figure.text(WIDTH - RIGHT, y, timeline.axis_words, anchor="end")
    figure.height = y + 6.0
    return figure


def runs(words: NDArray[np.str_]) -> list[tuple[int, int, str]]:
    """Stretches of the same word: first and last + 1, and the word."""
    if not len(words):
        return []
    cuts = [0, *((words[1:] != words[:-1]).nonzero()[0] + 1).tolist(), len(words)]
    return [(a, b, str(words[a])) for a, b in zip(cuts[:-1], cuts[1:], strict=True)]


def _draw_activity(figure: Figure, timeline: Timeline, x: Scale, y: float) -> float:
    """A ribbon; its widest stretches carry their name, the others are named below it."""
    figure.text(0.0, y + 12.0, "What you did", "name")
    top, height = y + 20.0, 22.0
    activity, t_s = _most_frequent(timeline)
    step_s = (t_s[1] - t_s[0]) if len(t_s) > 1 else timeline.step_s
    unnamed: dict[str, None] = {}
    named: set[str] = set()
    for a, b, word in runs(activity):
        x0, x1 = x(t_s[a] - step_s), x(t_s[b - 1])
        if word in ("off", "unknown", ""):
            figure.hatch(x0, top, x1 - x0, height)
        else:
            figure.rect(x0, top, x1 - x0, height, f"f-{word}")
        label = "no data" if word == "" else activity_words(word)
        if fits(label, x1 - x0):
            figure.text((x0 + x1) / 2.0, top + 15.0, label, "on-fill", anchor="middle")
            named.add(word)
        else:
            unnamed[word] = None
    left = LEFT
    for word in (w for w in unnamed if w not in named):
        label = "no data" if word == "" else activity_words(word)
        if word in ("off", "unknown", ""):
            figure.hatch(left, top + height + 7.0, 10.0, 10.0)
        else:
            figure.rect(left, top + height + 7.0, 10.0, 10.0, f"f-{word}", radius=2.0)
        figure.text(left + 14.0, top + height + 16.0, label)
        left += 14.0 + len(label) * 6.1 + 16.0
    return top + height + (18.0 if left > LEFT else 0.0)


def _draw_rate(figure: Figure, timeline: Timeline, x: Scale, y: float) -> float:
    known = timeline.rate_brpm[np.isfinite(timeline.rate_brpm)]
    paces = [span.value for span in timeline.paces]
    low = min([*paces, *(np.percentile(known, [1]).tolist() if len(known) else [10.0])])
    high = max([*paces, *(np.percentile(known, [99]).tolist() if len(known) else [18.0])])
    bottom, top_value = nice_bounds(max(low - 1.5, 0.0), high + 1.5, 4.0, 12.0)
    top = _panel_name(figure, y, "Breathing rate", "breaths a minute")
    legend = [("line s-breath", "sure")] * bool((np.isfinite(timeline.rate_brpm) & timeline.rate_trusted).any())
    if (np.isfinite(timeline.rate_brpm) & ~timeline.rate_trusted).any():
        legend.append(("line s-unsure", "unsure"))
    if paces:
        legend.append(("line s-pacer", "pacer"))
    unknown = ~np.isfinite(timeline.rate_brpm)
    _legend(figure, y, legend + [("hatch", "not known")] * bool(unknown.any()))
    scale = Scale(bottom, top_value, top + _RATE_HEIGHT, top)
    _draw_unknown(figure, timeline, x, top, _RATE_HEIGHT, np.where(unknown, timeline.reason, "known"))
    _grid(figure, timeline, x, scale, ticks(bottom, top_value, 5), "")
    for span in timeline.paces:
        figure.line(x(span.start_s), scale(span.value), x(span.end_s), scale(span.value), "line s-pacer")
    _curve(figure, timeline, x, scale, timeline.rate_brpm, timeline.rate_trusted, "s-breath")
    return top + _RATE_HEIGHT


def _draw_angle(figure: Figure, timeline: Timeline, x: Scale, y: float) -> float:
    known = timeline.flexion_deg[np.isfinite(timeline.flexion_deg) & (timeline.activity != "bending")]
    low, high = (np.percentile(known, [0.5, 99.5]).tolist()) if len(known) else (-5.0, 20.0)
    bottom, top_value = nice_bounds(
        max(low - 2.0, -40.0), min(max(high + 3.0, timeline.threshold_deg + 8.0), 60.0), 10.0, 30.0
    )
    top = _panel_name(figure, y, "Upper-back lean", "degrees forward of your upright pose")
    spells = [span for span in timeline.slouches if span.trusted]
    doubtful = len(timeline.slouches) - len(spells)
    legend = [("line s-ok", "sure")] * bool((np.isfinite(timeline.flexion_deg) & timeline.flexion_trusted).any())
    if (np.isfinite(timeline.flexion_deg) & ~timeline.flexion_trusted).any():
        legend.append(("line s-unsure", "unsure"))
    if spells:
        legend.append(("tint-slouch", "slouch"))
    if doubtful:
        legend.append(("base", "perhaps a slouch"))
    legend.append(("s-limit", f"slouch from {timeline.threshold_deg:g}°"))
    _legend(figure, y, legend)
    scale = Scale(bottom, top_value, top + _ANGLE_HEIGHT, top)
    unknown = ~np.isfinite(timeline.flexion_deg)
    words = np.where(unknown, _lean_reason(timeline.activity), "known")
    _draw_unknown(figure, timeline, x, top, _ANGLE_HEIGHT, words)
    for span in spells:
        x0, x1 = _edges(span, x)
        figure.rect(x0, top, x1 - x0, _ANGLE_HEIGHT, "tint-slouch")
    _grid(figure, timeline, x, scale, ticks(bottom, top_value, 6), "°")
    figure.line(LEFT, scale(timeline.threshold_deg), WIDTH - RIGHT, scale(timeline.threshold_deg), "s-limit")
    drawn = np.where(timeline.flexion_deg >= bottom, timeline.flexion_deg, np.nan)
    _curve(figure, timeline, x, scale, drawn, timeline.flexion_trusted, "s-ok")
    _number_slouches(figure, timeline, x, top)
    for at_s, label in timeline.marks:
        figure.line(x(at_s), top, x(at_s), top + _ANGLE_HEIGHT, "s-mark")
        late = x(at_s) > 0.8 * WIDTH
        figure.text(
            x(at_s) + (-3.0 if late else 3.0),
            top + _ANGLE_HEIGHT - 5.0,
            label,
            "strong",
            anchor="end" if late else "start",
        )
    return top + _ANGLE_HEIGHT


def _number_slouches(figure: Figure, timeline: Timeline, x: Scale, top: float) -> None:
    """A bar over each slouch, numbered as in the table where there is room for numbers."""
    for number, span in enumerate(timeline.slouches, 1):
        x0, x1 = _edges(span, x)
        figure.line(x0, top, x1, top, "line s-slouch" if span.trusted else "base")
        if len(timeline.slouches) <= LABELLED_SLOUCHES:
            middle = (x0 + x1) / 2.0
            figure.circle(middle, top, 7.5, "f-slouch" if span.trusted else "f-unsure")
            figure.text(middle, top + 3.8, str(number), "on-dark", anchor="middle")


def _edges(span: Span, x: Scale) -> tuple[float, float]:
    """Its ends in pixels, far enough apart to be seen."""
    return x(span.start_s), max(x(span.end_s), x(span.start_s) + 1.5)


def _panel_name(figure: Figure, y: float, name: str, unit: str) -> float:
    """Name and unit over a panel; returns where the panel begins."""
    figure.text(0.0, y + 12.0, name, "name")
    figure.text(7.1 * len(name) + 8.0, y + 12.0, unit)
    return y + 26.0


def _legend(figure: Figure, y: float, entries: Sequence[tuple[str, str]]) -> None:
    """Right-aligned samples with words, on the line of the panel's name."""
    right = WIDTH - RIGHT
    for style, word in reversed(entries):
        width = len(word) * 6.1
        figure.text(right, y + 12.0, word, anchor="end")
        x1 = right - width - 5.0
        if style == "hatch":
            figure.hatch(x1 - 18.0, y + 2.0, 18.0, 11.0)
        elif style.startswith("tint"):
            figure.rect(x1 - 18.0, y + 2.0, 18.0, 11.0, style)
        else:
            figure.line(x1 - 20.0, y + 8.0, x1, y + 8.0, style)
        right = x1 - 34.0


def _grid(figure: Figure, timeline: Timeline, x: Scale, scale: Scale, values: Sequence[float], unit: str) -> None:
    for value in values:
        figure.line(LEFT, scale(value), WIDTH - RIGHT, scale(value), "grid")
        figure.text(LEFT - 7.0, scale(value) + 3.8, f"{value:g}{unit}", anchor="end")
    for at_s, _ in timeline.clock:
        figure.line(x(at_s), scale.start, x(at_s), scale.start + 4.0, "base")
    figure.line(LEFT, scale.start, WIDTH - RIGHT, scale.start, "base")


def _draw_unknown(
    figure: Figure, timeline: Timeline, x: Scale, top: float, height: float, words: NDArray[np.str_]
) -> None:
    """Hatched where there is no value, with the reason where it fits."""
    t_s = timeline.t_s
    for a, b, word in runs(words):
        x0, x1 = x(t_s[a] - timeline.step_s), x(t_s[b - 1])
        if word == "known" or x1 - x0 < 1.0:
            continue
        figure.hatch(x0, top, x1 - x0, height)
        label = reason_words(word)[0] if word in _REASON_WORDS else word
        if fits(label, x1 - x0):
            middle = (x0 + x1) / 2.0
            width = len(label) * 6.1 + 8.0
            figure.rect(middle - width / 2.0, top + height / 2.0 - 9.0, width, 17.0, "f-surface", radius=3.0)
            figure.text(middle, top + height / 2.0 + 3.5, label, anchor="middle")


def _curve(
    figure: Figure,
    timeline: Timeline,
    x: Scale,
    scale: Scale,
    values: FloatArray,
    trusted: NDArray[np.bool_],
    style: str,
) -> None:
    """Dotted where unsure, full where trusted; a full piece begins at the last point before it, so none hangs loose."""
    size = max(1, -(-len(values) // MOST_POINTS))
    for sure, name in ((False, "s-unsure"), (True, style)):
        chosen = np.where(np.isfinite(values) & (trusted == sure), values, np.nan)
        t_s, means = _binned(timeline.t_s, chosen, size)
        figure.lines(pieces(t_s, means, x, scale, gap_s=1.6 * size * timeline.step_s), name)


def pieces(t_s: FloatArray, values: FloatArray, x: Scale, y: Scale, *, gap_s: float) -> list[list[Point]]:
    """Polylines through the known values, broken where they are further apart than `gap_s`."""
    known = np.isfinite(values)
    t_s, values = t_s[known], values[known]
    if not len(t_s):
        return []
    cuts = [0, *((np.diff(t_s) > gap_s).nonzero()[0] + 1).tolist(), len(t_s)]
    points = [(x(t), y(v)) for t, v in zip(t_s.tolist(), values.tolist(), strict=True)]
    return [points[a:b] for a, b in zip(cuts[:-1], cuts[1:], strict=True)]


def _binned(t_s: FloatArray, values: FloatArray, size: int) -> tuple[FloatArray, FloatArray]:
    if size == 1:
        return t_s, values
    n = -(-len(values) // size) * size
    padded = np.full(n, np.nan)
    padded[: len(values)] = values
    rows = padded.reshape(-1, size)
    count = np.isfinite(rows).sum(axis=1)
    means = np.where(count > 0, np.nansum(rows, axis=1) / np.maximum(count, 1), np.nan)
    return t_s[np.minimum(np.arange(len(rows)) * size + size // 2, len(t_s) - 1)], means


def _most_frequent(timeline: Timeline) -> tuple[NDArray[np.str_], FloatArray]:
    """The activity of each bin of the ribbon: the one that fills most of it."""
    size = max(1, -(-len(timeline.activity) // RIBBON_BINS))
    if size == 1:
        return timeline.activity, timeline.t_s
    words, codes = np.unique(timeline.activity, return_inverse=True)
    starts = np.arange(0, len(codes), size)
    best = [np.bincount(codes[a : a + size], minlength=len(words)).argmax() for a in starts]
    ends = np.minimum(starts + size, len(codes)) - 1
    return words[best], timeline.t_s[ends]


def _lean_reason(activity: NDArray[np.str_]) -> NDArray[np.str_]:
    """Why no lean is drawn, from what the wearer did."""
    out = np.full(len(activity), "not known", "U12")
    for word, said in (
        ("lying", "lying"),
        ("walking", "walking"),
        ("running", "running"),
        ("off", "not worn"),
        ("", "no data"),
    ):
        out[activity == word] = said
    return out


_LEAN_REASONS: Final = (
    ("lying", "lying"),
    ("walking", "walking"),
    ("running", "running"),
    ("off", "not worn"),
    ("", "no data"),
)
_REASON_WORDS: Final = frozenset(
    ("settling", "walking", "moving", "posture_change", "weak_signal", "no_data", "not_worn", "not_calibrated")
)
