"""`sensorcoach config` as a person types it; and what other commands do when the file is wrong."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from sensorcoach.cli import main
from sensorcoach.cli.chosen import adapter, posture_commands, watch_settings
from sensorcoach.events import SetSlouch
from sensorcoach.runtime.calibrations import CalibrationStore, Fitting, PoseKeeper
from sensorcoach.settings import SETTINGS, settings_path
from sensorcoach.settings.apply import slouch_settings
from sensorcoach.settings.table import ALERTS_MODE, ALERTS_QUOTA, RECORDING_KEEP_DAYS

Caught = pytest.CaptureFixture[str]


def write(text: str) -> Path:
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().write_text(text)
    return settings_path()


def test_each_value_and_where_it_came_from(capsys: Caught, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENSORCOACH_CUES_VOLUME", "20")
    write("[dashboard]\ntheme = 'light'\n")
    assert main(["config"]) == 0
    lines = capsys.readouterr().out.splitlines()
    (theme,) = [line for line in lines if line.startswith("dashboard.theme")]
    (volume,) = [line for line in lines if line.startswith("cues.volume")]
    (mark,) = [line for line in lines if line.startswith("keys.mark")]
    assert theme.split()[1:3] == ["light", "settings.toml:2"]
    assert volume.split()[1:4] == ["20", "%", "SENSORCOACH_CUES_VOLUME"]
    assert mark.split()[1:3] == ["m", "default"]


def test_a_misspelt_variable_is_told(capsys: Caught, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENSORCOACH_CUES_VOLUM", "20")
    monkeypatch.setenv("SENSORCOACH_SOMETHING_ELSE_ENTIRELY", "1")
    assert main(["config", "list", "cues"]) == 0
    told = capsys.readouterr().err
    assert told.count("note:") == 1
    assert "SENSORCOACH_CUES_VOLUM. Did you mean 'CUES_VOLUME'?" in told


@pytest.mark.parametrize("option", [["--json"], ["--mode", "json"]])
def test_as_json(option: list[str], capsys: Caught) -> None:
    write("[alerts]\nabout = ['pose']\n")
    assert main(["config", *option]) == 0
    rows = {row["setting"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert len(rows) == len(SETTINGS)
    about = rows["alerts.about"]
    assert (about["value"], about["from"], about["where"]) == (["pose"], "file", "settings.toml:2")
    assert rows["alerts.quota"]["value"] == rows["alerts.quota"]["default"] == 20


def test_set_get_unset(capsys: Caught) -> None:
    assert main(["config", "set", "alerts.quota", "off"]) == 0
    assert "alerts.quota is now off" in capsys.readouterr().err
    assert main(["config", "get", "alerts.quota"]) == 0
    assert capsys.readouterr().out == "off\n"
    assert main(["config", "list", "alerts"]) == 0
    assert "keys" not in capsys.readouterr().out
    assert main(["config", "unset", "alerts.quota"]) == 0
    assert main(["config", "get", "alerts.quota"]) == 0
    assert capsys.readouterr().out == "20\n"
    assert main(["config", "unset", "alerts.quota"]) == 0
    assert "was not set" in capsys.readouterr().err


def test_holds_come_with_their_words(capsys: Caught) -> None:
    assert main(["config", "set", "pacer.allow_holds", "on"]) == 0
    assert "not when pregnant" in capsys.readouterr().err


def test_the_environment_goes_before_it_and_that_is_said(capsys: Caught, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert main(["config", "set", "dashboard.colour", "on"]) == 0
    assert "NO_COLOR goes before it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["get"], "needs the name of a setting"),
        (["get", "dashboard.them"], "Did you mean 'theme'?"),
        (["get", "colours.theme"], "There is no section [colours]"),
        (["set", "dashboard.theme"], "needs a setting and its value"),
        (["set", "cues.volume", "200"], "a whole number from 0 to 100 is meant"),
        (["set", "keys.mark", "space"], "both want the key 'space'"),
        (["get", "dashboard.theme", "light"], "sensorcoach config set dashboard.theme light"),
        (["list", "colours"], "There is no section"),
        (["path", "dashboard"], "takes nothing more"),
        (["pattern", "box", "4-4-4-4"], "comes with the program"),
        (["pattern", "mine", "4-4"], "There is no breathing pattern"),
        (["unset", "dashboard.them"], "Did you mean 'theme'?"),
    ],
)
def test_wrong_words_are_one_sentence(typed: list[str], said: str, capsys: Caught) -> None:
    assert main(["config", *typed]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.err.startswith("sensorcoach config: ")
    assert told.out == ""


def test_a_pattern_of_ones_own(capsys: Caught) -> None:
    assert main(["config", "pattern", "my-evening", "4-0-7-0"]) == 0
    assert main(["config", "set", "pacer.pattern", "my-evening"]) == 0
    assert main(["config", "get", "pacer.pattern"]) == 0
    assert capsys.readouterr().out == "my-evening\n"


def test_the_path_and_an_editor(capsys: Caught, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["config", "path"]) == 0
    assert capsys.readouterr().out == f"{settings_path()}\n"
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    assert main(["config", "edit"]) == 2
    monkeypatch.setenv("EDITOR", "sed -i s/.*volume.=.50/volume=7/")
    assert main(["config", "edit"]) == 0
    assert main(["config", "get", "cues.volume"]) == 0
    assert capsys.readouterr().out == "7\n"
    monkeypatch.setenv("EDITOR", "sed -i s/volume=7/volume=700/")
    assert main(["config", "edit"]) == 2
    assert "volume is 700" in capsys.readouterr().err
    monkeypatch.setenv("EDITOR", "no-such-editor-anywhere")
    assert main(["config", "edit"]) == 6


def test_a_wrong_file_is_told_by_those_who_need_it_and_doctor_still_runs(capsys: Caught) -> None:
    path = write("[plan]\nsessions_per_week = 'many'\n")
    for command in (["config"], ["history"]):
        assert main(command) == 2
        assert "sessions_per_week is 'many'" in capsys.readouterr().err
    main(["doctor"])
    told = capsys.readouterr().out
    assert f"LOOK Settings: {path}, line 2: plan.sessions_per_week is 'many'" in told
    assert main(["devices"]) == 0
    assert main(["config", "set", "plan.sessions_per_week", "3"]) == 0
    assert main(["history"]) == 0


def typed(**options: object) -> argparse.Namespace:
    names = ("training", "tracking", "preset", "alerts", "quota", "quiet", "keep")
    return argparse.Namespace(**{**dict.fromkeys(names), **options})


def test_a_watch_takes_what_was_typed_else_what_is_set() -> None:
    write("[alerts]\nmode = 'training'\nquota = 5\n[posture]\nthreshold_deg = 25\n[recording]\nkeep_days = 30\n")
    settings = watch_settings(typed())
    assert (settings[ALERTS_MODE], settings[ALERTS_QUOTA], settings[RECORDING_KEEP_DAYS]) == ("training", 5, 30.0)
    assert slouch_settings(settings).threshold_deg == 25.0
    settings = watch_settings(typed(tracking=True, quota="off", preset="strict", keep=2.5))
    assert (settings[ALERTS_MODE], settings[ALERTS_QUOTA], settings[RECORDING_KEEP_DAYS]) == ("tracking", None, 2.5)
    assert str(settings.origin(ALERTS_MODE)) == "--tracking"
    assert slouch_settings(settings).threshold_deg == 8.0


def test_a_live_run_is_told_what_a_slouch_is_only_when_it_differs() -> None:
    keeper = PoseKeeper(CalibrationStore(settings_path().parent), Fitting("me", "strap", "chest"), "chest")
    assert posture_commands(keeper, "chest") == ()
    write("[posture]\npreset = 'strict'\n[device]\nadapter = 'hci1'\n")
    assert posture_commands(keeper, "chest") == (SetSlouch(0, "chest", 8.0, 3.0),)
    assert adapter(argparse.Namespace(adapter=None)) == "hci1"
    assert adapter(argparse.Namespace(adapter="hci0")) == "hci0"
