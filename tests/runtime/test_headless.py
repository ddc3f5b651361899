"""Pacing without a dashboard: the same lines at every speed, paced by a clock the test holds in its hand."""

from __future__ import annotations

import io
import math
from pathlib import Path

import pytest

from sensorcoach.cli import main
from sensorcoach.events import ActivityChanged, Second
from sensorcoach.runtime.headless import json_sink, plain_sink, play
from sensorcoach.runtime.run import Run, stream_end_ns
from sensorcoach.samples import NS
from sensorcoach.transport.replay import open_recording


class Clock:
    """Time goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.slept = 0

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds
        self.slept += 1


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("journals") / "made"
    assert main(["record", "--speed", "max", "--seconds", "70", "-o", str(folder)]) == 0
    return folder.with_suffix(".journal")


def lines(journal: Path, speed: float, clock: Clock) -> str:
    out = io.StringIO()
    run = Run(open_recording(journal))
    play(run, json_sink(out), speed=speed, end_ns=stream_end_ns(None), clock=clock, sleep=clock.sleep)
    return out.getvalue()


def test_the_same_lines_at_every_speed(journal: Path) -> None:
    whole = lines(journal, math.inf, Clock())
    assert whole.count('"second"') >= 69
    for speed in (1.0, 20.0):
        clock = Clock()
        assert lines(journal, speed, clock) == whole
        assert clock.now_s - 1000.0 == pytest.approx(70.0 / speed, rel=0.05, abs=0.3)


def test_real_time_is_kept_line_by_line(journal: Path) -> None:
    clock = Clock()
    late: list[float] = []

    def sink(events: object) -> None:
        late.extend(clock.now_s - 1000.0 - e.t_ns / NS for e in events if isinstance(e, Second))  # type: ignore[attr-defined]

    play(Run(open_recording(journal)), sink, speed=1.0, end_ns=40 * NS, clock=clock, sleep=clock.sleep)
    assert len(late) == 39
    assert min(late) > 0.0
    assert max(late) < 0.35  # a packet and a frame


def test_plain_sentences_carry_their_time() -> None:
    out = io.StringIO()
    plain_sink(out)([ActivityChanged(3_725 * NS, "chest", "walking", "still")])
    assert out.getvalue().startswith("1:02:05  You are walking")
