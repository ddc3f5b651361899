"""Two panels: error by breathing rate for every method, and this project's error against its coverage. Plain SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from _breathing_score import OURS, Score

COLOURS = ("#0b6e4f", "#d1495b", "#edae49", "#30638e", "#8d6a9f", "#c77dba", "#8c8c8c")
WIDTH, HEIGHT = 980.0, 430.0
TOP, BOTTOM = 80.0, 370.0
PANEL = 360.0
LEFT, MIDDLE = 60.0, 560.0
LOWEST_BRPM, HIGHEST_BRPM = 0.03, 30.0
TICKS_BRPM = (0.03, 0.1, 0.3, 1, 3, 10, 30)
RATES_BRPM = (4, 6, 8, 10, 15, 20, 30)
MARKED = (0.5, 0.8)
"""Qualities with a dot on the curve: shown, trusted."""


def draw(
    by_rate: Mapping[str, Sequence[tuple[float, float]]], curves: Mapping[str, Sequence[tuple[float, Score]]]
) -> str:
    """The figure as SVG text.

    Parameters
    ----------
    by_rate : mapping of method to pairs of rate and mean absolute error, brpm
    curves : mapping of words to pairs of quality and score
    """
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" font-family="sans-serif" '
        'font-size="12"><title>Breathing rate: error of every method, and error against coverage</title>',
        f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="white"/>',
        _text(LEFT, 20, "Simulated still chest: mean absolute error, brpm"),
        _text(MIDDLE, 20, f"{OURS}: mean absolute error of what is kept, brpm"),
        *_axes(LEFT, [(_rate_x(r), f"{r}") for r in RATES_BRPM], "true rate, brpm"),
        *_axes(MIDDLE, [(MIDDLE + s * PANEL, f"{s:g}") for s in (0, 0.25, 0.5, 0.75, 1)], "share of windows"),
    ]
    for i, (name, points) in enumerate(by_rate.items()):
        spots = [(_rate_x(rate), _y(mae)) for rate, mae in points if math.isfinite(mae)]
        parts += [*_line(spots, COLOURS[i % len(COLOURS)], name == OURS), *_key(LEFT, i, name)]
    for i, (name, steps) in enumerate(curves.items()):
        kept = [(q, s) for q, s in steps if math.isfinite(s.mae_brpm)]
        spots = [(MIDDLE + s.coverage * PANEL, _y(s.mae_brpm)) for _, s in kept]
        marks = [spot for (q, _), spot in zip(kept, spots, strict=True) if q in MARKED]
        parts += [*_line(spots, COLOURS[i % len(COLOURS)], True, marks), *_key(MIDDLE, i, name)]
    parts.append(_text(MIDDLE + PANEL, TOP + 14, "dots: quality .5 (shown) and .8 (trusted)", "end"))
    return "\n".join([*parts, "</svg>", ""])


def _axes(left: float, ticks: Sequence[tuple[float, str]], words: str) -> list[str]:
    out = []
    for brpm in TICKS_BRPM:
        y = _y(brpm)
        out.append(f'<path d="M{left:g} {y:.1f}H{left + PANEL:g}" stroke="#e0e0e0"/>')
        out.append(_text(left - 8, y + 4, f"{brpm:g}", "end"))
    out += [_text(x, BOTTOM + 18, label, "middle") for x, label in ticks]
    out.append(_text(left + PANEL / 2, BOTTOM + 40, words, "middle"))
    return out


def _line(
    spots: Sequence[tuple[float, float]], colour: str, own: bool, marks: Sequence[tuple[float, float]] | None = None
) -> list[str]:
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
    out = [f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="{2.5 if own else 1.5}"/>'] if spots else []
    return out + [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{4 if own else 3}" fill="{colour}"/>'
        for x, y in (spots if marks is None else marks)
    ]


def _key(left: float, i: int, name: str) -> list[str]:
    x, y = left + (i % 4) * PANEL / 3.4, 40.0 + (i // 4) * 16.0
    return [f'<circle cx="{x:.1f}" cy="{y - 4:.1f}" r="4" fill="{COLOURS[i % len(COLOURS)]}"/>', _text(x + 8, y, name)]


def _rate_x(brpm: float) -> float:
    return LEFT + math.log(brpm / RATES_BRPM[0]) / math.log(RATES_BRPM[-1] / RATES_BRPM[0]) * PANEL


def _y(brpm: float) -> float:
    held = min(max(brpm, LOWEST_BRPM), HIGHEST_BRPM)
    return BOTTOM - math.log(held / LOWEST_BRPM) / math.log(HIGHEST_BRPM / LOWEST_BRPM) * (BOTTOM - TOP)


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#222">{escape(words)}</text>'
