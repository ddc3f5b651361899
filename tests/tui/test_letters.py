from __future__ import annotations

from sensorcoach.tui.draw.letters import large_text


def test_words_are_as_large_as_there_is_room_for() -> None:
    small, large = large_text("hold", 40, 3), large_text("hold", 40, 6)
    assert len(small) == 3
    assert len(large) >= 5
    assert max(map(len, small)) <= 20
    assert len({len(row) for row in large}) == 1


def test_words_are_broken_between_lines_never_within() -> None:
    rows = large_text("breathe out", 30, 6)
    assert 5 <= len(rows) <= 6
    assert large_text("breathe", 10, 20) == []


def test_what_cannot_be_drawn_is_left_to_plain_words() -> None:
    assert large_text("¿Qué?", 80, 10) == []
    assert large_text("", 80, 10) == []


def test_letters_look_like_themselves() -> None:
    assert large_text("hi", 20, 3) == ["█ █ █", "█▀█ █", "▀ ▀ ▀"]
