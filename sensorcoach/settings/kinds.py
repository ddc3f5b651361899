"""Kinds of values: how each is written in the file, typed by hand, checked and shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, TypeVar

T = TypeVar("T")

Raw: TypeAlias = bool | int | float | str | list[str]
"""What TOML holds."""

HOURS: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-3]):([0-5]\d)")
LONGEST_TEXT: Final = 200

_YES: Final = ("on", "true", "yes", "1")
_NO: Final = ("off", "false", "no", "0")
_DAY_MIN: Final = 24 * 60

_KEY: Final = re.compile(r"[a-z0-9_]+(\+[a-z0-9_]+)*")
_KEY_NAMES: Final = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""Keys whose names differ from those Unicode gives their characters."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """One kind of value.

    Attributes
    ----------
    meant : str
        What is allowed, to stand before `is meant`.
    read : callable
        From what the file holds; raises `ValueError` for anything else.
    parse : callable
        From what a person typed or an environment variable says; raises `ValueError` for anything else.
    raw : callable
        For the file.
    show : callable
        For people; `parse` understands it.
    options : tuple of str
        Words to choose one from, as shown; empty where a value is typed.
    """

    meant: str
    read: Callable[[object], T]
    parse: Callable[[str], T]
    raw: Callable[[T], Raw]
    show: Callable[[T], str]
    options: tuple[str, ...] = ()


def flag() -> Kind[bool]:
    """On or off; `true` or `false` in the file."""

    def read(raw: object) -> bool:
        return _of(raw, bool)

    def parse(text: str) -> bool:
        word = text.strip().lower()
        if word not in _YES + _NO:
            raise ValueError
        return word in _YES

    return Kind(
        "on or off (in the file true or false)", read, parse, bool, lambda v: "on" if v else "off", ("on", "off")
    )


def whole(low: int, high: int) -> Kind[int]:
    """A whole number within limits, both included."""

    def read(raw: object) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int) or not low <= raw <= high:
            raise ValueError
        return raw

    return Kind(f"a whole number from {low} to {high}", read, lambda text: read(int(text)), int, str)


def number(low: float, high: float) -> Kind[float]:
    """A number within limits, both included."""

    def read(raw: object) -> float:
        if isinstance(raw, bool) or not isinstance(raw, int | float) or not low <= raw <= high:
            raise ValueError
        return float(raw)

    def write(value: float) -> Raw:
        return int(value) if value.is_integer() else value

    return Kind(f"a number from {low:g} to {high:g}", read, lambda text: read(float(text)), write, lambda v: f"{v:g}")


def word(*options: str) -> Kind[str]:
    """One of these words."""

    def read(raw: object) -> str:
        if raw not in options:
            raise ValueError
        return _of(raw, str)

    return Kind(f"one of {', '.join(options)}", read, lambda text: read(text.strip().lower()), str, str, options)


def words(options: Sequence[str]) -> Kind[tuple[str, ...]]:
    """Some of these words, none included; a list in the file, separated by commas elsewhere."""

    def chosen(found: Sequence[object]) -> tuple[str, ...]:
        if any(one not in options for one in found):
            raise ValueError
        return tuple(one for one in options if one in found)

    def parse(text: str) -> tuple[str, ...]:
        return chosen([] if text.strip() in ("", "none") else [part.strip() for part in text.split(",")])

    return Kind(
        f"some of {', '.join(options)}",
        lambda raw: chosen(_of(raw, list)),
        parse,
        list,
        lambda v: ",".join(v) or "none",
    )


def hours() -> Kind[str]:
    """A span of local time, `22:00-07:00`, over midnight or not."""

    def read(raw: object) -> str:
        text = _of(raw, str).strip()
        if HOURS.fullmatch(text) is None:
            raise ValueError
        return text

    return Kind("hours such as 22:00-07:00", read, read, str, str)


def within(span: str, minute_of_day: int) -> bool:
    """Whether this local minute (0 at midnight) lies in `span`, as `hours` reads it; in an empty one none does."""
    found = HOURS.fullmatch(span)
    if found is None:
        return False
    hour_from, minute_from, hour_to, minute_to = (int(part) for part in found.groups())
    begin, end = hour_from * 60 + minute_from, hour_to * 60 + minute_to
    return (minute_of_day - begin) % _DAY_MIN < (end - begin) % _DAY_MIN


def text(meant: str) -> Kind[str]:
    """Anything on one line."""

    def read(raw: object) -> str:
        value = _of(raw, str).strip()
        if not value or len(value) > LONGEST_TEXT or not value.isprintable():
            raise ValueError
        return value

    return Kind(meant, read, read, str, str)


def keys() -> Kind[tuple[str, ...]]:
    """Keys of the keyboard: characters, or names such as `space`, `f5`, `ctrl+b`; separated by commas."""

    def parse(typed: str) -> tuple[str, ...]:
        parts = [part.strip() for part in typed.split(",")] if typed.strip() != "," else [","]
        return tuple(dict.fromkeys(_key(part) for part in parts))

    return Kind(
        "a key such as m, space or ctrl+b, or several separated by commas",
        lambda raw: parse(_of(raw, str)),
        parse,
        ",".join,
        ",".join,
    )


def either(kind: Kind[T], none: str) -> Kind[T | None]:
    """A value of this kind, or the word `none` for the absence of one (`off`, `forever`)."""

    def read(raw: object) -> T | None:
        return None if raw == none else kind.read(raw)

    def parse(typed: str) -> T | None:
        return None if typed.strip().lower() == none else kind.parse(typed)

    def write(value: T | None) -> Raw:
        return none if value is None else kind.raw(value)

    def show(value: T | None) -> str:
        return none if value is None else kind.show(value)

    options = (*kind.options, none) if kind.options else ()
    return Kind(f"{kind.meant}, or {none}", read, parse, write, show, options)


def _of(raw: object, kind: type[T]) -> T:
    if not isinstance(raw, kind):
        raise ValueError
    return raw


def _key(typed: str) -> str:
    """The name of a key, for its name or its character."""
    if len(typed) == 1 and typed.isascii() and not typed.isalnum():
        name = unicodedata.name(typed, "").lower().replace("-", "_").replace(" ", "_")
        return _KEY_NAMES.get(name, name)
    name = typed if len(typed) == 1 else typed.lower()
    if not (_KEY.fullmatch(name) or (len(name) == 1 and name.isprintable() and not name.isspace())):
        raise ValueError
    return name
