"""Each key, pressed; and what happens when the source ends or fails."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest

from sensorcoach.coach.pacer import PATTERNS
from sensorcoach.coach.slouch import SlouchProfiles, SlouchSettings
from sensorcoach.errors import DeviceError
from sensorcoach.events import (
    Calibrate,
    Event,
    Followed,
    HeartCoherence,
    Link,
    Mark,
    PacerSet,
    SetPacer,
    SetSlouch,
    Snooze,
)
from sensorcoach.samples import NS
from sensorcoach.tui.app import SensorcoachApp
from sensorcoach.tui.launcher import Opened
from sensorcoach.tui.screens.dashboard import DashboardScreen
from sensorcoach.tui.screens.help import HelpScreen
from sensorcoach.tui.screens.sure import LeaveScreen
from sensorcoach.tui.stream import SNOOZE_S
from sensorcoach.tui.themes import THEMES
from sensorcoach.tui.widgets.painted import Painted

from .feeds import SENSOR, ScriptedFeed, desk, slouching
from .stage import running, settle, stream


def dashboard(app: SensorcoachApp) -> DashboardScreen:
    return next(screen for screen in app.screen_stack if isinstance(screen, DashboardScreen))


def status(app: SensorcoachApp) -> str:
    return dashboard(app).strips[0].text


def log(app: SensorcoachApp) -> str:
    return dashboard(app).log_panel.text


@pytest.mark.parametrize("kind", ["demo", "replay"])
async def test_space_pauses_and_goes_on(kind: Any) -> None:
    feed = ScriptedFeed(desk(30), kind=kind)
    async with running(feed) as (app, pilot):
        await pilot.press("space")
        assert feed.paused
        assert "paused" in status(app)
        await pilot.press("space")
        assert not feed.paused
        assert "playing" in status(app)


async def test_l_shows_large_numbers_and_back() -> None:
    async with running(ScriptedFeed(desk(30))) as (app, pilot):
        screen = dashboard(app)
        small = screen.rate.text
        await pilot.press("l")
        await settle(app, pilot)
        assert not screen.wave.display
        assert len(screen.rate.text) > len(small)
        await pilot.press("p")
        await settle(app, pilot)
        assert "▄" in screen.rate.text
        await pilot.press("l")
        assert screen.wave.display


async def test_n_dims_for_the_night_and_back() -> None:
    async with running(ScriptedFeed(desk(30)), theme="sensorcoach-light") as (app, pilot):
        await pilot.press("n")
        assert app.theme == "sensorcoach-night"
        await pilot.press("n")
        assert app.theme == "sensorcoach-light"


async def test_keys_can_be_others() -> None:
    feed = ScriptedFeed(desk(30))
    async with running(feed, keys={"mark": "k"}) as (_, pilot):
        await pilot.press("m")
        assert feed.commands == []
        await pilot.press("k")
        assert [type(command) for command in feed.commands] == [Mark]


async def test_a_replayed_pacer_is_shown_until_it_ends() -> None:
    set_ns, off = 20 * NS, PacerSet(25 * NS, SENSOR, 0, 0.0, 0.0, 0.0, 0.0)
    feed = ScriptedFeed([*desk(20), PacerSet(set_ns, SENSOR, set_ns, 4.0, 0.0, 6.0, 0.0)], kind="replay")
    async with running(feed) as (app, pilot):
        assert "breathe in" in dashboard(app).orb.text
        assert str(dashboard(app).orb.border_title).strip() == "pacer · long exhale"
        feed.push([off])
        await settle(app, pilot)
        assert "p starts the" in dashboard(app).orb.text


async def test_a_session_s_pacer_stops_by_itself() -> None:
    feed = ScriptedFeed([*desk(20), PacerSet(10 * NS, SENSOR, 10 * NS, 4.0, 0.0, 6.0, 0.0, 22 * NS)], kind="replay")
    async with running(feed) as (app, pilot):
        assert "breathe in" in dashboard(app).orb.text
        feed.push(desk(23)[-4:])
        await settle(app, pilot)
        assert "p starts the" in dashboard(app).orb.text


async def test_the_echo_of_a_pacer_set_here_changes_nothing() -> None:
    feed = ScriptedFeed(desk(30))
    async with running(feed) as (app, pilot):
        await pilot.press("p", "p")
        said = [c for c in feed.commands if isinstance(c, SetPacer)]
        feed.push([PacerSet(30 * NS, SENSOR, c.start_ns, c.inhale_s, 0.0, c.exhale_s, 0.0) for c in said])
        await settle(app, pilot)
        assert str(dashboard(app).orb.border_title).strip() == "pacer · resonance"


async def test_space_live_holds_only_the_view() -> None:
    feed = ScriptedFeed(desk(30), kind="live", recording="desk")
    async with running(feed) as (app, pilot):
        before = dashboard(app).posture.text
        await pilot.press("space")
        feed.push(slouching(60))
        await pilot.pause()
        app.refresh_now()
        assert not feed.paused
        assert "view frozen" in status(app)
        assert dashboard(app).posture.text == before
        await pilot.press("space")
        assert "SLOUCH" in dashboard(app).posture.text


async def test_f_freezes_and_escape_frees() -> None:
    async with running(ScriptedFeed(desk(30))) as (app, pilot):
        await pilot.press("f")
        assert "view frozen" in status(app)
        await pilot.press("escape")
        assert "view frozen" not in status(app)


async def test_arrows_wind_a_recording() -> None:
    feed = ScriptedFeed(desk(30), kind="replay", duration_s=300)
    async with running(feed) as (_, pilot):
        await pilot.press("right", "left")
        assert feed.sought_s == [40.0, 20.0]


async def test_winding_stops_at_the_beginning() -> None:
    feed = ScriptedFeed(desk(4), kind="replay", duration_s=300)
    async with running(feed) as (_, pilot):
        await pilot.press("left")
        assert feed.sought_s == [0.0]


@pytest.mark.parametrize("kind", ["demo", "live"])
async def test_only_recordings_are_wound(kind: Any) -> None:
    feed = ScriptedFeed(desk(30), kind=kind)
    async with running(feed) as (_, pilot):
        await pilot.press("left", "right")
        assert feed.sought_s == []


async def test_brackets_change_the_speed_within_limits() -> None:
    feed = ScriptedFeed(desk(30), kind="replay", duration_s=300)
    async with running(feed) as (app, pilot):
        await pilot.press("right_square_bracket")
        assert feed.speed == 2.0
        assert "2×" in status(app)
        await pilot.press(*["right_square_bracket"] * 6)
        assert math.isinf(feed.speed)
        assert "max" in status(app)
        await pilot.press(*["left_square_bracket"] * 9)
        assert feed.speed == 0.25


async def test_a_live_sensor_has_one_speed() -> None:
    feed = ScriptedFeed(desk(30), kind="live")
    async with running(feed) as (_, pilot):
        await pilot.press("right_square_bracket")
        assert feed.speed == 1.0


async def test_p_walks_through_the_patterns() -> None:
    feed = ScriptedFeed(desk(30))
    async with running(feed) as (app, pilot):
        titles = []
        for _ in PATTERNS:
            await pilot.press("p")
            titles.append(str(dashboard(app).orb.border_title).strip())
        assert titles == [f"pacer · {pattern.name}" for pattern in PATTERNS]
        await pilot.press("p")
        assert stream(app).pacer is None
        assert "p starts the" in dashboard(app).orb.text
    commands = [command for command in feed.commands if isinstance(command, SetPacer)]
    assert [command.inhale_s for command in commands] == [*(pattern.inhale_s for pattern in PATTERNS), 0.0]


async def test_plus_and_minus_change_the_pace_without_a_jump() -> None:
    feed = ScriptedFeed(desk(30))
    async with running(feed) as (app, pilot):
        await pilot.press("minus")
        assert feed.commands == []
        await pilot.press("p", "p")
        pacer = stream(app).pacer
        assert pacer is not None
        before = pacer.at(30 * NS)
        await pilot.press("minus")
        pacer = stream(app).pacer
        assert pacer is not None
        assert pacer.pattern.rate_brpm == pytest.approx(5.5)
        assert pacer.at(30 * NS).level == pytest.approx(before.level, abs=1e-6)
        await pilot.press("plus", "plus")
        assert "6.5 a minute" in dashboard(app).orb.text


async def test_the_pace_stays_on_halves_and_says_where_it_ends() -> None:
    async with running(ScriptedFeed(desk(30)), size=(120, 40)) as (app, pilot):
        await pilot.press("p", "plus")
        assert "7.0 a minute" in dashboard(app).orb.text
        await pilot.press("plus")
        assert "7.5 a minute · fastest" in dashboard(app).orb.text
        commands = len(stream(app).feed.commands)  # type: ignore[attr-defined]
        await pilot.press("plus")
        assert "7.5 a minute is the fastest the pacer goes." in log(app)
        assert len(stream(app).feed.commands) == commands  # type: ignore[attr-defined]
        await pilot.press(*["minus"] * 9)
        assert "3.0 a minute · slowest" in dashboard(app).orb.text


async def test_m_marks() -> None:
    feed = ScriptedFeed(desk(30))
    async with running(feed) as (app, pilot):
        await pilot.press("m", "m")
        assert feed.commands == [Mark(30 * NS, "mark 1"), Mark(30 * NS, "mark 2")]
        assert "mark 2" in log(app)


async def test_u_takes_the_present_pose() -> None:
    feed = ScriptedFeed(desk(30))
    async with running(feed) as (app, pilot):
        await pilot.press("u")
        assert feed.commands == [Calibrate(30 * NS, "chest")]
        assert "present pose" in log(app)


async def test_w_says_who_stands_and_who_sits() -> None:
    feed = ScriptedFeed(desk(30))
    profiles = SlouchProfiles(SlouchSettings(9.0, 5.0), SlouchSettings(18.0, 15.0))
    async with running(Opened(feed, slouch=profiles)) as (app, pilot):
        await pilot.press("w")
        assert "You stand now: a slouch is 18° or more." in log(app)
        await pilot.press("w")
        assert "You sit now: a slouch is 9° or more." in log(app)
    assert feed.commands == [SetSlouch(30 * NS, "chest", 18.0, 15.0), SetSlouch(30 * NS, "chest", 9.0, 5.0)]


async def test_s_snoozes_and_wakes() -> None:
    feed = ScriptedFeed(desk(30))
    async with running(feed) as (app, pilot):
        await pilot.press("s")
        assert "alerts quiet" in status(app)
        await pilot.press("s")
        assert "alerts quiet" not in status(app)
    assert feed.commands == [Snooze(30 * NS, SNOOZE_S), Snooze(30 * NS, 0.0)]


async def test_z_zooms_the_curve_or_the_focused_panel() -> None:
    async with running(ScriptedFeed(desk(30))) as (app, pilot):
        screen = dashboard(app)
        await pilot.press("z")
        assert screen.wave.display
        assert not screen.panels.display
        await pilot.press("z")
        assert screen.panels.display
        await pilot.press("tab", "tab", "z")
        assert screen.rate.display
        assert not screen.wave.display
        assert not screen.posture.display
        await pilot.press("escape")
        assert screen.wave.display


async def test_t_walks_through_the_themes() -> None:
    async with running(ScriptedFeed(desk(30))) as (app, pilot):
        seen = [app.theme]
        for _ in THEMES:
            await pilot.press("t")
            seen.append(app.theme)
        assert seen == [*(theme.name for theme in THEMES), THEMES[0].name]


async def test_only_checked_themes_are_offered() -> None:
    async with running(ScriptedFeed(desk(30)), theme="sensorcoach-light") as (app, _):
        assert app.theme == "sensorcoach-light"
        assert set(app.available_themes) == {theme.name for theme in THEMES}


async def test_q_quits_from_the_help_too() -> None:
    async with running(ScriptedFeed(desk(30))) as (app, pilot):
        await pilot.press("question_mark", "q")
        assert app.return_value == 0


async def test_help_opens_and_closes() -> None:
    async with running(ScriptedFeed(desk(30))) as (app, pilot):
        for key in ("escape", "question_mark", "enter"):
            await pilot.press("question_mark")
            assert isinstance(app.screen, HelpScreen)
            await pilot.press(key)
            assert isinstance(app.screen, DashboardScreen)


async def test_the_palette_knows_the_commands() -> None:
    async with running(ScriptedFeed(desk(30))) as (app, _):
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert {"Pacer: on, next, off", "Moment: mark", "Quit"} <= titles


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
async def test_q_and_ctrl_c_quit(key: str) -> None:
    async with running(ScriptedFeed(desk(30))) as (app, pilot):
        await pilot.press(key)
        assert app.return_value == 0


async def test_q_asks_while_recording() -> None:
    async with running(ScriptedFeed(desk(30), kind="live", recording="desk")) as (app, pilot):
        await pilot.press("q")
        assert isinstance(app.screen, LeaveScreen)
        await pilot.press("n")
        assert isinstance(app.screen, DashboardScreen)
        assert app.return_value is None
        await pilot.press("q", "y")
        assert app.return_value == 0


async def test_the_end_leaves_the_last_picture_and_winds_back() -> None:
    feed = ScriptedFeed(desk(30), kind="replay", duration_s=30)
    async with running(feed) as (app, pilot):
        before = dashboard(app).rate.text
        feed.end()
        await settle(app, pilot)
        assert "ended" in status(app)
        assert "goes back" in dashboard(app).strips[2].text
        assert dashboard(app).rate.text == before
        assert dashboard(app).has_class("-over")
        await pilot.press("left")
        await pilot.pause()
        assert feed.started == 2
        feed.push([Link(20 * NS, "chest", "seek", ""), *(e for e in desk(25) if e.t_ns > 20 * NS)])
        await pilot.pause()
        app.refresh_now()
        assert "playing" in status(app)
        assert not dashboard(app).has_class("-over")


async def test_an_end_that_is_only_said_counts_too() -> None:
    feed = ScriptedFeed([*desk(30), Link(30 * NS, "chest", "ended", "")], kind="replay", duration_s=30)
    async with running(feed) as (app, _):
        assert "ended" in status(app)


async def test_a_failure_is_said_in_words_and_the_app_stays() -> None:
    feed = ScriptedFeed(desk(30), kind="live", recording="desk")
    async with running(feed) as (app, pilot):
        feed.fail(DeviceError("The strap is out of reach.", "Come nearer and start again."))
        await settle(app, pilot)
        assert "stopped" in status(app)
        assert "The strap is out of reach. Come nearer and start again." in dashboard(app).strips[2].text
        assert "out of reach" in log(app)
        await pilot.press("q")
        assert app.return_value == 0


class RestlessFeed(ScriptedFeed):
    """Always has more, as a recording played flat out does."""

    async def batches(self) -> AsyncGenerator[Sequence[Event], None]:
        events = desk(20)
        while not self.paused:
            yield events


async def test_a_feed_that_never_rests_lets_keys_through() -> None:
    async with running(RestlessFeed(kind="replay")) as (app, pilot):
        await pilot.press("space")
        assert "paused" in status(app)
        await pilot.press("q")
        assert app.return_value == 0


def followed(*, lag_s: float = 0.1, adherence: float = 0.4, effort: float = 1.0) -> Followed:
    return Followed(30 * NS, "chest", lag_s, adherence, 0.8, 0.0, 0.0, effort, 0.7)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (followed(adherence=0.8), "with it ✓"),
        (followed(lag_s=0.84), "0.8 s late"),
        (followed(lag_s=-0.5), "0.5 s early"),
        (followed(lag_s=math.nan), "not yet with it"),
        (followed(adherence=0.9, effort=2.0), "smooth, not deep"),
        (HeartCoherence(30 * NS, "chest", 0.8, 0.6, 6.0), "♥ swings along"),
    ],
)
async def test_how_the_breath_follows_stands_beside_the_ring(event: Event, said: str) -> None:
    feed = ScriptedFeed(desk(30))
    async with running(feed, (120, 40)) as (app, pilot):
        await pilot.press("p")
        assert said not in dashboard(app).orb.text
        feed.push([event])
        await settle(app, pilot)
        assert said in dashboard(app).orb.text


async def test_what_is_said_beside_the_feed_is_a_moment() -> None:
    opened = Opened(ScriptedFeed(desk(30)))
    async with running(opened) as (app, pilot):
        opened.remarks.append("There is no loudspeaker.")
        await settle(app, pilot)
        assert "There is no loudspeaker." in dashboard(app).log_panel.text


async def test_silence_is_said_and_old_numbers_go() -> None:
    feed = ScriptedFeed([*desk(30), Link(32 * NS, "chest", "silent", "")], position_s=36.0, kind="live")
    async with running(feed) as (app, _):
        assert "sensor quiet" in status(app)
        assert "Nothing is heard from the sensor" in dashboard(app).strips[2].text
        assert "no data" in dashboard(app).rate.text
        assert "8.0" not in dashboard(app).rate.text


async def test_reduced_motion_has_words_instead_of_the_ring() -> None:
    async with running(ScriptedFeed(desk(30)), reduced_motion=True) as (app, pilot):
        await pilot.press("p")
        assert "breathe in" in dashboard(app).orb.text
        assert not any("⠁" <= char <= "⣿" for char in dashboard(app).orb.text)
        assert app.animation_level == "none"


async def test_without_colour_the_hills_are_hatched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(ScriptedFeed(desk(30))) as (app, pilot):
        assert "░" not in dashboard(app).wave.text
        await pilot.press("p")
        assert "░" in dashboard(app).wave.text


async def test_without_colour_no_colour_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(ScriptedFeed(slouching(60))) as (app, pilot):
        await pilot.press("p")
        await pilot.pause()
        for panel in dashboard(app).query(Painted):
            for strip in panel.render_lines(panel.size.region):
                styles = [style for _, style, _ in strip if style is not None]
                assert all(colour.is_default for style in styles for colour in (style.color, style.bgcolor) if colour)


async def test_the_header_names_the_wearer_and_what_was_lost() -> None:
    feed = ScriptedFeed(desk(30), kind="live", title="Polar H10")
    feed.lost_packets = 3
    async with running(Opened(feed, wearer="Ann")) as (app, _):
        assert status(app).startswith("Polar H10 · Ann")
        assert "3 packets lost" in status(app)


async def test_an_ended_recording_stands_at_its_length() -> None:
    feed = ScriptedFeed(desk(30), kind="replay", duration_s=479.995, position_s=479.3)
    async with running(feed) as (app, pilot):
        assert "07:59 / 08:00" in status(app)
        feed.end()
        await settle(app, pilot)
        assert "08:00 / 08:00" in status(app)


async def test_without_gyro_it_is_a_trunk_lean() -> None:
    async with running(ScriptedFeed(desk(30), has_gyro=False)) as (app, _):
        assert str(dashboard(app).posture.border_title).strip() == "trunk lean"


async def test_any_size_can_be_drawn() -> None:
    async with running(ScriptedFeed(slouching(60)), size=(20, 6)) as (app, pilot):
        await pilot.press("p", "z", "z")
        for size in ((30, 10), (60, 20), (400, 100), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert "SLOUCH" in dashboard(app).posture.text
