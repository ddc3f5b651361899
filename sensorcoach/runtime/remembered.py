"""The sensor used last, so that the second time needs no choice. One small file that only its owner may read."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RememberedDevice:
    """A sensor by name, address (on macOS an identifier of this computer's own) and the name of its profile."""

    name: str
    address: str
    profile: str


def recall(path: Path) -> RememberedDevice | None:
    """The sensor that the file names; None when there is none, or the file says nothing sensible."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(content, dict):
        return None
    values = [content.get(key) for key in ("name", "address", "profile")]
    name, address, profile = (value if isinstance(value, str) else "" for value in values)
    return RememberedDevice(name, address, profile) if address else None


def remember(path: Path, device: RememberedDevice) -> None:
    """Keep the sensor; where nothing can be written it is chosen again next time, which is no reason to stop."""
    part = path.with_name(f".{path.name}.part")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "w", encoding="utf-8") as target:
            json.dump(asdict(device), target)
        part.replace(path)
