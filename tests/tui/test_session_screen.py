"""The session screen: each key, questions, pauses, and the summary at the end."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from textual.pilot import Pilot

from sensorcoach.errors import DeviceError
from sensorcoach.events import Answer, ControlSession, ExerciseDone, Notice, Score, SessionState, SetPacer
from sensorcoach.tui.app import SensorcoachApp
from sensorcoach.tui.launcher import Opened
from sensorcoach.tui.screens.home import HomeScreen
from sensorcoach.tui.screens.session import SessionScreen
from sensorcoach.tui.screens.summary import SummaryScreen
from sensorcoach.tui.screens.sure import SureScreen

from .feeds import SENSOR, ScriptedFeed
from .lessons import ASK, FEEL, PLAN, asked, breathing, judged, ns, repeating, summed_up
from .stage import ScriptedLauncher, running, settle


def session(events: Any, kind: Any = "live") -> tuple[ScriptedFeed, Opened]:
    feed = ScriptedFeed(events, kind=kind, title="Polar H10")
    return feed, Opened(feed, "session", PLAN)


def lesson(app: SensorcoachApp) -> SessionScreen:
    return next(screen for screen in app.screen_stack if isinstance(screen, SessionScreen))


def told(feed: ScriptedFeed) -> list[tuple[str, str]]:
    out = []
    for command in feed.commands:
        if isinstance(command, ControlSession):
            out.append(("control", command.action))
        elif isinstance(command, Answer):
            out.append((command.question, command.value))
    return out


async def test_a_repetition_with_its_angle_and_verdict() -> None:
    feed, opened = session(repeating())
    async with running(opened) as (app, pilot):
        screen = lesson(app)
        assert "repetition 2 of 3" in screen.count.text
        assert "hold" in screen.count.text
        assert "1. Good, held 3 seconds." in screen.count.text
        assert "✓ in the band" in screen.angle.text
        assert "Desk reset: Lift the chest" in screen.course.text
        assert "then Breathing, seated" in screen.course.text
        feed.push([judged(40.2, 2, False, "2. A little further, if it is comfortable.")])
        await settle(app, pilot)
        assert "◢ 2. A little further" in screen.count.text


async def test_breath_and_pacer_together_and_the_pacer_reaches_the_sensor() -> None:
    feed, opened = session(breathing())
    async with running(opened, (120, 40)) as (app, _):
        screen = lesson(app)
        assert screen.wave.display
        assert "breathe in" in screen.orb.text
        assert "breath 3 of 6" in screen.count.text
        assert any("BREATHE" not in row for row in screen.words.text.splitlines())
    assert [c.exhale_s for c in feed.commands if isinstance(c, SetPacer)] == [6.0]


async def test_a_rehearsal_is_not_told_its_own_pacer() -> None:
    feed, opened = session(breathing(), "demo")
    async with running(opened):
        pass
    assert feed.commands == []


async def test_keys_lead_the_session() -> None:
    feed, opened = session(repeating())
    async with running(opened) as (_, pilot):
        await pilot.press("space", "n", "right", "b", "left", "r", "h")
    actions = ["pause", "skip", "skip", "back", "back", "repeat"]
    assert told(feed) == [*(("control", action) for action in actions), ("pain", "yes")]


async def test_x_stops_after_a_question() -> None:
    feed, opened = session(repeating())
    async with running(opened) as (app, pilot):
        await pilot.press("x")
        assert isinstance(app.screen, SureScreen)
        await pilot.press("n")
        assert told(feed) == []
        await pilot.press("escape", "y")
    assert told(feed) == [("control", "stop")]


async def test_a_rehearsal_stands_still_with_its_wearer() -> None:
    feed, opened = session(repeating(), "demo")
    async with running(opened) as (app, pilot):
        await pilot.press("space")
        assert feed.paused
        assert "Press space to go on" in lesson(app).words.text
        await pilot.press("space")
        assert not feed.paused
    assert told(feed) == []


async def test_a_lost_sensor_is_a_pause_in_words() -> None:
    feed, opened = session([*repeating(), SessionState(ns(40.0), SENSOR, "paused", "sensor")])
    async with running(opened) as (app, pilot):
        assert "goes on by itself when it is back" in lesson(app).words.text
        await pilot.press("space")
        assert told(feed) == [("control", "resume")]
        feed.push([SessionState(ns(41.0), SENSOR, "running", "sensor")])
        await settle(app, pilot)
        assert "by itself" not in lesson(app).words.text


async def test_digits_answer_how_much_once() -> None:
    feed, opened = session(asked(ASK))
    async with running(opened, (80, 20)) as (app, pilot):
        assert "How much discomfort" in lesson(app).words.text
        assert "0  1  2" in lesson(app).question.text
        await pilot.press("7")
        await settle(app, pilot)
        assert "✓ 7. Thank you." in lesson(app).question.text
        await pilot.press("3")
    assert told(feed) == [("control", "wait"), ("discomfort_before", "7"), ("control", "next")]


async def test_a_question_waits_for_who_has_to_get_up_first() -> None:
    _, opened = session(asked(ASK))
    async with running(opened) as (app, _):
        assert "It goes on by itself in 58 s." in lesson(app).question.text
    _, opened = session(asked(ASK), "demo")
    async with running(opened) as (app, _):
        assert "It goes on by itself in 6 s." in lesson(app).question.text


async def test_what_is_said_beside_the_feed_is_seen() -> None:
    _, opened = session(repeating())
    async with running(opened) as (app, pilot):
        opened.remarks.append("There is no loudspeaker.")
        await settle(app, pilot)
        assert [note.message for note in app._notifications] == ["There is no loudspeaker."]


async def test_arrows_and_enter_answer_too() -> None:
    feed, opened = session(asked(FEEL))
    async with running(opened) as (app, pilot):
        await pilot.press("right", "right", "left")
        assert "[easy]" in lesson(app).question.text
        await pilot.press("9", "enter")
        feed.push(asked(ASK, 40.0)[-4:])
        await settle(app, pilot)
        assert "[" not in lesson(app).question.text
    assert told(feed) == [("control", "wait"), ("feel", "easy"), ("control", "next"), ("control", "wait")]


async def test_ten_is_reached_with_the_arrows() -> None:
    feed, opened = session(asked(ASK))
    async with running(opened) as (_, pilot):
        await pilot.press(*["right"] * 12, "enter")
    assert told(feed)[1] == ("discomfort_before", "10")


async def test_enter_goes_on_without_an_answer() -> None:
    feed, opened = session(asked(FEEL))
    async with running(opened) as (_, pilot):
        await pilot.press("enter")
    assert told(feed) == [("control", "wait"), ("control", "next")]


async def test_in_a_rehearsal_an_answer_does_not_shift_the_script() -> None:
    feed, opened = session(asked(FEEL), "demo")
    async with running(opened) as (_, pilot):
        await pilot.press("2")
    assert told(feed) == [("feel", "right")]


async def end(app: SensorcoachApp, pilot: Pilot[int], feed: ScriptedFeed) -> SummaryScreen:
    feed.push([summed_up(200.0)])
    await settle(app, pilot)
    await pilot.pause()
    assert isinstance(app.screen, SummaryScreen)
    return app.screen


async def test_the_summary_says_one_thing_to_keep_and_one_to_try() -> None:
    feed, opened = session(repeating())
    async with running(opened) as (app, pilot):
        screen = await end(app, pilot, feed)
        said = "\n".join(str(widget.render()) for widget in screen.query("Static"))
        assert "90 % done in 3 min" in said
        assert "You breathed with the pacer." in said
        assert "Give the breath in more time." in said
        assert "13.1°" in said
        assert "that takes a gyroscope" in said
        assert "not judged, too little was known" not in said
        assert "3 before, 1 after" in said
        assert app.stream is None
        assert feed.closings == 1
        await pilot.press("enter")
    assert app.return_value == 0


async def test_what_could_not_be_judged_is_said_in_one_line() -> None:
    """Not as a name with a meaning and no number."""
    unknown = [Score("arms", name, math.nan, "", "a share, 0 to 1") for name in ("adherence", "evenness")]
    summary = replace(summed_up(200.0), scores=tuple(unknown), exercises=(ExerciseDone("arms", "Arms", 1.0, ""),))
    feed, opened = session(repeating())
    async with running(opened) as (app, pilot):
        feed.push([summary])
        await settle(app, pilot)
        await pilot.pause()
        said = "\n".join(str(widget.render()) for widget in app.screen.query("Static"))
        assert "not judged, too little was known: with the pacer, even breaths" in said
        assert "a share" not in said


async def test_with_a_home_the_summary_leads_there() -> None:
    feed, opened = session(repeating())
    async with running(opened, launcher=ScriptedLauncher()) as (app, pilot):
        await end(app, pilot, feed)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)


async def test_before_the_sensor_is_there_it_says_so() -> None:
    _, opened = session([Notice(0, SENSOR, "link_connecting", "Connecting to Polar H10.", "")])
    async with running(opened) as (app, _):
        assert "Connecting to Polar H10." in lesson(app).words.text


async def test_a_failure_is_said_and_left() -> None:
    feed, opened = session(repeating())
    async with running(opened, launcher=ScriptedLauncher()) as (app, pilot):
        feed.fail(DeviceError("The strap is out of reach.", "Come nearer."))
        await settle(app, pilot)
        assert "The strap is out of reach. Come nearer. Esc leaves." in " ".join(lesson(app).words.text.split())
        await pilot.press("escape")
        await settle(app, pilot)
        assert isinstance(app.screen, HomeScreen)


async def test_help_names_the_keys_of_the_session() -> None:
    _, opened = session(repeating())
    async with running(opened) as (app, pilot):
        await pilot.press("question_mark")
        said = "\n".join(str(widget.render()) for widget in app.screen.query("Static"))
        assert "it hurts: leave this exercise" in said


async def test_any_size_can_be_drawn() -> None:
    _, opened = session(repeating())
    async with running(opened, size=(20, 6)) as (app, pilot):
        for size in ((40, 12), (200, 60), (80, 24)):
            await pilot.resize_terminal(*size)
            await settle(app, pilot)
        assert "repetition 2 of 3" in lesson(app).count.text
