"""The history screen: what it shows, what each key does, and how it looks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from textual.widgets import Static

from sensorcoach.errors import InputError
from sensorcoach.history import Day, Plan, Session
from sensorcoach.history.chapter import COUNTS
from sensorcoach.history.days import Exercise
from sensorcoach.samples import NS
from sensorcoach.tui.history_lines import HistoryBook
from sensorcoach.tui.own import OwnHistory
from sensorcoach.tui.screens.detail import DetailScreen
from sensorcoach.tui.screens.history import HistoryScreen

from .pages import SIZES, PageApp, looks, open_page, press

MONDAY = dt.date(2026, 5, 4)
TODAY = MONDAY + dt.timedelta(days=9)
SUMMARY = {
    "keep": "Your holds were steady.",
    "to_try": "Let the exhale take its time.",
    "discomfort_before": 4,
    "discomfort_after": 2,
    "scores": [
        {"exercise": "cat-cow", "name": "with_breath", "value": 0.82, "unit": "", "meaning": "Share of turns in time."},
        {"exercise": "cat-cow", "name": "angle", "value": None, "unit": "°", "meaning": "Not judged by this sensor."},
    ],
}


def session(date: dt.date, done: float = 1.0, detail: Mapping[str, Any] = SUMMARY) -> Session:
    start_ns = (date - dt.date(1970, 1, 1)).days * 86_400 * NS + 18 * 3600 * NS
    exercises = (Exercise("cat-cow", "Cat-cow", done, "right"), Exercise("inclined-plane", "Inclined plane", 0.25, ""))
    return Session(date, start_ns, 0, "desk-break", "done", done, 180, exercises, detail)


def day(number: int, sessions: Sequence[Session] = (), **counts: int) -> Day:
    return Day(MONDAY + dt.timedelta(days=number), {name: counts.get(name, 0) for name in COUNTS}, tuple(sessions))


DAYS = (
    day(0, [session(MONDAY)], worn_s=9000, upright_s=5400, slouched_s=1800, slouches=3, breath_s=3600,
        breath_mbrpm=3600 * 12_500, paced_s=150),
    day(1, worn_s=600, upright_s=120),
    day(2, worn_s=7200),
    day(4, worn_s=7200, upright_s=3000, slouched_s=3000, slouches=1),
    day(7, [session(MONDAY + dt.timedelta(days=7), 0.4, {})], worn_s=4000, upright_s=3900, slouched_s=0),
)  # fmt: skip


class Port:
    def __init__(self, days: tuple[Day, ...] = DAYS, later: tuple[Day, ...] = ()) -> None:
        self.days, self.later = days, later
        self.updates = 0
        self.fails = ""

    def read(self) -> HistoryBook:
        if self.fails:
            raise InputError(self.fails, "Mend it.")
        return HistoryBook("ann", self.days, Plan(), TODAY)

    def update(self) -> bool:
        self.updates += 1
        self.days, news, self.later = self.days + self.later, bool(self.later), ()
        return news


def said(app: PageApp) -> str:
    return str(app.screen.query_one("#said", Static).content)


async def test_days_tell_what_their_shares_are_of() -> None:
    async with open_page(lambda: HistoryScreen(Port()), (120, 40)) as (app, _):
        newest, friday, wednesday, tuesday, monday = app.rows
        assert newest.startswith("Mon 11 May  ✓")
        assert "100 % upright of 1 h 05 min" in newest
        assert "○ posture not known" in wednesday
        assert "○ too little to judge" in tuesday
        assert "·" in friday
        assert "50 % upright of 1 h 40 min" in friday
        assert "75 % upright of 2 h 00 min" in monday
        assert "3 slouches" in monday
        assert "12.5 breaths a minute" in monday
        assert monday.endswith("● 1 session")
        assert "This week: 0 of 2 sessions" in said(app)


async def test_another_year_is_told() -> None:
    port = Port((*DAYS, Day(dt.date(2025, 12, 31), DAYS[0].counts, DAYS[0].sessions)))
    async with open_page(lambda: HistoryScreen(port), (120, 40)) as (app, _):
        assert app.rows[0].startswith("31 Dec 2025 ✓")


async def test_arrows_turn_through_days_weeks_and_sessions() -> None:
    async with open_page(lambda: HistoryScreen(Port()), (120, 40)) as (app, pilot):
        await press(app, pilot, "right")
        assert [row[:9].strip() for row in app.rows] == ["11–17 May", "4–10 May"]
        assert "1 of 2 sessions" in app.rows[1]
        assert "posture goal 1 of 2 judged days" in app.rows[1]
        await press(app, pilot, "right")
        assert app.rows[0].startswith("Mon 11 May  18:00  · desk break")
        assert app.rows[1].startswith("Mon  4 May  18:00  ✓ desk break")
        await press(app, pilot, "right")
        assert len(app.rows) == len(DAYS)
        await press(app, pilot, "left")
        assert "desk break" in app.rows[0]


async def test_enter_on_a_session_shows_its_summary() -> None:
    async with open_page(lambda: HistoryScreen(Port())) as (app, pilot):
        await press(app, pilot, "left", "down", "enter")
        assert isinstance(app.screen, DetailScreen)
        told = str(app.screen.query_one(Static).content)
        assert "Your holds were steady." in told
        assert "Let the exhale take its time." in told
        assert "✓ Cat-cow 100 %, felt right" in told
        assert "· Inclined plane 25 %" in told
        assert "with the breath 82 %" in told
        assert "angle not judged" in told
        await press(app, pilot, "escape")
        assert isinstance(app.screen, HistoryScreen)


@pytest.mark.parametrize(("keys", "word"), [(["enter"], "could be judged"), (["right", "enter"], "of 2 planned")])
async def test_enter_on_a_day_and_a_week(keys: list[str], word: str) -> None:
    async with open_page(lambda: HistoryScreen(Port())) as (app, pilot):
        await press(app, pilot, *keys)
        assert word in str(app.screen.query_one(Static).content)


async def test_new_recordings_are_read_and_the_mark_stays() -> None:
    port = Port(DAYS[:-1])
    async with open_page(lambda: HistoryScreen(port)) as (app, pilot):
        assert port.updates == 1
        await press(app, pilot, "down")
        port.later = DAYS[-1:]
        await press(app, pilot, "r")
        assert port.updates == 2
        assert len(app.rows) == len(DAYS)
        await press(app, pilot, "enter")
        assert "Wednesday" in str(app.screen.query_one(".dialog").border_title)


async def test_nothing_yet_says_what_to_do() -> None:
    async with open_page(lambda: HistoryScreen(Port(()))) as (app, pilot):
        assert "Begin with three minutes" in said(app)
        assert app.rows == []
        await press(app, pilot, "enter", "right", "enter")
        assert isinstance(app.screen, HistoryScreen)


async def test_no_session_yet() -> None:
    async with open_page(lambda: HistoryScreen(Port(DAYS[1:3]))) as (app, pilot):
        await press(app, pilot, "left")
        assert "No session yet" in said(app)


async def test_what_cannot_be_read_is_said_in_words() -> None:
    port = Port()
    port.fails = "The history is damaged."
    async with open_page(lambda: HistoryScreen(port)) as (app, pilot):
        assert "The history is damaged. Mend it." in said(app)
        await press(app, pilot, "escape")
        assert not isinstance(app.screen, HistoryScreen)


def test_ones_own_history_begins_empty() -> None:
    own = OwnHistory()
    assert not own.update()
    assert own.read().days == ()
    assert OwnHistory("somebody new").read().wearer == "somebody new"


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_looks(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    assert looks(snap_compare, lambda: HistoryScreen(Port()), size)


def test_looks_at_a_session(snap_compare: Callable[..., bool]) -> None:
    assert looks(snap_compare, lambda: HistoryScreen(Port()), (80, 24), ["left", "down", "enter"])
