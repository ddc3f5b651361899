"""What can be wrong with a setting, as one sentence: where, what was found, what is meant."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..errors import UsageError
from ..profiles.reader import nearest, shown
from .table import BY_KEY, SECTIONS, SETTINGS, Setting


def find(key: str, where: str = "") -> Setting[Any]:
    """The setting called `section.name`; `where` is told in front of the complaint.

    Raises
    ------
    UsageError
        There is none; with the nearest one and what there is.
    """
    if key in BY_KEY:
        return BY_KEY[key]
    section, _, name = key.partition(".")
    check_section(section, where)
    names = [setting.name for setting in SETTINGS if setting.section == section]
    raise _unknown(where, f"There is no setting {key}.", name, names, f"[{section}] has {', '.join(names)}.")


def check_section(section: str, where: str = "") -> None:
    """Refuse a section that is none, as `find` does."""
    if section not in SECTIONS:
        listed = f"Sections: {', '.join(SECTIONS)}."
        raise _unknown(where, f"There is no section [{section}].", section, SECTIONS, listed)


def _unknown(where: str, message: str, word: str, known: Collection[str], listed: str) -> UsageError:
    return UsageError(f"{where}: {message}" if where else message, f"{nearest(word, known)} {listed}".strip())


def wrong(setting: Setting[Any], found: object, where: str, advice: str = "") -> UsageError:
    """The value found at `where` is not what is meant."""
    close = nearest(found, setting.kind.options) if isinstance(found, str) else ""
    told = f"{where}: {setting.key} is {_shown(found)}; {setting.kind.meant} is meant."
    return UsageError(told, f"{close} {advice}".strip())


def _shown(found: object) -> str:
    try:
        return f"{str(found).lower()}" if isinstance(found, bool) else shown(found)
    except ValueError:  # a whole number of more than 4300 digits
        return "a very long number"
