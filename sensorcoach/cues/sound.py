"""Where tones go: the package miniaudio where it is installed (extra `sound`), else a player that the system has.

miniaudio was chosen over sounddevice and simpleaudio because its wheels bring all they need on every system;
sounddevice needs PortAudio installed on Linux, and simpleaudio has had no release since 2019.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from .tones import RATE_HZ, TONES, tone, wav
from .worker import Worker

Samples = npt.NDArray[np.int16]

PERIOD_MS: Final = 20
"""The device asks for so much at once: a tone begins at most some of these late."""
FADE: Final = RATE_HZ // 100
"""A tone that a newer one takes over from fades within 10 ms: no click."""
PLAYERS: Final = (("pw-play",), ("paplay",), ("aplay", "-q"), ("afplay",))
"""Programs that play a WAV file: PipeWire, PulseAudio, ALSA, macOS."""
NO_PLAYER: Final = 'No tones: nothing here can play them. Install: pip install "sensorcoach[sound]".'
NO_DEVICE: Final = "No tones: no loudspeaker is found here."


class Output(Protocol):
    """Plays tones, one at a time, without making anyone wait: the newest wins."""

    def play(self, kind: str) -> None:
        """Begin one of `tones.TONES` now."""

    def close(self) -> None:
        """Be silent."""


class Mixer:
    """What the loudspeaker gets: the newest tone, and the last one's fading end."""

    def __init__(self) -> None:
        self._incoming: Samples | None = None
        self._sounding: list[Samples] = []

    def play(self, samples: Samples) -> None:
        """Begin with the next `fill`."""
        self._incoming = samples

    def fill(self, count: int) -> Samples:
        """The next `count` samples."""
        incoming, self._incoming = self._incoming, None
        if incoming is not None:
            self._sounding = [_faded(rest) for rest in self._sounding] + [incoming]
        out = np.zeros(count, np.int32)
        for rest in self._sounding:
            out[: len(rest)] += rest[:count]
        self._sounding = [rest[count:] for rest in self._sounding if len(rest) > count]
        return np.clip(out, -32_768, 32_767).astype(np.int16)


def _faded(rest: Samples) -> Samples:
    end = rest[:FADE]
    return np.asarray(end * np.linspace(1.0, 0.0, len(end))).astype(np.int16)


class MixedOutput:
    """Through miniaudio.

    Parameters
    ----------
    tones : mapping of str to int16 array
    audio : module
        `miniaudio`.

    Raises
    ------
    audio.MiniaudioError
        There is no device.
    """

    def __init__(self, tones: Mapping[str, Samples], audio: Any) -> None:
        self._tones = tones
        self._mixer = Mixer()
        backend = audio.Backend
        # Not plain ALSA: its library writes its troubles straight onto the terminal, over the dashboard.
        wanted = [backend.WASAPI, backend.COREAUDIO, backend.PULSEAUDIO, backend.JACK, backend.SNDIO]
        self._device = audio.PlaybackDevice(
            nchannels=1, sample_rate=RATE_HZ, buffersize_msec=PERIOD_MS, backends=wanted, app_name="sensorcoach"
        )
        stream = self._stream()
        next(stream)
        self._device.start(stream)

    def play(self, kind: str) -> None:
        """Begin it with the next samples that the device asks for."""
        self._mixer.play(self._tones[kind])

    def close(self) -> None:
        """Let the device go."""
        self._device.close()

    def _stream(self) -> Generator[bytes, int, None]:
        count = yield b""
        while True:
            count = yield self._mixer.fill(count).tobytes()


class PlayerOutput:
    """Through a program of the system, started for each tone on a thread of its own.

    Parameters
    ----------
    command : sequence of str
        The file's name is put after it.
    tones : mapping of str to int16 array
    failed : callable
        Called when the program cannot play.
    """

    def __init__(self, command: Sequence[str], tones: Mapping[str, Samples], failed: Callable[[], None]) -> None:
        self._command = tuple(command)
        self._failed = failed
        self._folder = tempfile.TemporaryDirectory(prefix="sensorcoach-")
        self._files = {kind: Path(self._folder.name) / f"{kind}.wav" for kind in tones}
        for kind, samples in tones.items():
            self._files[kind].write_bytes(wav(samples))
        self._playing: subprocess.Popen[bytes] | None = None
        self._worker = Worker(self._start)

    def play(self, kind: str) -> None:
        """Begin it as soon as the thread comes to it."""
        self._worker.give(kind)

    def close(self) -> None:
        """Stop what plays, and remove the files."""
        self._worker.close()
        self._stop()
        self._folder.cleanup()

    def _start(self, kind: str) -> None:
        self._stop()
        quiet = subprocess.DEVNULL
        try:
            self._playing = subprocess.Popen(
                [*self._command, str(self._files[kind])], stdin=quiet, stdout=quiet, stderr=quiet
            )
        except OSError:
            self._failed()

    def _stop(self) -> None:
        """End the last tone if it still sounds; one that ended badly was never heard."""
        last, self._playing = self._playing, None
        if last is None:
            return
        if last.poll() is None:
            last.terminate()
            last.wait()
        elif last.returncode != 0:
            self._failed()


class WindowsOutput:
    """Through Windows' own player."""

    def __init__(self, tones: Mapping[str, Samples]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="sensorcoach-")
        self._files = {kind: Path(self._folder.name) / f"{kind}.wav" for kind in tones}
        for kind, samples in tones.items():
            self._files[kind].write_bytes(wav(samples))

    def play(self, kind: str) -> None:
        """Begin it; Windows ends the one before."""
        _windows_play(str(self._files[kind]))

    def close(self) -> None:
        """Stop, and remove the files."""
        _windows_play(None)
        self._folder.cleanup()


def _windows_play(name: str | None) -> None:
    import winsound

    player: Any = winsound
    player.PlaySound(name, player.SND_FILENAME | player.SND_ASYNC | player.SND_NODEFAULT)


class Sound:
    """The tones of cues; without a way to play them it says so once, and is silent.

    Parameters
    ----------
    volume : int, 0..100
    say : callable
        Gets that sentence.
    which : callable
        Finds programs.
    audio : callable
        Imports miniaudio.
    """

    def __init__(
        self,
        volume: int,
        say: Callable[[str], None],
        *,
        which: Callable[[str], str | None] = shutil.which,
        audio: Callable[[], Any] | None = None,
    ) -> None:
        self._say = say
        self._told = False
        tones = {kind: tone(kind, volume) for kind in TONES}
        module = (audio or _miniaudio)()
        self._output = self._open(tones, which, module)
        if self._output is None:
            self._fail(NO_PLAYER if module is None else NO_DEVICE)

    def play(self, kind: str) -> None:
        """Begin a tone now."""
        if self._output is not None:
            self._output.play(kind)

    def close(self) -> None:
        """Be silent."""
        if self._output is not None:
            self._output.close()

    def _open(self, tones: Mapping[str, Samples], which: Callable[[str], str | None], module: Any) -> Output | None:
        if module is not None:
            try:
                return MixedOutput(tones, module)
            except module.MiniaudioError:
                pass  # no device that it knows; the system may know one
        if sys.platform == "win32":
            return WindowsOutput(tones)
        for name, *options in PLAYERS:
            found = which(name)
            if found:
                return PlayerOutput((found, *options), tones, self._fail)
        return None

    def _fail(self, why: str = NO_DEVICE) -> None:
        if not self._told:
            self._told = True
            self._say(why)


def _miniaudio() -> Any:
    try:
        import miniaudio
    except ImportError:
        return None
    return miniaudio
