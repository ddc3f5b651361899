"""One figure of the comparison: a row per set and fault, a dot per filter, error on a logarithmic axis. Plain SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping

from _posture_sets import Score

COLOURS = ("#0b6e4f", "#d1495b", "#edae49", "#30638e", "#8d6a9f", "#8c8c8c")
LEFT, RIGHT, TOP, ROW = 150.0, 40.0, 70.0, 26.0
WIDTH = 820.0
LOWEST_DEG, HIGHEST_DEG = 0.2, 100.0
TICKS_DEG = (0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


def draw(results: Mapping[tuple[str, str], Mapping[str, Score]], targets: Mapping[tuple[str, str], float]) -> str:
    """The figure as SVG text.

    Parameters
    ----------
    results : mapping of (set, fault) to scores by filter
    targets : mapping of (set, fault) to deg
        Drawn as a tick where there is one.
    """
    methods = list(next(iter(results.values())))
    height = TOP + ROW * len(results) + 50.0
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" font-family="sans-serif" '
        'font-size="12"><title>Error of inclination by filter and fault</title>',
        f'<rect width="{WIDTH:g}" height="{height:g}" fill="white"/>',
    ]
    for i, method in enumerate(methods):
        x = LEFT + i * (WIDTH - LEFT - RIGHT) / len(methods)
        parts += [_dot(x, 24.0, COLOURS[i % len(COLOURS)], i == 0), _text(x + 10.0, 28.0, method)]
    bottom = TOP + ROW * len(results)
    for tick in TICKS_DEG:
        x = _x(tick)
        parts.append(f'<line x1="{x:.1f}" y1="{TOP - 12:g}" x2="{x:.1f}" y2="{bottom:g}" stroke="#e0e0e0"/>')
        parts.append(_text(x, bottom + 16.0, f"{tick:g}", "middle"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, bottom + 36.0, "RMSE of inclination, degrees", "middle"))
    for k, (key, row) in enumerate(results.items()):
        y = TOP + ROW * k + 4.0
        parts.append(_text(LEFT - 12.0, y + 4.0, key[0] if key[1] == "none" else f"{key[0]}, {key[1]}", "end"))
        if key in targets:
            x = _x(targets[key])
            parts.append(
                f'<line x1="{x:.1f}" y1="{y - 9:g}" x2="{x:.1f}" y2="{y + 9:g}" stroke="#000" stroke-width="2"/>'
            )
        for i, method in reversed(list(enumerate(methods))):
            if math.isfinite(row[method].rmse_deg):
                parts.append(_dot(_x(row[method].rmse_deg), y, COLOURS[i % len(COLOURS)], i == 0))
    parts.append(_text(LEFT, TOP - 22.0, "vertical tick: target", "start"))
    return "\n".join([*parts, "</svg>", ""])


def _x(error_deg: float) -> float:
    share = math.log(min(max(error_deg, LOWEST_DEG), HIGHEST_DEG) / LOWEST_DEG) / math.log(HIGHEST_DEG / LOWEST_DEG)
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _dot(x: float, y: float, colour: str, own: bool) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{6 if own else 4.5}" fill="{colour}" fill-opacity="0.9"/>'


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#222">{words}</text>'
