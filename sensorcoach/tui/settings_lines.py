"""Settings as lines for the settings screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ..settings import SECTIONS, SETTINGS, Setting, Settings
from .draw.spans import Line, line, pad, wrap
from .widgets.rows import Row

NAME: Final = 30
VALUE: Final = 30
NARROW_NAME: Final = 26


def setting_rows(settings: Settings, width: int) -> Iterator[Row]:
    """All settings with a heading for each section."""
    for number, (section, about) in enumerate(SECTIONS.items()):
        heading = line((about, "muted"))
        yield "", [heading] if number == 0 else [(), heading]
        for setting in SETTINGS:
            if setting.section == section:
                yield setting.key, [_setting(settings, setting, width)]


def _setting(settings: Settings, setting: Setting[Any], width: int) -> Line:
    origin = settings.origin(setting)
    own = origin.kind != "default"
    name = setting.title
    value = setting.shown(settings[setting])
    name_room = NAME if width >= NAME + VALUE + 16 else NARROW_NAME
    return pad(
        line(
            ("● " if own else "  ", "breath"),
            (name[: name_room - 1].ljust(name_room), "text"),
            (value.ljust(VALUE) if width >= NAME + VALUE + 16 else value, "breath" if own else "text"),
            (f" {origin}" if width >= NAME + VALUE + 16 else "", "muted"),
        ),
        width,
    )


def about_lines(settings: Settings, setting: Setting[Any], width: int) -> list[Line]:
    """What a setting means, what is allowed, and where its value came from."""
    origin = settings.origin(setting)
    unit = f", in {setting.unit}" if setting.unit else ""
    whence = {"default": "as it is by default"}.get(origin.kind, f"from {origin}")
    default = "" if origin.kind == "default" else f"; default {setting.shown(setting.default)}"
    return [
        *wrap(f"{setting.about[0].upper()}{setting.about[1:]}{unit}.", width),
        *wrap(f"Allowed: {setting.kind.meant}.", width, "muted"),
        *wrap(f"Now {setting.shown(settings[setting])}, {whence}{default}.", width, "muted"),
    ]
