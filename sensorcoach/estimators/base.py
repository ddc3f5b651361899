"""The one shape of every estimator, and the registry that finds them."""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from typing import Any, ClassVar, TypeVar

from ..events import Command, Event
from ..samples import StreamInfo
from .tracks import Track


class Estimator(ABC):
    """A causal, stateful map from tracks to a track.

    Contract, checked for every registered estimator by the tests:

    * *Chunk invariance*: any cut of the input into blocks gives bit-identical rows and events.
    * *Resumable*: `pickle` at any point and continue, with the same result.
    * *Bounded*: memory does not grow with the length of the stream.
    * *Pure*: inputs are not modified and not kept; no clock, no I/O, no randomness.
    * A gap in the input is handled as the class documents (bridge, hold or restart).

    Class attributes
    ----------------
    name : str
        What other estimators and the engine call its track.
    inputs : tuple of str
        The tracks `update` takes, in order: `block` (raw samples), `grid` (25 Hz), or names of other estimators.
    optional : bool
        Made only when a session asks for it (`StartSession`), so that all-day use and bulk analysis do not pay for it.
        Such an estimator begins in the middle of the stream, and nothing that is always there may read it.
    """

    name: ClassVar[str]
    inputs: ClassVar[tuple[str, ...]]
    optional: ClassVar[bool] = False

    def __init__(self, stream: StreamInfo) -> None:
        self.stream = stream

    @abstractmethod
    def update(self, *tracks: Any) -> Track:
        """Rows that became complete with these inputs (possibly none)."""

    def on_command(self, command: Command) -> tuple[Event, ...]:
        """What a person or the pacer did; commands an estimator does not know are ignored."""
        return ()


E = TypeVar("E", bound=type[Estimator])
_REGISTRY: dict[str, type[Estimator]] = {}


def register(cls: E) -> E:
    """Class decorator: make an estimator known under its `name`."""
    if cls.name in _REGISTRY and _REGISTRY[cls.name] is not cls:
        raise ValueError(f"two estimators are named {cls.name!r}")
    _REGISTRY[cls.name] = cls
    return cls


def registry() -> dict[str, type[Estimator]]:
    """Every estimator in this package by name, each after the ones it reads."""
    package = importlib.import_module(__package__)
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{__package__}.{module.name}")
    ordered: dict[str, type[Estimator]] = {}
    waiting = dict(sorted(_REGISTRY.items()))
    while waiting:
        ready = [n for n, c in waiting.items() if all(i in ordered or i in ("block", "grid") for i in c.inputs)]
        if not ready:
            raise ValueError(f"estimators read each other in a circle: {sorted(waiting)}")
        for name in ready:
            ordered[name] = waiting.pop(name)
    return ordered
