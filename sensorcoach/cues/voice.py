"""The voice: the system's own, as a program that speaks. No Python package is needed.

pyttsx3 would bring nothing: on Linux it needs the same espeak-ng installed, on macOS and Windows it drives the very
voices that the systems' own programs speak with, and it cannot be broken off from another thread everywhere.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from .speech import speaking_s

NO_VOICE: Final = "No voice: no program here can speak. Install espeak-ng, as with: apt install espeak-ng"
FAILED: Final = "No voice: the system's voice finds no loudspeaker."
PATIENCE: Final = 3.0
PATIENCE_S: Final = 3.0
"""A sentence that takes so many times as long as it should, and so much more, will never end: Speech Dispatcher waits
for ever where there is no loudspeaker."""

_POWERSHELL: Final = (
    "Add-Type -AssemblyName System.Speech; $v = New-Object System.Speech.Synthesis.SpeechSynthesizer; "
    "$v.Rate = {rate}; $v.Volume = {volume}; $v.Speak([Console]::In.ReadToEnd())"
)


@dataclass(frozen=True, slots=True)
class Program:
    """A program that says what it is given, and ends when it is said.

    Attributes
    ----------
    command : tuple of str
        The words are given through standard input, so that nothing in them can be taken for an option.
    as_argument : bool
        They are given as the last argument instead.
    hush : tuple of str
        Run to break off, where ending the program does not.
    """

    command: tuple[str, ...]
    as_argument: bool = False
    hush: tuple[str, ...] = ()


def programs(
    rate_wpm: int, volume: int, which: Callable[[str], str | None] = shutil.which, platform: str = sys.platform
) -> list[Program]:
    """What can speak here, the best first.

    Parameters
    ----------
    rate_wpm : int, words a minute
    volume : int, 0..100
    which : callable
        Finds programs.
    platform : str
        As `sys.platform`.
    """
    # Speech Dispatcher counts rate and volume from -100 to 100, 0 is usual; Windows the rate from -10 to 10.
    relative = max(-100, min(100, round((rate_wpm - 175) / 1.5)))
    espeak = ("-s", str(rate_wpm), "-a", str(2 * volume), "--stdin")
    known: dict[str, tuple[str, ...]] = {"espeak-ng": espeak, "espeak": espeak}
    if platform == "darwin":
        known = {"say": ("-r", str(rate_wpm), "-f", "-")} | known
    elif platform == "win32":
        script = _POWERSHELL.format(rate=round(relative / 10), volume=volume)
        known = {"powershell": ("-NoProfile", "-NonInteractive", "-Command", script)} | known
    found = [Program((path, *options)) for name, options in known.items() if (path := which(name))]
    dispatcher = which("spd-say")
    if dispatcher:
        options = ("--wait", "--rate", str(relative), "--volume", str(2 * volume - 100), "--")
        found.append(Program((dispatcher, *options), as_argument=True, hush=(dispatcher, "--cancel")))
    return found


class SystemVoice:
    """Speaks one sentence at a time.

    Parameters
    ----------
    programs : sequence of Program
        One that fails hands over to the next.
    say : callable
        Gets one sentence when none is left.
    """

    def __init__(self, programs: Sequence[Program], say: Callable[[str], None]) -> None:
        self._programs = list(programs)
        self._say = say
        self._speaking: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._hushed = False
        if not self._programs:
            say(NO_VOICE)

    def speak(self, words: str) -> None:
        """Say it, and come back when it is said, or broken off."""
        while self._programs:
            if self._run(self._programs[0], words) or self._hushed:
                return
            self._programs.pop(0)
            if not self._programs:
                self._say(FAILED)

    def hush(self) -> None:
        """Break off what is being said."""
        with self._lock:
            if self._speaking is None:
                return
            self._hushed = True
            self._speaking.terminate()

    def _run(self, program: Program, words: str) -> bool:
        """Whether it was said."""
        command = (*program.command, words) if program.as_argument else program.command
        given, pipe = b"" if program.as_argument else words.encode(), subprocess.PIPE
        try:
            with self._lock:
                self._hushed = False
                process = subprocess.Popen(command, stdin=pipe, stdout=subprocess.DEVNULL, stderr=pipe)
                self._speaking = process
            _, complaint = process.communicate(given, timeout=PATIENCE * speaking_s(words) + PATIENCE_S)
            if self._hushed and program.hush:
                subprocess.run(program.hush, check=False, capture_output=True, timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return False
        except OSError:
            return False
        finally:
            with self._lock:
                self._speaking = None
        return process.returncode == 0 and b"error:" not in complaint  # espeak-ng calls it a success without a device
