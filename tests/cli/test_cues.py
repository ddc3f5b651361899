"""Cues and the first pacer, as a person types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sensorcoach.cli import main
from sensorcoach.cli.commands import _cues, live
from sensorcoach.cli.commands._cues import cue_settings
from sensorcoach.cli.parser import build_parser
from sensorcoach.cues import CuePlayer, CueSettings
from sensorcoach.profiles import load_profiles
from sensorcoach.settings import load_settings
from sensorcoach.transport.virtual_device import VirtualDevice
from sensorcoach.transport.virtual_radio import Air


def chosen(*words: str) -> CueSettings:
    return cue_settings(build_parser().parse_args(words), load_settings())


def test_nothing_sounds_unasked() -> None:
    assert not chosen("live").any
    assert not chosen("session", "desk-break").any


def test_options_go_before_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENSORCOACH_CUES_SOUND", "on")
    monkeypatch.setenv("SENSORCOACH_CUES_VOLUME", "30")
    monkeypatch.setenv("SENSORCOACH_CUES_VOICE_RATE", "200")
    assert chosen("live") == CueSettings(sound=True, volume=30, voice_rate=200)
    assert chosen("live", "--no-sound", "--voice", "--buzz") == CueSettings(
        voice=True, haptic=True, volume=30, voice_rate=200
    )
    assert chosen("session", "--bell").bell


class Heard:
    """Every event that a player of cues was given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kinds: list[str] = []
        self.settings: list[CueSettings] = []

        def player(settings: CueSettings, **rest: Any) -> CuePlayer:
            self.settings.append(settings)
            cues = CuePlayer(CueSettings(), say=rest["say"], start=False)
            monkeypatch.setattr(CuePlayer, "__call__", lambda _, events: self.kinds.extend(e.kind for e in events))
            return cues

        monkeypatch.setattr(_cues, "player", player)


def test_live_hands_every_event_to_the_cues(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    heard = Heard(monkeypatch)
    made = tmp_path / "made.journal"
    words = ["live", "--device", "demo", "--pattern", "4-0-7-0", "--seconds", "1.1", "--mode", "json", "--voice"]
    assert main([*words, "--record", str(made)]) == 0
    lines = capsys.readouterr().out.splitlines()
    said = [json.loads(line) for line in lines]
    (pacer,) = [line for line in said if line["event"] == "pacer_set"]
    assert (pacer["inhale_s"], pacer["exhale_s"], pacer["start_s"]) == (4.0, 7.0, 5.0)
    assert heard.settings[0].voice
    assert heard.kinds[: len(said)] == [line["event"] for line in said][: len(heard.kinds)]
    assert "pacer_set" in heard.kinds
    assert main(["replay", str(made), "--mode", "json", "--speed", "max"]) == 0
    assert capsys.readouterr().out.splitlines() == lines


def test_a_session_at_full_speed_is_silent(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    heard = Heard(monkeypatch)
    assert main(["session", "desk-break", "--mode", "silent", "--speed", "max", "--voice"]) == 0
    assert heard.kinds == []


def test_holds_come_with_a_word_of_caution_and_unknown_patterns_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["live", "--device", "demo", "--pattern", "box", "--seconds", "0.1", "--mode", "silent"]) == 0
    assert "Stop when dizzy" in capsys.readouterr().err
    assert main(["live", "--device", "demo", "--pattern", "boxx"]) == 2
    assert "box" in capsys.readouterr().err


def test_a_sensor_that_buzzes_does_so_once_for_in_and_twice_for_out(monkeypatch: pytest.MonkeyPatch) -> None:
    device = VirtualDevice(load_profiles()["diy"], name="Buzzer 1")
    monkeypatch.setattr(live, "Radio", Air([device]).radio)
    monkeypatch.setattr(_cues, "FIRST_BREATH_S", 0.5)
    words = ["live", "--device", "Buzzer 1", "--pattern", "1-0-9-0", "--buzz", "--mode", "silent", "--no-record"]
    assert main([*words, "--seconds", "2.2"]) == 0
    assert [payload for channel, payload in device.writes if channel == "alert"] == [b"\1"] * 3
