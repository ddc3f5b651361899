"""The settings file: read strictly, written one key at a time so that the person's own lines and comments stay."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from platformdirs import user_config_path

from ..errors import SensorcoachError, UsageError
from .checks import check_together
from .problems import check_section, find, wrong
from .resolve import Origin, Settings, Typed, from_environment, from_options
from .table import SECTIONS, Setting
from .write import write_private

T = TypeVar("T")

FILE_NAME: Final = "settings.toml"
ASKED: Final = "as you want it"
HEAD: Final = "# Settings of sensorcoach. `sensorcoach config` shows all there are; docs/settings.md describes them.\n"

_HEADER: Final = re.compile(r"\s*\[\s*([\w-]+)\s*\]")
_LINE: Final = re.compile(r"""\s*["']?([\w-]+)["']?(?:\s*\.\s*["']?([\w-]+)["']?)?\s*=""")


def settings_path() -> Path:
    """Where a person's settings are."""
    return user_config_path("sensorcoach") / FILE_NAME


class SettingsFile:
    """The settings of one person: the file, and the environment that goes before it.

    Parameters
    ----------
    path : Path, optional
        Need not exist.
    environ : mapping, optional
        By default the process's own.
    """

    def __init__(self, path: Path | None = None, environ: Mapping[str, str] | None = None) -> None:
        self.path = path or settings_path()
        self._environ = os.environ if environ is None else environ

    def load(self, options: Iterable[Typed] = ()) -> Settings:
        """All settings, checked.

        Parameters
        ----------
        options : iterable of (Setting, option, text)
            What was typed on the command line; text None where it was not.

        Raises
        ------
        UsageError
            One sentence: which file and line, variable or option, what was found and what is meant.
        """
        settings = Settings({**self._read(), **from_environment(self._environ), **from_options(options)})
        check_together(settings, self.path.parent)
        return settings

    def change(self, setting: Setting[T], value: T) -> None:
        """Write one value; everything else in the file stays as it is, comments included.

        Raises
        ------
        UsageError
            The file is no TOML, or the value does not go together with the others.
        OutputError
            The system does not let it be written.
        """

        def put(document: Any) -> None:
            section = document.get(setting.section)
            if section is None:
                import tomlkit

                section = document[setting.section] = tomlkit.table()
            section[setting.name] = setting.kind.raw(value)

        self._rewrite(put, setting.key)

    def unset(self, key: str) -> bool:
        """Take a key out of the file, also one that is no setting; returns whether it was there.

        Raises
        ------
        UsageError, OutputError
            As for `change`.
        """
        section, _, name = key.partition(".")
        there = name in _table(self._parse(self._text()), section)

        def drop(document: Any) -> None:
            del document[section][name]
            if not document[section]:
                del document[section]

        if there:
            self._rewrite(drop)
        return there

    def problem(self) -> SensorcoachError | None:
        """What is wrong with the file itself, whatever the environment says; None when all is well."""
        try:
            self._check(self._text())
        except SensorcoachError as error:
            return error
        return None

    def _rewrite(self, edit: Callable[[Any], None], asked: str = "") -> None:
        """Edit the file; `asked` is the key that a person wants to change."""
        import tomlkit
        from tomlkit.exceptions import TOMLKitError

        before = self._text()
        self._parse(before)
        try:
            document = tomlkit.parse(before)
            edit(document)
            after = tomlkit.dumps(document)
        except TOMLKitError as error:
            raise UsageError(f"{self.path} cannot be edited: {error}.", "Edit it by hand.") from None
        if self.problem() is None:
            self._check(after, asked)  # nothing that was right becomes wrong
        write_private(self.path, ("" if before.strip() else HEAD) + after.rstrip() + "\n")

    def _check(self, text: str, asked: str = "") -> None:
        found = self._read(text)
        if asked in found:
            found[asked] = found[asked][0], Origin("option", ASKED)
        check_together(Settings(found), self.path.parent)

    def _read(self, text: str | None = None) -> dict[str, tuple[Any, Origin]]:
        text = self._text() if text is None else text
        content, lines = self._parse(text), _lines(text)
        found: dict[str, tuple[Any, Origin]] = {}
        for section, table in content.items():
            if not isinstance(table, dict):
                raise UsageError(
                    f"{self.path}{_at(lines, section)}: {section} stands in no section.",
                    f"Write it below one of {', '.join(f'[{name}]' for name in SECTIONS)}.",
                )
            check_section(section, f"{self.path}{_at(lines, f'{section}.')}")
            for name, raw in table.items():
                key = f"{section}.{name}"
                where = f"{self.path}{_at(lines, key)}"
                setting = find(key, where)
                try:
                    value = setting.kind.read(raw)
                except ValueError:
                    raise wrong(setting, raw, where, f"To drop it: sensorcoach config unset {key}") from None
                line = lines.get(key)
                found[key] = value, Origin("file", f"{self.path.name}:{line}" if line else self.path.name)
        return found

    def _text(self) -> str:
        try:
            return self.path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            return ""
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is not text in UTF-8"
            raise UsageError(
                f"The settings {self.path} cannot be read: {reason}.", "Mend the file, or remove it."
            ) from None

    def _parse(self, text: str) -> dict[str, Any]:
        try:
            return tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            raise UsageError(
                f"The settings {self.path} are not valid TOML: {str(error).rstrip('.')}.",
                "Mend that line (sensorcoach config edit), or remove the file.",
            ) from None


def load_settings(options: Iterable[Typed] = ()) -> Settings:
    """A person's settings; see `SettingsFile.load`."""
    return SettingsFile().load(options)


def _table(content: dict[str, Any], section: str) -> dict[str, Any]:
    table = content.get(section)
    return table if isinstance(table, dict) else {}


def _at(lines: Mapping[str, int], key: str) -> str:
    return f", line {lines[key]}" if key in lines else ""


def _lines(text: str) -> dict[str, int]:
    """The numbers of the lines of keys and headers, as far as they can be told without reading TOML twice."""
    section = ""
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            section = header[1]
            lines.setdefault(f"{section}.", number)
        elif found := _LINE.match(line):
            lines.setdefault(".".join(part for part in (section, found[1], found[2]) if part), number)
    return lines
