"""Scores as people read them."""

from __future__ import annotations

import math

import pytest

from sensorcoach.tui.score_words import score_words


@pytest.mark.parametrize(
    ("score", "said"),
    [
        (("adherence", 0.823, "", "how closely, 0 to 1"), ("with the pacer", "82 %", "how closely")),
        (("angle", 13.12, "°", "mean angle"), ("angle", "13.1°", "mean angle")),
        (("lag", 0.4, "s", "how far behind"), ("behind the pacer", "0.4 s", "how far behind")),
        (("reached", 6.25, "brpm", "pace"), ("pace at the end", "6.2 a minute", "pace")),
        (("reps", 3.0, "", "of 3"), ("repetitions", "3", "of 3")),
        (("not_judged", math.nan, "", "That takes a gyroscope."), ("not judged", "", "That takes a gyroscope.")),
        (("own_score", 2.0, "", "of an exercise of one's own"), ("own score", "2", "of an exercise of one's own")),
    ],
)
def test_words(score: tuple[str, float, str, str], said: tuple[str, str, str]) -> None:
    assert score_words(*score) == said
