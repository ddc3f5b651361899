"""The dashboard's feed: the same events as a headless run, pause, seek, end, and failure."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from sensorcoach.cli import main
from sensorcoach.events import Calibrate, Event, Link, Mark, NeutralSet, Second
from sensorcoach.runtime.player import Player
from sensorcoach.runtime.run import Run
from sensorcoach.samples import NS
from sensorcoach.transport.replay import open_recording


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("journals") / "made"
    assert main(["record", "--speed", "max", "--seconds", "400", "--scenario", "paced", "-o", str(folder)]) == 0
    return folder.with_suffix(".journal")


def player(journal: Path, **kwargs: float) -> Player:
    return Player(Run(open_recording(journal), waves=True, seekable=True), "replay", speed=float("inf"), **kwargs)  # type: ignore[arg-type]


def whole(journal: Path) -> list[Event]:
    run = Run(open_recording(journal), waves=True)
    events: list[Event] = []
    while not run.ended:
        events += run.advance(run.position_ns + 600 * NS)
    return events + run.finish()


async def until_end(feed: Player) -> list[Event]:
    events: list[Event] = []
    async for batch in feed.batches():
        events += batch
        if any(isinstance(e, Link) and e.state == "ended" for e in batch):
            break
    return events


async def test_slices_give_the_events_of_the_whole(journal: Path) -> None:
    assert repr(await until_end(player(journal))) == repr(whole(journal))


@pytest.mark.parametrize("target_s", [0.0, 130.0, 301.5])
async def test_after_a_seek_the_events_are_those_of_the_whole(journal: Path, target_s: float) -> None:
    """Back and forth through saved states changes nothing about what is said from there on."""
    feed = player(journal)
    expected = [e for e in whole(journal) if e.t_ns > (target_s + 6) * NS]
    seen: list[Event] = []
    sought = False
    async for batch in feed.batches():
        if any(isinstance(e, Link) and e.state == "seek" for e in batch):
            sought, seen = True, []
            continue
        seen += batch
        if any(isinstance(e, Link) and e.state == "ended" for e in batch):
            if sought:
                break
            feed.seek(target_s)
    assert seen[0].t_ns <= (target_s + 6) * NS
    assert repr([e for e in seen if e.t_ns > (target_s + 6) * NS]) == repr(expected)


async def test_pause_holds_and_commands_still_work(journal: Path) -> None:
    feed = player(journal)
    batches = feed.batches()
    await anext(batches)
    feed.set_paused(True)
    at_s = feed.position_s
    feed.command(Calibrate(0, feed.sensor, (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))
    feed.command(Mark(0, "here"))
    waiting = asyncio.ensure_future(anext(batches))
    await asyncio.sleep(0)
    assert feed.position_s == at_s
    feed.set_paused(False)
    batch: Sequence[Event] = await waiting
    later = [*batch, *await anext(batches)]
    assert any(isinstance(e, NeutralSet) and e.source == "given" for e in later)


async def test_paced_playback_shows_what_its_time_has_come_for(journal: Path) -> None:
    feed = player(journal)
    feed.set_speed(400.0)
    seen: list[Event] = []
    async for batch in feed.batches():
        seen += batch
        if feed.position_s > 20:
            break
    rows = [e for e in seen if isinstance(e, Second)]
    assert [r.t_ns // NS for r in rows] == list(range(1, len(rows) + 1))


async def test_a_source_that_fails_says_so(journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feed = player(journal)
    from sensorcoach.errors import InputError

    def broken(until_ns: int, limit: int) -> list[object]:
        raise InputError("the disk is gone")

    monkeypatch.setattr(feed._run.source, "read", broken)
    with pytest.raises(InputError, match="disk is gone"):
        await until_end(feed)


async def after_seeks(feed: Player, *targets_s: float) -> list[Event]:
    """What the first batch after these seeks says, sought one after the other without waiting."""
    batches = feed.batches()
    async for _ in batches:
        if feed.position_s > 200.0:
            break
    for target_s in targets_s:
        feed.seek(target_s)
    return list(await anext(batches))


async def test_a_seek_brings_the_minute_before_it(journal: Path) -> None:
    seek, *past = await after_seeks(player(journal), 150.0)
    assert isinstance(seek, Link)
    assert (seek.state, seek.t_ns) == ("seek", 90 * NS)
    rows = [e.t_ns // NS for e in past if isinstance(e, Second)]
    assert rows[0] == 91
    assert rows == list(range(91, rows[-1] + 1))
    assert 149 <= rows[-1] <= 150
    told_again = [e for e in past if e.t_ns <= seek.t_ns]
    assert [type(e) for e in told_again] == [NeutralSet]


async def test_a_short_way_on_is_only_quicker(journal: Path) -> None:
    feed = player(journal)
    batches = feed.batches()
    seen: list[Event] = []
    async for batch in batches:
        seen += batch
        if feed.position_s > 100.0:
            break
    feed.seek(feed.position_s + 10.0)
    seen += await anext(batches)
    assert not any(isinstance(e, Link) for e in seen)
    rows = [e.t_ns // NS for e in seen if isinstance(e, Second)]
    assert rows == list(range(1, rows[-1] + 1))
    assert rows[-1] >= 109


async def test_on_the_way_the_position_is_where_it_goes(journal: Path) -> None:
    """So that four presses of a key go back four times as far."""
    feed = player(journal)
    batches = feed.batches()
    async for _ in batches:
        if feed.position_s > 200.0:
            break
    for _ in range(4):
        feed.seek(feed.position_s - 10.0)
    target_s = feed.position_s
    assert 160.0 <= target_s <= 166.0
    await anext(batches)
    assert target_s - 1.0 <= feed.position_s <= target_s
