from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensorcoach.tui.draw.braille import CHARS, DotCanvas, cells, curve
from sensorcoach.tui.draw.digits import big_text, big_width, fitting_height
from sensorcoach.tui.draw.spans import bar, beside, centred, length, pad, spread, wrap


def test_every_dot_has_its_place() -> None:
    bits = []
    for row in range(4):
        for column in range(2):
            dots = np.zeros((4, 2), bool)
            dots[row, column] = True
            bits.append(int(cells(dots)[0, 0]))
    assert bits == [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]


def test_empty_cells_are_spaces() -> None:
    assert CHARS[0] == " "
    assert CHARS[255] == "⣿"


def test_a_curve_is_joined_and_breaks_at_nan() -> None:
    level = np.array([0.0, 1.0, np.nan, 0.5, 0.5, 0.5])
    masks = curve(level, height=1, low=0.0, high=1.0)
    assert masks.shape == (1, 3)
    # From the lowest dot up to the highest, nothing at nan, then level in the third row.
    assert "".join(CHARS[masks[0]]) == "⡸⠠⠤"


@given(st.lists(st.one_of(st.floats(-5, 5), st.just(float("nan"))), min_size=2, max_size=40), st.integers(1, 6))
def test_a_curve_has_a_dot_wherever_it_is_known(values: list[float], height: int) -> None:
    level = np.array(values + values[: len(values) % 2])
    masks = curve(level, height, -1.0, 1.0)
    for column in range(len(level) // 2):
        pair = level[2 * column : 2 * column + 2]
        assert bool((masks[:, column] > 0).any()) == bool(np.isfinite(pair).any())


def test_a_cell_takes_the_role_of_the_last_drawn() -> None:
    canvas = DotCanvas(2, 1)
    everything = np.ones((4, 4), bool)
    left = everything & (np.arange(4) == 0)
    canvas.draw(everything, "under")
    canvas.draw(left, "over")
    assert canvas.lines() == [(("⣿", "over"), ("⣿", "under"))]


def test_points_outside_a_picture_are_left_out() -> None:
    canvas = DotCanvas(1, 1)
    canvas.points(np.array([-3.0, 0.0, 99.0]), np.array([0.0, 0.0, 0.0]), "text")
    assert canvas.lines() == [(("⠁", "text"),)]


@pytest.mark.parametrize("height", [3, 5, 6, 9, 20])
def test_figures_are_rectangles_and_differ(height: int) -> None:
    pictures = {digit: big_text(digit, height) for digit in "0123456789–"}
    assert len({tuple(picture) for picture in pictures.values()}) == 11
    for lines in [*pictures.values(), big_text("14.2", height)]:
        assert len(lines) == height
        assert len({len(line) for line in lines}) == 1


def test_the_largest_height_that_fits_is_chosen() -> None:
    assert fitting_height("88.8", 5, 20) == 1
    assert fitting_height("88.8", 13, 20) == 3
    rows = fitting_height("88.8", 60, 12)
    assert 5 <= rows <= 12
    assert big_width("88.8", rows) <= 60


def test_lines_are_cut_and_filled() -> None:
    assert pad((("abc", "x"), ("def", "y")), 4) == (("abc", "x"), ("d", "y"))
    assert length(pad((("a", "x"),), 5)) == 5
    assert length(spread((("left", "x"),), (("right", "y"),), 20)) == 20
    assert spread((("left", "x"),), (("right", "y"),), 7)[-1] == ("right", "y")
    assert length(centred((("mid", "x"),), 9)) == 9
    assert beside([(("a", "x"),)], [(("b", "y"),), (("c", "y"),)], 2, 1)[1][-1] == ("c", "y")
    assert all(length(line) <= 8 for line in wrap("breathing is not read here", 8))
    assert ["".join(part for part, _ in row) for row in wrap("3.6\xa0in · 4.4\xa0out", 14)] == ["3.6 in ·", "4.4 out"]


@pytest.mark.parametrize(("share", "text"), [(0.0, "────"), (0.5, "━━──"), (0.6, "━━╸─"), (1.0, "━━━━"), (7.0, "━━━━")])
def test_bars_are_drawn_to_half_a_cell(share: float, text: str) -> None:
    assert "".join(part for part, _ in bar(share, 4, "x")) == text
