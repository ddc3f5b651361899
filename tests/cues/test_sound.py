"""Where tones go; no device is no error."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable, Generator
from enum import Enum, auto
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from sensorcoach.cues import sound
from sensorcoach.cues.sound import FADE, Mixer, PlayerOutput, Sound
from sensorcoach.cues.tones import TONES, tone
from sensorcoach.cues.worker import Worker


def nothing() -> None:
    """No miniaudio."""


def program(folder: Path, script: str) -> str:
    path = folder / "player"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_the_newest_tone_takes_over_and_the_last_one_fades() -> None:
    mixer = Mixer()
    mixer.play(np.full(10_000, 1000, np.int16))
    assert mixer.fill(4).tolist() == [1000] * 4
    mixer.play(np.full(10_000, -500, np.int16))
    out = mixer.fill(FADE + 50)
    assert out[0] == 500
    assert np.all(np.diff(out[:FADE].astype(int)) <= 0)
    assert np.abs(np.diff(out.astype(int))).max() <= 5
    assert out[-1] == -500


@pytest.mark.parametrize("count", [1, 7, 882, 100_000])
def test_a_tone_comes_out_whole_however_it_is_asked_for(count: int) -> None:
    mixer, samples = Mixer(), tone("tick", 100)
    mixer.play(samples)
    out = np.concatenate([mixer.fill(count) for _ in range(len(samples) // count + 2)])
    assert np.array_equal(out[: len(samples)], samples)
    assert not out[len(samples) :].any()


def test_no_way_to_play_is_said_once_and_is_no_error() -> None:
    said: list[str] = []
    silent = Sound(50, said.append, which=lambda _: None, audio=nothing)
    silent.play("inhale")
    silent.play("exhale")
    silent.close()
    assert said == [sound.NO_PLAYER]


def test_miniaudio_without_a_device_says_so_where_no_player_is() -> None:
    said: list[str] = []

    def none(**_: object) -> None:
        raise FakeAudio.MiniaudioError("no device")

    Sound(50, said.append, which=lambda _: None, audio=lambda: FakeAudio(PlaybackDevice=none)).play("tick")
    assert said == [sound.NO_DEVICE]


def test_the_systems_player_gets_a_file(tmp_path: Path) -> None:
    fifo = tmp_path / "played"
    os.mkfifo(fifo)
    found = program(tmp_path, f'cat "$1" > {fifo}')
    output = PlayerOutput([found], {"good": tone("good", 50)}, lambda: pytest.fail("it plays"))
    output.play("good")
    assert fifo.read_bytes()[:4] == b"RIFF"
    folder = Path(output._folder.name)
    output.close()
    assert not folder.exists()


def test_a_player_that_fails_is_told_of_once(tmp_path: Path) -> None:
    said: list[str] = []
    found = program(tmp_path, "exit 1")
    failing = Sound(50, said.append, which=lambda name: found if name == "aplay" else None, audio=nothing)
    output = failing._output
    assert isinstance(output, PlayerOutput)
    for _ in range(3):
        output._start("tick")
        assert output._playing is not None
        output._playing.wait()
    failing.close()
    assert said == [sound.NO_DEVICE]


class FakeAudio(SimpleNamespace):
    """What is used of miniaudio."""

    class MiniaudioError(Exception):
        pass

    class Backend(Enum):
        WASAPI = auto()
        COREAUDIO = auto()
        PULSEAUDIO = auto()
        JACK = auto()
        SNDIO = auto()
        ALSA = auto()


def test_miniaudio_is_used_where_it_is_installed() -> None:
    devices: list[Device] = []

    class Device:
        def __init__(self, **wanted: object) -> None:
            self.wanted, self.closed = wanted, False
            devices.append(self)

        def start(self, stream: Generator[bytes, int, None]) -> None:
            self.stream = stream

        def close(self) -> None:
            self.closed = True

    said: list[str] = []
    playing = Sound(50, said.append, which=lambda _: None, audio=lambda: FakeAudio(PlaybackDevice=Device))
    (device,) = devices
    assert device.wanted["nchannels"] == 1
    assert FakeAudio.Backend.ALSA not in device.wanted["backends"]  # type: ignore[operator]
    assert device.stream.send(100) == b"\0" * 200
    playing.play("inhale")
    assert device.stream.send(4000) == tone("inhale", 50)[:4000].tobytes()
    playing.close()
    assert device.closed
    assert said == []


def test_miniaudio_without_a_device_hands_over_to_the_systems_player(tmp_path: Path) -> None:
    def none(**_: object) -> None:
        raise FakeAudio.MiniaudioError("no device")

    audio = FakeAudio(PlaybackDevice=none)
    other = Sound(50, pytest.fail, which=lambda _: program(tmp_path, "exit 0"), audio=lambda: audio)
    assert isinstance(other._output, PlayerOutput)
    assert set(other._output._files) == set(TONES)
    other.close()


def test_a_busy_worker_keeps_only_the_newest() -> None:
    begun, free, done = threading.Event(), threading.Event(), list[int]()

    def work(item: int) -> None:
        begun.set()
        free.wait(5.0)
        done.append(item)

    worker: Worker[int] = Worker(work)
    worker.give(1)
    assert begun.wait(5.0)
    ended: Callable[[], None] = worker.close
    for item in (2, 3, 4):
        worker.give(item)
    free.set()
    while len(done) < 2:
        threading.Event().wait(0.001)
    ended()
    assert done == [1, 4]
