"""The simulated grid: one thing at a time made harder, at several rates, as scenarios of the virtual wearer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

STILL_RATES_BRPM = (4, 5, 6, 8, 10, 12, 15, 20, 25, 30)
LENGTH_S = 240
SWAY_ONLY = "no breath, only sway"


@dataclass(frozen=True)
class Case:
    """One scenario: the row of the table it belongs to, its rate (0: no breath), and its text."""

    kind: str
    rate_brpm: float
    toml: str


def cases() -> Iterator[Case]:
    """All of the grid."""
    for brpm in STILL_RATES_BRPM:
        band = "4–6" if brpm <= 6 else "8–15" if brpm <= 15 else "20–30"
        yield _case(f"still chest, {band}", brpm)
    for brpm in (6, 12, 18):
        for ie, ratio in (("1:1", 1.0), ("1:1.5", 0.667), ("1:2", 0.5), ("1:3", 0.333)):
            yield _case(f"I:E {ie}", brpm, breathing=f"ie_ratio = {ratio}")
    for inhale_s, in_s, exhale_s, out_s in ((3, 3, 3, 3), (4, 2, 6, 0), (1.5, 1, 1.5, 1), (1.5, 0, 2, 1.5)):
        length_s = inhale_s + in_s + exhale_s + out_s
        text = f"inhale_s = {inhale_s}\nexhale_s = {exhale_s}\nhold_in_s = {in_s}\nhold_out_s = {out_s}"
        yield _case("breath held 1–3 s", 60 / length_s, breathing=text, own_rate=True)
    for brpm in (6, 12, 18):
        yield _case("any mounting", brpm, sensor='mounting = "random"')
        yield _case("shallow (depth .35)", brpm, breathing="depth = 0.35")
        yield _case("deep (depth 2)", brpm, breathing="depth = 2.0")
        yield _case("sway × 2", brpm, wearer="sway = 2.0")
        yield _case("fidgets, 2 a minute", brpm, wearer="fidgets_per_min = 2.0")
        yield _case("posture steps", brpm, posture=_STEPS)
        yield _case("walking bouts", brpm, wearer="standing = true", posture=_WALKS)
        yield _case("upper back", brpm, sensor='site = "upper-back"\nmounting = "random"')
        yield _case("lower back", brpm, sensor='site = "lower-back"\nmounting = "random"')
    for brpm in (6, 12, 18):  # what the other methods see: acceleration only
        yield _case("no gyro: still chest", brpm, sensor="gyro = false")
        yield _case("no gyro: shallow", brpm, sensor="gyro = false", breathing="depth = 0.35")
        yield _case("no gyro: sway × 2", brpm, sensor="gyro = false", wearer="sway = 2.0")
        yield _case("no gyro: upper back", brpm, sensor='gyro = false\nsite = "upper-back"\nmounting = "random"')
    for brpm in (6, 15):
        for rate_hz in (25, 100, 200):
            yield _case("25, 100, 200 Hz", brpm, sensor=f"sampling_rate_hz = {rate_hz}")
        for loss in (0.05, 0.2):
            yield _case("5 %, 20 % of packets lost", brpm, sensor=f"loss_rate = {loss}")
        yield _case("gaps of 4 s", brpm, sensor="gaps_s = [[70, 4], [130, 4], [190, 4]]")
    for sway in (0.5, 1.0, 2.0):
        yield _case(SWAY_ONLY, 0.0, wearer=f"sway = {sway}")


_STEPS = """
[[posture]]
at_s = 60
pose = "lean_forward"
[[posture]]
at_s = 105
pose = "upright"
[[posture]]
at_s = 150
pose = "lean_left"
[[posture]]
at_s = 195
pose = "slouch"
"""
_WALKS = """
[[activity]]
kind = "walk"
at_s = 60
duration_s = 40
[[activity]]
kind = "walk"
at_s = 160
duration_s = 15
turn_deg = 90
"""


def _case(
    kind: str,
    brpm: float,
    *,
    sensor: str = "",
    wearer: str = "",
    breathing: str = "",
    posture: str = "",
    own_rate: bool = False,
) -> Case:
    rate = "" if own_rate else f"rate_brpm = {brpm}"
    return Case(
        kind,
        brpm,
        f"duration_s = {LENGTH_S}\n[sensor]\n{sensor}\n[wearer]\n{wearer}\n"
        f'[[breathing]]\n{rate}\n{breathing}\n[[posture]]\npose = "upright"\n{posture}',
    )
