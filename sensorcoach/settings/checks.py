"""Settings that must go together: one key for one action, and a pattern that is known and allowed."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

from ..errors import UsageError
from .actions import ACTIONS
from .resolve import Settings
from .table import KEYS, PACER_ALLOW_HOLDS, PACER_PATTERN


def check_together(settings: Settings, folder: Path) -> None:
    """Refuse what cannot be together.

    Parameters
    ----------
    settings : Settings
    folder : Path
        Where a person's own patterns are (`patterns.toml`).

    Raises
    ------
    UsageError, InputError
        Two actions want one key; the pattern is not known, or needs to be allowed first; `patterns.toml` is wrong.
    """
    check_keys(settings)
    if settings.origin(PACER_PATTERN).kind != "default":
        _check_pattern(settings, folder)


def check_keys(settings: Settings) -> None:
    """Refuse a key that two actions of one screen want, naming both; keys they share by default are meant so."""
    for first, second in combinations(ACTIONS, 2):
        one, other = KEYS[first.name], KEYS[second.name]
        here, there = settings[one], settings[other]
        both = (set(here) & set(there)) - (set(first.keys) & set(second.keys))
        if both and set(first.on) & set(second.on):
            origins = settings.origin(one), settings.origin(other)
            raise UsageError(
                f"{one.key} ({origins[0]}) and {other.key} ({origins[1]}) both want the key {min(both)!r}.",
                "Give one of them another key.",
            )


def _check_pattern(settings: Settings, folder: Path) -> None:
    from ..coach.patterns import on_request
    from .patterns import pattern_of

    origin, wanted = settings.origin(PACER_PATTERN), settings[PACER_PATTERN]
    try:
        pattern = pattern_of(wanted, folder)
    except UsageError as error:
        raise UsageError(f"{origin}: {error.message}", error.advice) from None
    if on_request(pattern) and not settings[PACER_ALLOW_HOLDS]:
        raise UsageError(
            f"{origin}: pacer.pattern is {wanted!r}, which has holds or breaths under 8 s.",
            "Allow them first: sensorcoach config set pacer.allow_holds on",
        )
