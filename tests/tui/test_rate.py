"""The breathing panel without a screen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sensorcoach.events import Breath
from sensorcoach.tui.model import DashboardModel
from sensorcoach.tui.scene import Scene
from sensorcoach.tui.widgets.rate import RatePanel

from .feeds import SENSOR, desk


@pytest.mark.parametrize(("depth", "width", "told"), [(1.0, 40, False), (2.1, 40, True), (2.1, 24, False)])
def test_a_deep_breath_is_named_where_there_is_room(depth: float, width: int, told: bool) -> None:
    model = DashboardModel(SENSOR)
    for event in desk(60.0):
        model.apply(replace(event, depth=depth) if isinstance(event, Breath) else event)
    text = "\n".join("".join(part for part, _ in row) for row in RatePanel().draw(Scene(model, 60.0), width, 12))
    assert "in 3.0 s · out" in text
    assert ("· deep" in text) is told


@pytest.mark.parametrize(("height", "figures", "shape"), [(4, False, True), (5, True, False), (6, True, True)])
def test_the_length_of_breaths_gives_way_to_the_figures(height: int, figures: bool, shape: bool) -> None:
    model = DashboardModel(SENSOR)
    for event in desk(60.0):
        model.apply(event)
    rows = ["".join(part for part, _ in row) for row in RatePanel().draw(Scene(model, 60.0), 58, height)]
    assert len(rows) <= height
    assert ("breaths a minute" not in rows[0]) is figures
    assert any("in 3.0 s · out" in row for row in rows) is shape
