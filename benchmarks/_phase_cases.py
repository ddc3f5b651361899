"""The virtual wearers whose single breaths are scored: one thing at a time made harder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sensorcoach.events import SetPacer

LENGTH_S = 180.0
RATES_BRPM = (4, 5, 6, 9, 12, 15, 20, 26, 30)
PACES_S = {"5-5": (5, 0, 5, 0), "4-6": (4, 0, 6, 0), "box 4-4-4-4": (4, 4, 4, 4), "4-7-8": (4, 7, 8, 0)}

HOLDS_S = {"4-4-4": (4, 4, 4, 0), "3-3-3-3": (3, 3, 3, 3), "4-0-4-4": (4, 0, 4, 4)}


@dataclass(frozen=True)
class Case:
    """One row: a scenario as plain tables, and the pacer that is heard, if any."""

    name: str
    table: Mapping[str, Any]
    pacer: SetPacer | None = None


def cases() -> Iterator[Case]:
    """All of the grid."""
    for brpm in RATES_BRPM:
        yield case(f"chest {brpm}", brpm)
    for brpm in (6, 12, 15, 20):
        yield case(f"chest {brpm}, gyro", brpm, sensor={"gyro": True})
    for brpm in (6, 12, 18):
        for words, ratio in (("1:1", 1.0), ("1:2", 0.5), ("1:3", 0.333)):
            yield case(f"chest {brpm}, I:E {words}", brpm, breathing={"ie_ratio": ratio})
    for brpm in (6, 12, 20):
        yield case(f"chest {brpm}, sway x 2", brpm, wearer={"sway": 2.0})
        yield case(f"chest {brpm}, heart x 4", brpm, wearer={"heart": 4.0})
        yield case(f"chest {brpm}, shallow .5", brpm, breathing={"depth": 0.5})
    for brpm in (12, 16):
        yield case(f"chest {brpm}, sighs", brpm, breathing={"sigh_every_s": 30})
        yield case(f"chest {brpm}, variability .15", brpm, breathing={"variability": 0.15})
        yield case(f"chest {brpm}, fidgets", brpm, wearer={"fidgets_per_min": 2.0})
    for brpm in (6, 9, 12, 15, 20, 30):
        yield case(f"chest {brpm}, any mounting", brpm, sensor={"mounting": "random"})
    for brpm in (9, 12, 15, 20):
        yield case(f"upper back {brpm}", brpm, sensor={"site": "upper-back"})
    for words, parts in PACES_S.items():
        for paced in (False, True):
            heard = SetPacer(0, 0, *(float(part) for part in parts)) if paced else None
            names = ("inhale_s", "hold_in_s", "exhale_s", "hold_out_s")
            breathing = dict(zip(names, parts, strict=True)) | {"variability": 0.02, "drift": 0.01}
            yield case(f"{words}{', pacer heard' if paced else ''}", None, breathing=breathing, pacer=heard)
    for words, parts in HOLDS_S.items():
        breathing = dict(zip(("inhale_s", "hold_in_s", "exhale_s", "hold_out_s"), parts, strict=True))
        yield case(f"{words}, not paced", None, breathing=breathing)
    for brpm, hold_s in ((6, 3), (9, 1.5), (9, 3), (12, 1), (12, 2)):
        yield case(f"chest {brpm}, hold of {hold_s} s", brpm, breathing={"hold_in_s": hold_s})
    yield case("chest 9, pause of 2 s", 9, breathing={"hold_out_s": 2.0})
    for brpm in (6, 12):
        heard = SetPacer(0, 0, 4.0, 4.0, 4.0, 4.0)
        yield case(f"chest {brpm}, box pacer not followed", brpm, pacer=heard)


def case(
    name: str,
    brpm: float | None,
    *,
    sensor: Mapping[str, Any] | None = None,
    wearer: Mapping[str, Any] | None = None,
    breathing: Mapping[str, Any] | None = None,
    pacer: SetPacer | None = None,
) -> Case:
    """A seated wearer, accelerometer only, the face of the device outwards."""
    return Case(
        name,
        {
            "duration_s": LENGTH_S,
            "sensor": {"gyro": False, **(sensor or {})},
            "wearer": dict(wearer or {}),
            "breathing": [({} if brpm is None else {"rate_brpm": brpm}) | dict(breathing or {})],
        },
        pacer,
    )
