"""The small parts of a watch: what the ticks tell, what is remembered, who holds the lock, what a view shows."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from sensorcoach.errors import DeviceError, OutputError
from sensorcoach.events import Alert, Second, SlouchStarted
from sensorcoach.runtime.watch.board import Board, in_one_line, in_words
from sensorcoach.runtime.watch.clockwatch import ClockWatch
from sensorcoach.runtime.watch.frugal import give_memory_back
from sensorcoach.runtime.watch.lock import InstanceLock
from sensorcoach.runtime.watch.memory import WatchMemory, recall, remember
from sensorcoach.samples import NS, Tick

NAN = float("nan")


def said(*ticks: tuple[float, float, int]) -> list[str]:
    """What a watch says to ticks of (stream, wall, offset), s."""
    watch = ClockWatch()
    return [w for t, wall, o in ticks for w in watch.update(Tick(round(t * NS), round(wall * NS), o))]


def test_the_allocator_is_asked_to_give_memory_back_where_there_is_one_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    library = SimpleNamespace(mallopt=lambda parameter, value: asked.append((parameter, value)))
    monkeypatch.setattr("ctypes.CDLL", lambda name: library)
    monkeypatch.setattr("sys.platform", "darwin")
    give_memory_back()
    assert asked == []
    monkeypatch.setattr("sys.platform", "linux")
    give_memory_back()
    assert [parameter for parameter, _ in asked] == [-3, -1, -8]
    del library.mallopt  # another C library
    give_memory_back()


def test_ordinary_ticks_say_nothing() -> None:
    assert said((0, 100, 0), (1, 101.4, 0), (4, 103, 0)) == []


@pytest.mark.parametrize(
    ("tick", "words"),
    [
        ((3601.0, 3701.0, 0), ["This computer slept or was very busy for 1 h 00 min."]),
        ((1.0, 401.0, 0), ["The clock went forward by 5 min: it was set, or this computer slept."]),
        ((1.0, -499.0, 0), ["The clock went back by 10 min: it was set, or this computer slept."]),
        ((1.0, 101.0, 7200), ["Local time is now UTC+02:00 instead of UTC+00:00."]),
        ((1.0, 101.0, -12600), ["Local time is now UTC-03:30 instead of UTC+00:00."]),
    ],
)
def test_jumps_are_told_of(tick: tuple[float, float, int], words: list[str]) -> None:
    assert said((0, 100, 0), tick) == words


def test_what_is_remembered_comes_back_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    path, memory = tmp_path / "state" / "watch.json", WatchMemory("2026-05-04", "2026-05-06", 7, True)
    remember(path, memory)
    assert recall(path) == memory
    assert path.stat().st_mode & 0o777 == 0o600
    assert recall(path).alerts_on() == (date(2026, 5, 6), 7)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"first_day": 3}', "[" * 100_000, '{"used": "x"}'])
def test_a_memory_that_makes_no_sense_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "watch.json"
    path.write_text(text)
    assert recall(path) == WatchMemory()


def test_the_first_week_is_seven_days() -> None:
    memory = WatchMemory("2026-05-04")
    assert [memory.is_new(date(2026, 5, day)) for day in (4, 10, 11)] == [True, True, False]
    assert WatchMemory().is_new(date(2026, 5, 4))
    assert WatchMemory("garbage").alerts_on() is None


def test_where_nothing_can_be_remembered_nothing_happens(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    remember(tmp_path / "file" / "watch.json", WatchMemory())


def test_the_second_instance_is_told_who_holds_it(tmp_path: Path) -> None:
    with InstanceLock(tmp_path, "watch-me", "watching Polar H10") as lock:
        assert lock.path.stat().st_mode & 0o777 == 0o600
        with pytest.raises(DeviceError, match=rf"Process {os.getpid()} is already watching Polar H10, since 20"):
            InstanceLock(tmp_path, "watch-me", "again").__enter__()
        with InstanceLock(tmp_path, "watch-you", "watching"):
            pass
    with InstanceLock(tmp_path, "watch-me", "watching"):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="Windows locks in another way")
def test_a_folder_that_knows_no_locks_does_not_stop_a_watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(file: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", unknown)
    with InstanceLock(tmp_path, "watch-me", "watching") as lock:
        assert "watching" in lock.path.read_text()


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    code = (
        "import sys, os; from pathlib import Path; from sensorcoach.runtime.watch.lock import InstanceLock\n"
        "InstanceLock(Path(sys.argv[1]), 'watch-me', 'watching').__enter__(); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    with InstanceLock(tmp_path, "watch-me", "watching"):
        pass


def test_a_lock_in_an_impossible_place_is_an_error_with_advice(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be made"):
        InstanceLock(tmp_path / "file", "watch-me", "watching").__enter__()


def row(second: int, activity: str = "still", *, slouching: bool | None = False, flexion: float = 2.0) -> Second:
    return Second(second * NS, "chest", 13.6, 13.0, 0.9, "", "", flexion, 0.0, 3.0, 1.0, activity, slouching)


def test_the_board_counts_only_what_could_be_judged() -> None:
    board = Board("Polar H10", "ada", "chest")
    board.link = "streaming"
    board.mode = "all-day"
    events = [row(s) for s in range(1, 61)]
    events += [row(s, slouching=True, flexion=18.0) for s in range(61, 81)]
    events += [row(s, "off", slouching=None) for s in range(81, 101)]
    board.hear(events)
    board.hear([SlouchStarted(61 * NS, "chest", 56 * NS, 18.0, 0.3), Alert(61 * NS, "chest", "slouch", "Sit tall.")])
    board.hear([row(101, slouching=True, flexion=18.0), row(102, slouching=True)])
    summary = board.summary(pid=7, snooze_s=600, mute_s=0)
    assert (summary["worn_s"], summary["judged_s"], summary["slouched_s"]) == (82, 82, 22)
    assert in_one_line(summary) == (
        "streaming · still · breathing 14 a minute · 2° forward, slouching · 1 slouches, 1 alerts today"
    )
    words = in_words(summary)
    assert "Watching Polar H10 (process 7), worn by ada." in words
    assert "This day: worn 82 s, posture judged 82 s, 73 % upright." in words
    assert "Alerts: all-day, snoozed for 10 min more." in words
    assert "Last alert: Sit tall." in words


def test_a_board_that_knows_nothing_says_so() -> None:
    summary = Board("Polar H10", "me", "chest").summary(pid=1, snooze_s=0, mute_s=0)
    assert [summary[k] for k in ("breath_rate_brpm", "flexion_deg", "slouching", "battery_percent")] == [None] * 4
    assert in_one_line(summary) == "starting · not known yet · 0 slouches, 0 alerts today"
    assert "nothing judged yet" in in_words(summary)
