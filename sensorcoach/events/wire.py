"""Events as JSON-ready objects."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

from ..samples import NS
from .base import Event
from .measured import Breath
from .session import ExerciseDone, Score


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if isinstance(value, Score | ExerciseDone):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def to_dict(event: Event, origin_s: float = 0.0) -> dict[str, Any]:
    """One JSON-ready object: `event`, `t_s`, `sensor`, then the event's own fields; times in s, nan as null.

    Parameters
    ----------
    event : Event
    origin_s : float, s
        Added to every time: what the source itself calls the start of the stream.
    """
    out: dict[str, Any] = {"event": event.kind, "t_s": _seconds(event.t_ns, origin_s), "sensor": event.sensor}
    for field in fields(event)[2:]:
        value = getattr(event, field.name)
        if field.name.endswith("_ns"):
            out[field.name[:-3] + "_s"] = _seconds(value, origin_s)
        else:
            out[field.name] = _plain(value)
    if isinstance(event, Breath):
        out |= {"ti_s": _plain(event.ti_s), "te_s": _plain(event.te_s), "rate_brpm": _plain(event.rate_brpm)}
    return out


def _seconds(t_ns: int, origin_s: float) -> float:
    return round(t_ns / NS + origin_s, 6)
