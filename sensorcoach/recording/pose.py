"""The wearer's calibrated upright pose, as files of samples carry it from one program to the next.

In CSV and Parquet it stands in the metadata, in XDF in the description of the stream, in EDF in an annotation. Only a
pose that somebody taught is taken from a file; one that was only assumed is found anew in the samples.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

Vector: TypeAlias = tuple[float, float, float]

GIVEN: Final = "given"
KEYS: Final = ("neutral_pose", "neutral_up", "forward_axis", "forward_known")
"""Metadata that tell the pose, as `analyze` names them."""

_NUMBER: Final = r"(-?\d+(?:\.\d+)?)"
_SAID: Final = re.compile(
    rf"neutral pose of (\S+) \(given\): up {_NUMBER} {_NUMBER} {_NUMBER}(?:, forward {_NUMBER} {_NUMBER} {_NUMBER})?"
)


@dataclass(frozen=True, slots=True)
class Pose:
    """An upright pose that was taught.

    Attributes
    ----------
    up : tuple of three floats
        Direction up in the sensor frame, the wearer standing tall.
    forward : tuple of three floats, or None
        Ahead, where it is known.
    """

    up: Vector
    forward: Vector | None = None

    def metadata(self) -> dict[str, str]:
        """As `# key: value` lines say it."""
        out = {"neutral_pose": GIVEN, "neutral_up": _words(self.up)}
        if self.forward is not None:
            out["forward_axis"] = _words(self.forward)
        return out | {"forward_known": "yes" if self.forward is not None else "no: flexion and lateral are uncertain"}

    def sentence(self, sensor: str) -> str:
        """As an annotation says it."""
        ahead = "" if self.forward is None else f", forward {_words(self.forward)}"
        return f"neutral pose of {sensor} ({GIVEN}): up {_words(self.up)}{ahead}"


def pose_in(metadata: Mapping[str, str]) -> Pose | None:
    """The taught pose that metadata tell of; None where there is none, or it makes no sense."""
    if metadata.get("neutral_pose", "").strip() != GIVEN:
        return None
    up = _vector(metadata.get("neutral_up", "").split())
    known = metadata.get("forward_known", "").startswith("yes")
    return None if up is None else Pose(up, _vector(metadata.get("forward_axis", "").split()) if known else None)


def poses_said(text: str) -> tuple[str, Pose] | None:
    """Sensor and pose that an annotation tells of."""
    match = _SAID.fullmatch(text.strip())
    up = None if match is None else _vector(match.groups()[1:4])
    return None if match is None or up is None else (match[1], Pose(up, _vector(match.groups()[4:])))


def _words(vector: Vector) -> str:
    return " ".join(f"{v:.6f}" for v in vector)


def _vector(words: Iterable[str | None]) -> Vector | None:
    """Three numbers that are a direction."""
    try:
        x, y, z = (float(word) for word in words if word is not None)
    except ValueError:
        return None
    return (x, y, z) if 0.5 < math.hypot(x, y, z) < 2.0 else None
