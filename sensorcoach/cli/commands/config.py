"""`sensorcoach config`: every setting, its value and where it came from; and changing them one by one."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
from typing import Any

from ...coach.patterns import CAUTION, find_pattern, on_request
from ...errors import OutputError, UsageError
from ...settings import SECTIONS, SETTINGS, Setting, Settings, SettingsFile, find, save_pattern
from ...settings.problems import check_section
from ...settings.resolve import misspelt, parsed
from ...settings.table import PACER_ALLOW_HOLDS
from ...settings.write import write_private
from ..terminal import say

TYPED = "what you typed"


def run(args: argparse.Namespace) -> int:
    """List, get, set, unset, say where the file is, open it in an editor, or keep a breathing pattern."""
    file = SettingsFile()
    action, key, value = args.action, args.key, args.value
    if value is not None and action not in ("set", "pattern"):
        raise UsageError(f"config {action} takes no value.", f"To change one: sensorcoach config set {key} {value}")
    if action == "list":
        return _list(file.load(), key, as_json=args.json or args.mode == "json")
    if action in ("path", "edit"):
        if key is not None:
            raise UsageError(f"config {action} takes nothing more.", f"Not {key!r}.")
        return _edit(file) if action == "edit" else _path(file)
    if key is None or (value is None and action in ("set", "pattern")):
        raise UsageError(
            f"config {action} needs {_NEEDED[action]}.", f"For example: sensorcoach config {_EXAMPLES[action]}"
        )
    if action == "get":
        return _get(file.load(), find(key), as_json=args.json or args.mode == "json")
    if action == "unset":
        return _unset(file, key)
    return _pattern(file, key, value) if action == "pattern" else _set(file, find(key), value)


_NEEDED = {
    "get": "the name of a setting",
    "set": "a setting and its value",
    "unset": "the name of a setting",
    "pattern": "a name and a pattern",
}
_EXAMPLES = {
    "get": "get dashboard.theme",
    "set": "set dashboard.theme light",
    "unset": "unset dashboard.theme",
    "pattern": "pattern my-evening 4-0-7-0",
}


def _list(settings: Settings, which: str | None, *, as_json: bool) -> int:
    if which is not None and "." in which:
        return _get(settings, find(which), as_json=as_json)
    if which is not None:
        check_section(which)
    for sentence in misspelt(os.environ):
        say(f"note: {sentence}")
    shown = [setting for setting in SETTINGS if which in (None, setting.section)]
    if as_json:
        for setting in shown:
            print(json.dumps(_row(settings, setting), ensure_ascii=False))
        return 0
    rows = [(s.key, s.shown(settings[s]), str(settings.origin(s)), s.about) for s in shown]
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    section = ""
    for setting, row in zip(shown, rows, strict=True):
        if setting.section != section:
            print(f"{chr(10) if section else ''}{SECTIONS[setting.section]}")
            section = setting.section
        print("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]))
    return 0


def _row(settings: Settings, setting: Setting[Any]) -> dict[str, Any]:
    origin = settings.origin(setting)
    return {
        "setting": setting.key,
        "value": setting.kind.raw(settings[setting]),
        "from": origin.kind,
        "where": origin.where,
        "default": setting.kind.raw(setting.default),
        "unit": setting.unit,
        "allowed": setting.kind.meant,
        "about": setting.about,
        "variable": setting.variable,
    }


def _get(settings: Settings, setting: Setting[Any], *, as_json: bool) -> int:
    if as_json:
        print(json.dumps(_row(settings, setting), ensure_ascii=False))
    else:
        print(setting.kind.show(settings[setting]))
    return 0


def _set(file: SettingsFile, setting: Setting[Any], text: str) -> int:
    value = parsed(setting, text, TYPED)
    file.change(setting, value)
    say(f"{setting.key} is now {setting.shown(value)} ({file.path}).")
    if setting is PACER_ALLOW_HOLDS and value:
        say(CAUTION)
    _remark(file, setting)
    return 0


def _unset(file: SettingsFile, key: str) -> int:
    if file.unset(key):
        say(f"{key} is no longer in {file.path}.")
    else:
        say(f"{find(key).key} was not set.")
    _remark(file)
    return 0


def _remark(file: SettingsFile, setting: Setting[Any] | None = None) -> None:
    """What a person would be surprised by: another fault in the file, or a variable that goes before it."""
    problem = file.problem()
    if problem is not None:
        say(f"note: {problem}")
    elif setting is not None and (origin := file.load().origin(setting)).kind == "environment":
        say(f"note: the environment variable {origin} goes before it.")


def _path(file: SettingsFile) -> int:
    print(file.path)
    if not file.path.exists():
        say("There is no such file yet: everything is as it is by default.")
    return 0


def _edit(file: SettingsFile) -> int:
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise UsageError("No editor is named.", f"Set EDITOR, such as EDITOR=nano, or open {file.path} yourself.")
    if not file.path.exists():
        from ...settings.template import template

        write_private(file.path, template())
    try:
        code = subprocess.run([*shlex.split(editor), str(file.path)], check=False).returncode
    except (OSError, ValueError) as error:
        raise OutputError(f"{editor!r} cannot be started: {error}.", "Name another one in EDITOR.") from None
    if code:
        raise OutputError(f"{editor!r} ended with code {code}.", "The file is as it left it.")
    file.load()
    say("All settings are in order.")
    return 0


def _pattern(file: SettingsFile, name: str, parts: str) -> int:
    pattern = find_pattern(parts, {}, asked=True)
    path = save_pattern(file.path.parent, name, pattern)
    say(f"{name} is kept in {path}. To begin with it: sensorcoach config set pacer.pattern {name}")
    if on_request(pattern):
        say(CAUTION)
    return 0
