"""Status colours stay apart for colour-blind people, and everything that is read has contrast."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from textual.theme import Theme

from sensorcoach.samples import FloatArray
from sensorcoach.tui.themes import READABLE, READABLE_IN_LISTS, THEMES

STATUS = ("ok", "lean", "slouch")
LEAST_DISTANCE = 30.0
LEAST_CONTRAST = 4.5

# Machado, Oliveira & Fernandes (2009), doi 10.1109/TVCG.2009.113, severity 1.0, on linear RGB.
SEEN_WITH = {
    "full colour": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE_XYZ = TO_XYZ @ np.ones(3)


def linear(colour: str) -> FloatArray:
    value = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255.0
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(rgb: FloatArray) -> FloatArray:
    share = TO_XYZ @ np.clip(rgb, 0.0, 1.0) / WHITE_XYZ
    f = np.where(share > 216 / 24389, np.cbrt(share), (24389 / 27 * share + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(a: str, b: str) -> float:
    """WCAG 2 contrast ratio."""
    dark, bright = sorted(float(TO_XYZ[1] @ linear(colour)) for colour in (a, b))
    return (bright + 0.05) / (dark + 0.05)


themes = pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)


@themes
@pytest.mark.parametrize("sight", SEEN_WITH)
def test_status_colours_stay_apart(theme: Theme, sight: str) -> None:
    seen = [lab(SEEN_WITH[sight] @ linear(theme.variables[name])) for name in STATUS]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)) >= LEAST_DISTANCE


@themes
@pytest.mark.parametrize("ground", ["background", "surface"])
def test_what_is_read_has_contrast(theme: Theme, ground: str) -> None:
    for name in READABLE:
        assert contrast(theme.variables[name], theme.variables[ground]) >= LEAST_CONTRAST, name


@themes
def test_the_breath_stands_out_from_the_hills(theme: Theme) -> None:
    assert contrast(theme.variables["breath"], theme.variables["hill"]) >= LEAST_CONTRAST


@themes
def test_what_lists_say_has_contrast_on_the_chosen_row(theme: Theme) -> None:
    for name in READABLE_IN_LISTS:
        assert contrast(theme.variables[name], theme.variables["chosen"]) >= LEAST_CONTRAST, name


@themes
@pytest.mark.parametrize("what", ["hill", "hill-ahead", "chosen"])
def test_grounds_can_be_seen(theme: Theme, what: str) -> None:
    """Faint is enough for what lies behind, invisible is not."""
    assert contrast(theme.variables[what], theme.variables["background"]) >= (1.05 if what == "chosen" else 1.2)
