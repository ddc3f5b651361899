"""A strict reader of nested tables: every complaint names file, key, what was found and what was meant."""

from __future__ import annotations

import difflib
import string
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, TypeVar, cast

from ..errors import ProfileError

T = TypeVar("T")


class _Required:
    pass


REQUIRED: Final = _Required()
HEX: Final = "a text of hexadecimal pairs such as '02 ff'"


def nearest(word: str, known: Collection[str]) -> str:
    """`Did you mean …?` with the known word closest to `word`, or one that begins with it, or an empty string."""
    close = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    close = close or [name for name in sorted(known) if word and name.startswith(word)]
    return f"Did you mean {close[0]!r}?" if close else ""


def shown(value: object) -> str:
    """A found value, short enough for one sentence."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


class Table:
    """One table of a profile, read key by key; `close` refuses keys nobody asked for.

    Parameters
    ----------
    data : mapping
        The table as TOML or JSON gave it.
    source : str
        File (or other origin) named in complaints.
    path : str
        Where in the file the table stands, such as `stream[0].time`; empty for the whole file.
    """

    def __init__(self, data: Mapping[str, Any], source: str, path: str = "") -> None:
        self.data = data
        self.source = source
        self.path = path
        self._known: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def key(self, key: str) -> str:
        """Full dotted name of `key`."""
        return f"{self.path}.{key}" if self.path else key

    def wrong(self, key: str, meant: str, advice: str = "") -> ProfileError:
        """The error for `key`: what was found there against what was meant."""
        if key in self.data:
            return ProfileError(f"{self.source}: {self.key(key)} is {shown(self.data[key])}; {meant} is meant.", advice)
        odd = difflib.get_close_matches(key, [k for k in self.data if k not in self._known], n=1, cutoff=0.75)
        hint = f"There is {odd[0]!r}: did you mean {key!r}?" if odd else ""
        return ProfileError(f"{self.source}: {self.key(key)} is missing; {meant} is meant.", hint or advice)

    def _take(self, key: str, meant: str, default: T | _Required, read: Callable[[Any], T | None]) -> T:
        self._known.add(key)
        if key not in self.data:
            if isinstance(default, _Required):
                raise self.wrong(key, meant)
            return default
        value = read(self.data[key])
        if value is None:
            raise self.wrong(key, meant)
        return value

    def text(self, key: str, default: str | _Required = REQUIRED, meant: str = "a text") -> str:
        """A non-empty string."""
        return self._take(key, meant, default, lambda v: v if isinstance(v, str) and v.strip() else None)

    def texts(self, key: str, default: tuple[str, ...] | _Required = REQUIRED) -> tuple[str, ...]:
        """A list of non-empty strings; a single string counts as a list of one."""

        def read(value: Any) -> tuple[str, ...] | None:
            values = [value] if isinstance(value, str) else value
            good = isinstance(values, list) and values and all(isinstance(v, str) and v.strip() for v in values)
            return tuple(values) if good else None

        return self._take(key, "a text or a list of texts", default, read)

    def number(
        self, key: str, default: float | _Required = REQUIRED, *, low: float = -1e300, high: float = 1e300
    ) -> float:
        """A finite number within `low` .. `high`."""
        meant = (
            "a number"
            if low < -1e299
            else f"a number from {low:g} to {high:g}"
            if high < 1e299
            else f"a number ≥ {low:g}"
        )
        return self._take(key, meant, default, lambda v: float(v) if is_number(v) and low <= v <= high else None)

    def integer(self, key: str, default: int | _Required = REQUIRED, *, low: int = 0, high: int = 2**31) -> int:
        """A whole number within `low` .. `high`."""

        def read(value: Any) -> int | None:
            return value if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high else None

        return self._take(key, f"a whole number from {low} to {high}", default, read)

    def maybe_integer(self, key: str, *, low: int = 0, high: int = 2**31) -> int | None:
        """A whole number within `low` .. `high`, or None where there is none."""
        value = self.integer(key, low - 1 if key not in self else REQUIRED, low=low, high=high)
        return value if key in self else None

    def flag(self, key: str, default: bool | _Required = REQUIRED) -> bool:
        """`true` or `false`."""
        return self._take(key, "true or false", default, lambda v: v if isinstance(v, bool) else None)

    def bytes_(self, key: str, default: bytes | _Required = REQUIRED) -> bytes:
        """Bytes written as hexadecimal pairs, such as `02 ff`."""
        self._known.add(key)
        if key in self.data and parse_hex(self.data[key]) is None:
            raise self.wrong(key, HEX, hex_problem(self.data[key]))
        return self._take(key, HEX, default, parse_hex)

    def word(self, key: str, options: Collection[str], default: str | _Required = REQUIRED) -> str:
        """One of a closed list of words."""
        self._known.add(key)
        value = self.data.get(key, default)
        if isinstance(value, str) and value in options:
            return value
        advice = nearest(value, options) if isinstance(value, str) else ""
        raise self.wrong(key, f"one of {', '.join(options)}", advice)

    def table(self, key: str) -> Table | None:
        """A nested table, or None where there is none."""
        return self._take(key, "a table", None, lambda v: self._nested(v, self.key(key)))

    def tables(self, key: str) -> tuple[Table, ...]:
        """A list of tables (`[[key]]`); empty where there is none."""

        def read(value: Any) -> tuple[Table, ...] | None:
            if not isinstance(value, list):
                return None
            found = [self._nested(v, f"{self.key(key)}[{i}]") for i, v in enumerate(value)]
            return None if None in found else cast(tuple[Table, ...], tuple(found))

        return self._take(key, "a list of tables", (), read)

    def items(self, key: str) -> dict[str, Any]:
        """A nested table with free keys, as it is; empty where there is none."""
        return self._take(key, "a table", {}, lambda v: dict(v) if isinstance(v, Mapping) else None)

    def anything(self, key: str) -> Any:
        """Whatever stands there, None where there is nothing; the caller checks it."""
        self._known.add(key)
        return self.data.get(key)

    def close(self) -> None:
        """Refuse every key that was never asked for."""
        for key in self.data:
            if key not in self._known:
                known = ", ".join(sorted(self._known))
                raise ProfileError(
                    f"{self.source}: {self.key(key)} is not a known key; known here: {known}.",
                    nearest(key, self._known),
                )

    def _nested(self, value: Any, path: str) -> Table | None:
        return Table(value, self.source, path) if isinstance(value, Mapping) else None


def is_number(value: object) -> bool:
    """Whether `value` is a finite number (and no boolean)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def parse_hex(value: object) -> bytes | None:
    """Bytes from `02 ff`; None for anything else."""
    try:
        return bytes.fromhex(value) if isinstance(value, str) else None
    except ValueError:
        return None


def hex_problem(value: object) -> str:
    """What is wrong with a text that should be hexadecimal pairs, in a sentence; empty where that is plain to see."""
    if not isinstance(value, str):
        return "Put it in quotes."
    if "0x" in value.lower():
        return "Leave out the 0x."
    for part in value.split():
        odd = next((c for c in part if c not in string.hexdigits), None)
        if odd is not None:
            return f"{odd!r} in {part!r} is no hexadecimal digit (0 to 9, a to f)."
        if len(part) % 2:
            return f"{part!r} has an odd number of digits: each byte takes two."
    return ""
