"""Strict reading of plain tables into frozen dataclasses; every refusal names the key, the value and the cure."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, Final, TypeVar

from ..errors import UsageError

T = TypeVar("T")

_KEY: Final = "key"


@dataclass(frozen=True, slots=True)
class Key:
    """What one key of a scenario may hold."""

    kind: str
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = ()
    length: int = 0


def _field(key: Key, default: Any) -> Any:
    return field(default=default, metadata={_KEY: key})


def number(default: float | None = None, low: float = -math.inf, high: float = math.inf, required: bool = False) -> Any:
    """A finite number within [low, high]."""
    return _field(Key("number", low, high), MISSING if required else default)


def integer(default: int | None = None, low: float = -math.inf, high: float = math.inf) -> Any:
    """A whole number within [low, high]."""
    return _field(Key("integer", low, high), default)


def flag(default: bool) -> Any:
    """`true` or `false`."""
    return _field(Key("flag"), default)


def text(default: str = "") -> Any:
    """Any string."""
    return _field(Key("text"), default)


def word(*choices: str, default: str | None = None, required: bool = False) -> Any:
    """One of a few words."""
    return _field(Key("word", choices=choices), MISSING if required else default)


def numbers(default: tuple[float, ...] = (), low: float = -math.inf, high: float = math.inf, length: int = 0) -> Any:
    """A list of numbers, of a fixed length if one is given; a single number counts as a list of one."""
    return _field(Key("numbers", low, high, length=length), default)


def pairs(low: float = 0.0) -> Any:
    """A list of pairs of numbers."""
    return _field(Key("pairs", low), ())


def load(cls: type[T], table: Any, where: str) -> T:
    """Fill the dataclass `cls` from a table, e.g. one parsed from TOML.

    Raises
    ------
    UsageError
        For an unknown key (with the nearest valid one), a missing one, a wrong type or a value out of range.
    """
    if not isinstance(table, Mapping):
        raise UsageError(f"{where} must be a table, not {_name(table)}.")
    known: dict[str, Field[Any]] = {f.name: f for f in fields(cls)}  # type: ignore[arg-type]
    refuse_unknown(table, known, where)
    values = {}
    for name, spec in known.items():
        if name in table:
            values[name] = _check(spec.metadata[_KEY], table[name], f"`{name}` in {where}")
        elif spec.default is MISSING:
            raise UsageError(f"`{name}` is missing in {where}.")
    return cls(**values)


def refuse_unknown(table: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    """Complain about the first key that nothing reads."""
    names = sorted(known)
    for key in table:
        if key not in names:
            near = difflib.get_close_matches(str(key), names, 1, 0.5)
            advice = f"Did you mean `{near[0]}`?" if near else f"Known keys: {', '.join(names)}."
            raise UsageError(f"unknown key `{key}` in {where}.", advice)


def _name(value: Any) -> str:
    names = {bool: "true or false", str: "text", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return names.get(type(value), type(value).__name__)


def _check(key: Key, value: Any, where: str) -> Any:
    match key.kind:
        case "number":
            return _number(key, value, where)
        case "integer":
            if not isinstance(value, int) or isinstance(value, bool):
                raise UsageError(f"{where} must be a whole number, not {value!r}.")
            return int(_number(key, value, where))
        case "flag":
            if not isinstance(value, bool):
                raise UsageError(f"{where} must be true or false, not {value!r}.")
            return value
        case "text" | "word":
            if not isinstance(value, str):
                raise UsageError(f"{where} must be text, not {_name(value)}.")
            if key.choices and value not in key.choices:
                near = difflib.get_close_matches(value, key.choices, 1, 0.5)
                advice = f"Did you mean {near[0]!r}?" if near else f"It can be: {', '.join(key.choices)}."
                raise UsageError(f"{where} cannot be {value!r}.", advice)
            return value
        case "numbers":
            items = value if isinstance(value, list | tuple) else [value]
            if key.length and len(items) != key.length:
                raise UsageError(f"{where} must be a list of {key.length} numbers.")
            if not items:
                raise UsageError(f"{where} must not be empty.")
            return tuple(_number(key, item, where) for item in items)
        case _:
            rows = value if isinstance(value, list | tuple) else None
            if rows is None or any(not isinstance(row, list | tuple) or len(row) != 2 for row in rows):
                raise UsageError(f"{where} must be a list of pairs of numbers, like [[60, 2.5]].")
            return tuple(tuple(_number(key, item, where) for item in row) for row in rows)


def _number(key: Key, value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise UsageError(f"{where} must be a number, not {value!r}.")
    if not key.low <= value <= key.high:
        if key.high == math.inf:
            limits = f"at least {key.low:g}"
        elif key.low == -math.inf:
            limits = f"at most {key.high:g}"
        else:
            limits = f"between {key.low:g} and {key.high:g}"
        raise UsageError(f"{where} must be {limits}, not {value:g}.")
    return float(value)
