"""Keeping the history up with the folder of recordings: adding what is new, or making all of it anew."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from platformdirs import user_data_path

from ..engine import SensorSetup
from ..errors import InputError, ProfileError
from ..recording.journal_format import SensorHeader
from ..recording.journal_reader import JournalReader
from ..recording.segments import SUFFIX
from .chapter import wearer_of
from .derive import derive
from .identity import identify
from .store import History, Known

Setup: TypeAlias = Callable[[SensorHeader, str], SensorSetup]
"""From a sensor of a journal's header to what the engine needs: `transport.setup.setup_from_header`."""

Told: TypeAlias = Callable[[str], None]
"""Gets a sentence before each recording that takes time."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an update did.

    Attributes
    ----------
    read : tuple of str
        Names of the recordings whose chapters were derived.
    kept : tuple of str
        Names of chapters whose recording is no longer there.
    skipped : tuple of str
        Sentences on recordings that could not be read.
    """

    read: tuple[str, ...]
    kept: tuple[str, ...]
    skipped: tuple[str, ...]


def recordings_folder() -> Path:
    """Where a person's recordings lie."""
    return user_data_path("sensorcoach") / "recordings"


def find_journals(folder: Path) -> Iterator[tuple[str, Path]]:
    """Journals in a folder and the folders in it, by name."""
    if folder.is_dir():
        found = sorted(path for path in folder.rglob(f"*{SUFFIX}") if path.is_dir())
        yield from ((path.relative_to(folder).as_posix(), path) for path in found)


def update(
    history: History, folder: Path, setup: Setup, *, told: Told = lambda _: None, kept: Collection[Path] = ()
) -> Outcome:
    """Add what is new in `folder`: new journals, those that grew, and those an older version derived otherwise.

    Chapters of journals that are no longer there stay: a pruned recording does not take its days with it. The journals
    `kept` are passed by: whoever writes them keeps their chapters up.
    """
    read, skipped, seen = _bring_up(history, folder, setup, told, fresh=False, kept=kept)
    gone = [known.name for known in history.known() if known.identity.content not in seen]
    return Outcome(tuple(read), tuple(gone), tuple(skipped))


def rebuild(
    history: History, folder: Path, setup: Setup, *, forget: bool = False, told: Told = lambda _: None
) -> Outcome:
    """Derive every journal in `folder` again. With `forget`, drop chapters whose journal is no longer there."""
    read, skipped, seen = _bring_up(history, folder, setup, told, fresh=True)
    gone = [known for known in history.known() if known.identity.content not in seen]
    if forget:
        history.forget([known.identity.content for known in gone])
        gone = []
    return Outcome(tuple(read), tuple(known.name for known in gone), tuple(skipped))


def _bring_up(
    history: History, folder: Path, setup: Setup, told: Told, *, fresh: bool, kept: Collection[Path] = ()
) -> tuple[list[str], list[str], set[str]]:
    """Names of what was read, sentences on what could not be, and the contents that were met."""
    chapters: dict[str, Known] = {known.identity.content: known for known in history.known()}
    read: list[str] = []
    skipped: list[str] = []
    seen: set[str] = set()
    for name, path in find_journals(folder):
        if path in kept:
            seen |= {content for content, known in chapters.items() if known.name == name}
            continue
        try:
            reader = JournalReader(path)
            identity = identify(reader)
            if identity.content in seen:
                continue  # a copy under another name
            seen.add(identity.content)
            known = chapters.get(identity.content)
            same = known is not None and known.current and known.wearer == wearer_of(reader.header, path.name)
            if known is not None and same and not fresh:
                if known.name != name:
                    history.rename(identity.content, name)
                continue
            told(f"Reading {name} …")
            sensors = [setup(sensor, name) for sensor in reader.header.sensors]
            history.put(identity, name, derive(reader, sensors))
            read.append(name)
        except (InputError, ProfileError) as error:
            skipped.append(f"{name} is left out: {error.message}")
    return read, skipped, seen
