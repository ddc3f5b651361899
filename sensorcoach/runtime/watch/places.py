"""Where running watches are found, and how they are asked to bring the history of their day up."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_state_path

from ...errors import UsageError


def state_folder() -> Path:
    """Locks, sockets, and what a watch remembers."""
    return user_state_path("sensorcoach")


def kept_by_watches() -> frozenset[Path]:
    """Journals whose chapters the running watches have just put into the history, on being asked."""
    sockets = list(state_folder().glob("watch-*.sock"))
    if not sockets:
        return frozenset()
    from .control import ask

    kept = set()
    for path in sockets:
        try:
            recording = ask(path, {"do": "history"}).get("recording")
        except UsageError:  # it has ended, was killed, or is still looking for its sensor
            continue
        if isinstance(recording, str) and recording:
            kept.add(Path(recording))
    return frozenset(kept)
