"""The sensors used last, so that the second time needs no choice. One small file that only its owner may read."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast, get_args

from ..errors import OutputError
from ..samples import Site
from ..settings.write import write_private


@dataclass(frozen=True, slots=True)
class RememberedDevice:
    """A sensor by name, address (on macOS an identifier of this computer's own), name of its profile, and place."""

    name: str
    address: str
    profile: str
    site: Site = "chest"


def recall(path: Path) -> tuple[RememberedDevice, ...]:
    """The sensors that the file names, in their order; none where there is no file, or it says nothing sensible."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return ()
    entries = content.get("sensors") if isinstance(content, dict) else None
    found = [_device(entry) for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return tuple(device for device in found if device.address)


def remember(path: Path, devices: Sequence[RememberedDevice]) -> None:
    """Keep the sensors; where nothing can be written they are chosen again next time, which is no reason to stop."""
    with contextlib.suppress(OutputError):
        write_private(path, json.dumps({"sensors": [asdict(device) for device in devices]}))


def _device(entry: dict[str, object]) -> RememberedDevice:
    values = [entry.get(key) for key in ("name", "address", "profile")]
    name, address, profile = (value if isinstance(value, str) else "" for value in values)
    site = entry.get("site")
    return RememberedDevice(name, address, profile, cast("Site", site) if site in get_args(Site) else "chest")
