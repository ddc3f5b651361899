"""The system's voice: which program, what it is given, what happens when it cannot."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from sensorcoach.cues import voice
from sensorcoach.cues.voice import Program, SystemVoice, programs


def script(folder: Path, name: str, lines: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def found(*names: str, platform: str = "linux", rate: int = 160, volume: int = 50) -> list[tuple[str, ...]]:
    there = programs(rate, volume, lambda name: f"/bin/{name}" if name in names else None, platform)
    return [program.command for program in there]


def test_each_systems_own_voice() -> None:
    assert found("espeak-ng", "spd-say") == [
        ("/bin/espeak-ng", "-s", "160", "-a", "100", "--stdin"),
        ("/bin/spd-say", "--wait", "--rate", "-10", "--volume", "0", "--"),
    ]
    assert found("say", platform="darwin", rate=200) == [("/bin/say", "-r", "200", "-f", "-")]
    assert found("say") == []
    (windows,) = found("powershell", platform="win32", volume=80)
    assert "$v.Volume = 80" in windows[-1]


def test_words_are_given_through_standard_input(tmp_path: Path) -> None:
    path = script(tmp_path, "talk", f"cat > {tmp_path}/said")
    SystemVoice([Program((path,))], pytest.fail).speak('Hold; "$(rm)" -- 4 seconds.')
    assert (tmp_path / "said").read_text() == 'Hold; "$(rm)" -- 4 seconds.'


def test_or_as_an_argument(tmp_path: Path) -> None:
    path = script(tmp_path, "talk", f'printf %s "$2" > {tmp_path}/said')
    SystemVoice([Program((path, "--"), as_argument=True)], pytest.fail).speak("-4 degrees.")
    assert (tmp_path / "said").read_text() == "-4 degrees."


@pytest.mark.parametrize("lines", ["exit 1", "echo 'error: no such device' >&2"])
def test_one_that_fails_hands_over(tmp_path: Path, lines: str) -> None:
    said: list[str] = []
    bad, good = script(tmp_path, "bad", lines), script(tmp_path, "good", f"cat >> {tmp_path}/said")
    speaker = SystemVoice([Program((bad,)), Program((good,))], said.append)
    speaker.speak("One. ")
    speaker.speak("Two.")
    assert (tmp_path / "said").read_text() == "One. Two."
    assert said == []


def test_no_voice_is_said_once_and_is_no_error(tmp_path: Path) -> None:
    said: list[str] = []
    SystemVoice([], said.append).speak("Hello.")
    gone = SystemVoice([Program((str(tmp_path / "gone"),))], said.append)
    gone.speak("Hello.")
    gone.speak("Hello again.")
    assert said == [voice.NO_VOICE, voice.FAILED]


def test_it_can_be_broken_off_and_speaks_again(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    os.mkfifo(begun)
    path = script(tmp_path, "talk", f'read words; [ "$words" = short ] && exit 0; echo > {begun}; exec sleep 60')
    speaker = SystemVoice([Program((path,))], pytest.fail)
    talking = threading.Thread(target=speaker.speak, args=("long",))
    talking.start()
    begun.read_bytes()  # it speaks now
    speaker.hush()
    talking.join(5.0)
    assert not talking.is_alive()
    speaker.hush()  # nothing to break off
    speaker.speak("short")


def test_a_service_that_speaks_on_is_told_to_stop(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    os.mkfifo(begun)
    talk = script(tmp_path, "talk", f"echo > {begun}; exec sleep 60")
    cancel = script(tmp_path, "cancel", f"echo $1 > {tmp_path}/cancelled")
    speaker = SystemVoice([Program((talk, "--"), as_argument=True, hush=(cancel, "--all"))], pytest.fail)
    talking = threading.Thread(target=speaker.speak, args=("long",))
    talking.start()
    begun.read_bytes()
    speaker.hush()
    talking.join(5.0)
    assert (tmp_path / "cancelled").read_text() == "--all\n"


def test_a_program_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Speech Dispatcher does where there is no loudspeaker."""
    monkeypatch.setattr(voice, "PATIENCE_S", 0.05)
    monkeypatch.setattr(voice, "PATIENCE", 0.0)
    said: list[str] = []
    path = script(tmp_path, "hang", "exec sleep 60")
    SystemVoice([Program((path,))], said.append).speak("Hello.")
    assert said == [voice.FAILED]
