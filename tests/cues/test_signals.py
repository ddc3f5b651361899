"""Bell and buzzer: in is one, out is two, a hold three."""

from __future__ import annotations

import asyncio
import threading

import pytest

from sensorcoach.cues import CueSettings, player, signals
from sensorcoach.cues.signals import BUZZ_MS, Bell, Haptic
from sensorcoach.events import PacerSet
from sensorcoach.samples import NS


@pytest.mark.parametrize(("kind", "strokes"), [("inhale", 1), ("exhale", 2), ("hold_in", 3), ("good", 0)])
def test_the_bell_counts(kind: str, strokes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "APART_S", 0.0)
    rung = threading.Semaphore(0)
    bell = Bell(rung.release)
    bell.play(kind)
    for _ in range(strokes):
        assert rung.acquire(timeout=5.0)
    bell.close()
    assert not rung.acquire(blocking=False)


async def test_the_buzzer_counts_and_says_once_when_it_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "REST_S", -BUZZ_MS / 1000)
    buzzed: list[tuple[str, int]] = []
    said: list[str] = []
    works = True

    async def buzz(sensor: str, duration_ms: int) -> bool:
        buzzed.append((sensor, duration_ms))
        return works

    haptic = Haptic(buzz, asyncio.get_running_loop(), said.append)

    async def play(kind: str) -> int:
        buzzed.clear()
        haptic.play(kind, "chest")
        if haptic._busy is not None:
            await asyncio.wrap_future(haptic._busy)
        return len(buzzed)

    assert [await play(kind) for kind in ("inhale", "exhale", "hold_out", "tick")] == [1, 2, 3, 0]
    assert set(buzzed) <= {("chest", BUZZ_MS)}
    works = False
    assert [await play(kind) for kind in ("exhale", "exhale")] == [1, 1]
    assert said == ["The sensor does not buzz now."]
    haptic.close()


async def test_a_cue_while_the_last_buzzes_go_on_is_left_out() -> None:
    count, free = 0, asyncio.Event()

    async def buzz(sensor: str, duration_ms: int) -> bool:
        nonlocal count
        count += 1
        return await free.wait()

    haptic = Haptic(buzz, asyncio.get_running_loop(), pytest.fail)
    haptic.play("inhale", "chest")
    haptic.play("inhale", "chest")
    free.set()
    assert haptic._busy is not None
    await asyncio.wrap_future(haptic._busy)
    assert count == 1


async def test_a_player_on_the_links_own_loop_has_the_sensor_buzz() -> None:
    buzzed = asyncio.Event()

    async def buzz(sensor: str, duration_ms: int) -> bool:
        assert sensor == "chest"
        buzzed.set()
        return True

    sink = player(CueSettings(haptic=True), position_ns=lambda: NS, buzz=buzz, say=pytest.fail)
    sink([PacerSet(NS, "chest", NS, 5.0, 0.0, 5.0, 0.0)])
    async with asyncio.timeout(5.0):
        await buzzed.wait()
    sink.close()
