"""Colours and the style sheet of pages and figures.

Colours are those of the dashboard's dark and light themes, chosen there for people with any kind of colour vision; the
pale fills of activities differ in lightness and always stand beside words. Every rule names roles (`var(--breath)`), so
that the same figure suits a bright and a dark page, paper, and a renderer that knows no variables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

LIGHT: Final[Mapping[str, str]] = {
    "background": "#f7f5f0",
    "surface": "#ffffff",
    "foreground": "#22303c",
    "muted": "#5c6873",
    "faint": "#d5d6d2",
    "ok": "#0e6caa",
    "lean": "#856800",
    "slouch": "#7a0f2b",
    "breath": "#0a65a1",
    "pacer": "#8a5a00",
    "still": "#d3e3ec",
    "moving": "#a3c4d9",
    "walking": "#e3b95c",
    "running": "#b9780f",
    "bending": "#cdbca2",
    "lying": "#dcd7ea",
    "vehicle": "#bccdb4",
}
DARK: Final[Mapping[str, str]] = {
    "background": "#0f141a",
    "surface": "#161d25",
    "foreground": "#d7dee6",
    "muted": "#8a97a6",
    "faint": "#3d4854",
    "ok": "#56b4e9",
    "lean": "#f0e442",
    "slouch": "#d55e00",
    "breath": "#56b4e9",
    "pacer": "#e3b565",
    "still": "#203a4b",
    "moving": "#33637f",
    "walking": "#6f5420",
    "running": "#9a6a1c",
    "bending": "#5d5140",
    "lying": "#443f5e",
    "vehicle": "#3f5838",
}

FIGURE_STYLE: Final = """
text { font-family: system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; font-size: 11px;
  fill: var(--muted); }
.name { font-size: 12.5px; font-weight: 600; fill: var(--foreground); }
.on-fill { fill: var(--foreground); }
.strong { font-weight: 600; fill: var(--foreground); }
.grid { stroke: var(--faint); stroke-width: 0.7; fill: none; }
.base { stroke: var(--muted); stroke-width: 0.8; fill: none; }
.line { fill: none; stroke-width: 1.9; stroke-linejoin: round; stroke-linecap: round; }
.s-breath { stroke: var(--breath); }
.s-ok { stroke: var(--ok); }
.s-pacer { stroke: var(--pacer); stroke-dasharray: 7 4; stroke-width: 1.6; }
.s-unsure { stroke: var(--muted); stroke-dasharray: 1.5 3.5; stroke-width: 1.4; }
.s-slouch { stroke: var(--slouch); }
.s-limit { stroke: var(--slouch); stroke-dasharray: 4 4; stroke-width: 0.9; }
.s-mark { stroke: var(--foreground); stroke-width: 0.8; }
.s-hatch { stroke: var(--faint); stroke-width: 1.4; }
.f-breath { fill: var(--breath); }
.f-ok { fill: var(--ok); }
.f-slouch { fill: var(--slouch); }
.f-unsure { fill: var(--muted); opacity: 0.55; }
.f-pacer { fill: var(--pacer); }
.f-surface { fill: var(--surface); }
.f-faint { fill: var(--faint); }
.f-still { fill: var(--still); }
.f-moving { fill: var(--moving); }
.f-walking { fill: var(--walking); }
.f-running { fill: var(--running); }
.f-bending { fill: var(--bending); }
.f-lying { fill: var(--lying); }
.f-vehicle { fill: var(--vehicle); }
.tint-breath { fill: var(--breath); opacity: 0.11; }
.tint-slouch { fill: var(--slouch); opacity: 0.16; }
.tint-ok { fill: var(--ok); opacity: 0.07; }
.on-dark { fill: var(--surface); font-weight: 600; }
"""

PAGE_STYLE: Final = """
* { box-sizing: border-box; }
html { background: var(--background); color: var(--foreground); }
body { font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
  max-width: 840px; margin: 0 auto; padding: 40px 32px 56px; }
h1 { font-size: 15px; font-weight: 600; margin: 0; }
.when { color: var(--muted); font-size: 14px; margin: 2px 0 0; }
.headline { font-size: 27px; line-height: 1.32; font-weight: 600; letter-spacing: -0.012em; margin: 26px 0;
  text-wrap: balance; }
.more { font-size: 17px; color: var(--muted); margin: -18px 0 26px; text-wrap: pretty; }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; margin: 0 0 30px; padding: 0; }
.tile { background: var(--surface); border-radius: 10px; padding: 14px 16px 12px; }
.tile dt { font-size: 13px; color: var(--muted); }
.tile dd { margin: 2px 0 0; font-size: 26px; font-weight: 600; line-height: 1.2; letter-spacing: -0.01em; }
.tile dd.absent { font-size: 17px; line-height: 31px; font-weight: 500; color: var(--muted); letter-spacing: 0; }
.tile dd.basis { font-size: 12.5px; line-height: 1.35; font-weight: 400; color: var(--muted); letter-spacing: 0;
  margin-top: 4px; }
section { background: var(--surface); border-radius: 10px; padding: 20px 24px 18px; margin: 0 0 16px; }
h2 { font-size: 17px; margin: 0 0 2px; }
section > p { margin: 0 0 10px; font-size: 14px; color: var(--muted); }
svg { display: block; width: 100%; height: auto; margin: 8px 0 4px; overflow: visible; }
details { font-size: 14px; margin-top: 6px; }
summary { color: var(--muted); cursor: pointer; font-size: 13px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; margin-top: 6px; }
th, td { text-align: left; vertical-align: top; padding: 7px 14px 7px 0; border-top: 1px solid var(--faint); }
thead th { border-top: 0; color: var(--muted); font-weight: 500; font-size: 13px; }
tbody th { font-weight: 500; }
td.value { font-weight: 600; white-space: nowrap; }
td.meaning { color: var(--muted); font-size: 13px; line-height: 1.4; }
ul.notes { margin: 4px 0 0; padding-left: 18px; font-size: 13.5px; color: var(--muted); }
ul.notes li { margin: 3px 0; }
footer { font-size: 13px; color: var(--muted); margin: 22px 4px 0; }
@media (max-width: 640px) {
  body { padding: 24px 14px; }
  .tiles { grid-template-columns: repeat(2, 1fr); }
  .headline { font-size: 22px; }
  section { padding: 16px 14px; }
}
@page { size: A4; margin: 14mm 15mm; }
@media print {
  body { padding: 0; max-width: none; font-size: 12.5px; }
  .headline { font-size: 21px; margin: 12px 0 16px; }
  .more { font-size: 14px; margin: -10px 0 14px; }
  .tiles { gap: 0; margin-bottom: 8px; }
  .tile { padding: 6px 10px 6px 0; }
  .tile dd { font-size: 21px; }
  section { padding: 10px 0 6px; margin: 0; border-radius: 0; border-top: 1px solid var(--faint); }
  section.together, figure, tr, .tiles { break-inside: avoid; }
  h2 { break-after: avoid; }
  details { display: none; }
  table { font-size: 12px; }
  th, td { padding-top: 4px; padding-bottom: 4px; }
  td.meaning { font-size: 11px; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
figure { margin: 0; }
"""


def page_style() -> str:
    """The whole style sheet of a page: bright by default and on paper, dark where the reader's system is."""
    light, dark = _variables(LIGHT), _variables(DARK)
    paper = _variables({**LIGHT, "background": "#ffffff"})
    return (
        f":root {{ color-scheme: light dark; {light} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
        f"@media print {{ :root {{ color-scheme: light; {paper} }} }}\n{PAGE_STYLE}{FIGURE_STYLE}"
    )


def picture_style() -> str:
    """The figures' rules with the bright colours written out, for renderers that know no variables."""
    return re.sub(r"var\(--([a-z]+)\)", lambda match: LIGHT[match[1]], FIGURE_STYLE)


def _variables(colours: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())
