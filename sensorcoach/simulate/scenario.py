"""What a virtual wearer does and what kind of sensor watches: a small TOML file, strictly read.

Keys and units are listed in `docs/virtual-wearer.md`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, TypeVar

from ..errors import UsageError
from ..samples import Site
from .schema import flag, integer, load, number, numbers, pairs, text, word

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pose:
    """A pose by name: trunk angles, and how long people take to get there."""

    flexion_deg: float
    lateral_deg: float
    over_s: float
    lying: bool = False
    standing: bool | None = None


POSES: Final[Mapping[str, Pose]] = {
    "upright": Pose(0, 0, 2.5),
    "slouch": Pose(18, 0, 20),
    "lean_forward": Pose(15, 0, 2.5),
    "lean_back": Pose(-14, 0, 2.5),
    "lean_left": Pose(2, 13, 2.5),
    "lean_right": Pose(2, -13, 2.5),
    "bend": Pose(70, 0, 1.8),
    "stand": Pose(0, 0, 2.2, standing=True),
    "sit": Pose(0, 0, 2.2, standing=False),
    # Lying on a side is supine and then rolled: the path from back to side stays flat on the bed.
    "lie_back": Pose(-85, 0, 5, lying=True),
    "lie_front": Pose(85, 0, 5, lying=True),
    "lie_left": Pose(-85, 85, 5, lying=True),
    "lie_right": Pose(-85, -85, 5, lying=True),
}
"""Poses of the worn segment relative to the wearer's own upright. Slouch and relaxed sitting differ from upright by
12-18° in the thoracolumbar spine (Claus et al. 2016, Manual Therapy 21:206)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorPart:
    """`[sensor]`: where it sits and how well it measures."""

    site: Site = word("chest", "upper-back", "lower-back", default="chest")  # noqa: RUF009 - a dataclass field
    name: str = text()
    sampling_rate_hz: float = number(50.0, 1.0, 2000.0)
    gyro: bool = flag(True)
    mounting: str = word("flat", "random", default="flat")
    mounting_deg: tuple[float, ...] = numbers((0.0, 0.0, 0.0), -360, 360, length=3)
    acc_bias_mg: tuple[float, ...] = numbers((0.0, 0.0, 0.0), -500, 500, length=3)
    acc_scale: float = number(1.0, 0.5, 1.5)
    acc_noise_ug_rthz: float = number(150.0, 0, 1e5)
    acc_range_g: float = number(8.0, 1.0, 200.0)
    acc_resolution_mg: float = number(0.244, 0, 100)
    gyr_bias_dps: tuple[float, ...] = numbers((0.0, 0.0, 0.0), -50, 50, length=3)
    gyr_bias_drift_dps: float = number(0.02, 0, 10)
    gyr_noise_dps_rthz: float = number(0.01, 0, 10)
    gyr_range_dps: float = number(1000.0, 10.0, 1e5)
    gyr_resolution_dps: float = number(0.0305, 0, 10)
    clock_ppm: float = number(0.0, -50_000, 50_000)
    jitter_ms: float = number(0.0, 0, 1000)
    packet_samples: int = integer(10, 1, 1000)
    loss_rate: float = number(0.0, 0, 0.95)
    gaps_s: tuple[tuple[float, float], ...] = pairs()


@dataclass(frozen=True, slots=True, kw_only=True)
class WearerPart:
    """`[wearer]`: the person, whatever they do. Gains are relative to a typical seated adult."""

    heart_rate_bpm: float = number(66.0, 30, 220)
    heart: float = number(1.0, 0, 20)
    breath: float = number(1.0, 0, 20)
    sway: float = number(1.0, 0, 20)
    tremor: float = number(1.0, 0, 20)
    fidgets_per_min: float = number(0.0, 0, 30)
    fidget_shift_deg: float = number(1.0, 0, 10)
    standing: bool = flag(False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BreathingPart:
    """`[[breathing]]`: how the wearer breathes from `at_s` to the next part."""

    at_s: float = number(0.0, 0)
    rate_brpm: tuple[float, ...] = numbers((), 0, 60)
    step_s: float = number(0.0, 0)
    ie_ratio: float = number(0.67, 0.1, 5)
    inhale_s: float = number(0.0, 0, 60)
    exhale_s: float = number(0.0, 0, 60)
    hold_in_s: float = number(0.0, 0, 120)
    hold_out_s: float = number(0.0, 0, 120)
    depth: float = number(1.0, 0, 10)
    variability: float = number(0.06, 0, 0.5)
    drift: float = number(0.04, 0, 0.5)
    sigh_every_s: float = number(0.0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PosturePart:
    """`[[posture]]`: from `at_s` on, go over into a pose."""

    at_s: float = number(0.0, 0)
    pose: str = word(*POSES, required=True)
    flexion_deg: float | None = number(None, -90, 90)
    lateral_deg: float | None = number(None, -90, 90)
    over_s: float | None = number(None, 0.2, 3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityPart:
    """`[[activity]]`: something done for a while, on top of the pose."""

    at_s: float = number(0.0, 0)
    kind: str = word("walk", "run", "vehicle", "fidget", required=True)
    duration_s: float = number(1.5, 0.5)
    cadence_spm: float | None = number(None, 40, 240)
    intensity: float = number(1.0, 0, 5)
    turn_deg: float = number(0.0, -1e5, 1e5)


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorEventPart:
    """`[[sensor_event]]`: the strap turns on the body, or the sensor is taken off and put back on."""

    at_s: float = number(0.0, 0)
    kind: str = word("slip", "off", required=True)
    duration_s: float = number(3.0, 0.5)
    turn_deg: tuple[float, ...] = numbers((0.0, 0.0, 20.0), -180, 180, length=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    name: str = text("scenario")
    description: str = text()
    duration_s: float = number(required=True, low=1.0, high=8 * 86_400.0)
    seed: int = integer(1, 0, 2**63 - 1)
    loop: bool = flag(False)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole scenario, checked. Build it with `from_toml` or `from_dict`."""

    name: str
    description: str
    duration_s: float
    seed: int
    loop: bool
    sensor: SensorPart
    wearer: WearerPart
    breathing: tuple[BreathingPart, ...]
    posture: tuple[PosturePart, ...]
    activity: tuple[ActivityPart, ...]
    sensor_event: tuple[SensorEventPart, ...]

    @classmethod
    def from_toml(cls, content: str | bytes) -> Scenario:
        """Parse and check the text of a scenario file.

        Raises
        ------
        UsageError
            If it is no TOML, or a key or value is wrong; the message names both.
        """
        try:
            table = tomllib.loads(content.decode() if isinstance(content, bytes) else content)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"the scenario is not valid TOML: {error}.") from None
        return cls.from_dict(table)

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> Scenario:
        """Check a scenario given as plain tables, as `tomllib` returns them."""
        singles: dict[str, Any] = {"sensor": SensorPart, "wearer": WearerPart}
        lists: dict[str, Any] = {
            "breathing": BreathingPart,
            "posture": PosturePart,
            "activity": ActivityPart,
            "sensor_event": SensorEventPart,
        }
        parts: dict[str, Any] = {k: load(c, table.get(k, {}), f"[{k}]") for k, c in singles.items()}
        for key, part in lists.items():
            rows = table.get(key, [])
            if not isinstance(rows, Sequence) or isinstance(rows, str):
                raise UsageError(f"`{key}` must be a list of tables.", f"Write each one under [[{key}]].")
            parts[key] = tuple(load(part, row, f"[[{key}]] number {i}") for i, row in enumerate(rows, 1))
        plain = {k: v for k, v in table.items() if k not in parts}
        head = load(_Head, plain, "the scenario")
        parts["breathing"] = parts["breathing"] or (BreathingPart(rate_brpm=(15.0,)),)
        parts["posture"] = parts["posture"] or (PosturePart(pose="upright"),)
        scenario = cls(head.name, head.description, head.duration_s, head.seed, head.loop, **parts)
        _check_timeline(scenario)
        return scenario


def transition_s(part: PosturePart) -> float:
    """How long the wearer takes to go over into this pose."""
    return POSES[part.pose].over_s if part.over_s is None else part.over_s


def is_lying(scenario: Scenario, t_s: float) -> bool:
    """Whether the pose commanded last at this time is a lying one."""
    return POSES[[p for p in scenario.posture if p.at_s <= t_s][-1].pose].lying


def _check_timeline(scenario: Scenario) -> None:
    for key in ("breathing", "posture", "activity", "sensor_event"):
        starts = [part.at_s for part in getattr(scenario, key)]
        if starts != sorted(starts):
            raise UsageError(f"the [[{key}]] parts must be in the order of their `at_s`.")
        if starts and starts[-1] >= scenario.duration_s:
            raise UsageError(f"[[{key}]] at {starts[-1]:g} s begins after the end, {scenario.duration_s:g} s.")
    for key, first in (("breathing", scenario.breathing[0].at_s), ("posture", scenario.posture[0].at_s)):
        if first != 0:
            raise UsageError(f"the first [[{key}]] must begin at `at_s = 0`, not {first:g}.")
    for i, part in enumerate(scenario.breathing, 1):
        _check_breathing(part, f"[[breathing]] number {i}")
    for here, after in pairwise(scenario.posture[1:]):
        if here.at_s + transition_s(here) > after.at_s:
            raise UsageError(
                f"the wearer is still going into {here.pose!r} when {after.pose!r} begins at {after.at_s:g} s.",
                f"Start it at {here.at_s + transition_s(here):g} s or later, or shorten `over_s`.",
            )
    for key in ("activity", "sensor_event"):
        rows = getattr(scenario, key)
        for here, after in pairwise(rows):
            if here.at_s + here.duration_s > after.at_s:
                raise UsageError(f"{here.kind!r} at {here.at_s:g} s is not over when {after.kind!r} begins.")
        if rows and rows[-1].at_s + rows[-1].duration_s > scenario.duration_s:
            raise UsageError(f"{rows[-1].kind!r} at {rows[-1].at_s:g} s is not over at the end of the scenario.")
    for act in scenario.activity:
        if act.kind in ("walk", "run") and is_lying(scenario, act.at_s):
            raise UsageError(f"nobody can {act.kind} lying down, at {act.at_s:g} s.", "Add a [[posture]] before it.")
    last = scenario.posture[-1]
    if scenario.loop and (
        last.pose != scenario.posture[0].pose
        or last.at_s + (transition_s(last) if len(scenario.posture) > 1 else 0) > scenario.duration_s
        or any(e.kind == "slip" for e in scenario.sensor_event)
    ):
        raise UsageError("a scenario with `loop = true` must end as it began: same pose, no slip of the sensor.")


def _check_breathing(part: BreathingPart, where: str) -> None:
    timed = part.inhale_s > 0 or part.exhale_s > 0
    if timed == bool(part.rate_brpm):
        raise UsageError(f"{where} needs either `rate_brpm`, or `inhale_s` and `exhale_s`.")
    if timed and min(part.inhale_s, part.exhale_s) < 0.3:
        raise UsageError(f"`inhale_s` and `exhale_s` in {where} must both be at least 0.3.")
    if any(0 < rate < 2 for rate in part.rate_brpm):
        raise UsageError(f"`rate_brpm` in {where} must be 0 (no breathing) or at least 2.")
    if 0 in part.rate_brpm and len(part.rate_brpm) > 1:
        raise UsageError(f"`rate_brpm = 0` in {where} cannot be part of a list.", "Give it a [[breathing]] of its own.")
    holds = part.hold_in_s + part.hold_out_s
    if not timed and holds * max(part.rate_brpm) > 0.7 * 60:
        raise UsageError(f"the holds in {where} leave less than 30 % of each breath for breathing.")
