"""Breathing patterns as data: the shipped ones, a person's own, and any four parts typed by hand.

A pattern is named (`box`), named with a rate where it has a range (`resonance@5.7`), or spelled out (`4-2-6-0`:
inhale, hold, exhale, hold in seconds). Holds and cycles under 8 s are given only to those who ask for them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Final

from ..errors import InputError, ProfileError, UsageError
from ..profiles.reader import Table, nearest
from .pacer import Pattern

SHORTEST_UNASKED_S: Final = 8.0
"""Breaths shorter than this, deep as paced ones easily get, breathe off too much carbon dioxide."""
LONGEST_PART_S: Final = 20.0
CAUTION: Final = (
    "Holding the breath or breathing fast on purpose is not for everyone: not when pregnant, not with heart, lung or "
    "blood pressure trouble unless a health professional agreed, never in water or while driving. Stop when dizzy."
)
"""Said before a pattern that is only given on request."""

RATE_SLACK: Final = 1e-6


@dataclass(frozen=True, slots=True)
class NamedPattern:
    """A pattern as a file describes it.

    Attributes
    ----------
    name : str
        What a person types.
    pattern : Pattern
        Its `name` is the title people see.
    about : str
    rates_brpm : (lowest, highest, step) or None
        Rates it may be asked for at.
    """

    name: str
    pattern: Pattern
    about: str
    rates_brpm: tuple[float, float, float] | None = None

    def at(self, rate_brpm: float) -> Pattern:
        """The pattern at another rate of its range; `UsageError` outside it or between its steps."""
        if self.rates_brpm is None:
            raise UsageError(f"The pattern {self.name} has one pace only.", f"Leave out @{rate_brpm:g}.")
        low, high, step = self.rates_brpm
        steps = (rate_brpm - low) / step
        if not low - RATE_SLACK <= rate_brpm <= high + RATE_SLACK or abs(steps - round(steps)) > 1e-3:
            advice = f"Choose {low:g} to {high:g} breaths a minute in steps of {step:g}."
            raise UsageError(f"The pattern {self.name} is not made for {rate_brpm:g} breaths a minute.", advice)
        return scaled(self.pattern, rate_brpm)


def scaled(pattern: Pattern, rate_brpm: float) -> Pattern:
    """The same proportions at any pace (breaths a minute, above zero)."""
    scale = pattern.rate_brpm / rate_brpm
    return Pattern(pattern.name, *(part * scale for part in pattern.parts_s))


def on_request(pattern: Pattern) -> bool:
    """Whether it has holds, or breaths under 8 s: never offered unasked."""
    return pattern.hold_in_s > 0.0 or pattern.hold_out_s > 0.0 or pattern.cycle_s < SHORTEST_UNASKED_S - RATE_SLACK


def parse_patterns(text: str, source: str) -> dict[str, NamedPattern]:
    """Patterns of a TOML text by name.

    Raises
    ------
    InputError
        It is no TOML, or a key or value is wrong; names `source` and the key.
    """
    try:
        top = Table(tomllib.loads(text), source)
        found = [_pattern(table) for table in top.tables("pattern")]
        top.close()
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{source} is not valid TOML: {error}.") from None
    except ProfileError as error:
        raise InputError(error.message, error.advice) from None
    return {pattern.name: pattern for pattern in found}


def shipped_patterns() -> dict[str, NamedPattern]:
    """The patterns that come with the program, in the order of their file."""
    file = resources.files("sensorcoach") / "data" / "patterns.toml"
    return parse_patterns(file.read_text(encoding="utf-8"), "patterns.toml")


def find_pattern(wanted: str, known: Mapping[str, NamedPattern], *, asked: bool = False) -> Pattern:
    """The pattern called `wanted`, or spelled out as four parts.

    Parameters
    ----------
    wanted : str
        `box`, `resonance@5.7`, `4-2-6-0`.
    known : mapping of name to NamedPattern
    asked : bool
        The wearer has asked for holds or quick breaths and has read `CAUTION`.

    Raises
    ------
    UsageError
        Unknown, impossible, or only given on request.
    """
    pattern = _find(wanted, known)
    if on_request(pattern) and not asked:
        raise UsageError(
            f"The pattern {wanted} has holds or quick breaths, so it is given only on request: --with-holds.", CAUTION
        )
    return pattern


def _find(wanted: str, known: Mapping[str, NamedPattern]) -> Pattern:
    name, _, rate = wanted.partition("@")
    if name in known:
        if not rate:
            return known[name].pattern
        try:
            return known[name].at(float(rate))
        except ValueError:
            raise UsageError(f"{rate!r} in {wanted} is no number of breaths a minute.") from None
    if re.fullmatch(r"\d+(\.\d+)?(-\d+(\.\d+)?){3}", wanted):
        parts = [float(part) for part in wanted.split("-")]
        try:
            if max(parts) > LONGEST_PART_S:
                raise ValueError(f"no part may be longer than {LONGEST_PART_S:g} s: {wanted}")
            return Pattern(wanted, *parts)
        except ValueError as error:
            raise UsageError(f"That is no pattern to breathe by: {error}.") from None
    spelt = "four parts in seconds, such as 4-0-6-0."
    advice = nearest(name, known) or (f"Known: {', '.join(known)}; or {spelt}" if known else f"Give {spelt}")
    raise UsageError(f"There is no breathing pattern {wanted!r}.", advice)


def _pattern(table: Table) -> NamedPattern:
    name = table.text("name")
    title = table.text("title", name)
    parts = table.anything("parts_s")
    rates = table.anything("rates_brpm")
    about = table.text("about", "")
    table.close()
    numbers = _numbers(parts, 4)
    if numbers is None or not all(0.0 <= n <= LONGEST_PART_S for n in numbers) or not (numbers[0] and numbers[2]):
        meant = f"four numbers of seconds up to {LONGEST_PART_S:g}, inhale and exhale above 0,"
        raise table.wrong("parts_s", meant)
    entry = NamedPattern(name, Pattern(title, *numbers), about)
    if rates is None:
        return entry
    low_high_step = _numbers(rates, 3)
    if low_high_step is None or not 2.0 <= low_high_step[0] <= low_high_step[1] <= 30.0 or low_high_step[2] <= 0.0:
        raise table.wrong("rates_brpm", "lowest, highest (2 to 30) and step")
    low, high, step = low_high_step
    return NamedPattern(name, entry.pattern, about, (low, high, step))


def _numbers(value: object, length: int) -> tuple[float, ...] | None:
    if not isinstance(value, list) or len(value) != length:
        return None
    if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in value):
        return None
    return tuple(float(v) for v in value)
