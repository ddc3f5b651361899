"""Colours: three themes and the roles they give a colour to.

Status colours start from the palette of Okabe & Ito (jfly.uni-koeln.de/color, 2008). They are at least 30 apart (ΔE76)
under simulated protanopia, deuteranopia and tritanopia (Machado et al. 2009, doi 10.1109/TVCG.2009.113) and at a
contrast of at least 4.5:1 on their background; the tests compute both. Colour is never the only sign.
"""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

ROLES: Final = (
    "text",
    "strong",
    "muted",
    "faint",
    "ok",
    "lean",
    "slouch",
    "unknown",
    "breath",
    "unsure",
    "pacer",
    "record",
)
"""Roles of text; each is the component class `draw--ROLE` of a screen in `sensorcoach.tcss`."""

HILL_ROLES: Final = ("edge", "edge-ahead", "hill", "hill-ahead")
"""Roles of the pacer's hills."""

READABLE: Final = ("foreground", "muted", "ok", "lean", "slouch", "breath", "pacer")
"""Theme colours that carry words or numbers and so need contrast."""

READABLE_IN_LISTS: Final = ("foreground", "muted", "ok", "breath", "pacer")
"""Those that stand in lists, where the chosen row has a ground of its own."""


def _theme(name: str, *, dark: bool, colours: dict[str, str]) -> Theme:
    return Theme(
        name=name,
        dark=dark,
        primary=colours["breath"],
        secondary=colours["pacer"],
        accent=colours["pacer"],
        success=colours["ok"],
        warning=colours["lean"],
        error=colours["slouch"],
        foreground=colours["foreground"],
        background=colours["background"],
        surface=colours["surface"],
        panel=colours["surface"],
        variables={
            **colours,
            "scrollbar": colours["faint"],
            "scrollbar-hover": colours["muted"],
            "scrollbar-active": colours["muted"],
            "scrollbar-background": colours["surface"],
            "scrollbar-background-hover": colours["surface"],
            "scrollbar-background-active": colours["surface"],
            "scrollbar-corner-color": colours["surface"],
            "footer-background": colours["background"],
            "footer-item-background": colours["background"],
            "footer-key-background": colours["background"],
            "footer-key-foreground": colours["pacer"],
            "footer-description-background": colours["background"],
            "footer-description-foreground": colours["muted"],
        },
    )


DARK: Final = _theme(
    "sensorcoach-dark",
    dark=True,
    colours={
        "background": "#0f141a",
        "surface": "#131920",
        "foreground": "#d7dee6",
        "muted": "#8a97a6",
        "faint": "#3d4854",
        "ok": "#56b4e9",
        "lean": "#f0e442",
        "slouch": "#d55e00",
        "breath": "#56b4e9",
        "pacer": "#e3b565",
        "chosen": "#1e2934",
        "hill": "#38321f",
        "hill-ahead": "#4a4025",
    },
)
LIGHT: Final = _theme(
    "sensorcoach-light",
    dark=False,
    colours={
        "background": "#f7f5f0",
        "surface": "#f1eee7",
        "foreground": "#22303c",
        "muted": "#5c6873",
        "faint": "#bdc0bd",
        "ok": "#0e6caa",
        "lean": "#856800",
        "slouch": "#7a0f2b",
        "breath": "#0a65a1",
        "pacer": "#8a5a00",
        "chosen": "#ede7d9",
        "hill": "#ecdcb2",
        "hill-ahead": "#e6d096",
    },
)
NIGHT: Final = _theme(
    "sensorcoach-night",
    dark=True,
    colours={
        "background": "#080604",
        "surface": "#100c08",
        "foreground": "#b8a48c",
        "muted": "#8f7f67",
        "faint": "#352d22",
        "ok": "#56a5d0",
        "lean": "#e6d450",
        "slouch": "#cf5200",
        "breath": "#c08a4a",
        "pacer": "#a8895c",
        "chosen": "#1a140d",
        "hill": "#2a1f10",
        "hill-ahead": "#382a15",
    },
)

THEMES: Final = (DARK, LIGHT, NIGHT)
"""In the order the theme key walks through them."""
