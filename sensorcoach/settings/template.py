"""A settings file to begin with: every setting in a comment, with its default."""

from __future__ import annotations

from typing import Any

import tomlkit

from .file import HEAD
from .table import SECTIONS, SETTINGS, Setting


def template() -> str:
    """The text of the file; as it stands it changes nothing."""
    parts = [HEAD]
    for section, about in SECTIONS.items():
        parts.append(f"\n[{section}]  # {about}\n")
        parts += [_lines(setting) for setting in SETTINGS if setting.section == section]
    return "".join(parts)


def _lines(setting: Setting[Any]) -> str:
    meant = "" if setting.section == "keys" else f"; {setting.kind.meant}"
    unit = f" ({setting.unit})" if setting.unit else ""
    default = tomlkit.item(setting.kind.raw(setting.default)).as_string()
    return f"# {setting.about}{unit}{meant}\n# {setting.name} = {default}\n"
