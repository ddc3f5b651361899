"""Which value holds: an option of the command line before the environment, before the file, before the default."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar, cast

from ..profiles.reader import nearest
from .problems import wrong
from .table import PREFIX, SETTINGS, Setting

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from.

    Attributes
    ----------
    kind : str
    where : str
        `settings.toml:4`, the variable, or the option; empty for a default.
    """

    kind: Literal["default", "file", "environment", "option"] = "default"
    where: str = ""

    def __str__(self) -> str:
        return self.where or self.kind


DEFAULT: Final = Origin()

Found = Mapping[str, tuple[Any, Origin]]
"""Values by key, and where each was found."""


class Settings:
    """The settings that hold: `settings[DASHBOARD_THEME]`.

    Parameters
    ----------
    found : mapping of str to (value, Origin)
        What differs from the defaults, or says the same.
    """

    def __init__(self, found: Found | None = None) -> None:
        self._found = dict(found or {})

    def __getitem__(self, setting: Setting[T]) -> T:
        return cast("T", self._found[setting.key][0]) if setting.key in self._found else setting.default

    def origin(self, setting: Setting[Any]) -> Origin:
        """Where its value came from."""
        return self._found.get(setting.key, (None, DEFAULT))[1]


def from_environment(environ: Mapping[str, str]) -> Found:
    """What the environment says; a program's own variable goes before those of others.

    Raises
    ------
    UsageError
        An own variable says something that is not meant.
    """
    found = {}
    for setting in SETTINGS:
        for variable, understood in setting.heeds.items():
            value = understood(environ[variable]) if variable in environ else None
            if value is not None:
                found[setting.key] = value, Origin("environment", variable)
        if setting.variable in environ:
            value = parsed(setting, environ[setting.variable], setting.variable)
            found[setting.key] = value, Origin("environment", setting.variable)
    return found


def misspelt(environ: Mapping[str, str]) -> list[str]:
    """Sentences on variables that look like those of settings and are none."""
    known = {setting.variable.removeprefix(PREFIX) for setting in SETTINGS}
    names = [name.removeprefix(PREFIX) for name in environ if name.startswith(PREFIX)]
    meant = ((name, nearest(name, known)) for name in names if name not in known)
    return [f"There is no setting for the variable {PREFIX}{name}. {advice}" for name, advice in meant if advice]


Typed = tuple[Setting[Any], str, str | None]
"""A setting, the option for it, and what was typed; None where the option was left out."""


def from_options(typed: Iterable[Typed]) -> Found:
    """What the command line says.

    Raises
    ------
    UsageError
        Something that is not meant.
    """
    return {
        setting.key: (parsed(setting, text, option), Origin("option", option))
        for setting, option, text in typed
        if text is not None
    }


def parsed(setting: Setting[T], text: str, where: str) -> T:
    """The value typed at `where`.

    Raises
    ------
    UsageError
        It is not what is meant.
    """
    try:
        return setting.kind.parse(text)
    except (ValueError, OverflowError):
        raise wrong(setting, text, where) from None
