"""A person's own breathing patterns, by name: `patterns.toml` beside the settings. There is no other home for them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from ..coach.pacer import PATTERNS, Pattern
from ..coach.patterns import NamedPattern, find_pattern, on_request, parse_patterns, shipped_patterns
from ..errors import InputError, UsageError
from .resolve import Settings
from .table import PACER_ALLOW_HOLDS, PACER_PATTERN
from .write import write_private

FILE_NAME: Final = "patterns.toml"
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")


def known_patterns(folder: Path) -> dict[str, NamedPattern]:
    """The shipped patterns and the person's own by name; an own one goes before a shipped one of the same name.

    Raises
    ------
    InputError
        `patterns.toml` is wrong.
    """
    return {**shipped_patterns(), **parse_patterns(_text(folder / FILE_NAME), str(folder / FILE_NAME))}


def pattern_of(wanted: str, folder: Path) -> Pattern:
    """The pattern called `wanted` (`box`, `resonance@5.7`) or spelled out (`4-0-6-0`).

    Raises
    ------
    UsageError, InputError
        There is none; or `patterns.toml` is wrong.
    """
    return find_pattern(wanted, known_patterns(folder), asked=True)


def offered_patterns(settings: Settings, folder: Path) -> list[Pattern]:
    """What the pacer key walks through: the pattern that is set, the usual ones, the person's own, and those with holds
    or breaths under 8 s where they were allowed.

    Raises
    ------
    UsageError, InputError
        As for `pattern_of`.
    """
    known = known_patterns(folder)
    chosen = [] if settings.origin(PACER_PATTERN).kind == "default" else [pattern_of(settings[PACER_PATTERN], folder)]
    shipped = shipped_patterns()
    own = [named.pattern for name, named in known.items() if name not in shipped]
    bold = [named.pattern for named in shipped.values() if on_request(named.pattern)]
    allowed = settings[PACER_ALLOW_HOLDS]
    out: dict[str, Pattern] = {}
    for pattern in (*chosen, *PATTERNS, *own, *bold):
        if allowed or not on_request(pattern):
            out.setdefault(pattern.name.casefold(), pattern)
    return list(out.values())


def save_pattern(folder: Path, name: str, pattern: Pattern) -> Path:
    """Keep a pattern under a name, in place of an own one of that name; returns the file.

    Raises
    ------
    UsageError
        The name is none, or that of a shipped pattern.
    InputError
        `patterns.toml` is wrong.
    OutputError
        The system does not let it be written.
    """
    import tomlkit

    if _NAME.fullmatch(name) is None:
        raise UsageError(f"{name!r} is no name for a pattern.", "Use small letters, digits and -, such as my-evening.")
    if name in shipped_patterns():
        raise UsageError(f"{name} is the name of a pattern that comes with the program.", "Choose another name.")
    path = folder / FILE_NAME
    text = _text(path)
    parse_patterns(text, str(path))
    document = tomlkit.parse(text)
    listed = document.setdefault("pattern", tomlkit.aot())
    parts_s = [float(part) for part in pattern.parts_s]
    for entry in listed:
        if entry["name"] == name:
            entry["parts_s"] = parts_s
            entry.pop("rates_brpm", None)
            break
    else:
        entry = tomlkit.table()
        entry.update({"name": name, "title": name.replace("-", " ").capitalize(), "parts_s": parts_s})
        listed.append(entry)
    write_private(path, tomlkit.dumps(document))
    return path


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not text in UTF-8"
        raise InputError(f"{path} cannot be read: {reason}.", "Mend the file, or remove it.") from None
