"""The wearer: everything that moves the place where the sensor sits, as curves over time.

Two layers. The *trunk* is a rigid segment turning about the hips (posture, sway, fidgets, gait, vehicle). The *skin*
under the sensor turns and shifts a little against the trunk (breath, heart, tremor, a slipping strap). Angles of the
trunk are what a posture estimate should find; the skin's are what a breathing estimate lives on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..samples import STANDARD_GRAVITY_MS2, FloatArray
from .breathing import Breaths, breath_curve, plan_breaths
from .curves import Bumps, Eased, SmoothNoise, generator, total
from .gait import SPEED_MS, Gait, Ride
from .heart import Heart
from .jet import Jet, along, stack
from .places import PLACES
from .scenario import POSES, Scenario, transition_s

MG: Final = STANDARD_GRAVITY_MS2 / 1000.0


SWAY_OCTAVES_S: Final = (11.3, 5.6, 2.8, 1.4, 0.7)
"""Knot spacings of the sway: corners from 0.02 to 0.32 Hz, each with half the variance of the one below (1/f²)."""
SWAY_DEG: Final = (0.39, 0.25)
"""Standard deviation of the slowest octave, forward and sideways: together 6 mg in 0.03-0.1 Hz on a seated chest."""

MEAN_VOLUME: Final = 0.45
"""Mean of the volume curve over a normal breath: the skin counts as unturned there, so that breathing leaves the
wearer's angles and neutral pose unbiased."""

LYING_SWAY: Final = 0.5
LYING_BREATH: Final = 0.85
LYING_TREMOR: Final = 0.65
"""Measured supine levels over seated ones."""

SEAT_HEIGHT_M: Final = 0.42
RISE_LEAN_DEG: Final = 30.0
"""Forward lean in the middle of standing up or sitting down."""

OFF_TURN_DEG: Final = (55.0, -64.0, 35.0)
"""How a sensor that was taken off ends up on the table, relative to the skin."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """The wearer at some instants.

    Attributes
    ----------
    trunk : Jet (3, n), rad
        Flexion, lateral bend, heading (forward, left, left +).
    hips : Jet (3, n), m
        Displacement of the hips.
    skin_m, skin_rad : Jet (3, n)
        Place of the sensor from the hips, and rotation vector of the skin, in body axes.
    """

    trunk: Jet
    hips: Jet
    skin_m: Jet
    skin_rad: Jet


class Body:
    """All curves of one scenario and seed, over the wearer's time in s, ≥ 0. A looping scenario repeats its plan."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        wearer, place = scenario.wearer, PLACES[scenario.sensor.site]
        self.scenario, self.place = scenario, place
        self.breaths: Breaths = plan_breaths(scenario, seed)
        self.volume = breath_curve(self.breaths, seed)
        self.posture, self.lying, self._height, self._rises = _postures(scenario)
        self.fidgets, self._shifts = _fidgets(scenario, seed)
        self.worn, self._slip, self._handling = _sensor_events(scenario)
        self._heading = _headings(scenario)
        self._bouts = [
            (part, Ride(part, seed, i) if part.kind == "vehicle" else Gait(part, seed, i))
            for i, part in enumerate(scenario.activity)
            if part.kind != "fidget"
        ]
        sway = np.radians(SWAY_DEG) * wearer.sway * place.sway
        self._sway = [
            SmoothNoise(seed, f"sway {k}", knot_s, rms=sway * 2.0 ** (-k / 2))
            for k, knot_s in enumerate(SWAY_OCTAVES_S)
        ]
        mg = MG * wearer.tremor
        self._shake = (
            SmoothNoise(seed, "shift", 0.31, bend_rms=(2.2 * mg,) * 3),
            SmoothNoise(seed, "tremor", 0.06, bend_rms=(3.5 * mg,) * 3),
        )
        self._twitch = SmoothNoise(seed, "twitch", 0.31, rms=(np.radians(0.02) * wearer.tremor,) * 3)
        self._grip = SmoothNoise(seed, "grip", 0.2, bend_rms=(200.0 * MG,) * 3)
        self._heart = Heart(scenario, seed, self.volume)
        self._breath_rad = np.radians(place.breath_deg) * wearer.breath * _unit(place.breath_axis)
        self._breath_m = np.array(place.breath_mm) * 1e-3 * wearer.breath

    def plan_time(self, t_s: FloatArray) -> FloatArray:
        """Time within the scenario."""
        return np.mod(t_s, self.scenario.duration_s) if self.scenario.loop else t_s

    def at(self, t_s: FloatArray) -> Motion:
        """Everything at these times."""
        t = self.plan_time(t_s)
        lying, worn = self.lying.at(t), self.worn.at(t)
        fidget, rise = self.fidgets.at(t), self._rises.at(t)[0]
        posture, shift = self.posture.at(t), self._shifts.at(t)
        sway = total(self._sway, t_s) * (lying * (LYING_SWAY - 1.0)).shifted(1.0)
        trunk = (
            stack([posture[0] + shift[0] + sway[0] + rise, posture[1] + shift[1] + sway[1], self._heading.at(t)])
            + fidget
        )
        hips = stack([rise * 0.0, rise * 0.0, self._height.at(t)])
        for part, bout in self._bouts:
            now = np.flatnonzero((t >= part.at_s) & (t <= part.at_s + part.duration_s))
            if len(now):
                angles, steps = bout.at(t[now])
                # Going round a bend: the pull to its inside, speed times rate of turn.
                steps.a[1] += SPEED_MS[part.kind] * self._heading.at(t[now]).v
                trunk, hips = _added(trunk, angles, now), _added(hips, steps, now)
        breath = self.volume.at(t).shifted(-MEAN_VOLUME) * (lying * (LYING_BREATH - 1.0)).shifted(1.0)
        beat_m, beat_rad = self._heart.at(t)
        shake = total(self._shake, t_s) * (lying * (LYING_TREMOR - 1.0)).shifted(1.0)
        skin_m = along(self._breath_m, breath) + beat_m + shake
        skin_rad = along(self._breath_rad, breath) + beat_rad + self._twitch.at(t_s)
        away = (-worn).shifted(1.0)
        handled = self._grip.at(t_s) * self._handling.at(t)[0]
        lever = np.array(self.place.lever_m)[:, None]
        return Motion(
            trunk=trunk * worn,
            hips=hips * worn + handled,
            skin_m=skin_m.shifted(lever) * worn,
            skin_rad=skin_rad * worn + self._slip.at(t) + along(np.radians(OFF_TURN_DEG), away),
        )

    def slip_rad(self, t_s: FloatArray) -> FloatArray:
        """Rotation vector of the strap on the body, shape (3, n)."""
        return self._slip.at(self.plan_time(t_s)).x


def _unit(vector: tuple[float, float, float]) -> FloatArray:
    v = np.array(vector)
    return np.asarray(v / np.sqrt(np.add.reduce(v * v)))


def _added(whole: Jet, part: Jet, where: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Jet:
    out = Jet(whole.x.copy(), whole.v.copy(), whole.a.copy())
    out.x[:, where] += part.x
    out.v[:, where] += part.v
    out.a[:, where] += part.a
    return out


def _postures(scenario: Scenario) -> tuple[Eased, Eased, Eased, Bumps]:
    """Trunk angles (rad), share of lying (0..1), height of the hips (m), and leans of standing up and sitting down."""
    parts = scenario.posture
    angles: list[tuple[float, float]] = []
    lying: list[float] = []
    heights: list[float] = []
    rises: list[tuple[float, float]] = []
    up = scenario.wearer.standing
    for part in parts:
        pose = POSES[part.pose]
        flexion = pose.flexion_deg if part.flexion_deg is None else part.flexion_deg
        lateral = pose.lateral_deg if part.lateral_deg is None else part.lateral_deg
        angles.append((flexion, lateral))
        lying.append(float(pose.lying))
        if pose.standing is not None and pose.standing != up:
            up = pose.standing
            if heights:
                rises.append((part.at_s, transition_s(part)))
        heights.append(SEAT_HEIGHT_M * up)
    starts = [part.at_s for part in parts[1:]]
    durations = [transition_s(part) for part in parts[1:]]
    table = np.array(rises).reshape(-1, 2)
    leans = Bumps(table[:, 0], table[:, 1], np.full((len(table), 1), np.radians(RISE_LEAN_DEG)))
    return (
        Eased(starts, durations, np.radians(angles)),
        Eased(starts, durations, lying),
        Eased(starts, durations, heights),
        leans,
    )


def _headings(scenario: Scenario) -> Eased:
    """Direction the wearer faces (rad), changed by the turns of walks, runs and rides."""
    turns = [part for part in scenario.activity if part.turn_deg]
    levels = np.cumsum([0.0, *(part.turn_deg for part in turns)])
    return Eased([p.at_s for p in turns], [p.duration_s for p in turns], np.radians(levels))


def _fidgets(scenario: Scenario, seed: int) -> tuple[Bumps, Eased]:
    """Excursions of the trunk (flexion, lateral, heading; rad), and the slightly different pose each leaves behind."""
    rng = generator(seed, "fidgets")
    wearer = scenario.wearer
    planned = [(p.at_s, p.duration_s, p.intensity) for p in scenario.activity if p.kind == "fidget"]
    busy = [(p.at_s - 3.0, p.at_s + p.duration_s + 3.0) for p in scenario.activity]
    count = rng.poisson(wearer.fidgets_per_min * scenario.duration_s / 60.0)
    for start in np.sort(rng.uniform(5.0, max(5.0, scenario.duration_s - 8.0), count)):
        length = rng.uniform(0.8, 2.5)
        if all(start + length < a or start > b for a, b in busy):
            planned.append((float(start), length, 1.0))
            busy.append((float(start), float(start) + length))
    table = np.array(sorted(planned)).reshape(-1, 3)
    n = len(table)
    peaks = rng.standard_normal((n, 3)) * np.radians((3.0, 3.0, 8.0)) * table[:, 2:]
    shift = rng.standard_normal((n, 2)) * np.radians(wearer.fidget_shift_deg) * table[:, 2:]
    if scenario.loop and n:
        shift[-1] = 0.0
    levels = np.concatenate([np.zeros((1, 2)), shift])
    return Bumps(table[:, 0], table[:, 1], peaks), Eased(table[:, 0], table[:, 1], levels)


def _sensor_events(scenario: Scenario) -> tuple[Eased, Eased, Bumps]:
    """Share of being worn (1 or 0), rotation vector of the strap (rad), and how much hands are at the sensor."""
    offs = [(e.at_s, e.duration_s, min(3.0, e.duration_s / 4)) for e in scenario.sensor_event if e.kind == "off"]
    slips = [e for e in scenario.sensor_event if e.kind == "slip"]
    moves = [m for at, length, hand in offs for m in ((at, hand), (at + length - hand, hand))]
    table = np.array(moves).reshape(-1, 2)
    worn = Eased(table[:, 0], table[:, 1], np.concatenate([[1.0], np.tile([0.0, 1.0], len(offs))]))
    turned = np.cumsum([(0.0, 0.0, 0.0), *(e.turn_deg for e in slips)], axis=0)
    slip = Eased([e.at_s for e in slips], [e.duration_s for e in slips], np.radians(turned))
    return worn, slip, Bumps(table[:, 0], table[:, 1], np.ones((len(table), 1)))
