"""The settings file, the environment and options: which value holds, what is refused, and how the file is written."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensorcoach.alerts import AlertSettings
from sensorcoach.coach.pacer import Pattern
from sensorcoach.errors import OutputError, SensorcoachError, UsageError
from sensorcoach.settings import SETTINGS, SettingsFile, known_patterns, offered_patterns, pattern_of, save_pattern
from sensorcoach.settings.apply import dashboard_settings, slouch_profiles, slouch_settings
from sensorcoach.settings.table import (
    ALERTS_ABOUT,
    ALERTS_QUIET,
    ALERTS_QUOTA,
    CUES_VOLUME,
    DASHBOARD_COLOUR,
    DASHBOARD_CURVE_S,
    DASHBOARD_NIGHT,
    DASHBOARD_REDUCED_MOTION,
    DASHBOARD_THEME,
    KEYS,
    PACER_ALLOW_HOLDS,
    PACER_PATTERN,
    PLAN_SESSIONS_PER_WEEK,
    POSTURE_DWELL_S,
    POSTURE_STANDING_PRESET,
    POSTURE_THRESHOLD_DEG,
)
from sensorcoach.settings.template import template


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "config" / "settings.toml", {})


def written(file: SettingsFile, text: str) -> SettingsFile:
    file.path.parent.mkdir(exist_ok=True)
    file.path.write_text(text, encoding="utf-8")
    return file


def test_option_before_environment_before_file_before_default(file: SettingsFile) -> None:
    assert file.load()[CUES_VOLUME] == 50
    written(file, "# mine\n[cues]\nvolume = 10\n")
    assert (file.load()[CUES_VOLUME], str(file.load().origin(CUES_VOLUME))) == (10, "settings.toml:3")
    loud = SettingsFile(file.path, {"SENSORCOACH_CUES_VOLUME": "20"})
    assert (loud.load()[CUES_VOLUME], str(loud.load().origin(CUES_VOLUME))) == (20, "SENSORCOACH_CUES_VOLUME")
    typed = loud.load([(CUES_VOLUME, "--volume", "30"), (DASHBOARD_THEME, "--theme", None)])
    assert (typed[CUES_VOLUME], str(typed.origin(CUES_VOLUME))) == (30, "--volume")
    assert str(typed.origin(DASHBOARD_THEME)) == "default"


def test_variables_of_others_are_heeded_where_they_say_something(file: SettingsFile) -> None:
    environ = {"NO_COLOR": "1", "TEXTUAL_THEME": "sensorcoach-light", "TEXTUAL_ANIMATIONS": "none"}
    said = SettingsFile(file.path, environ).load()
    assert (said[DASHBOARD_COLOUR], said[DASHBOARD_THEME], said[DASHBOARD_REDUCED_MOTION]) == (False, "light", True)
    assert str(said.origin(DASHBOARD_COLOUR)) == "NO_COLOR"
    nothing = SettingsFile(file.path, {"NO_COLOR": "", "TEXTUAL_THEME": "nord", "TEXTUAL_ANIMATIONS": "full"}).load()
    assert (nothing[DASHBOARD_COLOUR], nothing[DASHBOARD_THEME]) == (True, "dark")
    own = SettingsFile(file.path, {"NO_COLOR": "1", "SENSORCOACH_DASHBOARD_COLOUR": "on"}).load()
    assert own[DASHBOARD_COLOUR]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[dashbord]\n", "line 1: There is no section [dashbord]. Did you mean 'dashboard'?"),
        ("[dashboard]\nthem = 'dark'\n", "line 2: There is no setting dashboard.them. Did you mean 'theme'?"),
        ("\n[dashboard]\ntheme = 'dork'\n", "line 3: dashboard.theme is 'dork'; one of dark, light, night is meant."),
        ("[dashboard]\ncolour = 'on'\n", "line 2: dashboard.colour is 'on'; on or off"),
        ("[cues]\nvolume = true\n", "volume is true; a whole number from 0 to 100 is meant."),
        ("[cues]\nvolume = 101\n", "volume is 101; a whole number"),
        ("[alerts]\nquiet = '25:00-07:00'\n", "hours such as 22:00-07:00, or off is meant"),
        ("[alerts]\nabout = ['slouch', 'rain']\n", "some of slouch"),
        ("theme = 'dark'\n", "line 1: theme stands in no section."),
        ("[dashboard]\ntheme =\n", "not valid TOML"),
        ("[dashboard]\n[dashboard]\n", "not valid TOML"),
        ("a = " + "[" * 5000, "not valid TOML"),
        ("[plan]\nupright_percent = 0x" + "f" * 5000, "a very long number"),
        ("[keys]\nmark = 'space'\n", "keys.pause (default) and keys.mark (settings.toml:2) both want the key 'space'."),
        ("[keys]\nskip = 'q'\n", "keys.skip (settings.toml:2) and keys.quit (default) both want"),
        ("[pacer]\npattern = 'boxx'\n", "no breathing pattern 'boxx'. Did you mean 'box'?"),
        ("[pacer]\npattern = 'box'\n", "holds or breaths under 8 s. Allow them first"),
    ],
)
def test_a_wrong_file_is_one_sentence(file: SettingsFile, text: str, said: str) -> None:
    written(file, text)
    with pytest.raises(UsageError) as caught:
        file.load()
    assert said in str(caught.value)
    assert "settings.toml" in str(caught.value)
    assert str(file.problem()) == str(caught.value)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[dashboard]\ntheme = '\x80'"])
def test_a_file_that_is_no_text(file: SettingsFile, content: bytes) -> None:
    written(file, "")
    file.path.write_bytes(content)
    with pytest.raises(UsageError, match="cannot be read"):
        file.load()


@given(st.text(alphabet="[]{}=\"'.,#\n \tabckeysmrtheo01-:", max_size=60))
def test_anything_gives_settings_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(text, encoding="utf-8")
    with contextlib.suppress(SensorcoachError):
        SettingsFile(path, {}).load()


def test_keys_may_swap_and_screens_may_share_them(file: SettingsFile) -> None:
    written(file, "[keys]\nmark = 's'\nsnooze = 'm'\nskip = 'p'\n")
    assert file.load()[KEYS["mark"]] == ("s",)


def test_a_windows_editor_is_no_problem(file: SettingsFile) -> None:
    written(file, "")
    file.path.write_bytes(b"\xef\xbb\xbf[dashboard]\r\ntheme = 'light'\r\n")
    assert file.load()[DASHBOARD_THEME] == "light"
    file.change(DASHBOARD_THEME, "night")
    assert file.path.read_bytes() == b'[dashboard]\r\ntheme = "night"\n'


OWN = "# mine\n\n[keys]  # fingers\nmark = 'k'   # as in keep\n\n[dashboard]\ntheme = 'dark'   # nice\n"


def test_a_change_leaves_everything_else(file: SettingsFile) -> None:
    written(file, OWN)
    file.change(DASHBOARD_THEME, "light")
    assert file.path.read_text() == OWN.replace("'dark'", '"light"')
    file.change(DASHBOARD_CURVE_S, 30.0)
    file.change(ALERTS_ABOUT, ("slouch", "pose"))
    text = file.path.read_text()
    assert text == OWN.replace("'dark'", '"light"') + 'curve_s = 30\n\n[alerts]\nabout = ["slouch", "pose"]\n'
    assert file.unset("alerts.about")
    assert file.unset("dashboard.curve_s")
    assert file.path.read_text().split() == OWN.replace("'dark'", '"light"').split()
    assert not file.unset("dashboard.curve_s")


@pytest.mark.parametrize("text", ["dashboard.theme = 'dark'\n", "dashboard = {theme = 'dark'}\n", ""])
def test_other_ways_to_write_it(file: SettingsFile, text: str) -> None:
    written(file, text)
    file.change(DASHBOARD_THEME, "light")
    file.change(DASHBOARD_NIGHT, "21:00-06:30")
    settings = file.load()
    assert (settings[DASHBOARD_THEME], settings[DASHBOARD_NIGHT]) == ("light", "21:00-06:30")


def test_what_does_not_go_together_is_not_written(file: SettingsFile) -> None:
    written(file, OWN)
    with pytest.raises(UsageError, match=r"keys\.mark \(as you want it\) and keys\.quit \(default\) both want"):
        file.change(KEYS["mark"], ("q",))
    assert file.path.read_text() == OWN


def test_a_wrong_file_can_be_mended_key_by_key(file: SettingsFile) -> None:
    written(file, "[dashboard]\ntheme = 3\nthem = 1\n")
    file.change(DASHBOARD_THEME, "light")
    assert "dashboard.them" in str(file.problem())
    assert file.unset("dashboard.them")
    assert file.load()[DASHBOARD_THEME] == "light"


@pytest.mark.skipif(sys.platform == "win32", reason="rights are those of POSIX")
def test_the_file_is_for_its_owner_alone_and_a_link_stays_one(file: SettingsFile, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text("")
    real.chmod(0o644)
    file.path.parent.mkdir()
    file.path.symlink_to(real)
    file.change(CUES_VOLUME, 5)
    assert file.path.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["config", "dotfiles.toml"]


def test_a_full_disk(file: SettingsFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    written(file, "# mine\n")
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match="cannot be written"):
        file.change(CUES_VOLUME, 5)
    assert file.path.read_text() == "# mine\n"
    assert [path.name for path in file.path.parent.iterdir()] == [file.path.name]


def test_a_folder_in_place_of_the_file(file: SettingsFile) -> None:
    file.path.mkdir(parents=True)
    with pytest.raises(UsageError, match="cannot be read"):
        file.load()


def test_own_patterns_have_one_home(file: SettingsFile) -> None:
    folder = file.path.parent
    path = save_pattern(folder, "my-evening", Pattern("", 4.0, 0.0, 7.0, 0.0))
    assert pattern_of("my-evening", folder).parts_s == (4.0, 0.0, 7.0, 0.0)
    path.write_text("# mine\n" + path.read_text())
    save_pattern(folder, "my-evening", Pattern("", 4.0, 0.0, 8.0, 0.0))
    save_pattern(folder, "other", Pattern("", 5.0, 0.0, 5.0, 0.0))
    assert path.read_text().startswith("# mine\n")
    assert known_patterns(folder)["my-evening"].pattern.exhale_s == 8.0
    assert {"other", "box"} <= set(known_patterns(folder))
    file.change(PACER_PATTERN, "my-evening")
    assert file.load()[PACER_PATTERN] == "my-evening"
    for name in ("box", "My Evening", ""):
        with pytest.raises(UsageError):
            save_pattern(folder, name, Pattern("", 4.0, 0.0, 6.0, 0.0))
    path.write_text("[[pattern]]\nname = 3\n")
    with pytest.raises(SensorcoachError, match=r"patterns\.toml"):
        file.load()


def test_the_pacer_offers_what_is_set_ones_own_and_what_was_allowed(file: SettingsFile) -> None:
    folder = file.path.parent
    save_pattern(folder, "mine", Pattern("", 4.0, 0.0, 7.0, 0.0))
    save_pattern(folder, "mine-held", Pattern("", 4.0, 4.0, 7.0, 0.0))

    def offered() -> list[str]:
        return [pattern.name.casefold() for pattern in offered_patterns(file.load(), folder)]

    assert offered() == ["gentle", "resonance", "long exhale", "mine"]
    file.change(PACER_PATTERN, "resonance@5.5")
    assert offered() == ["resonance", "gentle", "long exhale", "mine"]
    assert offered_patterns(file.load(), folder)[0].rate_brpm == pytest.approx(5.5)
    file.change(PACER_ALLOW_HOLDS, True)
    assert offered()[3:] == ["mine", "mine held", "box", "4-7-8"]


def test_holds_are_allowed_first(file: SettingsFile) -> None:
    with pytest.raises(UsageError, match="allow_holds"):
        file.change(PACER_PATTERN, "4-4-4-4")
    file.change(PACER_ALLOW_HOLDS, True)
    file.change(PACER_PATTERN, "4-4-4-4")
    with pytest.raises(UsageError, match="4-4-4-4"):
        file.change(PACER_ALLOW_HOLDS, False)


def test_the_forms_in_which_rooms_take_them(file: SettingsFile) -> None:
    file.change(POSTURE_THRESHOLD_DEG, 15.0)
    file.change(POSTURE_DWELL_S, 20.0)
    file.change(ALERTS_QUOTA, None)
    file.change(ALERTS_QUIET, None)
    file.change(POSTURE_STANDING_PRESET, "strict")
    file.change(PLAN_SESSIONS_PER_WEEK, 3)
    settings = file.load()
    assert (slouch_settings(settings).threshold_deg, slouch_settings(settings).dwell_s) == (15.0, 20.0)
    alerts = AlertSettings.from_settings(settings, "all-day")
    assert (alerts.mode, alerts.quota, alerts.quiet) == ("all-day", 0, "")
    file.unset("posture.threshold_deg")
    file.unset("posture.dwell_s")
    profiles = slouch_profiles(file.load(), "all-day")
    assert (profiles.sit.threshold_deg, profiles.stand.threshold_deg, profiles.stand.dwell_s) == (12.0, 8.0, 30.0)


def test_the_dashboard_is_dim_at_night(file: SettingsFile) -> None:
    file.change(DASHBOARD_THEME, "light")
    file.change(DASHBOARD_NIGHT, "21:00-06:30")
    file.change(KEYS["mark"], ("k", "f5"))
    settings = file.load()
    assert dashboard_settings(settings, dt.time(12)).theme == "sensorcoach-light"
    assert dashboard_settings(settings, dt.time(23)).theme == "sensorcoach-night"
    assert dashboard_settings(settings).keymap["mark"] == "k,f5"


def test_every_setting_can_be_written_into_a_full_file(file: SettingsFile) -> None:
    text = template()
    written(file, text)
    for setting in SETTINGS[::3]:  # each write waits for the disk
        file.change(setting, setting.default)
    settings = file.load()
    assert all(settings.origin(setting).kind == "file" for setting in SETTINGS[::3])
    assert all(settings[setting] == setting.default for setting in SETTINGS)
    after = file.path.read_text().splitlines()
    assert [line for line in after if line.startswith("#")] == [x for x in text.splitlines() if x.startswith("#")]
